from pathlib import Path

from django.db import migrations

from bihuan.journal import rights

SQL = (Path(__file__).parent / "0002_guards.sql").read_text(encoding="utf-8")


def _roles_first(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        rights.need_roles(cursor)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        migrations.RunPython(_roles_first, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
