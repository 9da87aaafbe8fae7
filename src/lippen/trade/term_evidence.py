"""What is shown beside a candidate: places in its texts, known terms that it is like, what else it may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lippen.signals.contact_ways import HASHED
from lippen.trade.lexicon import Term
from lippen.trade.term_candidates import Candidates
from lippen.trade.term_contexts import Slots, around, as_table
from lippen.trade.term_counts import BEFORE_CONTACTS, Ids, Posts
from lippen.trade.vocabulary import substances

SNIPPETS: Final = 5
_SIGNS_BESIDE: Final = 45
_NEAREST: Final = 3
_MOST_PLACES: Final = 40_000

_CONTACTS: Final = re.compile(
    rf"{HASHED}"
    r"|(?:https?://|www\.)\S+|\S+@\S+|@[\w.]+|\b[^\W\d_]+[._][^\W\d_]*[._]?\d{2,}\b|\b[^\W\d_]{4,}\d{3,}\b"
    r"|\b[^\W\d_]{8,}\d{2,}\b"
)

_SEASONS: Final = {
    "winter": (12, 1, 2),
    "christmas": (11, 12),
    "xmas": (11, 12),
    "santa": (11, 12),
    "hogmanay": (12, 1),
    "valentine": (2,),
    "valentines": (2,),
    "easter": (3, 4),
    "spring": (3, 4, 5),
    "festival": (5, 6, 7, 8),
    "summer": (6, 7, 8),
    "autumn": (9, 10, 11),
    "halloween": (10, 11),
    "fireworks": (10, 11),
    "bonfire": (10, 11),
    "friday": (11,),
}
"""Ordinary words and the months in which they are said more."""
_ONE_SELLERS: Final = 0.6
_LEAST_LETTERS: Final = 5
_BEFORE_PLACES: Final = frozenset({"in", "from", "near", "around", "to", "at"})


def snippets(posts: Posts, places: Slots, term: str) -> list[str]:
    """A term in up to five texts, of different sellers first, each number and contact around it unseen, and
    none that then says the same as another."""
    rows = np.unique(places.row)
    _, first = np.unique(posts.seller[rows], return_index=True)
    others = np.setdiff1d(np.arange(len(rows)), first)
    said: dict[str, None] = {}
    for row in rows[np.concatenate([np.sort(first), others])].tolist():
        said.setdefault(_snippet(posts.text[row].as_py(), term))
        if len(said) == SNIPPETS:
            break
    return list(said)


def _snippet(text: str, term: str) -> str:
    plain = " ".join(text.split())
    between = r"[\W_]*"
    found = re.search(
        between.join(re.escape(word).replace("\\#", r"\d+") for word in term.split()), plain, re.IGNORECASE
    )
    start, end = found.span() if found else (0, 0)
    before, after = _unseen(plain[:start]), _unseen(plain[end:])
    cut = before[-_SIGNS_BESIDE:], after[:_SIGNS_BESIDE]
    return (
        ("…" if len(before) > len(cut[0]) else "")
        + cut[0]
        + plain[start:end]
        + cut[1]
        + ("…" if len(after) > len(cut[1]) else "")
    )


def _unseen(text: str) -> str:
    return re.sub(r"\d+", "·", _CONTACTS.sub("[contact]", text))


@dataclass(frozen=True)
class Likeness:
    """For each candidate: known terms whose places it takes, nearest first, the substance and family whose
    places are most like its own, and how alike those are (cosine, 0 to 1). None where nothing is alike."""

    nearest: list[list[str]]
    substance: list[str | None]
    family: list[str | None]
    cosine: list[float]


def likeness(
    posts: Posts, terms: Sequence[Term], places: Slots, of: Ids, found: Candidates, seed: int
) -> Likeness:
    """Compare the words around candidates with those around known terms (the term `of` each of `places`)."""
    if len(places) > _MOST_PLACES:
        some = np.sort(np.random.default_rng(seed).choice(len(places), _MOST_PLACES, replace=False))
        places, of = places.take(some), of[some]
    if not len(found) or not len(places):
        none: list[str | None] = [None] * len(found)
        return Likeness([[] for _ in range(len(found))], none, none, [0.0] * len(found))
    # Here the words around are seen as they are: which they are tells one substance from another.
    unmasked = np.zeros(len(posts.token), dtype=np.bool_)
    known = _profiles(posts, unmasked, places, of, len(terms))
    own = _profiles(posts, unmasked, found.slots, found.of, len(found))
    families = {one.name: one.family for one in substances()}
    names = sorted({term.substance for term in terms if term.substance in families})
    group = np.array(
        [names.index(term.substance) if term.substance in families else -1 for term in terms], dtype=np.int64
    )
    in_group = np.flatnonzero(group >= 0)
    gather = sparse.csr_matrix(
        (np.ones(len(in_group)), (group[in_group], in_group)), shape=(len(names), len(terms))
    )
    weight = _rarity(known)
    to_terms = _cosine(own, known, weight)
    to_groups = _cosine(own, gather @ known, weight)
    nearest, substance, family, cosine = [], [], [], []
    for one, many in zip(to_terms, to_groups, strict=True):
        order = [at for at in np.argsort(-one, kind="stable")[:_NEAREST].tolist() if one[at] > 0]
        nearest.append([terms[at].written for at in order])
        best = int(np.argmax(many))
        alike = float(many[best])
        substance.append(names[best] if alike > 0 else None)
        family.append(families[names[best]] if alike > 0 else None)
        cosine.append(round(alike, 3))
    return Likeness(nearest, substance, family, cosine)


def _profiles(posts: Posts, known: NDArray[np.bool_], slots: Slots, of: Ids, count: int) -> sparse.csr_matrix:
    table = as_table(*around(posts, known, slots))
    gather = sparse.csr_matrix((np.ones(len(of)), (of, np.arange(len(of)))), shape=(count, len(of)))
    summed = gather @ table
    summed.data = np.log1p(summed.data)
    return summed


def _rarity(known: sparse.csr_matrix) -> NDArray[np.float64]:
    held = np.asarray((known > 0).sum(axis=0)).ravel()
    return np.where(held > 0, np.log((known.shape[0] + 1) / (held + 1)), 0.0)


def _cosine(
    one: sparse.csr_matrix, other: sparse.csr_matrix, weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    scale = sparse.diags(weight)
    parts = []
    for table in (one @ scale, other @ scale):
        length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
        parts.append(sparse.diags(1 / np.maximum(length, 1e-9)) @ table)
    return np.asarray((parts[0] @ parts[1].T).toarray())


def may_be(
    posts: Posts,
    found: Candidates,
    which: int,
    term: str,
    *,
    known: Ids,
    terms: Sequence[Term],
    places: frozenset[str],
    sellers_known: bool,
    until: date,
) -> list[str]:
    """What the candidate may be that is no new term: plain sentences, each from a rule.

    That no rule says anything is no proof that it is a term: rules know little.
    """
    said = []
    slots = found.slots.take(found.of == which)
    words = term.split()
    if sellers_known:
        by_seller = np.bincount(np.unique(posts.seller[np.unique(slots.row)], return_inverse=True)[1])
        texts = int(by_seller.sum())
        if int(by_seller.max()) >= _ONE_SELLERS * texts:
            said.append(
                f"It may be a shop's own name: one seller has {by_seller.max()} of the {texts} texts."
            )
    ahead = np.where(slots.start > posts.starts[slots.row], known[np.maximum(slots.start - 1, 0)], -1)
    after_at = slots.start + slots.length
    after = np.where(after_at < posts.starts[slots.row + 1], known[np.minimum(after_at, len(known) - 1)], -1)
    beside = np.where(after >= 0, after, ahead)
    beside = beside[beside >= 0]
    if 2 * len(beside) > len(slots):
        usual = terms[int(np.bincount(beside).argmax())].written
        said.append(f"It may be the name of a strain, a brand or a make: it mostly stands beside {usual}.")
    previous = [
        posts.words[int(posts.token[at - 1])]
        for at, row in zip(slots.start.tolist(), slots.row.tolist(), strict=True)
        if at > posts.starts[row]
    ]
    if 2 * sum(word in BEFORE_CONTACTS for word in previous) > len(slots):
        said.append(
            "It may be what somebody goes by: it stands where contacts are given. Then answer: not this."
        )
    if places.issuperset(words) or 2 * sum(word in _BEFORE_PLACES for word in previous) > len(slots):
        said.append("It may be a place: it stands where places are named.")
    if any(until.month in _SEASONS.get(word, ()) for word in words):
        said.append("It may be an ordinary word in season.")
    near = _spelt_like(term, terms)
    if near is not None:
        said.append(f"It may be another spelling of {near}.")
    if found.before[which] >= found.lately[which]:
        said.append("It may be an ordinary word of adverts: it was used as much before, over a longer time.")
    return said


def _spelt_like(term: str, terms: Sequence[Term]) -> str | None:
    """A known term of five letters or more from which it differs by one letter, or by an s at its end."""
    if len(term) < _LEAST_LETTERS:
        return None
    for known in terms:
        written = known.written
        if len(written) >= _LEAST_LETTERS and abs(len(written) - len(term)) <= 1 and _one_off(term, written):
            return written
    return None


def _one_off(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    same = next((at for at, sign in enumerate(short) if sign != long[at]), len(short))
    return short[same:] == long[same + 1 :] or short[same + 1 :] == long[same + 1 :]
