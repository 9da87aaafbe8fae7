"""The leaflet and the poster: what stands on them, that all are alike, and that a print shop can use them."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
import qrcode
from made_partnership import (
    TODAY,
    TOML,
    done,
    make_workspace,
    publish,
    recovery,
    refused,
    worker_file,
    write_keys,
)

from lippen.paper.sheet import BOLD, MM, Code, Column, Sheet, broken, lacking, width_of
from lippen.site.speak import publishing
from lippen.site.speak.leaflet import code_of, languages, make_leaflet, words_in
from lippen.site.speak.manifest import Manifest
from lippen.site.speak.page_address import Address
from printed import said_by_pdf
from reading_age import grade

ADDRESS = "https://speak.invermarrow.example"
SVG = "{http://www.w3.org/2000/svg}"
Sheets = dict[str, dict[str, bytes]]
WORDS = Path(publishing.__file__).parent / "leaflet_words"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_workspace(tmp_path_factory.mktemp("leaflet"))
    publish(made)
    return made


@pytest.fixture(scope="module")
def signed(workspace: Path) -> Manifest:
    return publishing.published(workspace, TODAY)


def made_of(signed: Manifest, language: str = "en", address: str = ADDRESS) -> dict[str, bytes]:
    return make_leaflet(signed, Address.read(address), words_in(language))


@pytest.fixture(scope="module")
def sheets(signed: Manifest) -> Sheets:
    """The files of each language."""
    return {language: made_of(signed, language) for language in languages()}


def said_by(svg: bytes) -> list[str]:
    """Each line of text of an SVG, in the order in which it is read."""
    return [one.text or "" for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - our own


def test_the_danger_comes_first_on_every_sheet_that_is_read_first(sheets: Sheets) -> None:
    for made in sheets.values():
        for name, content in made.items():
            if name.endswith(".svg") and "back" not in name:
                assert "999" in " ".join(said_by(content)[:2]), name


@pytest.mark.parametrize("language", languages())
def test_each_pair_of_sides_says_how_to_reach_the_page_and_the_desks(
    signed: Manifest, sheets: Sheets, language: str
) -> None:
    words = publishing.fingerprint(signed.key)
    end = "" if language == "en" else f"-{language}"
    made = sheets[language]
    sides = [f"leaflet-a6-front{end}.svg", f"leaflet-a6-back{end}.svg"]
    for names in (sides, [f"poster-a4{end}.svg"]):
        said = " ".join(line for name in names for line in said_by(made[name]))
        assert words in said
        assert ADDRESS in said
        for known in ("Harbour Women's Desk", "01632 960 001", "01632 960 002", "Freepost HILL DESK"):
            assert known in said
        for line in words_in(language).said.values():
            assert line in said or line == words_in(language)["language"]


def test_the_pdf_says_what_the_svg_says_and_has_its_letters_inside(sheets: Sheets) -> None:
    for language in ("en", "pl"):
        made = sheets[language]
        end = "" if language == "en" else f"-{language}"
        sides = [made[f"leaflet-a6-{side}{end}.svg"] for side in ("front", "back")]
        assert said_by_pdf(made[f"leaflet-a6{end}.pdf"]) == [line for one in sides for line in said_by(one)]
        assert said_by_pdf(made[f"poster-a4{end}.pdf"]) == said_by(made[f"poster-a4{end}.svg"])
        assert made[f"poster-a4{end}.pdf"].count(b"/FontFile2") == 2


def test_the_paper_has_the_size_that_it_is_named_for(sheets: Sheets) -> None:
    made = sheets["en"]
    for name, width, height in (("leaflet-a6-front.svg", 105, 148), ("poster-a4.svg", 210, 297)):
        root = ElementTree.fromstring(made[name])  # noqa: S314 - our own
        assert (root.get("width"), root.get("height")) == (f"{width}mm", f"{height}mm")
    for name, width, height in (("leaflet-a6.pdf", 105, 148), ("poster-a4.pdf", 210, 297)):
        boxes = set(re.findall(rb"/MediaBox \[0 0 (\S+) (\S+)\]", made[name]))
        assert boxes == {(f"{width * MM:.2f}".encode(), f"{height * MM:.2f}".encode())}


@pytest.mark.parametrize("language", languages())
def test_nothing_stands_outside_the_paper_or_over_something_else(sheets: Sheets, language: str) -> None:
    for name, content in sheets[language].items():
        if not name.endswith(".svg"):
            continue
        root = ElementTree.fromstring(content)  # noqa: S314 - our own
        _, _, width, height = map(float, (root.get("viewBox") or "").split())
        lines = []
        for one in root.iter(f"{SVG}text"):
            x, y, size = (float(one.get(field) or 0) for field in ("x", "y", "font-size"))
            wide = width_of(one.text or "", size, bold=one.get("font-weight") == "700")
            left = x - wide if one.get("direction") == "rtl" else x
            assert left >= 10 and left + wide <= width - 10, one.text  # noqa: PT018 - one claim
            assert size <= y <= height - 10
            assert size >= 7
            lines.append((left, left + wide, y, size))
        for at, (left, right, y, size) in enumerate(lines):
            for other_left, other_right, other_y, other_size in lines[at + 1 :]:
                beside = right <= other_left or other_right <= left
                below = other_y - 0.78 * other_size >= y + 0.24 * size  # its capitals, and our tails
                above = other_y + 0.24 * other_size <= y - 0.78 * size
                assert beside or below or above, f"{name}: {y}, {other_y}"


def test_the_same_input_gives_the_same_bytes_and_no_sheet_can_be_told_from_another(
    signed: Manifest, sheets: Sheets
) -> None:
    first, again = sheets["en"], made_of(signed)
    assert first == again
    for name, content in first.items():
        assert f"{TODAY.year}".encode() not in content, f"{name} says when it was made"
        assert b"CreationDate" not in content


def test_what_stands_on_it_is_what_was_signed_and_not_what_was_changed_since(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    publish(workspace)
    (workspace / "speak" / "partnership.toml").write_text(TOML.replace("960 001", "960 666"))
    done("leaflet", "--workspace", workspace, "--out", tmp_path / "out", "--address", ADDRESS)
    said = " ".join(said_by((tmp_path / "out" / "leaflet-a6-back.svg").read_bytes()))
    assert "960 001" in said
    assert "960 666" not in said


def test_the_command_writes_the_sheets_and_says_which(workspace: Path, tmp_path: Path) -> None:
    said = done("leaflet", "--workspace", workspace, "--out", tmp_path / "out", "--address", ADDRESS)
    written = sorted(one.name for one in (tmp_path / "out").iterdir())
    assert written == [
        *("leaflet-a6-back.svg", "leaflet-a6-front.svg", "leaflet-a6.pdf", "poster-a4.pdf", "poster-a4.svg"),
    ]
    assert sorted(Path(line).name for line in said.splitlines()) == written


def test_a_language_that_no_speaker_has_checked_says_so_on_paper_and_to_whoever_prints(
    workspace: Path, tmp_path: Path
) -> None:
    to = ("leaflet", "--workspace", workspace, "--out", tmp_path, "--address", ADDRESS)
    assert "No speaker of Polski has checked" in done(*to, "--language", "pl")
    said = " ".join(said_by((tmp_path / "poster-a4-pl.svg").read_bytes()))
    assert "Tego tekstu nie sprawdziła jeszcze" in said
    assert "checked" not in done(*to)


def test_letters_that_join_are_left_to_a_browser_and_not_set_wrongly(workspace: Path, tmp_path: Path) -> None:
    to = ("leaflet", "--workspace", workspace, "--out", tmp_path, "--address", ADDRESS)
    assert "print it from there" in done(*to, "--language", "ar")
    assert [one for one in tmp_path.iterdir() if one.suffix == ".pdf"] == []
    assert b'direction="rtl"' in (tmp_path / "poster-a4-ar.svg").read_bytes()


def test_names_in_letters_of_other_languages_are_no_boxes(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    text = TOML.replace("Hill Desk", "Świetlica Łąka / Стіл / Γραφείο")
    (workspace / "speak" / "partnership.toml").write_text(text)
    publish(workspace)
    made = made_of(publishing.published(workspace, TODAY))
    assert "Świetlica Łąka / Стіл / Γραφείο" in said_by_pdf(made["leaflet-a6.pdf"])
    (workspace / "speak" / "partnership.toml").write_text(TOML.replace("Hill Desk", "丘 Desk"))
    publish(workspace)
    made = made_of(publishing.published(workspace, TODAY))
    assert not [name for name in made if name.endswith(".pdf")], "the font has no such letter"


def test_desks_cannot_write_marks_into_the_drawing(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    hostile = "</text><script>x</script>&amp;"
    (workspace / "speak" / "partnership.toml").write_text(TOML.replace("Hill Desk", hostile))
    publish(workspace)
    made = made_of(publishing.published(workspace, TODAY))
    assert b"<script" not in made["poster-a4.svg"]
    assert hostile in " ".join(said_by(made["poster-a4.svg"]))
    assert hostile in " ".join(said_by_pdf(made["poster-a4.pdf"]))


def test_desks_that_do_not_fit_are_refused_and_not_cut_off(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    head, *_ = TOML.partition("[[desks]]")
    long = "Every street from the harbour to the hill and back, in eleven languages, on three days a week"
    desk = (
        'id = "d{0}"\nname = "{0} {1}"\nserves = "{1}"\ntelephone = "1"\ndrop_in = "{1}"\nfreepost = "{1}"\n'
    )
    more = "".join(f"[[desks]]\n{desk.format(at, long)}" for at in range(6))
    (workspace / "speak" / "partnership.toml").write_text(head + more)
    for at in range(6):
        write_keys(workspace, f"d{at}", "cat", worker_file(f"d{at} cat"))
        write_keys(workspace, f"d{at}", "recovery", recovery(f"d{at} recovery"))
    publish(workspace)
    to = ("leaflet", "--workspace", workspace, "--out", tmp_path / "out", "--address", ADDRESS)
    assert "the desks do not fit" in refused(*to)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://localhost:8001", "nobody else can open it"),
        ("http://speak.example.org", "without HTTPS"),
        ("https://speak.example.org/?poster=7", "no address of a page"),
    ],
)
def test_an_address_that_is_not_for_everybody_is_refused(
    workspace: Path, tmp_path: Path, address: str, said: str
) -> None:
    to = ("leaflet", "--workspace", workspace, "--out", tmp_path / "out", "--address", address)
    assert said in refused(*to)
    assert "there are no words" in refused(*to[:-1], ADDRESS, "--language", "xx")
    assert not (tmp_path / "out").exists()


def test_nothing_is_printed_before_anything_is_published(tmp_path: Path) -> None:
    to = ("leaflet", "--workspace", make_workspace(tmp_path), "--out", tmp_path / "out", "--address", ADDRESS)
    assert "nothing is published here yet" in refused(*to)


def test_the_squares_are_the_code_of_the_address_with_light_around_it(sheets: Sheets) -> None:
    dark = code_of(ADDRESS)
    expected = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    expected.add_data(ADDRESS, optimize=0)
    expected.make(fit=True)
    assert [list(row) for row in dark] == expected.get_matrix()
    for edge in (dark[:4], dark[-4:], [row[:4] for row in dark], [row[-4:] for row in dark]):
        assert not any(any(row) for row in edge)
    drawn = set()
    for x, y, width, _ in Code(0, 0, len(dark), dark).runs():
        drawn |= {(int(x) + at, int(y)) for at in range(round(width))}
    assert drawn == {(x, y) for y, row in enumerate(dark) for x, one in enumerate(row) if one}
    svg = sheets["en"]["poster-a4.svg"].decode()
    assert svg.count("h-") == len(Code(0, 0, 1, dark).runs())


def test_an_onion_address_is_broken_and_stays_whole_when_read(signed: Manifest) -> None:
    onion = f"http://{'abcdefghij234567' * 3}abcdefgh.onion"
    said = said_by(made_of(signed, "en", onion)["leaflet-a6-front.svg"])
    assert onion in "".join(said)


@pytest.mark.parametrize("language", languages())
def test_each_language_has_every_line_and_no_other(language: str) -> None:
    english, told = (json.loads((WORDS / f"{one}.json").read_text("utf-8")) for one in ("en", language))
    assert {name: type(value) for name, value in told.items()} == {
        name: type(value) for name, value in english.items()
    }
    assert all(value for name, value in told.items() if isinstance(value, str) and name != "unchecked")
    assert bool(told["unchecked"]) == (not told["checked"])
    assert "999" in told["danger"]
    assert re.findall("[0-9]+", " ".join(map(str, told.values()))) == re.findall(
        "[0-9]+", " ".join(map(str, english.values()))
    )


def test_somebody_of_eleven_can_read_it() -> None:
    """Grade 6 is read at eleven to twelve."""
    lines = [one for one in words_in("en").said.values() if one and one != "English"]
    assert grade(" ".join(one if one[-1] in ".?:" else f"{one}." for one in lines)) < 6
    assert grade("The notwithstanding jurisdictional considerations regarding confidentiality apply.") > 12


def test_lines_are_as_wide_as_the_font_makes_them() -> None:
    lines = broken("one two three four five six seven", 10, 60, bold=False)
    assert " ".join(lines) == "one two three four five six seven"
    assert all(width_of(line, 10, bold=False) <= 60 for line in lines)
    for line, after in pairwise(lines):
        assert width_of(f"{line} {after.split()[0]}", 10, bold=False) > 60, "it would have fitted"
    assert "".join(broken("x" * 100, 10, 60, bold=True)) == "x" * 100
    assert broken("", 10, 60, bold=True) == []
    assert lacking(["plain", "Łąka"]) == ""
    assert lacking(["plain", "عربي"]) == "ع"
    assert BOLD.is_file()
    column = Column(Sheet(100, 100, "", "en"), 0, 0, 100)
    column.set("", 10)
    assert column.y == 0
