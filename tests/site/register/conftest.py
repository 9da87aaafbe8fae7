"""A register to attack: in this process on the tests' database, or with processes of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from registers import HeldRegister, OwnRegister, own_register

from lippen.site.keys import SealKey


@pytest.fixture
def register(transactional_db: None, settings: Any, tmp_path: Path) -> HeldRegister:  # noqa: ARG001
    """The register of the tests' database, with a folder of copies of this test's own."""
    return HeldRegister(settings, tmp_path / "copies")


@pytest.fixture
def rotated(register: HeldRegister) -> tuple[HeldRegister, SealKey]:
    """Two checkpoints by one key and two by the next, and the key that was replaced."""
    register.filled(checkpoints=2)
    old = register.rotate()
    register.filled(checkpoints=2)
    return register, old


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[OwnRegister]:
    """A register in a workspace and a database of its own, for tests with several processes."""
    with own_register(tmp_path / "workspace") as one:
        yield one
