"""Texts of call-takers: what a row says depends on its kind, hand, type of larger area and picks alone."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from lexicon import COMMON, landmarks_of, lexicon_of_calls, names, small_lexicon, words_in

from lippen.sandbox.parameters import number
from lippen.sandbox.phrase_lines import HANDS, forms_of
from lippen.sandbox.phrases import Phrases, load_phrases
from lippen.sandbox.place import TYPES
from lippen.signals.protected import has_protected_words

CODES = """DISTURBANCE, NOISE NUISANCE, YOUTH NUISANCE, SUSPICIOUS PERSON, SUSPICIOUS VEHICLE, DRUG DEALING,
DRUG PRODUCTION, ASSAULT, ROBBERY, THEFT, SHOPLIFTING, HOUSEBREAKING, VANDALISM, FIRE RAISING, THREATS,
FRAUD, WEAPON SEEN, VEHICLE CRIME, ROAD TRAFFIC COLLISION, ROAD OBSTRUCTION, ABANDONED CALL,
ASSIST OTHER AGENCY, ANIMAL, LOST OR FOUND PROPERTY, NEIGHBOUR DISPUTE, SUDDEN DEATH, DOMESTIC INCIDENT,
MISSING PERSON, CONCERN FOR PERSON, SEXUAL OFFENCE, CHILD WELFARE, INTRUDER ALARM, DIRECTED PATROL,
ESCORT DUTY"""
PROTECTED = {"DOMESTIC INCIDENT", "MISSING PERSON", "CONCERN FOR PERSON", "SEXUAL OFFENCE", "CHILD WELFARE"}
EMPTY_SHARE = number("incident.text_empty")
UNIT = st.floats(0, 1, exclude_max=True)
ROW_PICKS = arrays(np.float64, (1, 5), elements=UNIT)


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return load_phrases()


@pytest.fixture(scope="module")
def many(phrases: Phrases) -> dict[str, npt.NDArray[np.float64] | pa.Array]:
    """60,000 texts of all kinds and hands, with what they were made from."""
    rng = np.random.default_rng(11)
    kind, hand = rng.integers(0, len(phrases.kinds), 60_000), rng.integers(0, 4, 60_000).astype(np.int8)
    setting, picks = rng.integers(0, len(TYPES), 60_000), rng.random((60_000, 5))
    texts = phrases.texts(kind, hand, setting, picks)
    return {"kind": kind, "hand": hand, "setting": setting, "picks": picks, "texts": texts}


def test_the_picks_choose_the_slots_in_order() -> None:
    phrases = Phrases(small_lexicon(10))
    first = EMPTY_SHARE + (1 - EMPTY_SHARE) * np.array([0.1, 0.25, 0.99, 0.5, 0])
    picks = np.column_stack(
        [first, [0.05, 0.15, 0.25, 0.95, 0], [0.5] * 5, [0.1, 0.31, 0.7, 0.99, 0], [0.999] * 5]
    )
    picks[4, 0] = EMPTY_SHARE - 1e-9
    # what follows nothing begins with a capital; more is left out below 0.3 and a mark stands for it
    assert phrases.texts(np.zeros(5, int), np.arange(5) % 4, np.arange(5), picks).to_pylist() == [
        "Wt0 wr5 ~ cl9 ",
        "op0 wt1 wr5 mo0 cl9 ",
        "op9 wt2 wr5 mo5 cl9 ",
        "op3 wt9 wr5 mo9 cl9 ",
        "",
    ]


def test_the_kinds_are_the_opening_codes_with_grades_and_voices(phrases: Phrases) -> None:
    assert [kind.name for kind in phrases.kinds] == names(CODES)
    assert all(phrases.kinds[at].name == name for name, at in phrases.index.items())
    assert {kind.name for kind in phrases.kinds if kind.protected} == PROTECTED
    assert {kind.grade for kind in phrases.kinds} == {1, 2, 3, 4}
    assert {kind.name for kind in phrases.kinds if kind.voice == "own"} == {"DIRECTED PATROL", "ESCORT DUTY"}
    assert [kind.name for kind in phrases.kinds if kind.voice == "sensor"] == ["INTRUDER ALARM"]


def test_each_hand_uses_its_own_lines(phrases: Phrases) -> None:
    """The last line of each slot in its last form, and the first of `what` in its first, are in it."""
    picks = np.array([[0.999999, 0.01, 0.999999, 0.999999, 0.999999]])
    kind = np.full(4, phrases.index["FIRE RAISING"])
    harbour = np.full(4, TYPES.index("harbour"))
    texts = phrases.texts(kind, np.arange(4), harbour, np.repeat(picks, 4, axis=0)).to_pylist()
    lexicon = lexicon_of_calls()
    for hand, text in zip(HANDS, texts, strict=True):
        last = {slot: lexicon[slot][name][hand][-1] for slot, name in ENDS.items()}
        last["where"] = landmarks_of("outdoors", "harbour", hand)[-1]
        assert forms_of(last["opening"])[-1] in text
        assert text.endswith(forms_of(last["closing"])[-1])
        assert forms_of(last["where"])[-1] in text
        assert forms_of(last["more"])[-1] in text
        assert (
            forms_of(next(e for e in lexicon["kind"] if e["name"] == "FIRE RAISING")["what"][hand][0])[0]
            in text
        )


ENDS = {"opening": "caller", "more": "fire", "closing": "caller"}


def said(line: str | dict) -> str:
    return line if isinstance(line, str) else line["says"]


def test_texts_read_cleanly(many: dict) -> None:
    texts = many["texts"]
    for pattern in (r"  ", r"^\s", r"\s$", r"[(){}|]", r" [.,]", r"\.\.", r"^[-.,]", r"- -", r"-$", r": *\."):
        found = texts.filter(pc.match_substring_regex(texts, pattern))
        assert len(found) == 0, (pattern, found[:3].to_pylist())
    long = texts.filter(pc.greater(pc.utf8_length(texts), 400))
    assert len(long) == 0


def test_every_text_but_the_shorthand_begins_with_a_capital_and_ends_with_a_stop(many: dict) -> None:
    written = pc.and_(pc.not_equal(many["texts"], ""), pa.array(many["hand"] != HANDS.index("short")))
    texts = many["texts"].filter(written)
    assert pc.all(pc.match_substring_regex(texts, r"^[A-Z].*\.$")).as_py()
    short = many["texts"].filter(pa.array(many["hand"] == HANDS.index("short")))
    assert pc.all(pc.equal(pc.utf8_upper(short), short)).as_py()


def test_texts_hold_no_telephone_number_registration_date_or_handle(many: dict) -> None:
    for pattern in (r"\d{5}", r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b", r"\d+/\d+", r"@", r"https?:", r"\b20\d\d\b"):
        assert not pc.any(pc.match_substring_regex(many["texts"], pattern)).as_py(), pattern


def test_the_share_left_empty_is_by_the_first_pick_alone(many: dict) -> None:
    empty = pc.equal(many["texts"], "").to_numpy(zero_copy_only=False)
    assert (empty == (many["picks"][:, 0] < EMPTY_SHARE)).all()
    assert 0.07 < empty.mean() < 0.09


def test_about_one_text_in_twelve_has_a_slip(many: dict) -> None:
    """A text with a slip is told by a word that the lexicon does not have; a few slips make another word."""
    lexicon = words_in("calls.toml") + words_in("landmarks.toml")
    known = set(re.findall(r"[^\W\d_]+", lexicon.lower()))
    told = [text for text in many["texts"].to_pylist() if text]
    unknown = sum(bool(set(re.findall(r"[^\W\d_]+", text.lower())) - known) for text in told)
    assert 0.06 < unknown / len(told) < 0.10


def test_enough_can_be_said(phrases: Phrases) -> None:
    lexicon = lexicon_of_calls()
    for entry in lexicon["kind"]:
        for hand in HANDS:
            what = [form for line in entry["what"][hand] for form in forms_of(said(line))]
            everywhere = [line for line in entry["what"][hand] if isinstance(line, str)]
            assert len(everywhere) >= 5, entry["name"]
            more = entry.get("more", {}).get(hand, []) + [
                line for name in entry["also"] for line in lexicon["more"][name][hand]
            ]
            assert len(set(what)) == len(what) >= (12 if entry["name"] in names(COMMON) else 5), entry["name"]
            assert len(set(more)) == len(more) >= 8, entry["name"]
    for hand in HANDS:
        assert min(phrases.distinct("DISTURBANCE", hand, one) for one in TYPES) >= 200_000
        rng = np.random.default_rng(5)
        kind, centre = np.full(40_000, phrases.index["DISTURBANCE"]), np.zeros(40_000, int)
        texts = phrases.texts(kind, np.full(40_000, HANDS.index(hand)), centre, rng.random((40_000, 5)))
        assert pc.count_distinct(texts).as_py() > 20_000


def test_protected_kinds_are_told_with_restraint_and_the_others_mostly_without_their_words(
    phrases: Phrases, many: dict
) -> None:
    protected = np.isin(many["kind"], [phrases.index[name] for name in PROTECTED])
    lengths = pc.utf8_length(many["texts"]).to_numpy()
    assert lengths[protected].max() < 250
    assert lengths[protected].mean() < lengths[~protected].mean()
    others = many["texts"].filter(pa.array(~protected))
    share = pc.mean(has_protected_words(others).cast(pa.float64())).as_py()
    assert share < 0.005
    codes = pa.array([kind.name for kind in phrases.kinds])
    assert has_protected_words(codes).to_pylist() == [kind.protected for kind in phrases.kinds]


def test_amateur_production_is_told_under_drugs_and_fire(phrases: Phrases) -> None:
    rng = np.random.default_rng(2)
    for name, words in {
        "DRUG PRODUCTION": ("chemical smell", "bins full of", "blacked out", "small fire"),
        "FIRE RAISING": ("chemical smell", "packaging burning", "small fire"),
    }.items():
        kind, hand = np.full(2000, phrases.index[name]), np.zeros(2000, np.int8)
        setting = rng.integers(0, len(TYPES), 2000)
        told = " ".join(phrases.texts(kind, hand, setting, rng.random((2000, 5))).to_pylist()).lower()
        assert all(word in told for word in words)


@given(
    st.lists(st.tuples(st.integers(0, 33), st.integers(0, 3), st.integers(0, 6)), max_size=20),
    st.integers(0, 99),
)
def test_a_text_depends_on_its_own_row_alone(rows: list[tuple[int, int, int]], seed: int) -> None:
    phrases = load_phrases()
    kind, hand, setting = (np.array([row[at] for row in rows], np.int64) for at in range(3))
    picks = np.random.default_rng(seed).random((len(rows), 5))
    together = phrases.texts(kind, hand, setting, picks).to_pylist()
    apart = [
        phrases.texts(kind[[at]], hand[[at]], setting[[at]], picks[[at]])[0].as_py()
        for at in range(len(rows))
    ]
    assert together == apart


@given(st.integers(0, 33), st.integers(0, 3), st.integers(0, 6), arrays(np.float64, (4, 5), elements=UNIT))
def test_any_picks_make_a_text(kind: int, hand: int, setting: int, picks: npt.NDArray[np.float64]) -> None:
    texts = load_phrases().texts(np.full(4, kind), np.full(4, hand), np.full(4, setting), picks)
    assert texts.null_count == 0
    assert [text == "" for text in texts.to_pylist()] == (picks[:, 0] < EMPTY_SHARE).tolist()


def test_forms_of_a_line() -> None:
    assert forms_of("a dog") == ["a dog"]
    assert forms_of("(big|wee) (dog|cat)") == ["big dog", "big cat", "wee dog", "wee cat"]
    assert forms_of("a(| wee) dog") == ["a dog", "a wee dog"]


@pytest.mark.parametrize(
    ("kind", "hand", "setting", "picks"),
    [
        ([0, 0], [0, 0], [0, 0], np.zeros((1, 5))),
        ([0], [0, 0], [0], np.zeros((1, 5))),
        ([0], [0], [0, 0], np.zeros((1, 5))),
        ([0], [0], [0], np.zeros((1, 4))),
        ([-1], [0], [0], np.zeros((1, 5))),
        ([34], [0], [0], np.zeros((1, 5))),
        ([0], [-1], [0], np.zeros((1, 5))),
        ([0], [4], [0], np.zeros((1, 5))),
        ([0], [0], [-1], np.zeros((1, 5))),
        ([0], [0], [7], np.zeros((1, 5))),
        ([0], [0], [0], np.ones((1, 5))),
        ([0], [0], [0], np.full((1, 5), np.nan)),
        ([0], [0], [0], np.full((1, 5), -1e-9)),
    ],
)
def test_rows_that_do_not_fit_are_refused(
    phrases: Phrases, kind: list[int], hand: list[int], setting: list[int], picks: npt.NDArray[np.float64]
) -> None:
    with pytest.raises(ValueError, match=r"shape|must be from"):
        phrases.texts(np.array(kind), np.array(hand), np.array(setting), picks)


def test_no_rows_make_no_texts(phrases: Phrases) -> None:
    assert len(phrases.texts(np.array([], int), np.array([], int), np.array([], int), np.zeros((0, 5)))) == 0


def test_rows_beyond_one_piece_are_joined_in_order(phrases: Phrases) -> None:
    rng = np.random.default_rng(12)
    n = (1 << 17) + 500
    row = (*(rng.integers(0, below, n) for below in (34, 4, 7)), rng.random((n, 5)))
    whole = phrases.texts(*row)
    tail = phrases.texts(*(column[-1000:] for column in row))
    assert len(whole) == n
    assert whole[-1000:].equals(tail)
