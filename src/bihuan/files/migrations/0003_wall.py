"""Files by the outlet of what they belong to; one that belongs to nothing yet is its sender's (``files.queries``)."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down


class Migration(migrations.Migration):
    dependencies = [("files", "0002_kept")]
    operations = [
        migrations.RunSQL(raised("files_attachment", everybodys=""), taken_down("files_attachment")),
    ]
