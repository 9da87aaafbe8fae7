"""A desk that is open: its partnership, what is published of it, its store, and reports that wait there."""

from __future__ import annotations

import secrets
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import rmtree

from django.conf import settings

from lippen.site.accounts.models import Organisation
from lippen.site.desk.own_desk import OwnDesk, desk_of, speak_folder
from lippen.site.speak.demonstration import KEY
from lippen.site.speak.desk_keys import DeskKeys
from lippen.site.speak.manifest import sign, write_payload
from lippen.site.speak.partnership import read_partnership
from lippen.site.speak.store import FILE, Store

AREAS = "larger_area,small_area,residents\nHarbour,S1,612\nHarbour,S2,744\nOld Town,S3,580\n"


def open_desk(organisation: Organisation, ident: str = "braeside", *more: Organisation) -> OwnDesk:
    """The door of a partnership in which this organisation runs a desk, and others theirs."""
    folder = Path(settings.CONFIGURATION.workspace) / "speak"
    folder.mkdir(exist_ok=True)
    (folder / "areas.csv").write_text(AREAS)
    desks = "".join(
        f'[[desks]]\nid = "{name}"\nname = "{one.name}"\nserves = "Braeside"\ntelephone = "01632 960 001"\n\n'
        for name, one in [(ident, organisation), *((f"other-{at}", one) for at, one in enumerate(more))]
    )
    (folder / "partnership.toml").write_text(
        'name = "Invermarrow"\nleave = "https://example.org/weather"\nareas = "areas.csv"\n\n'
        f'{desks}[[partners]]\nid = "police"\nname = "The police"\n'
        '[[partners]]\nid = "housing"\nname = "Homes"\n'
    )
    for left in folder.glob("manifest-until-*.json"):
        left.unlink()  # of a test before
    publish()
    own_store()
    desk = desk_of(organisation)
    rmtree(desk.folder, ignore_errors=True)  # the keys of a test before
    return desk


def publish() -> None:
    """What the partnership says now, signed, where residents' pages would find it; the keys are nobody's."""
    told, today = read_partnership(speak_folder()), datetime.now(UTC).date()
    keys = {one.id: DeskKeys((), (), today, workers=0) for one in told.desks}
    payload = write_payload(told, keys, {}, today, today + timedelta(days=30))
    (speak_folder() / "manifest.json").write_bytes(sign(payload, KEY))


def own_store() -> Store:
    return Store(Path(settings.CONFIGURATION.workspace) / FILE)


def envelope(stanzas: int = 4, text: int = 16_384) -> bytes:
    """An envelope of the right form, which nobody can open."""

    def unpadded(length: int) -> bytes:
        return b64encode(secrets.token_bytes(length)).rstrip(b"=")

    stanza = b"".join(
        b"-> mlkem768x25519 " + unpadded(1_120) + b"\n" + unpadded(32) + b"\n" for _ in range(stanzas)
    )
    header = b"age-encryption.org/v1\n" + stanza + b"--- " + unpadded(32) + b"\n"
    return header + secrets.token_bytes(16 + text + 16 * -(-text // 65_536))


def receive(desk: OwnDesk, day: date, sealed: bytes | None = None) -> str:
    """A report comes in for this desk; returns its id."""
    store = own_store()
    before = {one.id for one in store.waiting(desk.number)}
    store.receive_report(
        desk.number, secrets.token_bytes(16), secrets.token_bytes(32), sealed or envelope(), day
    )
    (new,) = {one.id for one in store.waiting(desk.number)} - before
    return new.hex()
