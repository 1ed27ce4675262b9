"""Cases by outlet. The table of their words stays free: ``@@`` may use no index behind a wall, and it is read for ids."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down


class Migration(migrations.Migration):
    dependencies = [("casework", "0003_importing")]
    operations = [
        migrations.RunSQL(raised("casework_case"), taken_down("casework_case")),
    ]
