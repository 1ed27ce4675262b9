"""Questionnaires, tries and answers are added, never changed or removed, whoever asks."""

from django.db import migrations

TABLES = ("surveys_survey", "surveys_attempt", "surveys_answer")
FUNCTION = """
CREATE FUNCTION surveys_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows here are added, never changed: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def _kept(table: str, name: str, doings: str, each: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_{name} BEFORE {doings} ON {table} FOR EACH {each} EXECUTE FUNCTION surveys_refuse()",
        f"DROP TRIGGER {table}_{name} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION surveys_refuse() CASCADE"),
        *[_kept(table, "kept", "UPDATE OR DELETE", "ROW") for table in TABLES],
        *[_kept(table, "not_emptied", "TRUNCATE", "STATEMENT") for table in TABLES],
    ]
