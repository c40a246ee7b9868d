"""Identities through versions: what stays, what becomes of comments on what went, and what changed word by word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ckanext.opengov_kz.npa import wording
from ckanext.opengov_kz.npa.parts import Part, paths, words
from ckanext.opengov_kz.npa.versions import Change, Moved, compare, identify, identify_both
from tests.npa import trees
from tests.npa.documents import read

pytestmark = pytest.mark.fast

A = "Держатель данных публикует набор данных в срок, установленный перечнем открытых данных."
B = "Пользователь подает заявку через портал и получает ответ в течение пятнадцати рабочих дней."
C = "Уполномоченный орган проводит мониторинг и ежеквартально размещает его результаты."
D = "Набор данных сопровождается паспортом, который составляет ответственное лицо держателя."


def law(*articles: tuple[str, ...]) -> tuple[Part, ...]:
    """A law of articles: a title and the texts of the items; numbers by place."""
    parts = []
    for number, (title, *items) in enumerate(articles, start=1):
        parts.append(Part("article", str(number), title, "", 0))
        parts += [Part("item", str(place), "", text, 1) for place, text in enumerate(items, start=1)]
    return tuple(parts)


def where(parts: tuple[Part, ...]) -> dict[str, str]:
    """identity → address."""
    return dict(zip((part.identity for part in parts), paths(parts), strict=True))


def went(old: tuple[Part, ...], new: tuple[Part, ...]) -> dict[str, str]:
    """Old address → new address of the parts that kept their identity."""
    there = where(new)
    return {address: there[identity] for identity, address in where(old).items() if identity in there}


def led(old: tuple[Part, ...], new: tuple[Part, ...], moved: list[Moved]) -> list[tuple[str, str | None, str]]:
    there = where(new)
    return [(where(old)[each.old_identity], there.get(each.new_identity or ""), each.how) for each in moved]


def states(changes: list[Change]) -> list[str]:
    return [change.state for change in changes]


def two(first: tuple[Part, ...], second: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[Part, ...], list[Moved]]:
    old, nothing = identify(first)
    assert nothing == []
    new, moved = identify(second, old)
    return old, new, moved


def test_the_first_version_gets_identities_of_32_digits_each_once() -> None:
    parts, moved = identify(law(("Срок", A, B)))
    assert len({part.identity for part in parts}) == 3
    assert all(len(part.identity) == 32 for part in parts)
    assert moved == []


def test_an_edited_item_of_the_same_number_keeps_its_identity() -> None:
    old, new, moved = two(law(("Срок", A, B)), law(("Срок", A.replace("в срок", "не позднее срока"), B)))
    assert went(old, new) == dict(zip(paths(old), paths(new), strict=True))
    assert moved == []
    changes = compare(old, new)
    assert states(changes) == ["same", "edited", "same"]
    assert [piece for piece in changes[1].pieces if piece[0] != "same"] == [
        ("del", "в срок"),
        ("ins", "не позднее срока"),
    ]


def test_articles_renumbered_by_an_inserted_one_keep_theirs() -> None:
    old, new, moved = two(law(("Срок", A), ("Заявка", B)), law(("Срок", A), ("Мониторинг", C), ("Заявка", B)))
    assert went(old, new)["article-2"] == "article-3"
    assert went(old, new)["article-2/item-1"] == "article-3/item-1"
    assert moved == []
    assert states(compare(old, new)) == ["same", "same", "added", "added", "moved", "same"]


def test_an_article_that_was_renumbered_and_edited_at_once_keeps_its_own() -> None:
    old, new, _ = two(
        law(("Срок", A), ("Заявка", B), ("Паспорт", D)),
        law(("Мониторинг", C), ("Срок", A.replace("публикует", "обязан опубликовать")), ("Заявка", B), ("Паспорт", D)),
    )
    assert went(old, new) == {
        "article-1": "article-2",
        "article-1/item-1": "article-2/item-1",
        "article-2": "article-3",
        "article-2/item-1": "article-3/item-1",
        "article-3": "article-4",
        "article-3/item-1": "article-4/item-1",
    }


def test_swapped_articles_are_moved_not_edited() -> None:
    old, new, moved = two(law(("Срок", A), ("Заявка", B)), law(("Заявка", B), ("Срок", A)))
    assert went(old, new)["article-1"] == "article-2"
    assert moved == []
    assert set(states(compare(old, new))) == {"moved", "same"}


def test_an_item_moved_to_another_article_keeps_its_identity() -> None:
    old, new, _ = two(law(("Срок", A, D), ("Заявка", B)), law(("Срок", A), ("Заявка", B, D)))
    assert went(old, new)["article-1/item-2"] == "article-2/item-2"
    assert states(compare(old, new)) == ["same", "same", "same", "same", "moved"]


def test_comments_of_a_removed_item_lead_to_its_article() -> None:
    old, new, moved = two(law(("Срок", A, C)), law(("Срок", A)))
    assert led(old, new, moved) == [("article-1/item-2", "article-1", "parent")]
    changes = compare(old, new)
    assert states(changes) == ["same", "same", "removed"]
    assert changes[2].pieces == (("del", C),)


def test_comments_of_a_removed_article_lead_nowhere_with_all_in_it() -> None:
    old, new, moved = two(law(("Срок", A), ("Мониторинг", C)), law(("Срок", A)))
    assert led(old, new, moved) == [("article-2", None, "removed"), ("article-2/item-1", None, "removed")]


def test_a_part_taken_into_another_leads_there() -> None:
    old, new, moved = two(
        law(("Срок", A, B), ("Мониторинг", C)),
        law(("Срок", A, f"{B} {C}")),
    )
    assert ("article-2/item-1", "article-1/item-2", "merged") in led(old, new, moved)


def test_an_article_that_was_split_lives_on_and_names_the_other() -> None:
    old, new, moved = two(law(("Обязанности", A, B, C, D)), law(("Обязанности", A, B), ("Мониторинг", C, D)))
    assert went(old, new)["article-1"] == "article-1"
    assert went(old, new)["article-1/item-3"] == "article-2/item-1"
    assert led(old, new, moved) == [("article-1", "article-2", "split")]


def test_another_text_under_the_same_number_is_no_edition_of_the_old_one() -> None:
    old, new, moved = two(law(("Срок", A, B)), law(("Срок", A, "Настоящий пункт исключен законом.")))
    assert led(old, new, moved) == [("article-1/item-2", "article-1/item-2", "replaced")]
    assert states(compare(old, new)) == ["same", "same", "removed", "added"]


def test_an_item_is_known_by_its_number_in_an_article_that_got_another_one() -> None:
    rewritten = "Держатель данных размещает набор на портале ежемесячно, без оплаты и регистрации."
    old, new, _ = two(law(("Срок", A, B)), law(("Мониторинг", C), ("Срок", rewritten, B)))
    assert went(old, new)["article-1/item-1"] == "article-2/item-1"
    old, new, moved = two(law(("Срок", A, B)), law(("Мониторинг", C), ("Срок", "Исключен в целом.", B)))
    assert led(old, new, moved) == [("article-1/item-1", "article-2/item-1", "replaced")]


def test_a_rewritten_article_of_the_same_title_keeps_its_identity() -> None:
    old, new, _ = two(law(("Срок", A), ("Паспорт", D)), law(("Паспорт", D + " " + B + " " + C), ("Срок", A)))
    assert went(old, new)["article-2"] == "article-1"


def test_an_item_that_lost_its_number_keeps_its_identity() -> None:
    first = law(("Срок", A))
    second = (first[0], Part("paragraph", "", "", A, 1))
    old, new, moved = two(first, second)
    assert went(old, new)["article-1/item-1"] == "article-1/paragraph-1"
    assert moved == []


def test_short_texts_that_stand_everywhere_do_not_wander() -> None:
    old, new, _ = two(law(("А", "Исключен."), ("Б", "Исключен.", B)), law(("Б", "Исключен.", B)))
    assert went(old, new) == {
        "article-2": "article-1",
        "article-2/item-1": "article-1/item-1",
        "article-2/item-2": "article-1/item-2",
    }


def test_tables_are_compared_by_their_cells() -> None:
    first = (
        Part("annex", "1", "Перечень", "", 0),
        Part("table", "", "", "", 1, rows=(("Набор", "Срок"), ("Школы", "Месяц"))),
    )
    second = (first[0], replace(first[1], rows=(("Набор", "Срок"), ("Школы", "Неделя"))))
    old, new, _ = two(first, second)
    change = compare(old, new)[1]
    assert change.state == "edited"
    assert [piece for piece in change.pieces if piece[0] != "same"] == [("del", "Месяц"), ("ins", "Неделя")]


def test_both_languages_share_identities_through_versions() -> None:
    kk1 = read("1-бап. Мерзім\n1. Деректерді ұстаушы деректер жиынтығын жариялайды.", "kk").parts
    ru1 = read(f"Статья 1. Срок\n1. {A}\n2. {C}").parts
    kk1, ru1, _ = identify_both(kk1, ru1)
    assert [part.identity for part in kk1] == [part.identity for part in ru1[:2]]
    only_russian = ru1[2].identity
    assert only_russian not in {part.identity for part in kk1}
    _, ru2, _ = identify_both(
        tuple(replace(part, identity="") for part in kk1), read(f"Статья 1. Срок\n1. {A}\n2. {C}").parts, kk1, ru1
    )
    assert [part.identity for part in ru2] == [part.identity for part in ru1]
    assert ru2[2].identity == only_russian


@pytest.mark.parametrize("seed", range(15))
def test_every_survivor_of_edits_removals_insertions_and_moves_keeps_its_identity(seed: int) -> None:
    rnd = trees.seeded(seed)
    bodies = {name: [trees.sentence(rnd) for _ in range(3)] for name in range(40)}
    old, _ = identify(law(*(("Общие требования", *items) for items in bodies.values())))
    order = [name for name in bodies if rnd.random() > 0.1]
    for name in range(100, 104):
        order.insert(rnd.randrange(len(order)), name)
    for _ in range(3):
        order.insert(rnd.randrange(len(order)), order.pop(rnd.randrange(len(order))))
    articles = [bodies.get(name) or [trees.sentence(rnd)] for name in order]
    for items in articles:
        if rnd.random() < 0.4:
            place = rnd.randrange(len(items))
            items[place] = trees.edited(rnd, Part("item", "1", "", items[place], 0)).text
    new, _ = identify(law(*(("Общие требования", *items) for items in articles)), old)
    went_to = went(old, new)
    for place, name in enumerate(order, start=1):
        if name in bodies:
            assert went_to[f"article-{name + 1}"] == f"article-{place}"
            assert went_to[f"article-{name + 1}/item-2"] == f"article-{place}/item-2"
        else:
            assert f"article-{place}" not in went_to.values()


def test_a_heading_that_stands_often_proves_nothing() -> None:
    first = law(("Общие положения", A), ("Порядок", B), ("Общие положения", C))
    old, new, _ = two(first, law(("Порядок", B), ("Общие положения", D + " Иное.")))
    assert went(old, new) == {"article-2": "article-1", "article-2/item-1": "article-1/item-1"}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_identities_are_unique_and_everything_is_accounted_for(seed: int) -> None:
    rnd = trees.seeded(seed)
    old, _ = identify(trees.act(rnd))
    changed = []
    depth = -1
    for part in old:
        if rnd.random() < 0.15:
            continue
        part = trees.edited(rnd, part) if rnd.random() < 0.3 else part  # noqa: PLW2901
        depth = min(part.depth, depth + 1)
        changed.append(replace(part, identity="", depth=depth))
    new, moved = identify(changed, old)
    here, there = {part.identity for part in new}, {part.identity for part in old}
    assert len(here) == len(new)
    assert {each.old_identity for each in moved if each.how != "split"} == there - here
    assert all(each.new_identity in here for each in moved if each.new_identity)
    changes = compare(old, new)
    assert {change.identity for change in changes} == here | there
    before = {part.identity: words(part) for part in old}
    after = {part.identity: words(part) for part in new}
    for change in changes:
        assert "".join(text for op, text in change.pieces if op != "ins") == before.get(change.identity, "")
        assert "".join(text for op, text in change.pieces if op != "del") == after.get(change.identity, "")
    assert set(states(compare(old, old))) == {"same"}


@pytest.mark.parametrize("seed", range(40))
def test_a_difference_makes_up_both_wordings(seed: int) -> None:
    rnd = trees.seeded(seed)
    old = trees.sentence(rnd, rnd.randrange(1, 40))
    said = old.split(" ")
    for _ in range(rnd.randrange(6)):
        place = rnd.randrange(len(said))
        said[place : place + rnd.randrange(2)] = rnd.choices(["новое,", "слово", "қағида"], k=rnd.randrange(3))
        said = said or ["пусто"]
    new = " ".join(said)
    pieces = wording.difference(old, new)
    assert "".join(text for op, text in pieces if op != "ins") == old
    assert "".join(text for op, text in pieces if op != "del") == new
    assert all(text for _, text in pieces)


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", ()),
        ("", "Новое", (("ins", "Новое"),)),
        ("Старое", "", (("del", "Старое"),)),
        ("пять дней", "десять дней", (("del", "пять"), ("ins", "десять"), ("same", " дней"))),
        ("до 1 мая", "после 2 июня", (("del", "до 1 мая"), ("ins", "после 2 июня"))),
    ],
)
def test_words_are_changed_whole_and_together(old: str, new: str, pieces: tuple[tuple[str, str], ...]) -> None:
    assert wording.difference(old, new) == pieces


def test_a_very_long_wording_is_compared_by_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "_MOST_PAIRS", 10)
    assert wording.difference("Раз два. Три четыре.", "Раз два. Три пять.") == (
        ("same", "Раз два. "),
        ("del", "Три четыре."),
        ("ins", "Три пять."),
    )
