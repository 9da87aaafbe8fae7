"""The pause: one person stops assessment, two let it go on, and meanwhile no episode is shown anywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from judges import Judges, flagged, unflagged, words_of
from people_factory import make_colleague, make_organisation, signed_in

from lippen.errors import LippenError
from lippen.site.accounts.models import Notice
from lippen.site.insight import episodes, method
from lippen.site.insight.method import PauseRefused
from lippen.site.insight.models import Pause
from lippen.site.insight.standing import NothingShown, standing
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_paused_site_shows_no_episode_on_any_page(judges: Judges) -> None:
    ids = [*flagged(), *unflagged()]
    episodes.decide(judges.acting("ann"), ids[0], "real", "")
    answer = judges.client("ann").post(
        "/method/pause/", {"why": "The June export was cut short"}, follow=True
    )
    assert "Assessment is paused" in words_of(answer.content)
    paths = [
        "/episodes/",
        "/episodes/?state=all",
        "/episodes/next/",
        "/episodes/gone/",
        "/today/",
        "/method/",
        "/",
        *(f"/episodes/{one}/{end}" for one in (ids[0], ids[-1]) for end in ("", "note/", "reopen/")),
    ]
    for name in ("ann", "bob", "cat"):
        client = judges.client(name)
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            said = page.content.decode()
            assert not [one for one in ids if one in said], path
            assert 'class="card"' not in said
        assert "Assessment is paused" in words_of(client.get("/episodes/").content)
        sent = client.post("/episodes/next/", {"episode": ids[1], "verdict": "real"})
        assert "Assessment is paused" in words_of(sent.content)
    with pytest.raises(NothingShown):
        episodes.decide(judges.acting("bob"), ids[1], "real", "")
    with pytest.raises(NothingShown):
        episodes.reopen(judges.acting("ann"), ids[0], "why not")


def test_the_one_who_asks_cannot_agree_and_somebody_else_can(judges: Judges) -> None:
    method.pause(judges.acting("ann"), "It looks wrong")
    ann, bob = judges.client("ann"), judges.client("bob")
    assert ann.post("/method/pause/lift/", {"answer": "agree"}).status_code == 422, "nobody has asked"
    assert ann.post("/method/pause/lift/", {"answer": "ask"}).status_code == 302
    refused = ann.post("/method/pause/lift/", {"answer": "agree"})
    assert refused.status_code == 422
    assert "a second person has to agree" in words_of(refused.content)
    assert bob.post("/method/pause/lift/", {"answer": "ask"}).status_code == 422
    assert not standing().shown
    assert bob.post("/method/pause/lift/", {"answer": "agree"}).status_code == 302
    assert standing().shown
    assert "Strength" in words_of(bob.get("/episodes/").content)
    kept = Pause.objects.get()
    assert (kept.by, kept.lift_asked_by, kept.lifted_by) == (judges.ann.ref, judges.ann.ref, judges.bob.ref)


def test_one_person_with_two_roles_is_still_one_person(judges: Judges) -> None:
    from people_factory import acting_as, make_role

    method.pause(judges.acting("ann"), "It looks wrong")
    method.ask_to_lift(judges.acting("ann"))
    make_role(judges.ann, judges.group, "co-ordinator")
    elsewhere = acting_as(judges.ann)
    with pytest.raises(PauseRefused, match="asked for it yourself"):
        method.agree_to_lift(elsewhere)


def test_a_partner_that_may_judge_elsewhere_can_pause_it_too_and_nobody_is_named_across(
    judges: Judges,
) -> None:
    gow = judges.client("gow")
    assert gow.post("/method/pause/", {"why": "People here say that it is wrong"}).status_code == 302
    said = words_of(judges.client("ann").get("/method/pause/").content)
    assert "somebody of Braeside Voice" in said
    assert "Jean Gow" not in said
    assert "People here say that it is wrong" in said


def test_who_may_not_judge_may_not_touch_the_switch(judges: Judges) -> None:
    worker = signed_in(make_colleague(judges.police, "administrator"))
    for path in ("/method/pause/", "/method/pause/lift/"):
        assert worker.post(path, {"why": "x", "answer": "agree"}).status_code == 403
    assert not Pause.objects.exists()


@pytest.mark.parametrize("why", ["", "   ", "x" * 2001, "a\0b"])
def test_nothing_is_paused_without_a_reason_that_can_be_kept(judges: Judges, why: str) -> None:
    assert judges.client("ann").post("/method/pause/", {"why": why}).status_code == 422
    with pytest.raises(PauseRefused):
        method.pause(judges.acting("ann"), why)
    assert standing().shown


def test_each_step_is_entered_and_the_others_are_told(judges: Judges) -> None:
    def waits(person: str) -> list[str]:
        found = Notice.objects.filter(person=getattr(judges, person), settled_at__isnull=True)
        return list(found.values_list("says", flat=True))

    method.pause(judges.acting("ann"), "It looks wrong")
    assert waits("ann") == []
    assert waits("bob") == waits("gow") == [method.PAUSED]
    method.ask_to_lift(judges.acting("bob"))
    assert waits("ann") == waits("cat") == [method.ASKED]
    assert waits("bob") == []
    method.agree_to_lift(judges.acting("cat"))
    assert waits("ann") == [method.LIFTED]
    assert list(Entry.objects.filter(act="alteration").order_by("pk").values_list("what", "reader")) == [
        ("assessment paused", judges.ann.ref),
        ("lifting the pause asked for", judges.bob.ref),
        ("the pause lifted", judges.cat.ref),
    ]
    panel = signed_in(make_colleague(make_organisation("scrutiny-panel"), "panel"))
    said = words_of(panel.get("/register/?act=alteration").content)
    for deed in (
        "paused assessment, so that no episode is shown",
        "asked to lift the pause",
        "agreed that the pause",
    ):
        assert deed in said


def test_two_who_pause_or_lift_at_one_moment_leave_it_whole(
    judges: Judges, at_once: Callable[..., list[str]]
) -> None:
    """However their steps fall together, one lifting ends the pause, and never without a second person."""

    def one(step: tuple[str, str]) -> str:
        acting = judges.acting(step[0])
        try:
            if step[1] == "pause":
                method.pause(acting, "It looks wrong")
            else:
                getattr(method, step[1])(acting)
        except LippenError as why:
            return str(why)
        return ""

    at_once(one, [("ann", "pause"), ("bob", "pause")])
    assert not standing().shown
    told = at_once(one, [("ann", "ask_to_lift"), ("bob", "ask_to_lift")])
    assert "" in told
    askers = set(Pause.objects.values_list("lift_asked_by", flat=True))
    assert len(askers) == 1, "one of them asked, for every pause that stands"
    at_once(one, [("ann", "agree_to_lift"), ("bob", "agree_to_lift")])
    assert standing().shown
    assert not askers & set(Pause.objects.values_list("lifted_by", flat=True))
