"""The key of demonstrations, which everybody has: a real site neither publishes nor serves what it signed."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_partnership import TODAY, make_workspace, page_beside
from typer.testing import CliRunner

from lippen.cli import app
from lippen.site.speak import manifest, publishing
from lippen.site.speak.demonstration import KEY, PUBLIC, OnlyADemonstration
from lippen.site.speak.fingerprint import fingerprint
from lippen.site.speak.page import Published, read_publication


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return make_workspace(tmp_path)


@pytest.fixture
def signed(workspace: Path) -> bytes:
    """A manifest of this partnership by the key of demonstrations."""
    return manifest.sign(publishing.prepare(workspace, TODAY, 30, page_beside(workspace)).payload, KEY)


def test_publish_refuses_what_it_signed_whatever_words_are_named(
    workspace: Path, signed: bytes, tmp_path: Path
) -> None:
    carried = tmp_path / "manifest.json"
    carried.write_bytes(signed)
    place = ["--workspace", str(workspace), "--page", str(page_beside(workspace))]
    words = ["--fingerprint", fingerprint(PUBLIC)]
    done = CliRunner().invoke(app, ["speak", "publish", str(carried), *place, *words])
    assert isinstance(done.exception, OnlyADemonstration)
    assert not (workspace / "speak" / "manifest.json").exists()


def test_a_real_door_hands_out_nothing_that_it_signed_however_it_came_there(
    workspace: Path, signed: bytes
) -> None:
    page = page_beside(workspace)
    words = fingerprint(PUBLIC)
    publishing.publish(signed, workspace, TODAY, expected=words, page=page, demonstration=True)
    folder = workspace / "speak"
    assert read_publication(folder, demonstration=True) is not None
    with pytest.raises(OnlyADemonstration, match="which everybody has"):
        Published(folder)
