# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

# What is official stays as it is, but for a text deleted because somebody is told of in it: it becomes a dash, for good.
# What is asked of a unit gets its moment later where the calendar had none for it when it was issued.
REDACTED = """
CREATE FUNCTION supervision_redacts(old jsonb, new jsonb, texts text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT old - texts = new - texts
        AND NOT EXISTS (SELECT FROM unnest(texts) AS t WHERE new -> t <> old -> t AND new ->> t <> '—')
$$;
CREATE FUNCTION supervision_only_redacted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT supervision_redacts(to_jsonb(OLD), to_jsonb(NEW), '{text}') THEN
        RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER append_only ON supervision_demandentry;
DROP TRIGGER append_only ON supervision_jointanswer;
CREATE TRIGGER only_redacted BEFORE UPDATE OR DELETE ON supervision_demandentry
    FOR EACH ROW EXECUTE FUNCTION supervision_only_redacted();
CREATE TRIGGER only_redacted BEFORE UPDATE OR DELETE ON supervision_jointanswer
    FOR EACH ROW EXECUTE FUNCTION supervision_only_redacted();
CREATE OR REPLACE FUNCTION supervision_drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose bigint;
BEGIN
    IF TG_TABLE_NAME = 'supervision_paper' THEN
        IF TG_OP = 'DELETE' OR (OLD.state <> 'draft'
            AND NOT supervision_redacts(to_jsonb(OLD), to_jsonb(NEW), '{title,text,place}'))
        THEN
            RAISE EXCEPTION 'paper % is not a draft', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    whose := CASE WHEN TG_OP = 'DELETE' THEN OLD.paper_id ELSE NEW.paper_id END;
    IF EXISTS (SELECT FROM supervision_paper WHERE id = whose AND state <> 'draft') THEN
        RAISE EXCEPTION 'paper % is not a draft', whose USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE FUNCTION supervision_asked_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'drafted' AND (TG_OP = 'DELETE'
        OR (NEW.paper_id, NEW.unit) IS DISTINCT FROM (OLD.paper_id, OLD.unit)
        OR NEW.text NOT IN (OLD.text, '—')
        OR (NEW.due_at IS DISTINCT FROM OLD.due_at AND OLD.due_at IS NOT NULL))
    THEN
        RAISE EXCEPTION 'demand % is out', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
RIGHTS = """
GRANT INSERT ON supervision_redaction TO wangge_web;
GRANT UPDATE (text) ON supervision_demandentry, supervision_jointanswer TO wangge_web;
GRANT UPDATE (due_at) ON supervision_demand TO wangge_worker;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON supervision_redaction
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON supervision_redaction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0004_occasions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Redaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "of",
                    models.CharField(
                        choices=[
                            ("paper", "文书"),
                            ("demand", "事项"),
                            ("entry", "答复"),
                            ("joint", "另一单位的回复"),
                        ],
                        max_length=10,
                    ),
                ),
                ("row", models.BigIntegerField(help_text="its id")),
                ("field", models.CharField(help_text="title, text or place", max_length=10)),
                ("why", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["of", "row", "field"], name="supervision_redaction_once"),
                    models.CheckConstraint(
                        condition=Q(of__in=["paper", "demand", "entry", "joint"]),
                        name="supervision_redaction_of",
                    ),
                ]
            },
        ),
        migrations.AlterField(
            "demand",
            "due_at",
            models.DateTimeField(
                help_text="none where the calendar ends before it, until it goes on", null=True
            ),
        ),
        migrations.RemoveConstraint("demand", "supervision_demand_due"),
        migrations.AddConstraint(
            "demand",
            models.CheckConstraint(
                condition=Q(state="drafted", due_at__isnull=True)
                | Q(state__in=["open", "answered", "accepted"]),
                name="supervision_demand_due",
            ),
        ),
        migrations.RunSQL(REDACTED + RIGHTS, migrations.RunSQL.noop),
    ]
