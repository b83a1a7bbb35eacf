"""Debian's own init scripts under the profile lsb, in the tree of real daemons.

What each action must end with was seen by running the scripts by hand in that tree, in namespaces of their own."""

import concurrent.futures
import dataclasses
import json
import os

import support
import yaml

DEADLINE_S = 180


@dataclasses.dataclass(frozen=True)
class Script:
    """What differs from script to script: most answer what LSB asks for. Where the program is missing Debian's policy
    wants 0, for a package that was removed but not purged, where LSB wants 5."""

    name: str
    unknown_action: int = 2
    without_program: int = 0
    verdict: str = "pass"

    def statuses(self):
        """After the first start: again, status, stop, stop, status, start; killed; status, stop, an unknown action;
        with an empty environment start, status, stop; the program renamed, start."""
        return [0, 0, 0, 0, 3, 0] + [1, 0, self.unknown_action] + [0, 0, 0] + [self.without_program]


SCRIPTS = (
    Script("cron"),
    Script("dbus"),
    Script("haproxy"),
    Script("nginx", unknown_action=3),  # LSB: 3 is an unimplemented feature
    # 1 is a failure of the daemon's, not the caller's wrong usage; the usage is told by all of them.
    Script("ssh", unknown_action=1, verdict="fail"),
    Script("lighttpd", unknown_action=1, verdict="fail"),
    Script("memcached", unknown_action=1, verdict="fail"),
    Script("redis-server", unknown_action=1, verdict="fail"),
    # "named binary missing - not starting", and a failure of no particular kind.
    Script("named", unknown_action=1, without_program=1, verdict="fail"),
)

# What of the whole profile fails; all else holds or does not apply.
WHOLE = {
    "cron": (
        "/run/crond.pid",
        {
            # start-stop-daemon reports the failure, but the script ends with 0 all the same.
            "launch.failure-reported",
            # The parent writes its own pid before it forks, and the child writes anew: the wrong one can be seen at the
            # return.
            "pidfile.on-return",
            # TERM has no handler. The script's own stop removes the file.
            "pidfile.removed",
        },
    ),
    "ssh": (
        "/run/sshd.pid",
        {
            # daemon() comes before bind() and before the pid file: nobody waits for either, and their failure is told
            # to nobody.
            "launch.failure-reported",
            "launch.ready-on-return",
            "pidfile.on-return",
            "lsb.actions",
        },
    ),
}


class Lsb(support.Place):
    def setUp(self):
        super().setUp()
        self.need(support.is_root(), "another root needs root")
        self.need(support.real_root(), "DAEMONCK_REAL_ROOT names no tree")

    def start(self, script, profile, *options):
        """The finished run, and the evidence of it."""
        evidence = self.place / f"{script}.json"
        done = support.daemonck(
            *("run", "--format", "json", "--profile", profile, "--root", support.real_root()),
            *("--save-evidence", evidence, "--jobs", "1", *options, "--", f"/etc/init.d/{script}", "start"),
            cwd=self.place,
            timeout=DEADLINE_S,
        )
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
        return done, json.loads(evidence.read_text(encoding="utf-8"))

    def side_by_side(self, function, items):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(zip(items, pool.map(function, items)))

    def test_actions(self):
        profile = self.place / "actions.yaml"
        texts = {"name": "actions", "title": "actions", "summary": "the actions alone", "style": "forks"}
        profile.write_text(yaml.safe_dump({**texts, "require": ["lsb.actions"]}), encoding="utf-8")
        for script, (done, evidence) in self.side_by_side(lambda one: self.start(one.name, profile), SCRIPTS):
            with self.subTest(script.name):
                run = next(run for run in evidence["runs"] if run["scenario"] == "lsb")
                self.assertEqual(run["state"], "done")
                self.assertEqual(run["launch"]["status"], 0)
                statuses = [step["status"] for step in run["steps"] if step["kind"] == "run"]
                self.assertEqual([os.waitstatus_to_exitcode(status) for status in statuses], script.statuses())
                self.assertEqual(done.verdicts(), {"lsb.actions": script.verdict})

    def test_whole_profile(self):
        def judge(script):
            return self.start(script, "lsb", "--pidfile", WHOLE[script][0])

        for script, (done, _) in self.side_by_side(judge, list(WHOLE)):
            with self.subTest(script):
                verdicts = done.verdicts()
                failed = {name for name, verdict in verdicts.items() if verdict == "fail"}
                self.assertEqual(failed, WHOLE[script][1], {name: done.finding(name)["seen"] for name in failed})
                self.assertNotIn("broken", verdicts.values())
