"""What the database keeps only encrypted: secrets of second steps, and staff's own words for whom they know.

Each use has a key of its own, made by HKDF (RFC 5869) from `digest.key` under a label. `session.key` would
not do: it is replaced whenever sessions must end.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def cipher(label: bytes) -> Fernet:
    """The cipher of one use. Who has its key finds neither another's nor the one that all are made from."""
    made = HKDF(SHA256(), 32, salt=None, info=label).derive(settings.KEYS.digest.reveal())
    return Fernet(base64.urlsafe_b64encode(made))
