"""Alerts about unusual reading: each is raised together with an entry that names its digest.

So the seal covers alerts too: one that was taken out, put in or altered does not fit its entry, and
`verification` says so. An alert goes with its entry, and with nothing else.
"""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from lippen.site.keys import DigestKey
from lippen.site.register import resolvers
from lippen.site.register.models import Act, Alert
from lippen.site.register.services import SYSTEM, Records, enter_change

ALERT_PREFIX: Final = "alert-"
"""Under this and its digest an entry names the alert that was raised with it."""

_DIGITS: Final = 40
"""Hexadecimal digits of the digest that an entry names: 160 bits."""


def alert_record(key: DigestKey, alert: Alert) -> str:
    """What the alert's entry calls it: HMAC-SHA256 under the digest key of all it says, cut to 160 bits."""
    said = [
        _time(alert.made_at),
        alert.rule,
        alert.reader,
        alert.organisation,
        _time(alert.first_at),
        _time(alert.last_at),
        alert.readings,
        alert.reason,
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return ALERT_PREFIX + hmac.new(key.reveal(), text, sha256).hexdigest()[:_DIGITS]


def raise_alert(alert: Alert) -> bool:
    """Keep an alert, enter that it was raised, and tell the panel that something waits: all or nothing.

    Returns whether it is new: one rule raises one alert about the same readings, whoever looks at once.
    """
    same = Alert.objects.filter(rule=alert.rule, reader=alert.reader, first_at=alert.first_at)
    if same.exists():
        return False
    try:
        with transaction.atomic():
            alert.entry_id = enter_change(
                SYSTEM,
                Act.COMBINATION,
                "an alert about unusual reading",
                [Records("register", (alert_record(settings.KEYS.digest, alert),))],
                purpose="so that the scrutiny panel looks at some readings",
            )
            alert.save(force_insert=True)
            resolvers.tell_panel(resolvers.UNUSUAL_READING)
    except IntegrityError:
        if same.exists():
            return False  # raised by somebody else at the same moment
        raise
    return True


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
