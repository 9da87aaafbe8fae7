"""What waits at the demo's desks: reports as residents of Invermarrow tell them, sealed as the resident's
page seals them; the draft of a log; and an answer in a mailbox whose eight words the demo shows.

Each is sealed to the keys that the published manifest names, and to nobody else: the site holds it as it
would a real one's, and cannot read it.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from lippen.sandbox import Scenario, make_world
from lippen.sandbox.desk import HALVES, draw_desk
from lippen.sandbox.desk.sealed import Mailbox, WorkerKey, seal_answer, seal_text
from lippen.site.accounts.acting import Acting
from lippen.site.desk import answering, drafts, fetching, worker_keys
from lippen.site.desk.own_desk import OwnDesk, own_desk, partners, today
from lippen.site.operation.demo_secrets import DemoSecrets
from lippen.site.operation.demo_town import DAYS, SEED
from lippen.site.speak.desk_keys import read_desk_keys
from lippen.site.speak.envelope import pack
from lippen.site.speak.fingerprint import word_list
from lippen.site.speak.store import FILE, Store, monday


@dataclass(frozen=True)
class Planted:
    """A report to be planted: for which desk, about what, so many weeks ago, and what its resident asks."""

    desk: str
    what: str
    weeks: int = 0
    together: bool = False
    not_to: tuple[str, ...] = ()
    one_way: bool = False
    draft: bool = False
    answered: bool = False


PLANTED: Final = (
    Planted("braeside", "selling", not_to=("police",)),
    Planted("braeside", "home", together=True),
    Planted("braeside", "threat", weeks=1, one_way=True),
    Planted("braeside", "money", weeks=1, draft=True),
    Planted("marrowmouth", "young", not_to=("school",)),
    Planted("marrowmouth", "selling", weeks=1, answered=True),
)

_LOG_GOES_TO: Final = ("Invermarrow Homes", "Invermarrow Social Work")


@dataclass(frozen=True)
class Told:
    """What a resident of Invermarrow told: the answers as the page seals them, the text, and a log of it that
    gives nobody away.
    """

    answers: Mapping[str, str]
    text: str
    area: str
    log: str


def plant(workspace: Path, colleagues: Mapping[str, Sequence[Acting]], kept: DemoSecrets) -> DemoSecrets:
    """Plant the reports. Returns the secrets, with the words of the mailbox that holds an answer."""
    store = Store(workspace / FILE)
    told = _told()
    for planted in PLANTED:
        one = next(told_one for told_one in told if told_one.answers["what"] == planted.what)
        told.remove(one)
        workers = colleagues[planted.desk]
        mailbox = Mailbox.draw()
        report = _receive(store, planted, one, own_desk(workers[0]), mailbox)
        if planted.draft:
            _draft(workers[-1], report, one)
        if planted.answered:
            _answer(workers[0], planted.desk, report, mailbox, kept.passphrase)
            kept = replace(kept, receipt=" ".join(word_list()[number] for number in mailbox.numbers))
    return kept


def _told() -> list[Told]:
    """What residents of the demo's town told, in an order of chance, and a log of each."""
    drawn = draw_desk(make_world(0, Scenario(), DAYS, SEED), HALVES[0])
    gives_away = dict(
        zip(
            drawn.truth["logs"]["log_id"].to_pylist(), drawn.truth["logs"]["planted"].to_pylist(), strict=True
        )
    )
    return [
        Told(
            {name: row[name] for name in ("what", "where", "when", "going_on")},
            row["text"],
            row["area"],
            row["log"],
        )
        for row in drawn.rows.to_pylist()
        if not gives_away[row["log_id"]]
    ]


def _receive(store: Store, planted: Planted, told: Told, desk: OwnDesk, mailbox: Mailbox) -> str:
    """Seal a report and lay it into the store, as the door does with one that comes in. Returns its id."""
    day = today() - timedelta(weeks=planted.weeks)
    written = {
        **{"v": 1, "kind": "report", "desk": desk.ident, "number": 1, "language": "en"},
        **{"answers": told.answers, "text": told.text},
        "conditions": {"together": planted.together, "not_to": planted.not_to, "not_before": None},
        **{"mailbox": None if planted.one_way else mailbox.told(), "photographs": []},
    }
    keys = read_desk_keys(desk.folder, today())
    before = {one.id for one in store.waiting(desk.number)}
    # Of a report without a mailbox the page sends one drawn at random, so that nobody can tell the two apart.
    number, authenticator = (
        (secrets.token_bytes(16), secrets.token_bytes(32))
        if planted.one_way
        else (mailbox.ident, mailbox.authenticator)
    )
    sealed = seal_text(written, keys.recipients)
    store.receive_report(desk.number, number, sha256(authenticator).digest(), sealed, day)
    (new,) = {one.id for one in store.waiting(desk.number)} - before
    return new.hex()


def _draft(worker: Acting, report: str, told: Told) -> None:
    """A log that this worker wrote of a report, for the second person."""
    fetching.fetch_report(worker, report)
    content = json.dumps(
        {
            **{"v": 1, "kind": "debt", "area": told.area},
            **{"week": f"{monday(today() - timedelta(weeks=1))}", "weeks": 1, "text": told.log},
            **{"source": "2", "information": "C", "handling": "P", "conditions": ""},
            "partners": [one.ref for one in partners() if one.name in _LOG_GOES_TO],
            **{"not_before": None, "at_once": False},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    salt = secrets.token_bytes(16)
    draft = {
        **{"v": 1, "kind": "draft", "salt": salt.hex(), "content": content},
        **{"source_reason": "", "gain": "nobody", "report": report},
    }
    recipients = [base64.b64decode(one) for one in worker_keys.recipients(worker.organisation, set())]
    sealed = base64.b64encode(seal_text(draft, recipients)).decode()
    drafts.keep_draft(worker, report, sealed, sha256(salt + content.encode()).hexdigest(), held=False)


def _answer(worker: Acting, desk: str, report: str, mailbox: Mailbox, passphrase: str) -> None:
    """Word back for a report, with the first of the answers that stand ready."""
    fetching.fetch_report(worker, report)
    key, *_ = worker_keys.opening_keys(worker.organisation, worker.person)
    opened = WorkerKey.unwrapped(base64.b64decode(key.recipient), json.loads(key.wrapped), passphrase)
    ready = answering.templates()[0]
    answer = {
        **{"v": 1, "kind": "answer", "desk": desk, "mailbox": mailbox.ident.hex(), "number": 1},
        **{"template": ready.ident, "text": ready.text},
    }
    packed = pack(seal_answer(answer, opened, mailbox.recipient))
    answering.answer(worker, report, mailbox.ident.hex(), base64.b64encode(packed).decode())
