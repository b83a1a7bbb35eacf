"""A candidate that is root and hostile changes nothing outside of the sandbox."""

import os
import pathlib
import socket
import subprocess
import time

import support

SETTINGS = [
    "/proc/sys/vm/swappiness",
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/hostname",
    "/proc/sys/fs/file-max",
    "/sys/kernel/mm/transparent_hugepage/defrag",
    "/sys/kernel/uevent_helper",
    "/proc/swaps",
    "/proc/modules",
]
PLACES = ["/", "/etc", "/usr", "/tmp", "/run", "/root", "/dev/shm", "/var/tmp", "/sys/fs/cgroup", "/dev"]


def read(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError as error:
        return str(error)


def identity(path):
    try:
        status = os.stat(path)
    except OSError as error:
        return str(error)
    return status.st_mode, status.st_uid, status.st_ino


class HostileRoot(support.Place):
    """Looks at the host before and after."""

    def setUp(self):
        super().setUp()
        self.mark = f"daemonck-hostile-{os.getpid()}"
        self.victim = subprocess.Popen(["sleep", "infinity"])
        self.addCleanup(self.victim.wait)
        self.addCleanup(self.victim.kill)

    def host(self):
        return {
            "settings": {path: read(path) for path in SETTINGS},
            "host name": socket.gethostname(),
            "mounts": support.mounts(),
            "files": {path: identity(path) for path in ("/etc", "/etc/hostname", "/etc/passwd", "/tmp")},
            "links": sorted(os.listdir("/sys/class/net")),
        }

    def marks(self):
        """Everything of that name in the places where it tried."""
        found = []
        for place in PLACES:
            found += [str(entry) for entry in pathlib.Path(place).iterdir() if self.mark in entry.name]
        return found

    def attack(self, before=()):
        script = ["sh", str(support.HERE / "hostile.sh"), self.mark, str(self.victim.pid)]
        earlier, clock = self.host(), time.time() - time.monotonic()
        options = ["--output", os.devnull, "--save-evidence", "-"]
        done = support.run(script, *options, cwd=self.place, before=before)
        output = done.result()["launch"]["output"]
        self.assertIn("hostile: done", output, "it did not come to its end")
        self.assertEqual(self.host(), earlier, output)
        self.assertAlmostEqual(time.time() - time.monotonic(), clock, delta=60, msg="the clock was set")
        self.assertEqual(self.marks(), [], output)
        self.assertIsNone(self.victim.poll(), "a process outside was killed")
        self.assertIn(self.state(), "SI", "a process outside was stopped")

    def state(self):
        return pathlib.Path(f"/proc/{self.victim.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]

    def test_as_root(self):
        self.need(support.is_root(), "needs root")
        self.attack()

    def test_as_an_ordinary_user(self):
        self.attack(before=support.as_ordinary_user() if support.is_root() else [])

    def test_in_another_root(self):
        self.need(support.is_root(), "needs root")
        self.need(support.real_root(), "DAEMONCK_REAL_ROOT names no tree")
        root = support.real_root()
        script = (support.HERE / "hostile.sh").read_text()
        before = sorted(str(path) for path in root.iterdir())
        done = support.run(
            ["sh", "-c", script, "hostile.sh", self.mark, str(self.victim.pid)],
            *["--root", root, "--output", os.devnull, "--save-evidence", "-"],
            cwd=self.place,
        )
        self.assertIn("hostile: done", done.result()["launch"]["output"])
        self.assertEqual(sorted(str(path) for path in root.iterdir()), before)
        found = [path for place in ("", "etc", "usr", "tmp", "run", "root") for path in (root / place).iterdir()]
        self.assertEqual([str(path) for path in found if self.mark in path.name], [])
        self.assertEqual(self.marks(), [])
