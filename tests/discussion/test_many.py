"""A thread of ten thousand comments with replies costs no more questions to the database than one of a few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from sqlalchemy import event

from ckanext.opengov_kz.discussion.model import Comment
from tests.discussion.conftest import PASSWORD, Forum
from tests.visitor import Visitor

#: Copies of a comment `:like` with other ids: so many of the first level, and of each `:every`th one so many replies.
_ROOTS = """
INSERT INTO opengov_discussion_comment (id, text, {names})
SELECT 'c' || n, 'Пікір ' || n, {names} FROM opengov_discussion_comment, generate_series(1, 10000) n WHERE id = :like
"""
_REPLIES = """
INSERT INTO opengov_discussion_comment (id, text, parent_id, root_id, {names})
SELECT 'r' || n || '-' || m, 'Жауап ' || n, 'c' || n, 'c' || n, {names}
FROM opengov_discussion_comment, generate_series(4, 10000, 4) n, generate_series(1, 30) m WHERE id = :like
"""
_ANSWERS = """
INSERT INTO opengov_discussion_reply (comment_id, taken_by, expert_id, outcome, text, reason, private_note, changed,
    published, published_by)
SELECT c.id, taken_by, expert_id, r.outcome, 'Жауап ' || c.id, reason, private_note, changed, published, published_by
FROM opengov_discussion_reply r, opengov_discussion_comment c WHERE comment_id = :like AND c.id LIKE 'c%5'
"""


@pytest.fixture
def statements() -> Iterator[Callable[[Callable[[], Any]], int]]:
    """How many questions to the database some work asks."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    def count(work: Callable[[], Any]) -> int:
        model.Session.expunge_all()
        # The first time, the portal fills what it keeps between pages.
        work()
        seen.clear()
        work()
        return len(seen)

    event.listen(model.meta.engine, "before_cursor_execute", note)
    yield count
    event.remove(model.meta.engine, "before_cursor_execute", note)


def test_ten_thousand_comments_with_replies_ask_no_more_than_a_few(forum: Forum, app: Any, statements: Any) -> None:
    first, second, _third = forum.citizens
    one = forum.say(first, "Алғашқы", part_id="p1")["id"]
    reply = forum.say(second, "Жауап", parent_id=one)["id"]
    hidden = forum.say(second, "Балағат", part_id="p1")["id"]
    forum.act(forum.moderator, "discussion_comment_hide", id=hidden, rule="insult", note="Балағат сөз бар")
    forum.vote(second, one, 1)
    forum.answer(one)
    nobody, citizen = Visitor(app), Visitor(app)
    citizen.sign_in(first, PASSWORD)

    def page(visitor: Visitor, path: str) -> Callable[[], str]:
        def get() -> str:
            answer = visitor.get(path)
            assert answer.status_code == 200
            return answer.get_data(as_text=True)

        return get

    asked: dict[str, Callable[[], Any]] = {
        "the action": lambda: forum.thread(first, part_id="p1", limit=100),
        "the page": page(nobody, "/ru/discussion/memo/m1?sort=old"),
        "the page, signed in": page(citizen, "/ru/discussion/memo/m1?sort=old"),
        "the most supported": page(citizen, "/ru/discussion/memo/m1?sort=supported"),
        "the feed": page(nobody, "/ru/discussion/memo/m1/feed.atom"),
    }
    few = {name: statements(work) for name, work in asked.items()}
    for text, like, without in (
        (_ROOTS, one, {"id", "text"}),
        (_REPLIES, reply, {"id", "text", "parent_id", "root_id"}),
        (_ANSWERS, one, set()),
    ):
        columns = [column.name for column in Comment.__table__.columns if column.name not in without]  # type: ignore[attr-defined]
        model.Session.execute(sa.text(text.format(names=", ".join(columns))), {"like": like})
    model.Session.commit()
    # Fewer where what is hidden stands on another page now.
    many = {name: statements(work) for name, work in asked.items()}
    assert {name: number for name, number in many.items() if number > few[name]} == {}
    assert forum.thread(part_id="p1")["count"] == 10_002
    assert forum.act("", "discussion_counts", subject_type="memo", subject_id="m1")["comments"] == 85_002
    # Twenty of the first level, six of them with the first twenty of their thirty replies.
    assert asked["the page"]().count('<article class="og-comment"') >= 20 + 6 * 20
