"""A real SMTP server for tests, and the queue that feeds it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller
from ckan.lib import jobs
from rq import SimpleWorker


@dataclass
class Mailbox:
    """Takes what the portal sends; `refusing` makes the server answer that it cannot."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refusing: bool = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        """Keeps a mail."""
        if self.refusing:
            return "451 Try again later"
        self.mails.append(BytesParser(policy=policy.default).parsebytes(envelope.content))  # type: ignore[arg-type]
        return "250 OK"

    def deliver(self) -> list[EmailMessage]:
        """Works off the queue, as `ckan jobs worker` does, and returns all mails so far."""
        queue = jobs.get_queue()
        SimpleWorker([queue], connection=queue.connection).work(burst=True, logging_level="ERROR")
        return self.mails

    def last_to(self, address: str) -> EmailMessage:
        """The latest mail to an address."""
        return [mail for mail in self.deliver() if address in str(mail["To"])][-1]


def serve(port: int) -> tuple[Controller, Mailbox]:
    """Starts the server; the caller stops the controller."""
    mailbox = Mailbox(port)
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    return controller, mailbox


def text(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    return str(mail.get_content())


def links(mail: EmailMessage) -> list[str]:
    """The addresses in a mail, without the portal's host."""
    return [re.sub(r"^https?://[^/]+", "", link) for link in re.findall(r"https?://\S+", text(mail))]
