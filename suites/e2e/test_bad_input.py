"""What a person may well do wrong, and what a candidate may do that is hostile: the right exit status, a message that
names the thing, in bounded time, and nothing left."""

import json
import os
import pathlib
import subprocess

import support

SHORT_S = 5 + support.GRACE_S


class Left(support.Place):
    """Runs a candidate under a name of its own and looks whether anything of it is left."""

    before = ()

    def setUp(self):
        super().setUp()
        self.name = f"dck{os.getpid()}c"
        self.program = self.copy(support.candidates() / "candidate", self.name)
        self.left_before = support.left_overs()
        self.files_before = sorted(self.place.iterdir())

    def run_here(self, command, *options, **more):
        done = support.run(command, *options, cwd=self.place, before=self.before, **more)
        support.until(lambda: not support.processes_of([self.program]), "no process of the candidate is left")
        support.nothing_new(self.left_before, self)
        self.assertEqual(sorted(self.place.iterdir()), self.files_before, "files are left in the current directory")
        return done

    def fault(self, name, *options, **more):
        return self.run_here([str(self.program), "--fault", name], "--profile", "sysv", *options, **more)


class NoCommand(Left):
    def check_harness(self, command, *words):
        """Exit 3, nothing on standard output, one message with these words."""
        done = self.run_here(command, timeout=SHORT_S)
        self.assertEqual(done.status, support.HARNESS, done.error)
        self.assertEqual(done.out, "")
        self.assertEqual(len(done.error.splitlines()), 1, done.error)
        for word in words:
            self.assertIn(word, done.error)

    def file(self, content, mode):
        path = self.place / "file"
        path.write_bytes(content)
        path.chmod(mode)
        self.files_before = sorted(self.place.iterdir())
        return str(path)

    def test_not_found(self):
        self.check_harness(["no-such-command"], "no-such-command", "No such file")

    def test_no_such_path(self):
        self.check_harness(["/no/such/command"], "/no/such/command")

    def test_not_executable(self):
        path = self.file(b"#!/bin/sh\n", 0o644)
        self.check_harness([path], path, "ermission denied")

    def test_directory(self):
        self.check_harness(["/usr"], "/usr")

    def test_no_interpreter(self):
        self.check_harness([self.file(b"#!/no/such/interpreter\n", 0o755)], "file")

    def test_no_program(self):
        """A program for another machine: a shell would take it for a script of commands and tell nonsense."""
        self.check_harness([self.file(b"\x7fELF\2\1\1" + bytes(120), 0o755)], "file")

    def test_script_without_interpreter_line(self):
        """Commands for the shell, which a shell would run too."""
        done = self.run_here([self.file(b"exit 5\n", 0o755)], "--profile", "sysv", timeout=SHORT_S)
        self.assertEqual(done.status, support.FAILED, done.error)
        self.assertIn("5", done.finding("launch.exit-zero")["seen"])

    def test_name_with_controls(self):
        done = self.run_here(["no\033[31m\nsuch"], timeout=SHORT_S)
        self.assertEqual(done.status, support.HARNESS)
        self.assertNotIn("\033", done.error)
        self.assertEqual(len(done.error.splitlines()), 1, done.error)


class Misbehaves(Left):
    """Each run ends as its fault says; what the verdicts are, the matrix tests."""

    def check_fails(self, done, requirement, *words):
        self.assertEqual(done.status, support.FAILED, done.error)
        finding = done.finding(requirement)
        self.assertEqual(finding["verdict"], "fail")
        for word in words:
            self.assertIn(word, finding["seen"])

    def test_crashes(self):
        self.check_fails(self.fault("crashes", timeout=SHORT_S), "launch.exit-zero", "SEGV")

    def test_exits_3(self):
        self.check_fails(self.fault("exits-3", timeout=SHORT_S), "launch.exit-zero", "3")

    def test_never_returns(self):
        self.check_fails(self.fault("launcher-stays", timeout=SHORT_S), "launch.returns")

    def test_stops_itself(self):
        self.check_fails(self.fault("launcher-stops", timeout=SHORT_S), "launch.returns", "stopped")

    def test_forks_for_ever(self):
        done = self.fault("fork-bomb", "--timeout", "5", timeout=SHORT_S)
        self.check_fails(done, "launch.returns")

    def test_floods_the_terminal(self):
        self.check_fails(self.fault("floods", "--timeout", "3", timeout=SHORT_S), "launch.returns")

    def test_floods_the_terminal_late(self):
        done = self.fault("floods-late", "--timeout", "3", timeout=SHORT_S)
        self.check_fails(done, "launch.silent-after-return")

    def test_eats_memory(self):
        self.check_fails(self.fault("eats-memory", "--timeout", "10", timeout=10 + support.GRACE_S), "launch.returns")

    def test_kills_everything(self):
        witness = subprocess.Popen(["sleep", "infinity"])
        self.addCleanup(witness.wait)
        self.addCleanup(witness.kill)
        done = self.fault("kills-all", timeout=SHORT_S)
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
        self.assertIsNone(witness.poll(), "a process outside of the sandbox was killed")

    def test_ignores_every_signal(self):
        self.check_fails(self.fault("immovable", timeout=SHORT_S), "launch.returns")
        done = self.fault("ignores-all", timeout=SHORT_S)
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)


class AsOrdinaryUser(Misbehaves):
    def setUp(self):
        super().setUp()
        self.need(support.is_root(), "changing the user needs root; as another user the tests above are those")
        self.before = support.as_ordinary_user()


class Usage(support.Place):
    """Wrong usage and bad files: exit 2, a message that names the thing, nothing on standard output."""

    def check(self, arguments, *words):
        done = support.daemonck(*arguments, cwd=self.place, timeout=SHORT_S)
        self.assertEqual(done.status, support.USAGE, done.error)
        self.assertEqual(done.out, "")
        for word in words:
            self.assertIn(word, done.error)

    def file(self, text):
        path = self.place / "file"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def evidence(self, **changes):
        """Good evidence, with members changed."""
        path = self.place / "evidence.json"
        support.run(support.candidate(), "--quick", "--save-evidence", path, cwd=self.place)
        content = json.loads(path.read_text())
        content.update(changes)
        return self.file(json.dumps(content))

    def test_no_command(self):
        self.check(["run"], "command")
        self.check(["run", "--"], "command")

    def test_unknown_option(self):
        self.check(["run", "--no-such-option", "--", "true"], "no-such-option")

    def test_unknown_subcommand(self):
        self.check(["rum"], "rum", "run")

    def test_unknown_profile(self):
        self.check(["run", "--profile", "sysw", "--", "true"], "sysw", "sysv")

    def test_unknown_format(self):
        self.check(["run", "--format", "jsom", "--", "true"], "jsom")

    def test_bad_time(self):
        self.check(["run", "--timeout", "soon", "--", "true"], "soon")

    def test_bad_directories(self):
        self.check(["run", "--root", "/no/such", "--", "true"], "/no/such")
        self.check(["run", "--chdir", "/no/such", "--", "true"], "/no/such")

    def test_unknown_user(self):
        self.check(["run", "--user", "no-such-user", "--", "true"], "no-such-user")

    def test_bad_profile_file(self):
        path = self.place / "bad.yaml"
        path.write_text("name: bad\nstyle: sideways\n", encoding="utf-8")
        self.check(["run", "--profile", path, "--", "true"], "bad.yaml")

    def test_unknown_requirement(self):
        self.check(["explain", "detach.own-sesion"], "detach.own-session")

    def test_no_evidence(self):
        self.check(["judge", "/no/such/file"], "/no/such/file")

    def test_no_json(self):
        self.check(["judge", self.file("{ not json")], "file")

    def test_other_json(self):
        self.check(["judge", self.file("[1, 2, 3]")])
        self.check(["judge", self.file("{}")])

    def test_later_version(self):
        self.check(["judge", self.evidence(version=99)], "version")

    def test_wrong_type(self):
        self.check(["judge", self.evidence(processes=[{"pid": "one"}])], "processes[0]")

    def test_deep_json(self):
        self.check(["judge", self.file("[" * 100000)])

    def test_empty_file(self):
        self.check(["judge", self.file("")])

    def test_directory_as_evidence(self):
        self.check(["judge", str(self.place)])


class Output(support.Place):
    def test_unwritable(self):
        """The result cannot be put where it was asked for: the harness could not do its work."""
        done = support.run(support.candidate(), "--quick", "--output", "/no/such/dir/file", cwd=self.place)
        self.assertEqual(done.status, support.HARNESS)
        self.assertIn("/no/such/dir/file", done.error)

    def test_full(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [support.program(), "list"], stdout=full, stderr=subprocess.PIPE, timeout=SHORT_S, check=False
            )
        self.assertEqual(done.returncode, support.HARNESS)
        self.assertNotEqual(done.stderr, b"")

    def test_written_whole(self):
        path = pathlib.Path(self.place, "result.json")
        done = support.run(support.candidate(), "--quick", "--output", path, cwd=self.place)
        self.assertEqual(done.out, "")
        json.loads(path.read_text())
