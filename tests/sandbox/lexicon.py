"""The words of call-takers as the files have them."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from lippen.sandbox.place import TYPES


def words_in(name: str) -> str:
    return files("lippen.sandbox").joinpath("words", name).read_text(encoding="utf-8")


def lexicon_of_calls() -> dict:
    return tomllib.loads(words_in("calls.toml"))


def landmarks() -> list[dict]:
    return tomllib.loads(words_in("landmarks.toml"))["landmark"]


def landmarks_of(at: str, setting: str, hand: str) -> list[str]:
    """The landmarks of a list of places in a type of larger area, in the order of the file."""
    return [mark[hand] for mark in landmarks() if at in mark["at"] and setting in mark.get("in", TYPES)]
