"""A few rounds of what soak.py does at length: under load no verdict differs."""

import subprocess
import sys

import support

ROWS = ["perfect", "keeps-all", "leader", "late-output", "hasty-sleep", "workers", "same-group (worker)"]


class Stability(support.Place):
    def test_under_load(self):
        self.need(support.is_root(), "the pid file is in /run")
        line = [sys.executable, str(support.HERE / "soak.py"), "-n", "10", *ROWS]
        done = subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
