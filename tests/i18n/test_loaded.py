"""What CKAN makes of the catalogues once all plugins are loaded: the last plural rule loaded holds for every string."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit

CORE = ("{number} dataset found", "{number} datasets found")
OWN = ("{number} harvest source found", "{number} harvest sources found")


@pytest.mark.parametrize(
    ("number", "dataset", "source"),
    [
        (1, "Найден 1 набор данных", "Найден 1 источник сбора"),
        (2, "Найдено 2 набора данных", "Найдено 2 источника сбора"),
        (5, "Найдено 5 наборов данных", "Найдено 5 источников сбора"),
        (21, "Найден 21 набор данных", "Найден 21 источник сбора"),
    ],
)
def test_russian_forms_hold_for_strings_of_ckan_and_of_extensions(
    app: Any, number: int, dataset: str, source: str
) -> None:
    with app.flask_app.test_request_context("/", environ_overrides={"CKAN_LANG": "ru"}):
        found = [toolkit.ungettext(*forms, number).format(number=number) for forms in (CORE, OWN)]
    assert found == [dataset, source]


@pytest.mark.parametrize("number", [1, 2, 5, 21])
def test_kazakh_counts_without_a_plural_ending(app: Any, number: int) -> None:
    with app.flask_app.test_request_context("/", environ_overrides={"CKAN_LANG": "kk"}):
        found = [toolkit.ungettext(*forms, number).format(number=number) for forms in (CORE, OWN)]
    assert found == [f"{number} деректер жиынтығы табылды", f"{number} жинау көзі табылды"]


@pytest.mark.parametrize(("language", "expected"), [("kk", "Жабу"), ("ru", "Закрыть")])
def test_scripts_get_their_strings(app: Any, language: str, expected: str) -> None:
    assert app.get(f"/api/i18n/{language}").json["Close"] == [None, expected]
