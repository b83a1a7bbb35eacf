"""From the further launches in recorded evidence to the facts that cases.json holds of each daemon's life."""

import math
import os
import signal

import facts

# Two rates that would differ so much by chance less than once in a thousand comparisons are not of one race.
CHANCE = 0.001
RATES = ("pidfile_at_return", "port_at_return")


def of(evidence, case):
    """The facts, under the names and in the words of cases.json. A scenario that was not run gives what became of it in
    place of its facts."""
    seen = {}
    for scenario, variant, names, look in LOOKS:
        run = _run(evidence, scenario, variant)
        obstacle = _obstacle(run, scenario)
        seen.update(dict.fromkeys(names, obstacle) if obstacle else look(Launch(run, case)))
    clean = [Launch(evidence, case)] + [Launch(run, case) for run in _runs(evidence, "again") if run["state"] == "done"]
    if "pidfile" in case:
        seen["pidfile_at_return"] = _rate(launch.pidfile_at_return() for launch in clean)
    if "port" in case:
        seen["port_at_return"] = _rate(launch.port_at_return() for launch in clean)
    return seen


def same(name, measured, seen):
    """Rates are compared as such; when a pipe's end came is a matter of the machine, whether it came is not; and a
    daemon may have done now this, now that."""
    if name in RATES:
        return probability(*_numbers(measured), *_numbers(seen)) >= CHANCE
    if name == "pipe_eof_ms" and isinstance(seen, list):
        return [ms is None for ms in measured] == [ms is None for ms in seen]
    if isinstance(measured, list) and not isinstance(seen, list):
        return seen in measured
    return measured == seen


def probability(hits, total, other_hits, other_total):
    """Fisher's exact test, two-sided: how likely two samples of one rate differ as much as these."""
    hits_of_all = hits + other_hits

    def ways(first):
        return math.comb(total, first) * math.comb(other_total, hits_of_all - first)

    possible = range(max(0, hits_of_all - other_total), min(total, hits_of_all) + 1)
    as_unlikely = sum(ways(first) for first in possible if ways(first) <= ways(hits))
    return as_unlikely / math.comb(total + other_total, hits_of_all)


class Launch:
    """One launch, the clean one or a further one."""

    def __init__(self, run, case):
        self.run = run
        self.case = case
        self.processes = self.alive(run)
        self.main = facts.main(run, case, self.processes)

    def alive(self, state):
        return facts.alive(state["processes"], self.case)

    def after(self, step):
        """The live processes when the step had had its effect."""
        return self.alive(self.run["steps"][step]["after"])

    def main_after(self, step):
        return next((process for process in self.after(step) if self.main and is_same(process, self.main)), None)

    def end_of_main(self):
        """How the main process ended, or "lives"."""
        ends = [end["status"] for end in self.run["exits"] if end["pid"] == self.main["pid"]]
        return end_text(ends[-1]) if ends else "lives"

    def pidfile_at_return(self):
        """Whether the pid file named one of the daemon's processes at that instant."""
        return self.names_one(self.run["pidfile"]["returned"], self.processes)

    def names_one(self, look, processes):
        return facts.pid_in(look) in [process["pid"] for process in processes]

    def port_at_return(self):
        ends = f":{self.case['port']}"
        return any(listener["address"].endswith(ends) for listener in self.run["launch"]["listeners"])


def is_same(process, other):
    return (process["pid"], process["start_ticks"]) == (other["pid"], other["start_ticks"])


def end_text(status):
    if os.WIFEXITED(status):
        return f"exit {os.WEXITSTATUS(status)}"
    return f"signal {signal.Signals(os.WTERMSIG(status)).name}"


def _stop(launch):
    found = {
        "stop": launch.end_of_main(),
        "stop_left": sorted(process["name"] for process in launch.after(0)),
    }
    if "pidfile" in launch.case:
        left = launch.run["steps"][0]["after"]["pidfile"]["state"] == "read"
        found["stop_pidfile"] = "left" if left else "removed"
    return found


def _ctrl_c(launch):
    """The first key, typed while the launcher's group is still in the foreground."""
    return {"survives_ctrl_c": launch.main_after(0) is not None}


def _hangup(launch):
    return {"survives_hangup": launch.main_after(0) is not None}


def _ignored(launch):
    ignored = _set(launch.main["ignored"])
    inherited = [f"{name} ignored" for name in ("HUP", "INT", "TERM") if signal.Signals["SIG" + name] in ignored]
    return {"inherited": inherited, "term_stops_ignored": launch.main_after(0) is None}


def _blocked(launch):
    main_thread = next(thread for thread in launch.main["threads"] if thread["tid"] == launch.main["pid"])
    return {"usr2_blocked": signal.SIGUSR2 in _set(main_thread["blocked"])}


def _pipes(launch):
    """From the started process's end to the end of file on its standard output and error; null: it never came."""
    pipes = {pipe["number"]: pipe["eof_us"] for pipe in launch.run["launch"]["pipes"]}
    returned = launch.run["launch"]["returned_us"]
    return {"pipe_eof_ms": [round((pipes[n] - returned) / 1000) if pipes[n] >= 0 else None for n in (1, 2)]}


def _second(launch):
    step = launch.run["steps"][0]
    new = [process for process in launch.after(0) if not any(is_same(process, old) for old in launch.processes)]
    if new:
        verdict = "second-runs-too"
    else:
        verdict = "refused" if step["status"] else "refused-but-exit-0"
    found = {"second": verdict, "second_parent": end_text(step["status"])}
    if "pidfile" in launch.case:
        looks = (launch.run["pidfile"]["settled"], step["after"]["pidfile"])
        before, after = [(look["state"], look.get("content")) for look in looks]
        found["second_pidfile"] = "unchanged" if before == after else "changed"
    return found


def _hup(launch):
    after = launch.after(0)
    old = [process for process in after if any(is_same(process, was) for was in launch.processes)]
    if launch.main_after(0):
        replaced = len(old) < len(launch.processes) and len(old) < len(after)
        return {"hup": "alive, children replaced" if replaced else "alive", "hup_end": "lives"}
    if not after:
        verdict = "died"
    else:
        verdict = "main died" if old else "restarted under a new pid"
    return {"hup": verdict, "hup_end": launch.end_of_main()}


def _after_kill(launch):
    step = launch.run["steps"][-1]
    found = {"after_kill": end_text(step["status"]), "after_kill_procs": len(launch.after(-1))}
    if "pidfile" in launch.case:
        found["after_kill_pidfile"] = launch.names_one(step["after"]["pidfile"], launch.after(-1))
    return found


# Scenario, variant, the facts that come from it, what takes them.
LOOKS = (
    ("stop", 0, ("stop", "stop_left", "stop_pidfile"), _stop),
    ("keys", 0, ("survives_ctrl_c",), _ctrl_c),
    ("hangup", 0, ("survives_hangup",), _hangup),
    ("signals", 0, ("inherited", "term_stops_ignored"), _ignored),
    ("signals", 1, ("usr2_blocked",), _blocked),
    ("pipes", 0, ("pipe_eof_ms",), _pipes),
    ("second", 0, ("second", "second_parent", "second_pidfile"), _second),
    ("signal", int(signal.SIGHUP), ("hup", "hup_end"), _hup),
    ("after-kill", 0, ("after_kill", "after_kill_procs", "after_kill_pidfile"), _after_kill),
)


def _runs(evidence, scenario):
    return [run for run in evidence["runs"] if run["scenario"] == scenario]


def _run(evidence, scenario, variant):
    return next((run for run in _runs(evidence, scenario) if run["variant"] == variant), None)


def _obstacle(run, scenario):
    """Why nothing can be told of the launch; None where something can."""
    if run is None:
        return f"no launch {scenario}"
    if run["state"] != "done":
        return f"{run['state']}: {run['reason']}"
    if scenario != "pipes" and not run["steps"]:
        return "never at rest" if run["processes"] else "did not start"
    return None


def _set(text):
    """A set of signals: bit n-1 for signal n."""
    bits = int(text, 16)
    return {number for number in range(1, 65) if bits >> (number - 1) & 1}


def _rate(launches):
    hits = list(launches)
    return f"{sum(hits)}/{len(hits)}"


def _numbers(rate):
    return [int(number) for number in rate.split("/")]
