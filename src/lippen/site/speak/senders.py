"""How much one network has sent, and for how many bodies the door waits at once.

Of an address only a keyed hash is kept, in memory; its key is drawn anew every ten minutes, and the
counts end with it. Who comes from this machine is an onion service or a proxy, through which all come,
and is not counted.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Iterator
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


class Places:
    """For whose bodies the door waits at this moment: so many in all, and so many of one network."""

    def __init__(self, in_all: int, of_one: int) -> None:
        self._in_all, self._of_one = in_all, of_one
        self._taken: Counter[Network] = Counter()

    @contextmanager
    def one_for(self, network: Network) -> Iterator[bool]:
        """Whether there is a place, which is kept to the end of the block."""
        free = self._taken.total() < self._in_all and (network is None or self._taken[network] < self._of_one)
        self._taken[network] += free
        try:
            yield free
        finally:
            self._taken[network] -= free
            if not self._taken[network]:
                del self._taken[network]
