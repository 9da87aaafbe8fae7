"""Who takes sightings in these tests."""

from __future__ import annotations

import pytest
from people_factory import make_organisation
from telling import takes

from lippen.site.accounts.models import Organisation


@pytest.fixture
def police(transactional_db: None) -> Organisation:  # noqa: ARG001 - a database has to be there
    """The organisation to which sightings go."""
    police = make_organisation("police", name="Milltown Police")
    takes(police)
    return police
