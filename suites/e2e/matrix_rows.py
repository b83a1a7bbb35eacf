"""The rows of matrix.yaml as runs: what to start, and which verdicts must come. As a program it prints the candidate
file of a row of `life`: matrix_rows.py NAME."""

import dataclasses
import sys

import support
import yaml


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    options: tuple  # daemonck's
    command: tuple
    expected: dict
    partial: bool = False  # other findings may be anything
    root: bool = False  # needs root's rights
    tree: bool = False  # runs in the tree of real daemons
    alone: bool = False  # would disturb what runs at the same time
    nofile: bool = False  # needs a limit of descriptors that can be raised
    declared: dict = None  # the candidate file, which has the command then; None: the command line says all


def probes_of(profile):
    """The ids that the profile requires or notes."""
    path = support.SOURCE / "suites/profiles" / (profile + ".yaml")
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [*found["require"], *found.get("note", [])]


def rows(pidfile=None, directory=None):
    """All rows of one launch; with a pid file and directory given, in place of those under /run, those that can be run
    so."""
    matrix = support.matrix()
    found = [_row(matrix, "perfect", {"flips": {}}, [], pidfile, directory)]
    listed = support.faults()
    for name, fault in matrix["faults"].items():
        found.append(_row(matrix, name, fault, ["--fault", name], pidfile, directory))
        if listed[name]:
            as_worker = dict(fault, flips=fault.get("worker", fault["flips"]))
            found.append(
                _row(matrix, name + " (worker)", as_worker, ["--fault", name, "--worker"], pidfile, directory)
            )
    if not pidfile:
        found += [_row(matrix, other["name"], other, [], None, None) for other in matrix["others"]]
        found += [_text(matrix, text) for text in matrix["texts"]]
    return found


def _quick(profile, *verdicts):
    """With one launch the probes of further ones are skipped."""
    expected = {name: "skip" for name in probes_of(profile)}
    for each in verdicts:
        expected.update(each)
    return expected


def _row(matrix, name, entry, arguments, pidfile, directory):
    file = entry.get("pidfile", pidfile or matrix["pidfile"])
    profile = entry.get("profile", matrix["profile"])
    options = ["--profile", profile, "--pidfile", file, *matrix["options"], *entry.get("options", [])]
    command = support.candidate("--pidfile", file, *arguments, *entry.get("arguments", []))
    if directory:
        command += ["--directory", directory]
    partial = "only" in entry
    expected = entry["only"] if partial else _quick(profile, matrix["perfect"], entry["flips"])
    flags = {flag: entry.get(flag, False) for flag in ("root", "alone")}
    return Row(name, tuple(options), tuple(command), expected, partial, **flags)


def _text(matrix, text):
    options = ["--profile", matrix["profile"], *matrix["options"]]
    if text.get("tree"):
        options += ["--root", str(support.real_root())]
    names = {"bin": support.candidates(), "texts": "/srv/texts"}
    command = [_fill(argument, names) for argument in text["command"]]
    expected = _quick(matrix["profile"], matrix["text-perfect"], text["verdicts"])
    return Row("text: " + text["name"], tuple(options), tuple(command), expected, tree=text.get("tree", False))


def _fill(argument, names):
    for name, value in names.items():
        argument = argument.replace("{" + name + "}", str(value))
    return argument


def life_rows():
    """Those of a daemon's whole life."""
    life = support.matrix()["life"]
    return [_life(daemon, name, row) for daemon in life.values() for name, row in daemon["faults"].items()]


def life_faults():
    """The faults that the rows of `life` name."""
    daemons = support.matrix()["life"].values()
    return {_fault(*item) for daemon in daemons for item in daemon["faults"].items()} - {None}


def _fault(name, row):
    """None for the right daemon, and for what is no fault of the candidate."""
    return None if "command" in row else row.get("fault", name)


def _life(daemon, name, row):
    fault = _fault(name, row)
    command = [*row.get("command", daemon["command"]), *row.get("arguments", [])]
    command += ["--fault", fault] if fault else []
    command = [_fill(argument, {"bin": support.candidates()}) for argument in command]
    declared = {**daemon["declared"], **row.get("declared", {}), "command": command}
    declared = {key: value for key, value in declared.items() if value is not None}
    partial = "only" in row
    passes = {probe: "pass" for probe in probes_of(daemon["profile"])}
    expected = row["only"] if partial else {**passes, **daemon["perfect"], **row["flips"]}
    options = ("--profile", daemon["profile"])
    return Row("life: " + name, options, (), expected, partial, nofile=row.get("nofile", False), declared=declared)


def candidate_file(row):
    """The row's candidate file as text."""
    return yaml.safe_dump(row.declared, sort_keys=False)


def expected_status(row):
    """Exit status 1 where anything required failed, else 0."""
    return support.FAILED if "fail" in row.expected.values() else support.HELD


def differences(row, verdicts):
    """Id → (expected, seen), where they are not the same."""
    expected = {name: verdict for name, verdict in row.expected.items() if verdict != "any"}
    seen = {name: verdict for name, verdict in verdicts.items() if row.expected.get(name) != "any"}
    if row.partial:
        seen = {name: verdict for name, verdict in seen.items() if name in expected}
    names = expected.keys() | seen.keys()
    return {
        name: (expected.get(name), seen.get(name)) for name in sorted(names) if expected.get(name) != seen.get(name)
    }


def main():
    wanted = sys.argv[1:]
    for row in life_rows():
        if row.name.removeprefix("life: ") in wanted:
            sys.stdout.write(candidate_file(row))


if __name__ == "__main__":
    main()
