"""What was handed in stays as it was handed in; what it belongs to is said once; only what belongs to nothing may go."""

from django.db import migrations

FOR_GOOD = """
CREATE FUNCTION files_attachment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.about_id = '' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a file that belongs to something is not removed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.sha256, NEW.name, NEW.kind, NEW.size, NEW.uploaded_by, NEW.uploaded_at)
     IS DISTINCT FROM (OLD.id, OLD.sha256, OLD.name, OLD.kind, OLD.size, OLD.uploaded_by, OLD.uploaded_at)
     OR NEW.width IS DISTINCT FROM OLD.width OR NEW.height IS DISTINCT FROM OLD.height THEN
    RAISE EXCEPTION 'a file stays as it was handed in' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.about_id <> '' AND (NEW.about_kind, NEW.about_id, NEW.outlet)
     IS DISTINCT FROM (OLD.about_kind, OLD.about_id, OLD.outlet) THEN
    RAISE EXCEPTION 'what a file belongs to is said once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER files_attachment_kept_row BEFORE UPDATE OR DELETE ON files_attachment
  FOR EACH ROW EXECUTE FUNCTION files_attachment_kept();
"""
UNDO = """
DROP TRIGGER files_attachment_kept_row ON files_attachment;
DROP FUNCTION files_attachment_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]
    operations = [migrations.RunSQL(FOR_GOOD, UNDO)]
