"""How much one network may send, and that nothing of its address is kept."""

from __future__ import annotations

import pytest

from lippen.site.speak.senders import SECONDS, Places, Senders

NOW = 1_795_000_000.0


def test_a_network_may_send_so_much_in_ten_minutes() -> None:
    senders = Senders(most=3)
    one = senders.network("203.0.113.7", NOW)
    assert [senders.may_send(one) for _ in range(5)] == [True] * 3 + [False] * 2
    assert senders.may_send(senders.network("203.0.113.8", NOW))
    assert not senders.may_send(senders.network("203.0.113.7", NOW + SECONDS - 1))
    assert senders.may_send(senders.network("203.0.113.7", NOW + SECONDS))


def test_a_household_of_ipv6_is_one_and_an_address_in_two_spellings_too() -> None:
    senders = Senders()
    assert senders.network("2001:db8:1:2::1", NOW) == senders.network("2001:db8:1:2:ffff::9", NOW)
    assert senders.network("2001:db8:1:2::1", NOW) != senders.network("2001:db8:1:3::1", NOW)
    assert senders.network("::ffff:203.0.113.7", NOW) == senders.network("203.0.113.7", NOW)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_an_onion_service_or_a_proxy_and_not_counted(address: str) -> None:
    senders = Senders(most=1)
    assert all(senders.may_send(senders.network(address, NOW)) for _ in range(5))


def test_what_is_no_address_is_counted_as_one() -> None:
    senders = Senders(most=1)
    assert senders.may_send(senders.network("", NOW))
    assert not senders.may_send(senders.network("canary.example", NOW))


def test_no_address_is_kept_and_its_hash_for_one_period_only() -> None:
    senders = Senders()
    first = senders.network("203.0.113.7", NOW)
    senders.may_send(first)
    held = repr(vars(senders))
    assert "203.0.113" not in held  # less of it may stand in what is drawn, or in where an object lies
    assert repr(bytes([203, 0, 113, 7]))[2:-1] not in held
    assert senders.network("203.0.113.7", NOW + SECONDS) != first
    assert repr(first) not in repr(vars(senders))
    assert Senders().network("203.0.113.7", NOW) != first


def test_more_networks_than_can_be_counted_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lippen.site.speak.senders._MOST_NETWORKS", 2)
    senders = Senders(most=2)
    for last in (1, 2):
        assert senders.may_send(senders.network(f"203.0.113.{last}", NOW))
    late = [senders.network(f"203.0.113.{last}", NOW) for last in (3, 4)]
    assert late == [b"", b""]
    assert [senders.may_send(one) for one in (*late, *late)] == [True, True, False, False]
    assert senders.may_send(senders.network("203.0.113.1", NOW)), "who was counted before still is"


def test_so_many_are_waited_for_and_fewer_of_one_network() -> None:
    places = Places(in_all=3, of_one=2, sure=5)
    with places.one_for(b"a", 0) as first, places.one_for(b"a", 0) as second:
        with places.one_for(b"a", 9) as third:
            assert first
            assert second
            assert third is None
        with places.one_for(b"b", 0) as other:
            assert other
            with places.one_for(b"c", 9) as more, places.one_for(None, 9) as local:
                assert more is None, "what is whole is given up for nobody"
                assert local is None
        with places.one_for(None, 0) as local:
            assert local
    with places.one_for(b"a", 0) as free:
        assert free


def test_when_all_places_are_taken_the_slowest_is_given_up_for_a_newcomer() -> None:
    places, given_up = Places(in_all=2, of_one=2, sure=5), []
    with places.one_for(None, 0) as quick, places.one_for(None, 2) as slow:
        assert quick
        assert slow
        for name, one, received in (("quick", quick, 20_000), ("slow", slow, 300)):
            one.received, one.give_up = received, lambda name=name: given_up.append(name)
        with places.one_for(b"c", 5) as none:
            assert none is None, "five seconds are everybody's"
        with places.one_for(b"c", 8) as newcomer:
            assert newcomer
            assert (quick.given_up, slow.given_up, given_up) == (False, True, ["slow"])
            quick.give_up = None
            with places.one_for(b"d", 9) as more:
                assert more is None
