"""What was read under an authority is deleted when that runs out, with its keys and what was made of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest
from each_kind import example, mapping_for, write_csv
from exports import BroughtIn, bring_in

import lippen.workspace
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import AuthorityExpired, import_folder, load_kind, parse_mapping
from lippen.workspace import Workspace
from lippen.workspace_settings import WorkspaceError

LISTING = load_kind("listing")
TODAY = dt.datetime.now(dt.UTC).date()
SOON, LATER = (TODAY + dt.timedelta(days=days) for days in (30, 60))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[dt.date]:
    """The day it is for whoever opens a workspace: the first of the list."""
    day = [TODAY]
    monkeypatch.setattr(lippen.workspace, "_today", lambda: day[0])
    return day


def collect(
    duck: Engine,
    folder: Path,
    ids: str,
    expires: dt.date,
    workspace: Path,
    month: str = "03",
    by: Mapping[str, str] | None = None,
) -> BroughtIn:
    """A collection brought in; `by` says what its authority says in place of what it says otherwise."""
    folder.mkdir(exist_ok=True)
    rows = [
        example(LISTING, listing_id=name, posted_at=f"2025-{month}-10 21:14:00", text=f"dm @otter_{name}")
        for name in ids
    ]
    write_csv(LISTING, [*rows, example(LISTING, posted_at="never")], folder)
    mapping = mapping_for(LISTING).replace("2099-01-01", str(expires))
    for before, after in (by or {}).items():
        mapping = mapping.replace(before, after)
    return bring_in(duck, folder, mapping, workspace)


def ids(workspace: Workspace) -> str:
    found = workspace.engine.collect(workspace.signals("listing"), "listing_id")["listing_id"]
    return "".join(found.to_pylist())


def files(workspace: Workspace) -> set[str]:
    return {path.name for path in workspace.directory.rglob("*") if path.suffix in (".parquet", ".key")}


def test_on_its_day_a_collection_is_gone_from_the_disk(
    duck: Engine, tmp_path: Path, clock: list[dt.date]
) -> None:
    town = tmp_path / "town"
    collect(duck, tmp_path / "one", "ab", SOON, town, "03")
    kept = collect(duck, tmp_path / "two", "cd", LATER, town, "04")
    assert kept.workspace.contact_keys.periods() == ["2025-03", "2025-04"]
    clock[0] = SOON - dt.timedelta(days=1)
    assert ids(Workspace.open(town, duck)) == "abcd"
    clock[0] = SOON
    left = Workspace.open(town, duck)
    assert ids(left) == "cd"
    name = kept.report.import_id
    assert files(left) == {f"{name}.parquet", "2025-04.key"}
    assert [one.import_id for one in left.imports()] == [name]
    assert left.engine.collect(left.quarantine()).num_rows == 1
    clock[0] = LATER
    empty = Workspace.open(town, duck)
    assert files(empty) == set()
    with pytest.raises(WorkspaceError, match="holds no listing yet"):
        empty.signals("listing")


def test_a_month_that_another_collection_holds_keeps_its_key(
    duck: Engine, tmp_path: Path, clock: list[dt.date]
) -> None:
    town = tmp_path / "town"
    collect(duck, tmp_path / "one", "ab", SOON, town)
    collect(duck, tmp_path / "two", "cd", LATER, town)
    clock[0] = SOON
    assert Workspace.open(town, duck).contact_keys.periods() == ["2025-03"]


def test_what_is_read_after_a_key_is_gone_is_linked_to_nothing_before(
    duck: Engine, tmp_path: Path, clock: list[dt.date]
) -> None:
    town = tmp_path / "town"
    before = collect(duck, tmp_path / "one", "a", SOON, town).taken[0]["text"]
    clock[0] = SOON
    Workspace.open(town, duck)
    after = collect(duck, tmp_path / "two", "a", LATER, town).taken[0]["text"]
    assert before != after


def test_results_go_with_what_they_were_reckoned_from_and_no_others(
    duck: Engine, tmp_path: Path, clock: list[dt.date]
) -> None:
    town = tmp_path / "town"
    workspace = collect(duck, tmp_path / "one", "ab", SOON, town).workspace
    rows = pa.table({"n": [1]})
    workspace.write_results({"prices": rows}, ["listing", "sighting"])
    workspace.write_results({"episodes": rows}, ["incident"])
    workspace.write_results({"nobody_said": rows, "told_counts": rows})
    clock[0] = SOON
    assert Workspace.open(town, duck).results() == ["episodes", "told_counts"]
    assert "prices.2.parquet" not in files(workspace)


def test_read_again_under_a_renewed_authority_it_is_held_longer(
    duck: Engine, tmp_path: Path, clock: list[dt.date]
) -> None:
    town = tmp_path / "town"
    collect(duck, tmp_path / "one", "ab", SOON, town)
    renewed = collect(duck, tmp_path / "one", "ab", LATER, town)
    assert not renewed.report.changed
    assert f"nothing was changed but that it is now held until {LATER}" in renewed.report.as_text()
    again = collect(duck, tmp_path / "one", "ab", LATER, town)
    assert again.report.as_text().endswith("nothing was changed.\n")
    clock[0] = SOON
    assert ids(Workspace.open(town, duck)) == "ab"
    clock[0] = LATER
    assert Workspace.open(town, duck).imports() == []


def test_each_authority_that_a_collection_was_held_under_stays_recorded(
    duck: Engine, tmp_path: Path, clock: list[dt.date]
) -> None:
    town = tmp_path / "town"
    collect(duck, tmp_path / "one", "ab", SOON, town)
    clock[0] = TODAY + dt.timedelta(days=1)
    collect(duck, tmp_path / "one", "ab", LATER, town)
    clock[0] = TODAY + dt.timedelta(days=2)
    other = {"public task": "a new decision"}
    again = collect(duck, tmp_path / "one", "ab", LATER, town, by=other)
    collect(duck, tmp_path / "one", "ab", LATER, town, by=other)  # says nothing new, so nothing is recorded
    (held,) = again.workspace.imports()
    words = "Invermarrow Homes; {}; finding homes that were taken over; until {}"
    assert held.inputs[0]["authority"] == words.format("a new decision", LATER)
    assert [(one.authority, one.expires, one.replaced_on) for one in held.held_before] == [
        (words.format("public task", SOON), SOON, TODAY + dt.timedelta(days=1)),
        (words.format("public task", LATER), LATER, TODAY + dt.timedelta(days=2)),
    ]


@pytest.mark.parametrize("who", ["Milltown Council", "Invermarrow"])
def test_a_collection_is_not_renewed_in_the_name_of_another_holder(
    duck: Engine, tmp_path: Path, who: str
) -> None:
    town = tmp_path / "town"
    before = collect(duck, tmp_path / "one", "ab", SOON, town).workspace.imports()
    with pytest.raises(WorkspaceError, match=f"Invermarrow Homes holds it, not {who}") as refused:
        collect(duck, tmp_path / "one", "ab", LATER, town, by={"Invermarrow Homes": who})
    assert refused.value.remedy == (
        f"Take {before[0].import_id} back and bring it in anew under its own right, or name the holder as"
        " before."
    )
    assert Workspace.open(town, duck).imports() == before
    collect(duck, tmp_path / "one", "ab", LATER, town, by={"Invermarrow Homes": "Invermarrow  homes"})


def test_what_an_older_lippen_recorded_is_not_renewed_for_another_either(
    duck: Engine, tmp_path: Path
) -> None:
    town = tmp_path / "town"
    collect(duck, tmp_path / "one", "ab", SOON, town)
    path = town / "lake" / "manifest.json"
    told = json.loads(path.read_text())
    for given in told["imports"][0]["inputs"]:
        del given["who"]  # it wrote the authority in words alone
    path.write_text(json.dumps(told))
    with pytest.raises(WorkspaceError, match="Invermarrow Homes holds it, not Milltown Council"):
        collect(duck, tmp_path / "one", "ab", LATER, town, by={"Invermarrow Homes": "Milltown Council"})
    assert collect(duck, tmp_path / "one", "ab", LATER, town).report.held_until == LATER


def test_rows_that_went_with_an_earlier_collection_come_in_again_with_a_later_one(
    duck: Engine, tmp_path: Path, clock: list[dt.date]
) -> None:
    town = tmp_path / "town"
    collect(duck, tmp_path / "one", "ab", SOON, town)
    collect(duck, tmp_path / "two", "bc", LATER, town)
    clock[0] = SOON
    assert ids(Workspace.open(town, duck)) == "c"
    again = collect(duck, tmp_path / "two", "bc", LATER, town)
    assert (again.report.accepted, again.report.duplicates) == (1, 1)
    assert ids(again.workspace) == "bc"


def test_while_somebody_writes_what_has_expired_is_read_by_nobody(
    duck: Engine, tmp_path: Path, clock: list[dt.date]
) -> None:
    town = tmp_path / "town"
    writer = collect(duck, tmp_path / "one", "ab", SOON, town).workspace
    clock[0] = SOON
    with writer.writing():
        reader = Workspace.open(town, duck)
        assert len(reader.imports()) == 1
        with pytest.raises(WorkspaceError, match="holds no listing yet"):
            reader.signals("listing")
        assert reader.engine.collect(reader.quarantine()).num_rows == 0
    assert Workspace.open(town, duck).imports() == []


def test_an_expired_authority_reads_nothing_and_says_what_to_do(duck: Engine, tmp_path: Path) -> None:
    town = Workspace.open(tmp_path / "town", duck)
    mapping = parse_mapping(mapping_for(LISTING).replace("2099-01-01", str(TODAY)))
    with pytest.raises(AuthorityExpired, match="has run out") as refused:
        import_folder(tmp_path, mapping, town, Stages(quiet=True))
    assert "until the organisation has renewed it" in (refused.value.remedy or "")


def test_what_was_read_under_no_authority_stays(duck: Engine, tmp_path: Path, clock: list[dt.date]) -> None:
    sighting = load_kind("sighting")
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(sighting, [example(sighting)], folder)
    bring_in(duck, folder, mapping_for(sighting), tmp_path / "town")
    clock[0] = dt.date(2999, 1, 1)
    assert len(Workspace.open(tmp_path / "town", duck).imports()) == 1
