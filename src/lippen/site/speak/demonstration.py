"""The partnership's key of demonstrations, which everybody has.

What it signs proves nothing. So `lippen speak publish` refuses a manifest by it, and the door of a real site
hands none out, however it came there; a demo alone does both.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.speak.partnership_key import PartnershipKey

KEY: Final = PartnershipKey(sha256(b"lippen-speak/1 demonstration: a key that everybody has").digest())
PUBLIC: Final = KEY.public()
"""Its public half, 32 bytes, by which it is known."""


class OnlyADemonstration(LippenError):
    """A manifest is by the key of demonstrations, and this is a real site."""


def refuse_demonstration(written: bytes, file: Path | None = None) -> None:
    """Raise OnlyADemonstration when this manifest names the key of demonstrations. Anything else that may be
    wrong with it is for others to say.
    """
    try:
        named = base64.b64decode(json.loads(written)["key"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return
    if named == PUBLIC:
        raise OnlyADemonstration(
            "this manifest is signed with the key of demonstrations, which everybody has",
            file=file,
            remedy="Make a key of your own: lippen speak key (docs/how-to/open-a-desk.md).",
        )
