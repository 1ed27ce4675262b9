"""What the database itself refuses about devices, and how they are found by their serial."""

from django.db import migrations

FORWARDS = """
CREATE INDEX unit_serial_start ON products_unit (upper(serial) text_pattern_ops);
CREATE INDEX unit_serial_end ON products_unit (reverse(upper(serial)) text_pattern_ops);

-- A device belongs to a customer that stands, and its site to that customer.
CREATE TRIGGER customers_stands BEFORE INSERT OR UPDATE OF customer_id ON products_unit
  FOR EACH ROW EXECUTE FUNCTION customers_stands();
CREATE FUNCTION products_site_of_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM products_unit u JOIN customers_site s ON s.id = u.site_id
             WHERE u.id = NEW.id AND s.customer_id <> u.customer_id) THEN
    RAISE EXCEPTION 'device % stands at the site of another customer', NEW.serial
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER products_site_of_customer AFTER INSERT OR UPDATE OF customer_id, site_id ON products_unit
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.site_id IS NOT NULL)
  EXECUTE FUNCTION products_site_of_customer();

-- When a merge is through, no device is left behind on the duplicate.
CREATE FUNCTION products_nothing_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM products_unit WHERE customer_id = NEW.id) THEN
    RAISE EXCEPTION 'customer % was merged and a device is left on it', NEW.number
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER products_nothing_left AFTER UPDATE OF merged_into_id ON customers_customer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL)
  EXECUTE FUNCTION products_nothing_left();
"""
BACKWARDS = """
DROP TRIGGER products_nothing_left ON customers_customer;
DROP TRIGGER products_site_of_customer ON products_unit;
DROP TRIGGER customers_stands ON products_unit;
DROP FUNCTION products_nothing_left(), products_site_of_customer();
DROP INDEX unit_serial_start, unit_serial_end;
"""


class Migration(migrations.Migration):
    dependencies = [("products", "0001_initial"), ("customers", "0002_guards")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
