"""A case kept only because a retention runs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0004_wall"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="restricted",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
