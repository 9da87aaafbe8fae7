"""How much one network has sent, and for how many bodies the door waits at once.

Of an address only a keyed hash is kept, in memory; its key is drawn anew every ten minutes, and the
counts end with it. Who comes from this machine is an onion service or a proxy, through which all come,
and is not counted.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from typing import Final

MOST: Final = 60
"""Messages of one network in one period. A library or a mobile network can hide many people behind one."""

SECONDS: Final = 600
_MOST_NETWORKS: Final = 50_000
_EVERYBODY_ELSE: Final = b""

Network = bytes | None
"""The keyed hash of a network, b"" for those beyond the first 50,000; None for this machine."""


class Senders:
    """Counts messages by network. Threads may share it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._begin(0)

    def network(self, address: str, now: float) -> Network:
        """What counts as one sender at `now` (seconds since 1970): an address, or 64 bits of one of IPv6."""
        try:
            read = ip_address(address.partition("%")[0])
        except ValueError:
            return _EVERYBODY_ELSE
        if isinstance(read, IPv6Address) and read.ipv4_mapped:
            read = read.ipv4_mapped
        if read.is_loopback:
            return None
        packed = read.packed[:8] if isinstance(read, IPv6Address) else read.packed
        with self._lock:
            if not 0 <= now - self._begun < SECONDS:
                self._begin(now)
            digest = blake2b(packed, key=self._key, digest_size=16).digest()
            return digest if digest in self._sent or len(self._sent) < _MOST_NETWORKS else _EVERYBODY_ELSE

    def may_send(self, network: Network) -> bool:
        """Whether this network may send one more message, which is counted."""
        if network is None:
            return True
        with self._lock:
            self._sent[network] += 1
            return self._sent[network] <= self._most

    def _begin(self, now: float) -> None:
        self._begun = now
        self._key = secrets.token_bytes(32)
        self._sent: Counter[bytes] = Counter()


class Place:
    """One body that the door waits for: since when (seconds), how many bytes of it have come, and whether it
    was given up for another. `give_up` is called then; it is None before, and once the body is whole.
    """

    def __init__(self, begun: float) -> None:
        self.begun, self.received, self.given_up = begun, 0, False
        self.give_up: Callable[[], object] | None = None


class Places:
    """For whose bodies the door waits at this moment: so many in all, and so many of one network.

    When all are taken, a newcomer gets the place of whoever has sent least for the time they had, if that
    was `sure` seconds at least. So nobody holds the door shut with bodies that they never finish, from
    however many networks or through a proxy or an onion service, behind which all are one: they would have
    to go on sending as fast as everybody else.
    """

    def __init__(self, in_all: int, of_one: int, sure: float) -> None:
        self._in_all, self._of_one, self._sure = in_all, of_one, sure
        self._taken: Counter[Network] = Counter()
        self._waiting: set[Place] = set()

    @contextmanager
    def one_for(self, network: Network, now: float) -> Iterator[Place | None]:
        """A place, which is kept to the end of the block; None where there is none. `now` is in seconds of
        a clock that is never set back.
        """
        if network is not None and self._taken[network] >= self._of_one:
            yield None
            return
        if self._taken.total() >= self._in_all and not self._make_room(now):
            yield None
            return
        place = Place(now)
        self._taken[network] += 1
        self._waiting.add(place)
        try:
            yield place
        finally:
            self._waiting.discard(place)
            self._taken[network] -= 1
            if not self._taken[network]:
                del self._taken[network]

    def _make_room(self, now: float) -> bool:
        """Give the slowest up. Whether there was one; it leaves its place a moment later."""
        slow = [one for one in self._waiting if one.give_up is not None and now - one.begun > self._sure]
        if not slow:
            return False
        slowest = min(slow, key=lambda one: one.received / (now - one.begun))
        self._waiting.discard(slowest)
        slowest.given_up = True
        if slowest.give_up is not None:
            slowest.give_up()
        return True
