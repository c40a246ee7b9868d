"""The upkeep of the index on a real Solr: rebuilds in a second core, the comparison, its mail and its page."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckan.lib import jobs
from ckan.lib.search import clear, rebuild
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.opengov_kz.catalogue import facets
from ckanext.opengov_kz.search import background, configset, contents, cores, notes, rebuilding, rules, upkeep, version
from tests.catalogue.records import act, dataset
from tests.conftest import free_port
from tests.mail import Mailbox, text
from tests.visitor import Visitor

NO_SOLR = f"http://127.0.0.1:{free_port()}/solr/ckan"
INDEX = pytest.mark.usefixtures("index")


def found(query: str = "*:*") -> list[str]:
    return sorted(hit["name"] for hit in act("package_search", q=query, rows=1000)["results"])


def second() -> str:
    return f"{cores.current()}_next"


def unindexed(number: int) -> list[str]:
    """Datasets that were written past the index; their names."""
    made = [dataset()["name"] for _ in range(number)]
    for name in made:
        clear(name)
    return sorted(made)


def titled(name: str, title: str) -> None:
    act("package_patch", id=name, title_translated={"kk": title, "ru": title})


# Rebuild


@INDEX
def test_a_rebuild_makes_the_index_anew_and_leaves_one_core() -> None:
    names = unindexed(3)
    act("package_delete", id=dataset()["id"])
    before = cores.folder(cores.current())
    told = rebuilding.rebuild()
    assert (told["state"], told["done"], told["total"]) == ("finished", 3, 3)
    assert found() == names
    assert not cores.exists(second())
    assert cores.folder(cores.current()) != before
    # Once more, as the folders take turns.
    assert rebuilding.rebuild()["state"] == "finished"
    assert cores.folder(cores.current()) == before
    assert found() == names


@INDEX
def test_searches_go_on_while_the_index_is_rebuilt_and_a_stopped_rebuild_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rebuilding, "_BATCH", 2)
    names = sorted(dataset()["name"] for _ in range(5))
    seen = []

    def stop_after_two(done: int, _total: int) -> None:
        with contents.into(cores.current().removesuffix("_next")):
            seen.append((done, found()))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuilding.rebuild(progress=stop_after_two)
    assert seen == [(0, names), (2, names)]
    shown = act("search_index_report_show")["rebuild"]
    assert (shown["state"], shown["done"], shown["total"]) == ("stopped", 2, 5)
    done: list[int] = []
    told = rebuilding.rebuild(progress=lambda so_far, _total: done.append(so_far))
    assert done == [2, 4, 5]
    assert told["began"] == shown["began"]
    assert told["state"] == "finished"
    assert found() == names


@INDEX
def test_what_changes_during_a_rebuild_is_in_the_new_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "_BATCH", 1)
    changed, deleted, filed = dataset(), dataset(), dataset()
    group = act("group_create", name="filed-here", title_translated={"kk": "Т", "ru": "Т"}, type="group")
    added: list[str] = []

    def meanwhile(done: int, total: int) -> None:
        if done != total or added:
            return
        # As another process does it: into the portal's core.
        with contents.into(cores.current().removesuffix("_next")):
            titled(changed["name"], "Соңғыатау")
            act("package_delete", id=deleted["id"])
            act("member_create", id=group["id"], object=filed["id"], object_type="package", capacity="public")
            rebuild(filed["id"])
            added.append(dataset(title_translated={"kk": "Жаңакесте", "ru": "Жаңакесте"})["name"])

    assert rebuilding.rebuild(progress=meanwhile)["state"] == "finished"
    assert found() == sorted([changed["name"], filed["name"], *added])
    assert found("Соңғыатау") == [changed["name"]]
    assert found("groups:filed-here") == [filed["name"]]


@INDEX
def test_a_dataset_that_cannot_be_indexed_is_told_and_does_not_stop_the_rebuild() -> None:
    good, bad = dataset(), dataset()
    model.Session.query(model.Package).filter_by(id=bad["id"]).update({"metadata_created": None})
    model.Session.commit()
    told = rebuilding.rebuild()
    assert told["state"] == "finished"
    assert told["failed"]["count"] == 1
    assert bad["id"] in told["failed"]["names"][0]
    assert found() == [good["name"]]


@INDEX
def test_one_looks_after_the_index_at_a_time() -> None:
    dataset()
    with notes.alone():
        assert act("search_index_report_show")["busy"]
        with pytest.raises(notes.BusyError):
            rebuilding.rebuild()
        with pytest.raises(toolkit.ValidationError):
            act("search_index_compare")
    assert not act("search_index_report_show")["busy"]
    assert act("search_index_compare")["datasets"] == 1


@INDEX
def test_a_collection_or_a_configset_that_solr_does_not_have_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as changed:
        changed.setitem(toolkit.config, "solr_url", cores.beside("collection"))
        with pytest.raises(rebuilding.NotPossibleError, match="ckan search-index rebuild"):
            rebuilding.rebuild()
    monkeypatch.setitem(toolkit.config, "opengov.search.configset", "nosuchthing")
    with pytest.raises(rebuilding.NotPossibleError, match="ckan search configset"):
        rebuilding.rebuild()
    assert not cores.exists(second())


@INDEX
def test_a_rebuild_in_the_background_takes_turns_in_the_queue(
    monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox
) -> None:
    monkeypatch.setattr(rebuilding, "_BATCH", 1)
    monkeypatch.setattr(background, "_TURN", 0)
    names = unindexed(3)
    assert act("search_index_rebuild") == {"queued": True}
    assert act("search_index_rebuild") == {"queued": False}
    assert act("search_index_report_show")["queued"]["rebuild"]
    background.rebuild(False)
    told = act("search_index_report_show")["rebuild"]
    assert (told["state"], told["done"], told["total"]) == ("waiting", 1, 3)
    mailbox.deliver()
    assert act("search_index_report_show")["rebuild"]["state"] == "finished"
    assert found() == names


@INDEX
def test_the_commands_of_ckan_and_ours_work_side_by_side(cli: Any) -> None:
    names = unindexed(2)
    made = cli.invoke(ckan_command, ["search", "rebuild"])
    assert made.exit_code == 0, made.output
    assert "2 of 2" in made.output
    clear(names[0])
    told = cli.invoke(ckan_command, ["search", "compare", "--dry-run"]).output
    assert f"missing: 1 ({names[0]})" in told
    assert found() == names[1:]
    assert cli.invoke(ckan_command, ["search-index", "rebuild"]).exit_code == 0
    assert found() == names
    shown = cli.invoke(ckan_command, ["search", "status"]).output
    assert f"{configset.name()} (of Solr)" in shown
    assert "finished, 2 of 2" in shown


# Comparison


@INDEX
def test_the_comparison_mends_and_reports_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    same, missing, stale, late, gone = (dataset(frequency="MONTHLY", last_update="2026-01-31") for _ in range(5))
    clear(missing["id"])
    row = model.Session.query(model.Package).filter_by(id=stale["id"])
    row.update({"metadata_modified": datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=1)})
    model.Session.commit()
    monkeypatch.setattr(facets, "publishing_today", lambda: date(2026, 2, 1))
    rebuild(late["id"])
    monkeypatch.undo()
    act("dataset_purge", id=gone["id"])
    document = {"id": "no-such-dataset", "name": "orphan", "index_id": "orphan", "entity_type": "package"}
    site = {"site_id": toolkit.config["ckan.site_id"], "metadata_modified": "2026-01-01T00:00:00Z"}
    cores.connection(cores.current()).add([document | site], commit=True)

    told = act("search_index_compare", dry_run=True)
    assert act("search_index_report_show")["report"] is None
    report = act("search_index_compare")
    for one in (told, report):
        assert (one["missing"], one["stale"], one["outdated"], one["orphans"]) == (
            {"count": 1, "names": [missing["name"]]},
            {"count": 1, "names": [stale["name"]]},
            {"count": 1, "names": [late["name"]]},
            {"count": 1, "names": ["orphan"]},
        )
    assert (report["datasets"], report["documents"], report["failed"]["count"]) == (4, 4, 0)
    assert act("search_index_report_show")["report"] == report
    assert found() == sorted(one["name"] for one in (same, missing, stale, late))
    assert found("vocab_update_state:up_to_date") == []
    again = act("search_index_compare")
    assert upkeep.differences_of(again) == 0
    assert again["documents"] == 4


@INDEX
def test_drafts_belong_into_the_index_and_deleted_datasets_do_not() -> None:
    draft, deleted = dataset(state="draft"), dataset()
    act("package_delete", id=deleted["id"])
    assert upkeep.differences_of(act("search_index_compare")) == 0
    clear(draft["id"])
    assert act("search_index_compare")["missing"]["names"] == [draft["name"]]


@INDEX
def test_without_solr_the_comparison_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.setitem(toolkit.config, "solr_url", NO_SOLR)
        assert "error" in act("search_index_compare")
        assert act("search_index_report_show")["schema"]["actual"] is None


@INDEX
def test_what_a_night_found_is_mailed_and_the_next_night_is_planned(
    app: Any, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(toolkit.config, "email_to", "desk@opengov.example")
    planned = jobs.get_queue().scheduled_job_registry
    for left in planned.get_job_ids():
        planned.remove(left)
    name = unindexed(1)[0]
    background.compare(True)
    mail = text(mailbox.last_to("desk@opengov.example"))
    assert name in mail
    assert "/ckan-admin/search-index" in mail
    assert planned.count == 1
    # However many processes plan it, it is one job.
    due = background.plan()
    background.plan()
    assert planned.count == 1
    assert planned.get_scheduled_time(planned.get_job_ids()[0]) == due
    # A night without differences is silent.
    background.compare(True)
    assert len(mailbox.deliver()) == 1


@INDEX
def test_without_an_address_administrators_get_the_mail_in_their_language(app: Any, mailbox: Mailbox) -> None:
    admin = factories.Sysadmin(plugin_extras={"opengov": {"language": "ru"}})
    unindexed(1)
    background.compare(True)
    assert "Ночное сравнение" in text(mailbox.last_to(admin["email"]))


# The version of the configset


@INDEX
def test_another_configset_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        version.tell()
        assert not caplog.records
        monkeypatch.setattr(configset, "name", lambda: "ckan-2.12-opengov-00000000")
        version.tell()
    message = caplog.records[0].getMessage()
    assert "ckan search configset" in message
    assert "ckan search rebuild" in message
    with pytest.raises(rebuilding.NotPossibleError, match="ckan search configset"):
        rebuilding.rebuild()


def test_a_start_without_solr_says_nothing_and_goes_on(
    with_plugins: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(toolkit.config, "solr_url", NO_SOLR)
    version.tell()
    assert not [record for record in caplog.records if record.name == version.__name__]


# Pages


@pytest.fixture
def admin(index: None, app: Any) -> Visitor:
    made = factories.Sysadmin(password="correct horse 17")
    visitor = Visitor(app)
    visitor.sign_in(made["name"], "correct horse 17")
    return visitor


def test_the_administrators_page_shows_the_state_and_starts_both(admin: Visitor, mailbox: Mailbox) -> None:
    name = unindexed(1)[0]
    page = admin.get("/en/ckan-admin/search-index").get_data(as_text=True)
    assert configset.name() in page
    assert "Nothing has been compared yet" in page
    assert "/ckan-admin/search-index" in admin.get("/en/ckan-admin/").get_data(as_text=True)
    assert admin.send("/en/ckan-admin/search-index", do="compare").status_code == 302
    mailbox.deliver()
    page = admin.get("/en/ckan-admin/search-index").get_data(as_text=True)
    assert "Were missing in the index" in page
    assert name in page
    assert admin.send("/en/ckan-admin/search-index", do="rebuild").status_code == 302
    mailbox.deliver()
    assert "1 of 1 datasets" in admin.get("/en/ckan-admin/search-index").get_data(as_text=True)
    assert admin.send("/en/ckan-admin/search-index", do="nonsense").status_code == 400
    assert admin.post("/en/ckan-admin/search-index", {"do": "rebuild"}).status_code == 400


def test_the_page_is_the_administrators_alone(index: None, app: Any) -> None:
    assert Visitor(app).get("/en/ckan-admin/search-index").status_code == 403


@INDEX
@pytest.mark.parametrize("path", ["/dataset/?q=мектеп", "/dataset/", "/dataset/?q=title:a", "/organization/{body}"])
def test_pages_that_search_answer_503_while_solr_is_away(app: Any, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    body = act("organization_show", id=dataset()["owner_org"])["name"]
    with monkeypatch.context() as changed:
        changed.setitem(toolkit.config, "solr_url", NO_SOLR)
        answer = Visitor(app).get(f"/ru{path.format(body=body)}")
    assert answer.status_code == 503
    assert "Поиск сейчас не работает" in answer.get_data(as_text=True)


@INDEX
def test_the_box_does_without_suggestions_while_solr_is_away(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.setitem(toolkit.config, "solr_url", NO_SOLR)
        answer = app.get("/search/suggest", query_string={"q": "мек"})
    assert (answer.status_code, answer.json) == (503, [])


# Rules


@pytest.mark.fast
@pytest.mark.parametrize(
    ("now", "clock", "due"),
    [
        ("2026-11-24T20:00:00", "03:00", "2026-11-24T22:00:00"),
        ("2026-11-24T22:00:00", "03:00", "2026-11-25T22:00:00"),
        ("2026-11-24T23:00:00", "23:30", "2026-11-25T18:30:00"),
    ],
)
def test_the_next_night_is_reckoned_by_the_portals_clock(now: str, clock: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert rules.next_time(at, clock, "Asia/Almaty") == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert rules.next_time(at, " ", "Asia/Almaty") is None


@pytest.mark.fast
def test_a_dataset_is_named_under_one_kind_of_difference() -> None:
    early, late = datetime.fromisoformat("2026-01-01T00:00:00.001999"), datetime.fromisoformat("2026-01-02")
    stored = {name: rules.Stored(name, early) for name in ("same", "missing", "stale", "outdated")}
    solr = early.replace(microsecond=1000)
    indexed = {
        "same": rules.Indexed("same", solr, late, {"state": ["a"]}),
        "stale": rules.Indexed("stale", late, late, {"state": ["b"]}),
        "outdated": rules.Indexed("outdated", solr, late, {"state": None}),
        "orphan": rules.Indexed("orphan", solr, late),
    }
    expected = {"state": {"same": ["a"], "stale": ["a"], "outdated": ["a"]}}
    differences = rules.compare(stored, indexed, expected)
    assert differences.ids == ["missing", "orphan", "outdated", "stale"]
    assert differences.to_index == ["missing", "outdated", "stale"]
