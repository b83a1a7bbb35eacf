"""The levels of isolation: each is told, and each gives the verdicts that it can."""

import os

import support

# No user namespaces and no capabilities: what a locked-down container gives. As a script, since the limit can only be set
# inside the user namespace that it is to hold for.
WITHOUT_NAMESPACES = 'echo 0 >/proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all "$@"'
DETACH = ("detach.orphaned", "detach.own-group", "detach.own-session", "detach.not-leader", "detach.no-tty")


class Levels(support.Place):
    def setUp(self):
        super().setUp()
        self.need(support.is_root(), "root, to become somebody else")
        self.daemon = self.copy(support.candidates() / "candidate", f"dck{os.getpid()}i")
        os.chown(self.place, support.ORDINARY_ID, support.ORDINARY_ID)

    def isolation(self, done):
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
        return done.result()["isolation"]

    def without_namespaces(self):
        unshare = ["unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c", WITHOUT_NAMESPACES, "sh"]
        return [*support.as_ordinary_user(), *unshare]

    def perfect(self, *options, **more):
        pidfile = str(self.place / "candidate.pid")
        return support.run([self.daemon, "--pidfile", pidfile], "--pidfile", pidfile, *options, cwd=self.place, **more)

    def test_full(self):
        isolation = self.isolation(self.perfect())
        self.assertEqual(isolation["level"], "full")

    def test_ordinary_user(self):
        isolation = self.isolation(self.perfect(before=support.as_ordinary_user()))
        self.assertEqual(isolation["level"], "user")

    def test_privileged(self):
        done = self.perfect("--privileged")
        self.assertEqual(self.isolation(done)["level"], "privileged")
        self.assertEqual({done.verdicts()[name] for name in DETACH}, {"pass"})

    def check_whole_set(self, level, *options, **more):
        done = self.perfect(*options, whole=True, timeout=120, **more)
        self.assertEqual(self.isolation(done)["level"], level)
        self.assertEqual([one for one in done.result()["launches"] if one["state"] == "failed"], [])
        bad = {name: verdict for name, verdict in done.verdicts().items() if verdict in ("fail", "broken")}
        bad.pop("pidfile.owner", None)  # to root the directory is somebody else's
        self.assertEqual(bad, {})

    def test_the_whole_set_at_each_level(self):
        self.check_whole_set("full")
        self.check_whole_set("user", before=support.as_ordinary_user())
        self.check_whole_set("privileged", "--privileged")

    def test_privileged_needs_root(self):
        done = self.perfect("--privileged", before=support.as_ordinary_user())
        self.assertEqual(done.status, support.HARNESS)
        self.assertIn("no sandbox", done.error)

    def test_no_namespaces(self):
        environment = {name: value for name, value in os.environ.items() if name != "DAEMONCK_MUST_WORK"}
        done = self.perfect(before=self.without_namespaces(), env=environment, whole=True)
        isolation = self.isolation(done)
        self.assertEqual(isolation["level"], "reaper")
        self.assertTrue(any("no namespaces" in line for line in isolation["missing"]), isolation)
        verdicts = done.verdicts()
        self.assertEqual({verdicts[name] for name in DETACH}, {"pass"}, verdicts)
        # What cannot be seen without an overlay is no pass.
        self.assertEqual(verdicts["fs.modes"], "skip")
        # What acts on this very system is not done again and again, let alone with signals and stale files.
        self.assertEqual({launch["state"] for launch in done.result()["launches"]}, {"skipped"})
        support.until(lambda: not support.processes_of([self.daemon]), "the daemon is gone")

    def test_no_namespaces_finds_faults(self):
        environment = {name: value for name, value in os.environ.items() if name != "DAEMONCK_MUST_WORK"}
        done = support.run(
            ["sh", "-c", "sleep 1000 &"], cwd=self.place, before=self.without_namespaces(), env=environment
        )
        for name in ("detach.own-session", "fs.umask-own", "fs.cwd", "fds.none-inherited"):
            self.assertEqual(done.finding(name)["verdict"], "fail", name)

    def test_no_namespaces_where_all_must_work(self):
        environment = dict(os.environ, DAEMONCK_MUST_WORK="1")
        done = self.perfect(before=self.without_namespaces(), env=environment, whole=True)
        self.assertEqual(done.status, support.HARNESS)
        self.assertIn("no sandbox", done.error)
