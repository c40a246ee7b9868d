"""How often one address, and one account, may try to sign in or have a mail sent. Counted in Redis."""

from __future__ import annotations

from dataclasses import dataclass

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit

from ckanext.opengov_kz.shared import limiting


@dataclass(frozen=True, slots=True)
class Limit:
    """What is counted together: `kind` names the options, `field` is the form's field that names the account."""

    kind: str
    field: str


SIGN_IN = Limit("login", "login")

#: Endpoint whose POSTs are counted → its limit. Mails of all kinds count together: a mailbox is flooded by their sum.
LIMITED = {
    "user.login": SIGN_IN,
    "site_account.confirm": Limit("login", ""),
    "site_account.reset": Limit("login", ""),
    "user.request_reset": Limit("mail", "user"),
    "site_account.register": Limit("mail", "email"),
    "site_account.resend": Limit("mail", "email"),
}


def wait_seconds(limit: Limit, *, address: str, account: str) -> int:
    """Counts one attempt.

    :param address: the visitor's network address
    :param account: what the visitor calls the account; empty when there is none
    :returns: 0 when the attempt is allowed, otherwise in how many seconds the next one will be
    """
    config = toolkit.config
    seconds = config["opengov.site.limit_seconds"]
    allowed = {"login": config["opengov.site.limit_login"], "mail": config["opengov.site.limit_mail"]}[limit.kind]
    # Many people of one office share an address.
    counters = [(f"ip:{address}", allowed * config["opengov.site.limit_people_per_address"])]
    if account:
        counters.append((f"account:{account.strip().lower()}", allowed))
    redis = connect_to_redis()
    return max(limiting.wait_seconds(redis, f"{limit.kind}:{name}", most, seconds) for name, most in counters)
