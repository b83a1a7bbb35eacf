"""daemonck killed at any moment leaves no process, no mount and no file."""

import os
import random
import signal
import subprocess

import support

KILLS = int(os.environ.get("DAEMONCK_KILLS", "8"))
LATEST_S = 0.6  # a launch that waits out its patience takes about so long


class Killed(support.Place):
    before = ()

    def setUp(self):
        super().setUp()
        self.tool = self.copy(support.program(), f"dck{os.getpid()}t")
        self.candidate = self.copy(support.candidates() / "candidate", f"dck{os.getpid()}c")
        self.left_before = support.left_overs()
        self.files_before = sorted(self.place.iterdir())

    def start(self, fault):
        line = [str(self.tool), "run", "--profile", "sysv", "--", str(self.candidate), "--fault", fault]
        null = subprocess.DEVNULL
        return subprocess.Popen([*self.before, *line], stdin=null, stdout=null, stderr=null, cwd=self.place)

    def check_nothing_left(self):
        programs = [self.tool, self.candidate]
        support.until(lambda: not support.processes_of(programs), "every process of the run is gone")
        support.nothing_new(self.left_before, self)
        self.assertEqual(sorted(self.place.iterdir()), self.files_before, "files are left in the current directory")

    def kill_at_random(self, fault, number):
        for _ in range(KILLS):
            moment = random.uniform(0, LATEST_S)
            with self.subTest(fault=fault, moment=moment), self.start(fault) as run:
                try:
                    run.wait(moment)
                except subprocess.TimeoutExpired:
                    run.send_signal(number)
                run.wait(support.GRACE_S)
                self.check_nothing_left()

    def test_killed_while_it_waits(self):
        self.kill_at_random("keeps-all", signal.SIGKILL)

    def test_killed_with_a_daemon_that_ignores_everything(self):
        self.kill_at_random("ignores-all", signal.SIGKILL)

    def test_killed_with_many_workers(self):
        self.kill_at_random("workers", signal.SIGKILL)

    def test_interrupted(self):
        self.kill_at_random("same-group", signal.SIGINT)

    def test_terminated(self):
        self.kill_at_random("launcher-stays", signal.SIGTERM)


class Finder(support.Place):
    def test_finds_what_lives(self):
        """The tests above would see nothing left if they could not see."""
        program = self.copy(support.candidates() / "candidate", f"dck{os.getpid()}f")
        with subprocess.Popen([program, "--idle"]) as run:
            support.until(lambda: support.processes_of([program]) == [run.pid], "the process is found")
            run.kill()
        self.assertEqual(support.processes_of([program]), [])


class KilledAsOrdinaryUser(Killed):
    def setUp(self):
        super().setUp()
        self.need(support.is_root(), "changing the user needs root; as another user the tests above are those")
        self.before = support.as_ordinary_user()
