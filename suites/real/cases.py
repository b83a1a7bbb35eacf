"""The cases of cases.json: what is run, and where it lies in the tree that make-root makes."""

import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent


def load():
    """All cases, with {D} replaced by the case's own directory."""
    with open(HERE / "cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    return [_replace(case, "/srv/cases/" + case["name"]) for case in cases]


def directory(case):
    return "/srv/cases/" + case["name"]


def _replace(value, path):
    if isinstance(value, str):
        return value.replace("{D}", path)
    if isinstance(value, list):
        return [_replace(item, path) for item in value]
    if isinstance(value, dict):
        return {key: _replace(item, path) for key, item in value.items()}
    return value
