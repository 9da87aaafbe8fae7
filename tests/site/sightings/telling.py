"""A partnership in which somebody takes sightings, and what somebody sends who tells one."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from lippen.site.accounts.models import Organisation
from lippen.site.insight.models import Holding

HANDLE = "@Wee.Otter_12"
SAME = "https://t.me/wee.otter_12?start=1"
NUMBER = "07700 900123"


def takes(organisation: Organisation) -> None:
    """This organisation holds sightings and adverts from now on."""
    Holding.objects.update_or_create(pk="trade", defaults={"organisation": organisation.ref})


def this_week() -> date:
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


def text_of(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def opened(client: Client) -> dict[str, str]:
    """What the empty form carries along."""
    page = client.get("/sightings/new/")
    assert page.status_code == 200
    hidden = re.findall(r'<input type="hidden" name="(once|shown)" value="([^"]+)"', page.content.decode())
    assert [name for name, _ in hidden] == ["once", "shown"]
    return dict(hidden)


def told(**other: Any) -> dict[str, Any]:
    """What somebody fills in."""
    return {
        "product": "ten blue tablets in a bag",
        "channel": "social",
        "words": "new in, blues 💙",
        "price_gbp": "£20",
        "quantity": "10",
        "larger_area": "Somewhere in the area of Lippen",
        "week": this_week().isoformat(),
        "accounts": "",
    } | other


def tell(client: Client, **other: Any) -> HttpResponse:
    """Open the form, fill it in, and send it."""
    return client.post("/sightings/new/", {**opened(client), **told(**other)})
