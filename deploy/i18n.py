"""Compiles the catalogues."""

from __future__ import annotations

import sys
from pathlib import Path

import polib

I18N = Path(__file__).parents[1] / "ckanext/opengov_kz/i18n"


def compile_all() -> None:
    """Writes each .mo whose .po is newer."""
    for po in I18N.rglob("*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            polib.pofile(str(po)).save_as_mofile(str(mo))


if __name__ == "__main__":
    if "compile" in sys.argv:
        compile_all()
