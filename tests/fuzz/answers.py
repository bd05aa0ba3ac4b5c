# SPDX-License-Identifier: Apache-2.0
"""What must be true of every answer of the API, whatever was asked with whatever key."""

import re
from collections import Counter
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.db.models import Q
from django.test import Client
from schemathesis import Case as Request
from schemathesis import Response
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.city import actor
from tests.fuzz.cases import NAME, NUMBERS
from tests.fuzz.keys import Key
from wangge.cases.hotlines import may_see
from wangge.cases.models import Call, Case, Photo
from wangge.cases.visibility import visible_to
from wangge.exchange.bodies import CallBody
from wangge.exchange.models import ApiKey
from wangge.grids.queries import city

#: stands in the description of every case the requests are aimed at
OF_A_CASE = "井盖破损，行人绕行"
WITHOUT_A_KEY = {"key_missing", "key_wrong", "key_revoked", "unknown_address", "wrong_method", "too_large"}
#: what a key that may not read gets of its own doing
OWN_DOING = (
    {"number", "seq", "state"},
    {"id", "sha256", "width", "height", "size"},
    set(CallBody.model_fields),
)
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CALL = re.compile(r"/calls/(\d{1,18})\b")
#: how often each (kind of key, status) was seen
seen: Counter[tuple[str, int]] = Counter()


def send(request: Request[Any], key: Key) -> int:
    """Send with `key` and judge the answer: as described, in our shape, nothing told of what is not theirs. Its status."""
    request.headers.pop("Authorization", None)
    response = request.call(headers={"Authorization": key.header} if key.header else None)
    seen[key.name, response.status_code] += 1
    # good data may still be refused by the field's rules, which no description of shapes tells
    request.validate_response(response, excluded_checks=[positive_data_acceptance, ignored_auth])
    if response.status_code >= 400 and request.method != "HEAD":
        _check_refusal(response.json())
    _check_callers(response)
    if not key.scopes:
        assert response.status_code >= 400
        assert request.method == "HEAD" or response.json()["code"] in WITHOUT_A_KEY, response.text
        return response.status_code
    if key.name != "spent":
        _check_hidden(response, key)
    _check_told(request, response, key)
    return response.status_code


def _check_refusal(told: dict[str, Any]) -> None:
    assert {"code", "message"} <= set(told) <= {"code", "message", "reason", "permission", "fields"}, told
    for sentence in (told["message"], *(field["problem"] for field in told.get("fields", ()))):
        assert re.search("[\u4e00-\u9fff]", sentence["zh"]) and re.search("[a-z]{2}", sentence["en"]), told
        assert "不符合要求" not in sentence["zh"], f"told in general words: {told}"


def _check_callers(response: Response) -> None:
    """The API tells nobody who called; of whoever wished it not even a part."""
    if response.headers.get("content-type") == ["image/jpeg"]:
        return
    text = response.text
    assert NAME not in text and not any(number in text for number in (*NUMBERS, *map(_digits, NUMBERS))), text
    if response.status_code < 300 and isinstance(told := response.json(), dict) and told.get("confidential"):
        assert told["caller"] is None, text


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _check_told(request: Request[Any], response: Response, key: Key) -> None:
    """Every case and photo in the answer is one the key's person may see; without the scope there is none."""
    picture = response.headers.get("content-type") == ["image/jpeg"]
    text = "" if picture else response.text
    if ApiKey.Scope.READ not in key.scopes:
        assert not picture and OF_A_CASE not in text
        assert response.status_code >= 400 or set(response.json()) in OWN_DOING, text
    told = _numbers(text)
    if request.method != "GET" or response.status_code >= 400:
        told -= _numbers(_sent(response))  # its own words, and what it has just done
    assert not told & _foreign_numbers(told, key), f"{key.name} was told of {told}"
    photos = {request.path_parameters["photo_id"]} if picture else set(UUIDS.findall(text))
    assert not _foreign_photos(photos, key), f"{key.name} was told of {photos}"
    calls = set() if picture or response.status_code >= 400 else _told_calls(response.json())
    assert not _foreign_calls(calls, key), f"{key.name} was told of the calls {calls}"


def _check_hidden(response: Response, key: Key) -> None:
    """The same request about what does not exist is refused in the same words."""
    sent = _sent(response)
    hidden = _foreign_numbers(_numbers(sent), key) | _foreign_photos(set(UUIDS.findall(sent)), key)
    absent = {one: one[:-8] + "9999" + one[-4:] for one in hidden}
    for call in _foreign_calls({int(one) for one in CALL.findall(sent)}, key):
        hidden.add(f"/calls/{call}")
        absent[f"/calls/{call}"] = f"/calls/{call + 10**9}"
    if not hidden:
        return
    assert response.status_code >= 400 or '"target"' in sent, f"{key.name} did something with {hidden}"
    if response.status_code >= 400:
        again = _send_again(response, absent)
        words = again.content.decode()
        for one, other in absent.items():
            words = words.replace(other, one)
        assert (again.status_code, words) == (response.status_code, response.text), (
            f"{key.name}, {sent}: {hidden}"
        )


def _send_again(response: Response, instead: dict[str, str]) -> Any:
    request = response.request
    path, body = request.path_url, _body(response)
    for one, other in instead.items():
        path, body = path.replace(one, other), body.replace(one.encode(), other.encode())
    headers = {name: str(value) for name, value in request.headers.items() if name != "Content-Type"}
    kind = str(request.headers.get("Content-Type", ""))
    return Client().generic(str(request.method), path, body, content_type=kind, headers=headers)


def _sent(response: Response) -> str:
    """Address and body as sent."""
    return unquote(str(response.request.url)) + "\n" + _body(response).decode(errors="replace")


def _body(response: Response) -> bytes:
    body = response.request.body or b""
    assert isinstance(body, str | bytes)
    return body.encode() if isinstance(body, str) else body


def _numbers(text: str) -> set[str]:
    return set(re.findall(rf"{re.escape(city().case_number_prefix)}\d{{16}}", text))


def _foreign_numbers(numbers: set[str], key: Key) -> set[str]:
    """Those of cases the key's person may not see."""
    if not numbers:
        return set()
    theirs = Case.objects.filter(visible_to(actor(key.login)))
    return set(
        Case.objects.filter(number__in=numbers).exclude(pk__in=theirs).values_list("number", flat=True)
    )


def _foreign_photos(ids: set[str], key: Key) -> set[str]:
    """Those of others that wait, and of cases the key's person may not see."""
    if not ids:
        return set()
    theirs = Q(case__in=Case.objects.filter(visible_to(actor(key.login))).values("pk"))
    own = Q(case=None, uploaded_by__login=key.login)
    known = Photo.objects.filter(pk__in=[UUID(one) for one in ids]).exclude(theirs | own)
    return {str(one) for one in known.values_list("pk", flat=True)}


def _told_calls(told: Any) -> set[int]:
    """Ids of the calls in an answer: of one call, or of those a callback may name."""
    if isinstance(told, dict):
        return {told["id"]} if "outcome" in told else set()
    return {call for offer in told if isinstance(offer, dict) for call in offer.get("calls") or ()}


def _foreign_calls(ids: set[int], key: Key) -> set[int]:
    """Those the key's person may not see."""
    if not ids:
        return set()
    calls, person = Call.objects.select_related("case__merged_into").filter(pk__in=ids), actor(key.login)
    return {call.pk for call in calls if not may_see(call, person)}
