"""Making a town that does not exist from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from command_line import assert_one_line, lippen
from lippen.cli import app


def test_a_sandbox_is_made_and_its_options_stand_where_they_mean_something(tmp_path: Path) -> None:
    made = lippen("sandbox", "--days", "10", "--out", tmp_path / "town", "--quiet")
    assert made.returncode == 0
    assert "incident" in made.stdout
    assert (tmp_path / "town" / "truth" / "incidents.parquet").is_file()
    stray = lippen("sandbox", "--seed", "3", "compare", "--out", tmp_path / "page")
    assert stray.returncode == 2
    assert "--seed stands before compare" in stray.stderr
    assert not (tmp_path / "page").exists()
    assert lippen("sandbox").returncode == 2


def test_every_stream_passes_inspection_with_its_own_mapping(tmp_path: Path) -> None:
    assert lippen("sandbox", "--days", "60", "--out", tmp_path / "town", "--quiet").returncode == 0
    streams = sorted((tmp_path / "town" / "streams").iterdir())
    assert len(streams) == 7
    for stream in streams:
        run = lippen("inspect", stream, "--mapping", stream / "mapping.toml")
        assert run.returncode == 0, run.stderr
        assert "Problems\n  - none\n" in run.stdout, stream.name


def test_a_scenario_that_cannot_be_meant_is_one_line_that_says_where(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text("harm = 1\n\n[[surge]]\nstart = 2\nend = 9\nareas = ['Atlantis']\ntimes = 2\n", "utf-8")
    for verb in (["sandbox"], ["sandbox", "compare"]):
        run = lippen(*verb, "--quiet", "--days", "20", "--scenario", mine, "--out", tmp_path / "out")
        assert_one_line(run, f"{mine}, line 6: `surge[0].areas`: there is no area 'Atlantis'", "Gowanlaw")
    mine.write_text("[[bogus]]\nday = 30\n", "utf-8")
    run = lippen("sandbox", "--quiet", "--days", "20", "--scenario", mine, "--out", tmp_path / "out")
    assert_one_line(run, f"{mine}, line 2: `bogus[0].day` is day 30", "Give --days 31 or more")
    assert [one.name for one in tmp_path.iterdir()] == ["mine.toml"]


def test_workers_are_not_passed_over_in_silence_where_there_is_nothing_to_share(tmp_path: Path) -> None:
    args = ["sandbox", "--days", "10", "--quiet", "--out", tmp_path / "town"]
    assert_one_line(lippen(*args, "--workers", "4"), "4 workers", "Leave out --workers", "--place nation")
    assert list(tmp_path.iterdir()) == []
    assert lippen(*args, "--workers", "1").returncode == 0


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("", "--out names no folder. Name one, or write . for the one you are in."),
        ("loop", "the links in this name lead in a circle. Name another folder."),
        ("bad\udcff", "bad\\udcff: this name is not text. Name another folder."),
        ("file/sub", "A file stands where a folder would: name another folder."),
        ("x" * 300, "File name too long. Give a shorter name."),
    ],
)
def test_a_folder_that_cannot_be_is_one_line_with_the_remedy(out: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("mine")
    place = tmp_path / out if out else ""
    for verb in (["sandbox", "--days", "10"], ["sandbox", "compare", "--days", "10"]):
        assert_one_line(lippen(*verb, "--quiet", "--out", place), says)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "loop"]


def test_a_seed_that_is_too_large_is_refused_with_the_largest(tmp_path: Path) -> None:
    for verb in (["sandbox"], ["sandbox", "compare"]):
        run = lippen(*verb, "--quiet", "--seed", "18446744073709551616", "--out", tmp_path / "out")
        assert_one_line(run, "Give a whole number from 0 to 4294967295.")


def test_an_area_that_an_option_names_is_not_called_the_scenarios(tmp_path: Path) -> None:
    run = lippen("sandbox", "compare", "--quiet", "--areas", "nope", "--out", tmp_path / "out")
    assert_one_line(run, "there is no area 'nope' in any burgh", "Gowanlaw")
    assert "scenario" not in run.stderr


def test_rows_are_counted_in_plain_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = {"answer": 1, "concern": 0, "incident": 2000}
    monkeypatch.setattr("lippen.sandbox.write_sandbox", lambda *_, **__: {"rows": rows})
    done = CliRunner().invoke(app, ["sandbox", "--out", str(tmp_path), "--quiet"])
    assert [" ".join(line.split()) for line in done.output.splitlines()[:3]] == [
        "answer 1 row", "concern 0 rows", "incident 2,000 rows",
    ]  # fmt: skip
