# SPDX-License-Identifier: Apache-2.0
"""Redaction: a text that must not be kept is destroyed with its salt; its digest stays and the chain still verifies."""

from wangge.cases.models import CaseText


def redact_text(case_id: int, seq: int, field: str) -> bool:
    """Destroy one text of one entry; True when there was anything left to destroy."""
    rows = CaseText.objects.filter(case_id=case_id, seq=seq, field=field, text__isnull=False)
    return rows.update(text=None, salt=None) == 1
