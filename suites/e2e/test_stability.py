"""A few rounds of what soak.py does at length: under load no verdict differs."""

import subprocess
import sys

import support

ROWS = ["perfect", "keeps-all", "leader", "late-output", "hasty-sleep", "workers", "same-group (worker)"]


LIFE_ROWS = ["life: perfect", "life: plain", "life: not-awaited"]


class Stability(support.Place):
    def soak(self, *options):
        self.need(support.is_root(), "the pid file is in /run")
        line = [sys.executable, str(support.HERE / "soak.py"), *options]
        done = subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_under_load(self):
        self.soak("-n", "10", *ROWS)

    def test_all_launches_under_load(self):
        self.soak("--life", "-n", "3", *LIFE_ROWS)
