"""Signatures are rows of their own: who, when, over which words. The moment a pack was loaded is nobody's signature."""

import bihuan.registers.documents.models
import django.db.models.deletion
from django.db import migrations, models

FOR_GOOD = """
CREATE FUNCTION documents_signature_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a signature is never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER documents_signature_kept_row BEFORE UPDATE OR DELETE ON documents_signature
  FOR EACH ROW EXECUTE FUNCTION documents_signature_kept();
CREATE TRIGGER documents_signature_kept_all BEFORE TRUNCATE ON documents_signature
  FOR EACH STATEMENT EXECUTE FUNCTION documents_signature_kept();
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bihuan_app') THEN
    REVOKE ALL ON documents_signature FROM bihuan_app;
    GRANT SELECT, INSERT ON documents_signature TO bihuan_app;
  END IF;
END $$;
"""
UNDO = """
DROP TRIGGER documents_signature_kept_row ON documents_signature;
DROP TRIGGER documents_signature_kept_all ON documents_signature;
DROP FUNCTION documents_signature_kept();
"""
ROLES = ["prepared", "reviewed", "approved"]


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_frozen")]
    operations = [
        *[migrations.RemoveField(model_name="version", name=f"{role}_at") for role in ROLES],
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.UUIDField(default=bihuan.registers.documents.models.new_id, editable=False, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=10)),
                ("person", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=120)),
                ("post", models.CharField(blank=True, default="", max_length=80)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("version", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="documents.version")),
            ],
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(fields=("version", "role"), name="signature_once"),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(condition=models.Q(("role__in", ROLES)), name="signature_role"),
        ),
        migrations.RunSQL(FOR_GOOD, UNDO),
    ]
