"""Titles and posts that were made up and marked by hand (`marked_titles.txt`), and how far a reader
agrees."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from lippen.trade.extraction import offers_in

FIELDS = ("substance", "quantity", "strength", "price", "form", "delivery")

Offer = dict[str, Any]


def marked() -> list[tuple[str, list[Offer]]]:
    """The texts, and what each offers: fields that it does not say are None."""
    known: list[tuple[str, list[Offer]]] = []
    for line in Path(__file__).with_name("marked_titles.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            cells = [cell.strip() or None for cell in line.split("|")]
            known[-1][1].append(dict(zip(FIELDS, cells, strict=True)))
        elif line.strip() and not line.startswith("#"):
            known.append((line.replace("\\n", "\n"), []))
    return known


def read(texts: list[str]) -> list[list[Offer]]:
    """What is read off each text, written as the marks are; a form only where a word of the text says it."""
    told: list[list[Offer]] = [[] for _ in texts]
    for row in offers_in(texts).to_pylist():
        amounts = {
            name: None if row[name] is None else f"{row[name]:g} {row[unit]}"
            for name, unit in (("quantity", "unit"), ("strength", "strength_unit"), ("price", "currency"))
        }
        form = row["form"] if row["form_start"] is not None else None
        told[row["row"]].append(
            {"substance": row["substance"], **amounts, "form": form, "delivery": row["delivery"]}
        )
    return told


def agreement() -> tuple[dict[str, Counter[str]], list[str]]:
    """By field how often it was `right`, `wrong` (read otherwise than marked, or where nothing is), and
    `missed`; and each disagreement in words."""
    known = marked()
    counts = {field: Counter[str]() for field in FIELDS}
    told: list[str] = []
    for (text, true), found in zip(known, read([text for text, _ in known]), strict=True):
        for at in range(max(len(true), len(found))):
            one = true[at] if at < len(true) else dict.fromkeys(FIELDS)
            other = found[at] if at < len(found) else dict.fromkeys(FIELDS)
            for field in FIELDS:
                if one[field] == other[field]:
                    counts[field]["right"] += one[field] is not None
                    continue
                counts[field]["wrong" if other[field] is not None else "missed"] += 1
                told.append(f"{text!r}: {field} {one[field]} read as {other[field]}")
    return counts, told
