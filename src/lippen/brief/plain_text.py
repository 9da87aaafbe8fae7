"""Makes any text from an export harmless and visible before it reaches the page.

Escaping for HTML is jinja's and markupsafe's work. What is left are characters that change how *other*
text reads: controls, bidirectional overrides (Unicode TR 9, used in "Trojan Source" attacks), invisible
spaces, and towers of combining marks. They are shown by their code point, never acted upon.
"""

import unicodedata

from markupsafe import Markup

# Joiners are part of how Persian, Hindi and many emoji are written, and cannot reorder anything.
_JOINERS = frozenset("\u200c\u200d")
_MARKS_IN_A_ROW = 3  # Vietnamese and Hebrew need two or three; more only climbs over the lines above


def plain(text: object, limit: int = 80) -> str:
    """`text` on one line, with invisible and reordering characters made visible, cut to `limit` characters.

    A cut text ends in an ellipsis. None gives an empty string.
    """
    if text is None:
        return ""
    given = str(text)
    if len(given) <= limit and given.isascii() and given.isprintable():
        return " ".join(given.split())  # most names: nothing in them is invisible or climbs
    # A name of ten megabytes is not worth walking through when a hundred characters are shown.
    shown: list[str] = []
    length = marks = 0
    for character in given[: limit * 8 + 64]:
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            marks += 1
            if marks > _MARKS_IN_A_ROW:
                continue
        else:
            marks = 0
        piece = _visible(character, category)
        if piece == " " and (not shown or shown[-1] == " "):
            continue
        if length + len(piece) > limit:
            return "".join(shown).rstrip() + "…"
        shown.append(piece)
        length += len(piece)
    if len(given) > limit * 8 + 64:
        return "".join(shown).rstrip() + "…"
    return "".join(shown).rstrip()


def isolated(text: object, limit: int = 80) -> Markup:
    """`plain(text)` for HTML, in a `bdi` element so that right-to-left text leaves its surroundings alone."""
    return Markup("<bdi>{}</bdi>").format(plain(text, limit))


def _visible(character: str, category: str) -> str:
    if category in ("Zs", "Zl", "Zp") or character in "\t\n\r\v\f":
        return " "
    if category in ("Cc", "Cf", "Co", "Cs", "Cn") and character not in _JOINERS:
        return f"⟨U+{ord(character):04X}⟩"
    return character
