"""Keys of agencies' systems: encrypted, bound to their host, never shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from ckan.tests.helpers import CKANTestApp
from ckanext.harvest.model import HarvestSource

from ckanext.opengov_kz.harvesters import secret
from tests.harvesters.address_register.conftest import configure
from tests.harvesters.conftest import call
from tests.visitor import Visitor

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
]

URL = "http://127.0.0.1:9"
KEY = "open-sesame-1234"
PASSWORD = "a-long-enough-password"


@pytest.fixture
def source(make_source: Any) -> dict[str, Any]:
    return make_source(URL, name="ar", source_type="address_register", config=json.dumps({"api_key": KEY, "rate": 2}))


def stored(source: dict[str, Any]) -> dict[str, Any]:
    found: Any = HarvestSource.get(source["id"])
    return json.loads(found.config)


def test_a_key_is_stored_encrypted_and_shown_nowhere(app: CKANTestApp, source: dict[str, Any]) -> None:
    assert KEY not in json.dumps(stored(source))
    assert secret.key_for(URL, stored(source)["api_key"]) == KEY
    factories.Sysadmin(name="administrator", password=PASSWORD)
    visitor = Visitor(app)
    visitor.sign_in("administrator", PASSWORD)
    sealed = stored(source)["api_key"]
    answers = [json.dumps(call(name, id="ar")) for name in ("package_show", "harvest_source_show")]
    answers += [json.dumps(helpers.call_action("package_search", fq="+dataset_type:harvest", include_private=True))]
    answers += [visitor.get(path).get_data(as_text=True) for path in ("/harvest/ar", "/harvest/edit/ar")]
    for answer in answers:
        assert KEY not in answer
        assert sealed not in answer
    assert secret.MASK in answers[-1], "the form says that there is one"


def test_a_source_saved_with_the_mask_keeps_its_key(source: dict[str, Any]) -> None:
    configure(source, {"api_key": secret.MASK, "rate": 5})
    assert stored(source)["rate"] == 5
    assert secret.key_for(URL, stored(source)["api_key"]) == KEY
    configure(source, {"rate": 5})
    assert "api_key" not in stored(source)


def test_a_key_is_not_sent_to_another_host(source: dict[str, Any]) -> None:
    with pytest.raises(toolkit.ValidationError) as refusal:
        configure(source | {"url": "http://127.0.0.1:8"}, {"api_key": secret.MASK})
    assert "config" in refusal.value.error_dict
    with pytest.raises(secret.Unreadable):
        secret.key_for("http://127.0.0.1:8", stored(source)["api_key"])


def test_a_key_of_the_environment_is_for_its_host_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(secret.ENVIRONMENT, "data.egov.kz=one 127.0.0.1:9=two")
    assert secret.key_for(URL, None) == "two"
    assert secret.key_for("https://data.egov.kz/api", None) == "one"
    assert secret.key_for("https://evil.example/", None) is None


def test_a_key_encrypted_with_another_secret_of_the_site_is_told(ckan_config: dict[str, Any]) -> None:
    sealed = secret.seal(KEY, URL)
    ckan_config["SECRET_KEY"] = "another"
    with pytest.raises(secret.Unreadable):
        secret.key_for(URL, sealed)
