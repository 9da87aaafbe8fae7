"""An output folder appears whole or not at all, and nobody else's is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lippen import output
from lippen.output import OutputRefused, whole_folder

OTHERS = frozenset({"page.html", "tables"})


def write(out: Path, mark: str) -> None:
    with whole_folder(out, "facts.json", OTHERS) as made:
        (made / "tables").mkdir()
        (made / "tables" / "one.txt").write_text(mark)
        (made / "page.html").write_text(mark)
        (made / "facts.json").write_text(json.dumps({"versions": {"lippen": "1"}, "mark": mark}))


def tree(folder: Path) -> dict[str, str]:
    return {
        one.relative_to(folder).as_posix(): one.read_text()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }


def listed(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


@pytest.fixture(params=["exchange", "two renames"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system exchanges folders in one step, or cannot."""
    if request.param == "two renames":
        monkeypatch.setattr(output, "_exchange", lambda _one, _other: False)


@pytest.mark.usefixtures("system")
def test_it_appears_and_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    write(out, "first")
    assert set(tree(out)) == {"facts.json", "page.html", "tables/one.txt"}
    write(out, "second")
    assert tree(out)["page.html"] == tree(out)["tables/one.txt"] == "second"
    assert listed(out.parent) == ["out"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "first")
    assert tree(tmp_path / "out")["page.html"] == "first"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_a_run_that_is_stopped_leaves_what_was_there(tmp_path: Path, stop: type[BaseException]) -> None:
    out = tmp_path / "out"

    def stopped() -> None:
        with whole_folder(out, "facts.json", OTHERS) as made:
            (made / "page.html").write_text("half")
            raise stop

    with pytest.raises(stop):
        stopped()
    assert listed(tmp_path) == []
    write(out, "first")
    with pytest.raises(stop):
        stopped()
    assert tree(out)["page.html"] == "first"
    assert listed(tmp_path) == ["out"]


NAMES = st.sampled_from(["facts.json", "page.html", "tables", "letter.txt", ".hidden"])


@given(held=st.sets(NAMES, min_size=1), ours=st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_what_lippen_wrote_is_replaced(
    held: set[str], ours: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("case") / "out"
    out.mkdir()
    for name in held:
        (out / name).write_text(json.dumps({"versions": {"lippen": "1"} if ours else {}}))
    before = tree(out)
    if ours and "facts.json" in held and held <= {"facts.json", *OTHERS}:
        write(out, "new")
        assert tree(out)["page.html"] == "new"
    else:
        with pytest.raises(OutputRefused, match="holds something that Lippen did not write"):
            write(out, "new")
        assert tree(out) == before
    assert listed(out.parent) == ["out"]


def test_what_moves_in_meanwhile_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def overtaken() -> None:
        with whole_folder(out, "facts.json", OTHERS) as made:
            (made / "page.html").write_text("new")
            out.mkdir()
            (out / "letter.txt").write_text("dear")

    with pytest.raises(OutputRefused, match=r"such as letter.txt"):
        overtaken()
    assert tree(out) == {"letter.txt": "dear"}


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("dear")
    with pytest.raises(OutputRefused, match="must be a folder"):
        write(tmp_path / "out", "new")
