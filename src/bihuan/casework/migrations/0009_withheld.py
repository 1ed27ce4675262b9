"""Cases that were restricted before registers asked: their numbers, so that no register's reading shows them."""

from django.db import migrations

WITHHOLD = """
INSERT INTO people_withheld (number) SELECT number FROM casework_case WHERE restricted ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0008_closed"), ("people", "0004_withheld")]
    operations = [migrations.RunSQL(WITHHOLD, "DELETE FROM people_withheld")]
