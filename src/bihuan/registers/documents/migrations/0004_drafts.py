"""Drafts and who has read what. Revisions and acknowledgements are only ever added; the database refuses the rest."""

import bihuan.registers.documents.models
import django.db.models.deletion
from django.db import migrations, models

ONLY_ADDED = """
CREATE FUNCTION documents_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never changed or removed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER documents_revision_kept_row BEFORE UPDATE OR DELETE ON documents_revision
  FOR EACH ROW EXECUTE FUNCTION documents_only_added();
CREATE TRIGGER documents_revision_kept_all BEFORE TRUNCATE ON documents_revision
  FOR EACH STATEMENT EXECUTE FUNCTION documents_only_added();
CREATE TRIGGER documents_acknowledgement_kept_row BEFORE UPDATE OR DELETE ON documents_acknowledgement
  FOR EACH ROW EXECUTE FUNCTION documents_only_added();
CREATE TRIGGER documents_acknowledgement_kept_all BEFORE TRUNCATE ON documents_acknowledgement
  FOR EACH STATEMENT EXECUTE FUNCTION documents_only_added();
"""
UNDO = """
DROP TRIGGER documents_revision_kept_row ON documents_revision;
DROP TRIGGER documents_revision_kept_all ON documents_revision;
DROP TRIGGER documents_acknowledgement_kept_row ON documents_acknowledgement;
DROP TRIGGER documents_acknowledgement_kept_all ON documents_acknowledgement;
DROP FUNCTION documents_only_added();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_signatures'),
    ]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=bihuan.registers.documents.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('pack', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=80)),
                ('file', models.CharField(max_length=200)),
                ('owner', models.CharField(max_length=80)),
                ('state', models.CharField(default='writing', max_length=10)),
                ('opened_by', models.CharField(max_length=80)),
                ('opened_at', models.DateTimeField()),
                ('returned', models.TextField(blank=True, default='')),
                ('returned_by', models.CharField(blank=True, default='', max_length=80)),
                ('returned_at', models.DateTimeField(null=True)),
                ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='documents.document')),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='documents.version')),
            ],
        ),
        migrations.CreateModel(
            name='ExampleFile',
            fields=[
                ('id', models.UUIDField(default=bihuan.registers.documents.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('pack', models.CharField(max_length=80)),
                ('file', models.CharField(max_length=200)),
                ('text', models.TextField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pack', 'file'), name='example_file_once')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.UUIDField(default=bihuan.registers.documents.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='documents.draft')),
            ],
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.UUIDField(default=bihuan.registers.documents.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('person', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='documents.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'person'), name='acknowledged_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['writing', 'sent', 'done', 'dropped'])), name='draft_state'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sent', 'done']), _negated=True), ('version__isnull', False), _connector='OR'), name='draft_sent_version'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['writing', 'sent'])), fields=('pack', 'kind'), name='draft_one_under_way'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('draft', 'number'), name='revision_once'),
        ),
        migrations.RunSQL(ONLY_ADDED, UNDO),
    ]
