"""Every name that is set is entered in the register, so that its owner cannot exchange it in the database.

The entry does not say the name: it holds a commitment to it (`register.commitments`), keyed by a salt that
lies beside the name and is erased with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Final

from lippen.site.accounts.models import Invitation, Organisation, Person
from lippen.site.register import commitments
from lippen.site.register.commitments import SALT_BYTES, Bearers, Standing
from lippen.site.register.services import Records

PERSON, ORGANISATION, INVITATION = "p", "o", "i"
"""The letters that stand before their references in the register."""

TABLES: Final = frozenset(one._meta.db_table for one in (Person, Organisation, Invitation))
"""Where the names lie."""


def provide() -> None:
    """Tell the register what bears names here. For the start of the site."""
    commitments.provide(Bearers(PERSON, "person", _people))
    commitments.provide(Bearers(ORGANISATION, "organisation", _organisations))
    # An invitation that opens nothing any more goes without a word (`links_open`).
    commitments.provide(Bearers(INVITATION, "invitation", _invitations, go_by_themselves=True))


def give_name(bearer: Person | Organisation | Invitation, name: str) -> Records:
    """Give somebody or something this name, with a new salt; returns what the entry of the act names beside
    its records. The caller saves the one and enters the other in one transaction.
    """
    bearer.name, bearer.name_salt = name, secrets.token_bytes(SALT_BYTES)
    letter = {Person: PERSON, Organisation: ORGANISATION, Invitation: INVITATION}[type(bearer)]
    return commitments.committed([commitments.commitment(letter, bearer.ref, bearer.name_salt, name)])


def _people() -> Iterator[Standing]:
    return Person.objects.values_list("ref", "name_salt", "name").iterator(2_000)


def _organisations() -> Iterator[Standing]:
    return Organisation.objects.values_list("ref", "name_salt", "name").iterator(2_000)


def _invitations() -> Iterator[Standing]:
    """Those for somebody; the link of the site's first administrator names nobody, and no organisation.

    Told apart here and not by the database, which leaves a row out when its name is NULL.
    """
    rows = Invitation.objects.values_list("ref", "name_salt", "name", "organisation_id").iterator(2_000)
    for ref, salt, name, organisation in rows:
        if name != "" or organisation is not None:
            yield ref, salt, name
