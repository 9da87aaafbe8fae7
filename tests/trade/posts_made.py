"""Posts that nobody wrote: adverts and other talk over some weeks, by a fixed seed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

FIRST = date(2025, 3, 3)
LAST = FIRST + timedelta(days=41)
"""Six weeks."""

KNOWN = ("mdma", "ketamine", "cocaine", "weed", "xanax", "diazepam", "speed", "heroin")
OFFERS = (
    "{w} {n}g £{p} next day",
    "got {w} in {n} for {p} quid",
    "selling {w} {n}g £{p} no time wasters",
    "{n}g {w} £{p} text for more",
    "top {w} tonight {n} for {p}",
)
TALK = (
    "lost my {t} near the shop number {n}",
    "anybody seen a {t} at number {n}",
    "new {t} for the {t2} {n} please ask",
    "the {t2} and the {t} were grand on day {n}",
)
THINGS = ("cat", "bike", "jumper", "phone", "scarf", "ladder", "kettle", "pram", "table", "lamp")

Post = dict[str, Any]


def chance(seed: int) -> random.Random:
    """Dice that fall alike each time."""
    return random.Random(seed)  # noqa: S311 - invented posts, no secret


def offer(word: str, day: date, seller: str, dice: random.Random) -> Post:
    """One advert of one thing."""
    text = dice.choice(OFFERS).format(w=word, n=dice.randint(1, 60), p=dice.randint(5, 400))
    return {"text": text, "day": day, "seller": seller}


def talk(day: date, seller: str, dice: random.Random, thing: str | None = None) -> Post:
    """One post that offers nothing."""
    first, second = dice.sample(THINGS, 2)
    text = dice.choice(TALK).format(t=thing or first, t2=second, n=dice.randint(1, 999))
    return {"text": text, "day": day, "seller": seller}


def ordinary(seed: int = 1) -> list[Post]:
    """Six weeks of adverts by thirty sellers, and of talk."""
    dice = chance(seed)
    posts = []
    for back in range(42):
        day = FIRST + timedelta(days=back)
        posts += [offer(dice.choice(KNOWN), day, f"s{dice.randint(1, 30)}", dice) for _ in range(10)]
        posts += [talk(day, f"t{dice.randint(1, 60)}", dice) for _ in range(10)]
    return posts


def table(posts: list[Post]) -> pa.Table:
    """Posts as a table of text, day and seller."""
    names = pa.schema([("text", pa.string()), ("day", pa.date32()), ("seller", pa.string())])
    return pa.Table.from_pylist(posts, names)


def offers_of(word: str, sellers: int, seed: int = 5, days: int = 6) -> list[Post]:
    """One advert of a word by each of so many sellers, in the last days."""
    dice = chance(seed)
    return [offer(word, LAST - timedelta(days=one % days), f"n{one}", dice) for one in range(sellers)]
