"""The family of what an advert offers: a stimulant, an opioid, and so on.

Learned from what collections file their adverts under. Their headings are wider than ours and some mix
families; those have none here, and are neither learned from nor measured on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from lippen.trade.traits import FAMILIES
from lippen.trade.vocabulary import families

HEADINGS: Final[dict[str, str]] = {
    "benzos": "benzodiazepine",
    "cannabis": "cannabinoid",
    "disassociatives": "dissociative",  # as the market spelt it, and it files GHB and GBL here too
    "dissociatives": "dissociative",
    "ecstasy": "empathogen",
    "ecstasy-mdma": "empathogen",
    "ecstasy-nosub": "empathogen",
    "methylone": "stimulant",
    "opioids": "opioid",
    "psychedelics": "psychedelic",
    "steroids": "image and performance",
    "stimulants": "stimulant",
}
"""A collection's headings (in small letters), and the family of what is filed there. Headings that mix
families, such as prescriptions, research chemicals, weight loss and "other", are none of them."""

_LEAST: Final = 3
"""Adverts that a family needs to be learned."""

Names = NDArray[np.str_]


@dataclass(frozen=True)
class FamilyModel:
    """What tells the families apart: a row of weights and a level for each of `names`."""

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    level: NDArray[np.float64]

    def families(self, columns: sparse.csr_matrix) -> list[str]:
        """The likeliest family of each advert."""
        if len(self.names) == 1:
            return [self.names[0]] * columns.shape[0]
        best = np.argmax(np.asarray(columns @ self.weights.T) + self.level, axis=1)
        return [self.names[one] for one in best.tolist()]


def family_of(heading: str | None) -> str | None:
    """The family of what a collection files under a heading, or that of a substance of the vocabulary by its
    own name; None where there is none or it mixes families."""
    if heading is None:
        return None
    return HEADINGS.get(heading.strip().lower()) or families().get(heading.strip())


def learn_families(columns: sparse.csr_matrix, family: list[str | None]) -> FamilyModel | None:
    """Learn from adverts (a row each) and the family of each, where it is known. None where no family is
    known of enough adverts.

    Logistic regression, one family against the rest each time; the likeliest is told.
    """
    names = tuple(name for name in FAMILIES if family.count(name) >= _LEAST)
    if not names:
        return None
    rows = [row for row, name in enumerate(family) if name in names]
    if len(names) == 1:
        return FamilyModel(names, np.zeros((1, columns.shape[1])), np.zeros(1))
    place = np.array([names.index(str(family[row])) for row in rows])
    fitted = [
        LogisticRegression(solver="liblinear", dual=True, max_iter=1000, random_state=0).fit(
            columns[rows], place == one
        )
        for one in range(len(names))
    ]
    return FamilyModel(
        names,
        np.concatenate([one.coef_ for one in fitted]),
        np.concatenate([one.intercept_ for one in fitted]),
    )
