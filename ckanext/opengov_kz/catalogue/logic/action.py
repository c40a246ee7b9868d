"""The verbs of the catalogue: a dataset's way from draft to publication, and addresses after a renaming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckan import model
from ckan.lib.search import SearchError
from ckan.logic import fresh_context
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue import model as tables
from ckanext.opengov_kz.catalogue import review
from ckanext.opengov_kz.catalogue.logic import auth, schema, stages

if TYPE_CHECKING:
    from ckan.types import Action, Context, DataDict

#: Sent after each step, by the name of the step; carries `dataset`, `event` and `author_id`.
_REVIEWED = toolkit.signals.ckanext.signal("opengov_catalogue:reviewed")


def catalogue_dataset_submit(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Submits a draft to the editors of its body.

    :param id: the id or name of the dataset
    :returns: the dataset
    :raises ValidationError: it is not a draft
    """
    return _take_step("submit", context, data_dict)


def catalogue_dataset_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publishes a dataset, which takes its texts in Kazakh and in Russian.

    :param id: the id or name of the dataset
    :returns: the dataset
    :raises ValidationError: it is published already, or a text lacks a language
    """
    return _take_step("publish", context, data_dict)


def catalogue_dataset_return(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Returns a dataset from review to its author, who learns the reason by mail.

    :param id: the id or name of the dataset
    :param reason: what is to be changed
    :returns: the dataset
    :raises ValidationError: it is not being reviewed, or the reason is missing
    """
    return _take_step("return", context, data_dict)


def catalogue_dataset_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Makes a dataset a draft again: from review, or from publication.

    :param id: the id or name of the dataset
    :returns: the dataset
    :raises ValidationError: it is a draft already
    """
    return _take_step("withdraw", context, data_dict)


@toolkit.side_effect_free
def catalogue_review_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Shows where a dataset stands, which steps the person may take, and which were taken.

    :param id: the id or name of the dataset
    :returns: `stage`; `steps` (names); `events`, the latest first, each with `step`, `origin`, `target`, `reason`,
        `user` (display name) and `created`; `untranslated`, pairs of field and language that publication lacks
    """
    data = _validated(data_dict, schema.review_step(), context)
    toolkit.check_access("catalogue_review_show", context, data)
    package = _package(data["id"])
    stage, user = auth.stage_of(package), context.get("user")
    steps = review.steps_for(
        stage,
        may_write=auth.may_write(user, package.owner_org),
        may_publish=auth.may_publish(user, package.owner_org),
    )
    dataset = toolkit.get_action("package_show")(fresh_context(context, ignore_auth=True), {"id": package.id})
    return {
        "stage": stage,
        "steps": [step.name for step in steps],
        "events": [_event_dict(event) for event in tables.ReviewEvent.of_dataset(package.id)],
        "untranslated": [] if stage == review.PUBLISHED else list(review.untranslated(dataset)),
    }


@toolkit.side_effect_free
def catalogue_review_list(context: Context, data_dict: DataDict) -> dict[str, list[dict[str, Any]]]:
    """Lists the datasets that wait for the person: in review where they may publish, drafts where they write.

    :returns: `review` and `drafts`, each a list of datasets, the longest unchanged first
    """
    toolkit.check_access("catalogue_review_list", context, data_dict)

    def bodies(permission: str) -> list[str]:
        listed = toolkit.get_action("organization_list_for_user")(fresh_context(context), {"permission": permission})
        return [body["id"] for body in listed]

    def datasets(ids: list[str]) -> list[dict[str, Any]]:
        return [toolkit.get_action("package_show")(fresh_context(context), {"id": identity}) for identity in ids]

    return {
        "review": datasets(tables.waiting(bodies(auth.PUBLISH), review.REVIEW)),
        "drafts": datasets(tables.waiting(bodies("update_dataset"), review.DRAFT)),
    }


@toolkit.side_effect_free
def catalogue_address_show(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Tells the present name of a dataset, a publisher or a category that was renamed.

    :param subject_type: "dataset", or "group" for publishers and categories
    :param name: an old name
    :returns: `name`, the present one
    :raises ObjectNotFound: nothing bore that name, it belongs to something else now, or the person may not see it
    """
    data = _validated(data_dict, schema.address(), context)
    toolkit.check_access("catalogue_address_show", context, data)
    kind: Any = model.Package if data["subject_type"] == "dataset" else model.Group
    bearer = None if kind.by_name(data["name"]) else tables.OldName.bearer(data["subject_type"], data["name"])
    subject = kind.get(bearer) if bearer else None
    if subject is None or subject.state != model.State.ACTIVE:
        raise toolkit.ObjectNotFound(toolkit._("Nothing was called that."))
    reading = "package_show" if kind is model.Package else "group_show"
    try:
        toolkit.check_access(reading, fresh_context(context), {"id": subject.id})
    except toolkit.NotAuthorized as error:
        raise toolkit.ObjectNotFound(toolkit._("Nothing was called that.")) from error
    return {"name": subject.name}


@toolkit.chained_action
def member_roles_list(original_action: Action, context: Context, data_dict: DataDict) -> list[dict[str, str]]:
    """As in CKAN; in a body the roles are called by what they do here."""
    roles = original_action(context, data_dict)
    if data_dict.get("group_type") != "organization":
        return roles
    words = {
        "member": toolkit._("Officer (writes drafts)"),
        "editor": toolkit._("Editor (also publishes)"),
        "admin": toolkit._("Administrator (also manages people)"),
    }
    return [role | {"text": words.get(role["value"], role["text"])} for role in roles]


@toolkit.chained_action
def dcat_catalog_show(original_action: Action, context: Context, data_dict: DataDict) -> str:
    """As in ckanext-dcat; a query or a page that the search cannot read is refused, and no failure of the portal."""
    try:
        return original_action(context, data_dict)
    except SearchError as error:
        given = " ".join(str(data_dict[key]) for key in ("q", "fq", "page") if data_dict.get(key))
        message = toolkit._("Invalid search query: {error_message}").format(error_message=given)
        raise toolkit.ValidationError({"q": [message]}) from error


def _take_step(name: str, context: Context, data_dict: DataDict) -> dict[str, Any]:
    wanted = schema.review_return() if name == "return" else schema.review_step()
    data = _validated(data_dict, wanted, context)
    toolkit.check_access(f"catalogue_dataset_{name}", context, data)
    # Two people may press at the same time: the row is locked, the second one finds the new stage.
    package = model.Package.get(data["id"], for_update=True)
    if package is None:
        raise toolkit.ObjectNotFound(toolkit._("Dataset not found"))
    stage = auth.stage_of(package)
    step = review.find_step(name, stage)
    if step is None or package.state != model.State.ACTIVE:
        raise toolkit.ValidationError({"review_state": [_why_not(name, stage)]})
    trusted = fresh_context(context, ignore_auth=True)
    dataset = toolkit.get_action("package_show")(fresh_context(trusted), {"id": package.id})
    if step.target == review.PUBLISHED:
        errors = stages.untranslated_errors(dataset)
        if errors:
            raise toolkit.ValidationError({**errors})
    user = model.User.get(context.get("user"))
    event = tables.ReviewEvent(
        dataset_id=package.id,
        user_id=user.id if user else "",
        step=name,
        origin=stage,
        target=step.target,
        reason=data.get("reason", ""),
    )
    author_id = _author(package)
    model.Session.add(event)
    dataset = toolkit.get_action("package_patch")(
        trusted, {"id": package.id, "review_state": step.target, "private": step.target != review.PUBLISHED}
    )
    model.Session.refresh(event)
    _REVIEWED.send(name, dataset=dataset, event=_event_dict(event), author_id=author_id)
    return dataset


def _author(package: Any) -> str:
    """Who last submitted the dataset, otherwise who created it."""
    submitted = (event for event in tables.ReviewEvent.of_dataset(package.id) if event.step == "submit")
    last = next(submitted, None)
    return last.user_id if last else package.creator_user_id


def _why_not(name: str, stage: str) -> str:
    if name == "publish":
        return toolkit._("The dataset is published already.")
    if stage == review.DRAFT:
        return (
            toolkit._("The dataset is a draft already.")
            if name == "withdraw"
            else toolkit._("The dataset is a draft: it was not submitted for review, or it was taken back.")
        )
    if stage == review.REVIEW:
        return toolkit._("The dataset is being reviewed already.")
    return toolkit._("The dataset is published: withdraw it first.")


def _event_dict(event: tables.ReviewEvent) -> dict[str, Any]:
    user = model.User.get(event.user_id)
    return {
        "step": event.step,
        "origin": event.origin,
        "target": event.target,
        "reason": event.reason,
        "user_id": event.user_id,
        "user": user.display_name if user else "",
        "created": event.created.isoformat(),
    }


def _package(reference: str) -> Any:
    package = model.Package.get(reference)
    if package is None:
        raise toolkit.ObjectNotFound(toolkit._("Dataset not found"))
    return package


def _validated(data_dict: DataDict, wanted: dict[str, Any], context: Context) -> dict[str, Any]:
    data, errors = toolkit.navl_validate(data_dict, wanted, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data
