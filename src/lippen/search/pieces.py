"""A search taken apart into what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lippen.search.spelling import folded, tokens

LONGEST: Final = 200
"""Signs of a search that are looked at."""

MOST_WORDS: Final = 8
"""Words of a search that are looked at."""

_PIECES: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')


def pieces(asked: str) -> Iterator[tuple[str, bool]]:
    """The words of a search, folded, each with whether it stood in quotation marks."""
    for many, match in enumerate(_PIECES.finditer(folded(asked[:LONGEST]))):
        if many == MOST_WORDS:
            return
        exact, word = match[1], match[2]
        one = " ".join(tokens(word if exact is None else exact))
        if one:
            yield one, exact is not None
