"""Word documents for tests: from plain sources, and with what officers' files have that plain sources have not."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph

from ckanext.opengov_kz.npa import demo_drafts
from ckanext.opengov_kz.npa.docx_reading import Reading, read_docx
from ckanext.opengov_kz.npa.parts import Part, label, paths

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(text: str, language: str = "ru") -> Reading:
    """What is read of a plain source (its form: `demo_drafts`)."""
    return read_docx(BytesIO(demo_drafts.as_docx(text)), language)


def made(fill: Callable[[Document], object], language: str = "ru") -> Reading:
    """What is read of a document that `fill` writes."""
    document = docx.Document()
    fill(document)
    return saved(document, language)


def saved(document: Document, language: str = "ru") -> Reading:
    stream = BytesIO()
    document.save(stream)
    stream.seek(0)
    return read_docx(stream, language)


def append(paragraph: Paragraph, xml: str) -> None:
    """Adds raw XML (its prefix w: is declared) to a paragraph."""
    for element in parse_xml(f"<w:r {W}>{xml}</w:r>"):
        paragraph._p.append(element)


def outline(parts: tuple[Part, ...]) -> list[str]:
    """The addresses of the parts: the tree at a glance."""
    return list(paths(parts))


def labels(parts: tuple[Part, ...], language: str) -> list[str]:
    return [label(part, language) for part in parts]


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def rezipped(data: bytes, change: Callable[[str, bytes], bytes | None], **added: bytes) -> bytes:
    """The same archive with each entry changed (None: left out), and others added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in added.items():
            new.writestr(name, content)
    return out.getvalue()
