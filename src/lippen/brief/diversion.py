"""What the page says of diversion: on a card, and in short. Never more than that times fall together."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from lippen.brief import figures, words
from lippen.brief.plain_text import isolated
from lippen.brief.schema import Credibility

WORTH_SAYING = 0.1
"""The share of chance up to which times are called consistent with diversion."""

_CONSISTENT, _NO_SIGN, _CANNOT_TELL = "consistent with", "no sign", "cannot tell"
_VERDICTS = {
    _CONSISTENT: "Consistent with diversion",
    _NO_SIGN: "No sign of diversion",
    _CANNOT_TELL: "Diversion: cannot tell",
}
_NOT_MEANT = "Times that fall together do not show that it was meant."


def verdict(given: str | None) -> str:
    """The heading of a card's box; whatever is no verdict of ours cannot tell."""
    return _VERDICTS[_known(given)]


def _known(given: str | None) -> str:
    return given if given in _VERDICTS else _CANNOT_TELL


def sentences(given: str | None, drawn: Mapping[str, Any] | None) -> list[str | Markup]:
    """What a card says below its verdict, from its row of table `diversion`: the comparison comes first."""
    said: list[str | Markup] = []
    if drawn is None:
        return ["There is too little to compare with."]
    known = _known(given)
    if known != _CANNOT_TELL:
        if drawn["matched_controls"]:
            said.append(_compared(known, drawn))
        if drawn["q_value"] is not None:
            said.append(
                f"Of findings as strong as this, {figures.odds(drawn['q_value'])} will be chance; we call it "
                f"consistent with diversion when at most 1 in {round(1 / WORTH_SAYING)} would be."
            )
    if known == _CONSISTENT:
        said.append(_NOT_MEANT)
    if drawn["statement"]:
        said.append(isolated(drawn["statement"], 400))
    if drawn["unit_minutes"] is not None:
        said.append(f"It drew about {figures.minutes(drawn['unit_minutes'])} of units' time in all.")
    return said or ["There is too little to compare with."]


def _compared(known: str, drawn: Mapping[str, Any]) -> str | Markup:
    windows = (
        f"{figures.plural(drawn['matched_controls'], 'matched window')}: same hour of the week, "
        f"about as many units busy"
    )
    if known == _NO_SIGN:
        return (
            "Within two hours of its start, no larger area elsewhere had more incidents with something found "
            f"than chance explains ({windows})."
        )
    if drawn["observed"] is None or drawn["expected"] is None:
        return f"Compared with {windows}."
    number = figures.decimal(drawn["observed"])
    return Markup(
        "Within two hours of its start, {} with something found came in from {}; {} is usual ({})."
    ).format(
        f"{number} incident{'' if number == '1' else 's'}",
        isolated(drawn["area"], 40) if drawn["area"] else "one larger area elsewhere",
        figures.decimal(drawn["expected"]),
        windows,
    )


def in_short(credibility: Credibility | None, tables: Mapping[str, pa.Table]) -> Markup:
    """The line on diversion for the head of the page: what was found, or why it cannot be told."""
    told = credibility["diversion"] if credibility else None
    if credibility is not None and credibility["suspended"] is not None:
        return Markup("Assessment has suspended itself, so nothing is said of diversion.")
    if told is not None and told["can_tell"] is False:
        return Markup("We cannot tell. {}").format(isolated(told["why"] or "Unit times are missing.", 300))
    if words.why_no_episodes(credibility) is not None:
        return Markup("We cannot tell, because no episode was looked for.")
    verdicts = {
        row["episode_id"]: _known(row["diversion"])
        for row in tables["episodes"].select(["episode_id", "diversion"]).to_pylist()
    }
    if not verdicts:
        return Markup("No episode was found, so there is nothing to compare.")
    areas = sorted(
        {
            row["area"]
            for row in tables["diversion"].to_pylist()
            if row["area"] and verdicts.get(row["episode_id"]) == _CONSISTENT
        }
    )
    return _counted(list(verdicts.values()), areas)


def _counted(verdicts: list[str], areas: list[str]) -> Markup:
    many = len(verdicts)
    consistent, no_sign = verdicts.count(_CONSISTENT), verdicts.count(_NO_SIGN)
    unsure = many - consistent - no_sign
    all_of = "the one episode found" if many == 1 else f"any of {figures.plural(many, 'episode')}"
    if no_sign == many:
        return Markup("There is no sign of it in {}.").format(all_of)
    if unsure == many:
        return Markup("We cannot tell for {}; the cards say why.").format(all_of)
    said = []
    if consistent:
        which = (
            "the one episode found" if many == 1 else f"{consistent:,} of {figures.plural(many, 'episode')}"
        )
        where = Markup(", ").join(isolated(area, 40) for area in areas[:3]) or "another larger area"
        further = f" and {figures.plural(len(areas) - 3, 'more area')}" if len(areas) > 3 else ""
        said.append(
            Markup(
                "For {} the times are consistent with diversion: within two hours of the start, more "
                "incidents with something found than usual came in from {}{}. {}"
            ).format(which, where, further, _NOT_MEANT)
        )
    if no_sign:
        said.append(Markup("For {} there is no sign of it.").format(f"{no_sign:,}"))
    if unsure:
        said.append(Markup("For {} we cannot tell.").format(f"{unsure:,}"))
    return Markup(" ").join(said)
