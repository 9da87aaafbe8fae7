"""What goes at once for risk to life: what it may not hold, and the colleague who looks it over afterwards
and says that it stands or takes it back.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from braeside_desk import CANARY, Braeside
from django.db import connection
from django.test import Client
from django.utils import timezone
from open_desks import own_store
from people_factory import signed_in

from lippen.site.accounts.models import Notice
from lippen.site.desk import at_once, fetching, logs_selectors, releasing
from lippen.site.desk.drafts import DraftUnknown
from lippen.site.desk.log_content import LogRefused
from lippen.site.desk.models import Log, LogState
from lippen.site.register.models import Entry, Shown

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def braeside() -> Iterator[Braeside]:
    yield Braeside()
    own_store().file.unlink()


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return html.unescape(answer.content.decode())


def found(*rules: str, needs: str = "look") -> str:
    """What the gate found, as a browser sends it."""
    return json.dumps([{"rule": one, "needs": needs} for one in rules])


def tried(braeside: Braeside, let_stand: str = "[]", *, called: bool = True, **other: Any) -> str:
    fetching.fetch_report(braeside.ann, braeside.report)
    content = braeside.content(**{"at_once": True} | other)
    return at_once.release_at_once(braeside.ann, braeside.report, content, let_stand=let_stand, called=called)


def test_risk_to_life_goes_at_once_and_a_colleague_looks_it_over(braeside: Braeside) -> None:
    fetching.fetch_report(braeside.ann, braeside.report)
    with pytest.raises(LogRefused, match="only risk to life"):
        tried(braeside, at_once=False)
    ref = tried(braeside)
    assert Entry.objects.filter(what="a log released at once").count() == 1
    assert logs_selectors.log(braeside.keeper, ref) is not None
    for answer in (
        lambda who: at_once.look_over(who, ref),
        lambda who: at_once.take_back(who, ref, "who-spoke"),
    ):
        with pytest.raises(LogRefused, match="a colleague has to"):
            answer(braeside.ann)
        with pytest.raises(DraftUnknown):
            answer(braeside.stranger)
        with pytest.raises(PermissionError):
            answer(braeside.keeper)
    assert Notice.objects.filter(path=f"/logs/{ref}/", settled_at__isnull=True).count() == 2
    assert [one.person for one in Notice.objects.filter(path="/logs/")] == [braeside.keeper.person]
    at_once.look_over(braeside.bel, ref)
    assert not Notice.objects.filter(path=f"/logs/{ref}/", settled_at__isnull=True).exists()
    with pytest.raises(DraftUnknown):
        at_once.take_back(braeside.cat, ref, "who-spoke")
    assert Log.objects.get().state == LogState.RELEASED, "one answer is enough"


def test_nothing_that_only_a_second_person_may_let_stand_goes_at_once(braeside: Braeside) -> None:
    for needs in ("second person", "stop", "anything"):
        with pytest.raises(LogRefused, match=r"only a second person .* \(overlap, vantage\)"):
            tried(braeside, found("vantage", "overlap", "overlap", needs=needs))
    for none in ("", "null", "{}", '["vantage"]', '[{"rule": "name"}]', found("<b>"), found("a" * 31)):
        with pytest.raises(LogRefused, match="nothing says what the gate found"):
            tried(braeside, none)
    assert not Log.objects.exists()
    ref = tried(braeside, found("name", "alone", "name"))
    seen = logs_selectors.log(braeside.bel, ref)
    assert seen is not None
    assert seen.let_stand == ["no other log went with it", "name"], "which whoever looks it over reads"
    partner = logs_selectors.log(braeside.keeper, ref)
    assert partner is not None
    assert not partner.let_stand, "and no partner"


@pytest.mark.parametrize("part", ["text", "conditions"])
def test_numbers_and_addresses_the_site_finds_itself_whatever_a_page_says(
    braeside: Braeside, part: str
) -> None:
    for words, sort in (
        ("Ring 01632 960 123 now.", "a telephone number"),
        ("Write to jo@example.org.", "an e-mail address"),
        ("It is a car AB12 CDE.", "a vehicle registration"),
    ):
        with pytest.raises(LogRefused, match=sort):
            tried(braeside, **{"handling": "C", "conditions": "Tell nobody.", part: words})
    assert not Log.objects.exists()
    tried(braeside, **{"handling": "C", "conditions": "Tell nobody.", part: "Help is needed at ZZ9 9ZZ."})


def test_nothing_goes_at_once_before_999_was_called(braeside: Braeside) -> None:
    with pytest.raises(LogRefused, match="999 comes first"):
        tried(braeside, called=False)
    path = f"/desk/reports/{braeside.report}/at-once/"
    sent = {"content": braeside.content(at_once=True), "let_stand": "[]"}
    ann = signed_in(braeside.ann.person)
    assert ann.post(path, sent).status_code == 422
    assert not Log.objects.exists()
    assert ann.post(path, sent | {"called": "yes"}).status_code == 204


def test_what_should_not_have_gone_is_taken_back_and_partners_are_told(braeside: Braeside) -> None:
    partners = [braeside.homes.ref, braeside.police.ref]
    ref = tried(braeside, handling="C", conditions="Tell nobody.", partners=partners)
    path = f"/logs/{ref}/"
    keeper, bel, ann = (signed_in(one.person) for one in (braeside.keeper, braeside.bel, braeside.ann))
    assert CANARY in page(keeper, path)
    for ground in ("", "we felt like it"):
        answer = bel.post(f"{path}looked-over/", {"answer": "take back", "ground": ground})
        assert (answer.status_code, "Choose why." in answer.content.decode()) == (422, True)
    assert CANARY in page(keeper, path)

    answer = bel.post(f"{path}looked-over/", {"answer": "take back", "ground": "who-spoke"})
    assert answer.status_code == 302
    day = timezone.localdate()
    for one in ("/logs/", path):
        text = page(keeper, one)
        assert (
            f"Taken back by the desk on {day.day} {day:%B %Y}; delete what you copied or wrote down"
            in re.sub(r"<[^>]+>", "", text)
        )
        assert CANARY not in text
        assert "It can show who spoke" not in text, "why is for its own desk"
    assert "It can show who spoke" in page(bel, path)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM desk_log")
        assert CANARY not in repr(cursor.fetchall())
    waits = Notice.objects.filter(path=path, settled_at__isnull=True)
    told = {one.person: one.says for one in waits}
    assert told == {
        braeside.keeper.person: at_once.TAKEN_BACK,
        braeside.officer.person: at_once.TAKEN_BACK,
        braeside.ann.person: at_once.YOURS_TAKEN_BACK,
    }
    assert "Something has waited for you" in page(keeper, "/")
    entry = Entry.objects.get(what="a log released at once, taken back")
    assert (entry.act, entry.reader) == ("erasure", braeside.bel.person.ref)
    assert Shown.objects.get(entry_id=entry.id).record == ref
    assert "taken back" in page(ann, "/desk/")
    assert not releasing.nearby(), "nothing of it is company for another"
    assert bel.post(f"{path}looked-over/", {"answer": "right"}).status_code == 404


def test_what_waits_to_be_looked_over_stands_on_the_desk_s_page(braeside: Braeside) -> None:
    ann, bel = signed_in(braeside.ann.person), signed_in(braeside.bel.person)
    assert "Logs released at once" not in page(bel, "/desk/")
    ref = tried(braeside, found("name"))
    assert "waits for you to look it over" in page(bel, "/desk/")
    assert f'href="/logs/{ref}/"' in page(bel, "/desk/")
    entry = Entry.objects.filter(what="the desk").latest("id")
    assert Shown.objects.filter(entry_id=entry.id, record=ref).exists(), "and is entered"
    assert "waits for a colleague to look it over" in page(ann, "/desk/")
    text = page(bel, f"/logs/{ref}/")
    for one in ("It was right to release it at once", "It should not have gone", "let stand: name."):
        assert one in text
    assert 'id="desk-log"' in text
    told = json.loads(html.unescape(text.split('data-told="')[1].split('"><ul')[0]))
    assert (told["text"], told["area"], told["areas"][:1]) == (CANARY, "Harbour", ["Harbour"])
    for other in (ann, signed_in(braeside.keeper.person)):
        assert "It should not have gone" not in page(other, f"/logs/{ref}/")
    assert bel.post(f"/logs/{ref}/looked-over/", {"answer": "right"}).status_code == 302
    assert "Logs released at once" not in page(bel, "/desk/")
    assert "A second person of the desk has looked it over since" in page(bel, f"/logs/{ref}/")
