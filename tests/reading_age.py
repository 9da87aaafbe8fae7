"""How hard a text is to read, by the Flesch-Kincaid grade.

J. P. Kincaid and others, Derivation of new readability formulas for Navy enlisted personnel, Research Branch
Report 8-75, 1975: 0.39 x words a sentence + 11.8 x syllables a word - 15.59. Grade 6 is read at eleven.
Syllables are counted as groups of vowels, a silent e apart.
"""

from __future__ import annotations

import re


def syllables(word: str) -> int:
    """About how many there are: groups of vowels, without an e that is not spoken."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouy](e|es|ed)$", word) and not re.search(
        r"([^aeiouy]le|[td]ed|[cgsxz]es)$", word
    )
    return max(1, groups - bool(silent))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text."""
    sentences = [one for one in re.split(r"[.!?:;]+", text) if re.search(r"\w", one)]
    words = re.findall(r"[a-z]+", text.lower().replace("’", ""))
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
