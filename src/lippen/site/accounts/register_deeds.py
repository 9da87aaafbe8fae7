"""What the register says was done, in words that tell one act from another.

The register keeps short texts such as "a role given: worker". A page tells them as "gave Ailsa Reid the role
Worker". Each text that the code writes has its words here, or needs none (tests/site/register/test_deeds.py).
"""

from __future__ import annotations

import re
from typing import Final

from lippen.site.accounts.permissions import permissions

INVITED: Final = "invited"
"""The role, in the register, of whoever enters by a link and has no account yet."""

DEEDS: Final = {
    "the last check of the register": "looked at what the last check of the register found",
    "a colleague met": "said that they have met {whom}",
    "a meeting taken back": "took back that {whom} had been met",
    "a device's replacement agreed to": "agreed that {whom} gets a new device",
    "a device's replacement asked for": "asked for a new device for {whom}",
    "a device's replacement refused": "refused a new device for {whom}",
    "a key ended": "ended a key that let a program “{named}”",
    "a key made": "made a key that lets a program “{named}”",
    "a link to a new device used": "used the link to a new device",
    "a lost device revoked": "took the lost device of {whom} away",
    "a person added": "added {whom}",
    "a person came back": "let {whom} back in",
    "a person erased": "erased everything about {whom}",
    "a person invited": "invited {whom} into the role {named}",
    "a person left": "let {whom} leave",
    "the address of a closed account given up": "gave the e-mail address of {whom}, who left, to another",
    "a role ended": "ended the role {named} of {whom}",
    "a role given": "gave {whom} the role {named}",
    "an invitation withdrawn": "withdrew the invitation of {whom}",
    "an organisation added": "added the organisation {where}",
    "the key that seals the register": "replaced the key that seals the register",
    "how long the register keeps its lines": "stated how long the register keeps its lines",
    "the register resumed": "let the register go on after a backup was put in its place",
    "the names entered again": "entered again which names the register's lines stand for",
    "an organisation closed": "closed the organisation {where}",
    "a means of sign-in added": "added {named} for {whom}",
    "a means of sign-in removed": "removed {named} of {whom}",
    "a password changed": "changed the password of {whom}",
}
"""By the text before its colon or bracket. `named` is what stands after it."""

THEMSELVES: Final = {
    "a declaration taken back": "took back whom they had declared",
    "a person added": "came in by an invitation",
    "a person came back": "came back by an invitation",
    "a person erased": "erased everything about themselves",
    "a role ended": "ended their own role {named}",
    "a role given": "took up the role {named} by an invitation",
    "a means of sign-in added": "added {named} to their own account",
    "a means of sign-in removed": "removed {named} from their own account",
    "a password changed": "changed their own password",
    "an invitation": "opened their invitation",
    "every other browser signed out": "signed out of every other browser",
    "somebody declared": "declared somebody they know",
}
"""The same where somebody did it for themselves, or came in."""

MEANS: Final = {"totp": "an app for codes", "webauthn": "a passkey", "recovery_codes": "spare codes"}

_TEXT: Final = re.compile(r"(?P<act>[^:(]+?)(?:: (?P<after>.+)| \((?P<within>.+)\))?")


def in_words(what: str, role: str, whom: str, where: str, itself: bool) -> str:
    """The words for what the register keeps; "" for what a count of records says well enough.

    See `register.resolvers.InWords`.
    """
    found = _TEXT.fullmatch(what)
    if found is None:
        return ""
    act, named = found["act"], found["after"] or found["within"] or ""
    if act == "refused":
        verb, _, data = named.partition(" ")
        return f"asked to {_verb(verb)} {_data(data)} and was refused"
    if act == "own password":
        return "opened the page on which one changes one's password" if itself else ""
    if act.startswith("own "):
        return f"looked at their {act}" if itself else ""
    told = (THEMSELVES.get(act) if itself or role == INVITED else None) or DEEDS.get(act, "")
    return told.format(whom=whom, where=where or "that is gone", named=_plain(named))


def _plain(name: str) -> str:
    """A role, a purpose or a means of sign-in in words."""
    known = permissions()
    if name in known.roles:
        return known.roles[name].title
    if name in known.purposes:
        title = known.purposes[name].title
        return title[0].lower() + title[1:]
    return MEANS.get(name, name)


def _verb(name: str) -> str:
    return permissions().verbs.get(name, name)


def _data(name: str) -> str:
    known = permissions().data.get(name)
    return f"“{known.title}”" if known else name
