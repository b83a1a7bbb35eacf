"""The systems of the texts over their life: each row of life-texts.yaml gets exactly the verdicts written there."""

import concurrent.futures
import os

import support
import yaml

ROWS = support.SOURCE / "suites/candidates/life-texts.yaml"
TREE_TEXTS = "/srv/texts"
DEADLINE_S = 300


def rows():
    with open(ROWS, encoding="utf-8") as file:
        return yaml.safe_load(file)["rows"]


def fill(value, names):
    """The value with {texts} and {bin} replaced, wherever they are."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, list):
        return [fill(item, names) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, names) for key, item in value.items()}
    return value


def profile_of(row):
    """One that requires just the probes of the row."""
    return {
        "name": "row",
        "title": row["name"],
        "summary": "the probes of one row",
        "style": "forks",
        "require": list(row["verdicts"]),
    }


class TextsLife(support.Place):
    def start(self, number, row):
        """Runs the row; its candidate and profile files have names of their own."""
        candidate = self.place / f"{number}.yaml"
        profile = self.place / f"{number}-profile.yaml"
        names = {"texts": TREE_TEXTS, "bin": str(support.candidates())}
        candidate.write_text(yaml.safe_dump(fill(row["candidate"], names)), encoding="utf-8")
        profile.write_text(yaml.safe_dump(profile_of(row)), encoding="utf-8")
        options = ["--file", candidate, "--profile", profile, "--jobs", "1", "--format", "json"]
        if row.get("tree"):
            options += ["--root", support.real_root()]
        return support.daemonck("run", *options, cwd=self.place, timeout=DEADLINE_S)

    def check(self, row, done):
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
        verdicts = done.verdicts()
        found = {
            name: (expected, verdicts.get(name), done.finding(name)["seen"] if name in verdicts else None)
            for name, expected in row["verdicts"].items()
            if expected not in ("any", verdicts.get(name))
        }
        self.assertEqual(found, {}, "(expected, got, seen)")
        self.assertEqual(verdicts.keys(), row["verdicts"].keys())
        for name, text in row.get("says", {}).items():
            self.assertIn(text, done.finding(name)["seen"])

    def check_all(self, chosen):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for row, done in zip(chosen, pool.map(self.start, range(len(chosen)), chosen)):
                with self.subTest(row["name"]):
                    self.check(row, done)

    def test_of_the_tree(self):
        self.need(support.is_root(), "another root needs root")
        self.need(support.real_root(), "DAEMONCK_REAL_ROOT names no tree")
        self.check_all([row for row in rows() if row.get("tree")])

    def test_of_this_system(self):
        self.need(support.is_root(), "they are judged as root's")
        self.check_all([row for row in rows() if not row.get("tree")])
