"""Copies first: what is posted forty times is one advert, forty times as loud, and not forty adverts.

Two listings are *exact copies* when their title and text say the same in the same words and numbers, whatever
stands between the words: case, blanks, punctuation, ornaments and the contact they were posted under do not
count (`worded_alike`). Digits do: another price is another offer, and a near-copy. *Near-copies* are found
among the different wordings by the words they share (`lippen.near_copies`), and gathered in groups that no
chain of likenesses can join.

What it cannot see: an advert that was written anew, in other words; letters swapped for others that look the
same (a Cyrillic а for a Latin a), which make other words; and two adverts that a trade writes alike to the
letter, which count as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa

from lippen.engine import Engine
from lippen.near_copies import DEFAULT_GROUPS, GroupRule, NearCopies, NearCopyRule, groups_of, near_copies
from lippen.near_copies import near_copy_pairs as pairs_on_engine
from lippen.near_copies.shingles import shingle_table
from lippen.signals.contact_ways import HASH, HASH_SIGNS, HASHED, HASHED_HEAD

ADVERT_RULE: Final = NearCopyRule(
    least_percent=25, least_shared=3, common_per_10000=100, common_least=60, rare_per_10000=5, most_links=20
)
"""When the wordings of two adverts are compared at all; see `GroupRule` for how much they then must share."""

_CUT: Final = "\x1d"

# As each engine reads them alike: ranges of signs by number, and nothing that hangs on a version of Unicode.
_UNSEEN: Final = r"['`\x{00ad}\x{200b}-\x{200f}\x{2018}\x{2019}\x{2060}-\x{2064}\x{fe00}-\x{fe0f}\x{feff}]"
_BETWEEN: Final = (
    r"[\x{00}-\x{23}\x{25}-\x{2f}\x{3a}-\x{40}\x{5b}-\x{60}\x{7b}-\x{a2}\x{a4}-\x{a9}\x{ab}-\x{b4}\x{b6}-\x{b9}"
    r"\x{bb}-\x{bf}\x{2000}-\x{200a}\x{2010}-\x{205f}\x{2190}-\x{25ff}\x{2605}\x{2606}\x{2713}-\x{2718}"
    r"\x{271a}-\x{2743}\x{2747}-\x{274b}\x{2756}\x{2794}-\x{27bf}\x{2b00}-\x{2bff}\x{3000}-\x{303f}]+"
)


@dataclass(frozen=True)
class Copies:
    """What `find_copies` gives, both as expressions on its engine.

    `listings` has a row for each listing: `listing_id`; `same_as`, the first listing in the same words; and
    `first_id`, the first of its whole group.

    `groups` has a row for each group: `first_id`; `listings`, how many were posted; `copies`, those that say
    what an earlier one of the group says; `near_copies`, how many other wordings there are (so that
    `1 + near_copies + copies` is `listings`); `first_day` and `last_day` (local); `days_seen`, on how many
    different days; `collections`, in how many; `contacts`, under how many different contacts, as hashed on
    the way in: in each month a contact has another hash, so this counts one who stays from month to month
    again.
    """

    listings: ibis.Table
    groups: ibis.Table


def find_copies(
    listings: ibis.Table,
    engine: Engine,
    rule: NearCopyRule = ADVERT_RULE,
    grouping: GroupRule = DEFAULT_GROUPS,
) -> Copies:
    """Collapse the exact and near-copies among `listings` (columns of the kind `listing`).

    Exact copies are found on the engine, by a digest; what is then compared, one listing for each wording, is
    held in memory. On Spark the engine finds the pairs, on DuckDB compiled code does; both give the same.
    First is who was posted first, by time and then by id.
    """
    wording = worded_alike(listings.title, listings.text)
    worded = engine.keep(
        listings.select("listing_id", "posted_at", "local_day", "collection", wording=wording)
    )
    turn = ibis.window(group_by="wording", order_by=["posted_at", "listing_id"])
    firsts = worded.select("listing_id", "posted_at", "wording").mutate(turn=ibis.row_number().over(turn))
    firsts = firsts.filter(firsts.turn == 0).drop("turn")
    texts = listings.select("listing_id", said=_without_contacts(_both(listings.title, listings.text)))
    wordings = engine.collect(firsts.join(texts, "listing_id"), ["posted_at", "listing_id"])
    found = _near_copies(wordings["said"], engine, rule)
    first = groups_of(wordings["said"], found, grouping)
    ids = wordings["listing_id"].combine_chunks()
    known = engine.table(
        pa.table({"wording": wordings["wording"], "same_as": ids, "first_id": ids.take(pa.array(first))})
    )
    each = worded.join(known, "wording")
    return Copies(
        listings=each.select("listing_id", "same_as", "first_id"),
        groups=_counted(each, listings),
    )


def worded_alike(title: ibis.Value, text: ibis.Value) -> ibis.Value:
    """A digest (32 hexadecimal digits of SHA-256) that two adverts have alike when they use the same words
    and numbers in the same order. `text` may be null.

    Left out are case, blanks, punctuation, dashes, frames, arrows, stars and what has no width, and contacts.
    Emoji stay, since they name wares, and so do the signs for money.
    """
    said: Any = _without_contacts(_both(title, text))
    # Of these two alone the engines make different small letters.
    said = said.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()
    said = said.re_replace(_UNSEEN, "").re_replace(_BETWEEN, " ").strip()
    return said.hexdigest("sha256").substr(0, 32)


def _both(title: Any, text: Any) -> Any:
    return title + ibis.literal(" ") + text.fill_null("")


def _without_contacts(said: Any) -> Any:
    return said.re_replace(HASHED, " ")


def _near_copies(texts: pa.ChunkedArray, engine: Engine, rule: NearCopyRule) -> NearCopies:
    """The near-copies among texts in the order in which they came."""
    if engine.name == "duckdb":
        return near_copies(texts, rule=rule)
    # Ids that sort as the texts stand, all on one day: so both engines keep the same links of a flood.
    ids = [f"{row:010}" for row in range(len(texts))]
    shingles = engine.table(shingle_table(ids, np.zeros(len(ids), np.int32), texts))
    pairs = engine.collect(pairs_on_engine(shingles, 0, rule), ["later_id", "earlier_id"])
    earlier, later, shared, either = (
        np.asarray(pairs[name].cast(pa.int32()).to_numpy(), np.int32)
        for name in ("earlier_id", "later_id", "shared", "either")
    )
    return NearCopies(earlier=earlier, later=later, shared=shared, either=either)


def _counted(each: ibis.Table, listings: ibis.Table) -> ibis.Table:
    """The groups, from every listing with its wording and its group, and from what the listings say."""
    counted = each.group_by("first_id").aggregate(
        listings=each.count(),
        wordings=each.wording.nunique(),
        first_day=each.local_day.min(),
        last_day=each.local_day.max(),
        days_seen=each.local_day.nunique(),
        collections=each.collection.nunique(),
    )
    # Spark splits at patterns and DuckDB at texts: one sign that no text has is both.
    said: Any = _both(listings.title, listings.text).replace(_CUT, " ").replace(HASHED_HEAD, _CUT)
    parts = listings.select("listing_id", part=said.split(_CUT).unnest())
    tokens = parts.filter(parts.part.re_search(rf"^{HASH}\]"))
    tokens = tokens.select("listing_id", token=tokens.part.substr(0, HASH_SIGNS)).distinct()
    tokens = tokens.join(each.select("listing_id", "first_id"), "listing_id")
    contacts = tokens.group_by("first_id").aggregate(contacts=tokens.token.nunique())
    joined = counted.left_join(contacts, "first_id")
    return joined.select(
        "first_id",
        "listings",
        copies=joined.listings - joined.wordings,
        near_copies=joined.wordings - 1,
        first_day=joined.first_day,
        last_day=joined.last_day,
        days_seen=joined.days_seen,
        collections=joined.collections,
        contacts=joined.contacts.fill_null(0),
    )
