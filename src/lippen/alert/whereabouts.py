"""Where somebody could be sent: streets, doors, schemes, shops and corners, and a spot as a map has it."""

from __future__ import annotations

from typing import Final

_WITH_A_CAPITAL: Final = (
    "St|Street|Rd|Road|Ave?|Avenue|Ln|Lane|Dr|Drive|Cres|Crescent|Terr?|Terrace|Ct|Court|Cl|Close|Wynd|Loan|Brae"
    "|Gait|Gate|Pl|Place|Gdns|Gardens|Row|Way|Sq|Square|View|Quay|Hill|Park|Walk|House|Grove|Vennel|Pend|Mews"
    "|Parade|Circus|Towers?|Heights|Cross|Bridge|Wharf|Yard|Arcade|Precinct|Station"
)
_NO_STREET: Final = (
    r"(?!(?:not|never|to|or|and|them|who|you|they|we|as|so|too|very|stay|keep|comes?|called|of|with)\b)"
)
STREET: Final = (
    rf"\b{_NO_STREET}\w+\s(?:street|road|avenue|lane|drive|crescent|terrace|court|close|wynd|loan|brae|gait|vennel)\b"
    r"|\b[a-z]{3,}\s(?:st|rd|ave|cres|gdns|ct)\b"
    r"|\b\d{1,4}[a-z]?(?:/\d{1,2})?,?\s(?!(?:at|in|of|on|the|to|from|near|and|or|by|an?|per|take|took)\b)"
    rf"[a-z'-]{{2,}}\s(?:{_WITH_A_CAPITAL}|green|bank|mains)\b"
    r"|\b\w{3,}(?:gait|vennel)\b|\b(?:\d+(?:/\d+)?|flat)\s\w{3,}gate\b"
    r"|\b(?:flats?|stair|landing|door|unit|close|tower)s?,?\s(?:no\.?\s?|number\s)?(?:\d|one\b|two\b|three\b)"
    r"|\b(?:at|in)\s(?:number|no\.?)\s?\d|\b(?:first|second|third|fourth|fifth|top|ground|\d+(?:st|nd|rd|th))\sfloor\b"
    r"|\b(?:AB|DD|DG|EH|FK|HS|IV|KA|KW|KY|ML|PA|PH|TD|ZE)\d{1,2}\b"
)
STREET_BY_CAPITALS: Final = (
    rf"\b[A-Z][\w'.-]*\s(?:{_WITH_A_CAPITAL})\b|\bBlock\s[A-Z0-9]\b|\bblock\s[A-Z0-9]\b|\b\d+/\d+,?\s[A-Z]"
)
"""Streets whose name has capitals, and blocks by a letter: told apart from common words by these alone."""

_A: Final = r"(?:the|an?|that|this|your|my|our|his|her|their)"
_SHOP: Final = (
    r"(?:chippy|chipper|chip\sshop|bookies?|spar|lidl|tescos?|asda|aldi|co-?op|greggs|mcdonald'?s|pub|nightclub|club"
    r"|shops?|off[\s-]licence|newsagents?|(?:car|play|skate)?\s?park|park|(?:bus\s|train\s)?station|bus\sstop|precinct"
    r"|(?:shopping|town|city|leisure)\scentre|square|close|stair(?:well)?|underpass|bridge|arcade|market|library|hostel"
    r"|hotel|garages?|taxi\srank|lane|alley|harbour|pier|church|toilets?|towers?|high[\s-]rise|corner|gates|cinema|gym"
    r"|canal|beach|roundabout|bandstand|cross|barber'?s|cafe|café|takeaway|kebab\sshop|phone\sbox|lock-?ups?|flats)"
)
PLACE: Final = (
    rf"\b(?:at|in|inside|by|near|from|to|beside|above|below|round|around|under|over|off)\s{_A}\s(?:\w+\s)?{_SHOP}\b"
    r"|\b(?:at|outside|behind|near|by)\s(?:spar|lidl|tescos?|asda|aldi|greggs|mcdonald'?s)\b"
    rf"|\b(?:on|at)\s{_A}\s(?:corner|steps|bus|train)\b"
    rf"|\b(?:outside|opposite|across\sfrom|in\sfront\sof|round\sthe\sback(?:\sof)?)\s{_A}?\s?(?!(?:body|hours?|country|packet)\b)\w+"
    rf"|\b(?:behind|next\sto)\s{_A}\s(?!(?:wheel|ears?|eyes?|neck|head|person|bed|casualty|score|logo|mark|line)\b)\w+"
    rf"|\b{_A}\sflat\s(?:above|over|in|at|next|behind|beside|across|below|opposite)\b|\bround\sthe\sback\b"
    r"|\bthe\s(?!needle\b|naloxone\b|exchange\b)[\w-]+\s(?:scheme|estate)\b|\b(?:in|on|round)\s(?:the|this)\s(?:scheme|estate)\b"
    r"|-?\d{1,3}\.\d{3,}\s*[,;\s]\s*-?\d{1,3}\.\d{3,}|/{3}|\bwhat\s?(?:3|three)\s?words\b"
)
