"""The sentences of the section on the trade: what a figure says, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from lippen import wording
from lippen.brief import figures
from lippen.brief.plain_text import isolated, plain
from lippen.brief.trade_facts import Trade, TradeCame, TradeModel, TradeWords

SOURCES = {"listings": "adverts held", "sightings": "sightings"}
_MOST_NAMED = 3
EVERYWHERE, IN_COLLECTIONS = "everywhere", "collections"
"""What stands for a larger area where sightings of all are counted, and for adverts, which are nowhere."""

_FROM_FEW = 20
"""Posts that a channel must have beside fewer than five: from four to six is no move."""

STANDING = (
    "This counts what was seen and what is held. Who looks where decides how much is met: more sightings may "
    "mean more eyes, and several may be one person's. A price is what was asked, a name is what it was "
    "called, and nothing here was tested."
)

Row = Mapping[str, Any]


def in_short(trade: Trade, tables: Mapping[str, Sequence[Row]]) -> Markup:
    """The trade in a line or two, for the head of the page."""
    alarms = raised(tables["trade_alarms"])
    if alarms:
        told = _names(alarms)
        line = Markup("Met more than chance and season explain: {}.").format(told)
    elif trade["why_no_alarm"] is not None or not tables["trade_alarms"]:
        line = Markup("We cannot tell whether this week is ordinary.")
    else:
        line = Markup("No substance was met more often than chance and season explain.")
    shifts = shifted_lately(trade, tables["trade_price_shifts"])
    parts = [line]
    if shifts:
        parts.append(
            Markup("{} shifted.").format(_capital(figures.plural(len(shifts), "price", in_words=True)))
        )
    words = len(tables["trade_confirmed"])
    if words:
        many = _capital(figures.plural(words, "word", in_words=True))
        parts.append(Markup("{} {} new.").format(many, "is" if words == 1 else "are"))
    return Markup(" ").join(parts)


def shifted_lately(trade: Trade, shifts: Sequence[Row]) -> list[Row]:
    """The shifts that are news in the newest week; older ones stand in the table alone."""
    week = date.fromisoformat(trade["week"])
    known = [row for row in shifts if row["shifted"] and row["week"] is not None]
    return [row for row in known if wording.is_news(row["week"], week)]


def raised(alarms: Sequence[Row]) -> list[Row]:
    """The alarms, everywhere first, then by name."""
    found = [row for row in alarms if row["alarm"]]
    return sorted(found, key=lambda row: (row["larger_area"] != EVERYWHERE, row["substance"]))


def _names(alarms: Sequence[Row]) -> Markup:
    names = list(dict.fromkeys(str(row["substance"]) for row in alarms))
    named = [isolated(name, 40) for name in names[:_MOST_NAMED]]
    more = len(names) - len(named)
    return Markup(", ").join(named) + (
        Markup(" and {} more").format(figures.count(more)) if more else Markup("")
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def this_week(trade: Trade, alarms: Sequence[Row]) -> str:
    """What changed in the newest week, before the alarms themselves, or why that cannot be told."""
    if trade["why_no_alarm"] is not None:
        return f"Is this week out of the ordinary? {plain(trade['why_no_alarm'], 300)}"
    if not alarms:
        return "No substance was met five times this week, so nothing can be told on paper."
    found = raised(alarms)
    if found:
        return "More than chance and season explain, which does not say why:"
    told = figures.plural(len({row["substance"] for row in alarms}), "substance")
    return (
        "No substance was met more often than chance and season explain, of "
        f"{told} that can be told on paper."
    )


def alarm(row: Row) -> Markup:
    """One alarm, with what is ordinary beside it."""
    place, one = row["larger_area"], "sighting"
    where = Markup("") if place == EVERYWHERE else Markup(" in {}").format(isolated(place, 48))
    if place == IN_COLLECTIONS:
        where, one = Markup(", in collections"), "new advert"
    ordinary = (
        ""
        if row["expected"] is None or row["upper"] is None
        else f"; about {figures.decimal(row['expected'])} are ordinary, and up to"
        f" {figures.decimal(row['upper'], 0)} no surprise"
    )
    return Markup("{}{}: {}{}.").format(
        isolated(row["substance"], 48), where, figures.plural(row["reports"], one), ordinary
    )


def louder(listings: TradeCame | None) -> str:
    """How many copies were collapsed: how much louder, not how many more."""
    if listings is None:
        return "No collection of adverts is held, so there are no copies to count."
    posts, different = listings["posts"], listings["different"]
    if posts is None or different is None:
        return "Fewer than five posts are held, and they are not told on paper."
    if posts == different:
        return f"{figures.plural(posts, 'post')} came in, and no two say the same."
    times = figures.decimal(posts / different)
    line = (
        f"{figures.plural(posts, 'post')} came in. They hold {figures.count(different)} different texts: each"
        f" stands there {times} times on average. Copies say how much louder, not how many more, so every"
        " count here is of different ones."
    )
    if listings["adverts"] is not None:
        line += f" {figures.count(listings['adverts'])} of them are taken for adverts of drugs."
    return line


def wrong(model: TradeModel | None) -> str:
    """How often an advert is taken for something else, and the other way round."""
    if model is None:
        return "No collection is held, so nothing had to be told from anything: each sighting is an offer."
    parts = []
    if model["f1"] is not None:
        parts.append(
            f"Adverts are told from other posts with an F1 of {figures.fixed(model['f1'], 3)} (1 is always"
            f" right), measured on {plain(model['measured_on'], 160)} ({figures.plural(model['n'], 'post')})."
        )
    if model["harmless"]:
        parts.append(
            f"Of {figures.plural(model['harmless'], 'harmless post')}, such as recovery, news, food and"
            f" everyday Scots, {figures.count(model['harmless_wrong'])}"
            f" {'was' if model['harmless_wrong'] == 1 else 'were'} taken for adverts."
        )
    parts.append(plain(model["says"], 400))
    return " ".join(parts)


def new_words(words: TradeWords, shown: int) -> str:
    """How many words people confirmed and how many still wait for them, or why none was looked for."""
    many, left = words["raised"] or 0, words["left_out"] or 0
    if words["why_none"] is not None:
        parts = [f"No new words were looked for. {plain(words['why_none'], 300)}"]
    elif many:
        parts = [
            f"{_capital(figures.plural(many, 'word', in_words=True))} may be new and"
            f" {'waits' if many == 1 else 'wait'} for a person's answer: until then"
            f" {'it stands' if many == 1 else 'they stand'} on no paper."
        ]
    else:
        parts = ["No word that is worth a person's time waits for an answer."]
    if not shown and not left:
        parts.append("Nobody confirmed a new word in the last eight weeks.")
    if left:
        parts.append(
            f"{_capital(figures.spelled(left))} that people confirmed"
            f" {'is' if left == 1 else 'are'} left out: in too few texts, of one seller alone, or with a"
            " contact in them."
        )
    return " ".join(parts)


def price(pence: float | None, currency: str) -> str:
    """Hundredths of a currency as a price: 1250 as "£12.50", below one pound "55p"."""
    if pence is None:
        return figures.CANNOT_TELL
    if currency == "GBP":
        return f"{pence:.0f}p" if pence < 99.5 else f"£{pence / 100:,.2f}".replace(".00", "")
    return f"{pence / 100:,.2f} {plain(currency, 8)}"


def shift(row: Row, currency: str) -> Markup:
    """One shift of a price in a sentence."""
    from_day = figures.day(row["week"]) if row["week"] is not None else "a week that is not known"
    return Markup("{} ({}): from {} to {} {} ({}), from the week of {} on.").format(
        isolated(row["substance"], 48),
        SOURCES.get(row["source"], plain(row["source"], 20)),
        price(row["before_pence"], currency),
        price(row["after_pence"], currency),
        for_one(row["unit"]),
        figures.change(row["change"]),
        from_day,
    )


def for_one(unit: str) -> str:
    """For what a price is asked, as `wording.for_one` says it, harmless on a page."""
    return wording.for_one(plain(unit, 20))


def channel(row: Row) -> Markup | None:
    """One channel that moved in a sentence; None where it did not, or nothing can be told."""
    name = isolated(row["channel"], 40)
    source = SOURCES.get(row["source"], plain(row["source"], 20))
    if row["before"] is None or row["after"] is None:
        known, rose = (row["after"], True) if row["before"] is None else (row["before"], False)
        if known is None or known < _FROM_FEW:
            return None
        ends = (
            ("fewer than five", figures.count(known)) if rose else (figures.count(known), "fewer than five")
        )
        return Markup("{} ({}): from {} to {} in eight weeks.").format(name, source, *ends)
    if not row["moves"]:
        return None
    return Markup("{} ({}) {}: from {} to {} of what was met (the change is {} to {} in 100).").format(
        name,
        source,
        "gained" if row["change"] > 0 else "lost",
        figures.percent(row["before"] / row["of_before"]),
        figures.percent(row["after"] / row["of_after"]),
        _points(row["low"]),
        _points(row["high"]),
    )


def _points(share: float) -> str:
    whole = round(share * 100)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}"
