"""Collections and sightings for tests of imports: nobody in them exists."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.test import Client
from uploaded_exports import begin, form_of, given, run, text_of

from lippen.site.insight.models import ImportJob

AHEAD = dt.timedelta(days=400)


def expiry(days: int = 400) -> dict[str, str]:
    """The boxes of a day so far from today."""
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)
    return {"expires_day": str(day.day), "expires_month": str(day.month), "expires_year": str(day.year)}


RIGHT = {
    "who": "Milltown Trading Standards",
    "basis": "nobody in it exists",
    "purpose": "to see whether imports work",
    **expiry(),
}


def posts(many: int = 60, first: int = 0, *, spoiled: int = 0) -> bytes:
    """Posts of a market over ten weeks as JSON lines, the last `spoiled` of them without a day."""
    said = (
        "bud 3.5 for 30 quid",
        "blues 10 for 15, menu on ask",
        "haze an eighth £25, same day",
        "sofa, free",
    )
    rows = [
        {
            "Item ID": f"P-{at:05}",
            "Posted": f"{dt.datetime(2025, 3, 3, 9) + dt.timedelta(hours=29 * at):%Y-%m-%d %H:%M:%S}"
            if at < first + many - spoiled
            else "yesterday",
            "Collection": "toon market",
            "Heading": f"{said[at % 4]} batch {at}",
            "Body": f"msg on snap: wee_otter{at % 9}",
            "Price GBP": 30,
            "Seller": f"wee_otter{at % 9}",
        }
        for at in range(first, first + many)
    ]
    return "\n".join(map(json.dumps, rows)).encode()


def sightings(many: int = 30, first: int = 0) -> bytes:
    """What workers saw over ten weeks, as CSV."""
    lines = ["Entry,Date Seen,Where Offered,What Was Offered,Words Used,Price GBP,District,Told By"]
    for at in range(first, first + many):
        day = dt.date(2025, 3, 3) + dt.timedelta(days=2 * at)
        lines.append(f"S-{at},{day:%d/%m/%Y},social,cannabis,bud from @wee_otter{at},20,Harbourside,worker")
    return "\n".join(lines).encode()


def collection_in(client: Client, content: bytes, name: str = "posts.jsonl", **right: Any) -> ImportJob:
    """A collection that went the whole way."""
    job = given(client, content, name, "listing")
    begin(client, job, **{**RIGHT, **right})
    return run(job)


def sightings_in(client: Client, content: bytes, name: str = "seen.csv") -> ImportJob:
    """Sightings that went the whole way."""
    job = given(client, content, name, "sighting")
    begin(client, job)
    return run(job)


def columns_sent(client: Client, job: ImportJob, **changes: Any) -> Any:
    """What the page of its columns answers to these changes of what it proposes."""
    path = f"/imports/{job.ref}/columns/"
    return client.post(path, {**form_of(client.get(path)), **changes, "go": "yes"}, follow=True)


def page_of(client: Client, job: ImportJob, path: str = "") -> str:
    """What a page of this import says."""
    return text_of(client.get(f"/imports/{job.ref}/{path}"))
