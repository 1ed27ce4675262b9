"""Rows by outlet: the second wall."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down


class Migration(migrations.Migration):
    dependencies = [("slips", "0002_guards")]
    operations = [
        migrations.RunSQL(raised("slips_series"), taken_down("slips_series")),
        migrations.RunSQL(raised("slips_slip"), taken_down("slips_slip")),
    ]
