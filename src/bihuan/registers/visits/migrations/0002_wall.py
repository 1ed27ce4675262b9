"""Rows by outlet: the second wall."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial")]
    operations = [
        migrations.RunSQL(raised("visits_visit"), taken_down("visits_visit")),
    ]
