"""From recorded evidence to the facts that cases.json holds of each daemon."""

import os
import re
import stat

NULL = os.makedev(1, 3)
TTY = os.makedev(5, 0)
PTS_MAJORS = range(136, 144)
PLANTED = (3, 57)


def of(evidence, case):
    """The facts, under the names and in the words of cases.json."""
    processes = alive(evidence["processes"], case)
    found = {"parent": _end(evidence["launch"]), "n_procs": len(processes)}
    first = main(evidence, case, processes)
    if first is None:
        return found
    others = [process for process in processes if process is not first]
    start = evidence["start"]
    found.update(_attributes(first, start))
    found["tree"] = [_node(first) + "*"] + [_node(process) for process in others]
    found["launch_tty_fds"] = _launch_terminal(processes, start)
    found["leak_any"] = sorted({fd["planted"] for process in processes for fd in process["fds"]} & set(PLANTED))
    found["others_differ"] = sorted({_difference(process, first, start) for process in others} - {None})
    return found


def alive(processes, case):
    """Without zombies, and without the helper that a case needs beside the daemon."""
    return [process for process in processes if process["state"] not in "ZXx" and process["name"] != case.get("helper")]


def main(evidence, case, processes):
    """By the pid file; else by the declared name; else the lowest pid that is an orphan."""
    named = pid_in(evidence["pidfile"]["settled"])
    for process in processes:
        if process["pid"] == named:
            return process
    named = [process for process in processes if process["name"] == case.get("main_comm")]
    orphans = [process for process in processes if process["parent"] == evidence["start"]["reaper"]]
    return min(named or orphans, key=lambda process: process["pid"], default=None)


def pid_in(look):
    """The pid that a pid file holds, on its first line; None where it is none. Evidence has \\x0a for a line feed."""
    digits = re.match(r"\d+", look.get("content") or "")
    return int(digits[0]) if digits else None


def _end(launch):
    if launch["outcome"] != "returned":
        return launch["outcome"]
    status = launch["status"]
    if os.WIFEXITED(status):
        return f"exit {os.WEXITSTATUS(status)}"
    return f"signal {os.WTERMSIG(status)}"


def _node(process):
    return f"{process['name']}({len(process['threads'])}t)"


def _attributes(process, start):
    inherited = " (inherited)" if process["umask"] == start["umask"] else ""
    return {
        "ppid_init": process["parent"] == start["reaper"],
        "session_leader": process["pid"] == process["session"],
        "in_launcher_session": process["session"] == start["leader"],
        "ctty": process["terminal"] != 0,
        "cwd": "LAUNCHDIR" if process["cwd"] == start["directory"] else process["cwd"],
        "umask": f"{int(process['umask'], 8):04o}{inherited}",
        "fd012": [_kind(_descriptor(process, number), start) for number in range(3)],
    }


def _descriptor(process, number):
    return next((fd for fd in process["fds"] if fd["number"] == number), None)


def _kind(fd, start):
    """What a descriptor is, in a word; with its path where it is a file or another device."""
    if fd is None:
        return "closed"
    target, special = fd["target"], fd["file"]["special"]
    mode = int(fd["file"]["mode"], 8)
    if stat.S_ISSOCK(mode):
        return "socket"
    if stat.S_ISFIFO(mode):
        return "pipe"
    if stat.S_ISCHR(mode):
        if special == NULL:
            return "null"
        return "tty" if _is_terminal(special) else "chr:" + target
    if target.startswith(start["directory"] + "/"):
        target = "LAUNCHDIR" + target[len(start["directory"]) :]
    return "file:" + target


def _is_terminal(special):
    return special == TTY or os.major(special) in PTS_MAJORS


def _is_launch_terminal(fd, start):
    """Also /dev/tty, which is whatever terminal its opener had: the measurement counted it."""
    file = fd["file"]
    if not stat.S_ISCHR(int(file["mode"], 8)):
        return False
    same = (file["device"], file["special"]) == (start["terminal_device"], start["terminal_special"])
    return same or file["special"] == TTY


def _launch_terminal(processes, start):
    return sorted(
        {
            f"{process['name']} fd{fd['number']}"
            for process in processes
            for fd in process["fds"]
            if _is_launch_terminal(fd, start)
        }
    )


def _difference(process, main, start):
    """In what another process is not as the main one; None where in nothing."""
    mine, its = _attributes(process, start), _attributes(main, start)
    parts = []
    if mine["session_leader"] != its["session_leader"]:
        parts.append("session leader" if mine["session_leader"] else "not leader")
    if mine["ctty"] != its["ctty"]:
        parts.append("has ctty" if mine["ctty"] else "no ctty")
    parts += [f"{key} {mine[key]}" for key in ("cwd", "umask") if mine[key] != its[key]]
    if mine["fd012"] != its["fd012"]:
        parts.append("fds " + ",".join(mine["fd012"]))
    return f"{process['name']}: " + "; ".join(parts) if parts else None
