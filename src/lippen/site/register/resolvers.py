"""What other apps tell the register when they start: who its references stand for, and what to call them.

The register holds references and no names. Names are looked up when a page is shown, so an erased person has
none any more, here neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

Names = Callable[[Iterable[str]], Mapping[str, str]]
"""From references to names; a reference that stands for nobody is left out."""

Raised = Callable[[str], frozenset[str]]
"""From a record's id to the references of those whom it is about or who raised it: they may know who read it.
"""

_names: Final[dict[str, Names]] = {}
_raised: Final[dict[str, Raised]] = {}
_nouns: Final[dict[str, tuple[str, str]]] = {"register": ("line of the register", "lines of the register")}

PEOPLE, ORGANISATIONS, ROLES = "people", "organisations", "roles"


def provide_names(of: str, names: Names) -> None:
    """Say how references of PEOPLE, ORGANISATIONS or ROLES are named."""
    _names[of] = names


def provide_class(data_class: str, one: str, many: str, raised: Raised) -> None:
    """Say what records of a class are called ("person", "people"), and who may know who read one."""
    _nouns[data_class] = (one, many)
    _raised[data_class] = raised


def names(of: str, references: Iterable[str]) -> Mapping[str, str]:
    """The names of these references, as far as they are known."""
    known = _names.get(of)
    return known(references) if known else {}


def raised_by(data_class: str, record: str, person: str) -> bool:
    """Whether this person raised that record, or it is about them."""
    known = _raised.get(data_class)
    return known is not None and person in known(record)


def noun(data_class: str, many: int) -> str:
    one, more = _nouns.get(data_class, ("record", "records"))
    return one if many == 1 else more
