"""What somebody did, newest first, is read along an index: "done by me" stays flat as the book grows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_append_many")]

    operations = [
        migrations.AddIndex("entry", models.Index(fields=["doer", "-position"], name="journal_entry_doer")),
    ]
