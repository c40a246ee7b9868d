"""A subject that is discussed: a memorandum with two parts, owned by a plugin that the portal does not ship."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest
from ckan import model, plugins
from ckan.lib.redis import connect_to_redis
from ckan.plugins import core, toolkit
from ckan.tests import factories, helpers

from ckanext.opengov_kz.discussion.interfaces import IDiscussable
from ckanext.opengov_kz.discussion.rules import Settings, Subject, SubjectPart

PASSWORD = "a-long-enough-password"
Act = Callable[..., Any]


class MemoPlugin(plugins.SingletonPlugin):
    """Owns memoranda: what they are stands in `memos`, how they are discussed in `settings`."""

    plugins.implements(IDiscussable)
    name = "memo_of_the_tests"
    settings = Settings()
    memos: ClassVar[dict[str, Subject]] = {}

    def discussable_types(self) -> Mapping[str, Settings]:
        return {"memo": type(self).settings}

    def discussable_subject(self, subject_type: str, subject_id: str) -> Subject | None:
        return self.memos.get(subject_id) if subject_type == "memo" else None

    def discussable_parts(self, subject: Subject, part_ids: Collection[str]) -> Mapping[str, SubjectPart]:
        names = {"p1": {"kk": "1-бап", "ru": "Статья 1", "en": "Article 1"}, "p2": {"kk": "2-бап", "ru": "Статья 2"}}
        return {one: SubjectPart(one, names[one], f"{subject.url}#{one}") for one in part_ids if one in names}


@dataclass
class Forum:
    """A body, its people, citizens, and the memorandum they talk about."""

    body: str
    memo: str
    officer: str
    other_officer: str
    moderator: str
    citizens: list[str]
    names: dict[str, str] = field(default_factory=dict)

    def act(self, user: str, action: str, /, **data: Any) -> Any:
        """Calls an action as somebody, with their permissions; nobody with an empty name."""
        return helpers.call_action(action, {"user": user, "ignore_auth": False}, **data)

    def say(self, user: str, text: str, **more: Any) -> dict[str, Any]:
        """A comment on the memorandum."""
        given = {"subject_type": "memo", "subject_id": self.memo, "text": text, "author_name": self.names[user]}
        return self.act(user, "discussion_comment_create", **(given | more))

    def thread(self, user: str = "", **more: Any) -> dict[str, Any]:
        """The thread as somebody sees it."""
        return self.act(user, "discussion_thread_show", subject_type="memo", subject_id=self.memo, **more)

    def texts(self, user: str = "", **more: Any) -> list[str]:
        """What is said on the first level."""
        return [comment["text"] for comment in self.thread(user, **more)["comments"]]

    def answer(self, comment_id: str, outcome: str = "accepted", text: str = "Ескерілді.", reason: str = "") -> None:
        """An official reply, drafted and published."""
        self.act(self.officer, "discussion_reply_draft", id=comment_id, outcome=outcome, text=text, reason=reason)
        self.act(self.officer, "discussion_reply_publish", ids=[comment_id])

    def vote(self, user: str, target_id: str, value: int) -> dict[str, int]:
        """A vote on a comment, or on the memorandum."""
        target = "subject" if ":" in target_id else "comment"
        return self.act(user, "discussion_vote_set", target=target, id=target_id, value=value)

    def change_memo(self, **changes: Any) -> None:
        """The memorandum as it stands from now on."""
        MemoPlugin.memos[self.memo] = replace(MemoPlugin.memos[self.memo], **changes)


@pytest.fixture
def memo_plugin(with_plugins: None) -> Iterator[type[MemoPlugin]]:
    """The plugin, active for one test."""
    core._PLUGINS_SERVICE[MemoPlugin.name] = MemoPlugin()
    MemoPlugin.settings, MemoPlugin.memos = Settings(), {}
    yield MemoPlugin
    del core._PLUGINS_SERVICE[MemoPlugin.name]


@pytest.fixture
def forum(memo_plugin: type[MemoPlugin], clean_db: None, ckan_config: dict[str, Any]) -> Forum:
    """A memorandum of a ministry, open to everybody."""
    forget_limits()
    bodies = [_body("ministry-of-tests"), _body("ministry-of-others")]
    people: list[str] = [str(factories.User(password=PASSWORD)["name"]) for _one in range(6)]  # type: ignore[index]
    for body, person in zip(bodies, people[:2], strict=True):
        member = {"id": body, "username": person, "role": "member"}
        helpers.call_action("organization_member_create", {"user": _site_user()}, **member)
    ckan_config["opengov.discussion.moderators"] = [people[2]]
    title = {"kk": "Ауыл мектептері туралы", "ru": "О сельских школах", "en": "On village schools"}
    memo_plugin.memos["m1"] = Subject("memo", "m1", title, "/about", bodies[0])
    names = {person: f"Азамат {place}" for place, person in enumerate(people)}
    return Forum(bodies[0], "m1", people[0], people[1], people[2], people[3:], names)


def forget_limits() -> None:
    """Nobody has done anything yet: the people of all tests share one network address."""
    redis: Any = connect_to_redis()
    for key in redis.scan_iter("opengov:limit:*"):
        redis.delete(key)


def _body(name: str) -> str:
    titles = {"kk": "Министрлік", "ru": "Министерство"}
    given = {"name": name, "kind": "central", "title_translated": titles}
    return helpers.call_action("organization_create", {"user": _site_user()}, **given)["id"]


def _site_user() -> str:
    return toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def user_id(name: str) -> str:
    """The id of an account."""
    user = model.User.get(name)
    assert user
    return user.id
