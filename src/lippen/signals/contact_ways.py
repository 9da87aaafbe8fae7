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
_SPELT_DOT = r"(?:\s*[\[({<]\s?(?:\.|dot)\s?[\])}>]\s*|\s+dot\s+)"
_PATH = r"[^\s<>\"'\[\]()]"
ENDS = (
    r"com|net|org|io|me|shop|store|xyz|biz|info|cc|gg|lol|nz|app|ru|su|is|pw|co|uk|club|site|online|link|bio|ly|im"
    r"|chat|social|be|ee|tv|dog|pm|ws|vip|top|live|market|scot|dev|eu|de|nl|ch|fr|to|page|space|click|website|onl|icu|tk|eth"
)
# Under these a name is a link with no path behind it; under the second list only one that is no everyday word
# (`delivery.online`), since a blank is often left out after a full stop.
_BARE_ENDS = r"com|net|org|io|shop|store|xyz|(?:co|org|me|ltd|ac|gov)\.uk"
_BARE_ENDS_OF_NAMES = (
    r"ru|su|uk|eu|de|nl|ch|info|biz|cc|ws|pw|tk|nz|scot|top|site|online|club|vip|click|website|onl|icu"
    r"|dev|eth"
)
_BARE_END = r"(?![\w@-]|\.\w)"
_LINK = (
    rf"(?:h(?:tt|xx)ps?://)?\b[a-z0-9-]+(?:[\[(](?:\.|dot)[\])][a-z0-9-]+)+(?:/{_PATH}*)?"
    rf"|(?:h(?:tt|xx)ps?://|www\.|\b(?:tg|whatsapp)://){_PATH}+"
    rf"|\b[a-z2-7]{{16,56}}\.onion\b{_PATH}*"
    rf"|(?<![\w.@-])[\w-]{{3,}}\.t\.me(?:/{_PATH}*|{_BARE_END})"
    rf"|(?<![\w.@-])(?:[a-z0-9-]+\.)+(?:{ENDS})/{_PATH}+"
    rf"|(?<![\w.@-])(?:[a-z0-9-]+\.)*[a-z0-9-]{{3,}}\.(?:{_BARE_ENDS}){_BARE_END}"
    rf"|(?<![\w.@-])(?:[a-z0-9-]+\.)*(?=[a-z0-9-]{{3,}}\.(?:{_BARE_ENDS_OF_NAMES}){_BARE_END})(?=[\d-]*[a-z])"
    rf"(?!(?:{NOBODYS})(?:s|ed|ing)?\.)[a-z0-9-]+\.(?:{_BARE_ENDS_OF_NAMES})"
    r"|(?<![\w./])/?u/[\w-]{3,}"
)
# An address to pay to (of bitcoin, monero, ethereum; of others by their digits and letters of both cases), a
# key of Session or Tox, also in blocks, a fingerprint, an account of a bank.
_LONG = (
    r"\b(?:bc|BC|ltc|LTC)1[a-zA-Z0-9]{25,59}\b|\b0[xX][0-9a-fA-F]{40}\b"
    r"|\b(?=[A-Za-z]*\d)(?=[A-Z\d]*[a-z])(?=[a-z\d]*[A-Z])[1-9A-HJ-NP-Za-km-z]{26,44}\b|\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\b|\b[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b"
    r"|\b[0-9a-fA-F]{40,}\b|\b(?:[0-9A-Fa-f]{4}\s){9}\s?[0-9A-Fa-f]{4}\b"
    r"|\b[0-9A-Fa-f]{8,16}(?:\s[0-9A-Fa-f]{8,16}){4,}(?:\s[0-9A-Fa-f]{1,7})?\b"
    r"|\b[A-Za-z]{2}\d{2}\s?[A-Za-z0-9]{4}(?:\s?\d{4}){2,5}(?:\s?\d{1,3})?\b"
)
# Whichever signs stand between the digits, and l or I for one; its first four stand together, as no
# date's do, or each of the eleven alone. The digits of a mobile without its nought are read alone.
_OF_ELEVEN = r"(?=[\dOolI]{2})(?:[^\w\n]{0,5}[\dOolI]){9}(?![\dOolI])"
_PHONE = (
    rf"(?<!\w)(?:[0Oo](?:7{_OF_ELEVEN}|[^\w\n]{{1,3}}[1-37](?:[^\w\n]{{1,3}}[\dOolI]){{9}}\ufe0f?\u20e3?(?![^\w\n]?\d|[OolI]))"
    rf"|\+44[^\w\n]{{0,3}}(?:[0Oo][^\w\n]{{1,3}})?7{_OF_ELEVEN})"
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
    # Names on Facebook have blanks; the second word is one where the line ends, or a number to dial follows.
    rf"(?<![\w@\[])(?:facebook|fb|messenger)(?:\s+{_SAYS})?\s*(?:[:=>]|[-–—]+>?)+\s*"
    rf"(?P<whole>{_NOBODY}{_WRITTEN}(?: {_UNHEARD}){{1,2}})(?=[^\w\n]*(?:$|\n|0\d|[+(]))"
    rf"|(?<![\w@\[])(?:{_SURE})(?:"
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
# A picture that many put for a messenger, and for much else: what follows is somebody's where it is written
# as accounts are, or stands there alone and is no word of the list.
_PICTURED = (
    rf"[✈📲💬📸📷](?:[^\w\n\[]|{_BRACKET}){{0,8}}(?P<pictured>(?=[\w.-]{{5}})(?:(?=[\w.-]*[\d_]){_UNHEARD}"
    rf"|{_UNHEARD}(?=[^\w\n]*(?:$|\n))))(?!\w)"
)
# The name of a messenger, or its picture, and then a word that no list knows, whatever signs stand between:
# on the same line, or alone on the next; after the end of a sentence only where nothing follows.
_PLAINLY = (
    rf"(?:(?<![\w@\[])(?:(?:{_MESSENGER})(?:['’]s)?(?!\w)|{_ARABIC}(?=(?:\s+{_SAYS}(?!\w)){{0,3}}[^\w\n]{{1,8}}[a-z]))|👻)"
    rf"(?:\s+{_SAYS}(?!\w)){{0,3}}(?:"
    rf"(?:[^\w\n\[.!?…]|{_BRACKET}){{1,8}}(?P<plainly>{_UNHEARD})"
    rf"|(?:[^\w\[]|{_BRACKET}){{1,8}}(?P<alone_after>{_UNHEARD})(?=[^\w\n]*(?:$|\n))"
    r")(?!\w)"
)
_WHERE = rf"(?=\s+(?:on|via|over|through|thru|@)\s+(?:the\s+|my\s+)?(?:{_MESSENGER})(?!\w))"
_ON = (
    r"(?<![\w@])(?:at|add|find|msg|message|hmu|dm|pm|text|txt|reach|contact|inbox|get|hit|holla|follow|search|snap)"
    rf"\s+(?:(?:me|us|up|for)\s+){{0,2}}@?(?P<on>{_UNHEARD}){_WHERE}"
)
# A name with its messenger behind it: in brackets, with a dash at the end of its line, and anywhere where it
# is written as accounts are.
_BEHIND_SIGN = rf"\s*[-–—:|/=←<]{{1,3}}\s*(?:my\s+)?(?:{_MESSENGER})(?!\w)"
_BEHIND = (
    rf"(?<![\w@.-])(?=[\w.-]{{4,}}\s*[(\[]\s?(?:my\s+|on\s+)?(?:{_MESSENGER})\s?[)\]])(?P<bracketed>{_UNHEARD})(?!\w)"
    rf"|(?<![\w@.-])(?=[\w.-]{{4,}}{_BEHIND_SIGN}[^\w\n]*(?:$|\n))(?P<last>{_UNHEARD})(?!\w)"
    rf"|(?<![\w@.-])(?=[\w.-]{{5,}}(?:{_BEHIND_SIGN}|\s+(?:on|via)\s+(?:my\s+)?(?:{_MESSENGER})(?!\w)))"
    rf"(?=[\w.-]*[\d_])(?P<behind>{_UNHEARD})(?!\w)"
)
# A link to an account of Telegram that is no link: with blanks, with words for its signs, with other signs.
_SPOKEN = (
    r"(?:h(?:tt|xx)ps?\s?:\s?/\s?/\s?)?(?<![\w.'’])t(?:"
    rf"(?:{_SPELT_DOT}|\s+\.\s*|\s*\.\s+)me(?:\s*/\s*|\s+slash\s+|\s+)|\.me(?:\s*/\s+|\s+/\s*|\s+slash\s+|\s*:\s*|\s+)"
    r"|[,;:_\s-]?me\s?[/\\]|\.me\\"
    rf")(?:s/)?@?(?P<spoken>{_UNHEARD})(?!\w)"
)
_DOT = rf"(?:\.|{_SPELT_DOT})"
_MAIL_ENDS = r"(?:com|net|org|uk|me|io|ru|ch|de|is|fr|info|co|eu|email|pm)(?!\w)"
_PROVIDER = r"(?:g(?:oogle)?mail|proton(?:mail)?|tutanota|tuta|outlook|hotmail|yahoo|icloud)"
_AT_IN_BRACKETS = r"[\[({<#*]\s?(?:at|@|a)\s?[\])}>#*]"
_SPELT = (
    r"(?<![\w.+-])[\w.+-]+(?:"
    rf"(?:\s?{_AT_IN_BRACKETS}\s?|\s?@\s?)[\w-]+(?:{_DOT}[\w-]+)*?{_DOT}{_MAIL_ENDS}"
    rf"|\s+at\s+[\w-]+(?:{_SPELT_DOT}[\w-]+)*?{_SPELT_DOT}{_MAIL_ENDS}"
    rf"|(?:\s+at\s+|_at_){_PROVIDER}(?:\.|\s?[,;]\s?|\s+|_dot_){_MAIL_ENDS}"
    # Where it is plainly an address, a stop that is none counts, and so does none at all.
    rf"|(?:\s?{_AT_IN_BRACKETS}\s?|\s?@\s?){_PROVIDER}(?:(?:\s?[,;]\s?|\s+|_dot_){_MAIL_ENDS}|(?![\w.-])))"
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

_LOOK_LINK = rf"(?i)tps?://|xxps?://|www\.|(?:tg|app)://|\.onion|[a-z0-9]\.(?:{ENDS})\b|u/|[(\[](?:\.|dot)"
_LOOK_SPELT = (
    rf"(?i)(?:\s@|@\s|\bat\b).{{0,40}}(?:\.|dot)|{_AT_IN_BRACKETS}"
    rf"|(?:@\s?|\bat\s+|_at_){_PROVIDER}"
)
_LOOK_LONG = (
    r"[0-9a-zA-Z]{26}|(?:[0-9A-Fa-f]{4}\s){3}|[0-9A-Fa-f]{8}\s[0-9A-Fa-f]{8}"
    r"|[A-Za-z]{2}\d{2}\s?\w{4}\s?\d{4}"
)
_LOOK_NAMED = (
    rf"(?i)(?:{_SURE})(?:\s*[:=>»→➡👉–—-]|\s+\w+[\s\w.-]*[\d_]|\s+(?:id|i\.d|name|user|handle|acc)|\s+is\s)"
)
_LOOK_PLAINLY = (
    rf"(?i)(?:(?:^|\W)(?:{_MESSENGER}|{_ARABIC})|👻)(?:['’]s)?(?:\s+{_SAYS}\b){{0,3}}\W{{1,8}}[^\W\d]"
)
_LOOK_BEHIND = (
    rf"(?i)\w\s*(?:[(\[]\s?(?:my\s+|on\s+)?|[-–—:|/=←<]{{1,3}}\s*(?:my\s+)?)(?:{_MESSENGER})\b"
    rf"|[\d_][\w.-]*\s+(?:on|via)\s+(?:my\s+)?(?:{_MESSENGER})\b"
)

# Each way to write a contact, and a cheap look that tells of a plain text (`folding.seen_otherwise`) whether
# it can hold any of it at all: most hold one way or two, and are searched for these alone. Where two ways
# begin at one place, the first counts.
WAYS: Final = (
    ("hashed", HASHED, r"\[contact "),
    ("email", rf"@?{EMAIL}", r"@[^\s@]+\."),
    ("spelt", rf"(?i:{_SPELT})", _LOOK_SPELT),
    ("spoken", rf"(?i:{_SPOKEN})", r"(?i)\bt(?:[\s\[({]*(?:\.|dot)[\s\])}]*|[,;:_\s-]?)me\b"),
    ("link", rf"(?i:{_LINK})", _LOOK_LINK),
    ("long", _LONG, _LOOK_LONG),
    (
        "phone",
        _PHONES,
        r"[\dOo](?:[\s()./_-]{0,3}[\dOo]){6}|[0Oo]7[\dOolI]{2}(?:[^\w\n]{0,5}[\dOolI]){7}"
        r"|[0Oo](?:[^\w\n]{1,3}[\dOolI]){10}",
    ),
    ("at", rf"(?i:{_AT})", "@"),
    ("named", rf"(?i:{_NAMED})", _LOOK_NAMED),
    ("plainly", rf"(?i:{_PLAINLY})", _LOOK_PLAINLY),
    ("pictured", rf"(?i:{_PICTURED})", "[✈📲💬📸📷]"),
    ("behind", rf"(?i:{_BEHIND})", _LOOK_BEHIND),
    ("on", rf"(?i:{_ON})", rf"(?i)\s(?:on|via|over|through|thru|@)\s+(?:the\s+|my\s+)?(?:{_MESSENGER})"),
    ("asked", rf"(?i:{_ASKED})", rf"(?i){_ASKING}\s+(?:me\s+)?(?:at\s+|on\s+)?[a-z][\w.]*[\d_]"),
    ("alone", rf"(?i:{_ALONE})", r"(?i)[a-z_.]{5}\d{2,4}\s*(?:$|\n)"),
)  # fmt: skip
