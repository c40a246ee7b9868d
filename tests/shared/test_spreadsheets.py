"""Text in cells of spreadsheets runs nothing."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.shared.spreadsheets import harmless

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("text", ["=1+1", "+7 727", "-1", "@SUM(A1)", "\tx", "\rx", " =1+1", "\u00a0@x", "\n-1"])
def test_what_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Жол керек", "a=b", "'=1", " x\ty", "5-бап"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
