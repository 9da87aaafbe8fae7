"""What a partnership says of itself in `speak/partnership.toml` of the workspace: it stands in the manifest.

name = "Invermarrow Partnership"
leave = "https://example.org/weather"       where the page goes when somebody leaves it
areas = "areas.csv"                         a file beside this one (`lippen.site.speak.areas`)

[[desks]]
id = "harbour"                              small letters, digits and hyphens; it never changes
name = "Harbour Women's Desk"
serves = "Harbour and Old Town, in English and Polish"
telephone = "01632 960 001"                 these three are how else to reach it: one at least
drop_in = "The Net Loft, Tuesdays 10 to 4"
freepost = "Freepost HARBOUR DESK"

[[partners]]                                from whom a resident may keep her report
id = "police"
name = "Police"
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lippen.errors import LippenError
from lippen.site.speak.alike import first_alike
from lippen.site.speak.areas import Area, read_areas
from lippen.site.speak.seen import is_line
from lippen.site.speak.written import line_with_secret, text_of
from lippen.toml_faults import fault_of

NAME: Final = "partnership.toml"

ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
LEAVE: Final = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[!#-;=?-\[\]_a-z~]*)?", re.ASCII)
REACHED: Final = ("telephone", "drop_in", "freepost")
_TOP: Final = {"name": str, "leave": str, "areas": str, "desks": list, "partners": list}
MOST: Final = {"desks": 12, "partners": 20}
LONGEST: Final = 120
_PAGE: Final = "docs/how-to/open-a-desk.md shows such a file."


def is_way_out(address: str) -> bool:
    """Whether the page can leave to this address."""
    return len(address) <= 200 and LEAVE.fullmatch(address) is not None


class PartnershipRefused(LippenError):
    """What a partnership says of itself cannot stand in a manifest."""


@dataclass(frozen=True)
class Desk:
    """A desk as residents see it; whichever way there is none to reach it is empty."""

    id: str
    name: str
    serves: str
    telephone: str
    drop_in: str
    freepost: str


@dataclass(frozen=True)
class Partner:
    """An organisation from which a resident may keep her report."""

    id: str
    name: str


@dataclass(frozen=True)
class Partnership:
    """Who opens this door, and where one can be."""

    name: str
    leave: str
    desks: tuple[Desk, ...]
    partners: tuple[Partner, ...]
    areas: tuple[Area, ...]


def read_partnership(folder: Path) -> Partnership:
    """What `folder`, the `speak` of a workspace, says. Raises PartnershipRefused or AreasRefused, with the
    file, the line and what to do.
    """
    file = folder / NAME
    text = text_of(file, PartnershipRefused, _PAGE)
    if (line := line_with_secret(text)) is not None:
        raise PartnershipRefused(
            "a private key seems to stand here, and this file is in every backup",
            file=file,
            line=line,
            remedy="Take it out, and replace that key: it may have been read (docs/how-to/keep-the-keys.md).",
        )
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        fault = fault_of(error, text)
        raise PartnershipRefused(
            f"this cannot be read ({fault.what})", file=file, line=fault.line, remedy=_PAGE
        ) from error
    return _Reading(file, text).partnership(told)


@dataclass(frozen=True)
class _Reading:
    """A file that is being read, for saying where it is wrong."""

    file: Path
    text: str

    def partnership(self, told: dict[str, Any]) -> Partnership:
        for key, value in told.items():
            if key not in _TOP:
                raise self.refused(
                    f"{key!r} is no setting of a partnership", f"There are {', '.join(_TOP)}.", key
                )
            if type(value) is not _TOP[key]:
                kind = "text in quotation marks" if _TOP[key] is str else f"written as [[{key}]], one by one"
                raise self.refused(f"{key} must be {kind}", _PAGE, key)
        name = self.words(told, "name", 1)
        leave = told.get("leave", "")
        if not is_way_out(leave):
            raise self.refused(
                "leave is where the page goes when somebody leaves it: an ordinary page by HTTPS",
                'Write it in small letters, as leave = "https://example.org/weather".',
                "leave",
            )
        desks = tuple(
            Desk(*(self.words(one, field, at, "desks") for field in Desk.__dataclass_fields__))
            for at, one in enumerate(self.tables(told, "desks", tuple(Desk.__dataclass_fields__)), start=1)
        )
        for at, desk in enumerate(desks, start=1):
            if not any((desk.telephone, desk.drop_in, desk.freepost)):
                raise self.refused(
                    f"{desk.id} cannot be reached when this page cannot be trusted",
                    f"Give it one of {', '.join(REACHED)}.",
                    "desks",
                    at,
                )
        partners = tuple(
            Partner(*(self.words(one, field, at, "partners") for field in Partner.__dataclass_fields__))
            for at, one in enumerate(self.tables(told, "partners", ("id", "name")), start=1)
        )
        self.refuse_alike("desks", [one.name for one in desks])
        self.refuse_alike("partners", [one.name for one in partners])
        if not desks:
            raise self.refused("there is no desk", f"Add [[desks]]. {_PAGE}")
        return Partnership(name, leave, desks, partners, self.areas(told))

    def refuse_alike(self, key: str, names: list[str]) -> None:
        """Two of one name cannot be told apart on the page, and one would be chosen for the other."""
        if (alike := first_alike(names)) is not None:
            first, second = alike
            raise self.refused(
                f"two {key} are called {names[first]!r} and {names[second]!r}, which nobody tells apart",
                "Give one another name: case, accents, blanks and letters that look alike do not count.",
                key,
                second + 1,
            )

    def tables(self, told: dict[str, Any], key: str, fields: tuple[str, ...]) -> list[dict[str, Any]]:
        """The tables [[key]], each with these fields and no others, and each with an id of its own."""
        rows: list[dict[str, Any]] = told.get(key, [])
        if len(rows) > MOST[key]:
            raise self.refused(
                f"there are {len(rows)} {key}, and a page shows at most {MOST[key]}", "Join some."
            )
        seen: set[str] = set()
        for at, one in enumerate(rows, start=1):
            if not isinstance(one, dict):
                raise self.refused(f"{key} must be written as [[{key}]], one by one", _PAGE, key)
            strange = next((field for field in one if field not in fields), None)
            if strange is not None:
                raise self.refused(
                    f"{strange!r} is no field of {key}", f"There are {', '.join(fields)}.", key, at
                )
            one_id = one.get("id")
            if not isinstance(one_id, str) or not ID.fullmatch(one_id):
                raise self.refused(
                    "an id has 1 to 40 small letters, digits and hyphens", 'Write id = "harbour".', key, at
                )
            if one_id in seen:
                raise self.refused(f"the id {one_id!r} stands here twice", "Give each its own.", key, at)
            seen.add(one_id)
        return rows

    def words(self, told: dict[str, Any], field: str, at: int, key: str = "") -> str:
        """One line of text, which only the ways to reach a desk may lack."""
        value = told.get(field, "")
        said = value.strip() if isinstance(value, str) else value
        if isinstance(said, str) and (is_line(said, LONGEST) or (not said and field in REACHED)):
            return said
        where = f"{field} of {told.get('id', key)}" if key else field
        raise self.refused(
            f"{where} must be one line of 1 to {LONGEST} signs that can be seen",
            f'Write it as {field} = "...".',
            key or field,
            at,
        )

    def areas(self, told: dict[str, Any]) -> tuple[Area, ...]:
        name = told.get("areas", "")
        if not re.fullmatch(r"[\w-][\w .-]*", name):
            raise self.refused(
                "areas names no file beside this one", 'Write it as areas = "areas.csv".', "areas"
            )
        return read_areas(self.file.parent / name)

    def refused(self, what: str, remedy: str, key: str = "", at: int = 1) -> PartnershipRefused:
        head = re.compile(rf"\s*(?:\[{{1,2}}\s*{key}\s*\]|{key}\s*=)") if key else None
        lines = [
            number
            for number, line in enumerate(self.text.splitlines(), start=1)
            if head is not None and head.match(line)
        ]
        line = lines[min(at, len(lines)) - 1] if lines else None
        return PartnershipRefused(what, file=self.file, line=line, remedy=remedy)
