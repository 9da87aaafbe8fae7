"""What ended after a backup was made does not come back with it: leavers, devices, keys, people erased."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import serializers
from django.db.models import Model
from django.utils import timezone
from odd_files import ODD, lay
from open_sites import Served, closed, lippen, own_database, start, stop

from lippen.engine import Engine
from lippen.site.accounts import devices
from lippen.site.accounts.models import ApiKey, DeviceReplacement, Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.services import erase_person, make_organisation, make_person
from lippen.site.configuration import Configuration
from lippen.site.insight.models import Holding, ImportJob, ImportState
from lippen.site.keys import make_keys, read_keys
from lippen.site.operation import ended_again, ended_imports, ended_list, hourly
from lippen.site.operation.ended_again import TooMuchEnds
from lippen.site.operation.ended_list import ListUnsound
from lippen.site.register.models import Entry
from lippen.site.register.rotation import own_seal_keys
from lippen.site.seal_keys import SealKeys
from lippen.workspace import Workspace

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = (Organisation, Person, RoleHeld, ApiKey, Invitation, DeviceReplacement, Authenticator)


@pytest.fixture
def site(tmp_path: Path) -> Configuration:
    """This site, with a workspace and copies of its own."""
    (tmp_path / "site").mkdir()
    return replace(settings.CONFIGURATION, workspace=tmp_path / "site", checkpoint_copies=tmp_path / "copies")


def keep(site: Configuration) -> int:
    state, moved = ended_again.state(site.workspace), ended_imports.moved(site.workspace)
    return ended_list.keep(site, settings.KEYS.seal, own_seal_keys(), state, moved)


def people(*words: str) -> list[Person]:
    place = Organisation.objects.first() or make_organisation("Braeside", "community-group", "uk-gdpr")
    return [make_person(word, f"{word}@example.org", [(place, "worker")]) for word in words]


def device_of(person: Person) -> Authenticator:
    made: Authenticator = Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    return made


def back_up() -> Any:
    rows: Iterable[Model] = [one for model in KEPT for one in model.objects.all()]
    return serializers.serialize("python", rows)


def restore(backup: Any, site: Configuration) -> list[str]:
    """The rows as they were, in a new workspace that has taken up the list; returns what ended again."""
    for model in reversed(KEPT):
        model.objects.all().delete()
    for row in serializers.deserialize("python", backup):
        row.save()
    for file in site.workspace.glob("*.json"):
        file.unlink()
    listed = site.checkpoint_copies / "ended.json"
    assert ended_list.take_up(listed, site.workspace, own_seal_keys())
    return ended_again.go_through(site)


def open_items(site: Configuration) -> set[str]:
    return {item for item, is_open in ended_again.state(site.workspace).items() if is_open}


def test_all_that_ended_since_the_backup_is_ended_again_and_nothing_else(site: Configuration) -> None:
    morag, ewan, stays, loses = people("morag", "ewan", "stays", "loses")
    place, now = Organisation.objects.get(), timezone.now()
    closing = make_organisation("Closing", "housing", "uk-gdpr")
    later = {"organisation": place, "role": "worker", "expires_at": now + timedelta(days=7)}
    key = ApiKey.objects.create(digest=b"k", purpose="x", made_by=morag.ref, **later)
    invitation = Invitation.objects.create(digest=b"i", invited_by=morag.ref, **later)
    lost, kept = device_of(loses), device_of(stays)
    keep(site)
    backup = back_up()

    role = morag.roles.get()
    morag.is_active = False
    morag.save()
    morag.roles.update(until=timezone.localdate())
    erase_person(ewan.ref)
    lost.delete()
    ApiKey.objects.update(ended_at=now)
    Invitation.objects.update(used_at=now)
    Organisation.objects.filter(pk=closing.pk).update(closed_on=timezone.localdate())
    keep(site)
    after = open_items(site)

    assert set(restore(backup, site)) == {
        f"person:{ewan.ref}",
        f"account:{morag.ref}",
        f"role:{role.ref}",
        f"device:{loses.ref}:{lost.created_at.isoformat()}",
        f"key:{key.ref}",
        f"invitation:{invitation.ref}",
        f"organisation:{closing.ref}",
    }
    assert {item for item in open_items(site) if not item.startswith("replacement:")} == after
    assert Authenticator.objects.get().created_at == kept.created_at
    assert Entry.objects.filter(act="erasure", shown__record=ewan.ref).count() == 2
    assert Entry.objects.filter(what="ended again after a restore: a role", shown__record=morag.ref).exists()
    assert ended_again.go_through(site) == []


def test_who_has_the_lost_device_and_the_password_sets_no_other_one_up(site: Configuration) -> None:
    (loses,) = people("loses")
    lost = device_of(loses)
    keep(site)
    backup = back_up()
    lost.delete()
    device_of(loses)
    keep(site)
    restore(backup, site)
    back = Person.objects.get()
    assert not Authenticator.objects.exists()
    assert devices.awaits_link(back)
    assert back.session_mark != loses.session_mark


def test_somebody_who_came_back_is_not_ended_and_what_is_new_is_not_either(site: Configuration) -> None:
    (morag,) = people("morag")
    morag.is_active = False
    morag.save()
    keep(site)
    morag.is_active = True
    morag.save()
    people("new")
    keep(site)
    assert restore(back_up(), site) == []
    assert Person.objects.filter(is_active=True).count() == 2


def test_an_older_list_put_back_takes_nobody_s_account_who_came_back(site: Configuration) -> None:
    (morag,) = people("morag")
    listed = site.checkpoint_copies / "ended.json"
    Person.objects.filter(pk=morag.pk).update(is_active=False)
    keep(site)
    older = listed.read_text()
    Person.objects.filter(pk=morag.pk).update(is_active=True)
    keep(site)
    listed.write_text(older)
    keep(site)
    assert f"account:{morag.ref}" not in ended_list.read(listed, own_seal_keys())[1]
    assert restore(back_up(), site) == []


def test_restoring_the_wrong_backup_first_ends_nothing_of_the_right_one(site: Configuration) -> None:
    """Between the two the site was open, without all that is newer than the older backup."""
    people("early")
    keep(site)
    older = back_up()
    people("late")
    keep(site)
    newer = back_up()
    restore(older, site)
    keep(site)
    assert restore(newer, site) == []
    assert set(Person.objects.values_list("name", "is_active")) == {("early", True), ("late", True)}


def test_what_is_open_leaves_the_list_unless_a_restore_has_still_to_go_through_it(
    site: Configuration,
) -> None:
    (morag,) = people("morag")
    keep(site)
    item, listed = f"account:{morag.ref}", site.checkpoint_copies / "ended.json"
    ended_list.write(listed, {item: "2026-11-01"}, settings.KEYS.seal)
    (site.workspace / "ended.json").write_text(listed.read_text())
    (site.workspace / "endings.json").unlink()
    keep(site)
    assert item in ended_list.read(listed, own_seal_keys())[1]
    (site.workspace / "ended.json").unlink()
    keep(site)
    assert item not in ended_list.read(listed, own_seal_keys())[1]


def test_most_of_a_site_is_ended_only_by_who_says_so(site: Configuration) -> None:
    """Whoever holds the seal key, or the folder of a mistake, could else empty the site by a list."""
    morag, ewan, _ = people("morag", "ewan", "stays")
    said: list[str] = []
    items = {f"account:{morag.ref}", f"person:{ewan.ref}", f"role:{morag.roles.get().ref}"}
    ended_list.write(site.workspace / "ended.json", dict.fromkeys(items, "2026-11-01"), settings.KEYS.seal)
    with pytest.raises(TooMuchEnds, match=r"would end 2 of 3 accounts; in all 1 person .*, 1 acc") as why:
        ended_again.go_through(site, said.append)
    assert "--end-all" in why.value.remedy
    assert said == []
    assert Person.objects.filter(is_active=True).count() == 3
    assert ended_again.go_through(site, said.append, end_all=True)
    assert said == ["The list ends again: 1 person who was erased, 1 account, 1 role."]
    assert not (items & open_items(site))


def test_the_only_organisation_is_not_closed_by_a_list_alone(site: Configuration) -> None:
    people("morag")
    item = f"organisation:{Organisation.objects.get().ref}"
    ended_list.write(site.workspace / "ended.json", {item: "2026-11-01"}, settings.KEYS.seal)
    with pytest.raises(TooMuchEnds, match="1 of 1 organisation;"):
        ended_again.go_through(site)
    assert item in open_items(site)


def test_the_list_is_kept_when_something_ended_and_else_left_alone(
    site: Configuration, settings: Any
) -> None:
    """The worker asks each minute; the job of each hour is not waited for."""
    settings.CONFIGURATION = site
    (morag,) = people("morag")
    listed = site.checkpoint_copies / "ended.json"
    assert hourly.keep_list_where_it_lags()
    before = listed.stat().st_mtime_ns
    assert not hourly.keep_list_where_it_lags()
    assert listed.stat().st_mtime_ns == before
    Person.objects.filter(pk=morag.pk).update(is_active=False)
    assert hourly.keep_list_where_it_lags()
    assert f"account:{morag.ref}" in ended_list.read(listed, own_seal_keys())[1]


@pytest.mark.parametrize("made", ["", "yesterday", "2026-13-01", "0001-01-01T00:00:00+23:59"])
def test_a_device_made_at_no_time_ends_no_restore(made: str) -> None:
    (morag,) = people("morag")
    device_of(morag)
    assert not ended_again._ENDS["device"](f"{morag.ref}:{made}")
    assert Authenticator.objects.exists()


def test_a_list_that_could_not_be_written_for_a_while_lacks_nothing_afterwards(site: Configuration) -> None:
    early, late = people("early", "late")
    keep(site)
    away = site.checkpoint_copies.with_name("away")
    site.checkpoint_copies.rename(away)
    site.checkpoint_copies.touch()  # a file: no folder can be made there
    erase_person(early.ref)
    with pytest.raises(FileExistsError):
        keep(site)
    site.checkpoint_copies.unlink()
    away.rename(site.checkpoint_copies)
    keep(site)
    listed = ended_list.read(site.checkpoint_copies / "ended.json", own_seal_keys())[1]
    assert f"person:{early.ref}" in listed
    assert f"person:{late.ref}" not in listed


def test_a_list_that_somebody_changed_is_refused_and_left_as_it_is(
    site: Configuration, tmp_path: Path
) -> None:
    """Whoever can write to the folder would else end everybody, or let a leaver back in."""
    (morag,) = people("morag")
    keep(site)
    file = site.checkpoint_copies / "ended.json"
    whole = file.read_text()
    known = own_seal_keys()
    told = json.loads(whole)
    added = told["list"].replace('"ended": {', f'"ended": {{"account:{morag.ref}": "2026-01-01"')
    make_keys(tmp_path / "other")
    for changed in (json.dumps({**told, "list": added}), "", "{}", "[]", whole[:-20], "\x00"):
        file.write_text(changed)
        for use in (keep, lambda one: ended_list.take_up(file, one.workspace, known)):
            with pytest.raises(ListUnsound) as why:
                use(site)
            assert why.value.file == str(file)
            assert why.value.remedy
        assert file.read_text() == changed
    ended_list.write(file, {f"account:{morag.ref}": "2026-01-01"}, read_keys(tmp_path / "other").seal)
    with pytest.raises(ListUnsound, match="not signed with this site's key"):
        ended_list.take_up(file, site.workspace, known)
    assert ended_again.go_through(site) == []


@pytest.mark.parametrize("kind", ODD)
def test_a_list_that_nothing_comes_from_or_too_much_is_refused_at_once(
    site: Configuration, kind: str
) -> None:
    """Whoever can write to the folder of copies could else stop every job of the site by one name."""
    people("morag")
    keep(site)
    file = site.checkpoint_copies / "ended.json"
    file.unlink()
    lay(file, kind)
    known, refused = own_seal_keys(), []

    def read() -> None:
        for use in (
            lambda: ended_list.read(file, known),
            lambda: ended_list.take_up(file, site.workspace, known),
        ):
            try:
                use()
            except ListUnsound as error:
                refused.append(str(error))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(20)
    assert not reader.is_alive()
    why = "it holds more than 16 MiB" if kind == "huge" else "it is no ordinary file"
    assert len(refused) == 2
    assert all(f"cannot be read ({why})" in one for one in refused)
    with pytest.raises(ListUnsound):
        keep(site)


def test_the_list_names_nobody(site: Configuration) -> None:
    (morag,) = people("morag")
    keep(site)
    erase_person(morag.ref)
    assert keep(site) > 0
    text = (site.checkpoint_copies / "ended.json").read_text().lower()
    assert morag.ref in text
    assert "morag" not in text.replace(morag.ref, "")
    assert "example.org" not in text
    assert "braeside" not in text


def test_a_leaver_stays_out_when_a_backup_from_before_is_restored(tmp_path: Path) -> None:
    """The whole way, by the pages and the commands."""
    with own_database() as database_url:
        demo = closed("demo", tmp_path / "demo", database_url)
        opened = start("demo", demo.workspace, database_url)
        out = ("--out", tmp_path / "before.tar", "--keys", tmp_path / "keys.json")
        lippen("backup", "--workspace", opened.workspace, *out, database_url=database_url)
        [(ewan,)] = opened.sql("SELECT ref FROM accounts_person WHERE name = 'Ewan Petrie'")
        [(shona,)] = opened.sql("SELECT ref FROM accounts_person WHERE name = 'Shona Laird'")
        administrator = opened.client()
        administrator.get("/demo/")
        administrator.post("/demo/shona-laird/")
        assert administrator.post(f"/people/{ewan}/leave/", {"successor": shona}).status == 302
        stop(opened)  # at which the list is kept once more
    listed = tmp_path / "demo-checkpoints" / "ended.json"
    for ended, said in (((), "No list of what has ended"), (("--ended", listed), f"account {ewan}")):
        with own_database() as database_url:
            again = tmp_path / f"again-{len(ended)}"
            done = lippen(
                *("restore", tmp_path / "before.tar", "--workspace", again, "--keys", tmp_path / "keys.json"),
                *ended,
                database_url=database_url,
            )
            assert done.returncode == 0, done.stderr
            assert said in done.stdout
            if ended:
                at = ended_list.read(
                    listed, SealKeys(read_keys(opened.workspace / "keys").seal.public_bytes())
                )[0]
                assert f"The list of what has ended was kept at {at:%Y-%m-%d %H:%M:%S} UTC: " in done.stdout
                assert "newer than the backup were gone through" in done.stdout
                assert f"End again by hand whatever ended after {at:%Y-%m-%d %H:%M:%S} UTC." in done.stdout
                assert "The list ends again: 1 account, " in done.stdout
            restored = Served("", again, database_url, opened.process)
            [(active,)] = restored.sql("SELECT is_active FROM accounts_person WHERE ref = ?", ewan)
            assert bool(active) == (not ended)


def brought_in(site: Configuration, duck: Engine, expires: dict[str, str | None]) -> Workspace:
    """The lake with imports of these ids, held until these days."""
    workspace = Workspace.open(site.workspace, duck, may_hold=("endings.json", "ended.json"))
    for import_id, day in expires.items():
        right = {"who": "Braeside", "authority": f"Braeside; until {day}", "expires": day} if day else {}
        with workspace.stage_import("listing" if day else "incident") as stage:
            rows = stage.directory / "rows.parquet"
            pq.write_table(pa.table({"id": [import_id]}), rows)
            stage.commit(import_id, [rows], [], [{"rows": 1, **right}])
    return workspace


def renew(workspace: Workspace, import_id: str, day: str) -> None:
    with workspace.stage_import("listing") as stage:
        stage.renew(import_id, "Braeside", f"Braeside; until {day}", date.fromisoformat(day))


def held(workspace: Workspace) -> dict[str, str | None]:
    return {one.import_id: one.expires and str(one.expires) for one in workspace.imports()}


def test_what_was_deleted_taken_back_or_shortened_since_is_so_again_and_nothing_else(
    site: Configuration, duck: Engine, tmp_path: Path
) -> None:
    people("morag")
    began: dict[str, str | None] = {
        "imp-gone": "2099-06-01",
        "imp-short": "2099-06-01",
        "imp-long": "2099-06-01",
        "imp-back": None,
        "imp-kept": None,
        "imp-again": "2099-06-01",
    }
    workspace = brought_in(site, duck, began)
    keep(site)
    backup, lake = back_up(), tmp_path / "lake"
    shutil.copytree(workspace.lake, lake)

    renew(workspace, "imp-gone", "2098-01-01")
    renew(workspace, "imp-short", "2098-12-31")
    renew(workspace, "imp-long", "2099-12-31")
    keep(site)
    renew(workspace, "imp-short", "2098-03-01")
    workspace.undo_import("imp-back")
    workspace.undo_import("imp-again")
    keep(site)
    brought_in(site, duck, {"imp-again": "2099-06-01"})
    workspace.delete_expired(date(2098, 1, 1))
    keep(site)
    text = (site.checkpoint_copies / "ended.json").read_text()
    assert "Braeside" not in text

    job = {"kind": "incident", "made_at": timezone.now(), "size_bytes": 0}
    ImportJob.objects.create(ref="i-one", import_id="imp-back", state=ImportState.DONE, **job)
    Holding.objects.create(kind="trade", organisation="o-one")
    shutil.rmtree(workspace.lake)
    shutil.copytree(lake, workspace.lake)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert restore(backup, site) == [
        f"import:imp-back until {today}",
        f"import:imp-gone until {today}",
        "import:imp-short until 2098-03-01",
    ]
    assert held(workspace) == {
        "imp-short": "2098-03-01",
        "imp-long": "2099-06-01",
        "imp-kept": None,
        "imp-again": "2099-06-01",
    }
    files = {path.stem for path in (workspace.lake / "signals").rglob("*.parquet")}
    assert files == set(held(workspace))
    words = {one.import_id: one.inputs[0].get("authority") for one in workspace.imports()}
    assert words["imp-short"] == "Braeside; until 2098-03-01"
    assert ImportJob.objects.get().state == ImportState.UNDONE
    assert Entry.objects.filter(what="ended again after a restore: an import").count() == 3
    assert Holding.objects.exists()
    assert ended_again.go_through(site) == []


def test_a_lake_that_is_lost_or_damaged_has_ended_nothing(site: Configuration, duck: Engine) -> None:
    """A restore is to bring it back."""
    workspace = brought_in(site, duck, {"imp-one": "2099-06-01"})
    keep(site)
    (workspace.lake / "manifest.json").write_text("{")
    assert keep(site) == 0
    shutil.rmtree(workspace.lake)
    assert keep(site) == 0
    assert open_items(site) == {"import:imp-one:2099-06-01"}


def test_no_restored_lake_holds_what_was_shortened_or_has_run_out(tmp_path: Path, duck: Engine) -> None:
    """The whole way, by the commands."""
    today = datetime.now(UTC).date()
    with own_database() as database_url:
        site = closed("serve", tmp_path / "site", database_url)
        here = replace(settings.CONFIGURATION, workspace=site.workspace)
        workspace = brought_in(here, duck, {"imp-short": "2099-06-01", "imp-kept": "2099-06-01"})
        brought_in(here, duck, {"imp-old": f"{today}"})  # nobody opens the lake until it is backed up
        backup = ("backup", "--workspace", site.workspace)
        first = (*backup, "--out", tmp_path / "one.tar", "--keys", tmp_path / "keys.json")
        assert lippen(*first, database_url=database_url).returncode == 0
        renew(workspace, "imp-short", f"{today + timedelta(days=1)}")
        workspace.delete_expired(today + timedelta(days=1))
        assert lippen(*backup, "--out", tmp_path / "two.tar", database_url=database_url).returncode == 0
    with own_database() as database_url:
        again = tmp_path / "again"
        done = lippen(
            *("restore", tmp_path / "one.tar", "--workspace", again, "--keys", tmp_path / "keys.json"),
            *("--ended", tmp_path / "site-checkpoints" / "ended.json"),
            database_url=database_url,
        )
        assert done.returncode == 0, done.stderr
    assert {path.stem for path in (again / "lake" / "signals").rglob("*.parquet")} == {"imp-kept"}
    assert "Deleted, since the right to hold it has run out: 1 import." in done.stdout
    assert "The list ends again: 1 import." in done.stdout
    assert f"  import imp-short until {today}" in done.stdout
