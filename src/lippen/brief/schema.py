"""What a briefing is made from: its facts (`brief.json`) and its result tables (`tables/*.parquet`).

This file is the one statement of both. `checking` refuses whatever departs from it, so that a column
nobody described, such as a score for one incident, cannot reach a file; `reference` writes
`docs/reference/brief.md` from it. Almost every fact may be null, which means "cannot tell", and the page
then says why.
"""

from dataclasses import dataclass
from typing import Annotated, TypedDict

import pyarrow as pa

from lippen.brief.trade_facts import Trade


class InputFile(TypedDict):
    """One file as it was read; accepted + duplicates + quarantined = rows."""

    file: Annotated[str, "name relative to the folder"]
    rows: Annotated[int, "rows read"]
    accepted: Annotated[int, "rows taken as incidents"]
    duplicates: Annotated[int, "rows that repeat an incident already taken"]
    quarantined: Annotated[int, "rows put aside, each with a reason"]
    left_out: Annotated[
        dict[str, str] | None,
        "columns not read because they look like identity: what each looks like, by name",
    ]


class NotRead(TypedDict):
    """A file, link or folder that was not read."""

    file: Annotated[str, "name relative to the folder"]
    reason: Annotated[str, "why it was not read"]
    export: Annotated[bool | None, "false where nothing suggests that it is an export, such as a README"]


class Period(TypedDict):
    """The days that the incidents cover, in the source's own zone."""

    first_day: Annotated[str | None, "first local day, ISO 8601"]
    last_day: Annotated[str | None, "last local day, ISO 8601"]
    since: Annotated[str | None, "first local day assessed; earlier days are only learned from"]
    days: Annotated[int | None, "calendar days from first_day to last_day, both included"]
    zone: Annotated[str | None, "time zone of the source"]
    incidents: Annotated[int | None, "incidents accepted in those days"]


class Interval(TypedDict):
    """A 95% interval."""

    low: Annotated[float | None, "lower end"]
    high: Annotated[float | None, "upper end"]


Baselines = TypedDict(
    "Baselines",
    {
        "global": Annotated[float | None, "AUC of one rate for everything"],
        "kind": Annotated[float | None, "AUC of one rate for each kind"],
        "kind_hour": Annotated[float | None, "AUC of a rate for each kind and hour of the week, shrunk"],
        "logistic": Annotated[float | None, "AUC of a logistic model"],
        "boosted": Annotated[float | None, "AUC of plain boosted trees"],
    },
)


class Model(TypedDict):
    """How well the expected rate of "nothing found" ranks and counts, on days it never learned from."""

    auc: Annotated[
        float | None, "of an incident with nothing found and another, how often it tells which is which"
    ]
    auc_low: Annotated[float | None, "lower end of its 95% interval"]
    auc_high: Annotated[float | None, "upper end of its 95% interval"]
    ece: Annotated[float | None, "expected calibration error over 15 bins of equal size, 0-1"]
    brier: Annotated[float | None, "mean squared error, 0-1"]
    incidents: Annotated[int | None, "incidents with a known outcome that it was tested on"]
    baselines: Annotated[Baselines | None, "simpler rules on the same incidents"]
    baseline_intervals: Annotated[dict[str, Interval] | None, "95% intervals of those, by the same names"]


class EpisodeCount(TypedDict):
    """How many episodes were found, beside how many chance alone would bring."""

    found: Annotated[
        int | None, "episodes found, the rows of table `episodes`; null when none was looked for"
    ]
    strong: Annotated[
        int | None, "of these, so strong that at most 1 in 20 like it is chance (q_value up to 0.05)"
    ]
    expected_false_per_30_days: Annotated[float | None, "false episodes expected in 30 days"]
    budget: Annotated[float | None, "false episodes in 30 days that were allowed (`--budget`)"]
    days: Annotated[int | None, "days in which episodes were looked for"]
    replicates: Annotated[int | None, "shuffled copies that chance was measured on"]
    standing_line: Annotated[str | None, "what every card repeats"]
    why_none: Annotated[str | None, "why no episode could be looked for, when none was"]


class FairnessGroup(TypedDict):
    """The same columns as table `fairness`."""

    area_group: Annotated[str, "group of areas"]
    incidents: Annotated[int | None, "incidents assessed there"]
    false_episodes: Annotated[int | None, "episodes known to be chance alone"]
    rate: Annotated[float | None, "false episodes for each incident searched, over all shuffled copies"]
    low: Annotated[float | None, "lower end of its 95% interval"]
    high: Annotated[float | None, "upper end of its 95% interval"]
    verdict: Annotated[str | None, "ok, higher or cannot tell"]


class Diversion(TypedDict):
    """Whether the export can say anything of diversion at all."""

    can_tell: Annotated[bool | None, "false where unit times are missing"]
    why: Annotated[str | None, "why it cannot tell"]


class PlantedSize(TypedDict):
    """Recall for planted campaigns of one size."""

    size: Annotated[int, "incidents in the campaign"]
    campaigns: Annotated[int | None, "campaigns planted"]
    recall: Annotated[float | None, "share of them found, 0-1"]
    low: Annotated[float | None, "lower end of its 95% interval"]
    high: Annotated[float | None, "upper end of its 95% interval"]


class Planted(TypedDict):
    """What was found of campaigns that were planted into real incidents on purpose."""

    campaigns: Annotated[int | None, "campaigns planted"]
    recall: Annotated[float | None, "share of them found within the budget, 0-1"]
    recall_low: Annotated[float | None, "lower end of its 95% interval"]
    recall_high: Annotated[float | None, "upper end of its 95% interval"]
    best_rule_recall: Annotated[float | None, "the same for the best plain counting rule"]
    by_size: Annotated[list[PlantedSize] | None, "recall by size of campaign"]


class Credibility(TypedDict):
    """What was assessed, what was left out, and how often it is wrong."""

    model: Annotated[Model | None, "the expected rate; null when there was nothing to learn from"]
    why_no_model: Annotated[str | None, "why there is no model"]
    episodes: Annotated[EpisodeCount | None, "episodes found"]
    excluded: Annotated[
        dict[str, int | None] | None,
        "incidents left out of assessment, each counted once, under the first reason that holds: "
        "protected, own_activity, sensor, no_outcome, no_place",
    ]
    fairness: Annotated[list[FairnessGroup] | None, "false episodes by group of areas"]
    diversion: Annotated[Diversion | None, "whether diversion can be told"]
    suspended: Annotated[str | None, "why assessment has suspended itself; null when it has not"]
    planted: Annotated[Planted | None, "recall of planted campaigns, where it was measured"]


class Stage(TypedDict):
    """One stage of the run."""

    name: Annotated[str, "what was done"]
    seconds: Annotated[float | None, "time it took (a clock field)"]


class Clock(TypedDict):
    """Fields that differ from run to run."""

    written_at: Annotated[str | None, "when the briefing was written, ISO 8601, UTC"]
    trade_week: Annotated[
        list[str] | None,
        "of the newest week of the trade: that it was not over then, or what in it was old",
    ]


class Facts(TypedDict):
    """The whole of `brief.json`."""

    place: Annotated[str | None, "where the incidents come from, for the heading"]
    inputs: Annotated[list[InputFile] | None, "the files read"]
    not_read: Annotated[list[NotRead] | None, "what was not read"]
    notes: Annotated[dict[str, int] | None, "what was done to rows that were taken: rows, by what was done"]
    unlisted_codes: Annotated[
        dict[str, int] | None, "disposal codes that the mapping does not list: rows, by code"
    ]
    period: Annotated[Period | None, "the days covered"]
    credibility: Annotated[Credibility | None, "the assessment"]
    trade: Annotated[Trade | None, "what is sold; null where the briefing was made without `--trade`"]
    stages: Annotated[list[Stage] | None, "stages of the run, in order"]
    peak_memory_mib: Annotated[float | None, "largest memory held, MiB (a clock field)"]
    versions: Annotated[dict[str, str | None] | None, "program and libraries, by name"]
    command: Annotated[str | None, "the command, without the output folder, so where it goes changes nothing"]
    seed: Annotated[int | None, "seed of all random work"]
    clock: Annotated[Clock | None, "fields that differ from run to run"]


@dataclass(frozen=True)
class Column:
    """One column of a result table: its name, Arrow type, meaning with unit, and whether it may be null."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class ResultTable:
    """One result table. Its rows are sorted by the columns in `order`, so equal rows give equal bytes.

    Its required columns are its key, which no two rows share, unless `keyed` is false.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    keyed: bool = True

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart; none where rows may be alike."""
        return tuple(column.name for column in self.columns if column.required) if self.keyed else ()

    def schema(self) -> pa.Schema:
        """The Arrow schema, without metadata."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])


_TEXT, _INT, _FLOAT, _DAY = pa.string(), pa.int64(), pa.float64(), pa.date32()
_TIME, _TEXTS = pa.timestamp("us"), pa.list_(pa.string())


def _column(name: str, kind: pa.DataType, meaning: str) -> Column:
    return Column(name, kind, meaning)


def _key(name: str, kind: pa.DataType, meaning: str) -> Column:
    return Column(name, kind, meaning, required=True)


RESULT_TABLES: tuple[ResultTable, ...] = (
    ResultTable(
        "episodes",
        "Incidents that belong together more than chance allows, one row an episode.",
        (
            _key("episode_id", _TEXT, "made from the episode's content"),
            _column("first_at", _TIME, "first incident, naive UTC"),
            _column("last_at", _TIME, "last incident, naive UTC"),
            _column("first_local", _TEXT, "first incident, local wall clock, ISO 8601"),
            _column("last_local", _TEXT, "last incident, local wall clock, ISO 8601"),
            _column("incidents", _INT, "incidents that belong together, as a rule all with nothing found"),
            _column("areas", _TEXTS, "small areas they lie in"),
            _column("kinds", _TEXTS, "kinds of incident"),
            _column("p_value", _FLOAT, "how often chance alone gives a group at least this strong, 0-1"),
            _column("q_value", _FLOAT, "share of chance alone among episodes at least this strong, 0-1"),
            _column(
                "expected_unfounded",
                _FLOAT,
                "incidents with nothing found that would be normal there and then",
            ),
            _column("found_unfounded", _INT, "of its incidents, ended with nothing found"),
            _column("diversion", _TEXT, "consistent with, no sign or cannot tell"),
            _column("reasons", _TEXTS, "why they belong together"),
            _column("innocent", _TEXTS, "why it may be innocent"),
            _column("checks", _TEXTS, "how to check"),
        ),
        ("q_value", "p_value", "first_at", "episode_id"),
    ),
    ResultTable(
        "episode_incidents",
        "Which incidents make an episode, by the id that the export gave.",
        (
            _key("episode_id", _TEXT, "the episode"),
            _key("incident_id", _TEXT, "the incident"),
        ),
        ("episode_id", "incident_id"),
    ),
    ResultTable(
        "episode_strip",
        "The course of an episode, for its time strip.",
        (
            _key("episode_id", _TEXT, "the episode"),
            _column("minute", _INT, "minutes since the episode's first incident"),
            _column("kind", _TEXT, "kind of incident"),
            _column("area", _TEXT, "small area"),
            _column("outcome", _TEXT, "founded, unfounded or unknown"),
        ),
        ("episode_id", "minute", "kind", "area", "outcome"),
        keyed=False,  # two incidents of a kind may fall on one minute
    ),
    ResultTable(
        "volumes_week",
        "Incidents week by week, beside what earlier weeks lead one to expect.",
        (
            _key("week", _DAY, "Monday of the week"),
            _column("incidents", _INT, "incidents reported; empty where the week has no data"),
            _column("expected", _FLOAT, "incidents expected"),
            _column("low", _FLOAT, "lower end of the expected band (95%)"),
            _column("high", _FLOAT, "upper end of the expected band (95%)"),
            _column("unfounded", _INT, "incidents that ended with nothing found"),
        ),
        ("week",),
    ),
    ResultTable(
        "volumes_kind",
        "Incidents by kind, and whether the kind rises or falls.",
        (
            _key("kind", _TEXT, "kind of incident"),
            _column("incidents", _INT, "incidents in the period assessed"),
            _column("unfounded", _INT, "of these, ended with nothing found"),
            _column("founded", _INT, "of these, ended with something found"),
            _column("unknown", _INT, "of these, outcome not known"),
            _column("earlier_per_week", _FLOAT, "incidents a week before the period assessed"),
            _column("later_per_week", _FLOAT, "incidents a week in the period assessed"),
            _column(
                "change_low",
                _FLOAT,
                "change (later / earlier - 1), lower end of the 95% interval for all kinds together",
            ),
            _column("change_high", _FLOAT, "the same, upper end"),
        ),
        ("kind",),
    ),
    ResultTable(
        "volumes_area",
        "Incidents by area. Areas with fewer than 5 incidents are merged or left out before they come here.",
        (
            _key("area", _TEXT, "small area"),
            _column("lat", _FLOAT, "middle of the area, degrees north (WGS84)"),
            _column("lon", _FLOAT, "middle of the area, degrees east (WGS84)"),
            _column("incidents", _INT, "incidents"),
            _column("unfounded", _INT, "of these, ended with nothing found"),
            _column("expected_unfounded", _FLOAT, "of these, would normally end with nothing found"),
        ),
        ("area",),
    ),
    ResultTable(
        "calibration",
        "Expected beside observed share of nothing found, in bins of equal size.",
        (
            _key("bin", _INT, "bin, from the lowest expected share to the highest"),
            _column("incidents", _INT, "incidents in the bin"),
            _column("expected", _FLOAT, "mean expected share, 0-1"),
            _column("observed", _FLOAT, "observed share, 0-1"),
            _column("low", _FLOAT, "lower end of the observed share's 95% interval"),
            _column("high", _FLOAT, "upper end of the observed share's 95% interval"),
        ),
        ("bin",),
    ),
    ResultTable(
        "calibration_month",
        "The same, month by month: does the model still hold?",
        (
            _key("month", _TEXT, "month, YYYY-MM"),
            _column("incidents", _INT, "incidents in the month"),
            _column("expected", _FLOAT, "mean expected share, 0-1"),
            _column("observed", _FLOAT, "observed share, 0-1"),
            _column("ece", _FLOAT, "expected calibration error in the month, 0-1"),
        ),
        ("month",),
    ),
    ResultTable(
        "fairness",
        "False episodes by group of areas.",
        (
            _key("area_group", _TEXT, "group of areas"),
            _column("incidents", _INT, "incidents assessed there"),
            _column("false_episodes", _INT, "episodes known to be chance alone"),
            _column("rate", _FLOAT, "false episodes for each incident searched, over all shuffled copies"),
            _column("low", _FLOAT, "lower end of its 95% interval"),
            _column("high", _FLOAT, "upper end of its 95% interval"),
            _column("verdict", _TEXT, "ok, higher or cannot tell"),
        ),
        ("area_group",),
    ),
    ResultTable(
        "diversion",
        "For each episode: what it drew, and what happened elsewhere meanwhile.",
        (
            _key("episode_id", _TEXT, "the episode"),
            _column("area", _TEXT, "larger area elsewhere that stood out most from its usual hour"),
            _column("unit_minutes", _FLOAT, "minutes that units spent on it, summed over units"),
            _column("matched_controls", _INT, "windows it was compared with"),
            _column(
                "observed", _FLOAT, "incidents with something found there, within two hours from its start"
            ),
            _column("expected", _FLOAT, "the same in the matched windows, mean"),
            _column("p_value", _FLOAT, "how often matched windows show an excess at least as great, 0-1"),
            _column("q_value", _FLOAT, "the same after Benjamini-Hochberg over all episodes, 0-1"),
            _column("statement", _TEXT, "the finding in words"),
        ),
        ("episode_id",),
    ),
    ResultTable(
        "quarantine_reasons",
        "Why rows were put aside.",
        (
            _key("reason", _TEXT, "plain reason, with what would mend it"),
            _column("rows", _INT, "rows put aside for it"),
        ),
        ("reason",),
    ),
)

OUTCOMES: tuple[str, ...] = ("unfounded", "founded", "unknown")
SMALL_COUNT = 5  # counts below it are not printed for an area (design 1, promise 8)
