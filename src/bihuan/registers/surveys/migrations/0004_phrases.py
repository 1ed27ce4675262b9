"""What is said on a call, by edition: added, never changed."""

from django.db import migrations, models

TABLE = "surveys_phrases"


def _kept(name: str, doings: str, each: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {TABLE}_{name} BEFORE {doings} ON {TABLE} FOR EACH {each} EXECUTE FUNCTION surveys_refuse()",
        f"DROP TRIGGER {TABLE}_{name} ON {TABLE}",
    )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_wall")]
    operations = [
        migrations.CreateModel(
            name="Phrases",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(unique=True)),
                ("phrases", models.JSONField()),
                ("made_by", models.CharField(max_length=60)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        _kept("kept", "UPDATE OR DELETE", "ROW"),
        _kept("not_emptied", "TRUNCATE", "STATEMENT"),
    ]
