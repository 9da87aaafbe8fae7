"""Comparisons of interventions that the tests of their page look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lippen.comparing import compare_interventions
from lippen.progress import Stages
from lippen.sandbox.scenario import Intervention, Scenario

EVIL = '<script>alert(1)</script>"\u202e\u0000&amp;<img src=x onerror=alert(1)>'
SAMPLES: dict[str, dict[str, Any]] = {
    "a year": {"areas": ("Carsemuir", "harbour"), "command": "lippen sandbox compare --seed 1"},
    "everywhere": {"kinds": ("safe_reporting", "police_drive"), "days": 168},
    "a fortnight": {"kinds": ("joint_visits",), "days": 14, "since_day": 0},
    "one week": {"kinds": ("counter_story",), "days": 7, "since_day": 0},
    "hostile": {
        "scenario": replace(Scenario(), title=EVIL, intervention=(Intervention("police_drive", 3),)),
        "kinds": ("channel_recognition",),
        "days": 56,
        "command": EVIL,
    },
}  # fmt: skip
EACH = pytest.mark.parametrize("name", SAMPLES)

Tree = Callable[[str], ET.Element]
"""The page of a sample, read."""


def write_comparisons(into: Path) -> dict[str, Path]:
    """Each sample as a written page."""
    made = {}
    for name, given in SAMPLES.items():
        made[name] = into / name
        scenario = given.get("scenario", Scenario())
        rest = {key: value for key, value in given.items() if key != "scenario"}
        compare_interventions(made[name], scenario, Stages(quiet=True), **rest)
    return made
