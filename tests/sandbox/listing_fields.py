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
import pyarrow as pa
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
MARK = re.compile(r"[^\w\s]")

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


IN_TEXT = (
    "names a handle", "names a number", "names a contact", "length", "length of heading", "has a body",
    "lines", "words", "capitals", "punctuation", "pound signs", "signs", "full stops", "commas", "dashes",
    "brackets", "numbers", "digits",
)  # fmt: skip


@lru_cache(maxsize=100_000)
def _of_text(heading, body):
    """What IN_TEXT names, of one text."""
    text = f"{heading}\n{body}"
    written = NUMBER.sub("", HANDLE.sub("", text))  # who is named is no amount and no price
    handle, number = bool(HANDLE.search(text)), bool(NUMBER.search(text))
    return (
        handle,
        number,
        handle or number,
        len(text),
        len(heading),
        bool(body),
        body.count("\n"),
        len(text.split()),
        sum(map(str.isupper, text)),
        len(MARK.findall(SIGN.sub("", text))),
        text.count("£"),
        len(SIGN.findall(text)),
        text.count("."),
        text.count(","),
        text.count("-"),
        text.count("["),
        len(re.findall(r"\d+", written)),
        len(re.findall(r"\d", written)),
    )


def _so_far(values):
    """How often each value was met before."""
    met = Counter()
    for value in values:
        yield met[value]
        met[value] += 1


def fields_of(rows):
    """Every field of each row by name, in numbers."""

    def each(name):
        return [row[name] for row in rows]

    texts = [(row["Heading"], row["Body"] or "") for row in rows]
    # A text is met dozens of times and looked at once.
    known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    told = np.array([_of_text(*text) for text in known], dtype=float)[[known[text] for text in texts]]
    ids, at = np.array(each("Item ID")), each("Posted")
    price = np.array(each("Price GBP"), dtype=float)
    amounts = [(one or " ").split(" ") for one in each("Amount")]
    put = {
        "order": np.arange(len(rows)),
        "id digits": ids % 1000,
        "last id digit": ids % 10,
        "hour": [one.hour for one in at],
        "minute": [one.minute for one in at],
        "second": [one.second for one in at],
        "weekday": [one.weekday() for one in at],
        "price": price,
        "pence": np.round(100 * price) % 100,
        "pounds": np.trunc(price) % 10,
        "has a price": ~np.isnan(price),
        "quantity": [float(amount) if amount else np.nan for amount, _ in amounts],
        "has a quantity": [bool(amount) for amount, _ in amounts],
        "unit": [place_of("unit", unit or None) for _, unit in amounts],
        "seller so far": list(_so_far(each("Seller"))),
        "copies so far": list(_so_far(texts)),
        **dict(zip(IN_TEXT, told.T, strict=True)),
    }
    for name in ("Collection", "Channel", "Ships From", "Ships To"):
        put[name.lower()] = [place_of(name, value) for value in each(name)]
    return {name: np.array(values, dtype=float) for name, values in put.items()}


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


_kept = {}


def rows_of(listed):
    """The rows of one burgh as dictionaries of its own."""
    names = listed.rows.column_names
    values = zip(*(_plain(listed.rows[name]) for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in values]


def rows_to_change(listed):
    """The same for a burgh that is asked for again and again: read from the table once."""
    if id(listed) not in _kept:
        _kept[id(listed)] = (listed, rows_of(listed))  # itself too, so that no other gets its number
    return [dict(row) for row in _kept[id(listed)][1]]


def _plain(column):
    # As `to_pylist`, which takes ten times as long for words kept by number.
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(whole.type):
        whole = whole.cast(whole.type.value_type)
    values = whole.to_numpy(zero_copy_only=False).astype(object)
    values[whole.is_null().to_numpy(zero_copy_only=False)] = None
    return values.tolist()


def known_of(drawn, changed=None):
    """What is known of listings drawn, after `changed` (rows, adverts) where it is given."""
    fields, original, advert = defaultdict(list), [], []
    for number, one in enumerate(drawn):
        truth = one.truth["listings"]
        is_advert = truth["advert"].to_numpy(zero_copy_only=False).astype(bool)
        rows = rows_of(one) if changed is None else changed(rows_to_change(one), is_advert)
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
