# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models
from django.db.models import Q

# A matter stays as it was raised, but for its decision and a text deleted because somebody is told of in it.
RIGHTS = """
CREATE FUNCTION supervision_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision CONSTANT text[] := '{decided_in_id,decided_by_id,decided_at}';
BEGIN
    IF TG_OP = 'DELETE' OR NOT supervision_redacts(to_jsonb(OLD) - decision, to_jsonb(NEW) - decision, '{text}') THEN
        RAISE EXCEPTION 'agenda item % stays as it was raised', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supervision_item_stays BEFORE UPDATE OR DELETE ON supervision_agendaitem
    FOR EACH ROW EXECUTE FUNCTION supervision_item_stays();
GRANT UPDATE (text) ON supervision_agendaitem TO wangge_web;
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0005_redaction_and_undated_demands")]
    operations = [
        migrations.AlterField(
            "redaction",
            "of",
            models.CharField(
                choices=[
                    ("paper", "文书"),
                    ("demand", "事项"),
                    ("entry", "答复"),
                    ("joint", "另一单位的回复"),
                    ("item", "议题"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("redaction", "supervision_redaction_of"),
        migrations.AddConstraint(
            "redaction",
            models.CheckConstraint(
                condition=Q(of__in=["paper", "demand", "entry", "joint", "item"]),
                name="supervision_redaction_of",
            ),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
