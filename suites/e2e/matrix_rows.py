"""The rows of matrix.yaml as runs: what to start, and which verdicts must come."""

import dataclasses

import support


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


def rows(pidfile=None, directory=None):
    """All rows; with a pid file and directory given, in place of those under /run, those that can be run so."""
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


def _row(matrix, name, entry, arguments, pidfile, directory):
    file = entry.get("pidfile", pidfile or matrix["pidfile"])
    options = ["--profile", entry.get("profile", matrix["profile"]), "--pidfile", file, *entry.get("options", [])]
    command = support.candidate("--pidfile", file, *arguments, *entry.get("arguments", []))
    if directory:
        command += ["--directory", directory]
    partial = "only" in entry
    expected = entry["only"] if partial else {**matrix["perfect"], **entry["flips"]}
    flags = {flag: entry.get(flag, False) for flag in ("root", "alone")}
    return Row(name, tuple(options), tuple(command), expected, partial, **flags)


def _text(matrix, text):
    options = ["--profile", matrix["profile"]]
    if text.get("tree"):
        options += ["--root", str(support.real_root())]
    names = {"bin": support.candidates(), "texts": "/srv/texts"}
    command = [_fill(argument, names) for argument in text["command"]]
    expected = {**matrix["text-perfect"], **text["verdicts"]}
    return Row("text: " + text["name"], tuple(options), tuple(command), expected, tree=text.get("tree", False))


def _fill(argument, names):
    for name, value in names.items():
        argument = argument.replace("{" + name + "}", str(value))
    return argument


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
