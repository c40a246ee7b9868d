"""Mails: their subjects come through as they were written."""

from __future__ import annotations

import email.policy
from email import message_from_string
from email.message import EmailMessage

import pytest

from ckanext.opengov_kz.shared.notifications import whole

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    "subject",
    [
        "Мен талқылаған немесе қадағалайтын жобаның жаңа нұсқасы шықты",
        "Опубликован отчет об обсуждении, в котором я участвую или за которым слежу",
        "Short and plain",
    ],
)
def test_no_space_of_a_long_subject_is_lost_on_its_way(subject: str) -> None:
    message = EmailMessage()
    message["Subject"] = whole(subject)
    arrived = message_from_string(message.as_string(), policy=email.policy.default)["Subject"]
    assert arrived.replace("\u00a0", " ") == subject
