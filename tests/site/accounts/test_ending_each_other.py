"""Two administrators who end each other at the same moment: one of them stays, whichever comes first.

Both ask in a role that they hold, before either has ended the other; each is then in a transaction of its
own, on a connection of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone
from entering_people import person

from lippen.site.accounts import leaving, roles
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Person, RoleHeld

pytestmark = pytest.mark.django_db(transaction=True)

AtOnce = Callable[..., list[Any]]


def acting(who: Person) -> Acting:
    held = who.roles_on(timezone.localdate()).get(role="administrator")
    return Acting(who, held, second_factor=True, others=(held,))


def administrators() -> int:
    today = timezone.localdate()
    held = RoleHeld.objects.filter(role="administrator", person__is_active=True)
    return held.exclude(until__lte=today).count()


def tried(verb: Callable[[], Any]) -> str:
    try:
        verb()
    except (PermissionError, roles.RoleRefused, roles.RecordUnknown, leaving.LeavingRefused) as why:
        return type(why).__name__
    return "done"


def let_both_get_as_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is about to end a role waits until the other is as far: without a lock both get there."""
    both = threading.Barrier(2)
    save = RoleHeld.save

    def after_the_other(held: RoleHeld, *given: Any, **named: Any) -> None:
        with suppress(threading.BrokenBarrierError):  # the other waits for the lock, and comes later
            both.wait(timeout=1)
        save(held, *given, **named)

    monkeypatch.setattr(RoleHeld, "save", after_the_other)


def test_of_two_who_end_each_other_s_role_one_stays(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    agnes, shona = person("agnes", "administrator"), person("shona", "administrator")
    pairs = [(acting(agnes), shona.roles.get().ref), (acting(shona), agnes.roles.get().ref)]
    let_both_get_as_far(monkeypatch)
    said = at_once(lambda pair: tried(lambda: roles.end_role(*pair)), pairs)
    assert sorted(said) == ["PermissionError", "done"]
    assert administrators() == 1


def test_of_two_who_let_each_other_go_one_stays(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    agnes, shona = person("agnes", "administrator"), person("shona", "administrator")
    ewan = person("ewan", "worker")
    pairs = [(acting(agnes), shona.ref, ewan.ref), (acting(shona), agnes.ref, ewan.ref)]
    let_both_get_as_far(monkeypatch)
    said = at_once(lambda pair: tried(lambda: leaving.leave(*pair)), pairs)
    assert sorted(said) == ["PermissionError", "done"]
    assert administrators() == 1
    assert Person.objects.filter(is_active=False).count() == 1


def test_who_is_ended_while_ending_another_makes_nobody_administrator(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second has lost the role, whatever they asked for in it."""
    agnes, shona = person("agnes", "administrator"), person("shona", "administrator")
    ewan = person("ewan", "worker")
    verbs = [
        lambda: roles.end_role(acting_agnes, shona.roles.get().ref),
        lambda: leaving.leave(acting_shona, agnes.ref, ewan.ref),
    ]
    acting_agnes, acting_shona = acting(agnes), acting(shona)
    let_both_get_as_far(monkeypatch)
    said = at_once(tried, verbs)
    assert sorted(said) == ["PermissionError", "done"]
    assert administrators() == 1


def test_who_has_just_lost_a_role_gives_none() -> None:
    agnes, shona = person("agnes", "administrator"), person("shona", "administrator")
    ewan = person("ewan", "worker")
    late = acting(shona)
    roles.end_role(acting(agnes), shona.roles.get().ref)
    today = timezone.localdate()
    assert tried(lambda: roles.give_role(late, ewan.ref, "desk", today)) == "PermissionError"
    assert ewan.roles.count() == 1
