#!/usr/bin/python3
"""Starts all real daemons of cases.json under daemonck and compares what its evidence says with what was measured on
them by other means: the clean launch, or with --life the further launches, and with --thorough also what is a race.

    agree.py --root DIRECTORY [--daemonck PROGRAM] [--life [--thorough]] [--some] [-j N] [--keep DIRECTORY] [NAME …]

The directory is what make-root makes. Prints a line a case, a table of the differences, and "N agree, M differ". Exit
status 0 when all agree.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import cases
import facts
import life

CPUS = 2  # some daemons start a thread for each; the measurement had two
TIMEOUT = "60s"
DEADLINE_S = 120
LIFE_TIMEOUT = "10s"  # one case never comes to rest in one of its launches
LIFE_DEADLINE_S = 600
HERE = pathlib.Path(__file__).resolve().parent


def arguments():
    parser = argparse.ArgumentParser(description="compares daemonck's evidence with what was measured on real daemons")
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--daemonck", default=os.environ.get("DAEMONCK", "daemonck"))
    parser.add_argument("--life", action="store_true", help="the further launches: signals, keys, a second start …")
    parser.add_argument("--thorough", action="store_true", help="with --life: every launch, and rates of races")
    parser.add_argument("--some", action="store_true", help="without the cases that take long")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path, help="keep the evidence files in this directory")
    parser.add_argument("names", nargs="*", metavar="NAME", help="these cases alone")
    options = parser.parse_args()
    options.daemonck = os.path.abspath(shutil.which(options.daemonck) or options.daemonck)
    options.root = options.root.resolve()
    return options


def command(options, case, evidence):
    """What starts the case under daemonck. Only the evidence is looked at, so the profile matters only by the launches
    that its probes need."""
    line = [options.daemonck, "run", "--root", str(options.root)]
    line += ["--timeout", LIFE_TIMEOUT if options.life else TIMEOUT]
    if options.life:
        line += ["--profile", str(HERE / "profiles" / "life.yaml")]
        line += ["--jobs", str(2 * options.jobs)]  # most of the time they wait
        line += ["--thorough"] if options.thorough else []
    else:
        line += ["--profile", "forking", "--quick"]
    line += ["--output", os.devnull, "--save-evidence", str(evidence)]
    if "pidfile" in case:
        line += ["--pidfile", case["pidfile"]]
    if "cwd" in case:
        line += ["--chdir", case["cwd"]]
    for name, value in case.get("env", {}).items():
        line += ["--env", f"{name}={value}"]
    if "settle" in case and options.life:
        line += ["--settle", case["settle"]]
    if "declares" in case:
        declared = evidence.with_suffix(".declared.yaml")
        declared.write_text(json.dumps(case["declares"]), encoding="utf-8")
        line += ["--file", str(declared)]
    return line + ["--"] + case.get("through", []) + case["argv"]


def expected(options, case):
    """What was measured; where it is understood why this sandbox sees something else, that."""
    if not options.life:
        return case["measured"]
    understood = {name: differs["seen"] for name, differs in case.get("differs", {}).items()}
    facts_of_life = {**case["life"], **understood}
    return {name: value for name, value in facts_of_life.items() if options.thorough or name not in life.RATES}


def run(options, case, directory, launch):
    """A list of (fact, measured, seen), empty where all agrees."""
    evidence = directory / (case["name"] + ".json")
    done = subprocess.run(
        command(options, case, evidence),
        cwd=launch,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIFE_DEADLINE_S if options.life else DEADLINE_S,
    )
    if not evidence.exists() or done.returncode not in ((0, 1, 3) if options.life else (0, 1)):
        return [("daemonck", "exit 0 or 1", f"exit {done.returncode}: {done.stderr.decode(errors='replace').strip()}")]
    with open(evidence, encoding="utf-8") as file:
        record = json.load(file)
    seen, same_fact = (life.of(record, case), life.same) if options.life else (facts.of(record, case), same)
    compared = [(name, value, seen.get(name)) for name, value in expected(options, case).items()]
    return [row for row in compared if not same_fact(*row)]


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
    """The clean launches side by side; with --life daemonck itself runs the launches of a case side by side."""
    differ = 0

    def timed(case):
        begin = time.monotonic()
        return run(options, case, directory, launch), time.monotonic() - begin

    with concurrent.futures.ThreadPoolExecutor(1 if options.life else options.jobs) as pool:
        for case, (found, seconds) in zip(chosen, pool.map(timed, chosen)):
            print(f"{'differs' if found else 'agrees':8} {case['name']:40} {seconds:5.1f} s", flush=True)
            for name, measured, seen in found:
                print(f"         {name:20} measured {measured!r}\n{'':30}seen     {seen!r}", flush=True)
            differ += bool(found)
    return differ


def choose(options):
    known = cases.load()
    unknown = set(options.names) - {case["name"] for case in known}
    if unknown:
        sys.exit("agree.py: no case of that name: " + ", ".join(sorted(unknown)))
    chosen = [case for case in known if not options.names or case["name"] in options.names]
    return [case for case in chosen if not (options.some and case.get("slow"))]


def main():
    options = arguments()
    chosen = choose(options)
    limit_cpus()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daemonck-agree-") as scratch:
        directory = options.keep or pathlib.Path(scratch)
        launch = pathlib.Path(scratch, "launch")
        launch.mkdir()
        directory.mkdir(parents=True, exist_ok=True)
        differ = compare_all(options, chosen, directory.resolve(), launch)
    print(f"{len(chosen) - differ} agree, {differ} differ ({time.monotonic() - begin:.0f} s)")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
