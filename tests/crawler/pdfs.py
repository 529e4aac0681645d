"""Small fictional PDFs, written by hand."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Set = tuple[int, int, str]
"""Size, height from the bottom, words."""


def pdf(*pages: Sequence[Set], about: str = "", root: str = "", extra: Sequence[bytes] = ()) -> bytes:
    """Return a PDF of pages of set lines; `about` is its information dictionary's inside."""
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{root}>>".encode(),
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        f"<<{about}>>".encode(),
    ]
    for n, page in enumerate(pages):
        drawn = "".join(f"BT /F {size} Tf 1 0 0 1 60 {height} Tm ({words}) Tj ET\n" for size, height, words in page).encode("cp1252")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 840]/Resources<</Font<</F 3 0 R>>>>/Contents {6 + 2 * n} 0 R>>".encode()
        )
        objects.append(f"<</Length {len(drawn)}>>stream\n".encode() + drawn + b"endstream")
    return assemble([*objects, *extra])


def assemble(objects: Sequence[bytes]) -> bytes:
    body = b"%PDF-1.7\n"
    places = []
    for n, written in enumerate(objects, 1):
        places.append(len(body))
        body += f"{n} 0 obj\n".encode() + written + b"\nendobj\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{place:010} 00000 n \n" for place in places)
    return body + f"{table}trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 4 0 R>>\nstartxref\n{len(body)}\n%%EOF".encode()


def bomb(size: int) -> bytes:
    """Return a page whose content, packed, unfolds to so many bytes."""
    packed = zlib.compress(b"BT (x) Tj ET " * (size // 13), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[5 0 R]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<<>>",
        b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents 6 0 R>>",
        f"<</Filter/FlateDecode/Length {len(packed)}>>stream\n".encode() + packed + b"\nendstream",
    ]
    return assemble(objects)
