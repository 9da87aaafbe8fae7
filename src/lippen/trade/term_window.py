"""Which texts a ranking of new terms looks at: those of the last days, and those of the weeks before.

Invariant: whoever writes much makes nothing shorter and nothing lighter that others wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from lippen.trade.term_candidates import Window
from lippen.trade.term_counts import Ids, Posts

_READ_OF_SELLER: Final = 10
_SHARE_OF_SELLER: Final = 0.3


@dataclass(frozen=True)
class NewTermSettings:
    """What is looked at and how many are shown.

    `days` lately against the `before_days` before them. While fewer than `least_posts` different texts came
    lately, of each seller no more than `counted_of_seller` in a week being counted, both are made longer by
    as much, weeks at a time, as far as the posts go back. A candidate stands in `least_texts` texts of
    `least_sellers` sellers at least. `most` are shown; `raise_from` is the score from which one is worth a
    person's time.
    """

    days: int = 7
    before_days: int = 28
    least_posts: int = 150
    counted_of_seller: int = 2
    least_texts: int = 3
    least_sellers: int = 2
    most: int = 50
    raise_from: float = 0.5
    seed: int = 0


def window_until(posts: Posts, until: date, settings: NewTermSettings) -> Window:
    """The rows that came lately and those before, as of the end of a day."""
    weeks = weeks_lately(posts.day, posts.seller, until, settings)
    end = _days(until) + 1
    at = [end, end - settings.days * weeks, end - (settings.days + settings.before_days) * weeks]
    last, later, earlier = np.searchsorted(posts.day, at).tolist()
    return Window(earlier, later, last)


def first_day_lately(posts: Posts, until: date, settings: NewTermSettings) -> date:
    """The first day of what is looked at as what came lately."""
    weeks = weeks_lately(posts.day, posts.seller, until, settings)
    return until - timedelta(days=settings.days * weeks - 1)


def weeks_lately(day: Ids, seller: Ids, until: date, settings: NewTermSettings) -> int:
    """How many weeks up to a day are looked at as what came lately, for texts of these days (since 1970) and
    sellers, in any order.

    Whoever floods a week cannot make that shorter, so that what others said the weeks before is out of sight.
    """
    back = _weeks_back(day, until, settings)
    past = back >= 0
    if not past.any():
        return 1
    back = back[past]
    counted = back[_earlier_of_seller(day[past], seller[past], back) < settings.counted_of_seller]
    enough = np.searchsorted(np.cumsum(np.bincount(counted)), settings.least_posts) + 1
    weeks = settings.days + settings.before_days
    whole = -(-(_days(until) + 1 - int(day[past].min())) // weeks)  # reaches back to the first text
    return max(1, min(int(enough), whole))


def without_floods(posts: Posts, until: date, settings: NewTermSettings) -> Posts:
    """Of each seller's texts of a week the first ten, or three in ten of what all say in it (counted by ten
    of each) where that is more: else one seller's many words weigh down everybody's. The market listings of
    2014 hold no seller who says so much."""
    back = _weeks_back(posts.day, until, settings)
    earlier = _earlier_of_seller(posts.day, posts.seller, back)
    all_read = np.bincount(back[earlier < _READ_OF_SELLER])
    most = np.maximum(_READ_OF_SELLER, _SHARE_OF_SELLER * all_read)
    kept = np.flatnonzero(earlier < most[back])
    return posts if len(kept) == len(posts) else posts.in_order(kept)


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _weeks_back(day: Ids, until: date, settings: NewTermSettings) -> Ids:
    """In which week each day lies, 0 being the one that ends with `until`; what comes later is below 0."""
    return (_days(until) - day) // settings.days


def _earlier_of_seller(day: Ids, seller: Ids, week: Ids) -> Ids:
    """How many texts of the same seller came before each in its week."""
    order = np.lexsort((day, week, seller))
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (np.diff(seller[order]) != 0) | (np.diff(week[order]) != 0)
    at = np.arange(len(order))
    earlier = np.empty(len(order), dtype=np.int64)
    earlier[order] = at - np.maximum.accumulate(np.where(begins, at, 0))
    return earlier
