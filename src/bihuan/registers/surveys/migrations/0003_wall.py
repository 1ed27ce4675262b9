"""Rows by outlet: the second wall."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_guards")]
    operations = [
        migrations.RunSQL(raised("surveys_attempt"), taken_down("surveys_attempt")),
        migrations.RunSQL(raised("surveys_answer"), taken_down("surveys_answer")),
    ]
