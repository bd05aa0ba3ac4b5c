# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.db import migrations

#: what the code held until now, and what a reward without figures meant
FIGURES = {"extension": {"most": 2}, "suspension": {"most": 365}, "reward": {"most": 0, "budget": 0}}


def write_figures(apps: Any, schema_editor: Any) -> None:
    """Every flow says how often a round is extended and how long a suspension lasts."""
    for row in apps.get_model("cases", "FlowVersion").objects.all():
        records = row.document.get("records") or {}
        for kind, figures in FIGURES.items():
            if kind in records:
                records[kind] = {**figures, **records[kind]}
        row.save(update_fields=["document"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_calls")]
    operations = [migrations.RunPython(write_figures, migrations.RunPython.noop)]
