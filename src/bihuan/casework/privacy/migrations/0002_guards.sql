-- Under an order that is running, and only by these functions, the app role may blank what other guards keep.
CREATE FUNCTION privacy_erasing() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF coalesce(current_setting('bihuan.erasing', true), '') <> 'yes' THEN RETURN false; END IF;
  -- the setting alone opens nothing: whoever is not the owner of the tables only sets a word
  RETURN current_user = (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'privacy_order');
END $$;

CREATE FUNCTION privacy_may(ordered uuid, tab text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM privacy_order WHERE id = ordered AND state = 'running') THEN
    RAISE EXCEPTION 'no order % is running', ordered USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF tab <> 'privacy_request' AND tab <> 'privacy_hold' AND tab ~ '^(journal|documents|django|auth|people|privacy|procrastinate)_' THEN
    RAISE EXCEPTION 'nothing is blanked in %', tab USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- The whole value of a column goes, in the rows whose key is one of ``ids``; returns how many rows changed.
CREATE FUNCTION privacy_wipe(ordered uuid, tab text, col text, key text, ids text[], mark text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kind text;
  wiped text;
  changed bigint;
BEGIN
  PERFORM privacy_may(ordered, tab);
  PERFORM set_config('bihuan.erasing', 'yes', true);
  IF mark NOT IN ('', '已删除') THEN
    RAISE EXCEPTION 'a value is blanked, not written' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT data_type INTO kind FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = tab AND column_name = col;
  wiped := CASE kind
    WHEN 'jsonb' THEN format('CASE jsonb_typeof(%1$I) WHEN ''array'' THEN ''[]'' WHEN ''object'' THEN ''{}'' ELSE ''null'' END::jsonb', col)
    ELSE format('CASE WHEN %1$I = '''' THEN '''' ELSE $2 END', col) END;
  EXECUTE format('UPDATE %1$I SET %2$I = %3$s WHERE %4$I::text = ANY ($1) AND $2 IS NOT NULL', tab, col, wiped, key)
    USING ids, mark;
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('bihuan.erasing', '', true);
  RETURN changed;
END $$;

-- What ``pattern`` finds in a column is replaced by the mark. ``key``/``ids``: only there (spare = false) or
-- everywhere but there (spare = true); an empty key means every row.
CREATE FUNCTION privacy_replace(ordered uuid, tab text, col text, pattern text, key text, ids text[], spare boolean)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kind text;
  longest integer;
  written text;
  narrowed text := '';
  changed bigint;
BEGIN
  PERFORM privacy_may(ordered, tab);
  PERFORM set_config('bihuan.erasing', 'yes', true);
  SELECT CASE data_type WHEN 'ARRAY' THEN 'text[]' ELSE data_type END, character_maximum_length INTO kind, longest
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name = tab AND column_name = col;
  written := format('regexp_replace(%I::text, $1, ''已删除'', ''g'')', col);
  IF longest IS NOT NULL THEN written := format('left(%s, %s)', written, longest); END IF;
  IF key <> '' THEN
    narrowed := format(CASE WHEN spare THEN ' AND NOT (%I::text = ANY ($2))' ELSE ' AND %I::text = ANY ($2)' END, key);
  END IF;
  EXECUTE format('UPDATE %1$I SET %2$I = (%3$s)::%4$s WHERE %2$I::text ~ $1 AND $2 IS NOT NULL %5$s',
    tab, col, written, kind, narrowed) USING pattern, ids;
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('bihuan.erasing', '', true);
  RETURN changed;
END $$;

-- The rows of files go; the bytes are the caller's to remove where no other row uses them.
CREATE FUNCTION privacy_drop_files(ordered uuid, ids uuid[]) RETURNS TABLE (sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM privacy_may(ordered, 'files_attachment');
  PERFORM set_config('bihuan.erasing', 'yes', true);
  RETURN QUERY DELETE FROM files_attachment f WHERE f.id = ANY (ids) RETURNING f.sha256::text;
  PERFORM set_config('bihuan.erasing', '', true);
END $$;

-- A done or dropped order is not taken up again, and what it was stays.
CREATE FUNCTION privacy_order_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an order stays on record' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state IN ('done', 'dropped') AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'order % is over', OLD.list_name USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.list_name, NEW.kind, NEW.made_by, NEW.made_at)
     IS DISTINCT FROM (OLD.id, OLD.list_name, OLD.kind, OLD.made_by, OLD.made_at) THEN
    RAISE EXCEPTION 'an order stays what it was' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER privacy_order_kept BEFORE UPDATE OR DELETE ON privacy_order
  FOR EACH ROW EXECUTE FUNCTION privacy_order_kept();

-- That a recording was announced is said once.
CREATE FUNCTION privacy_recording_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was said of a recording stays' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER privacy_recording_kept BEFORE UPDATE ON privacy_recording
  FOR EACH ROW EXECUTE FUNCTION privacy_recording_kept();

-- The guards of the registers step aside for those functions and for nobody else.
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN
    SELECT t.tgname, t.tgrelid::regclass AS tab, pg_get_triggerdef(t.oid) AS said
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgqual IS NULL AND t.tgconstraint = 0 AND (t.tgtype & 24) <> 0
      AND t.tgrelid::regclass::text = ANY (ARRAY[
        'charges_quote', 'charges_receipt', 'charges_charge', 'charges_settlement', 'surveys_attempt', 'surveys_answer',
        'warranty_decision', 'warranty_registration', 'slips_slip', 'slips_copy', 'slips_movement', 'files_attachment'])
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.tab);
    EXECUTE replace(one.said, ' EXECUTE FUNCTION ', ' WHEN (NOT privacy_erasing()) EXECUTE FUNCTION ');
  END LOOP;
END $$;

DO $$ BEGIN
  REVOKE ALL ON FUNCTION privacy_wipe(uuid, text, text, text, text[], text),
    privacy_replace(uuid, text, text, text, text, text[], boolean), privacy_drop_files(uuid, uuid[]) FROM PUBLIC;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bihuan_app') THEN
    GRANT EXECUTE ON FUNCTION privacy_wipe(uuid, text, text, text, text[], text),
      privacy_replace(uuid, text, text, text, text, text[], boolean), privacy_drop_files(uuid, uuid[]) TO bihuan_app;
  END IF;
END $$;
