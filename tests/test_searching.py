"""How a search finds incidents, example by example: a national system once failed on exactly this."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.search import Answer, Likeness, distance, likenesses, make_index, search
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace

QUIET = Stages(quiet=True)

MAPPING = """
kind = "incident"
zone = "Europe/London"

[columns]
incident_id = "id"
reported_at = "at"
kind = "kind"
place = "place"
larger_area = "ward"
text = "text"
disposal = "end"

[outcomes]
unfounded = ["NOTHING FOUND"]
founded = ["DONE"]
"""

CALLS = (
    ("PS-20250301-0041", "NOISE", "Kirkgate Wynd", "Loud music from the flat above the bakery"),
    ("PS-20250301-0042", "FIRE", "Harbour Street", "Bins on fire behind the Co-op, youths running"),
    ("PS-20250302-0007", "FIRE", "Harbor Street", "Smoke seen, brigade informed"),
    ("PS-20250303-0011", "SUSPICIOUS", "Kirkgait", "Man trying car doors; O'Neil's van hit as well"),
    ("PS-20250304-0002", "SUSPICIOUS", "Braeside", "Burglery in progress reported, nothing found"),
    ("PS-20250305-0009", "BURGLARY", "Braeside", "Café window forced overnight"),
    ("PS-20250306-0009", "NOISE", "Old Park", "Dogs barking in the dark"),
)


@pytest.fixture(scope="module")
def workspace(duck: Engine, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    beside = tmp_path_factory.mktemp("searching")
    (beside / "mapping.toml").write_text(MAPPING)
    (beside / "calls").mkdir()
    rows = [
        {
            "id": one,
            "at": f"2025-03-{day:02d} 21:15",
            "kind": kind,
            "place": place,
            "ward": "Kirkgate Ward" if place == "Old Park" else "Seaside",
            "text": text,
            "end": "DONE",
        }
        for day, (one, kind, place, text) in enumerate(CALLS, start=1)
    ]
    pq.write_table(pa.Table.from_pylist(rows), beside / "calls" / "march.parquet")
    opened = Workspace.open(beside / "workspace", duck)
    import_folder(beside / "calls", load_mapping(beside / "mapping.toml"), opened, QUIET)
    return opened


@pytest.fixture(scope="module")
def index(workspace: Workspace) -> Path:
    made = make_index(workspace, QUIET)
    assert made is not None
    return made


def ids(answer: Answer) -> list[str]:
    return [hit.incident_id[3:] for hit in answer.hits]


FOUND = {
    "case does not count": ("HARBOUR street", ["20250301-0042", "20250302-0007"]),
    "an American spelling finds the British one": ("harbor", ["20250302-0007", "20250301-0042"]),
    "a street as the caller said it, the closest spelling first": (
        "kirkgate wynd",
        ["20250301-0041"],
    ),
    "a street before the area of that name, and both before another spelling": (
        "kirkgate",
        ["20250301-0041", "20250306-0009", "20250303-0011"],
    ),
    "a street that is spelt almost so before an area that is": (
        "kirkgait",
        ["20250303-0011", "20250301-0041", "20250306-0009"],
    ),
    "a spelling that nothing has, the streets first": (
        "kirkgat",
        ["20250303-0011", "20250301-0041", "20250306-0009"],
    ),
    "a misspelt text is found by the right word": ("burglary", ["20250305-0009", "20250304-0002"]),
    "two letters exchanged": ("burlgary", ["20250305-0009", "20250304-0002"]),
    "two slips in a long word": ("suspitious", ["20250304-0002", "20250303-0011"]),
    "accents do not count": ("cafe", ["20250305-0009"]),
    "and may be given": ("CAFÉ", ["20250305-0009"]),
    "an apostrophe does not count": ("oneils", ["20250303-0011"]),
    "nor a curled one": ("O’Neil's", ["20250303-0011"]),
    "a beginning": ("bak", []),
    "a beginning of four letters": ("bake", ["20250301-0041"]),
    "words in any order": ("fire bins", ["20250301-0042"]),
    "every word must be there": ("fire bakery", []),
    "words that stand together": ('"on fire"', ["20250301-0042"]),
    "and not apart": ('"fire on"', []),
    "quotation marks take a word as it is": ('"harbor"', ["20250302-0007"]),
    "quotation marks that nobody closed": ('"harbor', ["20250302-0007"]),
    "an id": ("PS-20250304-0002", ["20250304-0002"]),
    "the beginning of an id": ("PS-20250301", ["20250301-0042", "20250301-0041"]),
    "a number is never guessed at": ("0043", []),
    "a short word only as it is": ("van", ["20250303-0011"]),
    "a word of four letters as it is, where it is": ("park", ["20250306-0009"]),
    "and one slip away where it is not": ("bims", ["20250301-0042"]),
    "signs between words": ("co-op", ["20250301-0042"]),
    "nothing at all": ("", []),
    "signs alone": ("*** -- ()", []),
    "what a search engine would take for a command": ("fire NOT bins OR", []),
    "a column's name with a colon": ("kind:noise", []),
    "a wildcard is no word": ("nois*", ["20250306-0009", "20250301-0041"]),
}


@pytest.mark.parametrize(("asked", "expected"), FOUND.values(), ids=FOUND)
def test_what_is_found(index: Path, asked: str, expected: list[str]) -> None:
    assert ids(search(index, asked)) == expected


def test_it_says_for_what_a_word_was_taken_and_which_was_nowhere(index: Path) -> None:
    (harbour,) = search(index, "harbour").words
    assert (harbour.text, harbour.close, harbour.begin) == ("harbour", ("harbor",), ())
    assert harbour.found
    (nois,) = search(index, "nois").words
    assert (nois.close, nois.begin) == ((), ("noise",)), "what begins with it is told apart"
    fire, nowhere = search(index, "fire zeppelin").words
    assert (fire.found, nowhere.found) == (True, False)


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("DISTURBANCE", "Disturbance", [Likeness("disturbance", "disturbance", 0)]),
        ("DISTURBANCE", "distrbance", [Likeness("distrbance", "disturbance", 1)]),
        ("DISTURBANCE", "dist", [Likeness("dist", "disturbance", 0, begins=True)]),
        ("Kirkgait & Millgait", "kirkgate", [Likeness("kirkgate", "kirkgait", 2)]),
        (
            "Kirkgait & Millgait",
            "milgait kirkgait",
            [Likeness("milgait", "millgait", 1), Likeness("kirkgait", "kirkgait", 0)],
        ),
        ("Kirkgait & Millgait", "kirkgait noise", []),
        ("Kirkgait & Millgait", '"kirkgat"', []),
        ("small area 07", "08", []),
        ("Carsemuir", "", []),
    ],
)
def test_a_name_is_found_as_incidents_are(name: str, asked: str, expected: list[Likeness]) -> None:
    assert list(*likenesses([name], asked)) == expected


def test_an_answer_comes_page_by_page_the_newest_of_what_is_as_close_first(index: Path) -> None:
    first = search(index, "PS", many=3)
    second = search(index, "PS", start=3, many=3)
    assert (first.many, first.more) == (len(CALLS), False)
    days = [hit.local_day for hit in (*first.hits, *second.hits)]
    assert days == sorted(days, reverse=True)
    assert len(set(ids(first)) | set(ids(second))) == 6
    assert first.hits[0].text == "Dogs barking in the dark"
    assert (first.hits[0].local_day, first.hits[0].local_hour) == ("2025-03-07", 21)


@given(st.text(max_size=300))
def test_no_search_fails(index: Path, asked: str) -> None:
    answer = search(index, asked)
    assert len(answer.words) <= 8


def test_it_is_made_once_for_one_set_of_imports_and_anew_for_another(
    workspace: Workspace, index: Path, tmp_path: Path, duck: Engine
) -> None:
    before = index.stat().st_mtime_ns
    assert make_index(workspace, QUIET) == index
    assert index.stat().st_mtime_ns == before
    empty = Workspace.open(tmp_path / "workspace", duck)
    assert make_index(empty, QUIET) is None
    left_over = index.with_name("0123.sqlite3")
    left_over.write_bytes(b"")
    assert make_index(workspace, QUIET) == index == workspace.lake / workspace.manifest().search_index
    assert not left_over.exists()
    with pytest.raises(FileNotFoundError):
        search(left_over, "fire")


def test_protected_kinds_are_not_in_it(duck: Engine, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    calls.mkdir()
    (calls / "one.csv").write_text(
        "id,at,kind,place,ward,text,end\n"
        "A-1,2025-03-01 21:15,SEXUAL ASSAULT,Braeside,Seaside,told in confidence,DONE\n"
        "A-2,2025-03-01 21:20,NOISE,Braeside,Seaside,told aloud,DONE\n"
    )
    (tmp_path / "mapping.toml").write_text(MAPPING)
    opened = Workspace.open(tmp_path / "workspace", duck)
    import_folder(calls, load_mapping(tmp_path / "mapping.toml"), opened, QUIET)
    made = make_index(opened, QUIET)
    assert made is not None
    assert [hit.incident_id for hit in search(made, "told").hits] == ["A-2"]
    assert b"confidence" not in made.read_bytes()


@pytest.mark.parametrize("harm", ["emptied", "cut short", "overwritten", "another form"])
def test_a_damaged_index_is_let_go_of_so_that_it_is_made_anew(
    workspace: Workspace, index: Path, tmp_path: Path, harm: str
) -> None:
    whole = index.read_bytes()
    spoilt = tmp_path / "spoilt.sqlite3"
    spoilt.write_bytes(
        {
            "emptied": b"",
            "cut short": whole[:6_000],
            "overwritten": b"not a database, whatever its name says" * 400,
            "another form": whole[:60] + (99).to_bytes(4, "big") + whole[64:],
        }[harm]
    )
    with pytest.raises(FileNotFoundError):
        search(spoilt, "fire")
    assert not spoilt.exists()
    assert ids(search(make_index(workspace, QUIET) or index, "fire"))


def test_words_that_begin_with_another_are_all_found_however_many_there_are(
    duck: Engine, tmp_path: Path
) -> None:
    begun = [f"kirk{first}{second}" for first in "abcdef" for second in "ghijkl"]
    calls = tmp_path / "calls"
    calls.mkdir()
    (calls / "one.csv").write_text(
        "id,at,kind,place,ward,text,end\n"
        + "".join(
            f"A-{n},2025-03-01 21:15,NOISE,Braeside,Seaside,{one},DONE\n" for n, one in enumerate(begun)
        )
    )
    (tmp_path / "mapping.toml").write_text(MAPPING)
    opened = Workspace.open(tmp_path / "workspace", duck)
    import_folder(calls, load_mapping(tmp_path / "mapping.toml"), opened, QUIET)
    made = make_index(opened, QUIET)
    assert made is not None
    answer = search(made, "kirk", many=100)
    assert {hit.text for hit in answer.hits} == {*begun}
    assert len(answer.words[0].begin) < len(begun), "so many are not named one by one"


WORDS = st.text(alphabet="abcde", min_size=1, max_size=9)


@given(WORDS, WORDS)
def test_a_distance_is_the_same_both_ways_and_nought_for_one_word(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("kitten", "sitting", 3), ("ca", "ac", 1), ("ca", "abc", 3), ("harbour", "harbor", 1)],
)
def test_known_distances(one: str, other: str, slips: int) -> None:
    """`ca` and `abc` are 3 apart in the restricted form, where no exchanged pair is altered again."""
    assert distance(one, other) == slips
