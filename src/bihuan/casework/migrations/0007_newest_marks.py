"""The newest cases of a frequent mark are found along its index, without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0006_links")]
    operations = [
        migrations.RemoveIndex(model_name="mark", name="mark_value"),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(fields=["kind", "value", "-case"], name="mark_newest"),
        ),
    ]
