# SPDX-License-Identifier: Apache-2.0
"""JSON whose keys keep their order."""

from typing import Any

from django.db import models
from psycopg.types.json import Json


class OrderedJSONField(models.JSONField):
    """PostgreSQL's `json` instead of `jsonb`: keeps the order of keys, in which they are shown."""

    def db_type(self, connection: Any) -> str:
        return "json"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Django would send `jsonb`, which forgets the order on its way."""
        return None if value is None else Json(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Psycopg has parsed `json` already (Django turns that off for `jsonb` only)."""
        return value
