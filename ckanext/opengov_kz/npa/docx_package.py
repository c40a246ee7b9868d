"""A file that claims to be a Word document: refused before anything in it can do harm, else opened by python-docx.

Word documents are zip archives of XML. What a stranger sends may be an archive that unpacks into gigabytes, XML with
entities, an encrypted file, a document with macros or something else altogether: each has its code of refusal.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError, PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError

#: Bytes of the file; the longest acts (tax code with its annexes) are below 5 MB.
MAX_BYTES = 20 * 1024 * 1024
#: Bytes of all that is in it, and of each part in XML: lxml needs about ten times as much memory.
MAX_UNPACKED = 120 * 1024 * 1024
MAX_XML = 40 * 1024 * 1024
MAX_ENTRIES = 5_000
#: The codes of refusals. `old_format` is .doc or .rtf, `not_docx` any other kind of file.
REFUSALS = ("broken", "protected", "macros", "too_large", "empty", "old_format", "not_docx", "wrong_language")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACRO_TYPES = (b"macroEnabled", b"vbaProject")
#: What python-docx raises over archives whose own tables are wrong; elements of another name have no such attributes.
_UNREADABLE = (
    OpcError,
    PackageNotFoundError,
    XMLSyntaxError,
    zipfile.BadZipFile,
    AttributeError,
    LookupError,
    ValueError,
)


class DocxRefused(Exception):  # noqa: N818 - the word of its readers
    """A file that is not read. `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def opened(stream: BinaryIO) -> Document:
    """The document, if it is safe to read. Raises DocxRefused."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DocxRefused("too_large")
    if not data:
        raise DocxRefused("empty")
    _check_kind(data)
    _check_archive(data)
    try:
        document = docx.Document(BytesIO(data))
    except _UNREADABLE as error:
        raise DocxRefused("broken") from error
    root = document.element
    if root.tag != qn("w:document") or root.find(qn("w:body")) is None or root.getroottree().docinfo.doctype:
        raise DocxRefused("broken")
    return document


def related(document: Document, kind: str) -> Any | None:
    """The XML of the document's part of this kind ("/styles", "/numbering", "/footnotes"); None without one.

    Raises XMLSyntaxError. python-docx knows some of these parts, unless their declared type is wrong.
    """
    for relation in document.part.rels.values():
        if relation.reltype.endswith(kind) and not relation.is_external:
            element = getattr(relation.target_part, "element", None)
            return parse_xml(relation.target_part.blob) if element is None else element
    return None


def _check_kind(data: bytes) -> None:
    if data.startswith(_OLE):
        raise DocxRefused("protected" if _ENCRYPTED in data else "old_format")
    if data.startswith(b"{\\rtf"):
        raise DocxRefused("old_format")
    if not data.startswith(b"PK"):
        raise DocxRefused("not_docx")


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_entries(archive)
            # A damaged entry is found now, not when half of the document has been read.
            if archive.testzip() is not None:
                raise DocxRefused("broken")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        raise DocxRefused("broken") from error
    except RuntimeError as error:  # zipfile's word for an entry with a password
        raise DocxRefused("protected") from error


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    xml = [entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels"))]
    # zipfile never unpacks more than an entry declares, so the declared sizes can be relied on.
    too_many = len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED
    if too_many or max(xml, default=0) > MAX_XML:
        raise DocxRefused("too_large")
    names = {entry.filename for entry in entries}
    if any(name.rpartition("/")[2] == "vbaProject.bin" for name in names):
        raise DocxRefused("macros")
    if "[Content_Types].xml" not in names or not any(name.startswith("word/") for name in names):
        raise DocxRefused("not_docx")
    types = archive.read("[Content_Types].xml")
    if any(word in types for word in _MACRO_TYPES):
        raise DocxRefused("macros")
