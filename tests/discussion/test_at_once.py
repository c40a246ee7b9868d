"""Many people in the same moment: each with a connection of their own to the real database."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.opengov_kz.discussion.model import Comment, Edit, Reply, Vote, utc_now
from tests.discussion.conftest import Forum, user_id

AT_ONCE = 50
_WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
Work = Callable[[], Any]


@pytest.fixture
def at_once(forum: Forum, app: Any) -> Iterator[Callable[[list[Work]], list[Exception]]]:
    """Does all of the given in the same moment; what went wrong.

    Each runs in a thread that holds a connection to the database before any of them begins; the portal's own pool has
    fewer.
    """
    engine = model.meta.engine
    assert engine
    wide = sa.create_engine(engine.url, pool_size=AT_ONCE, max_overflow=1)
    model.Session.remove()
    model.Session.configure(bind=wide)

    def run(works: list[Work]) -> list[Exception]:
        barrier, problems = threading.Barrier(len(works)), []

        def one(work: Work) -> None:
            try:
                with app.flask_app.test_request_context():
                    model.Session.execute(sa.text("SELECT 1"))
                    barrier.wait(60)
                    work()
            except Exception as error:  # noqa: BLE001 - the test wants to see all of them
                problems.append(error)
            finally:
                model.Session.remove()

        model.Session.remove()
        threads = [threading.Thread(target=one, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return problems

    yield run
    model.Session.remove()
    model.Session.configure(bind=engine)
    wide.dispose()


@pytest.mark.parametrize("target", ["comment", "subject"])
def test_the_same_vote_sent_fifty_times_at_once_is_one(forum: Forum, at_once: Any, target: str) -> None:
    voted_on = forum.say(forum.citizens[0], "Жол керек")["id"] if target == "comment" else "memo:m1"
    assert at_once([partial(forum.vote, forum.citizens[1], voted_on, 1)] * AT_ONCE) == []
    assert model.Session.query(Vote).filter_by(target_id=voted_on).count() == 1
    shown = forum.thread()["comments"][0] if target == "comment" else forum.thread()["votes"]
    assert (shown["support"], shown["objection"]) == (1, 0)


def test_two_hundred_comments_and_changing_votes_at_once_are_all_there_once(forum: Forum, at_once: Any) -> None:
    voted_on = forum.say(forum.citizens[0], "Бәрі дауыс береді")["id"]
    people = [str(factories.User()["name"]) for _one in range(25)]  # type: ignore[index]
    forum.names |= {person: f"Сайлаушы {place}" for place, person in enumerate(people)}
    vote = [partial(forum.vote, person, voted_on) for person in people]

    def counted() -> tuple[int, int]:
        shown = forum.act("", "discussion_comment_show", id=voted_on)
        given = Counter(value for (value,) in model.Session.query(Vote.value).filter_by(target_id=voted_on))
        assert (shown["support"], shown["objection"]) == (given[1], given[-1])
        return shown["support"], shown["objection"]

    def take_part(number: int, votes: list[Work]) -> None:
        words = [partial(forum.say, person, f"Пікір {number} {place}") for place, person in enumerate(people)]
        assert len(words) + len(votes) == AT_ONCE
        # Comments and votes in turn, so that neither kind is through before the other begins.
        assert at_once([work for pair in zip(words, votes, strict=True) for work in pair]) == []

    take_part(0, [partial(one, 1) for one in vote])
    assert counted() == (25, 0)
    take_part(1, [partial(one, -1 if place % 2 else 1) for place, one in enumerate(vote)])
    assert counted() == (13, 12)
    # Twelve of them want both in the same moment: whichever comes last is their one vote. The last takes it back.
    take_part(2, [partial(one, value) for one in vote[:12] for value in (1, -1)] + [partial(vote[24], 0)])
    support, objection = counted()
    assert support + objection == 24
    take_part(3, [partial(one, (-1, 1, 0)[place % 3]) for place, one in enumerate(vote)])
    assert counted() == (8, 9)
    voters = dict(model.Session.query(Vote.user_id, Vote.value).tuples())
    assert voters == {user_id(person): (-1, 1)[place % 3] for place, person in enumerate(people) if place % 3 < 2}
    said = Counter(text for (text,) in model.Session.query(Comment.text).filter(Comment.text.like("Пікір %")))
    assert said == Counter({f"Пікір {number} {place}": 1 for number in range(4) for place in range(25)})


def test_the_same_words_sent_twenty_times_at_once_are_said_once(forum: Forum, at_once: Any) -> None:
    problems = at_once([partial(forum.say, forum.citizens[0], "Жол керек")] * 20)
    assert [sorted(problem.error_dict) for problem in problems] == [["text"]] * 19
    assert forum.texts() == ["Жол керек"]


def test_who_is_forgotten_while_voting_has_one_vote(forum: Forum, at_once: Any) -> None:
    voted_on = forum.say(forum.citizens[0], "Жол керек")["id"]
    voter = forum.citizens[1]
    works = [partial(forum.vote, voter, voted_on, 1), partial(forum.act, voter, "discussion_person_erase")] * 10
    assert at_once(works) == []
    assert model.Session.query(Vote).filter_by(target_id=voted_on).count() == 1
    assert forum.thread()["comments"][0]["support"] == 1


class Meeting:
    """Somebody's change of a comment that is not through yet, while another begins theirs."""

    def __init__(self, comment_id: str, **values: Any) -> None:
        assert model.meta.engine
        self._connection = model.meta.engine.connect()
        self._connection.execute(sa.update(Comment).where(Comment.id == comment_id).values(**values))

    def with_work(self, at_once: Any, work: Work) -> list[Exception]:
        """What went wrong in the work, which begins before the change is through, and ends after it."""
        problems: list[Exception] = []
        thread = threading.Thread(target=lambda: problems.extend(at_once([work])))
        thread.start()
        deadline = time.monotonic() + 60
        while not self._somebody_waits() and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        self._connection.commit()
        self._connection.close()
        thread.join()
        return problems

    @staticmethod
    def _somebody_waits() -> bool:
        assert model.meta.engine
        with model.meta.engine.connect() as connection:
            return bool(connection.scalar(sa.text(_WAITING)))


@pytest.mark.parametrize("verb", ["update", "withdraw"])
def test_words_that_are_being_answered_are_neither_changed_nor_withdrawn(forum: Forum, at_once: Any, verb: str) -> None:
    made = forum.say(forum.citizens[0], "Жол керек")["id"]
    forum.act(forum.officer, "discussion_reply_draft", id=made, outcome="accepted", text="Салынады.")
    model.Session.remove()
    more = {"text": "Жол керек емес"} if verb == "update" else {}
    work = partial(forum.act, forum.citizens[0], f"discussion_comment_{verb}", id=made, **more)
    (problem,) = Meeting(made, answered=utc_now(), outcome="accepted").with_work(at_once, work)
    assert isinstance(problem, toolkit.ValidationError)
    (shown,) = forum.thread()["comments"]
    assert (shown["state"], shown["text"]) == ("visible", "Жол керек")
    assert model.Session.query(Edit).count() == 0


def test_a_reply_to_words_that_are_being_changed_is_not_published(forum: Forum, at_once: Any) -> None:
    made = forum.say(forum.citizens[0], "Жол керек")["id"]
    forum.act(forum.officer, "discussion_reply_draft", id=made, outcome="accepted", text="Салынады.")
    model.Session.remove()
    work = partial(forum.act, forum.officer, "discussion_reply_publish", ids=[made])
    (problem,) = Meeting(made, text="Жол керек емес", edited=utc_now()).with_work(at_once, work)
    assert isinstance(problem, toolkit.ValidationError)
    reply = model.Session.get(Reply, made)
    assert reply
    assert reply.published is None
    (shown,) = forum.thread()["comments"]
    assert (shown["text"], shown["official"]) == ("Жол керек емес", None)
