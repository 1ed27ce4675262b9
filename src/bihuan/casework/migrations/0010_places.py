"""Addresses compared as places: however wide, spaced or counted they were written."""

from django.db import migrations

# the same for half and full width, blanks and commas, 号 and 號, Arabic and Chinese figures; a blank between two
# figures parts them like a hyphen, so that 3-201 and 3 201 are one place and 3201 is another
FUNCTION = """
CREATE FUNCTION casework_place_key(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := lower(normalize(given, NFKC));
    said text := '';
    sign text;
    figure integer;
    worth integer;
    token text := '';
    total bigint := 0;
    current bigint := 0;
    counted boolean := false;
BEGIN
    plain := regexp_replace(plain, '[‐‑‒–—―−－]', '-', 'g');
    plain := regexp_replace(plain, '([0-9])\\s+(?=[0-9])', '\\1-', 'g');
    plain := regexp_replace(plain, '[\\s,.;:，。、；：()（）·]+', '', 'g');
    plain := translate(plain, '號樓棟層單門區縣鎮鄉莊東廣灣龍臺', '号楼栋层单门区县镇乡庄东广湾龙台');
    FOREACH sign IN ARRAY regexp_split_to_array(plain || '|', '') LOOP
        figure := strpos('零一二三四五六七八九', replace(sign, '〇', '零')) - 1;
        worth := CASE sign WHEN '十' THEN 10 WHEN '百' THEN 100 WHEN '千' THEN 1000 ELSE 0 END;
        IF figure >= 0 OR worth > 0 THEN
            token := token || sign;
            IF worth > 0 THEN
                total := total + greatest(current, 1) * worth;
                current := 0;
                counted := true;
            ELSE
                current := figure;
            END IF;
        ELSE
            IF counted THEN
                said := said || (total + current)::text;
            ELSE
                said := said || translate(token, '〇零一二三四五六七八九', '00123456789');
            END IF;
            said := said || sign;
            token := ''; total := 0; current := 0; counted := false;
        END IF;
    END LOOP;
    RETURN left(said, -1);
END $$;
"""
INDEX = "CREATE INDEX mark_place ON casework_mark (casework_place_key(value), case_id) WHERE kind = 'address'"


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_withheld")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION casework_place_key(text)"),
        migrations.RunSQL(INDEX, "DROP INDEX mark_place"),
    ]
