"""What the end-to-end tests share: the built programs, a place of their own, runs of daemonck and their results.

The environment says what is tested: DAEMONCK the program, DAEMONCK_CANDIDATES the directory of the built reference
daemons, DAEMONCK_REAL_ROOT the tree of make-root (without it the daemons of the texts that need one are skipped)."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import yaml

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
MATRIX = SOURCE / "suites/candidates/matrix.yaml"
SCHEMAS = SOURCE / "reports/schema"
ORDINARY_ID = 12345
# Over its own --timeout (30 s unless given) a run may need this for set-up, reading and tear-down on a loaded machine.
GRACE_S = 15
HELD, FAILED, USAGE, HARNESS = 0, 1, 2, 3


def program():
    return pathlib.Path(os.environ["DAEMONCK"]).resolve()


def candidates():
    named = os.environ.get("DAEMONCK_CANDIDATES")
    return pathlib.Path(named or program().parents[2] / "suites/candidates").resolve()


def candidate(*arguments):
    return [str(candidates() / "candidate"), *arguments]


def real_root():
    root = os.environ.get("DAEMONCK_REAL_ROOT")
    return pathlib.Path(root).resolve() if root else None


def matrix():
    with open(MATRIX, encoding="utf-8") as file:
        return yaml.safe_load(file)


def faults():
    """Name → whether a worker can have it, as the candidate itself lists them."""
    text = subprocess.run(candidate("--list"), check=True, capture_output=True, text=True).stdout
    rows = [line.split("\t") for line in text.splitlines()]
    return {name: worker == "worker" for name, worker, _ in rows}


@dataclasses.dataclass
class Done:
    """A finished run of daemonck."""

    status: int
    out: str
    error: str
    seconds: float

    def result(self):
        return json.loads(self.out)

    def verdicts(self):
        return {finding["id"]: finding["verdict"] for finding in self.result()["findings"]}

    def finding(self, name):
        return next(finding for finding in self.result()["findings"] if finding["id"] == name)


def daemonck(*arguments, timeout=30 + GRACE_S, before=(), **more):
    """Runs daemonck, which must end in time; `before` is what starts it (setpriv …)."""
    begin = time.monotonic()
    done = subprocess.run(
        [*before, str(more.pop("executable", program())), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        **more,
    )
    seconds = time.monotonic() - begin
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode(), seconds)


def run(command, *options, whole=False, **more):
    """The clean launch alone, unless the WHOLE set of launches is asked for."""
    quick = () if whole else ("--quick",)
    return daemonck("run", "--format", "json", *quick, *options, "--", *command, **more)


def until(condition, what, deadline_s=GRACE_S):
    """Looks again and again until the condition holds."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what}")
        time.sleep(0.005)


class Place(unittest.TestCase):
    """A test with a directory of its own that every user may enter, which is its current directory for daemonck."""

    def setUp(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="daemonck-e2e-"))
        self.place.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.place)

    def need(self, condition, what):
        """Skips the test where the machine cannot run it; that is a failure where all must work."""
        if condition:
            return
        if os.environ.get("DAEMONCK_MUST_WORK") == "1":
            self.fail("needed, and DAEMONCK_MUST_WORK=1: " + what)
        self.skipTest(what)

    def copy(self, path, name):
        """The program under a name of its own, by which its processes can be found."""
        copy = self.place / name
        shutil.copy(path, copy)
        copy.chmod(0o755)
        return copy


def processes_of(programs):
    """The pids of this machine's processes that run one of the programs (or did, and are zombies of that name)."""
    names = {program.name[:15] for program in programs}
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (entry / "comm").read_text(errors="replace").rstrip("\n") in names:
                found.append(int(entry.name))
            elif os.readlink(entry / "exe").split(" (deleted)")[0] in map(str, programs):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def files_of_the_tool():
    """What daemonck or a candidate could leave in the places where temporary things are made."""
    found = set()
    for place in ("/tmp", "/run", "/dev/shm", "/var/tmp", "/"):
        for entry in pathlib.Path(place).iterdir():
            if not entry.name.startswith("daemonck-e2e-") and ("daemonck" in entry.name or "candidate" in entry.name):
                found.add(str(entry))
    return found


def mounts():
    return sorted(pathlib.Path("/proc/self/mountinfo").read_text().splitlines())


def nothing_new(before, test):
    """Compares with what left_overs gave before."""
    mounts_before, files_before = before
    test.assertEqual(mounts(), mounts_before, "mounts are left")
    test.assertEqual(files_of_the_tool() - files_before, set(), "files are left")


def left_overs():
    return mounts(), files_of_the_tool()


def is_root():
    return os.geteuid() == 0


def as_ordinary_user():
    return ["setpriv", f"--reuid={ORDINARY_ID}", f"--regid={ORDINARY_ID}", "--clear-groups", "--"]
