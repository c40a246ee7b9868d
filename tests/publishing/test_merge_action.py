"""The action `publishing_rows_merge`: who may call it, what it takes, what it answers."""

from __future__ import annotations

import json
import uuid
from io import BytesIO
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from werkzeug.datastructures import FileStorage


def merge(user: str, resource_id: str, **data: Any) -> dict[str, Any]:
    context: Any = {"user": user, "ignore_auth": False}
    call = {"resource_id": resource_id, "key": ["code"], "mode": "delta", **data}
    return toolkit.get_action("publishing_rows_merge")(context, call)


@pytest.fixture
def resource(dataset: dict[str, Any]) -> str:
    return dataset["resources"][0]["id"]


@pytest.fixture
def editor(dataset: dict[str, Any]) -> str:
    """Somebody who may change the datasets of the publisher."""
    name = f"editor-{uuid.uuid4().hex[:8]}"
    factories.User(name=name)
    context: Any = {"ignore_auth": True, "user": name}
    member = {"id": dataset["owner_org"], "username": name, "role": "editor"}
    toolkit.get_action("organization_member_create")(context, member)
    return name


def test_only_those_who_may_change_the_resource_may_merge(resource: str, editor: str) -> None:
    stranger = f"stranger-{uuid.uuid4().hex[:8]}"
    factories.User(name=stranger)
    for user in ("", stranger):
        with pytest.raises(toolkit.NotAuthorized):
            merge(user, resource, rows=[{"code": "x"}])
    assert merge(editor, resource, rows=[{"code": "x"}])["inserted"] == 1


def test_rows_come_as_a_list_or_as_json_lines(resource: str, editor: str) -> None:
    lines = "\n".join(json.dumps({"code": code}) for code in ("l1", "l2")) + "\n"
    assert merge(editor, resource, rows=lines)["inserted"] == 2
    report = merge(editor, resource, rows=[{"code": "l1"}, {"code": "l3", "year": "?"}])
    assert (report["unchanged"], report["rejected"]) == (1, 1)
    assert report["errors"][0]["message"]


def test_rows_come_as_a_file(resource: str, editor: str) -> None:
    def upload(name: str, text: str) -> FileStorage:
        return FileStorage(BytesIO(text.encode()), filename=name)

    assert merge(editor, resource, upload=upload("a.csv", "code,year\nf1,1\nf2,\n"))["inserted"] == 2
    report = merge(editor, resource, upload=upload("a.JSONL", '{"code": "f1", "year": 2}\n{"code": "f3"}\nx\n'))
    assert (report["updated"], report["inserted"], report["rejected"]) == (1, 1, 1)
    for broken in (upload("a.csv", "code,nothing\n1,2\n"), upload("a.csv", ""), upload("a.csv", "\0\n"), "text"):
        with pytest.raises(toolkit.ValidationError):
            merge(editor, resource, upload=broken)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"rows": '{"code": 1}\n{'}, "rows"),
        ({"rows": 5}, "rows"),
        ({}, "rows"),
        ({"rows": [], "mode": "all"}, "mode"),
        ({"rows": [], "key": {"a": 1}}, "key"),
        ({"rows": [{"code": "1"}], "key": ["nothing"]}, "rows"),
        ({"rows": [], "mode": "snapshot"}, "rows"),
    ],
)
def test_wrong_call_is_refused_by_the_field_that_is_wrong(
    resource: str, editor: str, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(toolkit.ValidationError) as caught:
        merge(editor, resource, **data)
    assert field in caught.value.error_dict
