"""Filing datasets under categories, for people who are members of a publisher only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan import model
from ckan.lib.dictization.model_save import package_membership_list_save
from ckan.types import Context


def file_dataset(dataset: Mapping[str, Any]) -> None:
    """Put the dataset under the categories it was saved with, when the save named any.

    CKAN lets only members of a group file datasets under it. Whoever may edit the dataset chooses
    its categories here: the names come from the checked field ``categories``.
    """
    names = dataset.get("categories")
    package = model.Package.get(dataset["id"])
    if names is None or package is None:
        return
    groups = [{"name": name} for name in names]
    package_membership_list_save(groups, package, Context(ignore_auth=True, session=model.Session))
    # CKAN's session doesn't flush by itself, and the dataset is read for the index before the commit.
    model.Session.flush()
