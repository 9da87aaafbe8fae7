"""An alert on one page: as HTML for a screen, and as PDF to print and pin up."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lippen.alert.notice import CERTAINTY, Alert, AlertRefused
from lippen.output import whole_folder
from lippen.paper.pdf import as_pdf
from lippen.paper.sheet import MM, Box, Column, Sheet, lacking

WORDS: Final = {
    "danger": "In danger now? Call 999. Ask for an ambulance.",
    "danger_more": "Say what was taken, if you know. Stay with them.",
    "seen": "What is going round",
    "does": "What it can do",
    "danger_signs": "Call 999 for any of these",
    "helps": "What helps",
    "mixing": "Most people who die of drugs had taken more than one. Alcohol counts too.",
    "anyone": "Where help is",
    "nhs": "NHS 24, free: 111",
    "frank": "Talk to Frank: 0300 123 6600",
}
_SIZES: Final = tuple(at / 100 for at in range(130, 63, -4))
_MARGIN: Final = 42.0


def write_alert(alert: Alert, out: Path) -> None:
    """Write `alert.html`, `alert.pdf` and `alert.json` (what it says) to a folder, which appears whole.

    Raises AlertRefused where the page cannot be set, and OutputRefused as `whole_folder`.
    """
    with whole_folder(out, "alert.json", frozenset({"alert.html", "alert.pdf"})) as made:
        (made / "alert.html").write_text(as_html(alert), "utf-8")
        (made / "alert.pdf").write_bytes(as_pdf([as_sheet(alert)]))
        facts = {"versions": {"lippen": version("lippen")}, "alert": asdict(alert)}
        (made / "alert.json").write_text(json.dumps(facts, default=str, indent=2) + "\n", "utf-8")


def as_html(alert: Alert) -> str:
    """The page, whole in one file, without script, picture or anything from elsewhere."""
    style = files("lippen.alert").joinpath("alert.css").read_text("utf-8")
    page = _templates().get_template("alert.html.j2")
    told = {"alert": alert, "words": WORDS, "certainty": CERTAINTY[alert.certainty]}
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return page.render(style=Markup(style), digest=digest, day=_day, **told)  # noqa: S704 - our own file


def as_sheet(alert: Alert) -> Sheet:
    """The page as a sheet of A4, in the largest letters in which all of it fits. Raises AlertRefused."""
    for size in _SIZES:
        sheet = Sheet(210 * MM, 297 * MM, _title(alert), "en-GB")
        column = Column(sheet, _MARGIN, _MARGIN, sheet.width - 2 * _MARGIN)
        _set(column, alert, 15 * size)
        if column.y <= sheet.height - _MARGIN:
            break
    else:
        raise AlertRefused("it does not fit on a page", remedy="Say it in fewer words.")
    if sign := lacking([one.text for one in sheet.texts()]):
        raise AlertRefused(f"there is no letter for {sign!r} on paper", remedy="Write it in plain letters.")
    return sheet


def _set(column: Column, alert: Alert, body: float) -> None:
    at, top, pad = len(column.sheet.pieces), column.y, body * 0.7
    inside = Column(column.sheet, column.x + pad, top + pad, column.width - 2 * pad)
    inside.set(WORDS["danger"], body * 1.5, bold=True, white=True)
    inside.set(WORDS["danger_more"], body, white=True)
    column.sheet.pieces.insert(at, Box(column.x, top, column.width, inside.y + pad - top))
    column.y = inside.y + pad + body
    column.set(_title(alert), body * 1.7, bold=True)
    column.skip(body / 3)
    heading = _headings(column, body)
    heading(WORDS["seen"])
    for line in (
        alert.what_changed,
        f"It may look like this: {alert.looks_like}",
        CERTAINTY[alert.certainty],
    ):
        column.set(line, body)
    for name, lines in (
        (WORDS["does"], alert.effects.does),
        (WORDS["danger_signs"], alert.effects.danger),
        (WORDS["helps"], alert.effects.helps),
    ):
        heading(name)
        for line in lines:
            column.item("•", line, body)
    column.skip(body / 3)
    column.set(WORDS["mixing"], body, bold=True)
    heading(WORDS["anyone"])
    for one in alert.help:
        column.set(f"{one.name}: {one.telephone}", body, bold=True)
        if one.open:
            column.set(one.open, body * 0.8)
    column.set(WORDS["nhs"], body)
    column.set(WORDS["frank"], body)
    column.skip(body / 2)
    column.set(_stands_for_it(alert), body * 0.7)


def _headings(column: Column, body: float) -> Callable[[str], None]:
    def heading(text: str) -> None:
        column.skip(body / 2)
        column.set(text, body * 1.2, bold=True)

    return heading


def _title(alert: Alert) -> str:
    return f"Take care: {alert.sold_as}"


def _stands_for_it(alert: Alert) -> str:
    return (
        f"Written on {_day(alert.issued_on)} by the {alert.written_by}, agreed by the {alert.agreed_by}."
        f" Take it down after {_day(alert.ends_on)}."
    )


def _day(day: object) -> str:
    return f"{day:%-d %B %Y}"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("lippen.alert", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
