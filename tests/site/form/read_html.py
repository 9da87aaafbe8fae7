"""Reading a page as a browser would: its elements with their attributes, and its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    """One start tag and where it stands: the names of what is around it, outermost first."""

    name: str
    attributes: dict[str, str]
    around: tuple[str, ...] = ()


@dataclass
class Read(HTMLParser):
    """What a page holds: `elements` in order, and `words`, the text between them."""

    elements: list[Element] = field(default_factory=list)
    words: str = ""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "rect", "path"})

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open, f"</{tag}> closes nothing"
            assert self._open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.words += data

    def named(self, name: str) -> list[Element]:
        return [one for one in self.elements if one.name == name]

    @property
    def ids(self) -> list[str]:
        return [one.attributes["id"] for one in self.elements if "id" in one.attributes]

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Names of elements and of their attributes, without any value."""
        return [(one.name, tuple(sorted(one.attributes))) for one in self.elements]


def read(html: str) -> Read:
    """Read a page or a part of one. Fails where an end tag does not fit."""
    page = Read()
    page.feed(html)
    page.close()
    assert not page._open, f"never closed: {page._open}"
    return page


def said(html: str) -> str:
    """The words of a page, with each run of white space as one space."""
    return " ".join(read(html).words.split())
