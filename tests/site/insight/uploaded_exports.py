"""Exports for tests of imports, and what somebody does with them on the pages."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lippen.site.insight import importing
from lippen.site.insight.models import ImportJob, ImportState

HEADINGS = [
    "Incident No",
    "Call Type",
    "Reported",
    "Location",
    "District",
    "Outcome",
    "Notes",
    "Caller Phone",
]
WORKSPACE: Path = settings.CONFIGURATION.workspace


def calls(many: int = 400, first: int = 0, *, spoiled: int = 0) -> list[list[str]]:
    """Closed calls over half a year, the last `spoiled` of them on a day that does not exist."""
    rows = []
    for at in range(first, first + many):
        when = dt.datetime(2024, 1, 1, 8) + dt.timedelta(hours=11 * at % 4_800)
        rows.append(
            [
                f"INC-{at:05}",
                ("NOISE NUISANCE", "BATTERY", "TRAFFIC STOP", "SEXUAL ASSAULT", "BURGLAR ALARM")[at % 5],
                f"{when:%d/%m/%Y %H:%M}" if at < first + many - spoiled else "31/02/2024 10:00",
                f"{2300 + at % 9} N {49 + at % 7}TH ST",
                f"District {at % 3}",
                ("Advised", "Unable to Locate Complainant", "")[at % 3],
                "Noise again, ring 07700 900123" if at % 50 == 7 else f"Noise from the yard, call {at}",
                f"07700 {900000 + at}",
            ]
        )
    return rows


def as_csv(rows: list[list[str]], headings: list[str] = HEADINGS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


def upload(client: Client, content: bytes, name: str = "calls.csv", kind: str = "incident") -> Any:
    return client.post(f"/imports/new/?kind={kind}", {"exports": SimpleUploadedFile(name, content)})


def given(client: Client, content: bytes, name: str = "calls.csv", kind: str = "incident") -> ImportJob:
    """Upload an export, and return its import."""
    answer = upload(client, content, name, kind)
    assert answer.status_code == 302, text_of(answer)
    return ImportJob.objects.latest("pk")


def text_of(answer: Any) -> str:
    """What a page says, without its tags."""
    body = re.sub(r"(?s)<(script|style).*?</\1>", " ", answer.getvalue().decode())
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


def form_of(answer: Any) -> dict[str, Any]:
    """What a browser would send of the last form of a page, as it stands."""
    body = answer.getvalue().decode().rpartition('<form method="post"')[2]
    sent: dict[str, Any] = {}
    for name, tag in _boxes(body):
        value = re.search(r'value="([^"]*)"', tag)
        text = html.unescape(value[1]) if value else ""
        if 'type="checkbox"' in tag or 'type="radio"' in tag:
            if " checked" in tag:
                sent.setdefault(name, []).append(text or "on")
        elif 'type="hidden"' in tag:
            sent.setdefault(name, []).append(text)
        else:
            sent[name] = text
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        sent[html.unescape(name)] = html.unescape(chosen[1]) if chosen else ""
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def _boxes(body: str) -> Iterator[tuple[str, str]]:
    for tag in re.findall(r"<input[^>]*>", body):
        named = re.search(r'name="([^"]+)"', tag)
        if named:
            yield html.unescape(named[1]), tag


def begin(client: Client, job: ImportJob, *, texts: str = "nobody", **changes: Any) -> None:
    """Check the columns of an export as they are proposed, with `changes`, and begin to bring it in."""
    columns = f"/imports/{job.ref}/columns/"
    sent = {**form_of(client.get(columns)), **changes, "go": "yes"}
    answer = client.post(columns, sent)
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"].endswith("/start/"), text_of(client.get(columns))
    start = f"/imports/{job.ref}/start/"
    shown = form_of(client.get(start))["shown"]
    answer = client.post(start, {"texts": texts, "cut": "on", "clock": "on", "right": "on", "shown": shown})
    assert answer.status_code == 302, text_of(answer)


def run(job: ImportJob) -> ImportJob:
    """Do what waits for this import, as its own process would, and return how it stands then."""
    begun = ImportJob.objects.filter(pk=job.pk, state=ImportState.WAITING).update(state=ImportState.RUNNING)
    assert begun == 1
    assert importing.run(job.ref) == 0
    job.refresh_from_db()
    return job


def brought_in(client: Client, content: bytes, name: str = "calls.csv", **changes: Any) -> ImportJob:
    """An export that went the whole way."""
    job = given(client, content, name)
    begin(client, job, **changes)
    return run(job)


def refused_form(client: Client, job: ImportJob) -> tuple[str, dict[str, Any]]:
    """Where the first refused row of an import is put right, and the form for it as it stands."""
    listing = f"/imports/{job.ref}/refused/"
    key = client.get(listing).getvalue().decode().split('name="row" value="')[1].partition('"')[0]
    return f"{listing}put-right/", form_of(client.get(f"{listing}put-right/", {"row": [key]}))


def cell(sent: dict[str, Any], begins: str) -> str:
    """The field of a form whose value begins so."""
    (name,) = [name for name, value in sent.items() if str(value).startswith(begins)]
    return name


def lines_of(answer: Any) -> list[str]:
    """The lines of a file that is taken out."""
    return b"".join(answer.streaming_content).decode().splitlines()
