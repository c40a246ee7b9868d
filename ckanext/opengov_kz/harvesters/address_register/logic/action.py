"""The verbs of the Address Register's datasets, and the encryption of a source's key on its way in."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict
from ckanext.harvest.model import HarvestSource

from ckanext.opengov_kz.harvesters import secret
from ckanext.opengov_kz.harvesters.address_register import quality
from ckanext.opengov_kz.harvesters.address_register.logic import schema


@toolkit.side_effect_free
def harvesting_quality_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Shows what was found in the rows of a harvested dataset.

    :param id: id or name of the dataset.
    :returns: ``{"at", "rows", "checks": [{"code", "count", "examples": [{"id", "value", "expected"}]}], "unchecked",
        "arrival": {"findings", "rejections", "samples"}}``: counts are of all rows, of which the first ten are shown;
        `at` is when they were looked at (ISO with a zone), `unchecked` the tables that were not there to compare with,
        `arrival` what was odd as the rows came. 404 where nothing was looked at.
    """
    data, errors = toolkit.navl_validate(data_dict, schema.dataset(), context)
    if errors:
        raise toolkit.ValidationError(errors)
    toolkit.check_access("harvesting_quality_show", {**context}, {"id": data["id"]})
    package = model.Package.get(data["id"])
    found = quality.stored(package.id) if package else None
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("The quality of this dataset has not been looked at"))
    return {name: value for name, value in found.items() if name != "basis"}


@toolkit.chained_action
def package_create(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Creates a dataset; the key of a harvest source is encrypted."""
    return original(context, _sealed(data_dict))


@toolkit.chained_action
def package_update(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Updates a dataset; the key of a harvest source is encrypted, its mask is replaced by what is stored."""
    return original(context, _sealed(data_dict))


def _sealed(data_dict: DataDict) -> DataDict:
    if data_dict.get("type") != "harvest" or not data_dict.get("config"):
        return data_dict
    package = model.Package.get(data_dict.get("id") or data_dict.get("name"))
    source: Any = HarvestSource.get(package.id) if package else None
    try:
        config = secret.sealed_config(
            data_dict["config"], str(data_dict.get("url") or ""), source.config if source else None
        )
    except secret.Unreadable as error:
        text = toolkit._("The key was given for another address; enter it again.")
        raise toolkit.ValidationError({"config": [text]}) from error
    return {name: value for name, value in data_dict.items() if name != secret.NAME} | {"config": config}
