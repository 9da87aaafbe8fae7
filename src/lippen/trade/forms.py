"""In what form things are sold and how they come to people, read from `words/forms.toml`.

Invariant: a form has one name, and a word stands for one form. Some words for a form (`tabs`) mean another
where the substance is nearly always sold in that one.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lippen.trade.matching import Matcher


@dataclass(frozen=True)
class Form:
    """A form by its one `name`, the `unit` that a plain number counts there, the `words` for it, and the
    families of substances that come `of` it (all, where none is named)."""

    name: str
    unit: str
    words: tuple[str, ...]
    of: tuple[str, ...]

    def fits(self, family: str) -> bool:
        """Whether substances of a family come in this form."""
        return not self.of or family in self.of


@lru_cache
def _read() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("words", "forms.toml").read_text(encoding="utf-8"))


@lru_cache
def forms() -> dict[str, Form]:
    """Every form, by its name, in the order of the file."""
    return {
        str(entry["name"]): Form(
            str(entry["name"]), str(entry["unit"]), tuple(entry["words"]), tuple(entry.get("of", ()))
        )
        for entry in _read()["form"]
    }


@lru_cache
def usual_forms() -> dict[str, str]:
    """The form in which a substance is nearly always sold, by the substance's name; others are left out."""
    return {str(substance): str(form) for substance, form in _read()["usual"].items()}


@lru_cache
def form_words() -> tuple[Matcher, tuple[str, ...]]:
    """What finds words for forms, and the form of each of its words."""
    pairs = [(word, form.name) for form in forms().values() for word in form.words]
    return Matcher([word for word, _ in pairs]), tuple(name for _, name in pairs)


@lru_cache
def delivery_words() -> tuple[Matcher, tuple[str, ...]]:
    """What finds words for how things come to people, and the way (posted, by hand, collect) of each."""
    pairs = [(word, way) for way, words in _read()["delivery"].items() for word in words]
    return Matcher([word for word, _ in pairs]), tuple(way for _, way in pairs)
