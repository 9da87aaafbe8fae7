"""How to reach somebody, in an advert: handles, numbers, links and the like, found in free text.

What is found is replaced, by a hash under the key of the month (`lippen.contact_keys`) or by a plain mark.
The pattern is meant to catch too much rather than too little. One contact written in two ways (`@wee.otter`,
`t.me/wee.otter`, `snap: Wee.Otter`) is one contact.

What it cannot catch: a plain word that is somebody's name with nothing before it that says so (`ask for
otter`), and numbers written out in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.contact_keys import LETTERS, SIGNS
from lippen.signals.folding import all_as_seen, as_seen, seen_otherwise
from lippen.signals.identity import EMAIL, PHONES_IN_TEXT

REMOVED: Final = "[contact removed]"
"""What stands where a contact was that is not hashed: in a row that is not taken, and before a mapping is."""

HANDLE: Final = "[handle]"
"""What stands where a contact was in what somebody happened to see."""

HASHED_HEAD: Final = "[contact "
HASH_SIGNS: Final = SIGNS

HASH: Final = rf"[{LETTERS}]{{{SIGNS}}}"
HASHED: Final = rf"\[contact {HASH}\]"
"""A pattern for a hashed contact in a text that was read."""

_LEAST: Final = 5

_LINK = (
    r"(?:https?://|www\.)[^\s<>\"'\[\]()]+"
    r"|\b[a-z2-7]{16,56}\.onion\b[^\s<>\"'\[\]()]*"
    r"|\b(?:[a-z0-9-]+\.)*(?:t\.me|telegram\.me|wa\.me|wickr\.com|kik\.me|discord\.gg|discord\.com|snapchat\.com"
    r"|instagram\.com|facebook\.com|fb\.me|fb\.com|m\.me|signal\.me|signal\.group|threema\.id|tiktok\.com"
    r"|twitter\.com|x\.com|linktr\.ee|session\.org|matrix\.to|skype\.com|viber\.com|bit\.ly|tinyurl\.com"
    r"|simplex\.chat)/[^\s<>\"'\[\]()]+"
)
# A bitcoin or monero address, a key of Session or Tox, a fingerprint.
_LONG = (
    r"\bbc1[a-z0-9]{25,59}\b|\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\b|\b[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b"
    r"|\b[0-9a-fA-F]{40,}\b|\b(?:[0-9A-Fa-f]{4}\s){9}\s?[0-9A-Fa-f]{4}\b"
)
_NAME = r"(?=[\w.-]*[^\W\d_])[^\W\d](?:[\w.-]{0,38}\w)"
# After @ a handle may begin with digits, but @30quid and @10am are prices and times.
_AFTER_DIGITS = (
    r"(?:quid|pounds?|gbp|each|ea|a|an|per|p|pp|k|g|gs?|gr|grams?|mgs?|ml|kg|oz|am|pm|for|the|and|to|or|x|bar|ten|score"
    r"|euros?|usd|btc|hrs?|mins?|days?|st|nd|rd|th|tabs?|pills?|all|off|only|o)\b"
)
# Places and everybody, who are nobody's account.
_ANYWHERE = (
    r"(?!(?i:the|a|an|my|your|yours|mine|home|work|school|all|here|everyone|channel|admin|night|any|once|least|most"
    r"|this|that|each|only|just|half|full)\b)"
)
_AT = rf"(?<![\w@.])@(?:{_ANYWHERE}{_NAME}|\d+(?!\d*{_AFTER_DIGITS})[^\W\d]\w{{2,}})"
_SURE = (
    r"wickr(?:\s?me)?|telegram|tele|tg|snap\s?chat|snap|sc|insta(?:gram)?|ig|kik|threema|whats\s?app|wapp|wa|discord"
    r"|icq|jabber|xmpp|skype|viber|tik\s?tok|twitter|facebook|fb|messenger|signal|session|tox|element|matrix|simplex"
    r"|wire|proton(?:mail)?|tutanota|user\s?name|handle"
)
_SAYS = r"(?:id|i\.d\.?|name|user(?:\s?name)?|handle|acc(?:ount)?|me|us|@|on|is|add|at)"
# What follows the name of a messenger and is nobody's: `Telegram - fast reply`, `snap: see bio`.
_NOBODY = (
    r"(?!(?:a|all|always|and|any|app|available|back|below|best|bio|both|call|calls|channel|chat|cheap|dm|do|dont|fast|for"
    r"|free|from|group|groups|have|here|hmu|how|if|in|inbox|instant|is|it|just|link|me|menu|message|messages|msg|my|new"
    r"|no|none|not|now|on|only|open|or|order|orders|pm|please|pls|post|preferred|price|prices|quick|replies|reply"
    r"|safe|same|secure|see|send|serious|still|story|stories|text|the|this|to|tonight|top|up|us|we|with|works|yes|you"
    r"|your|wickr|telegram|snap|snapchat|insta|instagram|signal|whatsapp|kik|session)\b(?![._\d]))"
)
# A name has a letter; an e-mail address, a link and an amount are something else.
_WRITTEN = (
    r"(?=[\w.-]*[^\W\d_])(?![\w.+-]*@)(?!https?:|www\.|(?:[\w-]+\.)+\w+/)"
    rf"(?!\d+(?:[.,]\d+)?{_AFTER_DIGITS})\w[\w.-]{{1,38}}\w"
)
_NAMED = (
    rf"(?<![\w@])(?:{_SURE})(?:"
    # With a sign between: any name that is no everyday word.
    rf"(?:\s+{_SAYS})?\s*(?:[:=>»→➡👉]|[-–—]+>?)+\s*(?:{_SAYS}\s+)?@?(?P<after>{_NOBODY}{_WRITTEN})"
    # With a word that says so.
    rf"|\s+(?:id|i\.d\.?|name|user\s?name|handle|acc(?:ount)?)(?:\s+is)?\s+@?(?P<said>{_NOBODY}{_WRITTEN})"
    rf"|(?<=name|ndle)\s+is\s+@?(?P<told>{_NOBODY}{_WRITTEN})"
    # With nothing between: only what has a digit or a low line in it, as no word has.
    rf"|\s+(?:{_SAYS}\s+)?(?P<bare>(?=[\w.-]*[\d_])(?!\d){_WRITTEN})"
    r")"
)
# A name such as accounts have, where somebody is to be written to, or alone on a line or at the end.
_LIKE_A_NAME = r"(?=[\w.]{5})(?=[\w.]*[a-z]{2})(?=[\w.]*[\d_])[a-z][\w.]*[\d\w]"
_ASKING = (
    r"(?:msg|inbox|dm|pm|hmu|add|message|text|ring|bell|call|contact|(?:find|reach|get|add)\s+(?:me|us)\s+(?:at|on)"
    r"|new\s+(?:number|acc(?:ount)?))"
)
_ASKED = rf"(?<![\w@]){_ASKING}\s+(?:me\s+)?(?:at\s+|on\s+)?(?P<asked>{_LIKE_A_NAME})(?![\w@])"
_ALONE = r"(?:^|(?<=[.,;:|\n\-–—]))\s*(?P<alone>(?=[a-z_.]{6})[a-z][a-z_.]*\d{2,4})(?=\s*(?:$|\n))"
_PHONES = "|".join(f"(?:{one})" for one in PHONES_IN_TEXT)

# Each way to write a contact, and a cheap look that tells of a plain text (`folding.seen_otherwise`) whether
# it can hold any of it at all: most hold one way or two, and are searched for these alone.
_WAYS: Final = (
    (rf"(?P<hashed>{HASHED})", r"\[contact "),
    (rf"(?P<email>{EMAIL})", "@"),
    (rf"(?P<link>(?i:{_LINK}))", r"(?i)https?://|www\.|\.onion|[a-z]\.[a-z]{2,5}/"),
    (rf"(?P<long>{_LONG})", r"[0-9a-zA-Z]{26}|(?:[0-9A-Fa-f]{4}\s){3}"),
    (rf"(?P<phone>{_PHONES})", r"[\dOo](?:[\s()./_-]{0,3}[\dOo]){6}"),
    (rf"(?P<at>{_AT})", "@"),
    (rf"(?i:{_NAMED})", rf"(?i)(?:{_SURE})[\s:=>»→➡👉–—-]"),
    (rf"(?i:{_ASKED})", rf"(?i){_ASKING}\s"),
    (rf"(?i:{_ALONE})", r"(?i)[a-z_.]{5}\d{2,4}\s*(?:$|\n)"),
)
_EVERY: Final = (1 << len(_WAYS)) - 1

_ACCOUNT = rf"(?i)(?:^|[^\w@.])@[a-z_]|{_LINK}"
_LIKE_HANDLES = (
    rf"(?i)^\s*(?:@\w[\w.-]+|{_LINK})\s*$",
    # A name of one piece with digits at its end or a low line in it, as accounts are called, and a number of
    # as many digits as accounts have.
    r"(?i)^\s*(?:[a-z][a-z.-]+_?\d{2,}|[a-z0-9.]+_[a-z0-9._]+|(?:user|id|u)?\d{6,19})\s*$",
)

Instead = Callable[[str], str]


def replace_contacts(texts: pa.Array, instead: Instead) -> tuple[pa.Array, int]:
    """Text with each contact replaced by what `instead` gives for it, and how many texts held one.

    `instead` is given the contact in one way of writing, whichever it had. A text in which a contact shows
    only once it is read as it would be seen (wide signs, signs without width) is given back as seen.
    """
    coded = texts.dictionary_encode()
    written = coded.dictionary
    ways = _ways(written)
    at = np.flatnonzero(ways)
    if not len(at):
        return texts, 0
    found = written.take(pa.array(at))
    new = pa.array(
        [_replaced(text, instead, int(way)) for text, way in zip(found.to_pylist(), ways[at], strict=True)],
        texts.type,
    )
    changed = pc.not_equal(new, found)
    where = np.zeros(len(written), dtype=np.bool_)
    where[at] = changed.to_numpy(zero_copy_only=False)
    if not where.any():
        return texts, 0
    replaced = pc.replace_with_mask(written, pa.array(where), new.filter(changed))
    held = pc.sum(pa.array(where).take(coded.indices)).as_py() or 0
    return replaced.take(coded.indices), held


def _ways(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    """Which of _WAYS each text may hold, as bits; all where one is not plain and holds any as it is seen."""
    ways = np.zeros(len(texts), dtype=np.int64)
    odd, seen = seen_otherwise(texts)
    hidden = np.zeros(len(seen), dtype=np.bool_)
    for bit, (_, look) in enumerate(_WAYS):
        may = pc.match_substring_regex(texts, look).fill_null(False).to_numpy(zero_copy_only=False)
        ways[np.asarray(may, dtype=np.bool_)] |= 1 << bit
        if len(seen):
            hidden |= np.asarray(
                pc.match_substring_regex(seen, look).fill_null(False).to_numpy(zero_copy_only=False), np.bool_
            )
    where = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    ways[where] = np.where(hidden | (ways[where] > 0), _EVERY, 0)
    return ways


@lru_cache(maxsize=1 << len(_WAYS))
def _pattern(ways: int) -> re.Pattern[str]:
    return re.compile("|".join(way for bit, (way, _) in enumerate(_WAYS) if ways >> bit & 1))


def remove_contacts(texts: pa.Array, mark: str = REMOVED) -> tuple[pa.Array, int]:
    """`replace_contacts` by a mark that is the same for all."""
    return replace_contacts(texts, lambda _: mark)


def hashed_alike(texts: pa.Array) -> pa.Array:
    """Text with each hash of a contact replaced by the same mark."""
    return pc.replace_substring_regex(texts, HASHED, REMOVED)


def holds_account(values: pa.StringArray) -> pa.BooleanArray:
    """Where a handle with its @, or a link to an account, stands in a value that is no text. Null is no."""
    return pc.match_substring_regex(all_as_seen(values), _ACCOUNT).fill_null(False)


def full_of_handles(values: pa.StringArray) -> bool:
    """Whether more than half of the different values of a column, and five at least, are handles, links to
    accounts, or names and numbers such as accounts have.
    """
    different = all_as_seen(values.unique()).unique()
    filled = different.filter(pc.not_equal(pc.utf8_trim_whitespace(different), "").fill_null(False))
    first, second = (pc.match_substring_regex(filled, pattern) for pattern in _LIKE_HANDLES)
    like = pc.sum(pc.or_(first, second)).as_py() or 0
    return like >= _LEAST and 2 * like > len(filled)


def _replaced(text: str, instead: Instead, ways: int) -> str:
    once = _pattern(ways).sub(lambda match: _put(match, instead), text)
    if ways != _EVERY:  # a plain text, which is as it is seen
        return once
    seen = as_seen(once)
    if seen == once:
        return once
    again = _pattern(_EVERY).sub(lambda match: match[0] if match["hashed"] else _put(match, instead), seen)
    return once if again == seen else again


def _put(match: re.Match[str], instead: Instead) -> str:
    """The whole of a match, with its contact replaced; what says which messenger it is stays."""
    whole = match[0]
    way = match.lastgroup
    if way in ("after", "said", "told", "bare", "asked", "alone"):
        return whole[: match.start(way) - match.start()].removesuffix("@") + instead(_plain(match[way]))
    if way == "link":
        kept = whole.rstrip(".,;:!?*_~")
        return instead(_of_link(kept)) + whole[len(kept) :]
    if way == "phone":
        digits = re.sub(r"\D", "", whole.replace("O", "0").replace("o", "0"))
        return instead(re.sub(r"^(?:0?0?44|0)0?", "0", digits))
    return instead(_plain(whole))


def _plain(name: str) -> str:
    return as_seen(name).casefold().strip("@.-_ ").replace(" ", "")


def _of_link(link: str) -> str:
    """A link as its account where it leads to one, else without what browsers add."""
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", as_seen(link).casefold()).rstrip("/")
    account = re.fullmatch(
        r"(?:t\.me|telegram\.me|kik\.me|instagram\.com|snapchat\.com/add|tiktok\.com|twitter\.com|x\.com"
        r"|facebook\.com|fb\.me|fb\.com|m\.me)/@?([\w.-]+?)(?:[/?#].*)?",
        bare,
    )
    if account:
        return _plain(account[1])
    phone = re.fullmatch(r"wa\.me/\+?(?:44)?(\d+)", bare)
    return f"0{phone[1]}" if phone else bare
