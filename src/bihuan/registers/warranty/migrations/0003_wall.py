"""Rows by outlet: the second wall."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down


class Migration(migrations.Migration):
    dependencies = [("warranty", "0002_guards")]
    operations = [
        migrations.RunSQL(raised("warranty_decision"), taken_down("warranty_decision")),
    ]
