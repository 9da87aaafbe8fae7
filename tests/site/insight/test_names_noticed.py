"""What looks as if it named somebody: in a note, where a person is asked, and in the texts of an export."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lippen.site.insight.naming import naming, seems_to_name, signs_in


def test_what_an_area_is_called_hides_no_surname_in_a_note() -> None:
    assert seems_to_name("Ask John Small of the corner shop", ["small area 07 in Kirkgate"])
    assert not seems_to_name("Ask at Kirkgate House", ["small area 07 in Kirkgate"])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("caller Jean Abernethy", "somebody's first and second name"),
        ("JOHN SMITH SAYS HIS NEIGHBOUR", "somebody's first and second name"),
        ("john mcdonald at no 4", "somebody's first and second name"),
        ("Jöhn Šmith again", "somebody's first and second name"),
        ("mr smith of the second floor", "a name after a title"),
        ("she is known as Bet", "words that say who somebody is"),
        ("James, 14 Bedralyett Pend", "the address of a home"),
        ("flat 3/2", "the address of a home"),
        ("12 High Street", "the address of a home"),
        ("jsmith at gmail dot com", "an e-mail address"),
        ("insta @rabthelad", "what somebody is called on the net"),
    ],
)
def test_a_name_or_a_home_is_noticed_in_a_note_and_in_an_export(text: str, what: str) -> None:
    assert what in signs_in(text)
    assert what in seems_to_name(text)
    assert naming(pa.array([None, "noise in the close", text])).to_pylist() == [False, False, True]


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("Siân Ó Dálaigh", "a name of two words"),
        ("J. Smith", "a name of two words"),
        ("MacDonald Ian lives here", "a name of two words"),
        ("JRSMITH TAMWORTHY WAS SEEN", "a name of two words"),
        ("It was Shona, they think.", "a first name"),
        ("Ask the Patersons.", "the name of a family"),
        ("李小龙", "words in another script, which cannot be looked through"),
        ("ring O7700 9OO123", "a telephone number"),
    ],
)
def test_in_a_note_more_is_asked_about(note: str, what: str) -> None:
    assert what in seems_to_name(note)


@pytest.mark.parametrize(
    "text",
    [
        "Calls from High Street on Friday January nights. The Fair was on; nobody rang twice.",
        "CALLS FROM HIGH STREET AT NIGHT",
        "5 youths in the street, 2 men on the Main Street",
        "Victoria Road was closed, and George Street at 9",
        "NO TRACE OF ANYONE",
        "The June export was cut short, so ask for April and May too",
        "ASB Team went there at 22:15 on 15/01/2019, log 0042",
        "",
    ],
)
def test_places_days_and_the_words_of_a_log_are_no_names(text: str) -> None:
    assert seems_to_name(text) == []
    assert naming(pa.array([text])).to_pylist() == [False]
