"""A printing that was counted stays counted."""

from django.db import migrations

FOR_GOOD = """
CREATE FUNCTION paper_printcount_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a printing is never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER paper_printcount_kept_row BEFORE UPDATE OR DELETE ON paper_printcount
  FOR EACH ROW EXECUTE FUNCTION paper_printcount_kept();
CREATE TRIGGER paper_printcount_kept_all BEFORE TRUNCATE ON paper_printcount
  FOR EACH STATEMENT EXECUTE FUNCTION paper_printcount_kept();
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bihuan_app') THEN
    REVOKE ALL ON paper_printcount FROM bihuan_app;
    GRANT SELECT, INSERT ON paper_printcount TO bihuan_app;
  END IF;
END $$;
"""
UNDO = """
DROP TRIGGER paper_printcount_kept_row ON paper_printcount;
DROP TRIGGER paper_printcount_kept_all ON paper_printcount;
DROP FUNCTION paper_printcount_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("paper", "0001_initial")]
    operations = [migrations.RunSQL(FOR_GOOD, UNDO)]
