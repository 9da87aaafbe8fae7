"""Reads a page strictly, as a tree: whatever is not closed, or closed twice, is an error."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa

from lippen.brief import write_brief

# HTML living standard, 13.1.2
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = ET.TreeBuilder()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute stands twice in <{tag}>: {names}"
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>, line {self.getpos()[0]}"
        self.builder.end(self.open.pop())

    def handle_data(self, data: str) -> None:
        if self.open:
            self.builder.data(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment on the page: {data[:60]}")

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html"


def read(html: str) -> ET.Element:
    """The root element of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"never closed: {reader.open}"
    return reader.builder.close()


def written(made: tuple[dict[str, Any], dict[str, pa.Table]], folder: Path) -> tuple[str, ET.Element]:
    """A briefing written to `folder`: its page as text and as a tree."""
    html = write_brief(folder, *made).read_text("utf-8")
    return html, read(html)


def text_of(element: ET.Element) -> str:
    """All text within, with runs of white space as one space."""
    return " ".join("".join(element.itertext()).split())


def with_class(root: ET.Element, name: str) -> list[ET.Element]:
    """Every element of a class, in the order of the page."""
    return [one for one in root.iter() if name in one.get("class", "").split()]


def with_id(root: ET.Element, name: str) -> ET.Element:
    """The one element of this id."""
    (found,) = [one for one in root.iter() if one.get("id") == name]
    return found


def rows_of(root: ET.Element, labelled: str) -> list[list[str]]:
    """The cells of the body of the table that the element of this id names."""
    (table,) = [one for one in root.iter("table") if one.get("aria-labelledby") == labelled]
    body = table.find("tbody")
    assert body is not None
    return [[text_of(cell) for cell in row] for row in body]


def ancestors(root: ET.Element) -> Iterator[tuple[ET.Element, list[ET.Element]]]:
    """Every element with those it stands in, outermost first."""
    todo: list[tuple[ET.Element, list[ET.Element]]] = [(root, [])]
    while todo:
        element, above = todo.pop()
        yield element, above
        todo.extend((child, [*above, element]) for child in element)
