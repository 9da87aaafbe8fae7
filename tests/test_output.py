"""An output folder appears whole or not at all, and nobody else's is touched."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lippen import output
from lippen.output import LIST, OutputRefused, refuse_altered, refuse_within, scratch_beside, whole_folder

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
    assert set(tree(out)) == {LIST, "facts.json", "page.html", "tables/one.txt"}
    names = [line[66:] for line in tree(out)[LIST].splitlines()]
    assert names == ["facts.json", "page.html", "tables/one.txt"]
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


def killed_at_work(out: Path) -> None:
    with whole_folder(out, "facts.json", OTHERS) as made:
        (made / "page.html").write_text("half")
        (scratch_beside(made) / "workspace").mkdir()
        os.kill(os.getpid(), signal.SIGKILL)


def killed_between_two_renames(out: Path) -> None:
    output._exchange = lambda _one, _other: False
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if target == out:
            os.kill(os.getpid(), signal.SIGKILL)
        return rename(self, target)

    Path.rename = killed
    with whole_folder(out, "facts.json", OTHERS) as made:
        (scratch_beside(made) / "records.parquet").touch()
        (made / "facts.json").write_text(json.dumps({"versions": {"lippen": "1"}}))


def killed_in(body: Callable[[Path], None], out: Path) -> None:
    process = get_context("spawn").Process(target=body, args=(out,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def test_what_a_killed_run_left_goes_with_the_next(tmp_path: Path) -> None:
    out = tmp_path / "out"
    killed_in(killed_at_work, out)
    assert [one.startswith(".out.") for one in listed(tmp_path)] == [True]
    write(tmp_path / "out-2", "another place")
    assert len(listed(tmp_path)) == 2
    write(out, "first")
    assert sorted(listed(tmp_path)) == ["out", "out-2"]
    assert tree(out)["page.html"] == "first"


def test_what_a_killed_run_had_taken_away_is_put_back(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    killed_in(killed_between_two_renames, out)
    assert "out" not in listed(tmp_path)
    with pytest.raises(RuntimeError), whole_folder(out, "facts.json", OTHERS):
        raise RuntimeError
    assert listed(tmp_path) == ["out"]
    assert tree(out)["page.html"] == "first"


def test_a_run_under_way_and_what_is_somebodys_own_are_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in (".out.mine.part", ".out.locked.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "letter.txt").write_text("mine")
    (tmp_path / ".out.locked.part" / "lock").touch()
    with whole_folder(out, "facts.json", OTHERS) as made:
        write(out, "meanwhile")
        assert made.is_dir()
        for name in ("page.html", "tables"):
            (made / name).touch()
        (made / "facts.json").write_text(json.dumps({"versions": {"lippen": "1"}}))
    assert tree(out)["page.html"] == ""
    assert sorted(listed(tmp_path)) == [".out.locked.part", ".out.mine.part", "out"]


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
    digests = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in sorted(held)}
    (out / LIST).write_text("".join(f"{of} *{name}\n" for name, of in digests.items()))
    before = tree(out)
    if ours and "facts.json" in held and held <= {"facts.json", *OTHERS}:
        write(out, "new")
        assert tree(out)["page.html"] == "new"
    else:
        with pytest.raises(OutputRefused, match="holds something that Lippen did not write"):
            write(out, "new")
        assert tree(out) == before
    assert listed(out.parent) == ["out"]


PATHS = st.lists(
    st.sampled_from(["tables", "own", ".hidden", "one.txt", "a b", "\n", "é"]), min_size=1, max_size=4
)


@given(inside=PATHS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_of_somebodys_own_is_never_deleted_however_deep(
    inside: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("case") / "out"
    write(out, "first")
    own = out.joinpath("tables", *inside)
    if not own.exists() and not any(one.is_file() for one in own.parents):
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text("mine")
    before = tree(out)
    if set(before) == {LIST, "facts.json", "page.html", "tables/one.txt"}:
        write(out, "second")
        return
    with pytest.raises(OutputRefused, match="did not put this file there") as refused:
        write(out, "second")
    assert refused.value.file == str(own)
    assert str(refused.value).endswith("Move it elsewhere, or name another folder for the output.")
    assert tree(out) == before
    own.unlink()
    write(out, "third")
    assert tree(out)["page.html"] == "third"


def test_a_link_of_somebodys_own_is_not_deleted(tmp_path: Path) -> None:
    out, away = tmp_path / "out", tmp_path / "away"
    write(out, "first")
    away.mkdir()
    for name, points_to in (("folder", away), ("nothing", tmp_path / "gone")):
        link = out / "tables" / name
        link.symlink_to(points_to)
        with pytest.raises(OutputRefused, match=rf"tables/{name}: .*, but did not put this file there"):
            write(out, "second")
        assert link.is_symlink()
        link.unlink()


def test_without_its_list_nothing_is_known_to_be_lippens(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    (out / LIST).unlink()
    with pytest.raises(OutputRefused, match="the list of what it put there is gone") as refused:
        write(out, "second")
    assert "Delete the folder if nothing in it is yours" in str(refused.value)
    assert tree(out)["page.html"] == "first"


@pytest.mark.parametrize("text", ["", "facts.json\n", "\n", "x" * 64 + " *facts.json\n"])
def test_a_damaged_list_is_as_good_as_none(text: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    (out / LIST).write_text(text)
    with pytest.raises(OutputRefused, match="is gone or damaged"):
        write(out, "second")
    with pytest.raises(OutputRefused, match="is gone or damaged"):
        refuse_altered(out, ["tables"])


def test_a_file_that_somebody_changed_is_not_replaced_without_a_word(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    (out / "tables" / "one.txt").write_text("first, corrected by hand")
    with pytest.raises(OutputRefused) as refused:
        write(out, "second")
    assert str(refused.value) == (
        f"{out / 'tables' / 'one.txt'}: this file was changed after Lippen wrote it; replacing the folder "
        "would undo that. Move it elsewhere, or name another folder for the output."
    )
    assert tree(out)["tables/one.txt"] == "first, corrected by hand"
    (out / "tables" / "one.txt").rename(tmp_path / "mine.txt")
    write(out, "second")
    assert tree(out)["tables/one.txt"] == "second"


def test_the_list_can_be_checked_without_lippen(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    check = ["sha256sum", "--check", "--strict", LIST]
    assert subprocess.run(check, cwd=out, check=False, capture_output=True).returncode == 0
    (out / "page.html").write_text("other")
    assert subprocess.run(check, cwd=out, check=False, capture_output=True).returncode == 1


def test_what_is_read_again_must_be_as_it_was_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    refuse_altered(out, ["facts.json", "tables"])
    (out / "page.html").write_text("other")
    refuse_altered(out, ["facts.json", "tables"])  # nobody reads the page
    for spoil, says in (
        (lambda one: one.with_name("more.txt").write_text("more"), "did not put this file there"),
        (lambda one: one.with_name("more.txt").unlink() or one.write_text("x"), "was changed after"),
        (lambda one: one.unlink(), "is gone"),
        (lambda one: one.symlink_to(out / "page.html"), "was changed after"),
    ):
        spoil(out / "tables" / "one.txt")
        with pytest.raises(OutputRefused, match=says) as refused:
            refuse_altered(out, ["facts.json", "tables"])
        assert "Write it again" in str(refused.value)


def test_a_name_that_can_be_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name, says in (("loop", "lead in a circle"), ("bad\udcff", "is not text")):
        with pytest.raises(OutputRefused, match=says):
            write(tmp_path / name, "first")
    assert listed(tmp_path) == ["loop"]


def test_a_place_where_nothing_can_be_made_is_named_as_it_was_given(tmp_path: Path) -> None:
    out = tmp_path / (
        "n" * 250
    )  # a name that can be, and what would lie beside it meanwhile has one that cannot
    with pytest.raises(OSError, match="name too long") as refused:
        write(out, "first")
    assert refused.value.filename == str(out)


def test_what_somebody_took_out_is_not_missed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    (out / "tables" / "one.txt").unlink()
    write(out, "second")
    assert tree(out)["tables/one.txt"] == "second"


def test_an_output_within_what_is_read_is_refused(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    (tmp_path / "link").symlink_to(exports)
    for out in (exports, exports / "out", exports / "a" / ".." / "out", tmp_path / "link" / "out"):
        with pytest.raises(OutputRefused, match="would lie in the folder of exports") as refused:
            refuse_within(out, exports)
        assert str(refused.value).endswith("Name a folder outside of it.")
    for out in (tmp_path, tmp_path / "exports-out", exports / ".." / "out"):
        refuse_within(out, exports)


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
