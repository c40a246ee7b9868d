"""The stages of a dataset as plain rules."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.catalogue import review

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("stage", "may_publish", "expected"),
    [
        ("draft", False, ["submit"]),
        ("draft", True, ["publish", "submit"]),
        ("review", False, ["withdraw"]),
        ("review", True, ["publish", "withdraw", "return"]),
        ("published", False, []),
        ("published", True, ["withdraw"]),
    ],
)
def test_steps_from_each_stage(stage: str, may_publish: bool, expected: list[str]) -> None:
    steps = review.steps_for(stage, may_write=True, may_publish=may_publish)
    assert [step.name for step in steps] == expected


def test_a_stranger_has_no_steps() -> None:
    for stage in review.STAGES:
        assert review.steps_for(stage, may_write=False, may_publish=False) == []


@pytest.mark.parametrize(
    ("stage", "private", "may_publish", "trusted", "expected"),
    [
        (None, None, False, False, review.Wish("draft")),
        (None, None, True, False, review.Wish("draft")),
        (None, False, True, False, review.Wish("published")),
        (None, False, False, False, review.Wish("draft", "private")),
        ("published", None, False, False, review.Wish("draft", "review_state")),
        ("review", None, True, False, review.Wish("draft", "review_state")),
        (None, None, False, True, review.Wish("published")),
        (None, True, False, True, review.Wish("draft")),
    ],
)
def test_where_a_new_dataset_starts(
    stage: str | None, private: bool | None, may_publish: bool, trusted: bool, expected: review.Wish
) -> None:
    assert review.wish_on_create(stage=stage, private=private, may_publish=may_publish, trusted=trusted) == expected


@pytest.mark.parametrize(
    ("now", "stage", "private", "may_publish", "trusted", "expected"),
    [
        ("draft", "draft", True, False, False, review.Wish("draft")),
        ("draft", None, None, False, False, review.Wish("draft")),
        ("draft", "published", None, True, False, review.Wish("draft", "review_state")),
        ("draft", None, False, False, False, review.Wish("draft", "private")),
        ("draft", "draft", False, True, False, review.Wish("published")),
        ("published", None, None, True, False, review.Wish("published")),
        ("published", "published", True, True, False, review.Wish("draft")),
        ("published", None, True, False, False, review.Wish("published", "private")),
        ("review", "published", None, False, True, review.Wish("published")),
    ],
)
def test_where_an_edited_dataset_stands(
    now: str, stage: str | None, private: bool | None, may_publish: bool, trusted: bool, expected: review.Wish
) -> None:
    wish = review.wish_on_update(now, stage=stage, private=private, may_publish=may_publish, trusted=trusted)
    assert wish == expected


def test_untranslated_names_each_gap_of_dataset_and_resources_once_a_text_is_begun() -> None:
    dataset = {
        "title_translated": {"kk": "Мектептер", "ru": " "},
        "notes_translated": {"kk": "", "ru": "", "en": ""},
        "tags_translated": {"kk": ["мектеп"], "ru": []},
        "resources": [{"name_translated": '{"ru": "Школы"}'}],
    }
    assert list(review.untranslated(dataset)) == [
        ("title_translated", "ru"),
        ("tags_translated", "ru"),
        ("name_translated", "kk"),
    ]


def test_untranslated_reads_the_subfields_of_a_form() -> None:
    form = {"title_translated-kk": "Мектептер", "title_translated-ru": "Школы", "notes_translated-kk": "Сипаттама"}
    assert list(review.untranslated(form)) == [("notes_translated", "ru")]


def test_a_dataset_without_any_title_lacks_both_languages() -> None:
    assert list(review.untranslated({})) == [("title_translated", "kk"), ("title_translated", "ru")]
