"""The book by its chains, which are outlets; what concerns nobody's work but the house stands in a chain of its own."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down


class Migration(migrations.Migration):
    dependencies = [("journal", "0005_by_doer")]
    operations = [
        migrations.RunSQL(raised("journal_entry", "chain", everybodys="house"), taken_down("journal_entry")),
    ]
