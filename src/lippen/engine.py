"""Where queries run: DuckDB inside this process, or Spark when a town becomes a nation.

Both engines take the same Ibis expressions and give back the same Arrow tables. What would differ is kept
out of the expressions or evened out here:

* times are naive UTC everywhere (`timestamp[us]`, no zone). Spark's session zone is UTC and its plain
  timestamp is TIMESTAMP_NTZ; some Spark functions (truncating to a day, for one) still answer in a
  zone-aware type, so `collect` and `write` cast to the type that the expression declares;
* Spark runs with ANSI rules on: a wrong cast, an overflow or a division by zero is an error there, where
  DuckDB fails on the first two and gives infinity on the third. Guard every divisor with `nullif(0)`;
* rows come back in no order unless `order_by` asks for one; nulls sort last on both;
* sums of floats differ in the last bits, between engines and from run to run of DuckDB: what decides
  anything is summed as integer or decimal;
* seconds between two times: `truncate("s").epoch_seconds()` of each, subtracted. Without the truncation a
  fraction of a second fails on DuckDB; `delta` counts boundaries crossed on DuckDB and whole units on Spark;
  a plain difference, or a cast of a time to a number, works on neither.

User functions, asof joins, `.hash()`, `.bucket()`, `.mode()`, ordered `.collect()`, distinct counts over a
window and engine-only patterns are not to be used: each fails or differs on one side.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
import tempfile
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis
import pyarrow as pa

from lippen.errors import LippenError

_SPILL = "lippen-spill-"

DEFAULT_MEMORY_MIB = 1024
"""What an engine may hold before it spills to disk; the rest of the 2 GiB budget is for models and text."""


_NAMED_FILE = re.compile(r"""(?:file|File|pattern) (["'])(/.+?\.parquet)\1""")
"""How DuckDB names the file that it cannot read. A query that is wrong names none."""


class EngineError(LippenError):
    """The engine that was asked for cannot be started, or a file that it is to read is damaged."""


def connect(
    url: str | None = None,
    memory_mib: int = DEFAULT_MEMORY_MIB,
    threads: int | None = None,
    spill_dir: Path | None = None,
) -> Engine:
    """Start an engine.

    `url` is `duckdb`, `local[N]` (Spark inside this machine) or `spark://host:port`; None reads the
    environment variable LIPPEN_ENGINE and falls back to DuckDB. `memory_mib` bounds what the engine holds in
    memory (MiB); what does not fit goes to `spill_dir`, by default a directory of its own that `close`
    removes. `threads` defaults to every core. A Spark cluster must see the same paths as this machine.

    Raises EngineError when the url is not understood, the Spark extra is not installed or Java is absent.
    """
    wanted = (url or os.environ.get("LIPPEN_ENGINE") or "duckdb").strip()
    if wanted == "duckdb":
        return DuckEngine(memory_mib, threads, spill_dir)
    if wanted.startswith(("spark://", "local[")) or wanted == "local":
        return SparkEngine(wanted, memory_mib, threads, spill_dir)
    raise EngineError(
        f"the engine {wanted!r} is not known",
        remedy="Set LIPPEN_ENGINE to duckdb, local[2] or spark://host:port, or leave it unset.",
    )


class Engine(ABC):
    """Tables in, tables out, on one of the two engines.

    `name` is `duckdb` or `spark`; `backend` is the Ibis backend, for what this front does not offer. An
    engine is a context manager, and `close` removes whatever it spilled.
    """

    name: str
    backend: Any

    def __init__(self, spill_dir: Path | None) -> None:
        self._own_spill: int | None = None
        if spill_dir is None:
            self.spill_dir, self._own_spill = _own_folder()
        else:
            self.spill_dir = spill_dir
            self.spill_dir.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def read(self, paths: Path | str | Sequence[Path | str]) -> ibis.Table:
        """A lazy table over Parquet files, which must share their columns. Raises EngineError on no path.

        A file that is damaged raises EngineError here, or when its rows are asked for.
        """

    @abstractmethod
    def table(self, rows: pa.Table, name: str | None = None) -> ibis.Table:
        """A table over Arrow rows held in memory, usable in one expression with what `read` gives.

        `name` replaces an earlier table of that name; without it each call has a name of its own.
        """

    @abstractmethod
    def keep(self, expr: ibis.Table) -> ibis.Table:
        """The rows of an expression that is used more than once, worked out now (on Spark when first used).

        They stay with the engine until it closes, on disk where the memory is too small.
        """

    @abstractmethod
    def _arrow(self, expr: ibis.Table) -> pa.Table:
        """The rows of an expression, in whatever types the engine gives."""

    @abstractmethod
    def write(self, expr: ibis.Table, path: Path | str, order_by: str | Sequence[str]) -> None:
        """Write the rows as one Parquet file (zstd), sorted by the columns of `order_by`, nulls last.

        The file appears under its name when whole; one that was there before is replaced. Rows are sorted on
        disk when they outgrow the memory, so an input larger than memory is written all the same.
        """

    def collect(self, expr: ibis.Table, order_by: str | Sequence[str] | None = None) -> pa.Table:
        """The rows as an Arrow table: same types on both engines, times naive `timestamp[us]`.

        Sorted by the columns of `order_by` (nulls last) when given, else in no order.
        """
        if order_by is not None:
            expr = expr.order_by(_names(order_by))
        return _as_declared(self._arrow(expr), expr.schema())

    def close(self) -> None:
        """Stop the engine and remove what it spilled."""
        if self._own_spill is not None:
            shutil.rmtree(self.spill_dir, ignore_errors=True)
            os.close(self._own_spill)
            self._own_spill = None


def _own_folder() -> tuple[Path, int]:
    """A new folder for what spills, and the lock that is held on it. Those on which nobody holds one were
    left by processes that were killed, and go now.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_SPILL}*"):
        if (lock := _locked(left)) is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_SPILL))
        if (lock := _locked(folder)) is not None:
            if folder.exists():
                return folder, lock
            os.close(lock)  # another was quicker, and took it for one that was left


def _locked(folder: Path) -> int | None:
    """Lock a folder; None where somebody else holds it, or it is none of ours."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


class DuckEngine(Engine):
    """DuckDB in this process. It installs and loads no extension, so it never reaches for the network."""

    name = "duckdb"

    def __init__(self, memory_mib: int, threads: int | None, spill_dir: Path | None) -> None:
        super().__init__(spill_dir)
        settings: dict[str, Any] = {
            "memory_limit": f"{memory_mib}MiB",
            "temp_directory": str(self.spill_dir),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            # An explicit INSTALL then looks into a local directory that is not there, and not on the network.
            "custom_extension_repository": str(self.spill_dir / "no-extensions"),
            # Without this, big unsorted results are buffered to keep an order that nobody asked for.
            "preserve_insertion_order": False,
        }
        if threads is not None:
            settings["threads"] = threads
        self.backend = ibis.duckdb.connect(**settings)

    def read(self, paths: Path | str | Sequence[Path | str]) -> ibis.Table:
        with _damage_told():
            return self.backend.read_parquet(_paths(paths))

    def table(self, rows: pa.Table, name: str | None = None) -> ibis.Table:
        name = name or f"rows_{uuid.uuid4().hex}"
        self.backend.con.register(name, rows)
        return self.backend.table(name)

    def keep(self, expr: ibis.Table) -> ibis.Table:
        with _damage_told():
            return self.backend.create_table(f"kept_{uuid.uuid4().hex}", _declared(expr), temp=True)

    def _arrow(self, expr: ibis.Table) -> pa.Table:
        with _damage_told():
            return self.backend.to_pyarrow(expr)

    def write(self, expr: ibis.Table, path: Path | str, order_by: str | Sequence[str]) -> None:
        path = Path(path)
        part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        try:
            ordered = _declared(expr).order_by(_names(order_by))
            # Groups are cut by size as well as by rows: wide rows are then written as they are sorted.
            with _damage_told():
                self.backend.to_parquet(ordered, part, compression="zstd", row_group_size_bytes="16MB")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def close(self) -> None:
        self.backend.disconnect()
        super().close()


class SparkEngine(Engine):
    """Spark, in this machine or on a cluster. Needs the `spark` extra and Java 17 or newer."""

    name = "spark"

    def __init__(self, master: str, memory_mib: int, threads: int | None, spill_dir: Path | None) -> None:
        session_type = _spark_session_type()
        super().__init__(spill_dir)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings = {
            "spark.driver.memory": f"{memory_mib}m",
            "spark.local.dir": str(self.spill_dir),
            "spark.sql.warehouse.dir": str(self.spill_dir / "warehouse"),
            "spark.sql.timestampType": "TIMESTAMP_NTZ",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "true",
            # Ibis names every column anew at each step; Spark then infers filters for all combinations of the
            # names and runs out of memory before the query starts.
            "spark.sql.constraintPropagation.enabled": "false",
            "spark.sql.parquet.compression.codec": "zstd",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        if master.startswith("local"):
            # Nothing outside this machine has business with a session that lives inside it.
            settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
            settings["spark.sql.shuffle.partitions"] = str(2 * (threads or os.cpu_count() or 1))
        builder = session_type.builder.master(master).appName("lippen")
        for key, value in settings.items():
            builder = builder.config(key, value)
        try:
            self._session = builder.getOrCreate()
        except Exception as error:
            super().close()
            raise EngineError(
                f"Spark did not start at {master}: {str(error).splitlines()[0] if str(error) else error!r}",
                remedy="Check the address and that the cluster runs Spark 4.0 with Java 17.",
            ) from error
        self._session.sparkContext.setLogLevel("ERROR")
        self.backend = ibis.pyspark.connect(self._session)

    def read(self, paths: Path | str | Sequence[Path | str]) -> ibis.Table:
        name = f"read_{uuid.uuid4().hex}"
        self._session.read.parquet(*_paths(paths)).createOrReplaceTempView(name)
        return self.backend.table(name)

    def table(self, rows: pa.Table, name: str | None = None) -> ibis.Table:
        name = name or f"rows_{uuid.uuid4().hex}"
        self._session.createDataFrame(rows).createOrReplaceTempView(name)
        return self.backend.table(name)

    def keep(self, expr: ibis.Table) -> ibis.Table:
        name = f"kept_{uuid.uuid4().hex}"
        self._frame(expr).persist().createOrReplaceTempView(name)
        return self.backend.table(name)

    def _arrow(self, expr: ibis.Table) -> pa.Table:
        return self._frame(expr).toArrow()

    def write(self, expr: ibis.Table, path: Path | str, order_by: str | Sequence[str]) -> None:
        from pyspark.sql import functions as spark  # noqa: PLC0415 - only there with the extra

        path = Path(path)
        folder = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        keys = [spark.col(name).asc_nulls_last() for name in _names(order_by)]
        try:
            one = self._frame(_declared(expr)).repartition(1).sortWithinPartitions(*keys)
            one.write.parquet(str(folder))
            (part,) = folder.glob("part-*.parquet")
            part.replace(path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _frame(self, expr: ibis.Table) -> Any:
        return self._session.sql(self.backend.compile(expr))

    def close(self) -> None:
        self._session.stop()
        super().close()


@contextmanager
def _damage_told() -> Iterator[None]:
    """What DuckDB says of a file that it cannot read, as an error that names the file and what to do."""
    import duckdb  # noqa: PLC0415 - Spark goes without it

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        said = str(error).partition("\n")[0]
        named = _NAMED_FILE.search(said)
        if named is None:
            raise
        raise EngineError(
            "this file cannot be read: it is damaged",
            file=named[2],
            remedy="Restore it from a backup, or make it anew: signals with lippen import into a new"
            " workspace, results by running again what made them (lippen trade, lippen brief).",
        ) from error


def _spark_session_type() -> Any:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - only there with the extra
    except ImportError as error:
        raise EngineError(
            "Spark was asked for but is not installed",
            remedy="Install it with: pip install 'lippen[spark]', or unset LIPPEN_ENGINE to use DuckDB.",
        ) from error
    java_home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{java_home}/bin" if java_home else None) is None:
        raise EngineError(
            "Spark was asked for but there is no Java",
            remedy="Install Java 17 (Debian: openjdk-17-jre-headless), or unset LIPPEN_ENGINE to use DuckDB.",
        )
    return SparkSession


def _paths(paths: Path | str | Sequence[Path | str]) -> list[str]:
    found = [str(paths)] if isinstance(paths, (str, Path)) else [str(path) for path in paths]
    if not found:
        raise EngineError("no file to read was given")
    return found


def _names(columns: str | Sequence[str]) -> list[str]:
    return [columns] if isinstance(columns, str) else list(columns)


def _plain(kind: pa.DataType) -> pa.DataType:
    """The one Arrow type both engines give for a declared type: naive microseconds for every time."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    return kind


def _as_declared(rows: pa.Table, schema: ibis.Schema) -> pa.Table:
    """Cast to the declared types and drop what the engine says of nullability: it differs between them."""
    wanted = pa.schema([pa.field(f.name, _plain(f.type)) for f in schema.to_pyarrow()])
    return rows.cast(wanted)


def _declared(expr: ibis.Table) -> ibis.Table:
    """The expression with every time cast to naive microseconds, so that the file holds what it declares."""
    naive = ibis.expr.datatypes.Timestamp(scale=6)
    times = {name: naive for name, kind in expr.schema().items() if kind.is_timestamp()}
    return expr.cast(times) if times else expr
