"""Example files are drafted beside the text and signed with it; what was laid before the signers stays as it was."""

import bihuan.registers.documents.models
import django.db.models.deletion
from django.db import migrations, models

KEPT = """
CREATE FUNCTION documents_enclosed_before_signing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM documents_version v WHERE v.id = NEW.version_id AND v.state = 'draft')
     OR EXISTS (SELECT FROM documents_signature s WHERE s.version_id = NEW.version_id) THEN
    RAISE EXCEPTION 'nothing is enclosed once it is signed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_enclosed_new BEFORE INSERT ON documents_enclosedexample
  FOR EACH ROW EXECUTE FUNCTION documents_enclosed_before_signing();
CREATE TRIGGER documents_enclosed_kept_row BEFORE UPDATE OR DELETE ON documents_enclosedexample
  FOR EACH ROW EXECUTE FUNCTION documents_only_added();
CREATE TRIGGER documents_enclosed_kept_all BEFORE TRUNCATE ON documents_enclosedexample
  FOR EACH STATEMENT EXECUTE FUNCTION documents_only_added();
"""
UNDO = """
DROP TRIGGER documents_enclosed_new ON documents_enclosedexample;
DROP TRIGGER documents_enclosed_kept_row ON documents_enclosedexample;
DROP TRIGGER documents_enclosed_kept_all ON documents_enclosedexample;
DROP FUNCTION documents_enclosed_before_signing();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0004_drafts'),
    ]

    operations = [
        migrations.AddField(
            model_name='revision',
            name='base',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='revision',
            name='file',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='signature',
            name='enclosed',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='version',
            name='enclosed',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='version',
            name='short_reason',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='version',
            name='shortfalls',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='EnclosedExample',
            fields=[
                ('id', models.UUIDField(default=bihuan.registers.documents.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('file', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('was', models.CharField(blank=True, default='', max_length=64)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enclosed_examples', to='documents.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'file'), name='enclosed_example_once')],
            },
        ),
        migrations.RunSQL(KEPT, UNDO),
    ]
