"""Hand-written reference data of the catalogue, read once per process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> Any:
    """Read ``<name>.yaml`` of this folder; callers must not change what they get."""
    text = (files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
