#!/usr/bin/python3
"""Writes the files of all cases into the tree, and prints the shell commands that are to be run inside of it.

    prepare.py ROOT
    prepare.py --inputs    # prints what the tree is made from: a change of it means another tree
"""

import json
import pathlib
import shlex
import sys

import cases


def write_files(root, case):
    """The case's own directory: its files, and a state directory that whoever it runs as may write."""
    own = root / cases.directory(case).lstrip("/")
    own.mkdir(parents=True)
    own.chmod(0o755)
    state = own / "state"
    state.mkdir()
    state.chmod(0o777)
    for name, text in case.get("files", {}).items():
        (own / name).write_text(text, encoding="utf-8")


def commands(case):
    """What sets the case up, run in its directory."""
    steps = case.get("build", []) + case.get("setup", [])
    if not steps:
        return []
    return ["echo " + shlex.quote("case " + case["name"]), "cd " + shlex.quote(cases.directory(case))] + steps


def inputs(case):
    return {key: case.get(key) for key in ("name", "files", "setup", "build")}


def main():
    if sys.argv[1] == "--inputs":
        print(json.dumps([inputs(case) for case in cases.load()]))
        return
    root = pathlib.Path(sys.argv[1])
    for case in cases.load():
        write_files(root, case)
        print("\n".join(commands(case)))


if __name__ == "__main__":
    main()
