"""Kinds are data: schema, mapping, and the reference page all come from one file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from lippen import workspace
from lippen.signals import kind_names, load_kind
from lippen.signals.kinds import QUARANTINE_SCHEMA, READS
from lippen.signals.reference import kinds_page

ROOT = Path(__file__).parents[2]


def test_the_reference_of_kinds_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "lippen.signals.reference"], capture_output=True, text=True, check=True
    )
    page = (ROOT / "docs/reference/kinds.md").read_text(encoding="utf-8")
    assert made.stdout == page == kinds_page(), "run make docs"


def test_every_column_of_every_kind_is_explained_and_typed() -> None:
    page = kinds_page()
    for name in kind_names():
        kind = load_kind(name)
        assert f"## {kind.title}" in page
        assert len({column.name for column in kind.columns}) == len(kind.columns)
        for column in kind.columns:
            assert f"| `{column.name}` | {column.type}" in page
            assert column.says.endswith((".", "`."))
            assert column.example
            assert bool(column.synonyms) == column.from_export, column.name
        for rule, says in READS.items():
            assert f"| `{rule}` | {says} |" in page
    for field in QUARANTINE_SCHEMA:
        assert f"| `{field.name}` | {field.type} |" in page


def test_no_column_is_about_a_person_or_one_incident_s_worth() -> None:
    """Promises 1 and 2: nothing that says who called, and no score."""
    words = {
        "caller",
        "phone",
        "name",
        "person",
        "score",
        "risk",
        "credibility",
        "rating",
        "house",
        "household",
    }
    for name in kind_names():
        for column in load_kind(name).columns:
            about = words & set(column.name.split("_"))
            # A partner's own names are kept as such, under an authority; a score on them is not.
            assert not about or (column.reads == "personal" and about == {"name"})


def test_the_incident_has_the_columns_the_rest_of_lippen_relies_on() -> None:
    schema = load_kind("incident").schema()
    assert schema.field("reported_at").type == pa.timestamp("us")
    assert schema.field("local_day").type == pa.date32()
    required = {field.name for field in schema if not field.nullable}
    assert required == {
        "incident_id", "kind", "reported_at", "local_day", "local_hour", "outcome", "own_activity", "sensor",
        "protected", "file", "line",
    }  # fmt: skip


def test_the_quarantine_is_the_workspace_s() -> None:
    assert QUARANTINE_SCHEMA.names == workspace.QUARANTINE.names
    assert QUARANTINE_SCHEMA.types == workspace.QUARANTINE.types


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError, match="sightings"):
        load_kind("sightings")
