"""The demo's two desks: what the partnership says of itself, its workers' keys, and its signed manifest.

All of it is real but for who holds it. Keys live 30 days, as anywhere; so each time a demo is opened what
would run out is made anew, and the manifest is signed again: by the key of demonstrations, which no real site
accepts.
"""

from __future__ import annotations

import csv
import io
import json
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from lippen.manifest import write_in_one_step
from lippen.site.accounts.acting import Acting
from lippen.site.desk import worker_keys
from lippen.site.desk.own_desk import own_desk
from lippen.site.desk.wrapped_keys import KeyRefused
from lippen.site.operation.demo_mark import PARTNERSHIP
from lippen.site.operation.demo_people import DESKS, NOT_TO
from lippen.site.operation.demo_secrets import DemoSecrets, read_secrets, write_secrets
from lippen.site.speak import manifest, publishing
from lippen.site.speak.areas import COLUMNS
from lippen.site.speak.demonstration import KEY, PUBLIC
from lippen.site.speak.desk_keys import recovery_file
from lippen.site.speak.fingerprint import fingerprint, word_list
from lippen.site.speak.hybrid_keys import HybridSeed
from lippen.site.speak.page import FOLDER, desk_id
from lippen.site.speak.partnership import NAME
from lippen.site.speak.store import FILE, Store

_LEAVE: Final = "https://example.org/weather"
_MADE_UP: Final = "Nobody here is real"
_WORDS_OF_PASSPHRASE: Final = 5
_DAYS: Final = 30
_RENEWED: Final = timedelta(days=10)
"""A worker's key that has no more days than this is followed by another when the demo is opened."""

_REACHED: Final = {
    "braeside": ("Carsemuir, Whinhaugh and Lintbrae", "01632 960 001", "Braeside Hall, Tuesdays 10 to 4"),
    "marrowmouth": ("all of Invermarrow", "01632 960 002", "The Net Loft, Thursdays 2 to 6"),
}
"""Of each desk whom it serves, its telephone (of those that Ofcom keeps for stories) and its drop-in."""


def open_desks(workspace: Path, colleagues: Mapping[str, Sequence[Acting]]) -> DemoSecrets:
    """Make or renew what the desks of a demo need, and publish it. `colleagues` are the workers of each desk,
    by its id. Returns what opens them. Raises LippenError, as `publishing.prepare` does, where a visitor took
    a desk its last key or changed what the partnership says.
    """
    folder = workspace / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / "areas.csv").exists():
        write_in_one_step(folder / "areas.csv", _areas())
    if not (folder / NAME).exists():
        write_in_one_step(folder / NAME, _partnership())
    today = datetime.now(UTC).date()
    kept = read_secrets(workspace)
    if kept is None:
        kept = DemoSecrets(
            " ".join(secrets.choice(word_list()) for _ in range(_WORDS_OF_PASSPHRASE)),
            recovery={desk: _recovery(folder / "desks" / desk, today) for desk in DESKS},
        )
        _forget_keys(colleagues)
        write_secrets(workspace, kept)
    for them in colleagues.values():
        for one in them:
            _renew(one, kept.passphrase, today)
    prepared = publishing.prepare(workspace, today, _DAYS)
    signed = manifest.sign(prepared.payload, KEY)
    publishing.publish(signed, workspace, today, expected=fingerprint(PUBLIC), demonstration=True)
    return kept


def anything_waits(workspace: Path) -> bool:
    """Whether a report waits at any desk of the demo."""
    store = Store(workspace / FILE)
    return any(store.waiting(desk_id(desk)) for desk in DESKS)


def _renew(worker: Acting, passphrase: str, today: date) -> None:
    """A new key, unless the newest stands for a while."""
    newest = next(iter(worker_keys.opening_keys(worker.organisation, worker.person)), None)
    if newest is not None and newest.until > today + _RENEWED:
        return
    from lippen.sandbox.desk.sealed import WorkerKey  # the sandbox takes a second to load

    key = WorkerKey.draw()
    proof = key.own_key_proof(own_desk(worker).ident, worker.person.ref)
    public, signature, proved = (b64encode(one).decode() for one in (key.recipient, key.signature, proof))
    try:
        worker_keys.keep_key(worker, public, signature, proved, json.dumps(key.wrapped(passphrase)))
    except KeyRefused:
        return  # a visitor let others in, and three of them have keys


def _forget_keys(colleagues: Mapping[str, Sequence[Acting]]) -> None:
    """Destroy keys whose passphrase is gone, as in a demo that was restored from a backup."""
    for them in colleagues.values():
        for one in them:
            for key in worker_keys.opening_keys(one.organisation, one.person):
                worker_keys.destroy_key(one, key.ref)


def _recovery(folder: Path, today: date) -> str:
    """Make a desk's recovery key, write its public half, and give the private one."""
    seed = HybridSeed.draw()
    folder.mkdir(parents=True, exist_ok=True)
    write_in_one_step(folder / "recovery.json", recovery_file(seed.recipient(), today))
    return seed.identity()


def _areas() -> str:
    """The residents of each small area of Invermarrow, as `speak/areas.csv` has them."""
    from lippen.sandbox.place import burgh

    town = burgh(0)
    rows = zip(town.larger_of, town.area_names, town.residents, strict=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([town.larger_names[larger], small, residents] for larger, small, residents in rows)
    return text.getvalue()


def _partnership() -> str:
    """What `speak/partnership.toml` says. TOML writes such text as JSON does."""
    top = {"name": PARTNERSHIP, "leave": _LEAVE, "areas": "areas.csv"}
    desks = [
        {
            "id": desk,
            "name": name,
            "serves": f"{serves}. {_MADE_UP}",
            "telephone": telephone,
            "drop_in": drop_in,
            "freepost": f"Freepost {desk.upper()} DESK",
        }
        for desk, name in DESKS.items()
        for serves, telephone, drop_in in [_REACHED[desk]]
    ]
    partners = [{"id": ident, "name": name} for ident, name in NOT_TO.items()]
    tables = [
        ("", top),
        *(("[[desks]]\n", one) for one in desks),
        *(("[[partners]]\n", one) for one in partners),
    ]
    return "\n".join(
        head + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for head, table in tables
    )
