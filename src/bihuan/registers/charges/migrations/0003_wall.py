"""Money by outlet; a price list of the whole house names none."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down


class Migration(migrations.Migration):
    dependencies = [("charges", "0002_guards")]
    operations = [
        migrations.RunSQL(raised("charges_pricelist", everybodys=""), taken_down("charges_pricelist")),
        migrations.RunSQL(raised("charges_quote"), taken_down("charges_quote")),
        migrations.RunSQL(raised("charges_charge"), taken_down("charges_charge")),
        migrations.RunSQL(raised("charges_receipt"), taken_down("charges_receipt")),
        migrations.RunSQL(raised("charges_settlement"), taken_down("charges_settlement")),
    ]
