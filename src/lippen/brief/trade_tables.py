"""The tables of the trade in a briefing, which are there when it was made with `--trade`.

They are what goes on paper of the result tables of a workspace (`lippen.trade_on_paper` makes them): every
count in them is five or more, and there is no seller, contact or text of an advert.
"""

from __future__ import annotations

import pyarrow as pa

from lippen.brief.schema import Column, ResultTable

_TEXT, _INT, _FLOAT, _DAY, _BOOL = pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_()
_TEXTS = pa.list_(pa.string())

SOURCE_MEANING = "listings (collections that are held) or sightings (what people happened to see)"


def _key(name: str, kind: pa.DataType, meaning: str) -> Column:
    return Column(name, kind, meaning, required=True)


TRADE_TABLES: tuple[ResultTable, ...] = (
    ResultTable(
        "trade_weeks",
        "What was offered, week by week. Weeks with fewer than five are left out.",
        (
            _key("source", _TEXT, SOURCE_MEANING),
            _key("substance", _TEXT, "substance of the vocabulary"),
            Column("family", _TEXT, "what it does: its family"),
            _key("week", _DAY, "first of the seven days"),
            Column("different", _INT, "different adverts (copies gathered), or sightings"),
            Column("posts", _INT, "the same with every copy"),
        ),
        ("source", "substance", "week"),
    ),
    ResultTable(
        "trade_areas",
        "Sightings of the last eight weeks by larger area. Cells below five are left out, and further ones"
        " where these would follow from the rest.",
        (
            _key("larger_area", _TEXT, "larger area"),
            _key("substance", _TEXT, "substance of the vocabulary"),
            Column("sightings", _INT, "sightings in the last eight weeks"),
        ),
        ("larger_area", "substance"),
    ),
    ResultTable(
        "trade_alarms",
        "The last week beside what is ordinary: sightings everywhere, and in the larger areas where they are"
        " more than chance and season explain; and adverts that were new in collections.",
        (
            _key("substance", _TEXT, "substance of the vocabulary"),
            _key("larger_area", _TEXT, "larger area, `everywhere`, or `collections` for adverts"),
            Column("reports", _INT, "sightings, or adverts that were new, in the week"),
            Column("expected", _FLOAT, "as many are ordinary in such a week, to one decimal"),
            Column("upper", _FLOAT, "the most that is no surprise (95%)"),
            Column("alarm", _BOOL, "whether there are more than chance and season explain"),
        ),
        ("substance", "larger_area"),
    ),
    ResultTable(
        "trade_prices",
        "What substances cost, by quantity, where enough different adverts or sightings say so.",
        (
            _key("source", _TEXT, SOURCE_MEANING),
            _key("substance", _TEXT, "substance of the vocabulary"),
            _key("unit", _TEXT, "unit of the quantity"),
            _key("band", _TEXT, "quantity band, in words"),
            Column("more_than", _FLOAT, "so many units or more, to tell the bands apart"),
            Column("groups", _INT, "different adverts or sightings that name a price"),
            Column("median_pence", _FLOAT, "middle price of one unit, in hundredths of the currency"),
            Column("low_pence", _FLOAT, "lower end of its 95% band"),
            Column("high_pence", _FLOAT, "upper end of its 95% band"),
        ),
        ("source", "substance", "unit", "more_than", "band"),
    ),
    ResultTable(
        "trade_price_shifts",
        "Where the level of a price shifted, or did not, for each substance with weeks enough to say.",
        (
            _key("source", _TEXT, SOURCE_MEANING),
            _key("substance", _TEXT, "substance of the vocabulary"),
            _key("unit", _TEXT, "unit of the quantity"),
            Column("week", _DAY, "first week of the new level"),
            Column("before_pence", _FLOAT, "price of one unit before, in hundredths of the currency"),
            Column("after_pence", _FLOAT, "price of one unit from then on"),
            Column("change", _FLOAT, "share by which it rose or fell"),
            Column("q", _FLOAT, "share of chance among shifts at least this strong, 0-1"),
            Column("shifted", _BOOL, "whether that is more than chance explains"),
        ),
        ("source", "substance", "unit"),
    ),
    ResultTable(
        "trade_channels",
        "How the share of each channel changed: the last eight weeks beside the eight before, reckoned from"
        " the counts that are told here.",
        (
            _key("source", _TEXT, SOURCE_MEANING),
            _key("channel", _TEXT, "kind of channel"),
            Column("before", _INT, "different posts in it in the eight weeks before; empty below five"),
            Column("of_before", _INT, "in all channels that are told for those weeks"),
            Column("after", _INT, "different posts in it in the last eight weeks; empty below five"),
            Column("of_after", _INT, "in all channels that are told for those weeks"),
            Column("change", _FLOAT, "change of its share, -1 to 1"),
            Column("low", _FLOAT, "lower end of the change's 95% interval"),
            Column("high", _FLOAT, "upper end of the change's 95% interval"),
            Column("moves", _BOOL, "whether the interval leaves out that nothing changed"),
        ),
        ("source", "channel"),
    ),
    ResultTable(
        "trade_confirmed",
        "Words that a person of the holder took for new terms of the trade, in the last eight weeks.",
        (
            _key("term", _TEXT, "the word, phrase or run of signs"),
            Column("substance", _TEXT, "what they say it means; empty where they do not know"),
            Column("family", _TEXT, "that substance's family"),
            Column("decided", _DAY, "day on which they said so"),
            Column("first_seen", _DAY, "first day on which it was met"),
            Column("texts", _INT, "different texts that have it, of all that is held"),
            Column("posts", _INT, "the same with every copy"),
        ),
        ("decided", "term"),
    ),
)

AT_LEAST: dict[str, tuple[str, ...]] = {
    "trade_weeks": ("different", "posts"),
    "trade_areas": ("sightings",),
    "trade_alarms": ("reports",),
    "trade_prices": ("groups",),
    "trade_channels": ("before", "after"),
    "trade_confirmed": ("texts", "posts"),
}
"""The columns of each table in which no count below five may stand (design 1, promise 8)."""
