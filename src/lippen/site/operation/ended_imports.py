"""What the lake holds, and until when, for the list of what has ended (`ended_list`); and how a restored one
lets go of what that names, and of what has expired meanwhile.

An import stands on the list as `import:ID:DAY`, the day being the one until which it was held, or as
`import:ID` where it was held without an end. The day beside it says since when that holds no longer: when it
was deleted or taken back, or, where its end was moved, the end that it has instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lippen.manifest import Import, Manifest, ManifestError
from lippen.site.operation import ended_list

if TYPE_CHECKING:
    from lippen.workspace import Workspace

KIND = "import"


def state(workspace: Path) -> dict[str, bool]:
    """Each end that the imports of the lake have or had, and whether they are held that long.

    Where a lake is lost or damaged, nothing has ended: a restore is to bring it back.
    """
    imports = _imports(workspace)
    if imports is None:
        before = ended_list.open_before(workspace)
        return {item: True for item in before if item.startswith(f"{KIND}:")}
    held = {_item(one, one.expires): True for one in imports}
    for one in imports:
        for was in one.held_before:
            held[_item(one, was.expires)] = one.expires is None or was.expires <= one.expires
    return held


def moved(workspace: Path) -> dict[str, str]:
    """The ends that imports of the lake would have had, as `state` calls them, with the day that took their
    place.
    """
    ends = {}
    for one in _imports(workspace) or ():
        if one.expires is not None:
            for was in (None, *(was.expires for was in one.held_before)):
                if was is None or was > one.expires:
                    ends[_item(one, was)] = one.expires.isoformat()
    return ends


def to_end(workspace: Path, ended: Mapping[str, str]) -> dict[str, date]:
    """Of a restored lake the imports, by their ids, that the list of what has `ended` holds for a shorter
    time, and until when.
    """
    ends = {}
    for one in _imports(workspace) or ():
        end = one.expires
        while (day := ended.get(_item(one, end))) and (end is None or day < end.isoformat()):
            end = date.fromisoformat(day)
        if end is not None and end != one.expires:
            ends[one.import_id] = end
    return ends


def end(workspace: Path, ends: Mapping[str, date]) -> None:
    """Hold these imports until these days and no longer, and delete those whose day has come."""
    with _opened(workspace) as lake:
        lake.hold_until(ends)


def delete_expired(workspace: Path) -> int:
    """Delete what a restored lake holds by a right that has run out. Returns how many imports that were."""
    before = Manifest.read(workspace / "lake").expired(datetime.now(UTC).date())
    if before:
        with _opened(workspace) as lake:
            lake.delete_expired()
    return len(before)


def kinds(workspace: Path) -> set[str]:
    """The kinds of signal that the lake holds."""
    return {one.kind for one in Manifest.read(workspace / "lake").imports}


def _item(one: Import, until: date | None) -> str:
    return f"{KIND}:{one.import_id}" + (f":{until}" if until else "")


def _imports(workspace: Path) -> tuple[Import, ...] | None:
    """The imports of the lake; None where it cannot be read, or nothing ever was in it."""
    lake = workspace / "lake"
    try:
        return Manifest.read(lake).imports if (lake / "manifest.json").exists() else None
    except (ManifestError, OSError):
        return None


@contextmanager
def _opened(workspace: Path) -> Iterator[Workspace]:
    # Hardly ever is anything to be done, and the worker is smaller without what an engine needs.
    from lippen.engine import connect
    from lippen.workspace import Workspace

    with connect(threads=1) as engine:
        yield Workspace.open(workspace, engine, create=False)
