"""What the pages of the register tell whoever is to check it: how to prove a line, and what was lost."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from attacks import delete_entries
from people_factory import make_colleague, make_organisation, signed_in
from registers import HeldRegister

from lippen.site.accounts.models import Person
from lippen.site.register.models import Checkpoint, Entry
from lippen.site.register.nightly import check
from lippen.site.register.sealer import resume_after_restore

pytestmark = pytest.mark.django_db(transaction=True)


def page(person: Person, path: str) -> str:
    answer = signed_in(person).get(path)
    assert answer.status_code == 200, path
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_a_line_says_how_it_is_checked_against_a_copy_and_names_what_lays_it_down(
    register: HeldRegister,
) -> None:
    jean = make_colleague(make_organisation("scrutiny-panel"), "panel")
    (number,) = register.enter()
    register.seal()
    said = page(jean, f"/register/{number}/")
    checkpoint = Checkpoint.objects.latest("number").number
    assert f"Find checkpoint {checkpoint} in the copy. The root that stands there has to be" in said
    named = re.search(r"(docs/\S+\.md) , which comes with the program, under “([^”]+)”", said)
    assert named, said
    laid_down = Path(__file__).parents[3] / named[1]
    assert f"### {named[2]}\n" in laid_down.read_text(encoding="utf-8")


def test_after_a_restored_backup_the_page_of_the_register_leads_to_what_was_lost(
    register: HeldRegister, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    register.settings.CONFIGURATION = replace(register.settings.CONFIGURATION, workspace=workspace)
    jean = make_colleague(make_organisation("scrutiny-panel"), "panel")
    register.filled(checkpoints=2)
    check()
    assert "still to be asked about" not in page(jean, "/register/")
    register.seal()
    last = Checkpoint.objects.latest("number").number
    lost = register.enter(2)
    register.seal()
    assert Entry.objects.filter(id__in=lost).count() == 2
    register.attack(
        *delete_entries(lost),
        f"DELETE FROM register_checkpoint WHERE number > {last}",  # noqa: S608 - a number of this test's own
    )
    assert resume_after_restore() is not None
    check()
    assert "1 stated: no fault of the register, and still to be asked about" in page(jean, "/register/")
    said = page(jean, "/register/check/")
    assert f"checkpoints {last + 1} to {last + 1} are lost with their entries: a backup was restored" in said
