"""What the database itself refuses about warranty: terms that overlap, and any change of what was decided."""

from django.db import migrations

FORWARDS = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE warranty_terms ADD CONSTRAINT terms_do_not_overlap EXCLUDE USING gist (
  (coalesce(product_id::text, '')) WITH =, line WITH =, daterange(valid_from, valid_until, '[]') WITH &&);

-- Of terms only the last day may still be written: what was promised is not promised otherwise afterwards.
CREATE FUNCTION warranty_terms_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'valid_until') = (to_jsonb(OLD) - 'valid_until') THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'terms of warranty are ended and replaced, never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER warranty_terms_stand BEFORE UPDATE OR DELETE ON warranty_terms
  FOR EACH ROW EXECUTE FUNCTION warranty_terms_stand();

CREATE FUNCTION warranty_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is a book: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER warranty_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON warranty_decision
  FOR EACH STATEMENT EXECUTE FUNCTION warranty_append_only();
CREATE TRIGGER warranty_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON warranty_registration
  FOR EACH STATEMENT EXECUTE FUNCTION warranty_append_only();
"""
BACKWARDS = """
DROP TRIGGER warranty_append_only ON warranty_registration;
DROP TRIGGER warranty_append_only ON warranty_decision;
DROP TRIGGER warranty_terms_stand ON warranty_terms;
DROP FUNCTION warranty_append_only(), warranty_terms_stand();
ALTER TABLE warranty_terms DROP CONSTRAINT terms_do_not_overlap;
"""


class Migration(migrations.Migration):
    dependencies = [("warranty", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
