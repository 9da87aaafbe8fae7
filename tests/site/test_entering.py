"""Entering in the register: committed before the answer leaves, and in the transaction of a change."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from lippen.site.register.models import Act, Entry, Shown
from lippen.site.register.services import Reader, Records, enter_change, enter_reading

WORKER = Reader("p-one", "worker", "o-one", "uk-gdpr")
STAFF = [Records("staff", ("a", "b", "a"))]

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reading_is_committed_with_each_record_once() -> None:
    number = enter_reading(WORKER, Act.CONSULTATION, "people", STAFF, purpose="to reach a colleague")
    assert not connection.in_atomic_block
    entry = Entry.objects.get(pk=number)
    assert (entry.reader, entry.shown_count) == ("p-one", 2)
    assert set(Shown.objects.values_list("data_class", "record")) == {("staff", "a"), ("staff", "b")}


def test_a_reading_is_not_entered_where_it_could_be_taken_back() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        enter_reading(WORKER, Act.CONSULTATION, "people", STAFF, purpose="to reach a colleague")


def test_a_change_and_its_entry_stand_or_fall_together() -> None:
    with pytest.raises(RuntimeError):
        enter_change(WORKER, Act.ALTERATION, "a role ended", STAFF, purpose="she left")
    with transaction.atomic():
        enter_change(WORKER, Act.ALTERATION, "a role ended", STAFF, purpose="she left")
        assert Entry.objects.exists()
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
