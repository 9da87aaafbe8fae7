"""What a partner holds about people is taken only under an authority in force, and kept as it was written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from each_kind import AUTHORITY, example, mapping_for, write_csv
from exports import bring_in

from lippen.engine import Engine
from lippen.errors import LippenError
from lippen.progress import Stages
from lippen.signals import (
    AuthorityExpired,
    ImportRefused,
    Kind,
    MappingError,
    check_mapping,
    import_folder,
    kind_names,
    load_kind,
    load_mapping,
    parse_mapping,
)
from lippen.workspace import Workspace

RECORD = load_kind("record")
UNDER_AUTHORITY = [load_kind(name) for name in kind_names() if load_kind(name).needs_authority]
by_kind = pytest.mark.parametrize("kind", UNDER_AUTHORITY, ids=lambda kind: kind.name)


def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


@by_kind
@pytest.mark.parametrize(
    ("before", "after", "key", "says"),
    [
        (AUTHORITY, "", "authority", "is missing: a .* read only under the authority"),
        ('who = "Invermarrow Homes"', "", "authority.who", "is missing"),
        ('who = "Invermarrow Homes"', 'who = " "', "authority.who", "is missing"),
        ('who = "Invermarrow Homes"', "who = 3", "authority.who", "must be a text"),
        ('basis = "public task"', "", "authority.basis", "is missing"),
        ('purpose = "finding homes that were taken over"', "", "authority.purpose", "is missing"),
        ("expires = 2099-01-01", "", "authority.expires", "is missing"),
        ("expires = 2099-01-01", 'expires = "never"', "authority.expires", "must be a day"),
        ("expires = 2099-01-01", "expires = 2099-01-01\nuntil = 1", "authority.until", "not a key"),
        (
            "expires = 2099-01-01",
            "expires = 2100-01-01",
            "authority.expires",
            "after 2099-12-31, as if",
        ),
        (
            "expires = 2099-01-01",
            "expires = 9999-12-31",
            "authority.expires",
            "after 2099-12-31, as if",
        ),
    ],
)
def test_a_mapping_without_a_whole_authority_is_refused(
    tmp_path: Path, kind: Kind, before: str, after: str, key: str, says: str
) -> None:
    text = mapping_for(kind)
    assert text.count(before) == 1
    path = tmp_path / "mapping.toml"
    path.write_text(text.replace(before, after))
    with pytest.raises(MappingError, match=says) as refused:
        load_mapping(path)
    assert str(refused.value).startswith(f"{path}: `{key}` ")
    assert refused.value.remedy


@by_kind
@pytest.mark.parametrize("days_ago", [0, 1, 5000])
def test_an_authority_that_has_run_out_is_refused_before_anything_is_looked_at(
    duck: Engine, tmp_path: Path, kind: Kind, days_ago: int
) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(mapping_for(kind).replace("2099-01-01", str(today() - dt.timedelta(days=days_ago))))
    mapping = load_mapping(path)
    town = Workspace.open(tmp_path / "town", duck)
    nowhere = tmp_path / "nowhere"
    for read in (
        lambda: import_folder(nowhere, mapping, town, Stages(quiet=True)),
        lambda: check_mapping(nowhere, mapping),
    ):
        with pytest.raises(AuthorityExpired, match="has run out") as refused:
            read()
        assert isinstance(refused.value, LippenError)
        assert str(refused.value).startswith(f"{path}: `authority.expires` is ")
        assert refused.value.remedy
    assert town.imports() == []


@by_kind
def test_until_its_day_comes_an_authority_holds_and_is_recorded(
    duck: Engine, tmp_path: Path, kind: Kind
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(kind, [example(kind)], folder)
    last = today() + dt.timedelta(days=2)  # a day more, lest midnight fall into this test
    mapping = mapping_for(kind).replace("2099-01-01", str(last))
    brought = bring_in(duck, folder, mapping, tmp_path / "town")
    (entry,) = brought.workspace.imports()[0].inputs
    assert entry["authority"] == (
        f"Invermarrow Homes; public task; finding homes that were taken over; until {last}"
    )
    # Renewed, it reads the same rows to the same end.
    again = bring_in(duck, folder, mapping_for(kind), tmp_path / "town")
    assert (again.report.duplicates, again.report.changed) == (1, False)


def test_another_kind_may_have_an_authority_and_is_then_held_to_it(tmp_path: Path) -> None:
    concern = load_kind("concern")
    assert parse_mapping(mapping_for(concern)).authority is None
    ended = mapping_for(concern) + AUTHORITY.replace("2099", "1999")
    with pytest.raises(AuthorityExpired):
        check_mapping(tmp_path, parse_mapping(ended))


PERSONAL = {
    "subject_ref": "07700 900123",
    "name": "Mrs Robyn Exemplar",
    "born": "1402871234",
    "address": "Flat 2/1, 7 Ropewalk Close, ZZ99 9ZZ",
}


def test_what_is_personal_is_kept_as_written_and_the_rest_is_masked(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [
        example(
            RECORD,
            record_id=f"R-{at}",
            detail=f"ring her on 07700 90012{at}, ZZ99 9ZZ",
            **{
                name: text.replace("7", str(at)) if name == "address" else text
                for name, text in PERSONAL.items()
            },
        )
        for at in range(9)
    ]
    write_csv(RECORD, rows, folder)
    brought = bring_in(duck, folder, mapping_for(RECORD))
    assert brought.refused == []
    for row, taken in zip(rows, brought.taken, strict=True):
        assert {name: taken[name] for name in PERSONAL} == {name: row[name] for name in PERSONAL}
        assert taken["detail"] == "ring her on [telephone removed], ZZ99 9"
    # Nothing of it shows on a screen or stands in the quarantine.
    shown = check_mapping(folder, parse_mapping(mapping_for(RECORD))).as_text()
    write_csv(RECORD, [{**row, "recorded_on": "never"} for row in rows], folder)
    refused = str(bring_in(duck, folder, mapping_for(RECORD)).refused)
    for text in PERSONAL.values():
        assert text not in shown
        assert text not in refused


def test_forenames_and_surnames_make_one_name(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "homes.csv").write_text("Org,Type,On,Forename,Surname\nHomes,FOB,2025-03-10,Robyn,Exemplar\n")
    mapping = f"""
kind = "record"
zone = "Europe/London"
[columns]
partner = "Org"
kind = "Type"
recorded_on = "On"
name = ["Forename", "Surname"]
{AUTHORITY}"""
    (row,) = bring_in(duck, folder, mapping).taken
    assert row["name"] == "Robyn Exemplar"


@pytest.mark.parametrize("column", ["partner", "kind", "area", "larger_area", "detail", "record_id"])
def test_the_other_columns_of_a_record_are_held_to_what_every_kind_is(
    duck: Engine, tmp_path: Path, column: str
) -> None:
    """By its header here, by what is in it below."""
    mapping = mapping_for(RECORD, f'{column} = "Tenant Name"', leave=(column,))
    town = Workspace.open(tmp_path / "town", duck)
    with pytest.raises(ImportRefused, match=rf"`columns.{column}` reads 'Tenant Name', which by its name"):
        import_folder(tmp_path, parse_mapping(mapping), town, Stages(quiet=True))


@pytest.mark.parametrize("name", kind_names())
def test_a_header_that_a_record_may_have_is_refused_in_every_other_kind(
    duck: Engine, tmp_path: Path, name: str
) -> None:
    kind = load_kind(name)
    code = kind.reading("code")[0]
    mapping = parse_mapping(mapping_for(kind, f'{code} = "Date of Birth"', leave=(code,)))
    town = Workspace.open(tmp_path / "town", duck)
    with pytest.raises(ImportRefused, match="'Date of Birth', which by its name identifies a date of birth"):
        import_folder(tmp_path, mapping, town, Stages(quiet=True))


@pytest.mark.parametrize(("column", "holds"), [("area", "street addresses"), ("detail", "telephone numbers")])
def test_a_column_full_of_people_is_refused_where_it_is_not_personal(
    duck: Engine, tmp_path: Path, column: str, holds: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    cells = {"area": "{} Ropewalk Close", "detail": "07700 9001{}"}
    rows = [
        example(RECORD, record_id=f"R-{at}", **{column: cells[column].format(at)}) for at in range(11, 31)
    ]
    write_csv(RECORD, rows, folder)
    town = Workspace.open(tmp_path / "town", duck)
    with pytest.raises(ImportRefused, match=f"is full of {holds}"):
        import_folder(folder, parse_mapping(mapping_for(RECORD)), town, Stages(quiet=True))
    assert town.imports() == []
