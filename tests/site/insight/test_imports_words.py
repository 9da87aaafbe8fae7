"""What the library says to whoever writes mapping files is said on pages with what can be done there."""

from __future__ import annotations

import re

import pytest
from people_factory import make_colleague, make_organisation, signed_in
from uploaded_exports import HEADINGS, as_csv, brought_in, calls, form_of, given, text_of

from lippen.signals.times import DAY_REASONS, REASONS
from lippen.site.insight.said import for_page

FOR_A_TERMINAL = re.compile(
    r"\bmapping\b|quarantin|workspace|\blippen \w|`|--[a-z]"
    r"|\[(?:times|places|allow|numbers|missing|outcomes)\b"
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_workspace", "looks_forked")
def test_no_page_of_an_import_speaks_of_mapping_files() -> None:
    """Rows that are wrong in each way that the library knows a remedy in the mapping for."""
    client = signed_in(make_colleague(make_organisation("police"), "analyst"))
    places = [
        ("55.9", "-3.2"),
        ("55,91", "-3,21"),
        ("55.92", ""),
        ("-3.2", "55.93"),
        ("x", "-3.2"),
        ("5", "9"),
    ]
    rows = [[*row, f"55.9{at % 90}", f"-3.2{at % 90}"] for at, row in enumerate(calls(600))]
    for row, place in zip(rows[10:], places, strict=False):
        row[-2:] = place
    rows[30][2], rows[31][2], rows[32][2] = "1 March", "01/01/1950 10:00", "01/01/2190 10:00"
    rows[33][0] = "I" * 400
    headings = [*HEADINGS, "Latitude", "Longitude"]
    job = given(client, as_csv(rows, headings))
    page = text_of(client.get(f"/imports/{job.ref}/columns/"))
    assert "Why rows would be refused" in page
    assert "The time is not written in the way that was chosen; choose another under “How its" in page
    assert not FOR_A_TERMINAL.search(page), FOR_A_TERMINAL.findall(page)
    brought = brought_in(client, as_csv(rows, headings))
    page = text_of(client.get(f"/imports/{brought.ref}/refused/"))
    assert brought.quarantined
    assert "Latitude and longitude look swapped; choose each for the other" in page
    assert not FOR_A_TERMINAL.search(page), FOR_A_TERMINAL.findall(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_workspace", "looks_forked")
def test_what_cannot_be_brought_in_yet_is_said_by_the_names_of_the_page() -> None:
    client = signed_in(make_colleague(make_organisation("police"), "analyst"))
    job = given(client, as_csv([["a", "b"], ["c", "d"]], ["One", "Two"]))
    page = text_of(client.get(f"/imports/{job.ref}/columns/"))
    assert "No column is chosen for “Kind of incident, when it came in”: choose it below" in page
    assert "No column was found for “When it was reported”" in page
    assert not FOR_A_TERMINAL.search(page), FOR_A_TERMINAL.findall(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_workspace", "looks_forked")
def test_an_export_that_does_not_say_how_anything_ended_is_told_what_that_costs() -> None:
    client = signed_in(make_colleague(make_organisation("police"), "analyst"))
    known = given(client, as_csv(calls(60)))
    assert "Nothing is known of how any" not in text_of(client.get(f"/imports/{known.ref}/columns/"))
    rows = [[*row[:5], *row[6:]] for row in calls(60)]
    job = given(client, as_csv(rows, [*HEADINGS[:5], *HEADINGS[6:]]), "no-ends.csv")
    said = text_of(client.get(f"/imports/{job.ref}/columns/"))
    assert "Nothing is known of how any of them ended" in said
    assert "no episode can be looked for" in said


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_workspace", "looks_forked")
def test_hundreds_of_kinds_are_folded_away_and_ticked_all_the_same() -> None:
    client = signed_in(make_colleague(make_organisation("police"), "analyst"))
    rows = [
        [*row[:1], f"KIND {at % 40 if at < 600 else at:03}", *row[2:]] for at, row in enumerate(calls(700))
    ]
    rows[650][1] = "RARE PATROL"
    job = given(client, as_csv(rows))
    page = client.get(f"/imports/{job.ref}/columns/")
    listed, folded, rest = (
        page.getvalue().decode().partition('<details class="fold"><summary>100 rarer kinds')
    )
    assert "look through them too (1 of them ticked" in folded + rest
    assert "KIND 039: never assessed" in listed.partition("What each kind is")[2]
    assert "RARE PATROL: never assessed" in rest
    client.post(f"/imports/{job.ref}/columns/", {**form_of(page), "check": "yes"})
    again = form_of(client.get(f"/imports/{job.ref}/columns/"))
    assert again["own"] == form_of(page)["own"], "what lies in the fold is sent with the rest"


@pytest.mark.parametrize(
    ("said", "on_the_page"),
    [
        *((reason, "") for reason in (*REASONS.values(), *DAY_REASONS.values())),
        (
            "What was learned no longer holds: choose a later --since, so that newer days are learned from.",
            "What was learned no longer holds: bring in newer months.",
        ),
        (
            "9 are too few to learn from. At least 50 and 20 are needed: bring a longer export, or choose"
            " another --since.",
            "9 are too few to learn from. At least 50 and 20 are needed: bring a longer export.",
        ),
        (
            "the coordinates lie outside the mapping's box; widen [places] box, or list them under [places]"
            " missing",
            "the coordinates lie outside the area that was chosen; untick “Refuse rows that lie outside” if"
            " they are right",
        ),
        (
            "the number has a comma; where it stands for the decimal point, set decimal_comma = true under"
            " [numbers] in the mapping, else write the number without it",
            "the number has a comma; write the number without it",
        ),
        ("it has no sheet 'May', only June; correct [file] sheet", "it has no sheet 'May', only June"),
        ("calls.xlsx [June]: the row is empty", "calls.xlsx [June]: the row is empty"),
    ],
)
def test_a_remedy_is_one_that_the_page_has(said: str, on_the_page: str) -> None:
    told = for_page(said)
    assert not FOR_A_TERMINAL.search(told)
    assert told == (on_the_page or told)
    assert told
