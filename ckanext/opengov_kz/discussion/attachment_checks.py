"""Whether a file may hang on a comment: its name, its size, and that its content is what the name says.

What is read here comes from strangers and is given to everybody: scripts, macros and archives of unknown things are no
attachments. Photographs are written anew, without the place, time and device that cameras put into them.
"""

from __future__ import annotations

import lzma
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from PIL import Image, ImageOps

_OFFICE = "application/vnd.openxmlformats-officedocument."
#: What may be attached, by the end of its name.
KINDS: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain",
}
#: The codes of refusals. `type` is none of KINDS, `content` is not what its name says, `protected` has a password,
#: `storage` is of no fault of the file: it could not be kept.
REFUSALS = ("type", "content", "macros", "protected", "large", "empty", "many", "storage")
_IMAGES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
_FOLDERS = {"docx": "word/", "xlsx": "xl/"}
#: A picture of so many dots takes about 200 MB and half a second while it is written anew.
_MOST_PIXELS = 25_000_000
#: What pillow's decoders raise over pictures that are damaged, or whose marks are of another type than they should.
_UNREADABLE = (
    OSError, SyntaxError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError, EOFError,
    struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip
_LONGEST_NAME = 120
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = (b"macroEnabled", b"vbaProject")


class AttachmentRefused(Exception):  # noqa: N818 - the word of its readers
    """A file that may not hang on a comment. `code` is one of REFUSALS, `name` that of the file."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(code, name)
        self.code, self.name = code, name


@dataclass(frozen=True)
class Checked:
    """A file that may: its name as people see it, its media type, what is kept of it."""

    name: str
    media_type: str
    data: bytes


def checked(name: str, data: bytes, largest: int) -> Checked:
    """The file as it is kept. Raises AttachmentRefused.

    :param largest: bytes that it may have
    """
    shown, extension = check_name(name)
    if not data:
        raise AttachmentRefused("empty", shown)
    if len(data) > largest:
        raise AttachmentRefused("large", shown)
    if extension in _IMAGES:
        data = _written_anew(data, _IMAGES[extension], shown)
    elif code := _problem(extension, data):
        raise AttachmentRefused(code, shown)
    return Checked(shown, KINDS[extension], data)


def check_name(name: str) -> tuple[str, str]:
    """The name as it is shown, and what kind of file it says it is. Raises AttachmentRefused."""
    shown = shown_name(name)
    extension = PurePath(shown).suffix.lower().removeprefix(".")
    if extension not in KINDS:
        raise AttachmentRefused("type", shown)
    return shown, extension


def shown_name(name: str) -> str:
    """A file's name without folders, and without characters that are not seen or turn the reading direction."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip()
    if len(seen) <= _LONGEST_NAME:
        return seen
    suffix = PurePath(seen).suffix[:10]
    return seen[: _LONGEST_NAME - len(suffix)] + suffix


def _problem(extension: str, data: bytes) -> str | None:
    if extension == "pdf":
        return None if data.startswith(b"%PDF-") else "content"
    if extension == "txt":
        return _text_problem(data)
    if data.startswith(_OLE):
        # How Office keeps what has a password.
        return "protected"
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _package_problem(extension, archive)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError, KeyError):
        return "content"


def _text_problem(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "content"
    return "content" if "\0" in text else None


def _package_problem(extension: str, archive: zipfile.ZipFile) -> str | None:
    names = archive.namelist()
    if extension in _FOLDERS:
        if "[Content_Types].xml" not in names or not any(name.startswith(_FOLDERS[extension]) for name in names):
            return "content"
        types = _beginning(archive, "[Content_Types].xml", 1_000_000)
        return "macros" if any(word in types for word in _MACROS) or _has(names, "vbaProject.bin") else None
    if _beginning(archive, "mimetype", 200).strip() != KINDS[extension].encode():
        return "content"
    return "macros" if any(name.startswith(("Basic/", "Scripts/")) for name in names) else None


def _beginning(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    with archive.open(name) as entry:
        return entry.read(size)


def _has(names: list[str], last: str) -> bool:
    return any(name.rpartition("/")[2] == last for name in names)


def _written_anew(data: bytes, kind: str, name: str) -> bytes:
    try:
        with Image.open(BytesIO(data), formats=[kind]) as image:
            clean = _cleaned(image, kind) if image.width * image.height <= _MOST_PIXELS else None
    except _UNREADABLE as error:
        raise AttachmentRefused("content", name) from error
    if clean is None:
        raise AttachmentRefused("large", name)
    return clean


def _cleaned(image: Image.Image, kind: str) -> bytes:
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    clean = upright if upright.mode in {"RGB", "RGBA", "L", "P", "LA", "1"} else upright.convert("RGB")
    clean.info = {key: value for key, value in clean.info.items() if key == "transparency"}
    written = BytesIO()
    clean.save(written, kind, **({"quality": 90} if kind == "JPEG" else {}), icc_profile=profile)
    return written.getvalue()
