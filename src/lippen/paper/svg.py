"""A sheet as SVG: text stays text, so that it can be searched, read aloud and corrected."""

from __future__ import annotations

from html import escape

from lippen.paper.sheet import MM, Box, Code, Sheet, Text


def as_svg(sheet: Sheet) -> str:
    """The sheet at its size in millimetres. Whoever shows it needs no font of ours: others are as wide."""
    width, height = (f"{length / MM:g}mm" for length in (sheet.width, sheet.height))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {sheet.width:.2f} {sheet.height:.2f}" xml:lang="{escape(sheet.language)}"'
        " font-family=\"'DejaVu Sans Condensed', Arial, Helvetica, sans-serif\">",
        f"<title>{escape(sheet.title)}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        *(_written(one) for one in sheet.pieces),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _written(piece: Text | Box | Code) -> str:
    if isinstance(piece, Text):
        extra = ' font-weight="700"' if piece.bold else ""
        extra += ' fill="#fff"' if piece.white else ""
        extra += ' direction="rtl"' if piece.right_to_left else ""
        return (
            f'<text x="{piece.x:.2f}" y="{piece.y:.2f}" font-size="{piece.size:g}"{extra}>'
            f"{escape(piece.text)}</text>"
        )
    if isinstance(piece, Box):
        look = "" if piece.filled else ' fill="none" stroke="#000" stroke-width="1"'
        return (
            f'<rect x="{piece.x:.2f}" y="{piece.y:.2f}" width="{piece.width:.2f}"'
            f' height="{piece.height:.2f}"{look}/>'
        )
    path = "".join(f"M{x:.3f} {y:.3f}h{w:.3f}v{h:.3f}h-{w:.3f}z" for x, y, w, h in piece.runs())
    return f'<path d="{path}" shape-rendering="crispEdges"/>'
