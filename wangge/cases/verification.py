# SPDX-License-Identifier: Apache-2.0
"""Does the record of a case hold: every link of its chain, every text and photo, and the state the log explains."""

from typing import Any

from wangge.cases.models import Case, CaseText, FilledForm, LogEntry, Photo
from wangge.catalog.forms import canonical
from wangge.common.chain import START, link, text_digest


def faults_of(case: Case) -> list[str]:
    """What does not hold, one sentence each in English; empty when everything does. Redacted texts are no fault."""
    faults: list[str] = []
    digest, state, seq = START, "new", 0
    states: dict[int, str] = {}
    digests: dict[tuple[int, str], str] = {}
    photos: dict[str, str] = {}
    forms: dict[int, tuple[int, str]] = {}
    for entry in LogEntry.objects.filter(case=case).order_by("seq"):
        if entry.seq != seq + 1:
            faults.append(f"entry {seq + 1} is missing before entry {entry.seq}")
        if entry.from_state != state:
            faults.append(f"entry {entry.seq} starts from {entry.from_state}, the log stood at {state}")
        digest, state, seq = link(digest, _chained(entry)), entry.to_state, entry.seq
        if bytes(entry.digest) != digest:
            faults.append(f"entry {entry.seq} does not match its digest")
        if (seq_back := entry.data.get("taken_back")) and states.get(seq_back) != entry.to_state:
            faults.append(
                f"entry {entry.seq} takes back entry {seq_back}, which did not start from {entry.to_state}"
            )
        states[seq] = entry.from_state
        digests |= {(entry.seq, name): value for name, value in entry.data.get("texts", {}).items()}
        if filled := entry.data.get("form"):
            forms[entry.seq] = (filled["id"], filled["digest"])
        photos |= entry.data.get("photos", {})
    if (case.state, case.log_seq, bytes(case.log_digest)) != (state, seq, digest):
        faults.append(f"the case stands at {case.state} #{case.log_seq}, its log at {state} #{seq}")
    return faults + _text_faults(case, digests) + _form_faults(case, forms) + _photo_faults(case, photos)


def _chained(entry: LogEntry) -> dict[str, Any]:
    return {
        "case_id": entry.case_id, "seq": entry.seq, "step": entry.step, "result": entry.result,
        "from_state": entry.from_state, "to_state": entry.to_state, "actor_id": entry.actor_id, "post": entry.post,
        "hand": entry.hand, "origin": entry.origin, "at": entry.at.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(), "data": entry.data,
    }  # fmt: skip


def _text_faults(case: Case, digests: dict[tuple[int, str], str]) -> list[str]:
    faults = []
    for row in CaseText.objects.filter(case=case):
        chained = digests.pop((row.seq, row.field), None)
        if row.digest != chained:
            faults.append(f"text {row.field} of entry {row.seq} is not the one in the log")
        elif row.text is not None and text_digest(row.text, bytes(row.salt or b"")) != chained:
            faults.append(f"text {row.field} of entry {row.seq} was changed")
    return faults + [f"text {name} of entry {seq} is missing" for seq, name in digests]


def _form_faults(case: Case, chained: dict[int, tuple[int, str]]) -> list[str]:
    faults = []
    for row in FilledForm.objects.filter(case=case):
        known = chained.pop(row.seq, None)
        if (row.form_id, row.digest) != known:
            faults.append(f"the form of entry {row.seq} is not the one in the log")
        elif (
            row.answers is not None
            and text_digest(canonical(row.answers), bytes(row.salt or b"")) != row.digest
        ):
            faults.append(f"the form of entry {row.seq} was changed")
    return faults + [f"the form of entry {seq} is missing" for seq in chained]


def _photo_faults(case: Case, chained: dict[str, str]) -> list[str]:
    held = {str(key): digest for key, digest in Photo.objects.filter(case=case).values_list("id", "sha256")}
    return [] if held == chained else ["the photos are not those in the log"]
