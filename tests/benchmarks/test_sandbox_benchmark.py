"""The town that is lived through twice is one town, and what is said of the nation is what was written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from benchmarks.sandbox import (
    AREAS,
    FEAR,
    KEPT,
    PRONENESS,
    RATE,
    REPORTED,
    REPORTED_AFRAID,
    SPREAD,
    Lived,
    Town,
    Way,
    by_arrays,
    by_candidates,
    check,
    settle,
)
from benchmarks.sandbox_nation import run
from hypothesis import given, settings
from hypothesis import strategies as st

STAND_IN = """
import json, subprocess, sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq

asked = dict(zip(sys.argv[2::2], sys.argv[3::2]))
assert sys.argv[1] == "sandbox" and asked["--place"] == "nation", sys.argv
out = Path(sys.argv[sys.argv.index("--out") + 1])
for room, rows in (("streams/incident", 30), ("streams/record", 12), ("truth", 99)):
    (out / room).mkdir(parents=True)
    numbers = [{differs_by}] * rows
    pq.write_table(pa.table({{"numbers": numbers}}), out / room / "part-000.parquet")
(out / "sandbox.json").write_text(json.dumps({{"took": str(out.stat().st_mtime_ns)}}))
if {holds_s}:
    hold = "held = bytearray(150 << 20); import time; time.sleep({holds_s})"
    subprocess.run([sys.executable, "-c", hold], check=True)
"""


WAYS: dict[str, Way] = {"Lippen": by_candidates, "plain": by_arrays}


def test_both_ways_give_the_same_means() -> None:
    means, furthest = check(WAYS, residents=1_600, towns=12, days=120)
    assert set(means) == set(WAYS)
    assert 0 < furthest < 5


@pytest.mark.parametrize(
    ("rule", "other", "shows_in"),
    [
        ("RATE", RATE * 1.15, "events a resident"),
        ("PRONENESS", PRONENESS * 0.75, "of events, those of a tenth of residents|residents with an event"),
        ("REPORTED_AFRAID", REPORTED, "of events, reported"),
        ("FEAR", FEAR * 1.3, "of events, reported|fear"),
        ("SPREAD", SPREAD * 1.5, "spread of log activity"),
        ("KEPT", KEPT * 0.85, "kept to the next day"),
    ],
)
def test_a_way_by_another_rule_is_told(
    rule: str, other: float, shows_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_another(town: Town, days: int, seed: int) -> Lived:
        with monkeypatch.context() as changed:
            changed.setattr(f"benchmarks.sandbox.{rule}", other)
            town = settle(len(town.nerve), seed)
            return by_arrays(town, days, seed)

    with pytest.raises(ValueError, match=f"^({shows_in}): Lippen and another lie"):
        check({"Lippen": by_candidates, "another": by_another}, residents=1_600, towns=12, days=120)


def test_the_figures_are_those_that_the_rules_promise() -> None:
    means, _ = check(WAYS, residents=1_600, towns=12)
    for mean in means.values():
        assert mean["events a resident"] == pytest.approx(RATE * 365, rel=0.05)
        assert mean["fear"] == pytest.approx(FEAR, rel=0.03)
        # Nerve is uniform and fear nowhere near 1, so the share afraid is the fear.
        assert mean["of events, reported"] == pytest.approx(
            REPORTED * (1 - FEAR) + REPORTED_AFRAID * FEAR, rel=0.02
        )
        assert mean["spread of log activity"] == pytest.approx(SPREAD, rel=0.03)
        assert mean["kept to the next day"] == pytest.approx(KEPT, abs=0.01)


@settings(max_examples=25)
@given(residents=st.integers(AREAS, 900), days=st.integers(1, 60), seed=st.integers(0, 2**32))
def test_every_event_falls_on_a_resident_of_its_area(residents: int, days: int, seed: int) -> None:
    town = settle(residents, seed)
    assert np.bincount(town.area, minlength=AREAS).max() <= -(-residents // AREAS)
    for way in (by_candidates, by_arrays):
        lived = way(town, days, seed)
        assert lived.activity.shape == lived.events.shape == (AREAS, days)
        of_area = np.bincount(town.area, weights=lived.of_resident, minlength=AREAS)
        assert lived.events.sum(axis=1).tolist() == of_area.tolist()
        assert (lived.reported <= lived.events).all()
        assert ((lived.fear >= 0) & (lived.fear <= 1)).all()
        again = way(town, days, seed)
        assert again.events.tolist() == lived.events.tolist()


def stand_in(folder: Path, differs_by: str, holds_s: float = 0) -> list[str]:
    """A program that takes the options of `lippen sandbox` and may start another that holds 150 MiB."""
    program = folder / "stand_in.py"
    program.write_text(STAND_IN.format(differs_by=differs_by, holds_s=holds_s))
    return [sys.executable, str(program)]


def test_the_nation_is_timed_counted_and_weighed_with_all_its_processes(tmp_path: Path) -> None:
    found = run(1, days=7, lippen=stand_in(tmp_path, "int(asked['--seed'])", holds_s=3))
    assert {row["streams"] for row in found.rows} == {"plain", "with texts"}
    for row in found.rows:
        assert row["events"] == 42
        assert row["seconds"] > 1
        assert 150 < row["peak memory, MiB"] < 1_000
        assert row["of the budget"] == pytest.approx(
            row["seconds"] / (15 if row["streams"] == "plain" else 60)
        )
    assert any("incident 30, record 12" in note for note in found.notes)


def test_bytes_that_differ_between_workers_stop_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    with pytest.raises(ValueError, match="did not write the same bytes"):
        run(1, days=7, lippen=stand_in(tmp_path, "int(asked['--workers'])"))


def test_a_run_that_fails_stops_it_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run(1, days=7, lippen=stand_in(tmp_path, "int('no number')"))
    assert "no number" in capsys.readouterr().err
