"""The ways in which people write how to reach somebody, as patterns. The browser has the same
(`web/sightings/ways.json`, which tests/site/sightings/ways_for_the_browser.py writes).

What follows the name of a messenger is somebody's, unless it is a word of `nobodys_words.json`: everyday
words and those of the trade. A new word for a substance is on no list, and is lost where it follows a
messenger at once.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Final

from lippen.contact_keys import LETTERS, SIGNS
from lippen.signals.identity import EMAIL, PHONES_IN_TEXT

HASHED_HEAD: Final = "[contact "
HASH_SIGNS: Final = SIGNS

HASH: Final = rf"[{LETTERS}]{{{SIGNS}}}"
HASHED: Final = rf"\[contact {HASH}\]"
"""A pattern for a hashed contact in a text that was read."""

NOBODYS: Final = "|".join(json.loads(files(__package__).joinpath("nobodys_words.json").read_text("utf-8")))
"""Words that are everyday or of the trade, and so nobody's name: the browser reads the same list."""

# A full stop as it is written to get past a rule: `t[.]me`, `gmail dot com`.
_SPELT_DOT = r"(?:\s*[\[({]\s?(?:\.|dot)\s?[\])}]\s*|\s+dot\s+)"
_PATH = r"[^\s<>\"'\[\]()]"
ENDS = (
    r"com|net|org|io|me|shop|store|xyz|biz|info|cc|gg|lol|nz|app|ru|su|is|pw|co|uk|club|site|online|link|bio|ly|im"
    r"|chat|social|be|ee|tv|dog|pm|ws|vip|top|live|market|scot|dev|eu|de|nl|ch|fr|to|page|space"
)
_LINK = (
    rf"(?:h(?:tt|xx)ps?://)?\b[a-z0-9-]+(?:[\[(](?:\.|dot)[\])][a-z0-9-]+)+(?:/{_PATH}*)?"
    rf"|(?:h(?:tt|xx)ps?://|www\.|\btg://){_PATH}+"
    rf"|\b[a-z2-7]{{16,56}}\.onion\b{_PATH}*"
    rf"|(?<![\w.@-])(?:[a-z0-9-]+\.)+(?:{ENDS})/{_PATH}+"
    r"|(?<![\w.@-])(?:[a-z0-9-]+\.)*[a-z0-9-]{3,}\.(?:com|net|org|io|shop|store|xyz)(?![\w@-]|\.\w)"
    r"|(?<![\w./])/?u/[\w-]{3,}"
)
# A bitcoin or monero address, a key of Session or Tox, also in blocks, a fingerprint, an account of a bank.
_LONG = (
    r"\bbc1[a-z0-9]{25,59}\b|\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\b|\b[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b"
    r"|\b[0-9a-fA-F]{40,}\b|\b(?:[0-9A-Fa-f]{4}\s){9}\s?[0-9A-Fa-f]{4}\b"
    r"|\b[0-9A-Fa-f]{8,16}(?:\s[0-9A-Fa-f]{8,16}){4,}(?:\s[0-9A-Fa-f]{1,7})?\b"
    r"|\b[A-Za-z]{2}\d{2}\s?[A-Za-z0-9]{4}(?:\s?\d{4}){2,5}(?:\s?\d{1,3})?\b"
)
# Whichever signs stand between the digits, and l or I for one; its first four stand together, as no
# date's do. The digits of a mobile without its nought are read alone.
_PHONE = (
    r"(?<!\w)[0Oo]7(?=[\dOolI]{2})(?:[^\w\n]{0,5}[\dOolI]){9}(?![\dOolI])"
    r"|(?<![\w.£$€-])7[1-9]\d{8}(?![\w-])"
)
_NAME = r"(?=[\w.-]*[^\W\d_])[^\W\d](?:[\w.-]*\w)"
# The end of a word that is excepted: `@the gym`, and not `@the.gym`.
_WHOLE_WORD = r"(?!\w|[.-]+\w)"
# After @ a handle may begin with digits, but @30quid and @10am are prices and times.
_AFTER_DIGITS = (
    r"(?:quid|pounds?|gbp|each|ea|a|an|per|p|pp|k|g|gs?|gr|grams?|mgs?|ml|kg|oz|am|pm|for|the|and|to|or|x|bar|ten|score"
    r"|euros?|usd|btc|hrs?|mins?|days?|st|nd|rd|th|tabs?|pills?|all|off|only|o)\b"
)
# Places and everybody, who are nobody's account.
_ANYWHERE = (
    r"(?!(?:the|a|an|my|your|yours|mine|home|work|school|all|here|everyone|channel|admin|night|any|once|least|most"
    rf"|this|that|each|only|just|half|full){_WHOLE_WORD})"
)
# What stands before @ is no matter: a second handle may be glued to the first.
_AT = rf"@+[*(\"'“]{{0,2}}(?:{_ANYWHERE}{_NAME}|\d+(?!\d*{_AFTER_DIGITS})[^\W\d]\w{{2,}})"
# Messengers whose names are no everyday words; a name may follow at once.
_MESSENGER = (
    r"wickr(?:\s?me)?|telegram(?:ie|em)?|tele|tg|snap\s?chat|snap(?:ie|em)?|sc|insta(?:gram(?:ie|em)?)?|ig|kik|threema|whats\s?app|wapp|discord|icq"
    r"|jabber|xmpp|skype|viber|tik\s?tok|facebook|fb|messenger|signal|tox|simplex|tlg|snp|we\s?chat|potato\s?chat|briar|olvid|tele\s?guard|zangi|cash\s?app|reddit"
)
# The same as they are written in Arabic, with what is glued to them. Any word of that language may follow.
_ARABIC = (
    r"[عوبلا]{0,4}(?:سناب(?:\s?شات)?|تي?لي?[غجكگق]رام|[اإأ]نستا?(?:[غجكگق]رام)?|واتس(?:\s?[اآ]ب)?|فيس\s?بوك|تيك\s?توك"
    r"|ما?سنجر|سي?[غجك]نال)"
)
_SURE = (
    rf"{_MESSENGER}|wa|twitter|session|element|matrix|wire|proton(?:mail)?|tutanota|user\s?name|handle"
    rf"|{_ARABIC}"
)
_SAYS_ABROAD = "nazwa|konto|هو|اسمه|اسم|حسابه|باسم"
_SAYS = rf"(?:id|i\.d\.?|name|user(?:\s?name)?|handle|acc(?:ount)?|me|us|@|on|is|add|at|{_SAYS_ABROAD})"
# What follows the name of a messenger and is nobody's: `Telegram - fast reply`, `snap: see bio`.
_NOBODY = (
    r"(?!(?:a|all|always|and|any|app|available|back|below|best|bio|both|call|calls|channel|chat|cheap|dm|do|dont|fast|for"
    r"|free|from|group|groups|have|here|hmu|how|if|in|inbox|instant|is|it|just|link|me|menu|message|messages|msg|my|new"
    r"|no|none|not|now|on|only|open|or|order|orders|pm|please|pls|post|preferred|price|prices|quick|replies|reply"
    r"|safe|same|secure|see|send|serious|still|story|stories|text|the|this|to|tonight|top|up|us|we|with|works|yes|you"
    r"|your|wickr|telegram|snap|snapchat|insta|instagram|signal|whatsapp|kik|session"
    rf"|(?:same|next)-day){_WHOLE_WORD})"
)
# A name has a letter; an e-mail address, a link and an amount are something else.
_WRITTEN = (
    r"(?=[\w.-]*[^\W\d_])(?![\w.+-]*@[\w-]+\.\w)(?!(?:https?|hxxps?|tg):|www\.|(?:[\w-]+\.)+\w+/)"
    rf"(?!\d+(?:[.,]\d+)?{_AFTER_DIGITS})\w[\w.-]+\w"
)
# A name where nothing but a messenger beside it says so: none that begins with a digit, no word of the list,
# no such word with a strength (`pregabalin300mg`), no count (`x10`).
_UNHEARD = (
    rf"(?!\d|x\d+\b|(?:{NOBODYS}|{_SAYS_ABROAD})(?:s|ed|ing)?(?:{_WHOLE_WORD}|-(?:day|to|in|up|free|only|off)\b"
    rf"|\d+(?:mg|mcg|ug|ml|g)\b)){_WRITTEN}"
)
_NAMED = (
    rf"(?<![\w@\[])(?:{_SURE})(?:"
    # With a sign between: any name that is no everyday word.
    rf"(?:\s+{_SAYS})?\s*(?:[:=>»→➡👉]|[-–—]+>?)+\s*(?:{_SAYS}\s+)?@?(?P<after>{_NOBODY}{_WRITTEN})"
    # With a word that says so.
    rf"|\s+(?:id|i\.d\.?|name|user\s?name|handle|acc(?:ount)?)(?:\s+is)?\s+@?(?P<said>{_NOBODY}{_WRITTEN})"
    rf"|(?<=name|ndle)\s+is\s+@?(?P<told>{_NOBODY}{_WRITTEN})"
    # With nothing between: what has a digit or a low line in it, as no word has.
    rf"|\s+(?:(?:{_SAYS}|to)\s+)?(?P<bare>(?=[\w.-]*[\d_])(?!\d|x\d+\b|(?:{NOBODYS})\d+(?:mg|mcg|ug|ml|g)\b){_WRITTEN})"
    r")"
)
# What masks and marks put into a text is no name in brackets.
_BRACKET = r"\[(?!(?:contact|handle|e-mail|card|device|account|number|telephone|registration)\b)"
# The name of a messenger, or its picture, and then a word that no list knows, whatever signs stand between:
# on the same line, or alone on the next; after the end of a sentence only where nothing follows.
_PLAINLY = (
    rf"(?:(?<![\w@\[])(?:(?:{_MESSENGER})(?!\w)|{_ARABIC}(?=(?:\s+{_SAYS}(?!\w)){{0,3}}[^\w\n]{{1,8}}[a-z]))|👻)"
    rf"(?:\s+{_SAYS}(?!\w)){{0,3}}(?:"
    rf"(?:[^\w\n\[.!?…]|{_BRACKET}){{1,8}}(?P<plainly>{_UNHEARD})"
    rf"|(?:[^\w\[]|{_BRACKET}){{1,8}}(?P<alone_after>{_UNHEARD})(?=[^\w\n]*(?:$|\n))"
    r")(?!\w)"
)
_WHERE = rf"(?=\s+(?:on|via|over|through|thru|@)\s+(?:the\s+|my\s+)?(?:{_MESSENGER})(?!\w))"
_ON = (
    r"(?<![\w@])(?:add|find|msg|message|hmu|dm|pm|text|txt|reach|contact|inbox|get|hit|holla|follow|search|snap)"
    rf"\s+(?:(?:me|us|up|for)\s+){{0,2}}@?(?P<on>{_UNHEARD}){_WHERE}"
)
# A link to an account of Telegram that is no link: with blanks, with words for its signs.
_SPOKEN = (
    r"(?:h(?:tt|xx)ps?\s?:\s?/\s?/\s?)?(?<![\w.])t(?:"
    rf"(?:{_SPELT_DOT}|\s+\.\s*|\s*\.\s+)me(?:\s*/\s*|\s+slash\s+|\s+)|\.me(?:\s*/\s+|\s+/\s*|\s+slash\s+|\s*:\s*|\s+)"
    rf")(?:s/)?@?(?P<spoken>{_UNHEARD})(?!\w)"
)
_DOT = rf"(?:\.|{_SPELT_DOT})"
_MAIL_ENDS = r"(?:com|net|org|uk|me|io|ru|ch|de|is|fr|info|co|eu|email|pm)(?!\w)"
_SPELT = (
    r"(?<![\w.+-])[\w.+-]+(?:"
    rf"(?:\s?[\[({{]\s?(?:at|@)\s?[\])}}]\s?|\s?@\s?)[\w-]+(?:{_DOT}[\w-]+)*?{_DOT}{_MAIL_ENDS}"
    rf"|\s+at\s+[\w-]+(?:{_SPELT_DOT}[\w-]+)*?{_SPELT_DOT}{_MAIL_ENDS}"
    rf"|\s+at\s+(?:gmail|proton(?:mail)?|tutanota|tuta|outlook|hotmail|yahoo|icloud)\.{_MAIL_ENDS})"
)
# A name such as accounts have, where somebody is to be written to, or alone on a line or at the end.
_LIKE_A_NAME = r"(?=[\w.]{5})(?=[\w.]*[a-z]{2})(?=[\w.]*[\d_])[a-z][\w.]*[\d\w]"
_ASKING = (
    r"(?:msg|inbox|dm|pm|hmu|add|message|text|ring|bell|call|contact|(?:find|reach|get|add)\s+(?:me|us)\s+(?:at|on)"
    r"|new\s+(?:number|acc(?:ount)?))"
)
_ASKED = rf"(?<![\w@])(?<!\[){_ASKING}\s+(?:me\s+)?(?:at\s+|on\s+)?(?P<asked>{_LIKE_A_NAME})(?![\w@])"
_ALONE = r"(?:^|(?<=[.,;:|\n\-–—]))\s*(?P<alone>(?=[a-z_.]{6})[a-z][a-z_.]*\d{2,4})(?=\s*(?:$|\n))"
_PHONES = "|".join(f"(?:{one})" for one in (*PHONES_IN_TEXT, _PHONE))

_LOOK_LINK = rf"(?i)tps?://|xxps?://|www\.|tg://|\.onion|[a-z0-9]\.(?:{ENDS})\b|u/|[(\[](?:\.|dot)"
_LOOK_LONG = (
    r"[0-9a-zA-Z]{26}|(?:[0-9A-Fa-f]{4}\s){3}|[0-9A-Fa-f]{8}\s[0-9A-Fa-f]{8}"
    r"|[A-Za-z]{2}\d{2}\s?\w{4}\s?\d{4}"
)
_LOOK_NAMED = (
    rf"(?i)(?:{_SURE})(?:\s*[:=>»→➡👉–—-]|\s+\w+[\s\w.-]*[\d_]|\s+(?:id|i\.d|name|user|handle|acc)|\s+is\s)"
)
_LOOK_PLAINLY = rf"(?i)(?:(?:^|\W)(?:{_MESSENGER}|{_ARABIC})|👻)(?:\s+{_SAYS}\b){{0,3}}\W{{1,8}}[^\W\d]"

# Each way to write a contact, and a cheap look that tells of a plain text (`folding.seen_otherwise`) whether
# it can hold any of it at all: most hold one way or two, and are searched for these alone. Where two ways
# begin at one place, the first counts.
WAYS: Final = (
    ("hashed", HASHED, r"\[contact "),
    ("email", rf"@?{EMAIL}", r"@[^\s@]+\."),
    ("spelt", rf"(?i:{_SPELT})", r"(?i)(?:\s@|@\s|[\[({]\s?@|\bat\b).{0,40}(?:\.|dot)"),
    ("spoken", rf"(?i:{_SPOKEN})", r"(?i)\bt[\s\[({]*(?:\.|dot)[\s\])}]*me\b"),
    ("link", rf"(?i:{_LINK})", _LOOK_LINK),
    ("long", _LONG, _LOOK_LONG),
    ("phone", _PHONES, r"[\dOo](?:[\s()./_-]{0,3}[\dOo]){6}|[0Oo]7[\dOolI]{2}(?:[^\w\n]{0,5}[\dOolI]){7}"),
    ("at", rf"(?i:{_AT})", "@"),
    ("named", rf"(?i:{_NAMED})", _LOOK_NAMED),
    ("plainly", rf"(?i:{_PLAINLY})", _LOOK_PLAINLY),
    ("on", rf"(?i:{_ON})", rf"(?i)\s(?:on|via|over|through|thru|@)\s+(?:the\s+|my\s+)?(?:{_MESSENGER})"),
    ("asked", rf"(?i:{_ASKED})", rf"(?i){_ASKING}\s+(?:me\s+)?(?:at\s+|on\s+)?[a-z][\w.]*[\d_]"),
    ("alone", rf"(?i:{_ALONE})", r"(?i)[a-z_.]{5}\d{2,4}\s*(?:$|\n)"),
)  # fmt: skip
