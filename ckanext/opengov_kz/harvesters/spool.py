"""Pages of an agency's table on disk, with a checkpoint: a harvest that was killed goes on with the next page."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Spool:
    """The pages of one version of one table.

    Each page is one file, written whole under another name and then renamed, so that a page which exists is complete.
    A new version gets a new folder, and older folders of the same table are removed.
    """

    def __init__(self, root: Path, source_id: str, table: str, version: str) -> None:
        # Names come from the agency: only their digest may become a part of a path.
        parent = root / source_id / _digest(table)
        self.folder = parent / _digest(version)
        if parent.exists():
            for other in parent.iterdir():
                if other != self.folder:
                    shutil.rmtree(other)
        self.folder.mkdir(parents=True, exist_ok=True)

    def pages(self) -> int:
        """How many pages from the first on are there without a gap."""
        number = 0
        while self._path(number + 1).exists():
            number += 1
        return number

    def write(self, number: int, items: list[Any]) -> None:
        """Keeps one page; `number` counts from 1."""
        _write_whole(self._path(number), items)

    def page(self, number: int) -> list[Any]:
        """The items of one page that is there."""
        return json.loads(self._path(number).read_text(encoding="utf-8"))

    def remember(self, name: str, value: Any) -> None:
        """Keeps a small value beside the pages, such as the moment from which the next harvest goes on."""
        _write_whole(self.folder / f"{name}.note", value)

    def recall(self, name: str) -> Any:
        """What was remembered; None if nothing was."""
        path = self.folder / f"{name}.note"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def finish(self) -> None:
        """Marks that the last page is there."""
        (self.folder / "complete").touch()

    @property
    def is_complete(self) -> bool:
        """Whether all pages are there: nothing has to be asked of the agency any more."""
        return (self.folder / "complete").exists()

    def items(self) -> Iterator[Any]:
        """All items in the order of their pages, one page in memory at a time."""
        for number in range(1, self.pages() + 1):
            yield from self.page(number)

    def count(self) -> int:
        """How many items the pages hold."""
        return sum(1 for _item in self.items())

    def remove(self) -> None:
        """Deletes the pages; the next harvest begins anew."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"page-{number:07d}.json"


def _write_whole(path: Path, value: Any) -> None:
    temporary = path.with_suffix(".part")
    # Encoded at once: the encoder that writes piece by piece is several times slower.
    text = json.dumps(value, ensure_ascii=False)
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        # On a full disk the piece that did not fit would keep the next page out.
        temporary.unlink(missing_ok=True)
        raise
    temporary.replace(path)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
