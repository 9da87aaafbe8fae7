"""The envelopes: what is one byte off in its form is refused, and the refusal quotes nothing."""

from __future__ import annotations

import json
import math
import secrets
from base64 import b64decode
from pathlib import Path

import pytest
from envelopes import ANSWER, INTRODUCTION, REPORT, SLOT, STANZA, answer, foot, photograph, report, stanza
from hypothesis import given, settings
from hypothesis import strategies as some

from lippen.site.speak.envelope import (
    MOST_PHOTOGRAPH,
    PHOTOGRAPHS,
    EnvelopeRefused,
    check_photograph,
    check_report,
    pack,
    padme,
    unpack,
)

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
STANZA_LENGTH = 1_557
HEADER = 22 + 4 * STANZA_LENGTH + 48
PAYLOAD = 16 + 16_384 + 16
CHECKS = (check_report, check_photograph, pack)


def refused(sealed: bytes) -> bool:
    """Whether this is refused as a report, for a reason that holds no word of it."""
    with pytest.raises(EnvelopeRefused) as told:
        check_report(sealed)
    assert told.value.args == ()
    assert told.value.__cause__ is None
    return True


def with_payload(header: bytes) -> bytes:
    """A header, and as much after it as makes the whole as long as a report."""
    return header + secrets.token_bytes(max(0, REPORT - len(header)))


def test_what_is_sealed_has_the_lengths_that_the_protocol_says() -> None:
    assert len(stanza()) == STANZA_LENGTH
    assert len(report()) == REPORT
    assert len(answer()) == ANSWER
    check_report(report())
    assert len(pack(answer())) == SLOT
    for padded in (16_384, 65_536, 67_584, MOST_PHOTOGRAPH):
        sealed = photograph(padded)
        assert len(sealed) == 1_643 + padded + 16 * math.ceil(padded / 65_536)
        check_photograph(sealed)


def test_what_the_page_seals_is_taken_and_packed_as_the_page_packs_it() -> None:
    """Published vectors, made by the page's program (see `test_speak_vectors.py`)."""
    check_report(b64decode(VECTORS["report"]["sealed"]))
    check_photograph(b64decode(VECTORS["photograph"]["sealed"]))
    sealed, packed = (b64decode(VECTORS["answer"][one]) for one in ("sealed", "packed"))
    assert pack(sealed) == packed
    assert unpack(packed) == sealed
    assert [padme(length) for length, _ in VECTORS["padme"]] == [padded for _, padded in VECTORS["padme"]]


@given(some.integers(min_value=2, max_value=2**40))
def test_a_padded_length_is_a_little_more_and_tells_few_bits(length: int) -> None:
    padded = padme(length)
    exponent = int(math.log2(length)) if length < 2**40 else 40
    fewest = exponent - (int(math.log2(exponent)) + 1 if exponent else 1)
    assert length <= padded <= length * 1.12
    assert fewest <= 0 or padded % 2**fewest == 0
    assert padme(padded) == padded


def test_only_padded_lengths_up_to_eight_mebibytes_are_photographs() -> None:
    padded = set(PHOTOGRAPHS.values())
    assert min(padded) == 16_384
    assert max(padded) == 8 * 1024 * 1024
    assert all(padme(one) == one for one in padded)
    assert padded == {padme(length) for length in range(16_384, MOST_PHOTOGRAPH + 1, 511)}
    for length in (16_383, 16_385, 70_000, MOST_PHOTOGRAPH * 2):
        with pytest.raises(EnvelopeRefused):
            check_photograph(photograph(length))


@given(some.binary(max_size=4096))
def test_random_bytes_are_no_envelope(sent: bytes) -> None:
    for check in CHECKS:
        with pytest.raises(EnvelopeRefused):
            check(sent)
    assert refused(with_payload(sent))
    assert refused(with_payload(INTRODUCTION + sent))


@settings(max_examples=400)
@given(some.integers(min_value=0, max_value=HEADER - 1), some.integers(min_value=0, max_value=255))
def test_a_header_is_read_to_the_bit(at: int, byte: int) -> None:
    """Of the form every byte is fixed. Of what is sealed every sign may be another one of base64, as long as
    no other way to write the same bytes is taken too.
    """
    good = report()
    changed = good[:at] + bytes([byte]) + good[at + 1 :]
    if changed == good:
        check_report(changed)
        return
    within = (at - 22) % STANZA_LENGTH if at < 22 + 4 * STANZA_LENGTH else None
    if at < 22:
        kind = "form"
    elif within is None:
        kind = {True: "sign"}.get(4 <= at - (HEADER - 48) < 46, "last" if at == HEADER - 2 else "form")
    elif len(STANZA) <= within < len(STANZA) + 1_493 or 1_513 <= within < 1_555:
        kind = "sign"
    else:
        kind = "last" if within in (len(STANZA) + 1_493, 1_555) else "form"
    signs = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    if kind == "sign" and byte in signs:
        check_report(changed)
    elif kind == "last" and byte in signs:
        spare = 16 if within is not None and within < 1_513 else 4
        if signs.index(byte) % spare == 0:
            check_report(changed)
        else:
            assert refused(changed), "bits to spare that are not zero"
    else:
        assert refused(changed)


@given(some.integers(min_value=HEADER, max_value=REPORT - 1), some.integers(min_value=1, max_value=255))
def test_what_is_sealed_is_not_looked_into(at: int, flipped: int) -> None:
    good = report()
    check_report(good[:at] + bytes([good[at] ^ flipped]) + good[at + 1 :])


@given(some.integers(min_value=0, max_value=REPORT - 1), some.binary(min_size=1, max_size=3))
def test_a_length_that_is_off_is_refused(at: int, more: bytes) -> None:
    good = report()
    assert refused(good[:at])
    assert refused(good[:at] + more + good[at:])
    assert refused(good[:at] + good[at + len(more) :])
    assert refused(good + more)
    assert refused(more + good)


@given(some.integers(min_value=0, max_value=HEADER), some.binary(min_size=1, max_size=3))
def test_what_is_put_in_is_refused_though_the_length_is_right(at: int, more: bytes) -> None:
    good = report()
    moved = (good[:at] + more + good[at:])[:REPORT]
    if moved[:HEADER] != good[:HEADER]:
        assert refused(moved)


@pytest.mark.parametrize("stanzas", [0, 1, 3, 5])
def test_a_report_has_four_recipients(stanzas: int) -> None:
    header = INTRODUCTION + b"".join(stanza() for _ in range(stanzas)) + foot()
    assert refused(with_payload(header))
    assert refused(header + secrets.token_bytes(PAYLOAD))


KEY, FILE_KEY = secrets.token_bytes(1_120), secrets.token_bytes(32)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"mlkem768x25519", b"MLKEM768X25519"),
        (b"mlkem768x25519", b"X25519"),
        (b"mlkem768x25519", b"scrypt"),
        (b"mlkem768x25519 ", b"mlkem768x25519  "),
        (b"-> mlkem", b"->  mlkem"),
        (b"\n", b"\r\n"),
        (b"\n", b"\n\n"),
        (b"\n", b" \n"),
        (b"age-encryption.org/v1", b"age-encryption.org/v2"),
        (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----"),
        (b"--- ", b"---"),
        (b"--- ", b"--- =="),
    ],
    ids=repr,
)
def test_other_ways_to_write_a_header_are_refused(old: bytes, new: bytes) -> None:
    header = INTRODUCTION + 4 * stanza(KEY, FILE_KEY) + foot()
    assert old in header
    assert refused(with_payload(header.replace(old, new)))
    assert refused(with_payload(header.replace(old, new, 1)))
    assert refused(header.replace(old, new, 1) + secrets.token_bytes(PAYLOAD))


def test_base64_is_written_in_one_way_only() -> None:
    good = stanza(KEY, FILE_KEY)
    written = good[len(STANZA) : len(STANZA) + 1_494]
    wrapped = b"\n".join(written[at : at + 64] for at in range(0, len(written), 64))
    for other in (written + b"==", wrapped, written.replace(b"+", b"-").replace(b"/", b"_"), written[:-4]):
        header = INTRODUCTION + good.replace(written, other) + 3 * good + foot()
        assert other != written
        assert refused(with_payload(header))


@pytest.mark.parametrize("at", [len(STANZA) + 1_493, 1_555, 4 * STANZA_LENGTH + 46])
def test_bits_that_base64_has_to_spare_are_zero(at: int) -> None:
    """Else one envelope could be written in many ways, and words be hidden in how it is."""
    good = report()
    at += len(INTRODUCTION)
    signs = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = signs[signs.index(good[at]) + 1]
    assert refused(good[:at] + bytes([other]) + good[at + 1 :])


def test_a_prefix_and_words_after_it_are_refused() -> None:
    """As where only the first line is looked at, and what is not sealed is kept all the same."""
    said = b"They keep it under the stairs. " * 1000
    assert refused((INTRODUCTION + said)[:REPORT])
    assert refused((INTRODUCTION + stanza() + said)[:REPORT])
    assert refused((b"-----BEGIN PGP MESSAGE-----\n" + said)[:REPORT])


@given(some.binary(min_size=SLOT, max_size=SLOT))
def test_what_is_packed_comes_out_as_it_went_in(packed: bytes) -> None:
    sealed = unpack(packed)
    assert len(sealed) == ANSWER
    assert pack(sealed) == packed


def test_a_sealed_answer_is_packed_and_unpacked_and_nothing_else_is() -> None:
    sealed = answer()
    assert unpack(pack(sealed)) == sealed
    for other in (report(), photograph(), sealed[:-1], sealed + b"\0"):
        with pytest.raises(EnvelopeRefused):
            pack(other)
    for length in (0, SLOT - 1, SLOT + 1):
        with pytest.raises(EnvelopeRefused):
            unpack(bytes(length))
