"""The facts behind the verdicts are what ps, ls and lsof say inside the same sandbox at the same time."""

import re

import support

COLUMNS = "pid,ppid,pgid,sid,tpgid,tt,stat,blocked,caught,ignored,comm"
FAULTS = ["perfect", "same-session", "leader", "keeps-all", "stdio-tty", "cwd-other", "umask-077", "blocks", "workers"]

# Runs the candidate as a shell would, and lets the system's own tools tell of it when it has returned.
SCRIPT = """
"$@" || exit
ps -eo {columns}
for directory in /proc/[0-9]*; do
	[ "$(cat "$directory/comm")" = candidate ] && [ -e "$directory/cwd" ] || continue
	pid=${{directory#/proc/}}
	echo "umask $pid $(sed -n 's/^Umask:[[:space:]]*//p' "$directory/status")"
	echo "cwd $pid $(readlink "$directory/cwd")"
	ls -l "$directory/fd" | sed -n "s/.* \\([0-9][0-9]*\\) -> \\(.*\\)/fd $pid \\1 \\2/p"
done
if command -v lsof >/dev/null; then
	lsof -w -a -c candidate -d 0-65535 -F pfan
fi
""".format(columns=COLUMNS)


class Witnesses(support.Place):
    def look(self, fault):
        """The evidence, and the lines that the tools wrote."""
        more = [] if fault == "perfect" else ["--fault", fault]
        command = ["sh", "-c", SCRIPT, "sh", *support.candidate("--pidfile", "/run/candidate.pid", *more)]
        options = ["--pidfile", "/run/candidate.pid", "--profile", "sysv"]
        options += ["--output", "/dev/null", "--save-evidence", "-"]
        evidence = support.run(command, *options, cwd=self.place).result()
        text = evidence["launch"]["output"].replace("\\x0d\\x0a", "\n")
        return evidence, text.splitlines()

    def test_ps(self):
        for fault in FAULTS:
            with self.subTest(fault):
                evidence, lines = self.look(fault)
                rows = [line.split(None, 10) for line in lines if line.endswith(" candidate")]
                # The first child may just have ended when ps looked.
                told = {int(row[0]): self.of_ps(row) for row in rows if row[6][0] != "Z"}
                seen = {process["pid"]: self.of_evidence(process) for process in evidence["processes"]}
                self.assertNotEqual(seen, {})
                self.assertEqual(seen, told)

    @staticmethod
    def of_ps(row):
        _, parent, group, session, foreground, terminal, state, blocked, caught, ignored, _ = row
        numbers = [int(word) for word in (parent, group, session)]
        sets = [int(word, 16) for word in (blocked, caught, ignored)]
        return (*numbers, int(foreground) != -1, terminal != "?", state[0], *sets)

    @staticmethod
    def of_evidence(process):
        sets = [process["threads"][0]["blocked"], process["caught"], process["ignored"]]
        return (
            *[process[name] for name in ("parent", "group", "session")],
            process["terminal_group"] != -1,
            process["terminal"] != 0,
            process["state"],
            *[int(word, 16) for word in sets],
        )

    def test_umask_and_directory(self):
        for fault in FAULTS:
            with self.subTest(fault):
                evidence, lines = self.look(fault)
                told = {tuple(line.split(None, 2)) for line in lines if line.startswith(("umask ", "cwd "))}
                seen = set()
                for process in evidence["processes"]:
                    seen.add(("umask", str(process["pid"]), f"{int(process['umask'], 8):04o}"))
                    seen.add(("cwd", str(process["pid"]), process["cwd"]))
                self.assertEqual(seen, told)

    def test_ls(self):
        for fault in FAULTS:
            with self.subTest(fault):
                evidence, lines = self.look(fault)
                told = {tuple(line.split(None, 3)[1:]) for line in lines if line.startswith("fd ")}
                told = {(pid, number, target.strip("'")) for pid, number, target in told}
                self.assertEqual(self.descriptors(evidence), told)

    def test_lsof(self):
        for fault in FAULTS:
            with self.subTest(fault):
                evidence, lines = self.look(fault)
                self.need(any(re.fullmatch(r"p\d+", line) for line in lines), "lsof is not installed")
                self.assertEqual({entry[:2] for entry in self.descriptors(evidence)}, set(self.of_lsof(lines)))

    @staticmethod
    def descriptors(evidence):
        return {
            (str(process["pid"]), str(fd["number"]), fd["target"])
            for process in evidence["processes"]
            for fd in process["fds"]
        }

    @staticmethod
    def of_lsof(lines):
        """Lines p PID, then f NUMBER for each descriptor."""
        pid = None
        for line in lines:
            if re.fullmatch(r"p\d+", line):
                pid = line[1:]
            elif pid and re.fullmatch(r"f\d+", line):
                yield pid, line[1:]

    def test_verdicts_follow_from_ps(self):
        """The verdicts on the process tree, worked out from what ps says."""
        for fault in ("perfect", "same-group", "same-session", "leader", "workers"):
            with self.subTest(fault):
                more = [] if fault == "perfect" else ["--fault", fault]
                command = support.candidate("--pidfile", "/run/candidate.pid", *more)
                options = ["--profile", "sysv", "--pidfile", "/run/candidate.pid"]
                verdicts = support.run(command, *options, cwd=self.place).verdicts()
                evidence, lines = self.look(fault)
                rows = [line.split(None, 10) for line in lines if line.endswith(" candidate")]
                rows = [row for row in rows if row[6][0] != "Z"]
                leader = str(evidence["start"]["leader"])
                expected = {
                    "detach.own-session": all(row[3] != leader for row in rows),
                    "detach.not-leader": all(row[0] != row[3] for row in rows),
                    "detach.no-tty": all(row[5] == "?" for row in rows),
                }
                self.assertEqual({name: verdicts[name] == "pass" for name in expected}, expected)
