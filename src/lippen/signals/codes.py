"""What follows from the codes of an export: outcomes from disposal codes, flags from kinds and words."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.folding import fold
from lippen.signals.identity import mask_identity, mask_values
from lippen.signals.mapping import Mapping
from lippen.signals.protected import has_protected_words
from lippen.signals.rows import join_columns

NAMED_FROM = 5
"""How often an unlisted code must stand in an export to be named."""
RARE_CODES = f"others, each seen fewer than {NAMED_FROM} times"


def masked_codes(values: pa.StringArray) -> pa.Array:
    """A column of few different values with telephone numbers and the like masked."""
    coded = values.dictionary_encode()
    masked, _ = mask_identity(coded.dictionary)
    return masked.take(coded.indices)


def named_codes(unlisted: Counter[str]) -> dict[str, int]:
    """Codes that the mapping does not list, the commonest first, and the rare ones counted together.

    What stands in a disposal fewer than NAMED_FROM times is hardly a code: it may be a remark about somebody.
    """
    named = {code: count for code, count in unlisted.most_common() if count >= NAMED_FROM}
    rare = unlisted.total() - sum(named.values())
    return {**named, **({RARE_CODES: rare} if rare else {})}


def read_outcomes(
    codes: list[pa.StringArray], mapping: Mapping, counted: npt.NDArray[np.bool_]
) -> tuple[pa.Array, pa.Array, Counter[str]]:
    """The disposal as kept (empty text for none), the outcome, and how often each code that the mapping does
    not list stands in the rows of `counted`.

    `codes` are the trimmed disposal columns: the first whose code is listed decides; all are kept.
    """
    decided = pa.nulls(len(counted), pa.string())
    unlisted: Counter[str] = Counter()
    kept = []
    for column in codes:
        coded = column.dictionary_encode()
        names = coded.dictionary.to_pylist()
        outcomes = pa.array([mapping.outcomes.get(fold(name)) for name in names], pa.string())
        decided = pc.coalesce(decided, outcomes.take(coded.indices))
        kept.append(masked_codes(column))
        shown = mask_values(names)
        for entry in pc.value_counts(coded.indices.filter(pa.array(counted))).to_pylist():
            name = names[entry["values"]]
            if name and fold(name) not in mapping.outcomes:
                unlisted[shown[entry["values"]]] += entry["counts"]
    return join_columns(kept, " | "), pc.coalesce(decided, mapping.default_outcome), unlisted


def read_flags(
    kinds: pa.StringArray, texts: pa.StringArray | None, mapping: Mapping
) -> dict[str, pa.BooleanArray]:
    """`own_activity`, `sensor` and `protected` of each row.

    `kinds` and `texts` are as the export wrote them: a mask must not cover a protected word.
    """
    coded = kinds.dictionary_encode()
    folded = [fold(name) for name in coded.dictionary.to_pylist()]

    def listed(of: frozenset[str]) -> pa.BooleanArray:
        return pa.array([name in of for name in folded], pa.bool_()).take(coded.indices)

    by_word = has_protected_words(coded.dictionary, mapping.protected_words).take(coded.indices)
    protected = pc.or_(listed(mapping.protected_kinds), by_word)
    if texts is not None:
        protected = pc.or_(protected, has_protected_words(texts, mapping.protected_words))
    return {
        "own_activity": listed(mapping.own_activity),
        "sensor": listed(mapping.sensor),
        "protected": protected,
    }
