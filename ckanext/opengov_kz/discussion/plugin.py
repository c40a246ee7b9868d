"""The plugin `opengov_discussion`: comments, votes, official replies and moderation for every kind of subject."""

from __future__ import annotations

from typing import Any

from ckan import plugins
from ckan.authz import get_local_functions
from ckan.common import CKANConfig
from ckan.plugins import toolkit
from ckan.types import Action, SignalMapping

from ckanext.opengov_kz.discussion import reminding, subscriptions
from ckanext.opengov_kz.discussion.logic import (
    action,
    attachment_action,
    moderator_action,
    officer_action,
    person_action,
)
from ckanext.opengov_kz.notices.interfaces import INotices


@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers
@toolkit.blanket.validators
class OpengovDiscussionPlugin(plugins.SingletonPlugin):
    plugins.implements(plugins.IActions)
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.ISignal)
    plugins.implements(INotices)
    plugins.implements(plugins.IMiddleware, inherit=True)

    def get_actions(self) -> dict[str, Action]:
        # The blanket takes one file; there is one for each kind of people, one for what people ask of themselves, and
        # one for files.
        return {
            name: function
            for module in (action, attachment_action, person_action, officer_action, moderator_action)
            for name, function in get_local_functions(module)
        }

    def make_middleware(self, app: Any, config: CKANConfig) -> Any:  # noqa: ARG002 - CKAN's signature
        # Once in every process that starts, be it a web server, a worker or a command.
        reminding.plan()
        return app

    def notice_kinds(self) -> dict[str, str]:
        return subscriptions.notice_kinds()

    def get_signal_subscriptions(self) -> SignalMapping:
        return subscriptions.get_subscriptions()

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-discussion")
