"""The only way past the guards of other registers: functions that blank, under an order that is running."""

from pathlib import Path

from django.db import migrations

FORWARDS = Path(__file__).with_name("0002_guards.sql").read_text(encoding="utf-8")
BACKWARDS = """
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN
    SELECT t.tgname, t.tgrelid::regclass AS tab, pg_get_triggerdef(t.oid) AS said
    FROM pg_trigger t WHERE NOT t.tgisinternal AND pg_get_triggerdef(t.oid) LIKE '%privacy_erasing()%'
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.tab);
    EXECUTE replace(one.said, ' WHEN ((NOT privacy_erasing()))', '');
  END LOOP;
END $$;
DROP TRIGGER privacy_order_kept ON privacy_order;
DROP TRIGGER privacy_recording_kept ON privacy_recording;
DROP FUNCTION privacy_order_kept(), privacy_recording_kept();
DROP FUNCTION privacy_wipe(uuid, text, text, text, text[], text);
DROP FUNCTION privacy_replace(uuid, text, text, text, text, text[], boolean);
DROP FUNCTION privacy_drop_files(uuid, uuid[]);
DROP FUNCTION privacy_may(uuid, text), privacy_erasing();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_initial"),
        ("charges", "0002_guards"),
        ("surveys", "0002_guards"),
        ("warranty", "0002_guards"),
        ("slips", "0002_guards"),
        ("files", "0002_kept"),
    ]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
