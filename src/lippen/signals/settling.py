"""Duplicates, conflicts and missing places, settled over all files at once, as Ibis expressions.

Rows of one id and the same content are one signal. Rows of one id and other content: the one closed last is
kept, then the one with more filled in, then the first by content; the others are quarantined. What the
workspace already holds stays. Nothing here looks at the order in which rows or files came.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import ibis
import pyarrow as pa

from lippen.signals.kinds import Kind

_NOT_CONTENT = {"incident_id", "file", "line", "placed", "local_day", "local_hour"}


def with_ids(staged: ibis.Table) -> ibis.Table:
    """Staged rows with an id for each: the export's, else `c-` and a digest of the row's content."""
    digest = ibis.literal("c-") + staged.content.hexdigest("sha256").substr(0, 32)
    return staged.mutate(incident_id=ibis.coalesce(staged.incident_id, digest))


def repeated_ids(staged: ibis.Table, held: ibis.Table | None) -> ibis.Table:
    """The ids that occur more than once, in the staged rows and what the workspace holds: `incident_id`."""
    ids = staged.select("incident_id")
    if held is not None:
        ids = ids.union(held.select("incident_id"))
    counted = ids.group_by("incident_id").aggregate(times=lambda rows: rows.count())
    return counted.filter(counted.times > 1).select("incident_id")


def verdicts(
    staged: ibis.Table, held: ibis.Table | None, repeated: ibis.Table, kind: Kind, *, cells_are_made: bool
) -> ibis.Table:
    """Staged rows that are not to be accepted: `file`, `line`, `incident_id`, `same` (a duplicate, else a
    conflict), and of the row that is kept instead `best_file`, `best_line`, `best_held`.

    `cells_are_made` says that `area` was worked out from coordinates, so it is no content of its own.
    """
    names = [column.name for column in kind.columns]
    content = [name for name in names if name not in _NOT_CONTENT and not (cells_are_made and name == "area")]
    rows = staged.select(*names).mutate(held=ibis.literal(False))
    if held is not None:
        # Coordinates that were filled in are not what the export said.
        given = {
            name: held.placed.fill_null(False).ifelse(ibis.null(), held[name]).cast("float64")
            for name in ("lat", "lon")
        }
        rows = rows.union(held.mutate(**given).select(*names).mutate(held=ibis.literal(True)))
    rows = rows.semi_join(repeated, "incident_id")
    filled: Any = reduce(
        lambda total, name: total + rows[name].notnull().cast("int32"), content, ibis.literal(0)
    )
    order = [
        ibis.desc("held"),
        ibis.desc("closed_at", nulls_first=False),
        ibis.desc("filled"),
        *(ibis.asc(name, nulls_first=False) for name in content),
        ibis.asc("file"),
        ibis.asc("line"),
    ]
    ranked = rows.mutate(filled=filled)
    ranked = ranked.mutate(rank=ibis.row_number().over(ibis.window(group_by="incident_id", order_by=order)))
    best = ranked.filter(ranked["rank"] == 0).select(
        "incident_id",
        **{f"best_{name}": ranked[name] for name in (*content, "file", "line", "held")},
    )
    others = ranked.filter((ranked["rank"] > 0) & ~ranked.held).join(best, "incident_id")
    same = reduce(
        lambda all_of, name: all_of & others[name].identical_to(others[f"best_{name}"]),
        content,
        ibis.literal(True),
    )
    return others.select("file", "line", "incident_id", "best_file", "best_line", "best_held", same=same)


def conflict_reasons(judged: ibis.Table, id_column: str) -> ibis.Table:
    """Quarantine rows for the conflicts among verdicts; `id_column` is the export's own name of the id."""
    clash = judged.filter(~judged.same)
    where = clash.best_file + ", line " + clash.best_line.cast("string")
    apart = (
        ibis.literal("the workspace already holds this id with other content, from ")
        + where
        + "; to keep the later of the two, import both files together into a new workspace"
    )
    beside = (
        ibis.literal("another row has this id with other content and was closed later or says more: ")
        + where
        + "; that one was kept"
    )
    return clash.select(
        file=clash.file,
        line=clash.line,
        column=ibis.literal(id_column),
        value=clash.incident_id.substr(0, 200),
        reason=clash.best_held.ifelse(apart, beside),
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
    """Rows with coordinates and cell taken from `places` (see `places.gazetteer`) where the export gave none."""
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
