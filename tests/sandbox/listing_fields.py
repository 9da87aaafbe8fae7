"""What stands in the fields of listings without reading them, and whether any of it tells an advert.

What a text says may tell: an advert detector reads it. That it is long, holds five signs or names a contact
may not, and neither may a unit, an hour or who posted it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow.compute as pc
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score

from lippen.sandbox.streams.wares import trade_lexicon

_MADE = trade_lexicon()["handles"]
HANDLE = re.compile(rf"\b(?:{'|'.join(_MADE['first'])})[_.]?(?:{'|'.join(_MADE['last'])})\d{{2,4}}")
NUMBER = re.compile(r"07700 900\d{3}")
SIGN = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")

SHAPE = {
    "length of heading",
    "lines",
    "has a body",
    "full stops",
    "commas",
    "dashes",
    "brackets",
    "words",
    "capitals",
    "punctuation",
    "pound signs",
}
"""Fields that hardly anybody would keep: the outline of a text, by which its template may be known."""

ORIGINALS = 40
"""Different adverts and posts that must share a value before it counts: copies of one are one observation."""


_places = defaultdict(dict)


def place_of(name, text):
    """A number for each text of a field, the same wherever it is met in this run; an empty field has none."""
    known = _places[name]
    return np.nan if text is None else float(known.setdefault(text, len(known)))


@lru_cache(maxsize=100_000)
def _of_text(heading, body):
    text = f"{heading}\n{body}"
    written = NUMBER.sub("", HANDLE.sub("", text))  # who is named is no amount and no price
    handle, number = bool(HANDLE.search(text)), bool(NUMBER.search(text))
    return {
        "names a handle": handle,
        "names a number": number,
        "names a contact": handle or number,
        "length": len(text),
        "length of heading": len(heading),
        "has a body": bool(body),
        "lines": body.count("\n"),
        "words": len(text.split()),
        "capitals": sum(letter.isupper() for letter in text),
        "punctuation": len(re.findall(r"[^\w\s]", SIGN.sub("", text))),
        "pound signs": text.count("£"),
        "signs": len(SIGN.findall(text)),
        "full stops": text.count("."),
        "commas": text.count(","),
        "dashes": text.count("-"),
        "brackets": text.count("["),
        "numbers": len(re.findall(r"\d+", written)),
        "digits": len(re.findall(r"\d", written)),
    }


def fields_of(rows):
    """Every field of each row by name, in numbers."""
    so_far, copies, out = Counter(), Counter(), defaultdict(list)
    for order, row in enumerate(rows):
        heading, body, at = row["Heading"], row["Body"] or "", row["Posted"]
        price, (amount, unit) = row["Price GBP"], (row["Amount"] or " ").split(" ")
        put = {
            "order": order,
            "id digits": row["Item ID"] % 1000,
            "last id digit": row["Item ID"] % 10,
            "hour": at.hour,
            "minute": at.minute,
            "second": at.second,
            "weekday": at.weekday(),
            "collection": place_of("collection", row["Collection"]),
            "channel": place_of("channel", row["Channel"]),
            "price": np.nan if price is None else price,
            "pence": np.nan if price is None else round(100 * price) % 100,
            "pounds": np.nan if price is None else int(price) % 10,
            "has a price": price is not None,
            "quantity": float(amount) if amount else np.nan,
            "has a quantity": bool(amount),
            "unit": place_of("unit", unit or None),
            "ships from": place_of("ships from", row["Ships From"]),
            "ships to": place_of("ships to", row["Ships To"]),
            "seller so far": so_far[row["Seller"]],
            "copies so far": copies[heading, body],
            **_of_text(heading, body),
        }
        so_far[row["Seller"]] += 1
        copies[heading, body] += 1
        for name, value in put.items():
            out[name].append(value)
    return {name: np.array(values, dtype=float) for name, values in out.items()}


@dataclass(frozen=True)
class Known:
    """Listings of many burghs: `fields` by name, the `original` of each copy, and which are adverts."""

    fields: dict
    original: np.ndarray
    advert: np.ndarray

    def only(self, which, names=None):
        """The rows that `which` says, with all fields or those named."""
        fields = {
            name: values[which] for name, values in self.fields.items() if names is None or name in names
        }
        return Known(fields, self.original[which], self.advert[which])


_rows = {}


def rows_of(listed):
    """The rows of one burgh as dictionaries, of its own to change; read from the table once."""
    if id(listed) not in _rows:
        _rows[id(listed)] = (listed, listed.rows.to_pylist())  # kept, so that no other gets its number
    return [dict(row) for row in _rows[id(listed)][1]]


def known_of(drawn, changed=None):
    """What is known of listings drawn, after `changed` (rows, adverts) where it is given."""
    fields, original, advert = defaultdict(list), [], []
    for number, one in enumerate(drawn):
        truth = one.truth["listings"]
        is_advert = truth["advert"].to_numpy(zero_copy_only=False).astype(bool)
        rows = one.rows.to_pylist() if changed is None else changed(rows_of(one), is_advert)
        for name, values in fields_of(rows).items():
            fields[name].append(values)
        first = pc.coalesce(truth["copy_of"], truth["listing_id"]).to_numpy()
        original.append(number * 10**9 + first)
        advert.append(is_advert)
    return Known(
        {name: np.concatenate(values) for name, values in fields.items()},
        np.concatenate(original),
        np.concatenate(advert),
    )


def auc(train, test):
    """How well the fields of `train` tell adverts among `test`, all together: 0.5 is chance.

    Gradient boosting finds thresholds and pairs of fields alike. Both kinds weigh as much.
    """
    fields = train.fields.items()
    names = [name for name, values in fields if len(np.unique(values[~np.isnan(values)])) > 1]
    held = [np.column_stack([one.fields[name] for name in names]) for one in (train, test)]
    model = HistGradientBoostingClassifier(max_iter=60, class_weight="balanced", random_state=0)
    model.fit(held[0], train.advert)
    return roc_auc_score(test.advert, model.predict_proba(held[1])[:, 1])


def auc_of_reading(train, test):
    """How well the words of texts tell adverts, each word by itself: (texts, adverts) of both."""
    words = HashingVectorizer(n_features=2**14, norm=None, binary=True, alternate_sign=False)
    model = SGDClassifier(loss="log_loss", alpha=1e-5, class_weight="balanced", random_state=0)
    model.fit(words.transform(train[0]), train[1])
    return roc_auc_score(test[1], model.decision_function(words.transform(test[0])))


def each_alone(train, test):
    """How well each field by itself tells adverts among `test`, by the odds of its values in `train`: 0.5 is
    chance. Of a field that has many values thirtieths count."""
    found = {}
    for name, values in train.fields.items():
        there = values[~np.isnan(values)]
        known = np.unique(there)
        if len(known) < 2:
            continue
        edges = known if len(known) <= 30 else np.unique(np.quantile(there, np.linspace(0, 1, 31)))
        cells = [np.searchsorted(edges, one.fields[name], side="right") for one in (train, test)]
        of_adverts, of_others = (
            np.bincount(cells[0][kind], minlength=len(edges) + 1) / kind.sum()
            for kind in (train.advert, ~train.advert)
        )
        odds = (of_adverts + 1e-4) / (of_others + 1e-4)
        found[name] = roc_auc_score(test.advert, odds[cells[1]])
    return found


def telling_values(known, most=0.85):
    """Values of one field (tenths of those that have many) that stand with one kind in more than `most` of
    cases, once adverts and all others weigh as much: (field, from, to, share of adverts)."""
    found = []
    for name, values in known.fields.items():
        there = ~np.isnan(values)
        different = np.unique(values[there])
        tenths = np.unique(np.quantile(values[there], np.linspace(0, 1, 11)))
        cell = np.searchsorted(different if len(different) <= 30 else tenths, values, side="right")
        for one in np.unique(cell[there]):
            here = there & (cell == one)
            if here.sum() < 50:
                continue
            of_adverts, of_others = here[known.advert].mean(), here[~known.advert].mean()
            share = of_adverts / (of_adverts + of_others)
            # Originals are counted last: that takes a sort, and few values get so far.
            if not 1 - most <= share <= most and len(np.unique(known.original[here])) >= ORIGINALS:
                found.append((name, values[here].min(), values[here].max(), round(share, 2)))
    return found
