"""Text as the eye takes it: nothing that can be read as a digit or a word hides behind how it is written."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lippen.signals.folding import all_as_seen, as_seen, fold, header_words


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("plain text", "plain text"),
        ("０７７００ ９００１２３", "07700 900123"),
        ("٠٧٧٠٠", "07700"),
        ("07\u200b7\u200d0\ufeff0", "07700"),
        ("07700\u2013900\u2011123\u22125", "07700-900-123-5"),
        ("07700\u00a0900\u2009123", "07700 900 123"),
        ("0\ufe0f\u20e37\ufe0f\u20e3", "07"),
        ("0770²", "07702"),
        ("it\u2019s", "it's"),
        ("ｄｖ", "dv"),
        ("dom\u00adestic", "domestic"),
        ("café naïve £5", "café naïve £5"),
        ("two\nlines\tand\ra return", "two\nlines\tand\ra return"),
        ("bell\x07", "bell"),
    ],
)
def test_text_is_taken_as_the_eye_takes_it(written: str, seen: str) -> None:
    assert as_seen(written) == seen
    assert all_as_seen(pa.array([written, None, "x"])).to_pylist() == [seen, None, "x"]


@settings(max_examples=300)
@given(texts=st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=6))
@example(texts=["½", "Ⅳ", "ⅷ", "①", "𝟘", "é1\u0301"])
def test_a_column_shows_the_same_digits_as_its_texts(texts: list[str | None]) -> None:
    together = all_as_seen(pa.array(texts, pa.string())).to_pylist()
    for text, seen in zip(texts, together, strict=True):
        assert (seen is None) == (text is None)
        if text is not None:
            assert re.sub("[^0-9-]", "", seen) == re.sub("[^0-9-]", "", as_seen(text))


def test_words_of_a_header() -> None:
    for header in ("CallerPhone", "caller_phone", "Caller phone", "CALLER-PHONE", "ＣallerPhone"):
        assert header_words(header) == ("caller", "phone")
    assert header_words("CADNumber") == ("cad", "number")
    assert header_words("Téléphone") == ("telephone",)
    assert fold("  No \n Trace ") == "no trace"
