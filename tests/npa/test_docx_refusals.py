"""Files that are no draft: each is refused with its own code, before anything in it is unpacked or carried out."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import docx
import pytest

from ckanext.opengov_kz.npa import demo_drafts, docx_lines, docx_package
from ckanext.opengov_kz.npa.docx_reading import REFUSALS, DocxRefused, read_docx
from tests.npa.documents import rezipped

pytestmark = pytest.mark.fast

GOOD = demo_drafts.as_docx("Статья 1. Понятия\n1. Пункт.")
MAIN = "word/document.xml"


def refusal(data: bytes, language: str = "ru") -> str:
    with pytest.raises(DocxRefused) as refused:
        read_docx(BytesIO(data), language)
    assert refused.value.code in REFUSALS
    return refused.value.code


def with_main(content: bytes) -> bytes:
    return rezipped(GOOD, lambda name, old: content if name == MAIN else old)


def test_a_good_file_is_not_refused() -> None:
    assert read_docx(BytesIO(GOOD), "ru").parts


def test_nothing_and_a_document_without_words_are_empty() -> None:
    stream = BytesIO()
    docx.Document().save(stream)
    assert refusal(b"") == "empty"
    assert refusal(stream.getvalue()) == "empty"


@pytest.mark.parametrize(
    "data",
    [
        GOOD[:-200],
        GOOD[: len(GOOD) // 2],
        with_main(b"<w:document"),
        with_main(b""),
        with_main(b"<html/>"),
        rezipped(GOOD, lambda name, old: None if name == MAIN else old),
        rezipped(GOOD, lambda name, old: None if name == "_rels/.rels" else old),
        rezipped(GOOD, lambda name, old: b"\xff\xfe\x00" if name == "[Content_Types].xml" else old),
        rezipped(GOOD, lambda name, old: b"<x" if name == "word/styles.xml" else old),
    ],
    ids=["cut", "halved", "no XML", "no bytes", "other XML", "no text", "no relations", "no types", "broken styles"],
)
def test_a_broken_archive_or_broken_xml(data: bytes) -> None:
    assert refusal(data) in {"broken", "not_docx"}


def test_every_single_damaged_byte_is_refused_or_read_but_never_breaks() -> None:
    for place in range(0, len(GOOD), 101):
        data = GOOD[:place] + bytes([GOOD[place] ^ 0xFF]) + GOOD[place + 1 :]
        try:
            read_docx(BytesIO(data), "ru")
        except DocxRefused as refused:
            assert refused.code in REFUSALS  # noqa: PT017 - some damage is harmless


def test_entities_and_document_types_are_refused() -> None:
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        text = archive.read(MAIN)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for doctype in (bomb, outside):
        declared = re.sub(rb"(<\?xml.*?\?>)", lambda found, doctype=doctype: found[1] + doctype, text, count=1)
        entity = declared.replace("Пункт.".encode(), b"&a;")
        assert entity != text
        assert refusal(with_main(entity)) == "broken"


def test_a_password_an_old_word_file_and_other_kinds_of_file() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    assert refusal(ole + "EncryptedPackage".encode("utf-16-le") + bytes(100)) == "protected"
    assert refusal(ole + "WordDocument".encode("utf-16-le")) == "old_format"
    assert refusal(b"{\\rtf1 text}") == "old_format"
    assert refusal(b"%PDF-1.7") == "not_docx"
    assert refusal(b"plain words") == "not_docx"
    workbook = BytesIO()
    with zipfile.ZipFile(workbook, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal(workbook.getvalue()) == "not_docx"


def test_an_entry_with_a_password_is_protected() -> None:
    # The flag of encryption is set by hand in both headers of the first entry: zipfile itself does not encrypt.
    data = bytearray(GOOD)
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)) == "protected"


def test_macros_are_refused_by_their_file_and_by_their_type() -> None:
    assert refusal(rezipped(GOOD, lambda _, old: old, **{"word/vbaProject.bin": b"x"})) == "macros"
    macro = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    assert refusal(rezipped(GOOD, lambda _, old: old.replace(plain, macro))) == "macros"


def test_too_many_bytes_entries_or_unpacked_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = rezipped(GOOD, lambda _, old: old, **{"word/media/image.bin": bytes(docx_package.MAX_UNPACKED + 1)})
    assert len(bomb) < 1_000_000
    assert refusal(bomb) == "too_large"
    monkeypatch.setattr(docx_package, "MAX_ENTRIES", 3)
    assert refusal(GOOD) == "too_large"
    monkeypatch.undo()
    monkeypatch.setattr(docx_package, "MAX_XML", 100)
    assert refusal(GOOD) == "too_large"
    monkeypatch.undo()
    monkeypatch.setattr(docx_package, "MAX_BYTES", len(GOOD) - 1)
    assert refusal(GOOD) == "too_large"
    monkeypatch.undo()
    monkeypatch.setattr(docx_lines, "MAX_BLOCKS", 1)
    assert refusal(GOOD) == "too_large"


def test_the_text_of_the_other_language() -> None:
    assert refusal(demo_drafts.as_docx(demo_drafts.source("order_rules", "ru")), "kk") == "wrong_language"
    assert refusal(demo_drafts.as_docx(demo_drafts.source("order_rules", "kk")), "ru") == "wrong_language"


def test_a_text_of_both_languages_is_read_and_told() -> None:
    both = demo_drafts.source("order_rules", "ru") + demo_drafts.source("maslikhat_decision", "kk")
    reading = read_docx(BytesIO(demo_drafts.as_docx(both)), "ru")
    assert reading.problems[0].code == "language_doubtful"
