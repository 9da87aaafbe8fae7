"""Pages of incidents: figures beside what is expected, the tables behind them, and single incidents."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.test import Client
from judges import next_state
from people_factory import make_colleague, make_organisation, signed_in

from lippen.manifest import Manifest
from lippen.site.accounts.models import Organisation
from lippen.site.insight.lake import Lake, lake
from lippen.site.insight.record_ids import record_id
from lippen.site.register.models import Act, Entry, Shown

pytestmark = pytest.mark.django_db(transaction=True)
Hold = Callable[[Organisation], None]
FIGURES = ("/incidents/", "/incidents/weeks/", "/incidents/kinds/", "/incidents/areas/")
FILES = ("weeks", "kinds", "areas", "larger")


@pytest.fixture
def police(held_by: Hold) -> Organisation:
    """The police, who hold the incidents."""
    organisation = make_organisation("police", name="Marrow Police")
    held_by(organisation)
    return organisation


@pytest.fixture
def analyst(police: Organisation) -> Client:
    return signed_in(make_colleague(police, "analyst"))


@pytest.fixture
def logged(lake_of_town: Path) -> list[dict[str, Any]]:
    """Every incident of the town's lake."""
    where = lake_of_town / "lake"
    files = [name for one in Manifest.read(where).imports if one.kind == "incident" for name in one.signals]
    return [row for name in files for row in pq.read_table(where / name).to_pylist()]


def told(client: Client, path: str, **asked: str) -> str:
    answer = client.get(f"{path}?{urlencode(asked)}" if asked else path)
    assert answer.status_code == 200, answer.content.decode()
    return html.unescape(answer.content.decode())


def rows(body: str) -> list[list[str]]:
    found = re.findall(r"<tr[^>]*>(<th[^>]*rowheader.*?)</tr>", body, re.S)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
            for row in found]  # fmt: skip


def file_of(client: Client, path: str, **asked: str) -> list[dict[str, str]]:
    answer = client.get(f"{path}?{urlencode(asked)}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def counted(one: Mapping[str, Any]) -> bool:
    return not one["own_activity"] and not one["protected"]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_asked(since: date, until: date) -> dict[str, str]:
    """Two days as the form's boxes send them."""
    parts = ("day", "month", "year")
    boxes = {f"since_{part}": str(getattr(since, part)) for part in parts}
    return {**boxes, **{f"until_{part}": str(getattr(until, part)) for part in parts}}


def test_the_page_shows_a_chart_kinds_and_maps_and_says_what_it_leaves_out(
    analyst: Client, logged: list[dict[str, Any]]
) -> None:
    body = told(analyst, "/incidents/")
    assert "Line chart of incidents in each of" in body
    assert body.count("Schematic map of incidents in") >= 1
    assert not re.findall(r"<[^>]+ style=", body), "the policy would refuse it"
    left_out = body.split("What these figures leave out")[1]
    protected = sum(one["protected"] for one in logged)
    own = sum(one["own_activity"] and not one["protected"] for one in logged)
    assert f"{protected:,} over all days" in left_out
    assert f"{own:,} over all days" in left_out
    assert "quarantine" in left_out
    entry = Entry.objects.latest("pk")
    assert (entry.act, entry.what, entry.shown_count) == (Act.CONSULTATION, "volumes of incidents", 0)


def test_where_nothing_was_reported_the_page_says_that_and_not_that_there_are_no_coordinates(
    analyst: Client, logged: list[dict[str, Any]]
) -> None:
    kinds = {one["kind"] for one in logged if counted(one)}
    area, kind = next(
        (area, kind)
        for area in sorted({one["area"] for one in logged if one["area"]})
        for kind in sorted(kinds)
        if not any(one["area"] == area and one["kind"] == kind for one in logged)
    )
    said = told(analyst, "/incidents/", area=area, kind=kind)
    assert "None was reported in the days compared, so there is nothing on a map" in said
    assert "gives no coordinates" not in said


def test_no_count_below_five_stands_on_a_map(analyst: Client, logged: list[dict[str, Any]]) -> None:
    rare = min(Counter(one["kind"] for one in logged if counted(one)).items(), key=lambda item: item[1])[0]
    body = told(analyst, "/incidents/", kind=rare)
    maps = re.findall(r'<svg class="chart map".*?</svg>', body, re.S)
    assert maps
    for title in re.findall(r"<title>(.*?)</title>", "".join(maps)):
        many = title.rpartition(": ")[2].removesuffix(" incidents")
        assert many == "fewer than 5" or int(many.replace(",", "")) >= 5
    assert "fewer than 5" in "".join(maps)


@pytest.mark.parametrize("of", ["kind", "area", "larger"])
def test_the_weeks_of_a_limit_count_exactly_its_incidents(
    analyst: Client, logged: list[dict[str, Any]], of: str
) -> None:
    column = {"larger": "larger_area"}.get(of, of)
    usual = Counter(one[column] for one in logged if counted(one) and one[column]).most_common(3)[-1][0]
    first, last = min(one["local_day"] for one in logged), max(one["local_day"] for one in logged)
    expected: Counter[str] = Counter()
    for one in logged:
        week = monday(one["local_day"])
        if counted(one) and one[column] == usual and first <= week and week + timedelta(days=6) <= last:
            expected[week.isoformat()] += 1
    weeks = file_of(analyst, "/incidents/weeks.csv", **{of: usual})
    assert {one["week"]: int(one["incidents"]) for one in weeks if one["incidents"] != "0"} == expected
    assert any(one["low"] for one in weeks), "beside what was expected"
    shown = rows(told(analyst, "/incidents/weeks/", **{of: usual}))
    assert [one[1].replace(",", "") for one in shown] == [one["incidents"] for one in weeks]


def test_days_limit_the_weeks_and_what_is_compared(analyst: Client, logged: list[dict[str, Any]]) -> None:
    last = max(one["local_day"] for one in logged)
    since = monday(last) - timedelta(weeks=6)
    until = since + timedelta(days=27)
    asked = days_asked(since, until)
    weeks = file_of(analyst, "/incidents/weeks.csv", **asked)
    assert [one["week"] for one in weeks] == [str(since + timedelta(weeks=nth)) for nth in range(4)]
    assert all(one["low"] for one in weeks), "the band knows the weeks before those asked for"
    kinds = {one["kind"]: int(one["incidents"]) for one in file_of(analyst, "/incidents/kinds.csv", **asked)}
    inside = Counter(one["kind"] for one in logged if counted(one) and since <= one["local_day"] <= until)
    assert {kind: many for kind, many in kinds.items() if many} == inside
    areas = {one["area"]: one["incidents"] for one in file_of(analyst, "/incidents/areas.csv", **asked)}
    by_area = Counter(
        one["area"] for one in logged if counted(one) and one["area"] and since <= one["local_day"] <= until
    )
    assert areas == {area: str(many) if many >= 5 else "fewer than 5" for area, many in by_area.items()}


def test_a_kind_is_compared_with_the_weeks_before_those_asked_for(
    analyst: Client, logged: list[dict[str, Any]]
) -> None:
    last = max(one["local_day"] for one in logged)
    since = monday(last) - timedelta(weeks=8)
    shown = {one["kind"]: one for one in file_of(analyst, "/incidents/kinds.csv", **days_asked(since, last))}
    before = Counter(one["kind"] for one in logged if counted(one) and one["local_day"] < since)
    kind = before.most_common(1)[0][0]
    first = monday(min(one["local_day"] for one in logged) + timedelta(days=6))
    earlier = sum(
        counted(one) and one["kind"] == kind and first <= one["local_day"] < since for one in logged
    )
    assert float(shown[kind]["earlier_per_week"]) == pytest.approx(earlier / ((since - first).days / 7))
    low, high = float(shown[kind]["change_low"]), float(shown[kind]["change_high"])
    change = float(shown[kind]["later_per_week"]) / float(shown[kind]["earlier_per_week"]) - 1
    assert low < change < high


@pytest.mark.usefixtures("lake_of_town")
def test_a_small_area_is_called_by_its_larger_one_in_the_table_the_map_and_the_list(analyst: Client) -> None:
    one = next(iter(lake().result("areas").to_pylist()))  # type: ignore[union-attr]
    code, called = one["area"], f"small area {one['area'][-2:]} in {one['larger_area']}"
    assert rows(told(analyst, "/incidents/areas/", area=code))[0][0] == f"{called} {code}"
    body = told(analyst, "/incidents/")
    assert f"</b> {called}</li>" in body
    assert code not in re.sub(r'<option value="[^"]*"', "", body), "no bare code"
    listed = told(analyst, "/incidents/list/", area=code)
    assert called in rows(listed)[0][1]
    assert f"{called}, {one['larger_area']}" not in listed


@pytest.mark.usefixtures("lake_of_town")
def test_days_without_a_whole_week_say_so_and_whole_weeks_are_named(analyst: Client) -> None:
    few = days_asked(date(2025, 5, 6), date(2025, 5, 8))
    for path in FIGURES:
        body = told(analyst, path, **few)
        assert "No whole week, Monday to Sunday, lies in the days that you chose" in body
        assert rows(body) == []
    body = told(analyst, "/incidents/areas/", **days_asked(date(2025, 5, 1), date(2025, 5, 31)))
    assert "Larger areas: whole weeks, 5 May to 25 May 2025" in body


def test_weeks_without_data_are_a_gap_on_every_page_and_no_quiet_time(
    analyst: Client, lake_of_town: Path
) -> None:
    """As where the exports of some months were never brought in."""
    weeks = lake().result("volumes_week")
    assert weeks is not None
    lost = weeks["week"].to_pylist()[8:20]
    gone = pa.array(lost, pa.date32())
    without = {"incidents": None, "unfounded": None}
    told_weeks = pa.Table.from_pylist(
        [{**row, **(without if row["week"] in lost else {})} for row in weeks.to_pylist()], weeks.schema
    )
    some = sorted(many for many in told_weeks["incidents"].to_pylist() if many is not None)
    next_state(
        lake_of_town / "lake",
        {
            "volumes_week": lambda _: told_weeks,
            "kinds_week": lambda rows: rows.filter(pc.invert(pc.is_in(rows["week"], gone))),
        },
    )
    body = told(analyst, "/incidents/")
    assert f"A usual week has about {some[len(some) // 2]} incidents." in body
    assert "There is no data for" in body
    assert "no incident of any kind came in, from anywhere" in body
    assert "The line breaks off for 12 weeks without data." in body
    kind = lake().result("kinds_week")["kind"][0].as_py()  # type: ignore[index]
    shown = rows(told(analyst, "/incidents/weeks/", kind=kind))
    assert [one[1] for one in shown[8:20]] == ["no data"] * 12
    file = file_of(analyst, "/incidents/weeks.csv", kind=kind)
    assert [one["incidents"] for one in file][8:20] == [""] * 12
    since = lost[-1] + timedelta(weeks=5)
    asked = days_asked(since, since + timedelta(days=27))
    compared = {one["kind"]: one for one in file_of(analyst, "/incidents/kinds.csv", **asked)}
    held = [week for week in weeks["week"].to_pylist() if week not in lost and week < since]
    own = lake().result("kinds_week").to_pylist()  # type: ignore[union-attr]
    before = sum(one["incidents"] for one in own if one["kind"] == kind and one["week"] in held)
    assert float(compared[kind]["earlier_per_week"]) == pytest.approx(before / len(held), rel=1e-6)


@pytest.mark.usefixtures("lake_of_town")
@pytest.mark.parametrize("table", FILES)
def test_each_table_is_taken_out_entered_and_says_how_it_is_handled(analyst: Client, table: str) -> None:
    found = file_of(analyst, f"/incidents/{table}.csv")
    assert found
    assert {one["handling"].rpartition(" | ")[0] for one in found} == {
        "incident | law-enforcement | Marrow Police"
    }
    entry = Entry.objects.latest("pk")
    assert (entry.act, entry.what) == (Act.DISCLOSURE, "volumes of incidents, taken out as a file")


@pytest.mark.usefixtures("lake_of_town")
def test_no_figure_is_counted_from_single_incidents(analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ask = Lake.ask

    def noted(self: Lake, statement: str, values: Mapping[str, Any] | None = None) -> Any:
        asked.append(statement)
        return ask(self, statement, values)

    monkeypatch.setattr(Lake, "ask", noted)
    place = next(iter(lake().result("areas").to_pylist()))["area"]  # type: ignore[union-attr]
    for path in FIGURES:
        told(analyst, path, area=place, since_day="1", since_month="3", since_year="2025")
    assert asked
    assert not [one for one in asked if re.search(r"FROM incident\b", one)]


def test_incidents_are_listed_for_a_place_and_each_one_shown_is_entered(
    analyst: Client, logged: list[dict[str, Any]]
) -> None:
    place = Counter(one["area"] for one in logged if counted(one) and one["area"]).most_common(1)[0][0]
    own = sorted((one for one in logged if one["area"] == place and counted(one)),
                 key=lambda one: (-one["reported_at"].timestamp(), one["incident_id"]))  # fmt: skip
    pages = [own[:50], own[50:100]]
    for number, expected in enumerate(pages, start=1):
        body = told(analyst, "/incidents/list/", area=place, page=str(number))
        entry = Entry.objects.latest("pk")
        shown = set(Shown.objects.filter(entry=entry).values_list("record", flat=True))
        assert shown == {record_id(one["incident_id"]) for one in expected}
        assert len(rows(body)) == len(expected)
        assert entry.what == "incidents"
        assert ("Older incidents" in body) == (len(own) > 50 * number)
    assert own[0]["text"] in body or own[50]["text"] in body, "the texts stand here and nowhere else"
    for path in FIGURES:
        assert own[0]["text"] not in told(analyst, path, area=place)


def test_protected_incidents_and_patrols_are_never_listed(
    analyst: Client, logged: list[dict[str, Any]]
) -> None:
    hidden = next(one for one in logged if one["protected"] and one["area"])
    same_day = days_asked(hidden["local_day"], hidden["local_day"])
    body = told(analyst, "/incidents/list/", area=hidden["area"], **same_day)
    entry = Entry.objects.latest("pk")
    assert not Shown.objects.filter(entry=entry, record=record_id(hidden["incident_id"])).exists()
    expected = [
        one
        for one in logged
        if counted(one) and one["area"] == hidden["area"] and one["local_day"] == hidden["local_day"]
    ]
    assert len(rows(body)) == len(expected)


@pytest.mark.usefixtures("lake_of_town")
def test_nothing_is_listed_before_a_place_or_a_month_is_asked_for(analyst: Client) -> None:
    for asked in ({}, {"since_day": "1", "since_month": "3", "since_year": "2025"},
                  days_asked(date(2025, 1, 1), date(2025, 2, 1))):  # fmt: skip
        body = told(analyst, "/incidents/list/", **asked)
        assert rows(body) == []
        assert "Nothing is listed before that" in body
    assert not Entry.objects.filter(what="incidents").exists()
    assert told(analyst, "/incidents/list/", **days_asked(date(2025, 1, 1), date(2025, 1, 31)))
    assert Entry.objects.filter(what="incidents").exists()


HOSTILE = {
    "an unknown kind": {"kind": "NO SUCH KIND"},
    "an area of another town": {"area": "Elsewhere 12"},
    "a larger area of another town": {"larger": "Elsewhere"},
    "ten thousand letters": {"area": "x" * 10_000},
    "ten thousand letters for a kind": {"kind": "x" * 10_000},
    "a zero byte": {"area": "\0", "kind": "\0"},
    "a query": {"kind": "' OR 1=1 --", "area": "'; DROP TABLE incidents_week; --"},
    "markup": {"area": "<img src=x onerror=alert(1)>"},
    "no day": {"since_day": "31", "since_month": "2", "since_year": "2025"},
    "days that end before they begin": days_asked(date(2025, 5, 1), date(2025, 4, 1)),
    "half a day": {"until_day": "1"},
    "a limit that is misspelt": {"kinds": "NOISE NUISANCE"},
}


@pytest.mark.usefixtures("lake_of_town")
@pytest.mark.parametrize("asked", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("path", [*FIGURES, "/incidents/list/", *(f"/incidents/{one}.csv" for one in FILES)])
def test_what_is_not_offered_is_refused_in_plain_words_and_tells_nothing(
    analyst: Client, path: str, asked: dict[str, str]
) -> None:
    answer = analyst.get(f"{path}?{urlencode(asked)}")
    assert answer.status_code == 400
    body = answer.content.decode()
    assert "There is a problem" in body or "error-summary" in body
    assert "<img src=x" not in body
    assert rows(body) == []
    assert "<svg" not in body.replace('<svg class="marks"', "")


@pytest.mark.usefixtures("lake_of_town")
def test_a_limit_given_twice_is_refused_on_the_page_and_in_the_file(analyst: Client) -> None:
    for path in ("/incidents/", "/incidents/weeks.csv"):
        answer = analyst.get(f"{path}?kind=FIRE&kind=NOISE")
        assert answer.status_code == 400
        assert "The address gives 'kind' twice" in html.unescape(answer.content.decode())


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e9", "9" * 400, "\0", "201"])
def test_a_page_that_does_not_exist_is_one_that_does_or_is_empty(
    analyst: Client, logged: list[dict[str, Any]], page: str
) -> None:
    place = next(one["area"] for one in logged if one["area"] and counted(one))
    told(analyst, "/incidents/list/", area=place, page=page)


@pytest.mark.usefixtures("police")
@pytest.mark.parametrize("role", ["analyst", "co-ordinator", "worker", "researcher"])
def test_whoever_does_not_hold_them_sees_no_incident_and_learns_nothing_from_a_refusal(
    logged: list[dict[str, Any]], role: str
) -> None:
    group = make_organisation("community-group")
    client = signed_in(make_colleague(group, role))
    real = next(one["area"] for one in logged if one["area"])
    for path in (*FIGURES[1:], "/incidents/list/", *(f"/incidents/{one}.csv" for one in FILES)):
        refusals = {client.get(f"{path}?{urlencode(asked)}").content.decode()
                    for asked in ({}, {"area": real}, {"area": "Nowhere"}, {"kind": "\0"})}  # fmt: skip
        assert len({re.sub(r'value="[^"]{64}"', "", one) for one in refusals}) == 1, path
        assert client.get(path).status_code == 403
    body = told(client, "/incidents/")
    assert "Counts of incidents" in body
    assert not [one["area"] for one in logged if one["area"] and f">{one['area']}<" in body]


@pytest.mark.usefixtures("lake_of_town")
def test_an_officer_reads_and_lists_and_takes_nothing_out(police: Organisation) -> None:
    officer = signed_in(make_colleague(police, "police-officer"))
    assert ".csv" not in told(officer, "/incidents/") + told(officer, "/incidents/weeks/")
    assert officer.get("/incidents/weeks.csv").status_code == 403


def test_before_anything_was_brought_in_each_page_says_so(analyst: Client) -> None:
    for path in FIGURES:
        assert "No incidents were brought in yet" in told(analyst, path)
    assert file_of(analyst, "/incidents/weeks.csv") == []
    assert rows(told(analyst, "/incidents/list/")) == []
