"""A policy is never changed, a closed sample is frozen, and how a sample was drawn never changes."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down

GUARDS = """
CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_policy_kept BEFORE UPDATE OR DELETE ON audit_policy FOR EACH ROW EXECUTE FUNCTION audit_kept();
CREATE TRIGGER audit_policy_kept_all BEFORE TRUNCATE ON audit_policy
  FOR EACH STATEMENT EXECUTE FUNCTION audit_kept();
CREATE TRIGGER audit_sample_kept BEFORE DELETE ON audit_sample FOR EACH ROW EXECUTE FUNCTION audit_kept();
CREATE TRIGGER audit_sample_kept_all BEFORE TRUNCATE ON audit_sample
  FOR EACH STATEMENT EXECUTE FUNCTION audit_kept();
CREATE TRIGGER audit_sheet_kept BEFORE DELETE ON audit_sheet FOR EACH ROW EXECUTE FUNCTION audit_kept();
CREATE TRIGGER audit_sheet_kept_all BEFORE TRUNCATE ON audit_sheet
  FOR EACH STATEMENT EXECUTE FUNCTION audit_kept();

CREATE FUNCTION audit_sample_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'the sample is closed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.id, NEW.title, NEW.method, NEW.seed, NEW.size, NEW.population, NEW.start, NEW.until, NEW.kind, NEW.outlet,
      NEW.scope, NEW.weights, NEW.questions, NEW."by", NEW.at)
     IS DISTINCT FROM
     (OLD.id, OLD.title, OLD.method, OLD.seed, OLD.size, OLD.population, OLD.start, OLD.until, OLD.kind, OLD.outlet,
      OLD.scope, OLD.weights, OLD.questions, OLD."by", OLD.at) THEN
    RAISE EXCEPTION 'how a sample was drawn never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_sample_frozen BEFORE UPDATE ON audit_sample
  FOR EACH ROW EXECUTE FUNCTION audit_sample_frozen();

CREATE FUNCTION audit_sheet_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  closed timestamptz;
BEGIN
  -- whoever closes the sample holds its row: a sheet filled at the same instant waits and then finds it closed
  SELECT closed_at INTO closed FROM audit_sample WHERE id = NEW.sample_id FOR SHARE;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION 'the sample is closed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.sample_id, NEW.place, NEW.number, NEW.outlet, NEW.score, NEW.reasons)
     IS DISTINCT FROM (OLD.id, OLD.sample_id, OLD.place, OLD.number, OLD.outlet, OLD.score, OLD.reasons) THEN
    RAISE EXCEPTION 'how a sample was drawn never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_sheet_frozen BEFORE INSERT OR UPDATE ON audit_sheet
  FOR EACH ROW EXECUTE FUNCTION audit_sheet_frozen();
"""
UNDO = """
DROP TRIGGER audit_policy_kept ON audit_policy;
DROP TRIGGER audit_policy_kept_all ON audit_policy;
DROP TRIGGER audit_sample_kept ON audit_sample;
DROP TRIGGER audit_sample_kept_all ON audit_sample;
DROP TRIGGER audit_sheet_kept ON audit_sheet;
DROP TRIGGER audit_sheet_kept_all ON audit_sheet;
DROP TRIGGER audit_sample_frozen ON audit_sample;
DROP TRIGGER audit_sheet_frozen ON audit_sheet;
DROP FUNCTION audit_kept();
DROP FUNCTION audit_sample_frozen();
DROP FUNCTION audit_sheet_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARDS, UNDO),
        migrations.RunSQL(raised("audit_sheet"), taken_down("audit_sheet")),
    ]
