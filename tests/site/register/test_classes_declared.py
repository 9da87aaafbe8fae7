"""The build fails for a model that belongs to no class of data and does not say why."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from open_sites import LONG

from forked import run
from lippen.site.register import classes
from lippen.site.register.classes import DataClass, declare, declare_impersonal

HERE = Path(__file__).parent


def test_the_site_as_it_is_passes_every_check() -> None:
    call_command("check", fail_level="WARNING")


@pytest.mark.parametrize("model", ["accounts.Person", "accounts.Notice"])
def test_a_model_that_nobody_declares_any_more_fails_the_build(
    monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    kept = {
        name: DataClass(one.name, one.what, tuple(label for label in one.models if label != model), one.erase)
        for name, one in classes.declared().items()
    }
    monkeypatch.setattr(classes, "_declared", kept)
    with pytest.raises(SystemCheckError, match=rf"register.E001\) {model} belongs to no class of data"):
        call_command("check")


def test_a_declaration_of_a_model_that_is_gone_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "_impersonal", {**classes.impersonal(), "accounts.Gone": "nothing"})
    with pytest.raises(
        SystemCheckError, match=r"register.E002\) accounts.Gone is declared and does not exist"
    ):
        call_command("check")


def test_an_app_that_brings_a_model_and_says_nothing_fails_the_build(tmp_path: Path) -> None:
    """As a later part would meet it: with its settings, by the command that a build runs."""
    app = tmp_path / "quiet_app"
    app.mkdir()
    (app / "__init__.py").touch()
    (app / "models.py").write_text(
        "from django.db import models\nclass Worry(models.Model):\n    text = models.TextField()\n"
    )
    (tmp_path / "quiet_settings.py").write_text(
        "from site_settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'quiet_app']\n"
    )
    checked = run(
        *("-m", "django", "check", "--settings", "quiet_settings"),
        env={"PYTHONPATH": f"{tmp_path}:{HERE.parent}"},
        timeout=LONG,
    )
    assert checked.returncode == 1
    assert "quiet_app.Worry belongs to no class of data" in checked.stderr
    assert "declare" in checked.stderr, "and what to do"


def test_nothing_is_declared_twice() -> None:
    again = DataClass("another", "", ("accounts.Person",), lambda _: 0)
    for attempt in (
        lambda: declare(classes.declared()["staff"]),
        lambda: declare(again),
        lambda: declare_impersonal(["accounts.Person"], "it is"),
        lambda: declare_impersonal(["register.Entry"], "once more"),
    ):
        with pytest.raises(ValueError, match="declared twice"):
            attempt()
