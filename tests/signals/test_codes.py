"""Outcomes from disposal codes; kinds that are the force's own, a sensor's, or never to be assessed."""

from __future__ import annotations

from pathlib import Path

from exports import HEADER, MAPPING, bring_in_rows, call

from lippen.engine import Engine
from lippen.signals.codes import RARE_CODES
from lippen.signals.protected import PROTECTED_CLASSES, protected_words


def test_codes_become_outcomes_whatever_their_case_and_unlisted_ones_are_named(
    duck: Engine, tmp_path: Path
) -> None:
    codes = ["NO TRACE", " no  trace ", "Crime Recorded", "GONE HOME", "GONE HOME", "", *["ADVICE"] * 5]
    brought = bring_in_rows(duck, tmp_path / "in", [call(at, Disposal=code) for at, code in enumerate(codes)])
    assert [(row["disposal"], row["outcome"]) for row in brought.taken] == [
        ("NO TRACE", "unfounded"),
        ("no  trace", "unfounded"),
        ("Crime Recorded", "founded"),
        ("GONE HOME", "unknown"),
        ("GONE HOME", "unknown"),
        (None, "unknown"),
        *[("ADVICE", "unknown")] * 5,
    ]
    # What is written twice may be a remark about somebody: it is counted and not shown.
    assert brought.report.unlisted_codes == {"ADVICE": 5, RARE_CODES: 2}
    assert "ADVICE (5)" in brought.report.as_text()
    assert "GONE HOME" not in brought.report.as_text()


def test_of_several_disposals_the_first_that_is_listed_decides_and_all_are_kept(
    duck: Engine, tmp_path: Path
) -> None:
    mapping = MAPPING.replace('"Disposal"', '["Disposal", "Second"]').replace(
        "[outcomes]", '[outcomes]\ndefault = "founded"'
    )
    pairs = [("SEEN", "NO TRACE"), ("CRIME RECORDED", "NO TRACE"), ("", "NO TRACE"), ("", ""), ("SEEN", "")]
    rows = [{**call(at, Disposal=one), "Second": two} for at, (one, two) in enumerate(pairs)]
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping, header=(*HEADER, "Second"))
    assert [(row["disposal"], row["outcome"]) for row in brought.taken] == [
        ("SEEN | NO TRACE", "unfounded"),
        ("CRIME RECORDED | NO TRACE", "founded"),
        ("NO TRACE", "unfounded"),
        (None, "founded"),
        ("SEEN", "founded"),
    ]


def test_the_force_s_own_activity_and_sensors_are_marked_as_the_mapping_lists_them(
    duck: Engine, tmp_path: Path
) -> None:
    kinds = ["DIRECTED PATROL", "directed  patrol", "INTRUDER ALARM", "NOISE NUISANCE", "INTRUDER ALARMS"]
    brought = bring_in_rows(duck, tmp_path / "in", [call(at, Kind=kind) for at, kind in enumerate(kinds)])
    assert [(row["own_activity"], row["sensor"]) for row in brought.taken] == [
        (True, False), (True, False), (False, True), (False, False), (False, False),
    ]  # fmt: skip


def protected(duck: Engine, folder: Path, rows: list[dict[str, str]], mapping: str = MAPPING) -> list[bool]:
    return [row["protected"] for row in bring_in_rows(duck, folder, rows, mapping).taken]


def test_every_listed_word_protects_as_a_kind_and_in_a_text(duck: Engine, tmp_path: Path) -> None:
    """In capitals, with low lines and hyphens, in the plural, at the beginning, the middle and the end."""
    words = [word for listed in protected_words().values() for word in listed]
    assert len(words) > 300
    spelled = [
        *(word.upper() for word in words),
        *(word.replace(" ", "_").upper() for word in words),
        *(word.replace(" ", "-") for word in words),
        *(word.replace("-", " ").replace(" ", "  ") for word in words),
        *(f"{word}s" for word in words),
        *(f"({word})" for word in words),
        *(f"X/{word}/Y" for word in words),
    ]
    kinds = [call(at, Kind=word) for at, word in enumerate(spelled)]
    texts = [call(at, Notes=f"caller says {word}, and so on") for at, word in enumerate(spelled, len(kinds))]
    ends = [call(at, Notes=word) for at, word in enumerate(spelled, 2 * len(kinds))]
    brought = bring_in_rows(duck, tmp_path / "in", [*kinds, *texts, *ends])
    assert brought.report.accepted == 3 * len(spelled)
    missed = {(row["kind"], row["text"]) for row in brought.taken if not row["protected"]}
    assert missed == set()


def found(duck: Engine, folder: Path, texts: list[str]) -> dict[str, tuple[bool, bool]]:
    """Whether each text protects, as a kind and as a text."""
    kinds = [call(at, Kind=text) for at, text in enumerate(texts)]
    notes = [call(at, Notes=text) for at, text in enumerate(texts, len(texts))]
    flags = protected(duck, folder, [*kinds, *notes])
    return dict(zip(texts, zip(flags[: len(texts)], flags[len(texts) :], strict=True), strict=True))


def test_protected_words_are_found_however_they_are_written(duck: Engine, tmp_path: Path) -> None:
    texts = [
        "DV", "TRBL W/SUBJ-DV", "CHILD_CUSTODY", "Child-Custody", "DOMESTICS", "HER EX-PARTNER",
        "ex\u2011partner", "women\u2019s aid", "ｄｏｍｅｓｔｉｃ", "dom\u00adestic", "SUICIDES",
        "a threat\nto life", "Kids' disco", "BAIRN'S BIRTHDAY", "he said [her husband] came",
        "racially-aggravated", "MISSING\u00a0PERSON", "CHILD\u200bCUSTODY", "in_crisis", "MH: self__harm",
        "DomesticDispute", "SEXUALASSAULT", "MissingPerson", "HateCrime", "selfharm", "D.V.", "DOMESTIC1",
        "NONDOMESTIC", "MISSINGPERSON", "threatening to kill", "a death threat", "death threats",
        "overdosing", "abducting", "TEENAGERS", "dvCall",
    ]  # fmt: skip
    assert found(duck, tmp_path / "in", texts) == dict.fromkeys(texts, (True, True))


def test_words_that_only_hold_the_letters_protect_nothing(duck: Engine, tmp_path: Path) -> None:
    texts = [
        "NOISE NUISANCE", "ROAD COLLISION", "Essex Street", "grapes stolen", "kidney beans",
        "SHATTERED GLASS", "odd smell", "hatchback", "domesticated", "missile", "babysitter", "dataset",
        "advert",
    ]  # fmt: skip
    assert found(duck, tmp_path / "in", texts) == dict.fromkeys(texts, (False, False))


def test_a_mask_does_not_cover_a_protected_word(duck: Engine, tmp_path: Path) -> None:
    """`M8 KID` has the shape of an old registration and is masked as one; it protects all the same."""
    brought = bring_in_rows(duck, tmp_path / "in", [call(1, Notes="ON THE M8 KID IN THE ROAD")])
    (row,) = brought.taken
    assert row["text"] == "ON THE [registration removed] IN THE ROAD"
    assert row["protected"]


def test_a_mapping_adds_kinds_and_words_and_cannot_take_any_away(duck: Engine, tmp_path: Path) -> None:
    mapping = (
        MAPPING
        + '[kinds.protected]\nchild = ["YOUTH REFERRAL"]\n[protected_words]\nhate = ["Hogboon taunt"]\n'
    )
    rows = [
        call(1, Kind="youth  referral"),
        call(2, Notes="the usual HOGBOON-TAUNTS at the gate"),
        call(3, Kind="DOMESTIC"),
        call(4),
    ]
    assert protected(duck, tmp_path / "in", rows, mapping) == [True, True, True, False]


def test_a_listed_kind_is_found_however_mapping_and_export_spell_it(duck: Engine, tmp_path: Path) -> None:
    mapping = MAPPING + '[kinds.protected]\nchild = ["Cafe\u0301 referral", "ＴＥＡＭ nine"]\n'
    kinds = ["Caf\u00e9 Referral", "CAFE\u0301 REFERRAL", "Caf\u00e9 refer\u200bral", "team nine", "Tea nine"]
    rows = [call(at, Kind=kind) for at, kind in enumerate(kinds)]
    assert protected(duck, tmp_path / "in", rows, mapping) == [True, True, True, True, False]


def test_the_nine_classes_are_those_of_promise_two() -> None:
    assert PROTECTED_CLASSES == (
        "sexual", "domestic", "child", "hate", "mental_health", "missing_person", "stalking", "trafficking",
        "threat_to_life",
    )  # fmt: skip
