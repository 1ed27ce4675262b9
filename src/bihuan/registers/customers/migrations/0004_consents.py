"""What contacts agreed to. Rows are added, never changed or removed, whoever asks."""

import django.db.models.deletion
from django.db import migrations, models


GUARD = """
CREATE FUNCTION customers_consent_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'consents are added, never changed: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER customers_consent_kept BEFORE UPDATE OR DELETE ON customers_consent
  FOR EACH ROW EXECUTE FUNCTION customers_consent_kept();
CREATE TRIGGER customers_consent_kept BEFORE UPDATE OR DELETE ON customers_consenttext
  FOR EACH ROW EXECUTE FUNCTION customers_consent_kept();
"""
NO_GUARD = """
DROP TRIGGER customers_consent_kept ON customers_consent;
DROP TRIGGER customers_consent_kept ON customers_consenttext;
DROP FUNCTION customers_consent_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_wall'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=80)),
                ('version', models.CharField(max_length=40)),
                ('text', models.TextField()),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('purpose', 'version'), name='consent_text_once'), models.CheckConstraint(condition=models.Q(models.Q(('purpose', ''), _negated=True), models.Q(('version', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='consent_text_whole')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('state', models.CharField(max_length=9)),
                ('way', models.CharField(max_length=12)),
                ('by', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='customers.contact')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.consenttext')),
            ],
            options={
                'indexes': [models.Index(fields=['contact', '-id'], name='consent_of_contact')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['given', 'withdrawn'])), name='consent_state'), models.CheckConstraint(condition=models.Q(('way__in', ['by-telephone', 'in-writing', 'in-person', 'online'])), name='consent_way')],
            },
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
