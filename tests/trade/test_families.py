"""What a collection files an advert under, and the family that is learned from it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from lippen.trade.families import HEADINGS, family_of, learn_families
from lippen.trade.traits import FAMILIES


@pytest.mark.parametrize(
    ("heading", "family"),
    [
        ("Benzos", "benzodiazepine"),
        (" cannabis ", "cannabinoid"),
        ("heroin", "opioid"),  # a substance by its own name
        ("Other", None),
        ("Prescription", None),
        ("Watches", None),
        (None, None),
    ],
)
def test_the_family_of_a_heading(heading: str | None, family: str | None) -> None:
    assert family_of(heading) == family


def test_every_heading_has_a_family_of_the_vocabulary() -> None:
    assert set(HEADINGS.values()) <= set(FAMILIES)


@pytest.mark.parametrize("many", [1, 2, 3])
def test_any_number_of_families_is_learned(many: int) -> None:
    columns = sparse.csr_matrix(np.repeat(np.eye(many), 5, axis=0))
    names = [FAMILIES[row // 5] for row in range(5 * many)]
    learned = learn_families(columns, list(names))
    assert learned is not None
    assert learned.families(columns) == names


def test_nothing_is_learned_where_no_family_is_known() -> None:
    assert learn_families(sparse.csr_matrix(np.eye(4)), [None] * 4) is None
