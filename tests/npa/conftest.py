"""A body with an officer, citizens, an expert, and a short draft act that they discuss."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.opengov_kz.npa import acts, demo_drafts
from ckanext.opengov_kz.worktime import days
from tests.conftest import free_port
from tests.mail import Mailbox, serve

PASSWORD = "a-long-enough-password"
TITLE = {"kk": "Мектептер туралы бұйрық", "ru": "Приказ о школах", "en": "Order on schools"}
NOTES = {"kk": "Жоба мектептер үшін қажет.", "ru": "Проект нужен школам."}

#: Long enough, and unlike enough, to be told apart: nothing of the one lives on in the other.
_UNIFORM = {
    "kk": "Оқушылар мектепке бірыңғай киіммен келеді, оның түсі мен пішінін ата-аналар комитеті жыл сайын белгілейді.",
    "ru": "Учащиеся приходят в единой форме, цвет и покрой которой ежегодно выбирает родительский комитет.",
}
_MEALS = {
    "kk": "Бастауыш сыныптарда тегін ыстық тамақ беріледі, шығынды жергілікті бюджет есебінен әкімдік көтереді.",
    "ru": "В начальных классах бесплатно дают горячий обед, расходы за счет местного бюджета несет акимат.",
}
#: A law of three articles in both languages; `PARTS_2` edits the second, removes the third, adds another.
PARTS = {
    "kk": [
        {"kind": "article", "number": "1", "title": "Негізгі ұғымдар", "text": "", "depth": 0},
        {"kind": "item", "number": "1", "text": "Мектеп – жалпы білім беретін ұйым.", "depth": 1},
        {"kind": "article", "number": "2", "title": "Сабақ уақыты", "text": "", "depth": 0},
        {"kind": "item", "number": "1", "text": "Сабақ сағат сегізде басталады.", "depth": 1},
        {"kind": "article", "number": "3", "title": "Мектеп киімі", "text": _UNIFORM["kk"], "depth": 0},
    ],
    "ru": [
        {"kind": "article", "number": "1", "title": "Основные понятия", "text": "", "depth": 0},
        {"kind": "item", "number": "1", "text": "Школа – организация общего образования.", "depth": 1},
        {"kind": "article", "number": "2", "title": "Время занятий", "text": "", "depth": 0},
        {"kind": "item", "number": "1", "text": "Занятия начинаются в восемь часов.", "depth": 1},
        {"kind": "article", "number": "3", "title": "Школьная форма", "text": _UNIFORM["ru"], "depth": 0},
    ],
}
PARTS_2 = {
    "kk": [
        *PARTS["kk"][:3],
        {"kind": "item", "number": "1", "text": "Сабақ сағат тоғызда басталады.", "depth": 1},
        {"kind": "article", "number": "3", "title": "Тамақтану", "text": _MEALS["kk"], "depth": 0},
    ],
    "ru": [
        *PARTS["ru"][:3],
        {"kind": "item", "number": "1", "text": "Занятия начинаются в девять часов.", "depth": 1},
        {"kind": "article", "number": "3", "title": "Питание", "text": _MEALS["ru"], "depth": 0},
    ],
}


def docx(draft: str, language: str, version: int = 1) -> FileStorage:
    """A draft of the demonstration as an officer uploads it."""
    data = demo_drafts.as_docx(demo_drafts.source(draft, language, version))
    return FileStorage(BytesIO(data), filename=f"{draft}.{language}.docx")


@dataclass
class Office:
    """A body with an officer, another body's officer, citizens, an expert, and what they do."""

    body: str
    officer: str
    other_officer: str
    expert: str
    sysadmin: str
    citizens: list[str]
    names: dict[str, str] = field(default_factory=dict)

    def act(self, user: str, action: str, /, **data: Any) -> Any:
        """Calls an action as somebody, with their permissions; nobody with an empty name."""
        return helpers.call_action(action, {"user": user, "ignore_auth": False}, **data)

    def draft(self, **more: Any) -> str:
        """A draft with its preview; its name."""
        given = {"type": "npa", "name": "schools", "owner_org": self.body, "kind": "order", "title_translated": TITLE}
        made = self.act(self.officer, "package_create", **(given | {"notes_translated": NOTES} | more))
        self.preview(made["name"], PARTS)
        return made["name"]

    def preview(self, name: str, parts: dict[str, Any]) -> None:
        """A new text, not published."""
        self.act(self.officer, "npa_version_import", id=name, **{f"{one}_parts": said for one, said in parts.items()})

    def published(self, **more: Any) -> str:
        """A draft that is open for discussion; its name."""
        name = self.draft(**more)
        self.act(self.officer, "npa_act_publish", id=name)
        return name

    def rows(self, name: str) -> dict[str, dict[str, Any]]:
        """The parts of the published text by their path."""
        return {row["path"]: row for row in self.act("", "npa_text_show", id=name)["rows"]}

    def say(self, user: str, name: str, text: str, path: str | None = None, **more: Any) -> dict[str, Any]:
        """A comment on an act or one of its parts."""
        given = {"subject_type": "npa", "subject_id": self.id_of(name), "text": text, "author_name": self.names[user]}
        part = {"part_id": self.rows(name)[path]["id"]} if path else {}
        return self.act(user, "discussion_comment_create", **(given | part | more))

    def answer(self, comment_id: str, outcome: str = "accepted", reason: str = "") -> None:
        """An official reply, published."""
        self.act(
            self.officer, "discussion_reply_draft", id=comment_id, outcome=outcome, text="Ескерілді.", reason=reason
        )
        self.act(self.officer, "discussion_reply_publish", ids=[comment_id])

    def id_of(self, name: str) -> str:
        """The id of an act's package."""
        found = model.Package.get(name)
        assert found
        return found.id

    def over(self, name: str) -> None:
        """As if the discussion had been over since yesterday."""
        act = acts.get(name)
        act.published = days.today() - dt.timedelta(days=40)
        act.closes = days.today() - dt.timedelta(days=1)
        model.Session.commit()

    def thread(self, name: str, **more: Any) -> list[dict[str, Any]]:
        """What everybody sees of the discussion."""
        found = self.act("", "discussion_thread_show", subject_type="npa", subject_id=self.id_of(name), **more)
        return found["comments"]


@pytest.fixture
def mailbox(with_plugins: None, clean_queues: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A real SMTP server, and the queue that feeds it."""
    controller, box = serve(free_port())
    monkeypatch.setitem(toolkit.config, "smtp.server", f"127.0.0.1:{box.port}")
    yield box
    controller.stop()


@pytest.fixture
def office(with_plugins: None, clean_db: None, clean_index: None) -> Office:
    """The people of the tests."""
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    titles = {"kk": "Білім министрлігі", "ru": "Министерство образования"}
    bodies = []
    for name in ("ministry-of-schools", "ministry-of-roads"):
        given = {"name": name, "kind": "central", "title_translated": titles}
        bodies.append(helpers.call_action("organization_create", {"user": site_user}, **given)["id"])
    people: list[str] = [
        str(factories.User(password=PASSWORD, fullname=f"Адам {turn}")["name"])  # type: ignore[index]
        for turn in range(6)
    ]
    for body, person in zip(bodies, people[:2], strict=True):
        member = {"id": body, "username": person, "role": "member"}
        helpers.call_action("organization_member_create", {"user": site_user}, **member)
    boss = str(factories.Sysadmin(password=PASSWORD)["name"])  # type: ignore[index]
    names = {person: f"Азамат {turn}" for turn, person in enumerate(people)}
    return Office(bodies[0], people[0], people[1], people[2], boss, people[3:], names)
