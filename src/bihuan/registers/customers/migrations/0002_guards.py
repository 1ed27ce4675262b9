"""What the database itself refuses about customers, and the series of their numbers."""

from django.db import migrations

FORWARDS = """
CREATE SEQUENCE customers_number;
-- a number is found by its last figures
CREATE INDEX contact_phone_end ON customers_contact (reverse(phone) text_pattern_ops);
ALTER TABLE customers_customer ADD CONSTRAINT customer_of_an_outlet
  FOREIGN KEY (outlet) REFERENCES people_outletkey (code) DEFERRABLE INITIALLY DEFERRED;

-- A merge points to somebody who stands, happens once and is never taken back: so it can make no ring.
CREATE FUNCTION customers_merge_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id THEN
    RAISE EXCEPTION 'customer % was merged before', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.merged_into_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.merged_into_id IS NULL) THEN
    PERFORM 1 FROM customers_customer c
      WHERE c.id = NEW.merged_into_id AND c.id <> NEW.id AND c.merged_into_id IS NULL FOR UPDATE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'customer % cannot be merged into one that does not stand', NEW.number
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER customers_merge_guard BEFORE INSERT OR UPDATE OF merged_into_id ON customers_customer
  FOR EACH ROW EXECUTE FUNCTION customers_merge_guard();

-- What hangs on a customer hangs on one that stands.
CREATE FUNCTION customers_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  merged boolean;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.customer_id = OLD.customer_id THEN RETURN NEW; END IF;
  -- the row is locked before it is judged: a merge that is still going on is waited for
  SELECT c.merged_into_id IS NOT NULL INTO merged FROM customers_customer c WHERE c.id = NEW.customer_id FOR SHARE;
  IF merged THEN
    RAISE EXCEPTION 'the customer was merged into another' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER customers_stands BEFORE INSERT OR UPDATE OF customer_id ON customers_contact
  FOR EACH ROW EXECUTE FUNCTION customers_stands();
CREATE TRIGGER customers_stands BEFORE INSERT OR UPDATE OF customer_id ON customers_site
  FOR EACH ROW EXECUTE FUNCTION customers_stands();

-- When a merge is through, nothing is left behind on the duplicate.
CREATE FUNCTION customers_nothing_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM customers_contact WHERE customer_id = NEW.id)
     OR EXISTS (SELECT FROM customers_site WHERE customer_id = NEW.id) THEN
    RAISE EXCEPTION 'customer % was merged and something is left on it', NEW.number
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER customers_nothing_left AFTER UPDATE OF merged_into_id ON customers_customer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL)
  EXECUTE FUNCTION customers_nothing_left();

"""
BACKWARDS = """
DROP INDEX contact_phone_end;
DROP TRIGGER customers_nothing_left ON customers_customer;
DROP TRIGGER customers_stands ON customers_site;
DROP TRIGGER customers_stands ON customers_contact;
DROP TRIGGER customers_merge_guard ON customers_customer;
DROP FUNCTION customers_nothing_left(), customers_stands(), customers_merge_guard();
ALTER TABLE customers_customer DROP CONSTRAINT customer_of_an_outlet;
DROP SEQUENCE customers_number;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("people", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
