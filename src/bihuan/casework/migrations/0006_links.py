"""What cases were linked to before links could be walked: read once more from the book.

A link is a mark of kind ``link`` whose value is the number of the other case. Only entries that speak of one are read
as JSON.
"""

from django.db import migrations

LINKS = """
WITH spoken AS MATERIALIZED (
    SELECT entry.about_id::uuid AS case_id, kept.text
    FROM journal_content kept JOIN journal_entry entry ON entry.id = kept.entry_id
    WHERE entry.about_kind = 'case'
      AND (kept.text LIKE '%"case.link"%' OR kept.text LIKE '%"case.act"%' OR kept.text LIKE '%"merged"%')
), told AS (
    SELECT case_id, jsonb_array_elements(text::jsonb -> 'happenings') AS one FROM spoken
)
INSERT INTO casework_mark (case_id, kind, value)
SELECT DISTINCT told.case_id, 'link', coalesce(one #>> '{data,to}', one #>> '{data,into}', one #>> '{data,on}')
FROM told JOIN casework_case known ON known.id = told.case_id
WHERE (one ->> 'kind' = 'effect' AND one ->> 'name' = 'case.link' AND one #>> '{data,to}' IS NOT NULL)
   OR (one ->> 'kind' = 'effect' AND one ->> 'name' = 'case.act' AND jsonb_typeof(one #> '{data,on}') = 'string')
   OR (one ->> 'kind' = 'merged' AND one #>> '{data,into}' IS NOT NULL)
ON CONFLICT DO NOTHING
"""
NO_LINKS = "DELETE FROM casework_mark WHERE kind = 'link'"


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_restricted"), ("journal", "0007_read_by_time")]
    operations = [migrations.RunSQL(LINKS, NO_LINKS)]
