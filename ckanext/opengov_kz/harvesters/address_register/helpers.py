"""The quality of the Address Register in words, for templates."""

from __future__ import annotations

from ckan import model
from ckan.plugins import toolkit
from ckanext.harvest.model import HarvestObject, HarvestObjectExtra


def harvesting_has_quality(package_id: str) -> bool:
    """Whether the rows of a dataset have been looked at, so that it has a quality tab."""
    query = model.Session.query(HarvestObjectExtra.id).join(
        HarvestObject, HarvestObject.id == HarvestObjectExtra.harvest_object_id
    )
    return query.filter(HarvestObject.package_id == package_id, HarvestObjectExtra.key == "quality").first() is not None


def harvesting_check_text(code: str) -> str:
    """What a check of the stored rows looks for."""
    texts = {
        "cycle": toolkit._("Units above one another in a circle, and all that hangs on them"),
        "orphan": toolkit._("Rows that point to something that is not there"),
        "stale_path": toolkit._("Full addresses that differ from the tree"),
        "repeated_sibling": toolkit._("The same name twice in one place"),
        "same_name_as_parent": toolkit._("Parts that are named like the part that they stand in"),
        "lookalike_letters": toolkit._("Latin letters inside Cyrillic words"),
        "wrong_rca": toolkit._("Address codes (RCA) that are not 16 digits"),
        "repeated_rca": toolkit._("Address codes (RCA) that several rows have"),
        "wrong_cato": toolkit._("KATO codes that are not nine digits"),
        "missing_modified": toolkit._("Rows without the time of their change: only a whole load sees them change"),
    }
    return texts.get(code, code)


def harvesting_expected_text(code: str) -> str:
    """The heading of the column with what was expected instead."""
    return toolkit._("As it is meant") if code == "lookalike_letters" else toolkit._("Recomputed from the tree")
