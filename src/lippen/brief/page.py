"""Puts the page together: sentences, pictures and rows into one self-contained HTML file without script."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from lippen.brief import diversion, fairness, figures, words
from lippen.brief.came_in import came_in
from lippen.brief.cards import shown
from lippen.brief.doubt import doubt
from lippen.brief.glossary import GLOSSARY, TRADE_GLOSSARY
from lippen.brief.plain_text import isolated, plain
from lippen.brief.schema import Credibility, Facts
from lippen.brief.trade import trade_section
from lippen.brief.volumes import volumes


def render(facts: Facts, tables: Mapping[str, pa.Table]) -> str:
    """The page as HTML. Facts and tables must have passed `checking`."""
    credibility = facts["credibility"]
    period = facts["period"]
    moving = volumes(tables, period)
    suspended = credibility is not None and credibility["suspended"] is not None
    counts = credibility["episodes"] if credibility else None
    trade = trade_section(facts, tables)
    return _template().render(
        **sealed_style(),
        standing_line=words.STANDING_LINE,
        card_line=isolated((counts["standing_line"] if counts else None) or words.STANDING_LINE, 300),
        place=isolated(facts["place"], 120) if facts["place"] else None,
        title=plain(facts["place"] or "Closed incidents", 120),
        span=plain(figures.span(period["first_day"], period["last_day"]), 80) if period else "",
        scope=_scope(facts),
        short=[
            ("What came in", words.came_in(facts)),
            ("How volumes move", moving["sentence"]),
            ("Episodes", isolated(words.episodes(credibility), 500)),
            ("Diversion", diversion.in_short(credibility, tables)),
            *([("Trade", trade["in_short"])] if trade is not None else []),
            ("How often it is wrong", _how_often_wrong(credibility)),
        ],
        came_in=came_in(facts, tables),
        never_assessed=words.NEVER_ASSESSED,
        moving=moving,
        episodes=isolated(words.episodes(credibility), 500),
        looked=words.why_no_episodes(credibility) is None and not suspended,
        shown=shown(tables),
        trade=trade,
        doubt=doubt(facts, tables),
        about=_about(facts),
        glossary=GLOSSARY if trade is None else (*GLOSSARY, *TRADE_GLOSSARY),
    )


def _how_often_wrong(credibility: Credibility | None) -> Markup:
    line = isolated(words.how_often_wrong(credibility), 500)
    if credibility is None or credibility["suspended"] is not None:
        return line
    worse = fairness.worse(credibility["fairness"] or [])
    return line if worse is None else Markup("{} {}").format(line, worse)


def sealed_style() -> dict[str, str]:
    """`style`, and its `digest`: the only style that the page's policy lets in."""
    style = resources.files("lippen.brief").joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {"style": Markup(style), "digest": digest}  # noqa: S704 - our own file


@cache
def marks() -> Markup:
    """The marks that charts and strips draw by reference: an SVG that shows nothing, once on each page."""
    return Markup(page_environment().get_template("marks.html.j2").render())  # noqa: S704 - our own file


@cache
def page_environment() -> Environment:
    """Where the templates of the pages are read: what they print is escaped and made plain."""
    return Environment(
        loader=PackageLoader("lippen.brief"),
        autoescape=True,
        finalize=_neutral,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _neutral(value: object) -> object:
    """Whatever a template prints that is no markup of ours is made plain, so that none can be forgotten."""
    return plain(value, 1000) if isinstance(value, str) and not isinstance(value, Markup) else value


def _template() -> Template:
    return page_environment().get_template("page.html.j2")


def _scope(facts: Facts) -> list[Markup]:
    """The line under the heading: how many incidents, since when assessed, in which zone."""
    period = facts["period"]
    if period is None:
        return [Markup("The days covered are not known.")]
    said = []
    if period["incidents"] is not None:
        said.append(Markup("{}").format(figures.plural(period["incidents"], "incident")))
    if period["days"] is not None:
        said.append(Markup("{}").format(figures.plural(period["days"], "day")))
    credibility = facts["credibility"]
    model = credibility["model"] if credibility else None
    assessed = figures.count(model["incidents"]) + " " if model and model["incidents"] is not None else ""
    if period["since"]:
        said.append(Markup("{}assessed from {}").format(assessed, plain(figures.day(period["since"]), 40)))
    if period["zone"]:
        said.append(Markup("times as in {}").format(isolated(period["zone"], 40)))
    return said


def _about(facts: Facts) -> dict[str, Any]:
    stages = facts["stages"] or []
    clock = facts["clock"]
    known = [stage["seconds"] for stage in stages if stage["seconds"] is not None]
    versions = facts["versions"] or {}
    return {
        "command": isolated(facts["command"], 400) if facts["command"] else None,
        "seed": facts["seed"],
        "stages": [(isolated(stage["name"], 60), figures.seconds(stage["seconds"])) for stage in stages],
        "total": figures.seconds(sum(known)) if known else None,
        "memory": None
        if facts["peak_memory_mib"] is None
        else f"{figures.decimal(facts['peak_memory_mib'], 0)} MiB",
        "versions": [(isolated(name, 40), isolated(versions[name] or "", 40)) for name in sorted(versions)],
        "written_at": f"{figures.moments(clock['written_at'], None)} UTC"
        if clock and clock["written_at"]
        else None,
    }
