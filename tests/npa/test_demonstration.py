"""What the demonstration makes of its drafts: acts with comments, replies, conclusions and a report; once."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.tests import helpers

from ckanext.opengov_kz.npa import demonstration


def test_the_demonstration_makes_everything_once(with_plugins: None, clean_db: None, clean_index: None) -> None:
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    titles = {"kk": "Цифрлық даму министрлігі", "ru": "Министерство цифрового развития"}
    given = {"name": "ministry-of-digital-development", "kind": "central", "title_translated": titles}
    helpers.call_action("organization_create", {"user": site_user}, **given)
    helpers.call_action("group_create", {"user": site_user}, name="digital", title_translated=titles)
    told: list[str] = []
    demonstration.load(told.append)
    first = helpers.call_action("npa_act_list", limit=100)
    demonstration.load(told.append)
    assert helpers.call_action("npa_act_list", limit=100) == first
    assert first["count"] == 4
    act = next(one for one in first["acts"] if one["name"] == "draft-open-data-law")
    assert act["comments"] == 4
    (conclusion,) = helpers.call_action("npa_conclusion_list", id=act["name"])
    assert conclusion["organisation"]["ru"] == "Общественный совет при министерстве"
    assert any(one["stage"] == "report" for one in first["acts"])
