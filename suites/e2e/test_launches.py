"""The further launches: what decides that there are any, side by side or not, and ended early."""

import json
import os
import pathlib
import signal
import subprocess

import support

RACES = {"again": (2, 10), "hangup-race": (4, 21)}  # how often, and with --thorough


class Launches(support.Place):
    def result(self, *options, command=None, **more):
        command = command or support.candidate("--pidfile", "/run/candidate.pid")
        done = support.run(command, "--pidfile", "/run/candidate.pid", *options, cwd=self.place, timeout=300, **more)
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
        return done.result()

    def test_quick_is_one_launch(self):
        result = self.result()
        self.assertEqual(result["launches"], [])
        skipped = {f["id"]: f["seen"] for f in result["findings"] if f["verdict"] == "skip"}
        self.assertIn("there was no launch 'stop'", skipped["signals.term-stops"])

    def test_only_what_the_profile_needs(self):
        self.need(support.is_root(), "the pid file is in /run")
        profile = self.place / "one.yaml"
        profile.write_text("name: one\ntitle: one\nsummary: one\nstyle: forks\nrequire: [signals.term-stops]\n")
        result = self.result("--profile", profile, whole=True)
        self.assertEqual([launch["scenario"] for launch in result["launches"]], ["stop"])
        self.assertEqual(result["summary"]["pass"], 1)

    def test_thorough_repeats(self):
        self.need(support.is_root(), "the pid file is in /run")
        for thorough in (False, True):
            options = ["--thorough"] if thorough else []
            launches = self.result(*options, whole=True)["launches"]
            for name, times in RACES.items():
                found = [launch for launch in launches if launch["scenario"] == name]
                self.assertEqual(len(found), times[thorough], name)
            self.assertEqual([launch for launch in launches if launch["state"] == "failed"], [])

    def test_side_by_side_or_not(self):
        self.need(support.is_root(), "the pid file is in /run")
        one, eight = (self.result("--jobs", jobs, whole=True) for jobs in ("1", "8"))
        self.assertEqual(
            {f["id"]: f["verdict"] for f in one["findings"]}, {f["id"]: f["verdict"] for f in eight["findings"]}
        )
        self.assertEqual(one["launches"], eight["launches"])

    def test_a_launch_that_does_not_apply_tells_why(self):
        launches = self.result(whole=True, command=support.candidate())["launches"]
        reasons = {launch["scenario"]: launch.get("reason") for launch in launches if launch["state"] == "skipped"}
        self.assertEqual(reasons["drain"], "no request is declared")
        self.assertEqual(reasons["worker-killed"], "its main process has no child")

    def test_judged_again_from_the_evidence(self):
        self.need(support.is_root(), "the pid file is in /run")
        first = self.result("--save-evidence", self.place / "evidence.json", whole=True)
        again = support.daemonck("judge", "--format", "json", self.place / "evidence.json", cwd=self.place)
        self.assertEqual(again.result()["findings"], first["findings"])


class Interrupted(support.Place):
    def interrupted(self, number):
        """What is told when the signal comes while further launches are made."""
        candidate = support.candidate("--fault", "same-group")
        line = [support.program(), "run", "--format", "json", "--jobs", "1", "--", *candidate]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.place) as run:
            support.until(lambda: self.workers(run.pid) or run.poll() is not None, "a further launch is there")
            os.kill(run.pid, number)
            output, error = run.communicate(timeout=support.GRACE_S)
        return run.returncode, output.decode(), error.decode()

    @staticmethod
    def workers(pid):
        """Whether it has a child that watches over a launch: init of the first sandbox has another name."""
        try:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
            names = [pathlib.Path(f"/proc/{child}/comm").read_text(encoding="utf-8") for child in children]
        except OSError:
            return False
        return "daemonck\n" in names

    def test_what_was_seen_is_told(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                status, output, error = self.interrupted(number)
                result = json.loads(output)
                self.assertEqual(status, support.FAILED, error)  # what failed before has failed
                self.assertTrue(result["interrupted"])
                broken = [f["seen"] for f in result["findings"] if f["verdict"] == "broken"]
                self.assertTrue(any("it was interrupted before the launch" in seen for seen in broken))
