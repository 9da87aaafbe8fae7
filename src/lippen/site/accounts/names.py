"""What a person or an organisation may be called: it can be read, and it does not pass for somebody else.

The register and every page show a name as who acted, so a name that hides a part of itself, or that looks
like a colleague's or like the program's, would lay one's acts on another.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from lippen.site.accounts.look_alikes import as_seen, looks_like, unseen
from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.said import Refusal
from lippen.site.register.told import PROGRAM, SOMEBODY, SOMEWHERE

LONGEST: Final = 120

_THE_REGISTER_S_OWN: Final = (PROGRAM, "The programme itself", SOMEBODY, SOMEWHERE, "A program of")
"""How the register calls the program, what is gone, and an organisation's own programs."""


class NameRefused(Refusal):
    """Nobody can be called so. The message says why, and what to do instead."""

    about = "name"


def checked(name: str) -> str:
    """`name` with single blanks, as it is kept.

    Raises NameRefused for a sign that cannot be seen, a blank or too long name, a word of letters of two
    alphabets, and a name that begins as the register's own names for the program do.
    """
    if hidden := next((sign for sign in name if unseen(sign)), None):
        raise NameRefused(
            f"a name has no sign that cannot be seen, and this one has U+{ord(hidden):04X}",
            remedy="Write it by hand, on one line, and do not copy it from elsewhere.",
        )
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not any(sign.isalnum() for sign in name) or len(name) > LONGEST:
        raise NameRefused(f"a name has letters that can be seen, and no more than {LONGEST} of them")
    if mixed := next((word for word in name.split() if len(_alphabets(word)) > 1), None):
        raise NameRefused(
            f"a word of a name is in letters of one alphabet, and {mixed} is in two",
            remedy="Write the whole word with one keyboard.",
        )
    seen = "".join(as_seen(name))
    if any(seen.startswith("".join(as_seen(own))) for own in _THE_REGISTER_S_OWN):
        raise NameRefused("this is how the register calls the program, or what is gone")
    return name


def told_apart(name: str, organisations: Iterable[Organisation], email: str) -> None:
    """Raise NameRefused when somebody who has ever held a role in one of these organisations, other than
    whoever has this address, is called so or looks so: the register shows those who left by their names too.
    """
    there = Person.objects.filter(roles__organisation__in=list(organisations)).exclude(email__iexact=email)
    if any(looks_like(name, other) for other in there.values_list("name", flat=True).distinct()):
        raise NameRefused(
            "somebody there has this name, or one that looks like it",
            remedy="Add what tells the two apart: a middle name, or a team.",
        )


def _alphabets(word: str) -> set[str]:
    """Of a word with Latin letters in it, the alphabets of all its letters; nothing of any other word."""
    plain = unicodedata.normalize("NFKC", word)
    found = {unicodedata.name(one, "?").split()[0] for one in plain if one.isalpha()} - {"MODIFIER"}
    return found if "LATIN" in found else set()
