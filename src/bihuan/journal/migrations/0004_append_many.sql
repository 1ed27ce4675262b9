-- Many entries of one chain: the head is taken once and moved once. Each entry gets exactly the place and hash that
-- journal_append would give it. p_rows: a JSON list of objects, a key per argument of journal_append without its p_.
CREATE FUNCTION journal_append_many(
    p_chain text, p_rows json,
    OUT o_seq bigint, OUT o_previous bytea, OUT o_hash bytea, OUT o_xid bigint, OUT o_position bigint)
RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_xid xid8 := (pg_current_xact_id()::text::bigint + coalesce((SELECT shift FROM journal_epoch), 0))::text::xid8;
    given record;
BEGIN
    SELECT next_seq - 1, previous INTO o_seq, o_hash FROM journal_lock(p_chain);
    o_xid := the_xid::text::bigint;
    FOR given IN
        SELECT * FROM ROWS FROM (json_to_recordset(p_rows) AS (
            id uuid, act_id uuid, about_kind text, about_id text, about_number text, verb text, doer_kind text,
            doer text, post text, instead_of text, done_at timestamptz, recorded_at timestamptz, document text,
            version text, clause text, content_digest bytea, body_digest bytea, columns bytea, salt bytea,
            content text)) WITH ORDINALITY
    LOOP
        o_seq := o_seq + 1;
        o_previous := o_hash;
        o_position := nextval('journal_position');
        o_hash := journal_own_hash(given.columns, o_previous, o_seq, the_xid, o_position, p_chain);
        INSERT INTO journal_entry (id, chain, seq, previous, hash, xid, position, act_id, about_kind, about_id,
                about_number, verb, doer_kind, doer, post, instead_of, done_at, recorded_at, document, version, clause,
                content_digest, body_digest)
            VALUES (given.id, p_chain, o_seq, o_previous, o_hash, the_xid, o_position, given.act_id, given.about_kind,
                given.about_id, given.about_number, given.verb, given.doer_kind, given.doer, given.post,
                given.instead_of, given.done_at, given.recorded_at, given.document, given.version, given.clause,
                given.content_digest, given.body_digest);
        INSERT INTO journal_content (entry_id, salt, text) VALUES (given.id, given.salt, given.content);
        RETURN NEXT;
    END LOOP;
    UPDATE journal_chainhead SET seq = o_seq, hash = o_hash WHERE chain = p_chain;
END $$;
