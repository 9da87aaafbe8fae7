"""What several modules here look at: pages of comparisons, written once."""

from __future__ import annotations

from pathlib import Path

import pytest
from comparisons import Tree, write_comparisons
from html_tree import read


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each sample of `comparisons` as a folder with its page."""
    return write_comparisons(tmp_path_factory.mktemp("compared"))


@pytest.fixture
def tree(compared: dict[str, Path]) -> Tree:
    return lambda name: read((compared[name] / "index.html").read_text("utf-8"))
