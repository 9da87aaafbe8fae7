"""Every page that anybody can open, in a real Chromium: nothing for axe to object to in either theme, nothing
off a narrow screen, and nothing asked of another site.

The pages are made from the addresses that are served and from every role, so one that is added later is seen
too. Those that are made of the same templates and the same elements are seen once. Who may open what in each
kind of organisation is asked by `test_every_url`.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.utils import timezone
from every_address import EVERY, HOLDERS, Town
from people_factory import acting_as, make_program, signed_in
from read_html import read

from accessible import COLOURS, PLAIN, UNFOLD, WCAG, violations
from lippen.site.accounts import arrivals, conflicts, invitations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from lippen.site.accounts.acting import Acting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOT_OPENED = {"account_logout"}
"""Their page is a form and nothing else for whoever is signed in, and sending it would end the visit."""

SAID = re.compile(r'"[^"]*"|>[^<]*')
"""Values of attributes and the words between elements. Pages that are alike without them need one reading."""


@dataclass(frozen=True)
class Sight:
    """A page unlike all others: who sees it where. `session` is empty for somebody not signed in."""

    who: str
    session: str
    address: str


def lively_town() -> tuple[Town, dict[str, str]]:
    """A town in which something stands on every list, and links that open something."""
    town = Town()
    keeper = acting_as(town.people["housing", "administrator"])
    for kind, organisation in town.organisations.items():
        signed_in(town.people[kind, "administrator"]).get("/people/")
        make_program(organisation, "staff-in-step", "administrator")
    conflicts.declare(keeper, relation="family", first="Jean", last="Gow", label="my aunt")
    token = invitations.invite(
        keeper,
        organisation_ref=town.organisations["housing"].ref,
        role="worker",
        name="Morag Reid",
        email="morag@example.org",
    )
    worker = town.people["housing", "worker"]
    arrivals.let_in(worker, town.organisations["housing"], by="a" * 16)
    worker.arrivals.update(met_by=keeper.person.ref, met_on=timezone.localdate())
    return town, {"enter.token": token, "take-back-met.ref": worker.ref}


def lookers() -> Iterator[tuple[str, str]]:
    """Every role in one kind of organisation, that with the desk where it can, and who declared something.

    A role is shown pages of the same elements in every kind: in all 34 they took twice as long and none was
    new.
    """
    roles = set()
    for kind, role in HOLDERS:
        if role not in roles or (kind, role) == ("housing", "administrator"):
            roles.add(role)
            yield kind, role


def parts(body: str, templates: frozenset[str | None]) -> set[Hashable]:
    """What is judged of a page: its content by the templates and elements, and what stands around that."""
    within: dict[bool, set[Hashable]] = {True: set(), False: set()}
    for one in read(body).elements:
        within["main" in one.around].add((one.name, *sorted(one.attributes)))
    return {(templates, frozenset(within[True])), frozenset(within[False])}


def sights() -> Iterator[Sight]:
    """A page for each set of templates and of elements that any address shows to anybody."""
    town, links = lively_town()
    visitors: list[tuple[str, str, Client, Acting | None]] = [("nobody", "housing", Client(), None)]
    for kind, role in lookers():
        person = town.people[kind, role]
        visitors.append((f"{role} in {kind}", kind, signed_in(person), acting_as(person)))
    seen: set[Hashable] = set()
    outlines = set()
    for who, kind, client, acting in visitors:
        session = client.cookies.get(site_settings.SESSION_COOKIE_NAME)
        known = {**town.known(kind), **links}
        refused: set[tuple[str, str]] = set()
        for one in EVERY:
            if one.route.startswith("api/") or "GET" not in one.methods or one.name in NOT_OPENED:
                continue
            # What somebody is refused looks alike but for why and for what is open in the menu: a third of
            # all that anybody is shown.
            why = one.access.why_closed(acting) if acting else ""
            alike = (why, one.route.partition("/")[0])
            if alike in refused:
                continue
            address = one.path(known)
            answer = client.get(address)
            if why:
                assert answer.status_code == 403, address
                refused.add(alike)
            if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
                continue
            templates = frozenset(template.name for template in answer.templates)
            body = answer.content.decode()
            if (templates, outline := SAID.sub("", body)) in outlines:
                continue
            outlines.add((templates, outline))
            if templates and not (new := parts(body, templates)) <= seen:
                seen |= new
                yield Sight(who, session.value if session else "", address)


@dataclass
class Eyes:
    """A browser's window, and what its pages asked for beyond this site or were refused by the policy."""

    context: BrowserContext
    page: Page
    site: str
    noted: list[str]

    def look(self, sight: Sight, width: int = 320) -> list[str]:
        """What is wrong with this page in a window of this width, light and then dark."""
        self.context.clear_cookies()
        if sight.session:
            cookie = {"name": site_settings.SESSION_COOKIE_NAME, "value": sight.session, "url": self.site}
            self.context.add_cookies([cookie])
        self.noted.clear()
        self.page.set_viewport_size({"width": width, "height": 568})
        self.page.emulate_media(color_scheme="light")
        self.page.goto(f"{self.site}{sight.address}")
        self.page.evaluate(UNFOLD)
        self.page.evaluate(PLAIN)
        found = [*self.noted, *violations(self.page, WCAG)]
        if self.page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"runs off a screen of {width}")
        self.page.emulate_media(color_scheme="dark")
        return [*found, *(f"dark: {one}" for one in violations(self.page, COLOURS))]


@pytest.fixture
def eyes(browser: Browser, live_server: LiveServer) -> Iterator[Eyes]:
    context = browser.new_context()
    page = context.new_page()
    noted: list[str] = []

    def note_elsewhere(asked: Any) -> None:
        if not asked.url.startswith(f"{live_server.url}/"):
            noted.append(f"asks {asked.url}")

    def note_refused(line: Any) -> None:
        if "Content Security Policy" in line.text:
            noted.append(line.text)

    page.on("request", note_elsewhere)
    page.on("console", note_refused)
    page.on("pageerror", lambda error: noted.append(str(error)))
    yield Eyes(context, page, live_server.url, noted)
    context.close()


def test_nothing_is_wrong_with_any_page_that_anybody_can_open(eyes: Eyes, settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, demo=True)
    found = list(sights())
    opened = {one.who.partition(" in ")[0] for one in found}
    assert {"nobody", "administrator"} < opened, "some pages are for some roles only"
    wrong = {f"{one.who}: {one.address}": said for one in found if (said := eyes.look(one))}
    assert wrong == {}


def test_what_is_wrong_with_a_page_is_found(eyes: Eyes) -> None:
    """The test above can fail, at each of its parts."""
    page = (
        "<!doctype html><html><title>x</title><img src='https://elsewhere.example/x.png'>"
        "<style>@media (prefers-color-scheme: dark) { p { color: #333; background: #222 } }</style>"
        "<p style='width: 900px'>wide</p>"
    )
    eyes.page.route("**/operating-code/", lambda route: route.fulfill(content_type="text/html", body=page))
    said = " ".join(eyes.look(Sight("nobody", "", "/operating-code/")))
    assert "asks https://elsewhere.example/x.png" in said
    assert "html-has-lang" in said
    assert "runs off a screen of 320" in said
    assert "dark: color-contrast" in said
