"""What tests of the resident's page in a browser share: a door with the page that is shipped, whoever opens
what comes, and a visit to the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import partnership
import pytest
from doors import OpenDoor, open_door
from envelopes import desk_id
from partnership import LEAVE, Worker
from residents import Resident, Visit, address_of

from lippen.site.speak.page import BUILT
from lippen.site.speak.store import FILE, Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


@pytest.fixture(scope="session")
def page_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDoor]:
    """A door with the page that is shipped and a partnership that has published."""
    place = tmp_path_factory.mktemp("speaking")
    (place / "workspace").mkdir(mode=0o700)
    (place / "page").symlink_to(BUILT)
    partnership.publish(place / "workspace", dt.datetime.now(dt.UTC).date())
    with open_door(place) as opened:
        yield opened


@pytest.fixture
def worker(page_door: OpenDoor) -> Iterator[Worker]:
    """Whoever opens what comes to the harbour's desk. What is left there is taken away."""
    one = Worker("harbour", Store(page_door.workspace / FILE))
    yield one
    for waiting in one.store.waiting(desk_id(one.desk)):
        one.store.remove(desk_id(one.desk), waiting.id)


@pytest.fixture
def visit(browser: Browser, page_door: OpenDoor) -> Iterator[Visit]:
    """Opens the page in a browser of its own. What leads out of this machine is answered here, and noted."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def go(opened: bool = True, **settings: Any) -> Resident:
        context = browser.new_context(**{"viewport": {"width": 360, "height": 640}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        context.route(
            LEAVE, lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html")
        )
        resident = Resident(page)
        if opened:
            resident.open(address_of(page_door.port))
        return resident

    yield go
    for context in contexts:
        context.close()
    assert errors == []
