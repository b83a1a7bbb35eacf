"""What the program writes: results that fit the schemas, judging again that says the same, and nothing else."""

import json
import os
import pty
import re
import subprocess
import xml.etree.ElementTree

import jsonschema

import support

CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
FAULTS = ["perfect", "keeps-all", "same-group", "crashes", "launcher-stays", "hostile-name", "workers"]


def command(fault):
    return support.candidate("--pidfile", "/run/candidate.pid", *([] if fault == "perfect" else ["--fault", fault]))


def schema(name):
    with open(support.SCHEMAS / f"{name}.schema.json", encoding="utf-8") as file:
        return json.load(file)


class Results(support.Place):
    def run_and_save(self, fault):
        path = self.place / "evidence.json"
        options = ["--profile", "sysv", "--pidfile", "/run/candidate.pid", "--save-evidence", path]
        return support.run(command(fault), *options, cwd=self.place), path

    def test_schemas_are_schemas(self):
        for path in sorted(support.SCHEMAS.glob("*.schema.json")):
            with self.subTest(path.name):
                jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))

    def test_results_and_evidence_fit_the_schemas(self):
        for fault in FAULTS:
            with self.subTest(fault):
                done, path = self.run_and_save(fault)
                jsonschema.validate(done.result(), schema("result"))
                jsonschema.validate(json.loads(path.read_text()), schema("evidence"))

    def test_judging_again_says_the_same(self):
        for fault in FAULTS:
            with self.subTest(fault):
                done, path = self.run_and_save(fault)
                again = support.daemonck("judge", path, "--profile", "sysv", "--format", "json")
                self.assertEqual(again.status, done.status, again.error)
                self.assertEqual(again.result()["findings"], done.result()["findings"])

    def test_judging_by_every_profile(self):
        _, path = self.run_and_save("perfect")
        profiles = json.loads(support.daemonck("list", "--profiles", "--format", "json").out)
        names = [profile["name"] for profile in profiles["profiles"]]
        self.assertIn("sysv", names)
        for name in names:
            with self.subTest(name):
                done = support.daemonck("judge", path, "--profile", name, "--format", "json")
                self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
                self.assertEqual(done.result()["profile"]["name"], name)

    def test_every_requirement_is_explained(self):
        listed = json.loads(support.daemonck("list", "--format", "json").out)
        for probe in listed["probes"]:
            with self.subTest(probe["id"]):
                done = support.daemonck("explain", probe["id"])
                self.assertEqual(done.status, support.HELD, done.error)
                self.assertIn(probe["id"], done.out)


class Streams(support.Place):
    def test_nothing_but_the_result(self):
        """What the candidate writes does not come to daemonck's own output, and a good run complains of nothing."""
        script = "echo to-output; echo to-error >&2; exec " + " ".join(support.candidate())
        done = support.run(["sh", "-c", script], "--profile", "sysv", cwd=self.place)
        self.assertEqual(done.error, "")
        self.assertEqual(done.result()["kind"], "daemonck-result")
        evidence = self.place / "evidence.json"
        text = support.daemonck("run", "--save-evidence", evidence, "--", "sh", "-c", script, cwd=self.place)
        self.assertNotIn("to-output\n", text.out)
        self.assertIn("to-output", json.loads(evidence.read_text())["launch"]["output"])

    def test_controls_of_the_candidate_are_escaped(self):
        for name in ("text", "json", "html"):
            with self.subTest(name):
                options = ["--profile", "sysv", "--verbose", "--format", name]
                done = support.daemonck("run", *options, "--", *support.candidate("--fault", "hostile-name"))
                self.assertEqual(done.error, "")
                self.assertIn("candidate", done.out)
                self.assertNotRegex(done.out.replace("\n", ""), CONTROLS)
                self.assertNotIn("\n(", done.out, "a newline of the candidate's name came through")

    def test_html_is_well_formed(self):
        done = support.daemonck("run", "--format", "html", "--", *support.candidate("--fault", "hostile-name"))
        text = re.sub(r"^<!DOCTYPE html>", "", done.out)
        self.assertNotIn("<b>", text)
        xml.etree.ElementTree.fromstring(re.sub(r"<(meta|br|link)([^>]*[^/])>", r"<\1\2/>", text))


class Colours(support.Place):
    def on_terminal(self, **variables):
        """Standard output on a terminal."""
        master, slave = pty.openpty()
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", **variables}
        line = [support.program(), "run", "--profile", "sysv", "--", *support.candidate("--fault", "leader")]
        with subprocess.Popen(line, stdout=slave, stdin=slave, env=environment, cwd=self.place) as child:
            os.close(slave)
            text = b""
            while part := self.read(master):
                text += part
            child.wait(support.GRACE_S)
        os.close(master)
        return text.decode()

    @staticmethod
    def read(master):
        try:
            return os.read(master, 65536)
        except OSError:  # the other side is closed
            return b""

    def test_terminal(self):
        self.assertIn("\033[", self.on_terminal())

    def test_no_color(self):
        self.assertNotIn("\033", self.on_terminal(NO_COLOR="1"))

    def test_no_terminal(self):
        done = support.daemonck("run", "--profile", "sysv", "--", *support.candidate("--fault", "leader"))
        self.assertNotIn("\033", done.out)
