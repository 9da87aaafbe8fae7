"""The demo: one click signs in as each fictional person, in a demo workspace and nowhere else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from django.urls import Resolver404, resolve
from open_sites import Client, Served
from playwright.sync_api import expect

import lippen.sandbox
from lippen.credibility import Settings
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.results import FACTS, facts_in
from lippen.signals import import_folder, load_mapping
from lippen.site.accounts.permissions import permissions
from lippen.site.operation.demo_lake import HELD_BACK
from lippen.site.operation.demo_people import ORGANISATIONS, PEOPLE, FictionalPerson
from lippen.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_everybody_in_it_holds_a_role_that_their_organisation_can_give() -> None:
    for one in PEOPLE:
        kind, _ = ORGANISATIONS[one.organisation]
        assert all(kind in permissions().roles[role].organisations for role in one.roles), one.name
        assert one.email.endswith("@example.org")
    assert {one.organisation for one in PEOPLE} == set(ORGANISATIONS)
    asked = {one.organisation for one in PEOPLE if "administrator" in one.roles}
    assert asked == set(ORGANISATIONS), "a refusal says to ask an administrator"
    assert len({one.word for one in PEOPLE}) == len(PEOPLE)


def test_a_click_signs_in_as_each_of_them_and_every_page_says_that_it_is_a_demo(
    served: Served, signed_in: Callable[[FictionalPerson], Client]
) -> None:
    for one in PEOPLE:
        page = signed_in(one).get("/")
        assert page.status == 200, one.name
        assert one.name in page.text
        assert "Demo" in page.text
    assert "Demo" in served.client().get("/demo/").text
    assert "Demo" in served.client().get("/nowhere/").text


def test_what_the_page_says_of_somebody_is_what_they_may(
    signed_in: Callable[[FictionalPerson], Client], demo_people: dict[str, FictionalPerson]
) -> None:
    callum, leanne = signed_in(demo_people["Callum Wishart"]), signed_in(demo_people["Leanne Purdie"])
    assert callum.get("/people/").status == 403
    colleagues = leanne.get("/people/").text
    assert "Iain Struthers" in colleagues
    assert "Ruth Adeyemi" not in colleagues
    alasdair = signed_in(demo_people["Alasdair Begg"])
    assert alasdair.get("/people/").status == 200
    assert alasdair.get("/organisations/add/").status == 403
    effie = signed_in(demo_people["Effie Lorimer"])
    assert "Jean Abernethy" not in effie.get("/register/").text
    assert "Jean Abernethy" in effie.get("/people/").text


def test_its_page_says_how_much_of_the_town_is_here_and_who_works_with_it(served: Served) -> None:
    page = " ".join(served.client().get("/demo/").text.split())
    with connect() as engine:
        incidents = Workspace.open(served.workspace, engine, create=False).signals("incident")
        many = incidents.count().execute()
        days = (incidents.local_day.max().execute() - incidents.local_day.min().execute()).days + 1
    assert f"{many:,} closed incidents of {days} days" in page
    assert "most others find counts under Incidents" in page
    assert "Leanne Purdie of the police works with them" in page


def test_its_last_month_is_held_back_and_brought_in_assessment_goes_on(
    served: Served, tmp_path: Path
) -> None:
    file = served.workspace / HELD_BACK
    assert str(file) in served.client().get("/demo/").text
    shutil.copytree(served.workspace / "lake", tmp_path / "lake")
    shutil.copy(served.workspace / "lippen.toml", tmp_path)
    quiet = Stages(quiet=True)
    mapping = Path(lippen.sandbox.__file__).parent / "streams" / "mappings" / "incident.toml"
    with connect() as engine:
        town = Workspace.open(tmp_path, engine)
        last = town.signals("incident").local_day.max().execute().date()
        report = import_folder(file, load_mapping(mapping), town, quiet)
        assert (report.duplicates, report.quarantined) == (0, 0)
        assert report.accepted > 300
        days = town.signals("incident").local_day
        assert (days.max().execute().date() - last).days == 31, "the month goes on from there"
        reckon(town, Settings(), quiet, "Invermarrow")
        facts = facts_in(engine.collect(town.result(FACTS)))
    assert facts["credibility"]["suspended"] is None
    assert facts["credibility"]["episodes"]["found"]


def test_a_lost_device_waits_for_a_colleague_who_can_agree(
    signed_in: Callable[[FictionalPerson], Client], demo_people: dict[str, FictionalPerson]
) -> None:
    tom = signed_in(demo_people["Tom Rennie"])
    assert "Something has waited" in tom.get("/").text
    listed = tom.get("/second-step/lost/").text
    path = re.search(r"/second-step/lost/[a-z0-9]{16}/", listed)
    assert path, listed
    page = tom.get(path[0]).text
    assert "Aileen Gourlay has lost a device" in page
    assert "Una McPhail" in page
    assert 'value="agree"' in page
    aileen = signed_in(demo_people["Aileen Gourlay"]).get(path[0]).text
    assert "This is about you" in aileen
    assert 'value="agree"' not in aileen


def test_nothing_leads_to_a_sign_in_that_no_fictional_person_could_pass(served: Served) -> None:
    visitor = served.client()
    welcome = visitor.get("/").text
    assert "/sign-in/" not in welcome
    assert 'href="/demo/"' in welcome
    assert 'href="/demo/"' in visitor.get("/sign-in/?next=/people/").text.split("<main", 1)[1]


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_ring_around_the_way_to_be_somebody_else_is_seen(
    served: Served, browser: Browser, theme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(color_scheme=theme)
    page.goto(f"{served.origin}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Be somebody else")
    expect(link).to_be_focused()
    ring = link.evaluate("one => getComputedStyle(one).outlineColor")
    strip = page.locator(".demo").evaluate("one => getComputedStyle(one).backgroundColor")
    page.close()
    assert contrast(ring, strip) >= 3, f"{ring} on {strip}"


def contrast(one: str, other: str) -> float:
    """The contrast of two opaque colours as a browser computes them, as WCAG 2.2 reckons it."""
    lighter, darker = sorted(map(luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_nobody_signs_in_by_following_a_link_or_from_another_site(served: Served) -> None:
    client = served.client()
    assert client.get("/demo/nan-duffy/").status == 405
    assert client.post("/demo/nan-duffy/", token="").status == 403
    client.get("/demo/")
    assert client.post("/demo/nan-duffy/", token="x" * 32).status == 403
    assert client.post("/demo/somebody-else/").status == 404
    assert "lippen-session" not in client.cookies


def test_signing_in_as_another_leaves_nothing_of_the_first(
    served: Served, signed_in: Callable[[FictionalPerson], Client], demo_people: dict[str, FictionalPerson]
) -> None:
    client = signed_in(demo_people["Nan Duffy"])
    before = client.cookies["lippen-session"]
    client.post(f"/demo/{demo_people['Jean Abernethy'].word}/")
    assert client.cookies["lippen-session"] != before
    page = client.get("/").text
    assert "Jean Abernethy" in page
    assert "Nan Duffy" not in page
    old = Client(served.origin, {"lippen-session": before})
    assert "Nan Duffy" not in old.get("/").text


def test_eleven_months_of_invermarrow_s_closed_incidents_is_in_its_lake(served: Served) -> None:
    with connect() as engine:
        incidents = Workspace.open(served.workspace, engine, create=False).signals("incident")
        assert incidents.count().execute() > 5_000
        assert incidents.outcome.nunique().execute() == 3


def test_no_other_workspace_has_its_addresses() -> None:
    for path in ("/demo/", "/demo/nan-duffy/"):
        with pytest.raises(Resolver404):
            resolve(path)
