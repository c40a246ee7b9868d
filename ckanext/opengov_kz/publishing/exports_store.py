"""Where the prepared files of tables lie, and how a whole set of them takes the place of the old one at once.

    <folder>/<resource id>/manifest.json         names the version that counts, and its files
    <folder>/<resource id>/<version>/table.csv   never changed after it was written

A new set is written into a folder of its own; when all of it is on the disk, `manifest.json` is replaced by a rename.
Who reads an old file goes on reading it; who asks afterwards gets the new one. What a killed run left is a folder that
no manifest names: the next run removes it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
#: What CKAN lets the id of a resource be made of; never a path.
_RESOURCE_ID = re.compile(r"[0-9A-Za-z _-]{1,100}")


class ExportStore:
    """The prepared files of all tables under one folder. Raises OSError where the disk refuses."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def manifest(self, resource_id: str) -> dict[str, Any] | None:
        """The manifest of the set that counts; None where none is ready."""
        try:
            found = json.loads((self._folder(resource_id) / MANIFEST).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def find(self, resource_id: str, name: str) -> tuple[Path, dict[str, Any]]:
        """A file of the set that counts: its path and its entry in the manifest.

        Raises KeyError for a file that the set does not have. The path may be gone when it is opened, as a new set can
        come at any moment: then ask again.
        """
        manifest = self.manifest(resource_id) or {}
        entry = next((file for file in manifest.get("files", ()) if file["name"] == name), None)
        if entry is None:
            raise KeyError(name)
        return self._folder(resource_id) / manifest["version"] / name, entry

    def begin(self, resource_id: str) -> Path:
        """An empty folder for a new set. Everything that no manifest names is removed first: one run at a time."""
        self.tidy(resource_id)
        folder = self._folder(resource_id) / uuid.uuid4().hex
        folder.mkdir(parents=True)
        return folder

    def publish(self, resource_id: str, folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
        """Lets the set in `folder` count from now on, and removes the old one; the manifest as it is stored."""
        stored = {"version": folder.name, **manifest}
        _sync(folder)
        made = folder.parent / f"{MANIFEST}.new"
        with made.open("w", encoding="utf-8") as file:
            json.dump(stored, file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        made.replace(folder.parent / MANIFEST)
        _sync(folder.parent)
        self.tidy(resource_id)
        return stored

    def tidy(self, resource_id: str) -> None:
        """Removes what the manifest does not name: old sets, and what a killed run left."""
        folder = self._folder(resource_id)
        if not folder.is_dir():
            return
        kept = {MANIFEST, (self.manifest(resource_id) or {}).get("version")}
        for entry in folder.iterdir():
            if entry.name in kept:
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def remove(self, resource_id: str) -> None:
        """Removes all files of a table; without harm where there are none."""
        folder = self._folder(resource_id)
        if folder.exists():
            # First of all the manifest, so that a half removed set is none.
            (folder / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(folder)

    def resources(self) -> Iterator[str]:
        """The ids of all resources that have files, or left-overs of files."""
        if self._root.is_dir():
            yield from sorted(entry.name for entry in self._root.iterdir() if _RESOURCE_ID.fullmatch(entry.name))

    def _folder(self, resource_id: str) -> Path:
        if not _RESOURCE_ID.fullmatch(resource_id):
            raise ValueError(resource_id)
        return self._root / resource_id


def _sync(folder: Path) -> None:
    """Sees to it that the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
