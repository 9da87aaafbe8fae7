"""The words of call-takers as the files have them."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from lippen.sandbox.phrase_lines import HANDS, SLOTS
from lippen.sandbox.place import TYPES

COMMON = """DISTURBANCE, NOISE NUISANCE, YOUTH NUISANCE, SUSPICIOUS PERSON, SUSPICIOUS VEHICLE, DRUG DEALING,
DRUG PRODUCTION, ASSAULT, THEFT, HOUSEBREAKING, VANDALISM, FIRE RAISING, WEAPON SEEN"""
"""Codes of which episodes are made, and others that are common."""

SHORT = {"opening": "op", "what": "wt", "where": "wr", "more": "mo", "closing": "cl"}


def words_in(name: str) -> str:
    return files("lippen.sandbox").joinpath("words", name).read_text(encoding="utf-8")


def lexicon_of_calls() -> dict:
    return tomllib.loads(words_in("calls.toml"))


def landmarks() -> list[dict]:
    return tomllib.loads(words_in("landmarks.toml"))["landmark"]


def landmarks_of(at: str, setting: str, hand: str) -> list[str]:
    """The landmarks of a list of places in a type of larger area, in the order of the file."""
    return [mark[hand] for mark in landmarks() if at in mark["at"] and setting in mark.get("in", TYPES)]


def names(listed: str) -> list[str]:
    return [name.strip() for name in listed.replace("\n", " ").split(",")]


def small_lexicon(lines: int) -> dict:
    """One kind and bare frames; each line is a slot's letter and a number, too short to slip on."""
    hand = dict.fromkeys(SLOTS, "{} ") | {
        "left_out": {"opening": 0.2, "more": 0.3},
        "without": {"more": "~ "},
    }
    told = {slot: {hand: [f"{SHORT[slot]}{at}" for at in range(lines)] for hand in HANDS} for slot in SLOTS}
    return {
        "hand": dict.fromkeys(HANDS, hand),
        **{slot: {"all": told[slot]} for slot in SLOTS},
        "landmark": [],
        "kind": [
            {"name": "ONE", "grade": 2, "voice": "all", "at": "all", "also": ["all"], "what": told["what"]}
        ],
    }
