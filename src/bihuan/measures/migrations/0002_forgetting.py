"""The extracts stand behind the book's own wall, and go with the first of their entries that loses its content."""

from django.db import migrations

from bihuan.ground.scope_wall import raised, taken_down

# the lock is extracts.LOCK: whoever is adding to them meanwhile is waited for, and what he added goes as well
FORWARDS = """
CREATE FUNCTION measures_forget() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7303014013);
    DELETE FROM measures_extract WHERE about_id IN (
        SELECT e.about_id FROM gone JOIN journal_entry e ON e.id = gone.entry_id WHERE e.about_kind = 'case');
    RETURN NULL;
END $$;
CREATE TRIGGER measures_forget AFTER DELETE ON journal_content REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION measures_forget();
"""
BACKWARDS = """
DROP TRIGGER measures_forget ON journal_content;
DROP FUNCTION measures_forget();
"""


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial"), ("journal", "0008_pressing")]
    operations = [
        migrations.RunSQL(raised("measures_extract", "chain", everybodys="house"), taken_down("measures_extract")),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
