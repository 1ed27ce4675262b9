from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "0004_append_many.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_under_a_clause")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION journal_append_many(text, json)")]
