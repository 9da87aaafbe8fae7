"""Sheets as PDF, one page each: with their letters inside, as text that can be searched and read aloud.

Source of the form: ISO 32000-1, 9.7 (composite fonts) and 9.10 (what a letter means). The same sheets give
the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

import pydyf
from fontTools import subset
from fontTools.ttLib import TTFont

from lippen.paper.sheet import BOLD, REGULAR, Box, Code, Sheet, Text

_NAMES: Final = {False: "DejaVuSansCondensed", True: "DejaVuSansCondensed-Bold"}
_FILES: Final = {False: REGULAR, True: BOLD}


def as_pdf(sheets: Sequence[Sheet]) -> bytes:
    """A page for each sheet. Their texts have letters of the font alone, see `sheet.lacking`."""
    pdf = pydyf.PDF()
    fonts = {bold: _Font(bold, (text for one in sheets for text in one.texts())) for bold in (False, True)}
    references = pydyf.Dictionary({f"F{int(bold)}": font.put_into(pdf) for bold, font in fonts.items()})
    for sheet in sheets:
        content = pydyf.Stream([_drawn(piece, sheet, fonts) for piece in sheet.pieces], compress=True)
        pdf.add_object(content)
        pdf.add_page(
            pydyf.Dictionary(
                {
                    "Type": "/Page",
                    "Parent": pdf.pages.reference,
                    "MediaBox": pydyf.Array([0, 0, round(sheet.width, 2), round(sheet.height, 2)]),
                    "Contents": content.reference,
                    "Resources": pydyf.Dictionary({"Font": references}),
                }
            )
        )
    pdf.info["Title"] = pydyf.String(sheets[0].title)
    pdf.catalog["Lang"] = pydyf.String(sheets[0].language)
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    written = io.BytesIO()
    digest = sha256("".join(text.text for one in sheets for text in one.texts()).encode())
    pdf.write(written, identifier=digest.digest()[:16])
    return written.getvalue()


class _Font:
    """The letters of one weight that the sheets need."""

    def __init__(self, bold: bool, texts: Iterable[Text]) -> None:
        self._bold = bold
        used = sorted({ord(sign) for one in texts if one.bold == bold for sign in one.text})
        font = TTFont(_FILES[bold], recalcTimestamp=False, lazy=True)
        options = subset.Options(
            retain_gids=True, hinting=False, layout_features=[], notdef_outline=True, name_IDs=[]
        )
        # When it was made, and what would join or kern letters, which are set one by one.
        options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "kern"]
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=used)
        cutter.subset(font)
        names = font.getBestCmap() or {}
        self._glyphs = {sign: font.getGlyphID(names[sign]) for sign in used}
        scale = 1000 / font["head"].unitsPerEm
        self._widths = {self._glyphs[sign]: round(font["hmtx"][names[sign]][0] * scale) for sign in used}
        head, lines = font["head"], font["hhea"]
        self._frame = [round(one * scale) for one in (head.xMin, head.yMin, head.xMax, head.yMax)]
        self._ascent, self._descent = round(lines.ascent * scale), round(lines.descent * scale)
        file = io.BytesIO()
        font.save(file)
        self._file = file.getvalue()

    def spelt(self, text: str) -> str:
        """A text as the numbers of its glyphs."""
        return "".join(f"{self._glyphs[ord(sign)]:04x}" for sign in text)

    def put_into(self, pdf: pydyf.PDF) -> bytes:
        """Add the font to a file; returns what pages refer to it by."""
        tag = "".join(chr(65 + byte % 26) for byte in sha256(self._file).digest()[:6])
        name = f"/{tag}+{_NAMES[self._bold]}"
        file = pydyf.Stream([self._file], {"Length1": len(self._file)}, compress=True)
        pdf.add_object(file)
        described = pydyf.Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": name,
                "Flags": 4,
                "FontBBox": pydyf.Array(self._frame),
                "ItalicAngle": 0,
                "Ascent": self._ascent,
                "Descent": self._descent,
                "CapHeight": self._ascent,
                "StemV": 140 if self._bold else 80,
                "FontFile2": file.reference,
            }
        )
        pdf.add_object(described)
        widths = (part for glyph, width in sorted(self._widths.items()) for part in (glyph, f"[{width}]"))
        descendant = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": name,
                "CIDSystemInfo": pydyf.Dictionary(
                    {"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0}
                ),
                "CIDToGIDMap": "/Identity",
                "W": pydyf.Array(widths),
                "FontDescriptor": described.reference,
            }
        )
        pdf.add_object(descendant)
        meaning = pydyf.Stream([self._meaning()], compress=True)
        pdf.add_object(meaning)
        whole = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": name,
                "Encoding": "/Identity-H",
                "DescendantFonts": pydyf.Array([descendant.reference]),
                "ToUnicode": meaning.reference,
            }
        )
        pdf.add_object(whole)
        return bytes(whole.reference)

    def _meaning(self) -> str:
        """Which letter each glyph stands for, at most a hundred in each list."""
        pairs = sorted((glyph, sign) for sign, glyph in self._glyphs.items())
        lists = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
        blocks = [
            "\n".join(
                [
                    f"{len(part)} beginbfchar",
                    *(f"<{glyph:04x}> <{chr(sign).encode('utf-16-be').hex()}>" for glyph, sign in part),
                    "endbfchar",
                ]
            )
            for part in lists
        ]
        return "\n".join(
            [
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
                "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
                "1 begincodespacerange <0000> <ffff> endcodespacerange",
                *blocks,
                "endcmap CMapName currentdict /CMap defineresource pop end end",
            ]
        )


def _drawn(piece: Text | Box | Code, sheet: Sheet, fonts: dict[bool, _Font]) -> str:
    if isinstance(piece, Text):
        return (
            f"BT {int(piece.white)} g /F{int(piece.bold)} {piece.size:g} Tf"
            f" {piece.x:.2f} {sheet.height - piece.y:.2f} Td <{fonts[piece.bold].spelt(piece.text)}> Tj ET"
        )
    if isinstance(piece, Box):
        foot = sheet.height - piece.y - piece.height
        paint = "0 g" if piece.filled else "0 G 1 w"
        end = "f" if piece.filled else "S"
        return f"{paint} {piece.x:.2f} {foot:.2f} {piece.width:.2f} {piece.height:.2f} re {end}"
    squares = " ".join(
        f"{x:.3f} {sheet.height - y - h:.3f} {w:.3f} {h:.3f} re" for x, y, w, h in piece.runs()
    )
    return f"0 g {squares} f"
