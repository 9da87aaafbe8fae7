"""What the room keeps. A sighting waits here until it goes on with others; in the lake nothing says who told
it. Only the services of the room write.

People and organisations stand here as references, as in the register.
"""

from __future__ import annotations

from django.db import models

from lippen.site.accounts.models import new_reference
from lippen.site.sightings.limits import AREA, PRICE, PRODUCT, QUANTITY, WORDS


class SeenBy(models.TextChoices):
    """In what role something was seen. Never who."""

    WORKER = "worker", "worker"
    RESIDENT = "resident", "resident"


class Channel(models.TextChoices):
    """Through what kind of channel something was offered, by the lake's own words."""

    STREET = "street", "In the street"
    PHONE = "phone", "By phone or text message"
    SOCIAL = "social", "On social media or in a chat"
    DARK_WEB = "dark web", "On the dark web"
    SHOP = "shop", "In a shop"


class Waiting(models.Model):
    """A sighting that waits to go on. `goes_to` is the organisation that whoever told it was shown, and no
    other gets it. `by` is who told it, so that they can take it back; it is empty for one that came from a
    desk. `on` is the day and no time. `price_gbp` is in pounds, as text. The row is deleted when the sighting
    goes on.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    by = models.CharField(max_length=16, blank=True, db_index=True)
    goes_to = models.CharField(max_length=16)
    on = models.DateField()
    seen_by = models.CharField(max_length=8, choices=SeenBy.choices)
    week = models.DateField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    product = models.CharField(max_length=PRODUCT)
    words = models.CharField(max_length=WORDS, blank=True)
    price_gbp = models.CharField(max_length=PRICE, blank=True)
    quantity = models.CharField(max_length=QUANTITY, blank=True)
    larger_area = models.CharField(max_length=AREA)


class AccountsNamed(models.Model):
    """The accounts that were named in a month (`2026-11`), each as a hash under the key of that month, in the
    order of the alphabet: one row, so that nothing says which came first, or with which sighting.
    """

    month = models.CharField(max_length=7, primary_key=True)
    hashes = models.JSONField(default=list)


class Telling(models.Model):
    """That somebody told something on a day, or was stopped, and how many accounts were compared for it: what
    the limits of a day count. Gone on the next day, and with no way to what was told.
    """

    person = models.CharField(max_length=16, db_index=True)
    on = models.DateField()
    accounts = models.PositiveSmallIntegerField(default=0)
