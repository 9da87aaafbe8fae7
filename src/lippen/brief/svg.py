"""Writes SVG elements. Every attribute and text is escaped here, so charts cannot forget to.

Charts use no `viewBox` for what carries text: places are percentages of the width, so the words keep their
size at 320 px and at 400% zoom. Only lines and bands, which have no words, are stretched.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from lippen.brief.plain_text import plain

Attribute = str | int | float


def number(value: float) -> str:
    """A coordinate to two decimals, without idle noughts, to keep the page small."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def share(value: float) -> str:
    """A place as a percentage of the width or height: 0.25 as "25%"."""
    return f"{number(value * 100)}%"


def element(name: str, *children: Markup | str, **attributes: Attribute) -> Markup:
    """One element. A trailing or inner underscore in an attribute's name stands for none or a hyphen."""
    # Put together as plain text: a map has thousands of elements, and `Markup.format` took most of its time.
    given = "".join(
        f' {_attribute(key)}="{escape(number(value) if isinstance(value, float) else value)}"'
        for key, value in attributes.items()
    )
    if not children:
        return Markup(f"<{name}{given}/>")  # noqa: S704 - names come from this package, values are escaped
    inside = "".join(c if isinstance(c, Markup) else escape(plain(c, 400)) for c in children)
    return Markup(f"<{name}{given}>{inside}</{name}>")  # noqa: S704 - as above


def _attribute(key: str) -> str:
    """The name of an attribute, from a keyword of this package and never from data."""
    return key.rstrip("_").replace("_", "-")


def picture(parts: Iterable[Markup], *, height: int, label: str, css: str = "") -> Markup:
    """A chart as wide as its place, `height` pixels tall, named `label` for those who cannot see it."""
    return element(
        "svg",
        *parts,
        class_=f"chart {css}".strip(),
        width="100%",
        height=height,
        role="img",
        aria_label=plain(label, 400),
    )


def words(
    text: object, x: str, y: Attribute, css: str = "", *, anchor: str = "", dx: int = 0, limit: int = 60
) -> Markup:
    """A line of text; data among it is made plain first."""
    attributes: dict[str, Attribute] = {"x": x, "y": y}
    if css:
        attributes["class_"] = css
    if dx:
        attributes["dx"] = dx
    if anchor:
        attributes["text_anchor"] = anchor
    return element("text", plain(text, limit), **attributes)


def stretched(parts: Iterable[Markup], *, y: Attribute, height: Attribute) -> Markup:
    """Lines and bands drawn in a square of 100 by 100 that fills the chart's width."""
    return element(
        "svg",
        *parts,
        x=0,
        y=y,
        width="100%",
        height=height,
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
        overflow="visible",
    )


def path(points: Sequence[tuple[float, float]], css: str, *, closed: bool = False) -> Markup:
    """A line through points given in hundredths of the width and height."""
    steps = " ".join(f"{'L' if i else 'M'}{number(x)} {number(y)}" for i, (x, y) in enumerate(points))
    return element("path", d=steps + ("Z" if closed else ""), class_=css)
