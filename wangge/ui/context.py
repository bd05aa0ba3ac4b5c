# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page needs."""
    return {}
