"""Pages on which colleagues answer for each other, in Chromium: accessible, and as narrow as a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from entering_people import Browser as Session
from entering_people import link_on, organisation, person, send, signed_in

from accessible import PLAIN, UNFOLD, WCAG, violations
from lippen.site.accounts.models import DeviceReplacement, Person
from lippen.site.accounts.services import make_person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Look = Callable[[Session, str], "Page"]

WHERE_ITS_WORDS_BEGIN = """one => {
    const words = document.createRange();
    words.selectNodeContents(one);
    return words.getBoundingClientRect().left;
}"""


@pytest.fixture
def look(browser: Browser, live_server: LiveServer) -> Iterator[Look]:
    """Opens an address as narrow as a small phone, in the session of somebody signed in."""
    contexts = []

    def go(session: Session, address: str) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport={"width": 320, "height": 568})
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.url.endswith(address)
        return page

    yield go
    for context in contexts:
        context.close()


def test_nothing_is_wrong_with_pages_on_which_colleagues_answer_for_each_other(look: Look) -> None:
    agnes, ewan = signed_in(person("agnes", "administrator")), signed_in(person("ewan", "worker"))
    tom, morag = signed_in(person("tom", "protection-officer")), person("morag", "worker")
    gone = person("gone", "worker")
    send(agnes, f"/people/{gone.ref}/leave/", {"successor": morag.ref})
    sent = {"name": "Ailsa", "email": "ailsa@example.org", "role": "worker"}
    link = link_on(send(agnes, "/invitations/new/", {**sent, "organisation": organisation().ref}))
    new = Session()
    new.post(link, {"name": "Ailsa", "password": "four words quite new", "again": "four words quite new"})
    new.set_up_app()
    ailsa = Person.objects.get(email="ailsa@example.org")
    send(ewan, "/second-step/lost/", {"person": morag.ref})
    path = f"/second-step/lost/{DeviceReplacement.objects.get().ref}/"
    for one in (agnes, tom, ewan, new):
        one.again()
    looked_at = [
        (ewan, "/people/"),
        (ewan, f"/people/{ailsa.ref}/"),
        (ewan, f"/people/{ailsa.ref}/met/"),
        (tom, f"/people/{gone.ref}/"),
        (tom, f"/people/{gone.ref}/erase/"),
        (ewan, "/second-step/lost/"),
        (new, "/second-step/lost/"),
        (new, path),
        (agnes, path),
    ]
    found = {
        f"{address}, page {number}": wrong_with(look(who, address))
        for number, (who, address) in enumerate(looked_at)
    }
    send(agnes, path, {"answer": "agree"})
    found["agreed"] = wrong_with(look(tom, path))
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_on_a_phone_the_whole_table_of_people_is_in_view(look: Look) -> None:
    place = organisation()
    for name in ("Catriona Macdonald-Featherstonehaugh", "Jo"):
        email = f"{name.lower().replace(' ', '.')}@housing-and-homelessness.example.org"
        make_person(name, email, [(place, "worker"), (place, "co-ordinator")])
    page = look(signed_in(person("ewan", "worker")), "/people/")
    page.set_viewport_size({"width": 360, "height": 640})
    table = page.get_by_role("group", name="People")
    assert "housing-and-homelessness" in table.inner_text()
    assert table.evaluate("one => one.scrollWidth - one.clientWidth") <= 0


@pytest.mark.parametrize("width", [360, 1280])
def test_what_a_box_for_a_number_is_called_stands_at_its_head(look: Look, width: int) -> None:
    agnes = signed_in(person("agnes", "administrator"))
    agnes.again()
    page = look(agnes, "/programs/add/")
    page.set_viewport_size({"width": width, "height": 640})
    label = page.locator("label", has_text="Days until the key runs out").evaluate(WHERE_ITS_WORDS_BEGIN)
    hint = page.get_by_text("1 to 365.").evaluate(WHERE_ITS_WORDS_BEGIN)
    box = page.get_by_label("Days until the key runs out").bounding_box()
    assert box is not None
    assert abs(label - box["x"]) < 2
    assert abs(hint - box["x"]) < 2


def wrong_with(page: Page) -> list[str]:
    """What axe objects to with all that is folded away open, and whether it is wider than the screen."""
    page.evaluate(UNFOLD)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.evaluate(PLAIN)
    return [*violations(page, WCAG), *([f"{wide} wide"] if wide > 320 else [])]
