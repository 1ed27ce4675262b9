"""A closed sample of the audit is frozen against everybody but an erasure: what an auditor wrote may name somebody."""

from django.db import migrations

STEP_ASIDE = """
DROP TRIGGER audit_sample_frozen ON audit_sample;
CREATE TRIGGER audit_sample_frozen BEFORE UPDATE ON audit_sample
  FOR EACH ROW WHEN (NOT privacy_erasing()) EXECUTE FUNCTION audit_sample_frozen();
DROP TRIGGER audit_sheet_frozen ON audit_sheet;
CREATE TRIGGER audit_sheet_frozen BEFORE INSERT OR UPDATE ON audit_sheet
  FOR EACH ROW WHEN (NOT privacy_erasing()) EXECUTE FUNCTION audit_sheet_frozen();
"""
UNDO = """
DROP TRIGGER audit_sample_frozen ON audit_sample;
CREATE TRIGGER audit_sample_frozen BEFORE UPDATE ON audit_sample
  FOR EACH ROW EXECUTE FUNCTION audit_sample_frozen();
DROP TRIGGER audit_sheet_frozen ON audit_sheet;
CREATE TRIGGER audit_sheet_frozen BEFORE INSERT OR UPDATE ON audit_sheet
  FOR EACH ROW EXECUTE FUNCTION audit_sheet_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_guards"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(STEP_ASIDE, UNDO)]
