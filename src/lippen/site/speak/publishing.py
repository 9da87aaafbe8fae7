"""From what a partnership says of itself to what its door hands out.

    speak/partnership.toml, speak/areas.csv     what it says           (`partnership`, `areas`)
    speak/desks/<desk>/*.json                   its desks' keys        (`desk_keys`)
    speak/desks/<desk>.json                     what residents' pages load of them   } what is published
    speak/manifest.json                         what the partnership signed          }
    speak/manifest-until-<day>.json             what stood until that day, where it named other partners

All of it is checked and lies on the disk before anything of it has its name, and the manifest gets its name
last: the door looks at nothing before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from lippen.errors import LippenError
from lippen.manifest import write_in_one_step
from lippen.site.speak import manifest
from lippen.site.speak.demonstration import refuse_demonstration
from lippen.site.speak.desk_keys import read_keys_of_desks
from lippen.site.speak.fingerprint import fingerprint, is_fingerprint_of
from lippen.site.speak.manifest import Manifest, Payload
from lippen.site.speak.page import BUILT, FOLDER, MANIFEST, read_page
from lippen.site.speak.partnership import NAME as PARTNERSHIP
from lippen.site.speak.partnership import read_partnership
from lippen.site.speak.written import bytes_of

_REMEMBERED = timedelta(days=45)  # as long as a report can lie at a desk
_UNTIL = "manifest-until-"


class PublishingRefused(LippenError):
    """A manifest does not fit what would be published with it."""


@dataclass(frozen=True)
class Prepared:
    """A payload to be signed, and the file of keys of each desk that goes with it."""

    payload: Payload
    desks: Mapping[str, bytes]


class OneDeskAlone(LippenError):
    """A partnership with one desk, where nobody said that there is to be one."""


def content_of(file: Path) -> bytes:
    """The bytes of a payload or a manifest that was carried here. Raises PublishingRefused."""
    return bytes_of(file, PublishingRefused, "Check the name.", manifest.LARGEST)


def published(workspace: Path, today: date) -> Manifest:
    """The manifest that stands. Raises PublishingRefused, ManifestExpired, ManifestUnreadable or
    ManifestNotSigned.
    """
    file = workspace / FOLDER / MANIFEST
    if not file.exists():
        raise PublishingRefused(
            "nothing is published here yet", file=file, remedy="Run lippen speak manifest."
        )
    signed = manifest.read_manifest(content_of(file), file)
    signed.payload.refuse_expired(today)
    return signed


def before(folder: Path) -> Iterator[tuple[date, Path]]:
    """The manifests that named other partners to residents than the one after them, and the day until which
    each stood. Whoever told before that day read it.
    """
    for file in sorted(folder.glob(f"{_UNTIL}*.json")):
        try:
            yield date.fromisoformat(file.stem.removeprefix(_UNTIL)[:10]), file
        except ValueError:
            continue  # none of ours


def page_digests(page: Path = BUILT) -> dict[str, str]:
    """The SHA-256 (hex) of each file of the page that ships with this Lippen, by its name."""
    files = read_page(page)
    return {path[1:]: sha256(one.plain.body).hexdigest() for path, one in files.items() if path != "/"}


def prepare(
    workspace: Path, today: date, days: int, page: Path = BUILT, *, one_desk: bool = False
) -> Prepared:
    """Check all that a partnership publishes, and write down what is to be signed.

    A resident must be able to choose a desk at which nobody knows her: so there are two at least, unless
    `one_desk`. Raises OneDeskAlone, PartnershipRefused, AreasRefused, DeskKeysRefused, ManifestUnfit or
    PageMissing, with the file and the remedy.
    """
    folder = workspace / FOLDER
    partnership = read_partnership(folder)
    if len(partnership.desks) < 2 and not one_desk:
        raise OneDeskAlone(
            "there is one desk, and whoever has a cousin there could tell nobody",
            file=folder / PARTNERSHIP,
            remedy="Add another one's [[desks]]; or, for a trial with one desk, say so with --one-desk.",
        )
    keys = read_keys_of_desks(folder / "desks", [one.id for one in partnership.desks], today)
    payload = manifest.write_payload(
        partnership, keys, page_digests(page), today, today + timedelta(days=days)
    )
    payload.refuse_expired(today)
    payload.refuse_unfit()
    return Prepared(payload, {desk: manifest.desk_file(desk, one) for desk, one in keys.items()})


def publish(
    content: bytes,
    workspace: Path,
    today: date,
    *,
    expected: str | None = None,
    page: Path = BUILT,
    carried: Path | None = None,
    demonstration: bool = False,
) -> Manifest:
    """Put a signed manifest, and the keys that it speaks of, where the door finds them.

    `expected` are the six words of the key that is to have signed it; without them it must be the key that
    signed what is published now. `carried` is the file that `content` was read from. Raises
    ManifestUnreadable, ManifestNotSigned, ManifestExpired, ManifestUnfit, FingerprintUnreadable,
    DeskKeysRefused, or PublishingRefused where it is not of these desks or this page; and OnlyADemonstration
    where it is by the key of demonstrations and this is none.
    """
    signed = manifest.read_manifest(content, carried)
    if not demonstration:
        refuse_demonstration(content)
    signed.payload.refuse_expired(today)
    signed.payload.refuse_unfit(carried)
    folder = workspace / FOLDER
    _refuse_other_key(signed, folder / MANIFEST, expected)
    if signed.payload.files != page_digests(page):
        raise PublishingRefused(
            "this manifest was made for another version of the page",
            remedy="Make and sign one with this Lippen: lippen speak manifest",
        )
    desks = {}
    keys_of = read_keys_of_desks(folder / "desks", [one.id for one in signed.payload.desks], today)
    for one in signed.payload.desks:
        desks[one.id] = manifest.desk_file(one.id, keys_of[one.id])
        if sha256(desks[one.id]).hexdigest() != one.keys:
            raise PublishingRefused(
                f"the keys of {one.id} are not those that were signed",
                file=folder / "desks" / one.id,
                remedy="A worker's keys changed since: make and sign the manifest anew.",
            )
    for desk, keys in desks.items():
        write_in_one_step(folder / "desks" / f"{desk}.json", keys.decode())
    _remember(folder, signed.payload, today)
    write_in_one_step(folder / MANIFEST, content.decode())
    for left in (folder / "desks").glob("*.json"):
        if left.stem not in desks and left.is_file():
            left.unlink()
    return signed


def _remember(folder: Path, coming: Payload, today: date) -> None:
    """Keep the manifest that goes, where it named other partners, for as long as a report of its time can lie
    at a desk.
    """
    for until, file in before(folder):
        if until + _REMEMBERED < today:
            file.unlink()
    try:
        content = content_of(folder / MANIFEST)
        going = manifest.read_manifest(content).payload
    except (PublishingRefused, manifest.ManifestUnreadable, manifest.ManifestNotSigned):
        return  # no page could read it
    if going.partners != coming.partners:
        number = sum(until == today for until, _ in before(folder))
        write_in_one_step(folder / f"{_UNTIL}{today}-{number}.json", content.decode())


def _refuse_other_key(signed: Manifest, there: Path, expected: str | None) -> None:
    if expected is not None:
        if not is_fingerprint_of(expected, signed.key):
            raise PublishingRefused(
                f"this manifest is by another key, whose words are: {fingerprint(signed.key)}",
                remedy="Do not publish it. Ask who had it in hand.",
            )
        return
    try:
        before = manifest.read_manifest(content_of(there), there).key if there.exists() else None
    except (manifest.ManifestUnreadable, manifest.ManifestNotSigned):
        before = None  # what no page can read vouches for nothing
    if before != signed.key:
        what = (
            "nothing that can be read was published here before"
            if before is None
            else "another key signed what is published"
        )
        raise PublishingRefused(
            f"{what}, and this manifest is by the key whose words are: {fingerprint(signed.key)}",
            remedy="Compare them with the leaflet, and name those of the leaflet with --fingerprint.",
        )
