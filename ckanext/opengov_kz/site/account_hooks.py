"""Where CKAN asks about accounts: before signing in (IAuthenticator), and before it mails anybody (INotifier)."""

from __future__ import annotations

from typing import Any

from . import account_views, accounts, mail


class AccountHooks:
    """The methods of both interfaces, for the plugin to inherit."""

    def login(self) -> Any:
        """See `account_views.before_sign_in`."""
        return account_views.before_sign_in()

    def notify_recipient(self, already_notified: bool, *parts: Any) -> bool:
        """See `mail.hand_over`."""
        return mail.hand_over(already_notified, *parts)

    def notify_about_topic(self, already_notified: bool, topic: str, details: dict[str, Any]) -> bool:
        """See `accounts.notify_about_topic`."""
        return already_notified or accounts.notify_about_topic(topic, details)
