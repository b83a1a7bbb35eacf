#!/usr/bin/python3
"""Runs the reference daemons again and again with all processors busy; no verdict may ever differ.

    soak.py [-n N] [-j J] [--idle] [--life] [NAME …]

N times (500 unless given) each row of the matrix, J side by side (twice the processors unless given), while every
processor also computes something useless. With --life the rows of all launches, one after the other unless -j is given:
each is many launches side by side. NAME: these rows alone. Reads DAEMONCK and the other variables of support.py.
Prints each difference as it comes, and "N runs, M differ". Rows that put the whole machine under strain are left to the
matrix."""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile

import matrix_rows
import support

SLOW = {"slow-3s", "hasty-3s", "floods", "floods-late"}  # seconds each, whatever the load: fewer of them


def arguments():
    parser = argparse.ArgumentParser(description="repeats the reference daemons under load; no verdict may differ")
    parser.add_argument("-n", "--times", type=int, default=int(os.environ.get("DAEMONCK_SOAK", "500")))
    parser.add_argument("-j", "--jobs", type=int)
    parser.add_argument("--life", action="store_true", help="the rows of all launches")
    parser.add_argument("--idle", action="store_true", help="without the load")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args()


def chosen(names, life):
    if life:
        rows = [row for row in matrix_rows.life_rows() if not row.nofile]
    else:
        rows = matrix_rows.rows()
    rows = [row for row in rows if not row.alone and not (row.tree and not support.real_root())]
    rows = [row for row in rows if not names or row.name in names]
    if not rows:
        sys.exit("soak.py: no row of that name")
    return rows


def plan(rows, times):
    """Rounds over all rows, so that each meets every kind of neighbour."""
    for number in range(times):
        for row in rows:
            if row.name not in SLOW or number % 20 == 0:
                yield row


def judge(row, place):
    if row.declared is None:
        return support.run(row.command, *row.options, cwd=place, timeout=300)
    with tempfile.NamedTemporaryFile("w", dir=place, suffix=".yaml") as file:
        file.write(matrix_rows.candidate_file(row))
        file.flush()
        return support.daemonck("run", "--format", "json", *row.options, "--file", file.name, cwd=place, timeout=300)


def differs(row, place):
    done = judge(row, place)
    if done.status not in (support.HELD, support.FAILED):
        return f"exit status {done.status}: {done.error.strip()}"
    found = matrix_rows.differences(row, done.verdicts())
    return {name: (*pair, done.finding(name)["seen"]) for name, pair in found.items()} if found else None


def soak(rows, options, place):
    runs = differ = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        work = list(plan(rows, options.times))
        for row, found in zip(work, pool.map(lambda row: differs(row, place), work)):
            runs += 1
            if found:
                differ += 1
                print(f"{row.name}: {found}", flush=True)
    return runs, differ


def main():
    options = arguments()
    rows = chosen(options.names, options.life)
    options.jobs = options.jobs or (1 if options.life else 2 * os.cpu_count())
    burners = 0 if options.idle else os.cpu_count()
    load = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(burners)]
    try:
        with tempfile.TemporaryDirectory(prefix="daemonck-e2e-") as place:
            runs, differ = soak(rows, options, place)
    finally:
        for process in load:
            process.kill()
            process.wait()
    print(f"{runs} runs, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
