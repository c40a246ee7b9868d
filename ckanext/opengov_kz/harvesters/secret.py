"""Keys of agencies' systems: from the environment, or encrypted in a source's configuration; never shown.

A key is bound to the host that it was given for. Whoever moves a source to another address, or copies the encrypted
text into a source of their own, has to know the key itself: it is never sent to another host.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Any
from urllib.parse import urlsplit

from ckan.plugins import toolkit
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: What stands in the form and in the API's answers in the place of a key.
MASK = "••••••••"
#: `host=key` or `host:port=key`, separated by spaces.
ENVIRONMENT = "OPENGOV_HARVESTING_API_KEYS"
NAME = "api_key"
_PREFIX = "encrypted:"


class Unreadable(Exception):  # noqa: N818 - a state, named as such
    """The key was encrypted with another secret of the site, or for another host: it has to be given again."""


def seal(key: str, url: str) -> str:
    """Encrypts a key for the host of an address."""
    plain = json.dumps({"key": key, "host": _host(url)}).encode()
    return _PREFIX + _fernet().encrypt(plain).decode()


def is_sealed(value: Any) -> bool:
    """Whether a value of the configuration is an encrypted key."""
    return isinstance(value, str) and value.startswith(_PREFIX)


def key_for(url: str, sealed: Any) -> str | None:
    """The key to be sent to an address: the source's own, or the environment's for that host; None for none.

    Raises Unreadable.
    """
    if is_sealed(sealed):
        try:
            found = json.loads(_fernet().decrypt(sealed.removeprefix(_PREFIX).encode()))
        except InvalidToken as error:
            raise Unreadable from error
        if found["host"] != _host(url):
            raise Unreadable
        return found["key"]
    pairs = (pair.partition("=") for pair in os.environ.get(ENVIRONMENT, "").split())
    return next((key for host, _equals, key in pairs if host.lower() == _host(url)), None)


def masked(config: Any) -> Any:
    """A source's configuration (JSON text) with the mask in the place of its key; anything else as it is."""
    given = _object(config)
    return json.dumps({**given, NAME: MASK}, ensure_ascii=False) if given.get(NAME) else config


def sealed_config(config: Any, url: str, stored: Any) -> Any:
    """A configuration as it is to be stored: a plain key encrypted, the mask replaced by what is stored already.

    Raises Unreadable where the mask is given and there is no key for the address.
    """
    given = _object(config)
    key = given.get(NAME)
    if not isinstance(key, str) or is_sealed(key):
        return config
    if not key:
        del given[NAME]
    elif key == MASK:
        known = _object(stored).get(NAME)
        if not is_sealed(known):
            raise Unreadable
        key_for(url, known)
        given[NAME] = known
    else:
        given[NAME] = seal(key, url)
    return json.dumps(given, ensure_ascii=False)


def _object(config: Any) -> dict[str, Any]:
    try:
        given = json.loads(config) if isinstance(config, str) else None
    except ValueError:
        given = None
    return given if isinstance(given, dict) else {}


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _fernet() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"opengov harvesting keys")
    return Fernet(base64.urlsafe_b64encode(derived.derive(toolkit.config["SECRET_KEY"].encode())))


def hide(dataset: dict[str, Any]) -> None:
    """Masks the key in a harvest source as `package_show` gives it."""
    if dataset.get("type") != "harvest":
        return
    if "config" in dataset:
        dataset["config"] = masked(dataset["config"])
    for extra in dataset.get("extras") or []:
        if extra.get("key") == "config":
            extra["value"] = masked(extra.get("value"))
    # ckanext-harvest lays the configuration's own keys beside those of the dataset.
    if dataset.get(NAME):
        dataset[NAME] = MASK


def hidden_from_index(document: dict[str, Any]) -> dict[str, Any]:
    """A harvest source's document for the index, without the key and whatever was encrypted of it."""
    if document.get("type", document.get("dataset_type")) != "harvest":
        return document
    hidden = {name: masked(value) if name in {"config", "extras_config"} else value for name, value in document.items()}
    for name in (NAME, f"extras_{NAME}"):
        if hidden.get(name):
            hidden[name] = MASK
    for name in ("data_dict", "validated_data_dict"):
        if isinstance(hidden.get(name), str):
            stored = json.loads(hidden[name])
            hide(stored)
            hidden[name] = json.dumps(stored)
    return hidden
