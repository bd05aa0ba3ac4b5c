# SPDX-License-Identifier: Apache-2.0
"""Keys: what is kept of them, what they may do, how often."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from click.testing import CliRunner

from wangge.config.cli import main
from wangge.exchange import access
from wangge.exchange.actions import create_key, digest, revoke_key
from wangge.exchange.errors import UnknownKey, UnknownPerson
from wangge.exchange.models import ApiKey, ApiUse
from wangge.exchange.tests.peers import Peer, PeerMaker, make_peer, refused
from wangge.organizations.models import Person

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 11, 2, 0, 20, tzinfo=UTC)
REPORT = {"description": "井盖破损"}


def test_only_a_digest_is_kept(city: None) -> None:
    row, key = create_key(login="operator_1", name="peer", scopes=["case:read"], per_minute=5, at=AT)
    assert key.startswith(f"wg_{row.prefix}_") and len(key) > 50
    stored = [str(value) for value in ApiKey.objects.values_list().get(pk=row.pk)]
    secret = key.split("_", 2)[2]
    assert digest(key) in stored and not [value for value in stored if secret in value]


def test_a_key_is_for_an_active_person(city: None) -> None:
    with pytest.raises(UnknownPerson):
        create_key(login="nobody", name="", scopes=["case:read"], per_minute=5, at=AT)
    with pytest.raises(UnknownKey):
        revoke_key("none", at=AT)


def test_missing_wrong_and_revoked_key(peer: PeerMaker) -> None:
    known = peer("operator_1")
    assert known.get("/flow").status_code == 200
    missing = refused_everywhere(Peer(""), "key_missing")
    assert missing["WWW-Authenticate"] == "Bearer"
    for wrong in (known.key[:-1], known.key + "x", "wg_", "x", "wg_a_b", "wg__", "钥", "a\x00b", "x" * 5000):
        refused_everywhere(Peer(wrong), "key_wrong")
    revoke_key(known.key.split("_")[1], at=AT)
    refused_everywhere(known, "key_revoked")
    left = peer("operator_2")
    Person.objects.filter(login="operator_2").update(is_active=False)
    refused_everywhere(left, "key_revoked")


def refused_everywhere(peer: Peer, code: str) -> Any:
    """Reading and writing alike; the last response."""
    refused(peer.post("/cases", REPORT), 401, code)
    response = peer.get("/flow")
    refused(response, 401, code)
    return response


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("case:read", {"read"}), ("case:report", {"report", "photo"}), ("case:step", {"step", "photo"})],
)
def test_scopes(peer: PeerMaker, scope: str, allowed: set[str]) -> None:
    number = peer("operator_1").post("/cases", REPORT).json()["number"]
    one = peer("operator_1", scope)
    calls: dict[str, Callable[[], Any]] = {
        "read": lambda: one.get(f"/cases/{number}"),
        "report": lambda: one.post("/cases", REPORT),
        "photo": lambda: one.upload(b"x"),
        "step": lambda: one.post(f"/cases/{number}/steps", {"step": "no_such_step"}),
    }
    for name, call in calls.items():
        response = call()
        if name in allowed:
            assert response.status_code in (200, 201, 422), name
        else:
            assert scope not in refused(response, 403, "scope_missing")["message"]["en"]


def test_limit_a_minute(city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = make_peer("operator_1", per_minute=3)
    other = make_peer("operator_1", per_minute=3)
    monkeypatch.setattr(access, "now", lambda: AT)
    assert [peer.get("/flow").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    response = peer.post("/cases", REPORT)
    refused(response, 429, "too_many_requests")
    assert response["Retry-After"] == "40"
    assert other.get("/flow").status_code == 200
    monkeypatch.setattr(access, "now", lambda: AT + timedelta(seconds=int(response["Retry-After"])))
    assert peer.get("/flow").status_code == 200
    assert sorted(ApiUse.objects.values_list("count", flat=True)) == [1, 1, 6]


def test_command_line(city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("wangge.config.cli.key"), "open_database", lambda role: None)
    run = CliRunner().invoke
    made = run(
        main, ["key", "create", "--person", "operator_1", "--name", "sensor net", "--scope", "case:report"]
    )
    assert made.exit_code == 0
    key = made.stdout.strip()
    assert Peer(key).post("/cases", REPORT).status_code == 201
    refused(Peer(key).get("/flow"), 403, "scope_missing")
    listed = run(main, ["key", "list"])
    prefix, secret = key.split("_", 2)[1:]
    assert (
        f"{prefix}  operator_1  sensor net  case:report  600/min" in listed.stdout
        and secret not in listed.stdout
    )
    assert run(main, ["key", "revoke", prefix]).exit_code == 0
    refused(Peer(key).post("/cases", REPORT), 401, "key_revoked")
    assert "revoked" in run(main, ["key", "list"]).stdout
    again = run(main, ["key", "revoke", prefix])
    assert again.exit_code == 1 and "unknown_key" in again.output
    assert (
        run(main, ["key", "create", "--person", "operator_1", "--name", "x", "--scope", "all"]).exit_code == 2
    )


def test_a_key_is_no_more_than_its_person(peer: PeerMaker) -> None:
    """Every scope, but no post: nothing to see, nothing to do."""
    outsider = peer("outsider")
    assert outsider.get("/cases").json()["cases"] == []
    refused(outsider.post("/cases", REPORT), 403, "step_denied")
    refused(outsider.upload(b"x"), 403, "permission_missing")
