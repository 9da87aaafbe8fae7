"""Logs that a worker could write of a report (`words/desk.toml`): some give nobody away, some do.

The invariant: both are put together in the same way and from the same pieces, but for one sentence (or up to
three) that stands in the place of another. So neither length nor order says which is which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from lippen.sandbox.naming import words
from lippen.sandbox.phrase_lines import forms_of
from lippen.sandbox.spelling import slips

VERBATIM = "verbatim"
SEVERAL = "several"
_MISTYPED = 0.12  # share of sentences after the first with a slip of typing, planted or not; assumed
_FEWEST_COPIED, _MOST_COPIED = 8, 13
_DIGITS = {"2": "two", "3": "three", "two": "2", "three": "3", "four": "4", "ten": "10"}
_WORD = re.compile(r"\w[\w'’]*|[^\w\s]+")
_SPOKEN_HOURS = ("eleven", "ten", "nine", "eight", "seven", "six")
_SPOKEN_MINUTES = (
    *("five past", "ten past", "quarter past", "twenty past", "twenty-five past", "half past"),
    *("twenty to", "quarter to", "ten to", "seventeen minutes past", "four minutes to"),
)


@dataclass(frozen=True)
class Setting:
    """What a log is about: `topic`, the larger `area`, a `landmark` and a `street` of it, the report's own
    `text`, and a `given` name with a `surname`."""

    topic: str
    area: str
    landmark: str
    street: str
    text: str
    given: str
    surname: str


@dataclass(frozen=True)
class Written:
    """A log, which kinds of giving away were planted into it, and the sentences that were."""

    text: str
    planted: tuple[str, ...]
    sentences: tuple[str, ...]


def planted_kinds() -> tuple[str, ...]:
    """The kinds of giving away, copied words first; `several` at the end takes two or three of the others."""
    return (VERBATIM, *_sentences("first"), SEVERAL)


def write_log(setting: Setting, half: str, kind: str | None, draw: np.random.Generator) -> Written:
    """A log from one half of the pieces, with one sentence of `kind` planted (None: nothing is).

    Copied words come from the report, so a report of fewer than eight words gives nothing to copy: then the
    text as a whole stands there.
    """
    topic = next(one for one in words("desk.toml")["topic"] if one["name"] == setting.topic)
    when, where = (_one_of(words("desk.toml")[name][half], draw) for name in ("when", "where"))
    first = _filled(
        _one_of(topic[half], draw).replace("{where}", where).replace("{when}", when), setting, draw
    )
    more = list(words("desk.toml")["more"][half])
    draw.shuffle(more)
    kinds = _kinds(kind, draw)
    sentences = tuple(_planted(one, setting, half, draw) for one in kinds)
    plain = [_typed(one, draw) for one in more[: max(0, 2 + int(draw.integers(0, 2)) - len(sentences))]]
    rest = [*sentences, *plain]
    draw.shuffle(rest)
    return Written(" ".join([first, *rest]), kinds, sentences)


def _kinds(kind: str | None, draw: np.random.Generator) -> tuple[str, ...]:
    if kind is None:
        return ()
    if kind != SEVERAL:
        return (kind,)
    known = list(_sentences("first"))
    return tuple(str(one) for one in draw.permutation(known)[: 2 + int(draw.integers(0, 2))])


def _planted(kind: str, setting: Setting, half: str, draw: np.random.Generator) -> str:
    if kind == VERBATIM:
        return _copied(setting.text, draw)
    said = _filled(_one_of(_sentences(half)[kind], draw), setting, draw)
    return _typed(said, draw)


def _typed(said: str, draw: np.random.Generator) -> str:
    """The sentence, now and then with one slip of typing in it."""
    return slips([said], seed=int(draw.integers(0, 1 << 30)))[0] if draw.random() < _MISTYPED else said


def _copied(text: str, draw: np.random.Generator) -> str:
    """Eight to thirteen words of the report on end, in another case, with other marks, or with a number in
    words that stood in digits."""
    found = [one for one in _WORD.findall(text) if re.match(r"\w", one)]
    length = min(len(found), int(draw.integers(_FEWEST_COPIED, _MOST_COPIED + 1)))
    first = int(draw.integers(0, len(found) - length + 1))
    taken = found[first : first + length]
    match int(draw.integers(0, 4)):
        case 0:
            taken = [one.lower() for one in taken]
        case 1:
            taken = [_DIGITS.get(one.lower(), one) for one in taken]
        case 2:
            taken = [one + "," if at % 4 == 3 else one for at, one in enumerate(taken)]
    said = " ".join(taken)
    return f"{said[:1].upper()}{said[1:].rstrip(',')}."


def _filled(line: str, setting: Setting, draw: np.random.Generator) -> str:
    hour, minute = int(draw.integers(18, 24)), int(draw.integers(1, 60))
    put = {
        "a": setting.area,
        "l": setting.landmark,
        "s": setting.street,
        "d": str(1 + int(draw.integers(0, 60))),
        "e": str(1 + int(draw.integers(0, 4))),
        "n": setting.given,
        "k": setting.given.lower(),
        "m": setting.surname,
        "p": f"{hour - 12}{_one_of(['.', ':'], draw)}{minute:02d}{_one_of(['pm', ' pm'], draw)}",
        "x": f"{hour}{minute:02d} {_one_of(['hrs', 'hours'], draw)}",
        "w": f"{_one_of(_SPOKEN_MINUTES, draw)} {_one_of(_SPOKEN_HOURS, draw)}",
    }
    # Each {c} is a time of its own: a line may have two.
    clock = re.sub(r"\{c\}", lambda _: f"{hour}:{int(draw.integers(1, 60)):02d}", line)
    said = re.sub(r"\{([a-z])\}", lambda found: put[found[1]], clock)
    return said[:1].upper() + said[1:] if line.startswith("{") and not line.startswith("{k}") else said


@lru_cache
def _sentences(half: str) -> dict[str, list[str]]:
    return {one["name"]: one[half] for one in words("desk.toml")["kind"]}


def _one_of(lines: Any, draw: np.random.Generator) -> str:
    """A line, each as likely as the next, and a form of it."""
    forms = forms_of(str(lines[int(draw.integers(0, len(lines)))]))
    return forms[int(draw.integers(0, len(forms)))]
