"""An alert says what is about and where help is, fits a page, and never says where or from whom."""

from __future__ import annotations

import datetime as dt
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
        "What is going round",
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
        ("Add weeotterzq on snap", "how to reach somebody"),
        ("Blue, 0770l 900l23", "how to reach somebody"),
        ("t dot me slash weeotterzq", "how to reach somebody"),
        ("Snap weeotterzq", "how to reach somebody"),
        ("A dealer has them", "a way to buy"),
        ("Sold by a man outside", "a way to buy"),
        ("There is a menu about", "a way to buy"),
        ("They come by Telegram", "a way to buy"),
        ("Ｓｏｌｄ ｂｙ a man", "a way to buy"),
        ("Ask at the bus station", "a place to go to"),
        ("Ask for Tam", "“Ask for Tam”, which may"),
        ("They come from Whinhaugh", "“from Whinhaugh”, which may"),
        ("They come from the Scheme", "“from the Scheme”, which may"),
        ("Handed out at the Lintmill", "“at the Lintmill”, which may"),
        ("These are the good ones", "“the good ones”, which may"),
        ("A great buzz", "“buzz”, which may"),
        ("twenty quid gets ten of them", "a price"),
        ("Three for ten", "a price"),
        ("Fifty pence each", "a price"),
        ("They are a score", "a price"),
        ("Forty a strip", "a price"),
        ("A ten bag of it", "a price"),
        ("Half price till Friday", "a price"),
        ("oh seven seven double oh nine double oh one two three", "a number in words"),
        ("Ring 0 seven 7 double-oh nine", "a number in words"),
        ("big dode has the strong ones", "“has the strong ones”, which may"),
        ("He's got plenty", "“He's got plenty”, which may"),
        ("everyone goes to him", "“everyone goes to him”, which may"),
        ("Get them off her", "“them off her”, which may"),
        ("strongest ever", "“strongest ever”, which may"),
        ("twice the hit", "“twice the hit”, which may"),
        ("best in town", "“best in town”, which may"),
        ("Top quality", "“Top quality”, which may"),
        ("Where people score", "a way to buy"),
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


NEVER = """
12 High St
High St
Argyle St
Kelvin Place
Buchanan Gardens
Mill Row
12 Kelvin Way
12 kelvin way
Station Square
Cedar Ct
12 Kirkgait
seen in the kirkgait
Flat 3/2
flat 3
stair 4
at number 4
3/1 Kirkgait
Block C
the fourth floor
the flat above the Spar
in the Gowanlaw scheme
knock at the blue door
behind the bus station
next to the park
at the lidl
outside the chippy
Seen in Maryhill
Seen about EH1
55.8642, -4.2518
///filled.count.soap
20 £
GBP 20
GBP20
20e
25 each
25 a go
costs 25
only 25
3 x 25
two 4 thirty
2 4 30
a ton each
20 sheets
q u i d 20
FROM BIG TAM
from big tam
from tam
get them off tam
call the guy in the van
hit up tam
add me
f r o m tam
plus four four seven seven double oh
daily drop-offs
From 'Big Tam'
Available from wee Jim
Text Davie
text davie
Ring Davie
See Davie
Go and see Davie
ask Mary
ask big Tam
Message Dougie
Wee Tam in Paisley has them
big tam has plenty
BIG TAM HAS PLENTY
Tam is your man
Agnes Thomson
the plug is Tam
supplied by Tam
outside the chippy in Paisley
On \u0422\u0435l\u0435gr\u0430m
on tele gram
On T3legram
b u y them
order them online
stock up
get hold of them
to pick up
collect at the shop
weeotterzq.ru
weeotterzq onion
market dot shop
0x742d35Cc6634C053
scan the QR code
🔌 weeotterzq
O7700 nine double oh
zero7seven700900123
7 7 0 0 nine 0 0 1 two 3
cash only
feels amazing
\u043d\u043e\u043b\u044c
""".strip().split("\n")


@pytest.mark.parametrize("said", NEVER)
def test_so_strangers_tried_to_say_it(tmp_path: Path, said: str) -> None:
    with pytest.raises(AlertRefused, match="never says where, from whom or for how much") as refused:
        read_alert(written(tmp_path, "They are much stronger than before.", f"{said}."))
    assert "write what is no name in small letters" in str(refused.value.remedy)


@pytest.mark.parametrize(
    "said",
    [
        "They look like the real ones. The strong ones are round.",
        "From Friday on, people did not wake from one tablet.",
        "Ask for help at the first sign.",
        "Ask for an ambulance.",
        "What came from March to May was weaker.",
    ],
)
def test_what_points_to_no_one_may_be_said(tmp_path: Path, said: str) -> None:
    file = written(tmp_path, "They are much stronger than before.", said)
    assert said in read_alert(file).what_changed


PLAIN = """
Two people died after taking one tablet each.
They may hold a nitazene, which is far stronger than heroin.
One in five tablets tested held no diazepam at all.
Do not use alone. Have naloxone near, and tell someone where you are.
They are twice the strength of a pharmacy tablet.
Five people were taken to hospital in three days.
One person slept for two days and was in hospital for ten more.
The effects come on late, so people take more. Wait two hours.
Nine of ten bags that were looked at held a second drug.
Call nine nine nine, or one one one for advice.
If you have the strong ones, do not take a second.
The high comes late and lasts for twelve hours.
If somebody falls asleep, stay. Go to them at once if they snore.
They hit fast and hard, and breathing may stop within five minutes.
Some look just like the real ones, with a score line across.
The packet looks good but nobody knows what is in it.
From Monday on, fifteen people were sick. Four needed an ambulance.
The strongest tablets that we have seen this year.
One hundred and twenty people came to harm in this country last year.
They may last for twenty four hours. Children of ten and eleven found them.
It is not worth it. Not everyone goes to hospital in time.
There is no safe way to take them. Do not miss your own prescription.
About 10 mg in one and 40 mg in another.
Twenty bags were looked at. They come as ten in a strip, one in each bag.
Call 999. Do not wait, and do not drive.
You can get naloxone from a chemist, and from most drug services.
Ask a friend to stay with you. Ask for help. Ask what is in it.
Stay with them in a safe place. Lay them in the recovery position.
People came to harm at the hospital and at home.
Round blue tablets, stamped 25 on one side. About 10 mg, or 2 x 10 mg.
Some are stamped TEVA, others marked with a Tesla. Some have a Rolex logo.
They were sold as Valium and held bromazolam. Some take them for Xanax.
Speak to a doctor, or call NHS 24 on 111. Call Samaritans on 116 123.
They knock people out within minutes. Half a tablet, or 1/2 of one, is too much.
Police Scotland found them. Public Health Scotland knows of three deaths.
Text messages do not help. Keep a phone near. Keep naloxone in the house.
The doses go from 0.25 mg to 0.5 mg, and from November on up to 40 mg.
People call them blues. A ring around the edge tells them apart.
""".strip().split("\n")


@pytest.mark.parametrize("said", PLAIN)
def test_a_plain_warning_can_be_given(tmp_path: Path, said: str) -> None:
    file = written(tmp_path, "They are much stronger than before.", said)
    assert said in read_alert(file).what_changed


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("seen in whinhaugh", False),
        ("Whinhaugh, blue ones", False),
        ("Blue ones, stamped Whinhaugh", False),
        ("a pink panther", False),
        ("Pink Panther", True),
    ],
)
def test_the_how_to_says_what_the_gate_does_not_see(tmp_path: Path, said: str, seen: bool) -> None:
    """A mend that sees more has to say so there."""
    file = written(tmp_path, "They are much stronger than before.", said)
    if seen:
        with pytest.raises(AlertRefused, match="which may be the name of a person or a place"):
            read_alert(file)
    else:
        assert said in read_alert(file).what_changed


@pytest.mark.parametrize(
    ("field", "said", "because"),
    [
        ("name", "Text Dode on snap otter99 for more", "how to reach somebody"),
        ("name", "Dode, 07700 900123", "of a person"),
        ("name", "Blues, twenty quid", "a price"),
        ("name", "Dode has the strong ones", "which may send people"),
        ("name", "The best in town", "which may send people"),
        ("name", "t.me/weeotterzq", "a link|how to reach"),
        ("name", "From Big Tam", "“From Big”, which may send people"),
        ("name", "Big Tam's flat", "which may send people"),
        ("name", "Tam 07 700", "a number to dial"),
        ("name", "Ask for Davie", "“Ask for Davie”, which may send people"),
        ("name", "Text Tam", "“Text Tam”, which may send people"),
        ("open", "Open all night, knock twice", "a way to buy"),
        ("open", "Cash only, two for thirty", "a price"),
        ("open", "all night, delivery", "a way to buy"),
        ("open", "oh seven seven double oh nine double oh one two three", "a number in words"),
        ("telephone", "07700 900123", "a mobile number"),
        ("telephone", "+44 (0)7700 900123", "a mobile number"),
        ("telephone", "0909 879 0000", "costs more"),
        ("telephone", "0871 200 0000", "costs more"),
        ("telephone", "+1 202 555 0143", "no number of a place"),
        ("telephone", "0163", "no number of a place"),
        ("telephone", "01632 960000, text Dode", "no telephone number alone"),
        ("telephone", "oh one six three two", "no telephone number alone"),
    ],
)
def test_a_place_of_help_is_held_to_the_gate_too(tmp_path: Path, field: str, said: str, because: str) -> None:
    line = re.search(rf"(?m)^{field} = .*$", ALERT)
    assert line
    with pytest.raises(AlertRefused, match=because) as refused:
        read_alert(written(tmp_path, line[0], f"{field} = {json.dumps(said)}"))
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", "Recovery, Mill House, 55 Constitution Road, DD3 6LA"),
        ("name", "Know the Score"),
        ("name", "Samaritans"),
        ("name", "Drop in at the Wishart Centre, ask for the nurse"),
        ("name", "Text CONNECT to 1234"),
        ("open", "Mon to Fri 0900-1700"),
        ("open", "From Monday to Friday, from 9 to 5"),
        ("open", "Out of hours from 5 pm to 9 am"),
        ("open", "Every day, 24 hours"),
        ("open", "Mon to Thu 9 to 4.30, Fri 9 a.m. to 3 p.m."),
        ("open", "Mondays and Wednesdays, six to nine in the evening"),
        ("telephone", "(01632) 960-000"),
        ("telephone", "+44 1632 960000 ext. 12"),
        ("telephone", "0300 123 6600"),
        ("telephone", "0345 960 0000"),
        ("telephone", "0800 587 5879"),
        ("telephone", "0800 1111"),
        ("telephone", "116 123"),
        ("telephone", "111"),
    ],
)
def test_what_a_place_of_help_has_may_stand_there(tmp_path: Path, field: str, said: str) -> None:
    line = re.search(rf"(?m)^{field} = .*$", ALERT)
    assert line
    file = written(tmp_path, line[0], f"{field} = {json.dumps(said)}")
    assert getattr(read_alert(file).help[0], field) == said


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("valium", "Did you mean diazepam?"),
        ("diazepan", "Did you mean diazepam"),
        ("moonstone", "All names: lippen alert --substances"),
        ("", "All names: lippen alert --substances"),
    ],
)
def test_an_unknown_name_is_answered_with_what_may_be_meant(tmp_path: Path, given: str, meant: str) -> None:
    with pytest.raises(AlertRefused) as refused:
        read_alert(written(tmp_path, '"diazepam"', json.dumps(given)))
    assert str(refused.value.remedy).startswith(meant)
    assert str(refused.value.remedy).endswith("lippen alert --substances")
    assert len(str(refused.value)) < 300


def test_the_names_of_substances_are_listed_when_asked_for() -> None:
    run = lippen("alert", "--substances")
    assert run.returncode == 0, run.stderr
    assert run.stdout.split("\n")[:-1] == list(families())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"diazepam"', '"blues"', "no substance of the vocabulary"),
        ('"diazepam"', "7", "`substance` is no name in quotation marks"),
        ('"diazepam"', '["diazepam"]', "`substance` is no name in quotation marks"),
        ('"diazepam"', "{a = 1}", "`substance` is no name in quotation marks"),
        ('"suspected"', '["suspected"]', "neither suspected nor tested"),
        ('"suspected"', "{a = 1}", "neither suspected nor tested"),
        ('"suspected"', '"certain"', "neither suspected nor tested"),
        ('"partnership co-ordinator"', '"Addictions Nurse on call"', "agreed to it too"),
        ('"partnership co-ordinator"', '"Addictions nurse on-call."', "agreed to it too"),
        ('"partnership co-ordinator"', '"addictionsnurse (on call)"', "agreed to it too"),
        ('"partnership co-ordinator"', '"\u0430ddictions nurse \u043en call"', "agreed to it too"),
        ('"partnership co-ordinator"', '"addicti0ns nurse on ca11"', "agreed to it too"),
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


def test_brackets_too_deep_are_refused_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(AlertRefused, match="brackets within brackets") as refused:
        read_alert(written(tmp_path, 'certainty = "suspected"', f"certainty = {900 * '['}{900 * ']'}"))
    assert refused.value.line == 6
    assert refused.value.remedy


def test_a_file_with_a_mark_of_its_bytes_is_read(tmp_path: Path) -> None:
    (tmp_path / "alert.toml").write_text(ALERT, "utf-8-sig")
    assert read_alert(tmp_path / "alert.toml").substance == "diazepam"


def test_marks_in_what_was_written_stay_words(tmp_path: Path) -> None:
    page = as_html(read_alert(written(tmp_path, "street Valium", "<b>blues</b> & greens")))
    assert "&lt;b&gt;blues&lt;/b&gt; &amp; greens" in page
    assert "<b>" not in page


def test_a_letter_that_paper_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AlertRefused, match="no letter"):
        write_alert(
            read_alert(written(tmp_path, "street Valium", "blues \u2603\U0001f9ff")), tmp_path / "out"
        )
    assert not (tmp_path / "out").exists()


def test_the_command_writes_both_and_says_where(tmp_path: Path) -> None:
    run = lippen("alert", written(tmp_path), "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert {"alert.html", "alert.pdf", "alert.json"} <= {one.name for one in (tmp_path / "out").iterdir()}
    assert str(tmp_path / "out" / "alert.pdf") in run.stdout
    assert "look for names of people and places yourself, and have the second person read it" in run.stdout
    assert_one_line(lippen("alert", tmp_path / "none.toml", "--out", tmp_path / "other"), "none.toml", "read")


@pytest.mark.parametrize(
    ("begins", "ends", "says"),
    [
        (-40, -1, "This alert ended on"),
        (1, 20, "which has not come"),
        (0, 20, None),
        (-20, 0, None),
    ],
)
def test_the_command_says_that_an_alert_is_over_or_not_yet_due(
    tmp_path: Path, begins: int, ends: int, says: str | None
) -> None:
    today = dt.datetime.now(dt.UTC).date()
    file = written(tmp_path, "2026-11-28", f"{today + dt.timedelta(begins)}")
    file.write_text(file.read_text("utf-8").replace("2026-12-26", f"{today + dt.timedelta(ends)}"), "utf-8")
    run = lippen("alert", file, "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out" / "alert.pdf").is_file()
    if says:
        assert says in run.stdout
    else:
        assert "today is" not in run.stdout


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
