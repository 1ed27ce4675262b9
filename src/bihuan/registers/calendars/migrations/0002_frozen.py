"""A built version cannot be changed or removed, whoever asks."""

from django.db import migrations

TABLES = ("calendars_calendarversion", "calendars_calendarday", "calendars_yearannounced")
FUNCTION = """
CREATE FUNCTION calendars_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a built calendar is frozen: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGER = """
CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION calendars_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION calendars_refuse()"),
        *[
            migrations.RunSQL(TRIGGER.format(table=table), f"DROP TRIGGER {table}_frozen ON {table}")
            for table in TABLES
        ],
    ]
