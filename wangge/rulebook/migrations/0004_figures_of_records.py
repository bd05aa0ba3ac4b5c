# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.db import migrations

FIGURES = {"extension": {"most": 2}, "suspension": {"most": 365}, "reward": {"most": 0, "budget": 0}}


def write_figures(apps: Any, schema_editor: Any) -> None:
    """Drafts of the flow say what the flows in force now say: else none of them could be put in force."""
    waiting = apps.get_model("rulebook", "Change").objects.filter(draft__state__in=["open", "submitted"])
    for row in waiting.filter(table="flow"):
        for document in (row.row, row.before):
            records = (document or {}).get("records") or {}
            for kind, figures in FIGURES.items():
                if kind in records:
                    records[kind] = {**figures, **records[kind]}
        row.save(update_fields=["row", "before"])


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0003_rows_in_order"), ("cases", "0017_figures_of_records")]
    operations = [migrations.RunPython(write_figures, migrations.RunPython.noop)]
