"""The lot a device was made in, so that what happened to its like is found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_consents"),
        ("products", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="batch",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                condition=models.Q(("batch", ""), _negated=True), fields=["batch", "model"], name="unit_batch"
            ),
        ),
    ]
