"""What all tests share: the two engines, the real data, a browser, and an account of what was left out."""

from __future__ import annotations

import fcntl
import gc
import importlib.util
import os
import pickle
import re
import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from lippen.engine import Engine, connect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

    from lippen.advert_models import LearnedModel

ROOT = Path(__file__).parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"

# The same examples on every machine and no clock in the verdict: a test fails for the code's sake only.
settings.register_profile(
    "lippen", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("lippen")


def _chromium() -> str | None:
    # First the one without windows of its own: 18 tests of pages took 29 s of processor time with it, not 94.
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


def _has_spark() -> bool:
    java_home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{java_home}/bin" if java_home else None)
    return java is not None and importlib.util.find_spec("pyspark") is not None


NEEDS = {
    "real": (
        REAL_DATA.is_dir,
        "the real data beside the checkout",
        "put the data sets in ../shared/data (they are not ours to hand on)",
    ),
    "spark": (
        _has_spark,
        "Java 17 and the spark extra",
        "apt-get install openjdk-17-jre-headless && make test",
    ),
    "browser": (
        lambda: _chromium() is not None and importlib.util.find_spec("playwright") is not None,
        "Chromium",
        "apt-get install chromium-headless-shell && make test",
    ),
    "curl": (lambda: shutil.which("curl") is not None, "curl", "apt-get install curl && make test"),
}
"""For each mark: whether this machine has it, what it is, and the one command that adds it."""

_LEFT_OUT = "left out: needs "

_left_out: Counter[str] = Counter()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Those right here start the program and take longest, and those in a browser wait longest: last, one
    # process would be left with them.
    items.sort(key=lambda item: (item.path.parent != ROOT / "tests", "_in_browser" not in item.path.name))
    absent = {mark: what for mark, (present, what, _) in NEEDS.items() if not present()}
    for item in items:
        for mark, what in absent.items():
            if item.get_closest_marker(mark) is not None:
                item.add_marker(pytest.mark.skip(reason=f"{_LEFT_OUT}{what}"))
                break


def pytest_collection() -> None:
    # Nothing of what is imported and collected is garbage.
    gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """One process at a time reads a file of tests: the first compiles it, with its assertions rewritten, and
    the others find it compiled. All at once, each of four compiled each of the files.
    """
    if not isinstance(collector, pytest.Module) or "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    with collector.path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        return (yield)


def pytest_collection_finish() -> None:
    # It stays to the end. Looking through it again and again took a twelfth of the time of 158 tests.
    gc.freeze()
    gc.enable()


_ON_SPARK = re.compile(r"[\[-]spark[\]-]|_both_engines|_on_spark$")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Side by side a file stays with one process, for what it sets up once, and so does all that is done on
    Spark: each process of its own would start a JVM and warm it.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFileAndSpark(LoadFileScheduling):  # type: ignore[misc]  # it comes without types
        def _split_scope(self, nodeid: str) -> str:
            return "spark" if _ON_SPARK.search(nodeid) else super()._split_scope(nodeid)

    return ByFileAndSpark(config, log)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # Counted from reports, since with several workers only these reach the process that sums up.
    if report.when == "setup" and report.skipped and isinstance(report.longrepr, tuple):
        for mark, (_, what, _) in NEEDS.items():
            if report.longrepr[2].endswith(f"{_LEFT_OUT}{what}"):
                _left_out[mark] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    gc.unfreeze()
    # CI must not pass on tests that were never run.
    if _left_out and os.environ.get("LIPPEN_ALL_TESTS") == "1" and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)  # below the coverage table, where it is seen
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _left_out:
        terminalreporter.write_line("Left out: nothing.")
    for mark, count in sorted(_left_out.items()):
        _, what, command = NEEDS[mark]
        terminalreporter.write_line(f"Left out: {count} tests that need {what}. To add them: {command}")


@pytest.fixture(scope="session", autouse=True)
def as_installed() -> None:
    """What tests start of the program finds nothing that only an extra brings."""
    before = os.environ.get("PYTHONPATH")
    here = str(Path(__file__).parent / "as_installed")
    os.environ["PYTHONPATH"] = here if before is None else os.pathsep.join([here, before])


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets, for tests marked `real`. Read only, and nothing is copied from it."""
    return REAL_DATA


@pytest.fixture(scope="session")
def advert_model(tmp_path_factory: pytest.TempPathFactory) -> LearnedModel:
    """What tells adverts for whoever marked none, learned once for all processes that run tests: that takes
    eight seconds of processor time.
    """
    from lippen.advert_models import LearnedModel, made_up_model

    own = tmp_path_factory.getbasetemp()
    kept = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "advert-model"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(made_up_model()))
    learned = pickle.loads(kept.read_bytes())  # noqa: S301 - these tests wrote it
    assert isinstance(learned, LearnedModel)
    return learned


@pytest.fixture(scope="session")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """DuckDB, one for the whole session."""
    with connect("duckdb", memory_mib=1024, threads=2, spill_dir=tmp_path_factory.mktemp("duck")) as engine:
        yield engine


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Spark inside this machine, one for the whole session: starting it takes seconds."""
    # Tests have Spark do most things once. Compiled lightly, two kinds on both engines took 24 s, not 50;
    # without code for whole stages, which Spark makes for speed alone, three files took 78 s, not 93.
    lightly = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dspark.sql.codegen.wholeStage=false")
    os.environ["SPARK_SUBMIT_OPTS"] = " ".join(lightly)
    with connect(
        "local[2]", memory_mib=1024, threads=2, spill_dir=tmp_path_factory.mktemp("spark")
    ) as engine:
        yield engine


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn: a test that takes this runs once on DuckDB and once on Spark."""
    chosen: Engine = request.getfixturevalue("duck" if request.param == "duckdb" else "spark")
    return chosen


def _flags() -> dict[str, Any]:
    return {
        "executable_path": _chromium(),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    }


PATIENCE_MS = 180_000
"""Milliseconds until a browser gives up what comes true. On a busy machine half a minute was not enough."""


def _patient(opens: Callable[..., Any]) -> Callable[..., Any]:
    """What opens a window or a page, in which all that is waited for is waited for so long."""

    def opened(*given: Any, **settings: Any) -> Any:
        one = opens(*given, **settings)
        one.set_default_timeout(PATIENCE_MS)
        return one

    return opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, for tests marked `browser`. It reaches for nothing outside this machine."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(timeout=PATIENCE_MS, **_flags())
        for opens in ("new_context", "new_page"):
            setattr(chromium, opens, _patient(getattr(chromium, opens)))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Callable[..., BrowserContext]:
    """Opens a Chromium of its own over the folder of a profile, as whoever owns a device does; what is closed
    stays in the folder.
    """

    def opened(folder: Path, **settings: Any) -> BrowserContext:
        opens = _patient(browser.browser_type.launch_persistent_context)
        return opens(folder, timeout=PATIENCE_MS, **_flags(), **settings)

    return opened
