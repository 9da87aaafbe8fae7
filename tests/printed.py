"""What a PDF of ours says, as a reader takes it out."""

from __future__ import annotations

import re
import zlib


def said_by_pdf(pdf: bytes) -> list[str]:
    """Each line of text of a PDF as a reader takes it out: by what the file says that its glyphs mean."""
    streams = []
    # Packed bytes may well end in a carriage return of their own.
    for raw in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.S):
        try:
            streams.append(zlib.decompress(raw).decode("latin-1"))
        except zlib.error:
            continue
    meanings = [one for one in streams if "beginbfchar" in one]
    assert len(meanings) == 2, "one list for each weight"
    letters = [
        {
            glyph: bytes.fromhex(sign).decode("utf-16-be")
            for glyph, sign in re.findall(r"<(\w+)> <(\w+)>\n", one)
        }
        for one in meanings
    ]
    lines = []
    for page in (one for one in streams if " Tj ET" in one):
        for weight, text in re.findall(r"/F([01]) \S+ Tf .*?<(\w+)> Tj", page):
            glyphs = re.findall("....", text)
            lines.append("".join(letters[int(weight)][glyph] for glyph in glyphs))
    return lines
