"""Which files of a workspace's lake count. Swapped in one step, so a reader sees one state or the next."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from lippen.errors import LippenError

_FILE = re.compile(r"(signals/[a-z_]+|quarantine|results)/[A-Za-z0-9_][A-Za-z0-9_.-]*\.parquet")

INDEX_FORM: Final = 2
"""Raised when an index for search holds other tables, so that one of an older form is not taken for it."""


class ManifestError(LippenError):
    """The manifest cannot be read, or names what is not there."""


@dataclass(frozen=True)
class HeldBefore:
    """An authority in words that an import was held under before, until when by it, and the day on which
    another took its place.
    """

    authority: str
    expires: dt.date
    replaced_on: dt.date


@dataclass(frozen=True)
class Import:
    """One import: its files (names below the lake), what it took and refused, and where the rows came from.

    `rows` are the accepted signals, `quarantined` the refused rows; `inputs` holds one mapping for each file
    read, as the importer described it.
    """

    import_id: str
    kind: str
    rows: int
    quarantined: int
    signals: tuple[str, ...] = ()
    quarantine: tuple[str, ...] = ()
    inputs: tuple[Mapping[str, Any], ...] = ()

    @property
    def known(self) -> int:
        """Rows of its files that it left out since they were there already: duplicates, and refusals that an
        earlier import lists.
        """
        return sum(int(one.get("rows", 0)) for one in self.inputs) - self.rows - self.quarantined

    @property
    def expires(self) -> dt.date | None:
        """The day from which it is held no longer, by the authority that it was read under; None where it was
        read under none.
        """
        days = [dt.date.fromisoformat(str(one["expires"])) for one in self.inputs if one.get("expires")]
        return min(days, default=None)

    @property
    def held_before(self) -> tuple[HeldBefore, ...]:
        """What authorities it was held under before the one that it is held under now, in their order."""
        told = {
            HeldBefore(
                str(was["authority"]),
                dt.date.fromisoformat(str(was["expires"])),
                dt.date.fromisoformat(str(was["replaced_on"])),
            ): None
            for one in self.inputs
            for was in one.get("held_before", ())
        }
        return tuple(told)

    def other_holder(self, who: str) -> str | None:
        """Who holds it by what is recorded, where that is not `who`, however it is spaced and capitalised."""
        for one in self.inputs:
            words = str(one.get("authority", ""))
            recorded = one.get("who")
            if recorded is None and words:  # an older Lippen wrote the authority in words alone
                recorded = who if _folded(words).startswith(f"{_folded(who)}; ") else words.partition("; ")[0]
            if recorded is not None and _folded(str(recorded)) != _folded(who):
                return str(recorded)
        return None

    def renewed(self, who: str, authority: str, expires: dt.date, day: dt.date) -> Self:
        """The same held by another authority from `day` on, with what is recorded now kept beside it."""
        inputs = []
        for one in self.inputs:
            now = {"authority": authority, "expires": expires.isoformat()}
            was = {name: str(one[name]) for name in now if one.get(name)}
            if was == now:
                inputs.append(one)
                continue
            # The first time that it is held by an authority at all, there is none to keep.
            kept = [{**was, "replaced_on": day.isoformat()}] if was.keys() == now.keys() else []
            before = [*one.get("held_before", ()), *kept]
            inputs.append({**one, "who": who, **now, **({"held_before": before} if before else {})})
        return replace(self, inputs=tuple(inputs))

    def held_until(self, day: dt.date) -> Self:
        """The same held until `day` and no longer, by what it is held under now."""
        inputs = []
        for one in self.inputs:
            words = str(one.get("authority", "")).replace(f"until {one.get('expires')}", f"until {day}")
            inputs.append({**one, "expires": day.isoformat(), **({"authority": words} if words else {})})
        return replace(self, inputs=tuple(inputs))

    @property
    def months(self) -> set[str]:
        """The months (`2025-03`) whose keys its hashed contacts hang on."""
        return {month for one in self.inputs for month in str(one.get("months", "")).split()}


@dataclass(frozen=True)
class Manifest:
    """One state of the lake. `retired` are the files that the last swap stopped naming.

    They are kept until the next swap, for readers who opened them just before. `reckoned` says of result
    tables from which kinds of signal they were reckoned, where that is known.
    """

    generation: int = 0
    imports: tuple[Import, ...] = ()
    results: Mapping[str, str] = field(default_factory=dict)
    retired: tuple[str, ...] = ()
    reckoned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def files(self) -> set[str]:
        """Every file that counts."""
        signals = {name for one in self.imports for name in one.signals}
        quarantine = {name for one in self.imports for name in one.quarantine}
        return signals | quarantine | set(self.results.values())

    def expired(self, day: dt.date) -> tuple[Import, ...]:
        """The imports whose authority has run out on a day."""
        return tuple(one for one in self.imports if one.expires is not None and one.expires <= day)

    @property
    def months(self) -> set[str]:
        """The months whose keys the hashed contacts of any import hang on."""
        return {month for one in self.imports for month in one.months}

    @property
    def search_index(self) -> str:
        """The name below the lake of the index for search over the incidents of this state. It is derived
        (`lippen.search`), and none of its `files`.
        """
        ids = sorted(one.import_id for one in self.imports if one.kind == "incident")
        return f"search/{sha256(f'{INDEX_FORM} {ids}'.encode()).hexdigest()[:32]}.sqlite3"

    def next(
        self,
        *,
        imports: tuple[Import, ...] | None = None,
        results: Mapping[str, str] | None = None,
        reckoned: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Self:
        """The state after a change, one generation on, with what it no longer names retired."""
        results = self.results if results is None else results
        reckoned = self.reckoned if reckoned is None else reckoned
        changed = replace(
            self,
            generation=self.generation + 1,
            imports=self.imports if imports is None else imports,
            results=results,
            reckoned={name: kinds for name, kinds in reckoned.items() if name in results},
        )
        return replace(changed, retired=tuple(sorted(self.files() - changed.files())))

    @classmethod
    def read(cls, lake: Path) -> Self:
        """The state on disk; the empty one where nothing was written yet. Raises ManifestError.

        A slow reader may find files of a state that has been left behind since: it looks again, and only a
        state that is still the one on disk and names what is not there is broken.
        """
        path = lake / "manifest.json"
        before = None
        while True:
            manifest = cls._as_written(path)
            absent = [name for name in sorted(manifest.files()) if not (lake / name).is_file()]
            if not absent:
                return manifest
            if before == manifest.generation:
                raise _broken(path, f"it names {absent[0]}, which is not there")
            before = manifest.generation

    @classmethod
    def _as_written(cls, path: Path) -> Self:
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            return cls()
        except UnicodeDecodeError as error:
            raise _broken(path, "it is not text") from error
        try:
            return cls._from_json(json.loads(text))
        except json.JSONDecodeError as error:
            raise _broken(path, error.msg, error.lineno) from error
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise _broken(path, f"an entry is missing or wrong ({error})") from error

    @classmethod
    def _from_json(cls, read: Any) -> Self:
        imports = tuple(
            Import(
                import_id=str(one["import_id"]),
                kind=str(one["kind"]),
                rows=int(one["rows"]),
                quarantined=int(one["quarantined"]),
                signals=tuple(one["signals"]),
                quarantine=tuple(one["quarantine"]),
                inputs=tuple(dict(given) for given in one["inputs"]),
            )
            for one in read["imports"]
        )
        for one in imports:
            # A day that is none is found here, and not when it is too late.
            one.expires, one.held_before  # noqa: B018 - read for what they refuse
        reckoned = {str(name): tuple(map(str, of)) for name, of in read.get("reckoned", {}).items()}
        manifest = cls(
            int(read["generation"]), imports, dict(read["results"]), tuple(read["retired"]), reckoned
        )
        for name in manifest.files() | set(manifest.retired):
            # A name is joined to the lake and may be deleted there: nothing may point out of it.
            if not _FILE.fullmatch(name):
                raise ValueError(f"{name!r} is no file of the lake")
        return manifest

    def swap(self, lake: Path) -> None:
        """Make this the state of the lake, in one step, once everything it names is on the disk."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"
        write_in_one_step(lake / "manifest.json", text)


def write_in_one_step(path: Path, text: str) -> None:
    """Replace `path` by `text` so that a reader or a power cut sees the old text or the new, never a part."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    settle(path.parent)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def settle(path: Path) -> None:
    """Wait until a file, or the names in a directory, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _broken(path: Path, why: str, line: int | None = None) -> ManifestError:
    return ManifestError(
        f"the manifest of this workspace cannot be used: {why}",
        file=path,
        line=line,
        remedy="Restore the workspace from a backup, or import the source files into a new one.",
    )
