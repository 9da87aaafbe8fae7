"""A market of made-up listings, some of them drugs, as an evaluation reads one from a folder."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from lippen.evaluating.labelled import ADVERTS

DRUGS = (
    ("Stimulants", ("cocaine", "speed paste", "crystal meth")),
    ("Cannabis", ("amnesia haze weed", "moroccan hash", "thc gummies")),
    ("Benzos", ("xanax bars", "diazepam", "etizolam pellets")),
)
OTHERS = ("leather watch", "gift card", "novel scan", "phone case", "poster print", "cigarettes carton")
SYLLABLES = (
    "ba",
    "do",
    "fen",
    "gri",
    "hul",
    "ke",
    "lom",
    "mar",
    "nis",
    "po",
    "ra",
    "sul",
    "ti",
    "vor",
    "wex",
    "yo",
)
QUALITIES = ("finest", "new", "tested", "original", "popular", "superb", "select", "usual")


def market(listings: int, seed: int = 0) -> pa.Table:
    """So many listings (ADVERTS), hardly two alike, of 40 sellers over 60 days; the first 20 sell drugs."""
    draw = np.random.default_rng(seed)
    rows = []
    for _ in range(listings):
        seller = int(draw.integers(40))
        heading, wares = DRUGS[int(draw.integers(len(DRUGS)))]
        advert = seller < 20
        ware = wares[int(draw.integers(len(wares)))] if advert else OTHERS[int(draw.integers(len(OTHERS)))]
        amount = f"{int(draw.integers(1, 50))}g" if advert else f"no {int(draw.integers(1, 50))}"
        quality = QUALITIES[int(draw.integers(len(QUALITIES)))]
        rows.append(
            {
                "text": " ".join([quality, ware, amount, *(_called(draw) for _ in range(3))]),
                "is_advert": advert,
                "kind": heading if advert else "Goods",
                "seller": f"s{seller}",
                "day": dt.date(2025, 1, 1) + dt.timedelta(int(draw.integers(60))),
                "price": float(draw.integers(5, 90)),
                "origin": "UK" if draw.random() < 0.5 else None,
                "destination": None,
            }
        )
    return pa.Table.from_pylist(rows, ADVERTS)


def _called(draw: np.random.Generator) -> str:
    return "".join(SYLLABLES[int(at)] for at in draw.integers(len(SYLLABLES), size=3))
