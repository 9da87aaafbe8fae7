"""What the doctor looks at in the database: that it answers and keeps what it was told, that the register is
sealed, guarded and copied, and that the jobs of each hour are done. Changes nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from lippen.site.configuration import Configuration
from lippen.site.database_address import DATABASE_VARIABLE
from lippen.site.operation import ended_list, schema
from lippen.site.operation.findings import LOOK, WELL, WRONG, Finding
from lippen.site.operation.preparing import refuse_emptied, refuse_lost_file, refuse_real_people
from lippen.site.operation.starting import database_errors, start_site
from lippen.site.speak.page import FOLDER as SPEAK
from lippen.site.speak.partnership import NAME as PARTNERSHIP
from lippen.site.speak.partnership import read_partnership
from lippen.wording import counted

_COPIED_WITHIN: Final = timedelta(minutes=1)
_LETTERS_WITHIN: Final = timedelta(days=1)
_LISTED_WITHIN: Final = timedelta(hours=2)
_SQLITE_FULL: Final = 2
_VERIFY: Final = "Run lippen register verify, and tell the panel."


def database(configuration: Configuration) -> Iterator[Finding]:
    """Whether it is there, whole, and of this program's version, and keeps what it says it has written."""
    refuse_lost_file(configuration)
    if DATABASE_VARIABLE not in os.environ and not configuration.database_file.exists():
        yield Finding(
            "database",
            WRONG,
            f"there is none in {configuration.workspace}",
            "Run lippen serve, which makes one.",
        )
        return
    start_site(configuration.workspace)
    with database_errors(configuration):
        state = schema.schema_state()
        if state.new:
            refuse_emptied(configuration)
            yield Finding("database", WRONG, "it is empty", "Run lippen serve, which fills it.")
            return
        schema.refuse_other_than_current(state, configuration)
        kind, unsafe = _on_postgresql() if DATABASE_VARIABLE in os.environ else _on_sqlite()
    if unsafe is not None:
        yield unsafe
        return
    yield Finding("database", WELL, f"{kind} answers, and has all {len(state.applied)} migrations")


def _on_sqlite() -> tuple[str, Finding | None]:
    if (said := _asked("PRAGMA quick_check(1)")) != "ok":
        return "SQLite", Finding("database", WRONG, f"it is damaged ({said})", "Restore the last backup.")
    if int(_asked("PRAGMA synchronous")) < _SQLITE_FULL:
        return "SQLite", Finding(
            "database",
            WRONG,
            "SQLite does not wait for the disk, so a power cut can lose entries whose answers have left",
            "Take out what sets PRAGMA synchronous: the program sets it to FULL.",
        )
    return "SQLite", None


def _on_postgresql() -> tuple[str, Finding | None]:
    off = [
        name
        for name in ("fsync", "synchronous_commit", "full_page_writes")
        if _asked(f"SHOW {name}") == "off"
    ]
    if not off:
        return "PostgreSQL", None
    return "PostgreSQL", Finding(
        "database",
        WRONG,
        f"{' and '.join(off)} {'is' if len(off) == 1 else 'are'} off, so a power cut can lose entries whose "
        "answers have left",
        f"Set it on for this database and its user (ALTER SYSTEM SET {off[0]} = on), and reload PostgreSQL.",
    )


def _asked(query: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchone()[0])


def _demo(configuration: Configuration) -> Iterator[Finding]:
    """Whether a site that calls itself a demo is one; of any other it says nothing."""
    with database_errors(configuration):
        refuse_real_people(configuration)
    yield from ()


def _clock_and_seal(configuration: Configuration) -> Iterator[Finding]:
    """The clock against the last seal, and whether anything seals at all."""
    from lippen.site.register.rotation import own_seal_keys, sealing_key
    from lippen.site.register.sealer import newest_checkpoint
    from lippen.site.register.seals import seals
    from lippen.site.register.unsealed import unsealed_since

    with database_errors(configuration):
        last = newest_checkpoint()
        waiting = unsealed_since()
        known = own_seal_keys()
        sealing_key()
    now = timezone.now()
    if last is not None and not seals(known.of_checkpoint(last.number), last):
        yield Finding(
            "register",
            WRONG,
            f"checkpoint {last.number} was not sealed with this site's key",
            f"{_VERIFY} Is DATABASE_URL another site's?",
        )
        return
    if last is not None and now < last.at:
        behind = (last.at - now).total_seconds()
        yield Finding(
            "clock",
            WRONG,
            f"the clock stands {counted(round(behind), 'second')} before the register's last seal",
            "Set the clock, and let it be kept: timedatectl set-ntp true",
        )
    else:
        yield Finding("clock", WELL, f"{time.strftime('%Y-%m-%d %H:%M:%S', now.timetuple())} UTC")
    if waiting is not None:
        yield Finding(
            "register",
            LOOK,
            f"an entry of {_said(waiting)} is not sealed",
            "Open the site with lippen serve, which seals; if it is open, see what it writes.",
        )
    else:
        yield Finding("register", WELL, f"sealed up to checkpoint {last.number if last else 0}")


def _triggers(configuration: Configuration) -> Iterator[Finding]:
    from lippen.site.register.guarding import table_faults, trigger_faults

    with database_errors(configuration):
        faults = trigger_faults()
        tables = table_faults()
    for fault in tables:
        yield Finding(
            "register's tables", WRONG, fault, f"{_VERIFY} Ask who changed it: pages may leave entries out."
        )
    for fault in faults:
        yield Finding(
            "register's triggers",
            WRONG,
            fault,
            f"{_VERIFY} Then run lippen register guard, which puts them up again.",
        )
    if not faults:
        yield Finding("register's triggers", WELL, "all stand")


def _retention(configuration: Configuration) -> Iterator[Finding]:
    from lippen.site.register.retention import shortening

    with database_errors(configuration):
        shorter = shortening()
    if shorter is not None:
        yield Finding(
            "register's retention",
            LOOK,
            f"{counted(shorter.months_then, 'month')} instead of {shorter.months_now}"
            f" from {_said(shorter.since)} on",
            "If the panel did not agree, put keep_register_months in site.toml back and restart.",
        )


def _checked(configuration: Configuration) -> Iterator[Finding]:
    """What the check of the night found, and whether it still comes. The register itself is not read here."""
    from lippen.site.register.nightly import OVERDUE_AFTER, days_since, last_check

    with database_errors(configuration):
        found = last_check()
        days = days_since(found)
    name = "register's check"
    if found is not None and not found.well:
        first, *_ = (*found.breaches, *found.copy_faults)
        yield Finding(name, WRONG, f"on {_said(found.at)} it found: {first}", _VERIFY)
    if days >= OVERDUE_AFTER:
        yield Finding(
            name,
            LOOK,
            f"the register has not been checked for {days} days",
            "Keep the site open for half an hour on each day, and see what it writes when it is.",
        )
    elif found is None:
        yield Finding(name, WELL, "none yet; the first comes within a day")
    elif found.well:
        yield Finding(name, WELL, f"whole on {_said(found.at)}, {found.entries:,} entries")


def _copied(configuration: Configuration) -> Iterator[Finding]:
    """How far the copy of the checkpoints is behind the newest seal."""
    from lippen.site.register.copies import Copies
    from lippen.site.register.models import Checkpoint
    from lippen.site.register.sealer import newest_checkpoint

    copies = Copies(configuration.checkpoint_copies)
    with database_errors(configuration):
        copied = copies.newest()
        faults = copies.faults()
    for fault in faults:
        yield Finding(
            "copied checkpoints",
            WRONG,
            f"the copy in {configuration.checkpoint_copies} was damaged, and not the register: {fault}",
            "Ask who can write there. Keep that file for the panel, and move it out of the folder.",
        )
    reached = copied.number if copied else 0
    with database_errors(configuration):
        last = newest_checkpoint()
        lacking = Checkpoint.objects.filter(number__gt=reached, at__lt=timezone.now() - _COPIED_WITHIN)
        behind, since = lacking.count(), lacking.order_by("number").values_list("at", flat=True).first()
    sealed = last.number if last else 0
    name, where = "copied checkpoints", configuration.checkpoint_copies
    if reached > sealed:
        yield Finding(
            name,
            WRONG,
            f"the copy in {where} holds checkpoint {reached}, and the database ends with {sealed}",
            f"If a backup was restored, run lippen register resume. Otherwise: {_VERIFY}",
        )
    elif since is not None:
        yield Finding(
            name,
            WRONG,
            f"the copy in {where} ends with checkpoint {reached} and the database with {sealed}: it is "
            f"{behind:,} behind, since {_said(since)}",
            "Is the disk mounted, and is there room? Then open the site with lippen serve, which catches up.",
        )
    else:
        yield Finding(name, WELL, f"up to checkpoint {reached}")


def _ended(configuration: Configuration) -> Iterator[Finding]:
    """Whether the list that a restore goes through is kept."""
    file = configuration.checkpoint_copies / ended_list.FILE
    name, remedy = "list of what ended", "Open the site with lippen serve, which keeps it each hour."
    if not file.exists():
        yield Finding(name, LOOK, f"{file} is not there: a restore would let leavers back in", remedy)
        return
    from lippen.site.register.rotation import own_seal_keys

    with database_errors(configuration):
        known = own_seal_keys()
    at, ended = ended_list.read(file, known)
    if timezone.now() - at > _LISTED_WITHIN:
        yield Finding(name, LOOK, f"{file} was last kept at {_said(at)}", remedy)
    else:
        yield Finding(name, WELL, f"{len(ended):,} on it, kept at {_said(at)}")


def _jobs(configuration: Configuration) -> Iterator[Finding]:
    from lippen.site.operation.hourly import failures

    with database_errors(configuration):
        failed = failures()
    for one in failed:
        yield Finding(
            "jobs of each hour",
            LOOK,
            f"{one.name} failed at {_said(one.at)} ({one.error})",
            "See what the site wrote; it is tried again within the hour.",
        )
    if not failed:
        yield Finding("jobs of each hour", WELL, "none failed the last time")


def _mail(configuration: Configuration) -> Iterator[Finding]:
    """Whether letters go out: those that failed within a day, or since the last that was sent, are told."""
    from django_tasks_db.models import DBTaskResult

    from lippen.site.accounts.notices import send

    if not configuration.mail_from:
        return
    with database_errors(configuration):
        letters = DBTaskResult.objects.filter(task_path=send.module_path)
        told = letters.failed()
        if sent := letters.successful().order_by("-finished_at").first():
            told = told.filter(finished_at__gt=min(sent.finished_at, timezone.now() - _LETTERS_WITHIN))
        count, last = told.count(), told.order_by("-finished_at").first()
    if last is None:
        yield Finding("mail", WELL, "no e-mail failed lately")
        return
    yield Finding(
        "mail",
        LOOK,
        f"{counted(count, 'e-mail')} could not be sent, the last at {_said(last.finished_at)} "
        f"({last.exception_class_path})",
        "Does a mail program listen on port 25 of this machine, and take letters from mail_from in site.toml?"
        " What no program took is tried again each hour, for a day.",
    )


def _door(configuration: Configuration) -> Iterator[Finding]:
    """Whether residents read of each organisation that may have logs, where there is a door: a log goes to no
    other.
    """
    from lippen.site.desk.own_desk import is_named, is_partner, may_have_logs, shown_to_residents

    folder = configuration.workspace / SPEAK
    if not (folder / PARTNERSHIP).exists():
        return
    told = read_partnership(folder)
    name, file = "door's partners", folder / PARTNERSHIP
    with database_errors(configuration):
        having_logs = may_have_logs()
    shown = shown_to_residents(folder)
    if shown is None:
        yield Finding(
            name,
            LOOK,
            "no manifest is published that can be read, so no desk can pass a log to anybody",
            "Make, sign and publish one: lippen speak manifest.",
        )
    unnamed = [one for one in having_logs if not is_named(one, told.partners)]
    for organisation in unnamed:
        yield Finding(
            name,
            LOOK,
            f"{organisation.name} may read logs, and no other's desk can pass it one: residents do not read"
            f" of it, since it is none of the partners in {file}",
            f'Add it as one of [[partners]], with its name to the letter or id = "{organisation.kind}", and'
            " sign the manifest anew. Leave it out where residents are to tell a desk what it never sees.",
        )
    unsigned = [
        one for one in having_logs if one not in unnamed and not is_named(one, shown or told.partners)
    ]
    for organisation in unsigned:
        yield Finding(
            name,
            LOOK,
            f"{organisation.name} may read logs and stands in {file}, and the published manifest does not"
            " name it: no other's desk can pass it one",
            "Sign the manifest anew.",
        )
    for partner in told.partners:
        if not any(is_partner(partner, one) for one in having_logs):
            yield Finding(
                name,
                LOOK,
                f"residents can refuse {partner.name} ({partner.id}), and no organisation that may have logs"
                " has that name or kind: who refuses it is kept from nobody",
                f"Write its name in {file} as it stands in the site, or take it out; sign the manifest anew.",
            )
    if not unnamed and not unsigned and shown is not None:
        yield Finding(name, WELL, "residents can refuse each organisation that may have logs")


def _program(configuration: Configuration) -> Iterator[Finding]:
    """The program's own checks, as that every kind of record has a class of data."""
    from django.core.checks import run_checks

    with database_errors(configuration):
        found = [one for one in run_checks() if one.is_serious()]
    for one in found:
        yield Finding("program", WRONG, f"{one.id}: {one.msg}", one.hint or "Install Lippen anew.")
    if not found:
        yield Finding("program", WELL, "its own checks find nothing")


LOOKS: Final[tuple[tuple[str, Callable[[Configuration], Iterator[Finding]]], ...]] = (
    ("demo", _demo),
    ("register", _clock_and_seal),
    ("register's triggers", _triggers),
    ("register's retention", _retention),
    ("register's check", _checked),
    ("copied checkpoints", _copied),
    ("list of what ended", _ended),
    ("jobs of each hour", _jobs),
    ("mail", _mail),
    ("door's partners", _door),
    ("program", _program),
)
"""What is looked at once the database is well, each under the name of its finding."""


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
