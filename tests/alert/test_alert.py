"""An alert says what is about and where help is, fits a page, and never says where or from whom."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accessible import COLOURS, WCAG, violations
from command_line import assert_one_line, lippen
from lippen.alert import AlertRefused, read_alert, write_alert
from lippen.alert.effects import effects_of
from lippen.alert.writing import WORDS, as_html, as_sheet
from lippen.paper.pdf import as_pdf
from lippen.trade.vocabulary import families
from printed import said_by_pdf
from reading_age import grade

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ALERT = """
substance = "diazepam"
sold_as = "street Valium"
looks_like = "Round blue tablets with no marks, loose in a bag"
what_changed = "They are much stronger than before. People have not woken up after one or two."
certainty = "suspected"
issued_on = 2026-11-28
ends_on = 2026-12-26
written_by = "addictions nurse on call"
agreed_by = "partnership co-ordinator"

[[help]]
name = "The Lint Mill"
telephone = "01632 960000"
open = "Monday to Friday, 9 to 5"
"""


def written(folder: Path, old: str = "", new: str = "") -> Path:
    """The alert above in a file, something in it exchanged."""
    assert old in ALERT
    file = folder / "alert.toml"
    file.write_text(ALERT.replace(old, new) if old else ALERT, "utf-8")
    return file


def test_the_page_says_what_was_written_and_where_help_is(tmp_path: Path) -> None:
    page = as_html(read_alert(written(tmp_path)))
    for said in (
        "Take care: street Valium",
        "much stronger than before",
        "Nothing has been tested yet",
        "01632 960000",
    ):
        assert said in page
    for line in effects_of("diazepam", "benzodiazepine").danger:
        assert line in page
    assert page.index("999") < page.index("<h1>"), "the danger comes before anything else"
    assert "28 November 2026 by the addictions nurse on call, agreed by the partnership co-ordinator" in page


def test_the_paper_says_what_the_screen_says_on_one_page(tmp_path: Path) -> None:
    alert = read_alert(written(tmp_path))
    pdf = as_pdf([as_sheet(alert)])
    assert b"/Count 1>>" in pdf
    read = re.sub(r"[\s•]+", "", "".join(said_by_pdf(pdf)))
    page = re.sub(r"<style>.*?</style>|<title>.*?</title>|<[^>]*>|[\s•]+", "", as_html(alert), flags=re.S)
    assert read == page


@pytest.mark.parametrize("substance", sorted(families()))
def test_every_substance_has_its_effects_and_the_longest_texts_fit(tmp_path: Path, substance: str) -> None:
    file = written(tmp_path, '"diazepam"', json.dumps(substance))
    longest = file.read_text("utf-8").replace("loose in a bag", "x" * 120).replace("People have", "x " * 100)
    file.write_text(longest + 3 * f'[[help]]\nname = "{"w" * 60}"\ntelephone = "01632 960000"\n', "utf-8")
    sheet = as_sheet(read_alert(file))
    assert max(one.y for one in sheet.texts()) < sheet.height
    assert min(one.size for one in sheet.texts()) >= 6


def test_workers_and_parents_can_read_it() -> None:
    """At eleven to twelve: grade 6. What a substance does is said in lists, which count as sentences."""
    lines = list(WORDS.values())
    for substance, family in families().items():
        told = effects_of(substance, family)
        lines += [*told.does, *told.danger, *told.helps]
    assert grade(" ".join(f"{line.rstrip('.')}." for line in lines)) < 6


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ("Call 07700 900123 for them.", "of a person"),
        ("Ask tam@example.com.", "of a person"),
        ("Seen on https://example.org/x", "a link"),
        ("See blues.onion", "a link"),
        ("From @blue_man", "a handle"),
        ("Add snap: bluey", "a handle"),
        ("Sold for £2", "a price"),
        ("They are 50 quid", "a price"),
        ("A tenner a bag", "a price"),
        ("Seen in Whinhaugh Road", "a street"),
        ("A dealer has them", "a way to buy"),
        ("Sold by a man outside", "a way to buy"),
        ("There is a menu about", "a way to buy"),
        ("They come by Telegram", "a way to buy"),
        ("Ｓｏｌｄ ｂｙ a man", "a way to buy"),
    ],
)
@pytest.mark.parametrize("field", ["what_changed", "looks_like", "sold_as"])
def test_where_from_whom_and_for_how_much_is_never_said(
    tmp_path: Path, field: str, said: str, because: str
) -> None:
    file = tmp_path / "alert.toml"
    file.write_text(re.sub(rf"(?m)^{field} = .*$", lambda _: f"{field} = {json.dumps(said)}", ALERT), "utf-8")
    with pytest.raises(AlertRefused, match=because):
        read_alert(file)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"diazepam"', '"blues"', "no substance of the vocabulary"),
        ('"diazepam"', "7", "no substance of the vocabulary"),
        ('"suspected"', '"certain"', "neither suspected nor tested"),
        ('"partnership co-ordinator"', '"Addictions Nurse on call"', "agreed to it too"),
        ('"partnership co-ordinator"', '"  "', "says nothing"),
        ("2026-12-26", "2027-06-01", "within 56 days"),
        ("2026-12-26", "2026-11-28", "within 56 days"),
        ("2026-12-26", '"2026-12-26"', "is no day"),
        ("2026-12-26", "2026-12-26T10:00:00", "is no day"),
        ("[[help]]", "[help]", "one to four places"),
        ('telephone = "01632 960000"', "", "no telephone"),
        ("open =", "opens =", "nothing else"),
        ("sold_as", "sold_at", "'sold_at'"),
        ('"street Valium"', '"street\\u202eValium"', "cannot be printed"),
        ('"street Valium"', f'"{"x" * 61}"', "61 signs"),
    ],
)
def test_what_is_not_whole_is_refused_with_the_remedy(tmp_path: Path, old: str, new: str, says: str) -> None:
    file = written(tmp_path, old, new)
    with pytest.raises(AlertRefused, match=says) as refused:
        read_alert(file)
    assert refused.value.file == str(file)
    assert refused.value.remedy


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(AlertRefused) as refused:
        read_alert(written(tmp_path, 'certainty = "suspected"', "certainty = suspected"))
    assert refused.value.line == 6
    (tmp_path / "alert.toml").write_bytes(b"\xff")
    with pytest.raises(AlertRefused, match="cannot be read"):
        read_alert(tmp_path / "alert.toml")


def test_marks_in_what_was_written_stay_words(tmp_path: Path) -> None:
    page = as_html(read_alert(written(tmp_path, "street Valium", "<b>blues</b> & greens")))
    assert "&lt;b&gt;blues&lt;/b&gt; &amp; greens" in page
    assert "<b>" not in page


def test_a_letter_that_paper_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AlertRefused, match="no letter"):
        write_alert(read_alert(written(tmp_path, "street Valium", "blues 药")), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_writes_both_and_says_where(tmp_path: Path) -> None:
    run = lippen("alert", written(tmp_path), "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert {"alert.html", "alert.pdf", "alert.json"} <= {one.name for one in (tmp_path / "out").iterdir()}
    assert str(tmp_path / "out" / "alert.pdf") in run.stdout
    assert_one_line(lippen("alert", tmp_path / "none.toml", "--out", tmp_path / "other"), "none.toml", "read")


@pytest.mark.browser
def test_the_page_is_accessible_on_a_telephone_and_on_a_desk(tmp_path: Path, browser: Browser) -> None:
    write_alert(read_alert(written(tmp_path)), tmp_path / "out")
    for width in (360, 1200):
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme)
            page = context.new_page()
            page.goto((tmp_path / "out" / "alert.html").as_uri())
            assert violations(page, WCAG) == []
            assert violations(page, COLOURS) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            context.close()
