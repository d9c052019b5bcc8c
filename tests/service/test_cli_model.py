"""`zhenwei model`, and what follows from it: what the service starts with, and what it follows while it runs."""

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import orjson
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from features.errors import ZhenweiError
from models import STARTER, Screener, open_bundle
from models.registers import NO_REGISTERS
from service import home as home_folder
from service.app import create_app
from service.cli import app
from service.ledger import activations
from service.ledger.ledger import Ledger
from service.settings import Settings, read_settings
from service.watch import BundleWatch

Run = Callable[..., Result]


@pytest.fixture
def zhenwei(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", ledger_url)
    return lambda *words: CliRunner().invoke(app, ["model", *words])


def trained(folder: Path, created: str) -> str:
    """Make a valid bundle, as the one that ships but for its date; return its id."""
    shutil.copytree(STARTER, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"created": created}), "utf-8")
    return open_bundle(folder).id


def test_activations_and_rollbacks_are_remembered(zhenwei: Run, tmp_path: Path) -> None:
    a, b = trained(tmp_path / "a", "a"), trained(tmp_path / "b", "b")
    assert zhenwei("list").output == "* starter, the bundle that ships\n"
    assert zhenwei("activate", str(tmp_path / "a"), "--why", "上线", "--who", "周").output == f"{a} is active\n"
    assert zhenwei("activate", str(tmp_path / "b"), "--why", "更好", "--who", "周").output == f"{b} is active\n"
    assert zhenwei("activate", b, "--why", "again").output == f"{b} was active already\n"
    shutil.rmtree(tmp_path / "a")  # its copy stays
    assert zhenwei("rollback", "--why", "误杀太多", "--who", "王").output == f"{a} is active again\n"
    lines = zhenwei("list").output.splitlines()
    assert [line[2:].split()[1:3] for line in lines] == [["rollback", a], ["activate", b], ["activate", a]]
    assert lines[0].startswith("* ")
    assert lines[0].endswith("王: 误杀太多")
    assert zhenwei("rollback", "--why", "x").output == "starter is active again\n"
    refused = zhenwei("rollback", "--why", "x").exception
    assert isinstance(refused, ZhenweiError)
    assert "nothing to roll back" in str(refused)
    told = orjson.loads(zhenwei("list", "--json-out").output)
    assert (told["active"], len(told["history"])) == ("starter", 4)


@pytest.mark.parametrize(
    ("bundle", "message"),
    [
        ("../../etc/passwd", "cannot be read"),
        ("0123456789abcdef", "activate its folder again"),
        ("nonsense", "16 hex digits"),
    ],
)
def test_what_does_not_open_is_not_activated(zhenwei: Run, bundle: str, message: str) -> None:
    refused = zhenwei("activate", bundle, "--why", "x").exception
    assert isinstance(refused, ZhenweiError)
    assert message in str(refused)
    assert zhenwei("list").output == "* starter, the bundle that ships\n"


def test_a_tampered_bundle_is_not_activated(zhenwei: Run, tmp_path: Path) -> None:
    trained(tmp_path / "a", "a")
    (tmp_path / "a" / "card.md").write_text("better than it is", "utf-8")
    assert "sha256" in str(zhenwei("activate", str(tmp_path / "a"), "--why", "x").exception)


def test_a_name_is_no_terminal_command(zhenwei: Run, tmp_path: Path) -> None:
    assert zhenwei("activate", "starter", "--why", "x").output == "starter was active already\n"
    trained(tmp_path / "a", "a")
    assert zhenwei("activate", str(tmp_path / "a"), "--why", "\x1b[2J走了", "--who", "x").exit_code == 0
    listed = zhenwei("list").output
    assert "走了" in listed
    assert "\x1b" not in listed


def test_two_at_once_are_both_recorded_and_one_is_active(ledger: Ledger) -> None:
    def activate(bundle: str) -> None:
        with ledger.writing() as page:
            activations.activate(page, bundle, who=bundle, why="x")

    both = [threading.Thread(target=activate, args=(name * 16,)) for name in "ab"]
    for one in both:
        one.start()
    for one in both:
        one.join()
    with ledger.view() as view:
        events = activations.history(view)
    assert {event.bundle for event in events} == {"a" * 16, "b" * 16}
    assert activations.before(events) == events[0].bundle


def test_a_rollback_that_somebody_overtook_is_refused(ledger: Ledger) -> None:
    with ledger.writing() as page:
        activations.activate(page, "a" * 16, who="x", why="x")
        activations.activate(page, "b" * 16, who="x", why="x")
    with pytest.raises(activations.ActivationRefused, match="somebody else"), ledger.writing() as page:
        activations.roll_back(page, "starter", who="x", why="x")
    with ledger.view() as view:
        assert activations.active(activations.history(view)) == "b" * 16


def test_commands_without_a_bundle_use_the_active_one(zhenwei: Run, tmp_path: Path) -> None:
    assert home_folder.bundle(read_settings({"bundle": tmp_path})) == tmp_path
    assert home_folder.bundle(read_settings({})) == STARTER
    a = trained(tmp_path / "a", "a")
    zhenwei("activate", str(tmp_path / "a"), "--why", "x")
    chosen = home_folder.bundle(read_settings({}))
    assert (chosen.name, chosen.parent.name) == (a, "bundles")
    assert home_folder.bundle(read_settings({"ledger_url": "off"})) == STARTER


def test_a_bundle_that_cannot_be_asked_for_is_no_silent_starter() -> None:
    away = {"ledger_url": "postgresql://x@127.0.0.1:1/x"}
    with pytest.raises(ZhenweiError, match="ledger cannot be opened"):
        home_folder.bundle(read_settings(away))
    assert home_folder.bundle(read_settings(away | {"ledger_required": False})) == STARTER


def test_a_running_service_follows(
    zhenwei: Run, starter: Screener, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.watch._EVERY", 0.01)
    store = home_folder.bundles(read_settings({}))
    a = trained(tmp_path / "a", "a")

    def answering(client: TestClient, bundle: str) -> bool:
        for _ in range(1000):
            told = client.post("/v1/score", json={"listing_id": "1", "title": "帆布包"}).json()
            if told["versions"]["bundle"] == client.get("/readyz").json()["bundle"] == bundle:
                return True
        return False

    with TestClient(
        create_app(starter, Settings(), ledger=ledger, watch=BundleWatch(ledger, store)), "http://127.0.0.1"
    ) as client:
        assert answering(client, starter.bundle.id)
        zhenwei("activate", str(tmp_path / "a"), "--why", "x")
        assert answering(client, a)
        with ledger.writing() as page:
            activations.activate(page, "0" * 16, who="x", why="a bundle that is not kept")
        assert answering(client, a)  # what does not open leaves the one that answers in place
        zhenwei("rollback", "--why", "x")
        zhenwei("rollback", "--why", "x")
        assert answering(client, starter.bundle.id)


def test_a_look_that_finds_nothing_new_opens_nothing(ledger: Ledger, starter: Screener, tmp_path: Path) -> None:
    watch = BundleWatch(ledger, home_folder.bundles(read_settings({})))
    assert watch.look(starter) is None
    a = trained(tmp_path / "a", "a")
    store = home_folder.bundles(read_settings({}))
    store.keep(tmp_path / "a")
    with ledger.writing() as page:
        activations.activate(page, a, who="x", why="x")
    opened = watch.look(starter)
    assert opened
    assert opened.bundle.id == a
    assert opened.reader is starter.reader  # the same knowledge reads alike
    assert watch.look(opened) is None


def test_another_knowledge_gets_a_reader_of_its_own(ledger: Ledger) -> None:
    bundle = SimpleNamespace(id="0" * 16, knowledge=SimpleNamespace(digest="brands of its own"))
    current = cast(
        "Screener", SimpleNamespace(bundle=bundle, reader="a reader of those brands", registers=NO_REGISTERS)
    )
    opened = BundleWatch(ledger, home_folder.bundles(read_settings({}))).look(current)
    assert opened
    assert opened.reader is not current.reader


def test_a_bundle_is_changed_over_http(zhenwei: Run, starter: Screener, ledger: Ledger, tmp_path: Path) -> None:
    store = home_folder.bundles(read_settings({}))
    a = trained(tmp_path / "a", "a")
    store.keep(tmp_path / "a")
    door = TestClient(
        create_app(starter, Settings(), ledger=ledger, watch=BundleWatch(ledger, store)), "http://127.0.0.1"
    )
    told = {"bundle": a, "who": "周", "why": "更好"}
    assert door.get("/v1/models").json() == {"active": "starter", "shadow": None, "history": []}
    assert door.post("/v1/models/rollback", json={"who": "周", "why": "x"}).status_code == 409
    assert door.post("/v1/models/activate", json=told).json() == {"bundle": a, "changed": True}
    assert door.post("/v1/models/activate", json=told).json() == {"bundle": a, "changed": False}
    for bundle in ("../../etc", "0" * 16, "a/b"):
        assert door.post("/v1/models/activate", json=told | {"bundle": bundle}).status_code == 409
    assert door.post("/v1/models/activate", json={"bundle": a}).status_code == 422
    assert zhenwei("list").output.splitlines()[0].endswith("周: 更好")
    assert door.post("/v1/models/rollback", json={"who": "王", "why": "误杀"}).json()["bundle"] == "starter"
    history = door.get("/v1/models").json()["history"]
    assert [(one["event"], one["who"]) for one in history] == [("rollback", "王"), ("activate", "周")]


def test_a_service_with_a_bundle_of_its_own_changes_nothing(screener: Screener, ledger: Ledger) -> None:
    door = TestClient(create_app(screener, Settings(), ledger=ledger), "http://127.0.0.1")
    told = {"bundle": "starter", "who": "周", "why": "x"}
    assert door.post("/v1/models/activate", json=told).status_code == 409
