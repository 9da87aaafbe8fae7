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

InWords = Callable[[str, str, str, str, bool], str]
"""From what was done, the role in which it was, the names of the people and of the organisations that it was
done to, and whether that was the reader alone, to a phrase that goes on after the reader's name ("gave Ailsa
the role Worker"); "" where the act and the number of records say it.
"""

_in_words: Final[list[InWords]] = []
_called: Final[dict[str, Callable[[str], frozenset[str]]]] = {}

_names: Final[dict[str, Names]] = {}
_raised: Final[dict[str, Raised]] = {}
_nouns: Final[dict[str, tuple[str, str]]] = {"register": ("line of the register", "lines of the register")}

TellPanel = Callable[[], None]
"""Tells each member of the scrutiny panel that something waits, in the transaction that is under way."""

PEOPLE, ORGANISATIONS, ROLES = "people", "organisations", "roles"
UNUSUAL_READING, KEPT_SHORTER, SEAL_KEY_REPLACED = "unusual reading", "kept shorter", "seal key replaced"
NOT_WHOLE: Final = "not whole"
RESUMED: Final = "resumed"
"""What the panel is told of: alerts were raised; the register is to keep its entries for a shorter time;
another key seals it from now on; the check of the night found that it, or its copy, is not as it was; it
goes on after a backup was put in its place, and lines are lost.
"""

_panel: Final[dict[str, TellPanel]] = {}


def provide_names(of: str, names: Names) -> None:
    """Say how references of PEOPLE, ORGANISATIONS or ROLES are named."""
    _names[of] = names


def provide_words(words: InWords) -> None:
    """Say in which words acts are told."""
    _in_words.append(words)


def in_words(what: str, role: str, whom: str, where: str, itself: bool) -> str:
    """The words for an act; "" where nobody has any. See `InWords`."""
    return next((told for words in _in_words if (told := words(what, role, whom, where, itself))), "")


def provide_people_called(called: Callable[[str], frozenset[str]]) -> None:
    """Say how readers are found by a part of their name."""
    _called[PEOPLE] = called


def people_called(name: str) -> frozenset[str]:
    """References of those whose name holds this; none where nobody can tell."""
    return _called[PEOPLE](name) if PEOPLE in _called else frozenset()


def provide_class(data_class: str, one: str, many: str, raised: Raised) -> None:
    """Say what records of a class are called ("person", "people"), and who may know who read one."""
    _nouns[data_class] = (one, many)
    _raised[data_class] = raised


def provide_panel(of: str, tell: TellPanel) -> None:
    """Say how the panel is told of one of the above, as of UNUSUAL_READING."""
    _panel[of] = tell


def tell_panel(of: str) -> None:
    """Tell the panel, where the site has one. What is told never leaves the register."""
    if of in _panel:
        _panel[of]()


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
