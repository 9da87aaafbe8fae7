"""The loudest adverts as a page shows them, how often a post is wrongly taken for one, and by what right they
are held.

Whoever calls this has seen that the reader may see it, and enters the reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.plain_text import plain
from lippen.site.insight.lake import lake
from lippen.site.trade.found import LONGEST_NAME, Row, named, quoted

MOST_COLLECTIONS: Final = 30
MOST_SURE: Final = 0.99


@dataclass(frozen=True)
class AdvertSeen:
    """An advert with its copies gathered. No seller: `contacts` counts how many different ways to reach one
    its copies gave, where that is known.
    """

    text: Markup
    chance: str
    substances: str
    channel: Markup
    days: str
    copies: str
    reasons: tuple[Markup, ...]
    against: tuple[Markup, ...]


@dataclass(frozen=True)
class HeldSeen:
    """By what right an import of adverts is held: the authority in words, without its day; the day on which
    they are deleted; how many there are; and what authorities it was held under `before`, each in words with
    the day on which another took its place.
    """

    authority: Markup
    until: date | None
    adverts: str
    before: tuple[tuple[Markup, date], ...]


def number(value: object) -> int | None:
    """A whole number of the facts; None for anything else."""
    return value if isinstance(value, int) else None


def advert(row: Row) -> AdvertSeen:
    near = f", {row['near_copies']:,} of them with changes" if row["near_copies"] else ""
    ways = f" They give {figures.plural(row['contacts'], 'way')} to get in touch." if row["contacts"] else ""
    return AdvertSeen(
        text=quoted(row["text"]),
        chance=_chance(row["probability"]),
        substances=figures.listing([plain(one, LONGEST_NAME) for one in row["substances"] or ()]),
        channel=named(row["channel"]) if row["channel"] else Markup(""),
        days=figures.span(row["first_day"].isoformat(), row["last_day"].isoformat()),
        copies=f"{figures.plural(row['listings'], 'post')} of one advert: {row['copies']:,}"
        f" {'copy' if row['copies'] == 1 else 'copies'}{near}, on {figures.plural(row['days_seen'], 'day')}"
        f" in {figures.plural(row['collections'], 'collection')}.{ways}",
        reasons=tuple(quoted(one) for one in row["reasons"] or ()),
        against=tuple(quoted(one) for one in row["against"] or ()),
    )


def _chance(probability: float) -> str:
    """How likely a post offers drugs. No model is sure, so none says 100 or 0 of 100."""
    if probability > MOST_SURE:
        return f"more than {figures.percent(MOST_SURE)}"
    return figures.percent(max(0.01, probability))


def how_often_wrong(model: Mapping[str, object] | None) -> tuple[Markup, ...]:
    """How often what tells adverts from other posts is wrong, a sentence each; none where it told nothing."""
    if model is None:
        return ()
    tried, wrong = number(model.get("harmless")) or 0, number(model.get("harmless_wrong")) or 0
    f1, ece = model.get("f1"), model.get("ece")
    said = [quoted(model.get("says"))]
    if tried:
        said.append(
            Markup("Of {} harmless posts that it was tried on, {} {} taken for adverts.").format(
                f"{tried:,}", f"{wrong:,}", "was" if wrong == 1 else "were"
            )
        )
    if isinstance(f1, float) and isinstance(ece, float):
        said.append(
            Markup(
                "Measured on {}: how many adverts it finds, and how many of those it names are adverts, is in"
                " one figure {} (1 is never wrong; its name is F1). A chance that it gives is off by {} on"
                " average."
            ).format(quoted(model.get("measured_on")), figures.fixed(f1, 3), figures.percent(ece, 1))
        )
    said.append(Markup("It learned from {}.").format(quoted(model.get("learned_from"))))
    return tuple(said)


def collections(held: Sequence[Mapping[str, object]]) -> str:
    """The names of the collections that were looked at; "" for none."""
    names: list[object] = []
    for one in held:
        of = one["collections"]
        names += of if isinstance(of, list) else []
    return figures.listing(sorted({plain(name, LONGEST_NAME) for name in names}), MOST_COLLECTIONS)


def held_now() -> tuple[HeldSeen, ...]:
    """The authority of each import of adverts, those that run out first at the head."""
    imports = [one for one in lake().imports() if one.kind == "listing"]
    held = []
    for one in sorted(imports, key=lambda one: (one.expires or date.max, one.import_id)):
        said = list(dict.fromkeys(_right(each["authority"]) for each in one.inputs if each.get("authority")))
        held.append(
            HeldSeen(
                quoted(" ".join(said)) if said else Markup("none is recorded"),
                one.expires,
                figures.count(one.rows),
                tuple((quoted(_right(was.authority)), was.replaced_on) for was in one.held_before),
            )
        )
    return tuple(held)


def _right(authority: object) -> str:
    """Who holds it, on what basis and for what, of an authority as `signals.Authority` is written down.

    Where a part holds a semicolon itself, no one part can be told from another, and all stand as written.
    """
    said = str(authority).rpartition("; until ")[0] or str(authority)
    parts = said.split("; ")
    if len(parts) != 3:
        return f"{said}."
    who, basis, purpose = (one.rstrip(".") for one in parts)
    return f"{who}. Basis: {basis}. Purpose: {purpose}."
