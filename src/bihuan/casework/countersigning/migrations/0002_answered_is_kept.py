"""What was asked never changes, what was answered is kept as it was, and no request is removed."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION countersigning_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'a request to sign is never removed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'this request was answered' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.id, NEW.case_id, NEW.act, NEW.signer, NEW.asked_by, NEW.asked_at, NEW.asked_in)
     IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.act, OLD.signer, OLD.asked_by, OLD.asked_at, OLD.asked_in) THEN
    RAISE EXCEPTION 'what was asked never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER countersigning_kept BEFORE UPDATE OR DELETE ON countersigning_addedsigner
  FOR EACH ROW EXECUTE FUNCTION countersigning_kept();
CREATE TRIGGER countersigning_kept_all BEFORE TRUNCATE ON countersigning_addedsigner
  FOR EACH STATEMENT EXECUTE FUNCTION countersigning_kept();
"""
UNDO = """
DROP TRIGGER countersigning_kept_all ON countersigning_addedsigner;
DROP TRIGGER countersigning_kept ON countersigning_addedsigner;
DROP FUNCTION countersigning_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("countersigning", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, UNDO)]
