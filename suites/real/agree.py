#!/usr/bin/python3
"""Starts all real daemons of cases.json under daemonck and compares what its evidence says with what was measured on
them by other means. Exact: any difference is a failure.

    agree.py --root DIRECTORY [--daemonck PROGRAM] [-j N] [--keep DIRECTORY] [NAME …]

The directory is what make-root makes. Prints a line a case, a table of the differences, and "N agree, M differ". Exit
status 0 when all agree.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import cases
import facts

CPUS = 2  # some daemons start a thread for each; the measurement had two
DEADLINE_S = 120


def arguments():
    parser = argparse.ArgumentParser(description="compares daemonck's evidence with what was measured on real daemons")
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--daemonck", default=os.environ.get("DAEMONCK", "daemonck"))
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path, help="keep the evidence files in this directory")
    parser.add_argument("names", nargs="*", metavar="NAME", help="these cases alone")
    return parser.parse_args()


def command(options, case, evidence):
    """What starts the case under daemonck. The profile does not matter: only the evidence is looked at."""
    line = [options.daemonck, "run", "--profile", "forking", "--root", str(options.root), "--timeout", "60s"]
    line += ["--output", os.devnull, "--save-evidence", str(evidence)]
    if "pidfile" in case:
        line += ["--pidfile", case["pidfile"]]
    if "cwd" in case:
        line += ["--chdir", case["cwd"]]
    for name, value in case.get("env", {}).items():
        line += ["--env", f"{name}={value}"]
    return line + ["--"] + with_before(case)


def with_before(case):
    """Some cases need something there when they start, as it was on the machine of the measurement."""
    if "before" not in case:
        return case["argv"]
    return ["sh", "-c", case["before"] + '; exec "$0" "$@"', *case["argv"]]


def run(options, case, directory, launch):
    """A list of (fact, measured, seen), empty where all agrees."""
    evidence = directory / (case["name"] + ".json")
    done = subprocess.run(
        command(options, case, evidence), cwd=launch, stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE_S
    )
    if done.returncode not in (0, 1):
        return [("daemonck", "exit 0 or 1", f"exit {done.returncode}: {done.stderr.decode(errors='replace').strip()}")]
    with open(evidence, encoding="utf-8") as file:
        seen = facts.of(json.load(file), case)
    compared = [(name, value, seen.get(name)) for name, value in case["measured"].items()]
    return [row for row in compared if not same(*row)]


def same(name, measured, seen):
    """The order of processes means nothing."""
    if name in ("tree", "launch_tty_fds", "others_differ") and seen is not None:
        return sorted(measured) == sorted(seen)
    return measured == seen


def limit_cpus():
    """What the daemons are told of the machine must be what the measurement had."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < CPUS:
        sys.exit(f"agree.py: needs {CPUS} processors: some daemons start a thread for each")
    os.sched_setaffinity(0, usable[:CPUS])


def compare_all(options, chosen, directory, launch):
    differ = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for case, found in zip(chosen, pool.map(lambda case: run(options, case, directory, launch), chosen)):
            print(f"{'differs' if found else 'agrees':8} {case['name']}", flush=True)
            for name, measured, seen in found:
                print(f"         {name:20} measured {measured!r}\n{'':30}seen     {seen!r}")
            differ += bool(found)
    return differ


def main():
    options = arguments()
    chosen = [case for case in cases.load() if not options.names or case["name"] in options.names]
    if len(chosen) < len(options.names):
        sys.exit("agree.py: no case of that name")
    limit_cpus()
    with tempfile.TemporaryDirectory(prefix="daemonck-agree-") as scratch:
        directory = options.keep or pathlib.Path(scratch)
        launch = pathlib.Path(scratch, "launch")
        launch.mkdir()
        directory.mkdir(parents=True, exist_ok=True)
        differ = compare_all(options, chosen, directory, launch)
    print(f"{len(chosen) - differ} agree, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
