"""Which files may hang on a comment: by what is in them, not by what they are called."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook
from PIL import Image

from ckanext.opengov_kz.discussion.attachment_checks import AttachmentRefused, checked, shown_name

pytestmark = pytest.mark.fast
LARGEST = 1_000_000


def refusal(name: str, data: bytes, largest: int = LARGEST) -> str:
    with pytest.raises(AttachmentRefused) as refused:
        checked(name, data, largest)
    return refused.value.code


def outcome(name: str, data: bytes) -> str:
    try:
        checked(name, data, LARGEST)
    except AttachmentRefused as refused:
        return refused.code
    return "kept"


def saved(thing: Any) -> bytes:
    out = BytesIO()
    thing.save(out)
    return out.getvalue()


def picture(kind: str, **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, kind, **more)
    return out.getvalue()


def package(**entries: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


GOOD = {
    "есеп.pdf": b"%PDF-1.7 ...",
    "есеп.docx": saved(Document()),
    "кесте.xlsx": saved(Workbook()),
    "мәтін.txt": "Қазақша мәтін".encode(),
    "есеп.odt": package(mimetype=b"application/vnd.oasis.opendocument.text", content=b"<x/>"),
}


@pytest.mark.parametrize("name", list(GOOD))
def test_documents_are_kept_as_they_came(name: str) -> None:
    assert checked(name, GOOD[name], LARGEST).data == GOOD[name]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.exe", b"MZ", "type"),
        ("a.svg", b"<svg onload='alert(1)'/>", "type"),
        ("a.html", b"<script>", "type"),
        ("noextension", b"x", "type"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"<script>alert(1)</script>", "content"),
        ("a.pdf.docx", b"%PDF-1.7", "content"),
        ("a.docx", saved(Workbook()), "content"),
        ("a.xlsx", GOOD["есеп.docx"], "content"),
        ("a.odt", package(mimetype=b"application/zip"), "content"),
        ("a.ods", GOOD["есеп.odt"], "content"),
        ("a.docx", b"PK\x03\x04broken", "content"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "protected"),
        ("a.txt", b"\xff\xfe\x00", "content"),
        ("a.txt", b"MZ\0\0", "content"),
        ("a.png", picture("JPEG"), "content"),
        ("a.jpg", picture("JPEG")[:200], "content"),
        ("a.jpg", b"<?php", "content"),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, data: bytes, code: str) -> None:
    assert refusal(name, data) == code


def test_macros_are_refused() -> None:
    types = b"<Types><Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>"
    assert refusal("a.docx", package(**{"[Content_Types].xml": types, "word/document.xml": b"<x/>"})) == "macros"
    hidden = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>", "word/vbaProject.bin": b"x"}
    assert refusal("a.docx", package(**hidden)) == "macros"
    basic = {"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/script.xml": b"<x/>"}
    assert refusal("a.odt", package(**basic)) == "macros"


def test_a_byte_too_many_is_too_large() -> None:
    assert checked("a.pdf", b"%PDF-" + b"x" * 95, 100).name == "a.pdf"
    assert refusal("a.pdf", b"%PDF-" + b"x" * 96, 100) == "large"


def test_a_photograph_loses_where_it_was_taken_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Aigerim"
    kept = checked("сурет.JPG", picture("JPEG", exif=exif), LARGEST)
    assert b"Camera" not in kept.data
    with Image.open(BytesIO(kept.data)) as image:
        assert image.size == (20, 40)
        assert not image.getexif()


def test_a_picture_that_unpacks_into_gigabytes_is_refused() -> None:
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert refusal("a.png", out.getvalue()) in {"large", "content"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\aigerim\\есеп.pdf", "есеп.pdf"),
        ("../../etc/есеп.pdf", "есеп.pdf"),
        ("есеп\u202efdp.exe\n.pdf", "есепfdp.exe.pdf"),
        ("а" * 300 + ".pdf", "а" * 116 + ".pdf"),
    ],
)
def test_names_lose_folders_and_what_is_not_seen(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_a_damaged_stream_and_odd_marks_of_a_camera_are_refused_or_read_but_never_break() -> None:
    data = GOOD["есеп.docx"]
    for place in range(30, len(data), 97):
        damaged = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        assert outcome("есеп.docx", damaged) in {"kept", "content", "macros"}
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = picture("JPEG", exif=exif)
    mark = photo.index(b"Exif")
    for place in range(mark, mark + 40):
        damaged = photo[:place] + b"\xff" + photo[place + 1 :]
        assert outcome("a.jpg", damaged) in {"kept", "content"}
