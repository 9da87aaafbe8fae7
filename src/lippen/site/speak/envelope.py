"""The three envelopes of the speak protocol (docs/speak-protocol.md, 4 and 5), told by their bytes alone.

    header    "age-encryption.org/v1" LF, a stanza for each recipient, "--- " and 43 of the MAC, LF
    stanza    "-> mlkem768x25519 " and 1,494 of the encapsulated key, LF, 43 of the sealed file key, LF
    payload   a nonce (16), and the text in chunks of 65,536 with a tag (16) each

Nothing here opens anything. What differs from this in one byte of its form is refused, so that nobody can
leave a readable word in a place for sealed ones. Errors say what happened and hold nothing of what came.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Final

DESK, ID = 16, 16
KEY, FILE_KEY, MAC, NONCE, TAG = 1_120, 32, 32, 16, 16
TEXT, ANSWER_TEXT = 16_384, 4_096
LEAST_PHOTOGRAPH, MOST_PHOTOGRAPH = 16_384, 8 * 1024 * 1024
STANZAS: Final = 4
SLOTS: Final = 3

_INTRODUCTION: Final = b"age-encryption.org/v1\n"
_STANZA: Final = b"-> mlkem768x25519 "
_FOOT: Final = b"--- "
_CHUNK: Final = 65_536


def _length_in_base64(length: int) -> int:
    return (length * 8 + 5) // 6


_STANZA_LENGTH: Final = len(_STANZA) + _length_in_base64(KEY) + 1 + _length_in_base64(FILE_KEY) + 1
_FOOT_LENGTH: Final = len(_FOOT) + _length_in_base64(MAC) + 1


def _length_sealed(stanzas: int, text: int) -> int:
    header = len(_INTRODUCTION) + stanzas * _STANZA_LENGTH + _FOOT_LENGTH
    return header + NONCE + text + TAG * -(-text // _CHUNK)


def padme(length: int) -> int:
    """The Padmé length of so many bytes: at most 12 in 100 more, and few enough to tell little.

    Source: Nikitin et al., Reducing Metadata Leakage from Encrypted Files and Communication with PURBs,
    PoPETs 2019(4).
    """
    exponent = length.bit_length() - 1
    step = 1 << max(0, exponent - exponent.bit_length())
    return -(-length // step) * step


def _photograph_lengths() -> dict[int, int]:
    """Length of the envelope of each padded length that a photograph can have."""
    found, padded = {}, LEAST_PHOTOGRAPH
    while padded <= MOST_PHOTOGRAPH:
        found[_length_sealed(1, padded)] = padded
        padded = padme(padded + 1)
    return found


REPORT: Final = _length_sealed(STANZAS, TEXT)
ANSWER: Final = _length_sealed(1, ANSWER_TEXT)
PHOTOGRAPHS: Final = _photograph_lengths()
"""Each length of a sealed photograph, and the padded length inside it."""

PACKED: Final = KEY + FILE_KEY + MAC + NONCE + ANSWER_TEXT + TAG
"""An answer without what is the same in each."""


class EnvelopeRefused(Exception):
    """What came is no envelope of the protocol."""


class LengthRefused(EnvelopeRefused):
    """It has not the length of such an envelope."""


class HeaderRefused(EnvelopeRefused):
    """Its header is not, byte for byte, one of ours."""


class EncodingRefused(EnvelopeRefused):
    """What stands in its header is no base64, or not the only way to write those bytes in it."""


def check_report(sealed: bytes) -> None:
    """Raise EnvelopeRefused when these bytes are no sealed report."""
    if len(sealed) != REPORT:
        raise LengthRefused
    _read_header(sealed, STANZAS)


def check_photograph(sealed: bytes) -> None:
    """Raise EnvelopeRefused when these bytes are no sealed photograph of a padded length."""
    if len(sealed) not in PHOTOGRAPHS:
        raise LengthRefused
    _read_header(sealed, 1)


def pack(sealed: bytes) -> bytes:
    """A sealed answer (5,755) as it is kept in a slot (5,312). Raises EnvelopeRefused."""
    if len(sealed) != ANSWER:
        raise LengthRefused
    return b"".join(_read_header(sealed, 1)) + sealed[-(NONCE + ANSWER_TEXT + TAG) :]


def unpack(packed: bytes) -> bytes:
    """The sealed answer (5,755) of what a slot held (5,312). Raises LengthRefused."""
    if len(packed) != PACKED:
        raise LengthRefused
    key, rest = packed[:KEY], packed[KEY:]
    file_key, mac, payload = rest[:FILE_KEY], rest[FILE_KEY : FILE_KEY + MAC], rest[FILE_KEY + MAC :]
    stanza = _STANZA + _encode(key) + b"\n" + _encode(file_key) + b"\n"
    return _INTRODUCTION + stanza + _FOOT + _encode(mac) + b"\n" + payload


def _read_header(sealed: bytes, stanzas: int) -> list[bytes]:
    """Encapsulated key and sealed file key of each stanza, and the MAC, of a header with so many stanzas."""
    reading = _Reading(sealed)
    reading.expect(_INTRODUCTION)
    found = []
    for _ in range(stanzas):
        reading.expect(_STANZA)
        found += [reading.decode(KEY), reading.decode(FILE_KEY)]
    reading.expect(_FOOT)
    found.append(reading.decode(MAC))
    return found


class _Reading:
    """Reads bytes from the first on; whatever is not as expected ends it."""

    def __init__(self, sealed: bytes) -> None:
        self._sealed = sealed
        self._at = 0

    def expect(self, wanted: bytes) -> None:
        if self._take(len(wanted)) != wanted:
            raise HeaderRefused

    def decode(self, length: int) -> bytes:
        """So many bytes in base64 and the end of their line."""
        written = self._take(_length_in_base64(length))
        try:
            decoded = b64decode(written + b"=" * (-len(written) % 4), validate=True)
        except NotBase64:
            raise EncodingRefused from None  # what it says quotes nothing today; it could tomorrow
        if _encode(decoded) != written:  # the last sign has bits to spare, and they must be zero
            raise EncodingRefused
        self.expect(b"\n")
        return decoded

    def _take(self, length: int) -> bytes:
        taken = self._sealed[self._at : self._at + length]
        self._at += length
        return taken


def _encode(plain: bytes) -> bytes:
    return b64encode(plain).rstrip(b"=")
