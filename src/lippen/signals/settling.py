"""Duplicates, conflicts and missing places, settled over all files at once, as Ibis expressions.

Rows of one id and the same content are one signal. Rows of one id and other content: the one that is later
by the kind's own word is kept (the incident closed last), then the one with more filled in, then the first
by its times and a digest of the rest; the others are quarantined. What the workspace already holds stays.
Nothing here looks at the order in which rows or files came.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import ibis
import pyarrow as pa

from lippen.signals.contact_ways import HASHED
from lippen.signals.contacts import REMOVED
from lippen.signals.kinds import Column, Kind

_NOT_CONTENT = {"file", "line", "placed", "local_day", "local_hour"}
_GAP = "\x1f"


def with_ids(staged: ibis.Table, kind: Kind) -> ibis.Table:
    """Staged rows with an id for each: the export's, else `c-` and a digest of the row's content."""
    digest = ibis.literal("c-") + staged.content.hexdigest("sha256").substr(0, 32)
    return staged.mutate(**{kind.id: ibis.coalesce(staged[kind.id], digest)})


def repeated_ids(staged: ibis.Table, held: ibis.Table | None, kind: Kind) -> ibis.Table:
    """The ids that occur more than once, in the staged rows and what the workspace holds: `id`."""
    ids = staged.select(id=staged[kind.id])
    if held is not None:
        ids = ids.union(held.select(id=held[kind.id]))
    counted = ids.group_by("id").aggregate(times=lambda rows: rows.count())
    return counted.filter(counted.times > 1).select("id")


def verdicts(
    staged: ibis.Table, held: ibis.Table | None, repeated: ibis.Table, kind: Kind, *, cells_are_made: bool
) -> ibis.Table:
    """Staged rows that are not to be accepted: `file`, `line`, `id`, `same` (a duplicate, else a
    conflict), and of the row that is kept instead `best_file`, `best_line`, `best_held`.

    `cells_are_made` says that `area` was worked out from coordinates, so it is no content of its own. Times
    are compared to the second.
    """
    left_out = _NOT_CONTENT | {kind.id} | ({"area"} if cells_are_made else set())
    content = [column for column in kind.columns if column.name not in left_out]
    rows = _claims(staged, repeated, kind, content, held=False)
    if held is not None:
        if kind.has("placed"):
            # Coordinates that were filled in are not what the export said.
            given = {
                name: held.placed.fill_null(False).ifelse(ibis.null(), held[name]).cast("float64")
                for name in ("lat", "lon")
            }
            held = held.mutate(**given)
        rows = rows.union(_claims(held, repeated, kind, content, held=True))
    order = [
        ibis.desc("held"),
        *([ibis.desc(kind.later_by, nulls_first=False)] if kind.later_by else []),
        ibis.desc("filled"),
        # Ibis keeps the last of two orders by one column, so that one must not be named again.
        *(ibis.asc(name, nulls_first=False) for name in _times(content) if name != kind.later_by),
        ibis.asc("rest"),
        ibis.asc("file"),
        ibis.asc("line"),
    ]
    ranking = ibis.window(group_by="id", order_by=order)
    ranked = rows.mutate(
        rank=ibis.row_number().over(ranking),
        **{f"best_{name}": rows[name].first().over(ranking) for name in ("content", "file", "line", "held")},
    )
    others = ranked.filter((ranked["rank"] > 0) & ~ranked.held)
    return others.select(
        "file",
        "line",
        "id",
        "best_file",
        "best_line",
        "best_held",
        same=others.content == others.best_content,
    )


def _claims(
    rows: ibis.Table, repeated: ibis.Table, kind: Kind, content: list[Column], *, held: bool
) -> ibis.Table:
    """Rows of repeated ids, narrow: a digest of what they say, and how much they say.

    The engine may hold either side of a join, and holds every row of an id to rank them, and texts are long:
    so the digests come before the join. The one of the `rest` leaves times out: which of two rows is kept
    must not hang on the digits of a date.
    """
    times = _times(content)
    filled: Any = reduce(
        lambda total, column: total + rows[column.name].notnull().cast("int32"), content, ibis.literal(0)
    )
    narrow = rows.select(
        "file",
        "line",
        *times,
        id=rows[kind.id],
        content=_digest(rows, content, kind),
        rest=_digest(rows, [column for column in content if column.name not in times], kind),
        filled=filled.cast("int32"),
        held=ibis.literal(held),
    )
    return narrow.semi_join(repeated, "id")


def _times(content: list[Column]) -> list[str]:
    return [column.name for column in content if column.type in ("timestamp", "date")]


def _digest(rows: ibis.Table, columns: list[Column], kind: Kind) -> Any:
    said: Any = reduce(
        lambda before, column: before + _GAP + _as_text(rows, column, kind), columns, ibis.literal("")
    )
    return said.hexdigest("sha256").substr(0, 32)


def _as_text(rows: ibis.Table, column: Column, kind: Kind) -> Any:
    """A column as text that is the same on both engines; coordinates have three decimals, the rest six.

    Contacts count as one and the same: their hashes are others where a key was lost with what it was for.
    """
    values = rows[column.name]
    if column.reads == "text" and kind.contacts == "hashed":
        values = values.re_replace(HASHED, REMOVED)
    if column.type == "float64":
        parts = 1000 if column.reads in ("lat", "lon") else 1_000_000
        values = (values * parts).round().cast("int64")
    if column.type == "timestamp":
        values = values.truncate("s").epoch_seconds()
    return values.cast("string").fill_null("")


def conflict_reasons(judged: ibis.Table, kind: Kind, id_column: str) -> ibis.Table:
    """Quarantine rows for the conflicts among verdicts; `id_column` is the export's own name of the id."""
    better = "was closed later or says more" if kind.later_by else "says more, or comes first by day"
    clash = judged.filter(~judged.same)
    where = clash.best_file + ", line " + clash.best_line.cast("string")
    apart = (
        ibis.literal("the workspace already holds this id with other content, from ")
        + where
        + "; to keep the later of the two, import both files together into a new workspace"
    )
    beside = (
        ibis.literal(f"another row has this id with other content and {better}: ")
        + where
        + f"; that one was kept, correct this one at the source if it is another {kind.name}"
    )
    return clash.select(
        file=clash.file,
        line=clash.line,
        column=ibis.literal(id_column),
        value=clash.id.substr(0, 200),
        reason=clash.best_held.ifelse(apart, beside),
        row=ibis.null("string"),
    )


def without(staged: ibis.Table, judged: ibis.Table) -> ibis.Table:
    """Staged rows that no verdict speaks against."""
    return staged.anti_join(judged, ["file", "line"])


def points_of_places(rows: ibis.Table) -> ibis.Table:
    """How many rows name each place at each point: `place_key`, `lat`, `lon`, `rows`."""
    known = rows.filter(rows.lat.notnull() & rows.place_key.notnull())
    return known.group_by("place_key", "lat", "lon").aggregate(rows=known.count())


def places_without_point(rows: ibis.Table) -> ibis.Table:
    """Places named by rows that have no coordinates: `place_key`."""
    return rows.filter(rows.lat.isnull() & rows.place_key.notnull()).select("place_key").distinct()


def filled_in(rows: ibis.Table, places: ibis.Table) -> ibis.Table:
    """Rows with coordinates and cell from `places` (see `places.gazetteer`) where the export gave none."""
    joined = rows.left_join(places, "place_key")
    fills = joined.lat.isnull() & joined.gaz_lat.notnull()
    return joined.mutate(
        placed=fills.ifelse(ibis.literal(True), ibis.null("boolean")),
        area=ibis.coalesce(joined.area, fills.ifelse(joined.gaz_area, ibis.null("string"))),
        lat=ibis.coalesce(joined.lat, joined.gaz_lat),
        lon=ibis.coalesce(joined.lon, joined.gaz_lon),
    )


def as_signals(rows: ibis.Table, kind: Kind) -> ibis.Table:
    """The columns of the kind, in stored order and type."""
    schema = kind.schema()
    return rows.select(**{field.name: rows[field.name].cast(_ibis_type(field.type)) for field in schema})


def _ibis_type(kind: pa.DataType) -> Any:
    return ibis.dtype(kind)
