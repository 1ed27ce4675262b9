"""Traces of who may be written in a content. They go with it; on a house that is filled the worker makes them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

import bihuan.journal.models

# the lock is traces.LOCK: whoever is adding to them meanwhile is waited for, and what he added goes as well
FORWARDS = """
CREATE FUNCTION privacy_trace_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7303014017);
    DELETE FROM privacy_trace WHERE entry_id IN (SELECT gone.entry_id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER privacy_trace_gone AFTER DELETE ON journal_content REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION privacy_trace_gone();
"""
BACKWARDS = """
DROP TRIGGER privacy_trace_gone ON journal_content;
DROP FUNCTION privacy_trace_gone();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_samples"), ("journal", "0008_pressing")]
    operations = [
        migrations.CreateModel(
            name="Trace",
            fields=[
                ("entry_id", models.UUIDField(primary_key=True, serialize=False)),
                ("told", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["told"], name="privacy_trace_told")],
            },
        ),
        migrations.CreateModel(
            name="Traced",
            fields=[
                ("one", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("shape", models.PositiveIntegerField()),
                ("xid", bihuan.journal.models.TransactionIdField()),
                ("position", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
