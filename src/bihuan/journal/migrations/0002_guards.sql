-- The functions that write the book, the triggers that keep it, and the one shift a restore may make.
-- Whoever runs this owns the tables; the functions run with the owner's rights, so that the app role needs none of its own.

CREATE SEQUENCE journal_position OWNED BY journal_entry.position;

CREATE TABLE journal_epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    shift bigint NOT NULL CHECK (shift >= 0)
);
COMMENT ON TABLE journal_epoch IS
    'added to the server''s transaction ids, so that entries restored from another server stay below new ones';

ALTER TABLE journal_entry ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
ALTER TABLE journal_entry ADD CONSTRAINT journal_entry_seq CHECK (seq > 0);
ALTER TABLE journal_entry ADD CONSTRAINT journal_entry_hashes CHECK (
    octet_length(previous) = 32 AND octet_length(hash) = 32 AND octet_length(content_digest) = 32
    AND (other_hash IS NULL) = (other_chain IS NULL) AND (other_hash IS NULL) = (other_seq IS NULL));
ALTER TABLE journal_chainhead SET (fillfactor = 50);
ALTER TABLE journal_letter SET (fillfactor = 80);

-- This transaction's id as entries carry it.
CREATE FUNCTION journal_xid() RETURNS xid8 LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    SELECT (pg_current_xact_id()::text::bigint + coalesce((SELECT shift FROM journal_epoch), 0))::text::xid8
$$;

-- Everything below this id is settled: no transaction that could still add an entry there is running.
CREATE FUNCTION journal_horizon() RETURNS xid8 LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        + coalesce((SELECT shift FROM journal_epoch), 0))::text::xid8
$$;

CREATE FUNCTION journal_own_hash(columns bytea, previous bytea, seq bigint, xid xid8, place bigint, chain text)
RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256('bihuan-journal-1'::bytea || columns || previous || int8send(seq) || xid8send(xid) || int8send(place)
        || convert_to(chain, 'UTF8'))
$$;

CREATE FUNCTION journal_joined_hash(own bytea, other_own bytea, other_seq bigint, other_chain text)
RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(own || other_own || int8send(other_seq) || convert_to(other_chain, 'UTF8'))
$$;

-- Locks the head of a chain until the transaction ends, and says where the next entry goes.
CREATE FUNCTION journal_lock(the_chain text, OUT next_seq bigint, OUT previous bytea)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    LOOP
        SELECT head.seq + 1, head.hash INTO next_seq, previous
            FROM journal_chainhead head WHERE head.chain = the_chain FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO journal_chainhead (chain, seq, hash) VALUES (the_chain, 0, decode(repeat('00', 32), 'hex'))
            ON CONFLICT DO NOTHING;
    END LOOP;
END $$;

-- One entry at the end of its chain. columns_digest: see encoding.py; it was computed before the lock is taken.
CREATE FUNCTION journal_append(
    p_id uuid, p_chain text, p_act_id uuid, p_about_kind text, p_about_id text, p_about_number text, p_verb text,
    p_doer_kind text, p_doer text, p_post text, p_instead_of text, p_done_at timestamptz, p_recorded_at timestamptz,
    p_document text, p_version text, p_clause text, p_content_digest bytea, p_body_digest bytea, p_columns_digest bytea,
    p_salt bytea, p_content text,
    OUT o_seq bigint, OUT o_previous bytea, OUT o_hash bytea, OUT o_xid bigint, OUT o_position bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    -- Written out instead of called: journal_xid() would cost a tenth of the whole.
    the_xid xid8 := (pg_current_xact_id()::text::bigint + coalesce((SELECT shift FROM journal_epoch), 0))::text::xid8;
BEGIN
    SELECT head.seq + 1, head.hash INTO o_seq, o_previous FROM journal_chainhead head WHERE head.chain = p_chain FOR UPDATE;
    IF NOT FOUND THEN
        SELECT next_seq, previous INTO o_seq, o_previous FROM journal_lock(p_chain);
    END IF;
    o_position := nextval('journal_position');
    o_xid := the_xid::text::bigint;
    o_hash := journal_own_hash(p_columns_digest, o_previous, o_seq, the_xid, o_position, p_chain);
    INSERT INTO journal_entry (id, chain, seq, previous, hash, xid, position, act_id, about_kind, about_id, about_number,
            verb, doer_kind, doer, post, instead_of, done_at, recorded_at, document, version, clause, content_digest,
            body_digest)
        VALUES (p_id, p_chain, o_seq, o_previous, o_hash, the_xid, o_position, p_act_id, p_about_kind, p_about_id,
            p_about_number, p_verb, p_doer_kind, p_doer, p_post, p_instead_of, p_done_at, p_recorded_at, p_document,
            p_version, p_clause, p_content_digest, p_body_digest);
    INSERT INTO journal_content (entry_id, salt, text) VALUES (p_id, p_salt, p_content);
    UPDATE journal_chainhead SET seq = o_seq, hash = o_hash WHERE chain = p_chain;
END $$;

-- Two entries in two chains, each with the other's own hash in its hash. Heads are locked in the order of their keys.
-- A half is the entry's columns as JSON; returns both entries, the giving one first.
CREATE FUNCTION journal_hand_over(
    giving jsonb, giving_columns bytea, giving_salt bytea, giving_content text,
    taking jsonb, taking_columns bytea, taking_salt bytea, taking_content text)
RETURNS SETOF journal_entry LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    giver journal_entry := jsonb_populate_record(NULL::journal_entry, giving);
    taker journal_entry := jsonb_populate_record(NULL::journal_entry, taking);
    giver_own bytea;
    taker_own bytea;
BEGIN
    IF giver.chain = taker.chain THEN
        RAISE EXCEPTION 'a hand-over needs two chains' USING ERRCODE = 'check_violation';
    END IF;
    giver.xid := journal_xid();
    taker.xid := giver.xid;
    IF giver.chain COLLATE "C" < taker.chain COLLATE "C" THEN
        SELECT next_seq, l.previous INTO giver.seq, giver.previous FROM journal_lock(giver.chain) l;
        SELECT next_seq, l.previous INTO taker.seq, taker.previous FROM journal_lock(taker.chain) l;
    ELSE
        SELECT next_seq, l.previous INTO taker.seq, taker.previous FROM journal_lock(taker.chain) l;
        SELECT next_seq, l.previous INTO giver.seq, giver.previous FROM journal_lock(giver.chain) l;
    END IF;
    giver.position := nextval('journal_position');
    taker.position := nextval('journal_position');
    giver_own := journal_own_hash(giving_columns, giver.previous, giver.seq, giver.xid, giver.position, giver.chain);
    taker_own := journal_own_hash(taking_columns, taker.previous, taker.seq, taker.xid, taker.position, taker.chain);
    giver.other_chain := taker.chain;
    giver.other_seq := taker.seq;
    giver.other_hash := taker_own;
    taker.other_chain := giver.chain;
    taker.other_seq := giver.seq;
    taker.other_hash := giver_own;
    giver.hash := journal_joined_hash(giver_own, taker_own, taker.seq, taker.chain);
    taker.hash := journal_joined_hash(taker_own, giver_own, giver.seq, giver.chain);
    INSERT INTO journal_entry SELECT giver.*;
    INSERT INTO journal_entry SELECT taker.*;
    INSERT INTO journal_content (entry_id, salt, text)
        VALUES (giver.id, giving_salt, giving_content), (taker.id, taking_salt, taking_content);
    UPDATE journal_chainhead SET seq = giver.seq, hash = giver.hash WHERE chain = giver.chain;
    UPDATE journal_chainhead SET seq = taker.seq, hash = taker.hash WHERE chain = taker.chain;
    RETURN NEXT giver;
    RETURN NEXT taker;
END $$;

-- Content and salt of these entries go; only under a list written in this very transaction that names exactly them.
CREATE FUNCTION journal_dispose(p_list uuid, p_entries uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    list journal_entry;
    list_name text;
    gone bigint;
BEGIN
    SELECT * INTO list FROM journal_entry WHERE id = p_list AND verb = 'dispose' AND xid = journal_xid();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no disposal list % was written in this transaction', p_list USING ERRCODE = 'check_violation';
    END IF;
    SELECT c.text::jsonb -> 'facts' ->> 'list' INTO list_name FROM journal_content c
        WHERE c.entry_id = p_list AND c.text::jsonb -> 'facts' -> 'entries' @> to_jsonb(p_entries)
            AND to_jsonb(p_entries) @> (c.text::jsonb -> 'facts' -> 'entries');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the list % does not name exactly these entries', p_list USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO journal_disposal (entry_id, list_entry_id, list_name)
        SELECT e.id, p_list, list_name FROM journal_entry e JOIN journal_content c ON c.entry_id = e.id
            WHERE e.id = ANY (p_entries) AND e.chain = list.chain AND e.verb <> 'dispose';
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> cardinality(p_entries) THEN
        RAISE EXCEPTION 'only % of % entries of the list can be disposed of', gone, cardinality(p_entries)
            USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM journal_content WHERE entry_id = ANY (p_entries);
    RETURN gone;
END $$;

-- After a restore on another server: new entries shall stand above the restored ones. Never lowers the shift.
CREATE FUNCTION journal_after_restore() RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    wanted bigint;
BEGIN
    wanted := greatest(0, coalesce((SELECT shift FROM journal_epoch), 0),
        coalesce((SELECT xid FROM journal_entry ORDER BY xid DESC LIMIT 1)::text::bigint, 0) + 1
            - pg_current_xact_id()::text::bigint);
    INSERT INTO journal_epoch (shift) VALUES (wanted) ON CONFLICT (one) DO UPDATE SET shift = excluded.shift;
    RETURN wanted;
END $$;

CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is a book: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- Content may go only after its disposal is on record.
CREATE FUNCTION journal_refuse_undisposed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.journal_disposal WHERE entry_id = OLD.entry_id) THEN
        RAISE EXCEPTION 'the content of entry % is not disposed of', OLD.entry_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_disposal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_digest
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_append_only BEFORE UPDATE OR TRUNCATE ON journal_content
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_disposed_only BEFORE DELETE ON journal_content
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_undisposed();
CREATE TRIGGER journal_append_only BEFORE DELETE OR TRUNCATE ON journal_chainhead
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_append_only BEFORE DELETE OR TRUNCATE ON journal_epoch
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
