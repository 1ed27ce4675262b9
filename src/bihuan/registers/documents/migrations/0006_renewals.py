"""A procedure's words go on under a changed page of the pack: which version they were signed in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0005_enclosed_examples")]
    operations = [
        migrations.AddField(
            model_name="version",
            name="renews",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewals",
                to="documents.version",
            ),
        ),
    ]
