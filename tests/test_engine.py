"""The same expressions on both engines give the same tables."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.engine import Engine, EngineError, connect
from tables import assert_same_table

ROWS = pa.table(
    {
        "area": ["b", "a", None, "a", "c", "b"],
        "reported_at": pa.array(
            [
                dt.datetime(2025, 3, 30, 0, 59, 59, 999_999),
                dt.datetime(2025, 3, 30, 1, 30),
                dt.datetime(1969, 12, 31, 23, 59),
                None,
                dt.datetime(2025, 10, 26, 1, 0, 0, 1),
                dt.datetime(2025, 10, 26, 2, 0),
            ],
            pa.timestamp("us"),
        ),
        "local_day": pa.array([dt.date(2025, 3, 30)] * 5 + [None], pa.date32()),
        "local_hour": pa.array([0, 1, 2, 3, 4, 5], pa.int16()),
        "units": pa.array([1, None, 3, 4, 5, 6], pa.int32()),
        "lat": [56.2, None, 56.1, 0.1, 0.2, 0.3],
        "sensor": [True, False, False, None, True, False],
        "kinds": pa.array([["x", "y"], [], None, ["z"], ["x"], ["x"]], pa.list_(pa.string())),
        "n": [1, 2, 3, 4, 5, 6],
    }
)


def test_what_goes_in_comes_out_with_its_types(engine: Engine) -> None:
    assert_same_table(engine.collect(engine.table(ROWS), "n"), ROWS)


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("cut", ["end", "all", "middle"])
def test_a_file_that_is_damaged_is_named_with_what_to_do(
    duck: Engine, tmp_path: Path, cut: str, second: bool
) -> None:
    whole, path = tmp_path / "whole.parquet", tmp_path / "it's cut.parquet"
    many = pa.table({"n": range(100_000), "text": [f"word {at}" for at in range(100_000)]})
    for one in (whole, path):
        pq.write_table(many, one, compression="zstd")
    held = path.read_bytes()
    left = {"end": held[:1000], "all": b"", "middle": held[:1000] + bytes(50_000) + held[51_000:]}
    path.write_bytes(left[cut])
    files = [whole, path] if second else [path]
    with pytest.raises(EngineError, match="this file cannot be read: it is damaged") as refused:
        duck.collect(duck.read(files), "n")
    assert refused.value.file == str(path)
    assert "lippen import" in str(refused.value.remedy)


def test_rows_come_sorted_with_nulls_last(engine: Engine) -> None:
    got = engine.collect(engine.table(ROWS), ["area", "reported_at"])
    assert got["area"].to_pylist() == ["a", "a", "b", "b", "c", None]
    assert got["n"].to_pylist()[:2] == [2, 4]


def test_a_name_is_replaced_and_unnamed_tables_are_apart(engine: Engine) -> None:
    engine.table(pa.table({"n": [1]}), "one")
    assert engine.collect(engine.table(pa.table({"n": [2]}), "one"))["n"].to_pylist() == [2]
    first, second = engine.table(pa.table({"n": [3]})), engine.table(pa.table({"n": [4]}))
    assert engine.collect(first.union(second), "n")["n"].to_pylist() == [3, 4]


def test_a_written_file_reads_back_the_same_and_is_sorted(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"from before")
    engine.write(engine.table(ROWS), path, order_by=["area", "n"])
    assert_same_table(engine.collect(engine.read(path), "n"), ROWS)
    assert pq.read_table(path)["n"].to_pylist() == [2, 4, 1, 6, 5, 3]
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"
    assert [one.name for one in tmp_path.iterdir()] == ["rows.parquet"]


def test_a_failed_write_leaves_what_was_there(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"from before")
    table = engine.table(pa.table({"text": ["1", "not a number"]}))
    with pytest.raises(Exception, match="not a number"):
        engine.write(table.mutate(number=table.text.cast("int64")), path, order_by="text")
    assert path.read_bytes() == b"from before"
    assert [one.name for one in tmp_path.iterdir()] == ["rows.parquet"]


def test_several_files_are_read_as_one(engine: Engine, tmp_path: Path) -> None:
    for number in (1, 2):
        pq.write_table(pa.table({"n": [number]}), tmp_path / f"{number}.parquet")
    both = engine.read([tmp_path / "1.parquet", str(tmp_path / "2.parquet")])
    assert engine.collect(both, "n")["n"].to_pylist() == [1, 2]
    with pytest.raises(EngineError, match="no file"):
        engine.read([])


def test_times_stay_naive_through_functions_that_answer_in_a_zone(engine: Engine, tmp_path: Path) -> None:
    rows = engine.table(ROWS)
    hours = rows.select(
        "n", hour=rows.reported_at.truncate("h"), since=rows.reported_at.truncate("s").epoch_seconds()
    )
    got = engine.collect(hours, "n")
    assert got.schema.field("hour").type == pa.timestamp("us")
    assert got["hour"].to_pylist()[1] == dt.datetime(2025, 3, 30, 1)
    engine.write(hours, tmp_path / "hours.parquet", "n")
    assert pq.read_table(tmp_path / "hours.parquet").schema.field("hour").type == pa.timestamp("us")


@pytest.mark.spark
def test_one_analysis_gives_equal_tables_on_both_engines(duck: Engine, spark: Engine) -> None:
    """Filters, joins, aggregates and windows: what grows, in the forms that the library uses."""

    def analysis(engine: Engine) -> pa.Table:
        rows = engine.table(ROWS.append_column("day", ROWS["local_day"]))
        by_area = rows.group_by("area").agg(
            incidents=rows.count(),
            units=rows.units.sum(),
            lat=rows.lat.mean(),
            sensors=rows.sensor.fill_null(False).cast("int64").sum(),
            per_unit=rows.lat.sum() / rows.units.sum().nullif(0),
        )
        window = ibis.window(group_by="area", order_by=["reported_at", "n"], preceding=1, following=0)
        running = rows.mutate(
            running=rows.units.sum().over(window),
            second=rows.reported_at.truncate("s").epoch_seconds(),
            before=rows.n.lag().over(ibis.window(group_by="area", order_by=["reported_at", "n"])),
            week=rows.reported_at.truncate("W"),
        )
        joined = running.join(by_area, "area", how="left")
        return engine.collect(joined.filter(joined.n > 1).drop("kinds"), "n")

    assert_same_table(analysis(duck), analysis(spark))


TEXTS = st.lists(
    st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=8
)


@pytest.mark.spark
@settings(max_examples=20)  # each asks Spark twice
@given(texts=TEXTS, seconds=st.lists(st.none() | st.integers(-(10**10), 10**10), max_size=8))
def test_any_text_and_time_goes_through_both_engines(
    duck: Engine, spark: Engine, texts: list[str | None], seconds: list[int | None]
) -> None:
    rows = max(len(texts), len(seconds))
    table = pa.table(
        {
            "n": pa.array(range(rows), pa.int64()),
            "text": pa.array(texts + [None] * (rows - len(texts)), pa.string()),
            "at": pa.array(
                [None if one is None else one * 1_000_000 for one in seconds]
                + [None] * (rows - len(seconds)),
                pa.timestamp("us"),
            ),
        }
    )
    assert_same_table(
        duck.collect(duck.table(table), ["text", "n"]), spark.collect(spark.table(table), ["text", "n"])
    )


def test_more_than_the_memory_holds_is_sorted_on_disk(tmp_path: Path) -> None:
    """About 400 MB of rows through an engine that may hold 160 MiB."""
    with connect("duckdb", memory_mib=160, threads=1, spill_dir=tmp_path / "spill") as engine:
        numbers = engine.table(pa.table({"n": pa.array(range(2_000_000), pa.int64())}))
        again = numbers.select(
            "n", key=(numbers.n * 7919) % 1_000_003, text=numbers.n.cast("string").lpad(200, "x")
        )
        engine.write(again, tmp_path / "big.parquet", ["key", "n"])
    keys = pq.read_table(tmp_path / "big.parquet", columns=["key"])["key"].to_numpy()
    assert len(keys) == 2_000_000
    assert (keys[1:] >= keys[:-1]).all()


def test_duckdb_neither_installs_nor_loads_anything(duck: Engine) -> None:
    with pytest.raises(Exception, match="local extension"):
        duck.backend.raw_sql("INSTALL httpfs")
    with pytest.raises(Exception, match="httpfs"):
        duck.backend.raw_sql("SELECT * FROM read_csv('http://localhost:9/none.csv')")


def test_spilled_files_go_when_the_engine_closes() -> None:
    with connect("duckdb") as engine:
        spill = engine.spill_dir
        assert spill.is_dir()
    assert not spill.exists()


def test_what_a_killed_process_spilled_goes_with_the_next_and_what_is_in_use_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = """
import os, signal
from lippen.engine import connect
engine = connect("duckdb")
(engine.spill_dir / "rows").write_text("spilled")
os.kill(os.getpid(), signal.SIGKILL)
"""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "lippen-spill-link").symlink_to(tmp_path)
    with connect("duckdb") as other:
        subprocess.run(
            [sys.executable, "-c", killed], env={**os.environ, "TMPDIR": str(tmp_path)}, check=False
        )
        assert len([one for one in tmp_path.iterdir() if one.is_dir() and not one.is_symlink()]) == 2
        with connect("duckdb") as engine:
            there = {one for one in tmp_path.iterdir() if not one.is_symlink()}
            assert there == {other.spill_dir, engine.spill_dir}


def test_the_environment_chooses_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIPPEN_ENGINE", raising=False)
    with connect() as engine:
        assert engine.name == "duckdb"
    monkeypatch.setenv("LIPPEN_ENGINE", "postgres://somewhere")
    with pytest.raises(EngineError, match=r"postgres://somewhere.*Set LIPPEN_ENGINE"):
        connect()


def test_spark_without_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match=r"no Java.*Install Java 17"):
        connect("local[2]")


def test_spark_without_the_extra_says_how_to_add_it() -> None:
    """In a process of its own, since this one may hold pyspark already."""
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "from lippen.engine import connect\n"
        "try: connect('local[2]')\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True
    )
    assert run.stdout.startswith("EngineError Spark was asked for but is not installed")
    assert "pip install 'lippen[spark]'" in run.stdout
