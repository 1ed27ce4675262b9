from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "0002_guards.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("slips", "0001_initial")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
