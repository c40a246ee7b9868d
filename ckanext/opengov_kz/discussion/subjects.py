"""Which plugin owns a subject, who may see it, and who answers for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ckan import authz, model
from ckan.plugins import PluginImplementations, toolkit
from ckan.types import Context

from .interfaces import IDiscussable
from .rules import Settings, Subject, SubjectPart

#: What people of a body may do with its drafts, they may do with the replies to what is said about them.
_OFFICER = "update_dataset"


def types() -> dict[str, Settings]:
    """All kinds of subjects that any plugin owns."""
    return {
        name: how for plugin in PluginImplementations(IDiscussable) for name, how in plugin.discussable_types().items()
    }


def settings_of(subject_type: str) -> Settings:
    """How a kind of subject is discussed. Raises ObjectNotFound for a kind that nobody owns."""
    found = types().get(subject_type)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such discussion."))
    return found


def find(subject_type: str, subject_id: str) -> Subject:
    """A subject, whoever may see it. Raises ObjectNotFound."""
    for plugin in PluginImplementations(IDiscussable):
        if subject_type in plugin.discussable_types():
            subject = plugin.discussable_subject(subject_type, subject_id)
            if subject is not None:
                return subject
    raise toolkit.ObjectNotFound(toolkit._("There is no such discussion."))


def parts(subject: Subject, part_ids: Collection[str]) -> Mapping[str, SubjectPart]:
    """Those of the parts that the subject has, by id."""
    if not part_ids:
        return {}
    for plugin in PluginImplementations(IDiscussable):
        if subject.subject_type in plugin.discussable_types():
            return plugin.discussable_parts(subject, part_ids)
    return {}


def may_see(context: Context, subject: Subject) -> bool:
    """Whether somebody may read the discussion: everybody where the subject is public, else the people of the body."""
    return bool(context.get("ignore_auth")) or subject.is_public or is_officer(context.get("user"), subject.owner_id)


def is_officer(user: str | None, owner_id: str) -> bool:
    """Whether a person answers for a body: its officers, editors and administrators, and system administrators."""
    return bool(user) and authz.has_user_permission_for_group_or_org(owner_id, user, _OFFICER)


def is_moderator(user: str | None) -> bool:
    """Whether a person moderates: never as one of a body, which must not hide what is said of it."""
    return authz.is_sysadmin(user) or (bool(user) and user in toolkit.config["opengov.discussion.moderators"])


def user_of(context: Context) -> model.User:
    """The account that acts. Raises NotAuthorized for nobody."""
    user = model.User.get(context.get("user"))
    if user is None:
        raise toolkit.NotAuthorized(toolkit._("Sign in to take part."))
    return user
