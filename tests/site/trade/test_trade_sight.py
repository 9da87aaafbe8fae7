"""Who reads the room Trade, what others are told, and what stands there before anything was brought in."""

from __future__ import annotations

from pathlib import Path

import pytest
from people_factory import make_colleague, make_organisation, signed_in
from trade_people import PAGES, People, alter, told, words_of

from lippen.manifest import Manifest
from lippen.results import (
    TRADE_FACTS,
)
from lippen.site.accounts.permissions import permissions
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def test_whoever_is_refused_reads_who_holds_it_and_to_ask_there(people: People) -> None:
    desk, colleague = make_colleague(people.housing, "desk"), make_colleague(people.police, "administrator")
    for client in (people.client("dod"), people.client("eve"), signed_in(desk)):
        for path in PAGES:
            said = words_of(client.get(path).content)
            assert "Invermarrow Police holds the adverts and sightings here." in said, path
            assert "ask Invermarrow Police." in said, path
            assert "an administrator where you work" not in said, path
    said = words_of(signed_in(colleague).get("/trade/").content)
    assert "Invermarrow Police holds the adverts and sightings here. That is where you work" in said
    assert "ask another administrator where you work" in said


def test_only_people_of_the_holder_read_it_and_others_are_told_who_holds_it(people: People) -> None:
    for name in ("dod", "eve"):
        client = people.client(name)
        for path in PAGES if name == "eve" else PAGES[:-1]:
            answer = client.get(path)
            assert answer.status_code == 403, f"{name}: {path}"
            said = answer.content.decode()
            assert "Invermarrow Police holds the adverts and sightings here" in said
        assert 'href="/trade/"' not in client.get("/").content.decode()
    assert not Entry.objects.filter(what__contains="trade").exists()
    assert 'href="/trade/"' in people.client("ann").get("/").content.decode()


@pytest.mark.usefixtures("trade_lake")
def test_what_nobody_holds_is_seen_by_nobody() -> None:
    analyst = signed_in(make_colleague(make_organisation("police"), "analyst"))
    for path in PAGES:
        answer = analyst.get(path)
        assert answer.status_code == 403, path
        assert "No organisation holds the adverts and sightings" in answer.content.decode()


def test_roles_that_have_no_business_there_read_nothing_of_it() -> None:
    rules = permissions()
    for role in ("administrator", "desk", "protection-officer", "panel", "researcher"):
        for verb in ("read", "list", "write"):
            for regime in rules.regimes:
                assert not rules.may(role, verb, "trade", regime), f"{role} {verb}"


@pytest.mark.usefixtures("no_lake")
def test_where_nothing_was_brought_in_each_page_says_what_to_bring() -> None:
    analyst = signed_in(make_colleague(make_organisation("police"), "analyst"))
    for path in PAGES:
        said = told(analyst, path)
        assert "no advert and no sighting was brought in" in said, path
        assert "who holds it, on what basis, for what purpose and until when" in said, path
        assert 'href="/imports/new/"' in analyst.get(path).content.decode()
    officer = signed_in(make_colleague(make_organisation("police"), "police-officer"))
    page = officer.get("/trade/").content.decode()
    assert "/imports/new/" not in page, "nothing is offered that is refused"


def test_while_what_is_held_is_worked_out_anew_each_page_says_to_wait(
    people: People, trade_lake: Path
) -> None:
    alter(trade_lake, {TRADE_FACTS: lambda rows: rows.slice(0, 0)})
    for path in PAGES:
        said = told(people.client("ann"), path)
        assert "is being worked out anew. Wait a minute, and look again." in said, path
        assert "Two sorts can be brought in" not in said, path


def test_when_the_last_advert_and_sighting_went_the_pages_say_so(people: People, trade_lake: Path) -> None:
    names = ["trade_terms", "trade_weeks", "trade_adverts", TRADE_FACTS]
    alter(trade_lake, {name: lambda rows: rows.slice(0, 0) for name in names})
    before = Manifest.read(trade_lake / "lake")
    left = tuple(one for one in before.imports if one.kind == "incident")
    before.next(imports=left).swap(trade_lake / "lake")
    for path in PAGES:
        assert "Nothing is known of the trade here yet" in told(people.client("ann"), path), path
    assert people.client("ann").get("/today/").status_code == 200
