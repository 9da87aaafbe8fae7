"""Whether an account was named this month already, in what people here told.

To happen upon something offered for sale, and say so, is one thing. To look at the same account again, to see
what it offers now, can be directed surveillance, which needs an authority (Regulation of Investigatory Powers
(Scotland) Act 2000). So the form stops where an account is named for the second time in a month, whoever
named it first, and says why.

What is kept is a hash under a key of the month, and key and hashes go with the month. The keys are the form's
own, apart from those of listings: nothing joins an account that was named here to an advert that somebody
holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings

from lippen.contact_keys import ContactKeys
from lippen.site.folders import make_private
from lippen.site.sightings.models import AccountsNamed

FOLDER: Final = "sightings"
"""Of the workspace: the keys of the form lie in it, and no backup carries them."""


def named_before(digests: Iterable[str], today: date) -> bool:
    """Whether one of these accounts was named this month; where none was, all of them count as named now.

    For the caller's transaction, in which the caller counts and enters that they were compared. Raises
    ContactKeyError, FolderUnsafe, and OSError when the disk fails.
    """
    month = month_of(today)
    wanted = set(digests)
    if not wanted:
        return False
    # The row first: whoever has it is alone, so that two do not make two keys of one month.
    AccountsNamed.objects.get_or_create(pk=month)
    named = AccountsNamed.objects.select_for_update().get(pk=month)
    keys = _keys()
    hashes = {keys.hashed(month, one) for one in wanted}
    if hashes & set(named.hashes):
        return True
    named.hashes = sorted(hashes | set(named.hashes))
    named.save(update_fields=["hashes"])
    return False


def forget_before(today: date) -> int:
    """Delete the hashes of other months than this, and destroy their keys. Returns how many months went."""
    month = month_of(today)
    gone = set(AccountsNamed.objects.exclude(pk=month).values_list("pk", flat=True))
    AccountsNamed.objects.filter(pk__in=gone).delete()
    if (_workspace() / FOLDER).is_dir():
        gone |= set(_keys().destroy_others([month]))
    return len(gone)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def _keys() -> ContactKeys:
    # Anew each time: one that is kept would hold a key in memory after it was destroyed.
    make_private(_workspace() / FOLDER)
    return ContactKeys(_workspace() / FOLDER)


def _workspace() -> Path:
    return Path(settings.CONFIGURATION.workspace)
