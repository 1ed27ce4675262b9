"""What is approved is never changed: the database refuses it, whoever asks."""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION documents_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ladder CONSTANT text[] := ARRAY['draft', 'reviewed', 'approved', 'effective', 'obsolete'];
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION 'versions of documents are never removed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state NOT IN ('approved', 'effective', 'obsolete') THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an approved version is never removed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- only the state (forwards) and the moments of its force may still be written, each moment once
  IF (to_jsonb(NEW) - 'state' - 'effective_from' - 'effective_until')
     IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'effective_from' - 'effective_until')
     OR array_position(ladder, NEW.state::text) < array_position(ladder, OLD.state::text)
     OR (OLD.effective_from IS NOT NULL AND NEW.effective_from IS DISTINCT FROM OLD.effective_from)
     OR (OLD.effective_until IS NOT NULL AND NEW.effective_until IS DISTINCT FROM OLD.effective_until) THEN
    RAISE EXCEPTION 'an approved version is replaced, never changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_version_frozen_row BEFORE UPDATE OR DELETE ON documents_version
  FOR EACH ROW EXECUTE FUNCTION documents_version_frozen();
CREATE TRIGGER documents_version_frozen_all BEFORE TRUNCATE ON documents_version
  FOR EACH STATEMENT EXECUTE FUNCTION documents_version_frozen();
"""
RIGHTS = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bihuan_app') THEN
    REVOKE ALL ON documents_document, documents_version, documents_controlledcopy FROM bihuan_app;
    GRANT SELECT, INSERT, UPDATE ON documents_document, documents_version, documents_controlledcopy TO bihuan_app;
  END IF;
END $$;
"""
UNDO = """
DROP TRIGGER documents_version_frozen_row ON documents_version;
DROP TRIGGER documents_version_frozen_all ON documents_version;
DROP FUNCTION documents_version_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunSQL(TRIGGER, UNDO), migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
