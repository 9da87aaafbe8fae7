"""The demo: one click signs in as each fictional person, in a demo workspace and nowhere else."""

from __future__ import annotations

import json
import re
import shutil
import socket
import time
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from cryptography.exceptions import InvalidTag
from django.urls import Resolver404, resolve
from open_sites import LONG, Client, Served, closed
from playwright.sync_api import expect

import lippen.sandbox
from forked import run
from lippen.credibility import Settings
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.results import FACTS, TRADE_FACTS, facts_in
from lippen.sandbox.desk.age_files import NotOpened, open_age
from lippen.sandbox.desk.sealed import WorkerKey
from lippen.signals import import_folder, load_mapping
from lippen.site.accounts.permissions import permissions
from lippen.site.operation.demo_lake import HELD_BACK
from lippen.site.operation.demo_people import DESKS, NOT_TO, ORGANISATIONS, PEOPLE, FictionalPerson
from lippen.site.operation.demo_planted import PLANTED
from lippen.site.operation.demo_secrets import DemoSecrets, door_of_demo, read_secrets
from lippen.site.operation.kept_process import REFUSED
from lippen.site.speak import demonstration, publishing
from lippen.site.speak.page import desk_id
from lippen.site.speak.partnership import read_partnership
from lippen.site.speak.store import FILE, Store
from lippen.workspace import Workspace
from walked import ROOT

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
    reading = [role for role in permissions().roles if permissions().may(role, "read", "desk-log", "uk-gdpr")]
    reached = {one.organisation for one in PEOPLE if set(one.roles) & {*reading}}
    assert {"Invermarrow Homes", "Invermarrow Health", "Invermarrow Social Work"} <= reached


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


def test_the_towns_adverts_and_sightings_lie_there_for_trading_standards(
    served: Served, signed_in: Callable[[FictionalPerson], Client], demo_people: dict[str, FictionalPerson]
) -> None:
    with connect() as engine:
        town = Workspace.open(served.workspace, engine, create=False)
        posts, seen = (town.signals(kind).count().execute() for kind in ("listing", "sighting"))
        facts = facts_in(engine.collect(town.result(TRADE_FACTS)))
    assert (facts["listings"]["posts"], facts["sightings"]["posts"]) == (posts, seen)
    page = " ".join(served.client().get("/demo/").text.split())
    assert f"{posts:,} posts of made-up chats and markets, and {seen:,} sightings" in page
    innes = signed_in(demo_people["Innes Falconer"]).get("/imports/")
    assert innes.status == 200
    assert "nobody in it exists" in innes.text
    assert "nobody in it exists" not in signed_in(demo_people["Leanne Purdie"]).get("/imports/").text
    assert signed_in(demo_people["Gordon Mackie"]).get("/imports/").status == 403


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


@pytest.fixture(scope="module")
def door(served: Served) -> str:
    """The address of the residents' door beside the demo, once it is open."""
    until = time.monotonic() + LONG
    while (address := door_of_demo(served.workspace)) is None:
        assert time.monotonic() < until, served.workspace.with_name("demo.log").read_text()
        time.sleep(0.05)
    return address


@pytest.fixture(scope="module")
def kept(served: Served) -> DemoSecrets:
    found = read_secrets(served.workspace)
    assert found is not None
    return found


def test_a_door_stands_beside_it_and_its_pages_lead_there(
    served: Served, door: str, kept: DemoSecrets
) -> None:
    assert Client(door.rstrip("/")).get("/").status == 200
    assert f"The residents' door is open: {door}" in served.workspace.with_name("demo.log").read_text()
    welcome = served.client().get("/").text
    assert f'href="{door}"' in welcome
    assert "nobody reads what you send here" in welcome
    page = served.client().get("/demo/").text
    assert f'href="{door}"' in page
    assert kept.passphrase in page
    assert kept.receipt in page
    assert len(kept.receipt.split()) == 8, "as many as a receipt shows"
    signed = publishing.published(served.workspace, datetime.now(UTC).date())
    assert {one.id: one.name for one in signed.payload.desks} == DESKS
    assert signed.key == demonstration.PUBLIC
    named = {one.name for one in read_partnership(served.workspace / "speak").partners}
    assert named == set(NOT_TO.values()) <= set(ORGANISATIONS)


def test_what_was_planted_opens_with_the_words_that_its_page_shows_and_at_its_own_desk_alone(
    served: Served, kept: DemoSecrets
) -> None:
    store = Store(served.workspace / FILE, make=False)
    keys = {
        desk: WorkerKey.unwrapped(b64decode(recipient), json.loads(wrapped), kept.passphrase)
        for desk, name in DESKS.items()
        for recipient, wrapped in served.sql(
            "SELECT k.recipient, k.wrapped FROM desk_deskkey k JOIN accounts_organisation o"
            " ON k.organisation = o.ref WHERE o.name = ? ORDER BY k.id LIMIT 1",
            name,
        )
    }
    told = []
    for desk, key in keys.items():
        (other,) = (one for name, one in keys.items() if name != desk)
        for one in store.waiting(desk_id(desk)):
            sealed = store.fetch(desk_id(desk), one.id)
            assert sealed is not None
            text = open_age(key.seed, sealed)
            told.append(json.loads(text[4 : 4 + int.from_bytes(text[:4])]))
            with pytest.raises(NotOpened):
                open_age(other.seed, sealed)
    assert sorted(one["desk"] for one in told) == sorted(one.desk for one in PLANTED)
    assert sum(one["conditions"]["together"] for one in told) == 1
    assert sum(one["mailbox"] is None for one in told) == 1
    assert {ident for one in told for ident in one["conditions"]["not_to"]} <= set(NOT_TO)
    recipient, wrapped = served.sql("SELECT recipient, wrapped FROM desk_deskkey")[0]
    with pytest.raises(InvalidTag):
        WorkerKey.unwrapped(b64decode(recipient), json.loads(wrapped), f"{kept.passphrase}s")


@pytest.mark.browser
def test_a_newcomer_opens_a_report_signs_a_draft_off_and_reads_an_answer(
    served: Served, door: str, kept: DemoSecrets, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{served.origin}/demo/")
    page.click("button:has-text('Be Nan Duffy')")
    page.goto(f"{served.origin}/desk/")
    page.get_by_role("link", name="Open draft").click()
    page.fill("#unlock input[name=passphrase]", kept.passphrase)
    page.click("#unlock button")
    page.wait_for_selector("#opened:not([hidden])", timeout=LONG * 1000)
    assert (page.text_content("#words") or "") != ""
    for tick in page.query_selector_all("#findings input"):
        tick.check()
    page.click("#sign button")
    page.wait_for_selector("text=You signed it off")
    page.goto(door)
    page.get_by_role("button", name="I have my words").click()
    page.get_by_role("textbox").fill(kept.receipt)
    page.get_by_role("button", name="Look", exact=False).first.click()
    page.wait_for_selector("text=What you told us has come to our desk", timeout=LONG * 1000)
    page.close()


def test_the_tutorial_names_what_stands_on_the_pages_and_people_who_are_there() -> None:
    page = (ROOT / "docs" / "tutorial" / "tell-the-desk.md").read_text("utf-8")
    words = json.loads((ROOT / "web" / "speak" / "languages" / "en.json").read_text("utf-8"))
    rooms = ROOT / "src" / "lippen" / "site"
    shown = "".join(one.read_text("utf-8") for one in (*rooms.glob("*/templates/**/*.html"),))
    people = {one.name for one in PEOPLE}
    for bold in re.findall(r"\*\*([^*]+)\*\*", page):
        one = " ".join(bold.split())
        if one[0].isupper():
            assert one in words.values() or one in people or f'"{one}"' in shown or f">{one}<" in shown, one
    assert {name for name in re.findall(r"\*\*(\w+ \w+)\*\*", page) if name in people} == {
        *("Nan Duffy", "Rab Kinloch", "Isla Geddes"),
    }
    assert all(name in page for name in (DESKS["braeside"], NOT_TO["police"]))


def test_a_door_that_cannot_listen_says_so_and_is_not_tried_again(tmp_path: Path) -> None:
    demo = closed("demo", tmp_path / "demo", None)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("-m", "lippen.site.operation.demo_door", str(demo.workspace), str(port))
    assert done.returncode == REFUSED
    assert f"port {port} is in use by another program. Name another with --door-port." in done.stderr
    assert door_of_demo(demo.workspace) is None


def test_no_other_workspace_has_its_addresses() -> None:
    for path in ("/demo/", "/demo/nan-duffy/"):
        with pytest.raises(Resolver404):
            resolve(path)
