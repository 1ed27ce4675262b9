"""The log is read newest first and from any time on, by chain, doer and verb: ids sort by the moment of recording."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_wall")]

    operations = [
        migrations.AddIndex("entry", models.Index(fields=["doer", "-id"], name="journal_entry_by")),
        migrations.RemoveIndex("entry", "journal_entry_doer"),
        migrations.AddIndex("entry", models.Index(fields=["chain", "-id"], name="journal_entry_of")),
        migrations.AddIndex("entry", models.Index(fields=["verb", "-id"], name="journal_entry_verb")),
        migrations.AddIndex(
            "entry",
            models.Index(
                fields=["-id"],
                name="journal_entry_later",
                condition=models.Q(recorded_at__gt=models.F("done_at")),
            ),
        ),
    ]
