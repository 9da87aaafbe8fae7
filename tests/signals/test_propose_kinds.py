"""`lippen inspect` for other kinds than the incident: a mapping that reads the file, or what is lacking."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from each_kind import AUTHORITY, example, header, write_csv
from exports import bring_in

from lippen.engine import Engine
from lippen.errors import LippenError
from lippen.signals import Kind, Proposal, kind_names, load_kind, propose_mapping

OTHERS = [load_kind(name) for name in kind_names() if name != "incident"]
every_kind = pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.name)


def proposed(kind: Kind, folder: Path, **other: str) -> Proposal:
    folder.mkdir()
    rows = [example(kind, **{kind.id: f"R-{at}", **other}) for at in range(40)]
    write_csv(kind, rows, folder)
    return propose_mapping(folder, kind.name)


@every_kind
def test_a_file_of_each_kind_is_proposed_for_and_imports_so(duck: Engine, tmp_path: Path, kind: Kind) -> None:
    proposal = proposed(kind, tmp_path / "in")
    said = tomllib.loads(proposal.toml)
    assert said["kind"] == kind.name
    assert said["columns"] == {column.name: header(column) for column in kind.mappable()}
    assert set(said) <= {"kind", "source", "zone", "columns", "times", "authority"}
    assert set(proposal.columns.values()) == {f"-> {column.name}" for column in kind.mappable()}
    assert proposal.looked_at == ("rows.csv: 40 rows",)
    text = proposal.toml
    if kind.needs_authority:
        assert proposal.mapping is None
        assert any("`authority.who` is missing" in problem for problem in proposal.problems)
        # It is for the analyst to say under what authority; nothing is made up.
        assert said["authority"] == {}
        text = text.replace("[authority]\n", AUTHORITY)
    else:
        assert len(proposal.first_rows) == 5
        assert [problem for problem in proposal.problems if "time zone" not in problem] == []
    assert bring_in(duck, tmp_path / "in", text).report.accepted == 40


@every_kind
def test_what_a_kind_must_have_and_the_file_has_not_is_said(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("Colour,Size of Hat\nred,7\nblue,8\n")
    proposal = propose_mapping(path, kind.name)
    assert proposal.mapping is None
    lacking = [column.name for column in kind.must_name()]
    assert set(proposal.problems) >= {f"no column was found for {name}" for name in lacking}
    for name in lacking:
        assert f'# {name} = "" # not found' in proposal.toml


def test_a_name_is_proposed_only_where_a_kind_keeps_it(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(load_kind("record"), [example(load_kind("record"))] * 5, folder)
    kept = propose_mapping(folder, "record")
    assert kept.columns["Name"] == "-> name"
    assert "Robyn" not in kept.as_text()
    for kind in OTHERS:
        if kind.name != "record":
            other = propose_mapping(folder, kind.name)
            assert other.columns["Name"] == "NOT READ: it looks like a person"
            assert "Robyn" not in other.as_text()


def test_a_decimal_comma_and_the_order_of_day_and_month_are_found_out(duck: Engine, tmp_path: Path) -> None:
    kind = load_kind("sighting")
    proposal = proposed(kind, tmp_path / "in", seen_on="28/02/2025", price_gbp="£12,50")
    assert tomllib.loads(proposal.toml)["numbers"] == {"decimal_comma": True}
    assert tomllib.loads(proposal.toml)["times"] == {"formats": ["%d/%m/%Y"]}
    taken = bring_in(duck, tmp_path / "in", proposal.toml).taken
    assert {(str(row["seen_on"]), row["price_gbp"]) for row in taken} == {("2025-02-28", 12.5)}
    thousands = proposed(kind, tmp_path / "thousands", price_gbp="1,250")
    assert "numbers" not in tomllib.loads(thousands.toml)
    assert any("has a comma" in problem for problem in thousands.problems)
    doubtful = proposed(kind, tmp_path / "doubt", seen_on="02/03/2025")
    assert any("day and month cannot be told apart" in problem for problem in doubtful.problems)


def test_an_unknown_kind_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(
        LippenError, match=r"no kind of signal called 'rumour'\. Known kinds: answer, concern"
    ):
        propose_mapping(tmp_path, "rumour")
