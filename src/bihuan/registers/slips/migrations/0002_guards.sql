-- What no program may break, not even one written by hand.

-- A number in a series is the next one: none is left out, none is taken twice, none goes away.
CREATE FUNCTION slips_take_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE expected bigint;
BEGIN
    IF NEW.state <> 'open' THEN
        RAISE EXCEPTION 'a slip begins open' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.series_id IS NOT NULL THEN
        PERFORM 1 FROM slips_series WHERE id = NEW.series_id AND outlet = NEW.outlet AND form = NEW.form FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a slip is numbered in a series of its own form and outlet'
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT coalesce(max(sequence), 0) + 1 INTO expected FROM slips_slip WHERE series_id = NEW.series_id;
        IF NEW.sequence IS DISTINCT FROM expected THEN
            RAISE EXCEPTION 'the next number of this series is %, not %', expected, NEW.sequence
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER slips_take_number BEFORE INSERT ON slips_slip FOR EACH ROW EXECUTE FUNCTION slips_take_number();

CREATE FUNCTION slips_keep_slip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.number, NEW.form, NEW.outlet, NEW.case_number, NEW.issued_at, NEW.issued_by)
        IS DISTINCT FROM (OLD.id, OLD.number, OLD.form, OLD.outlet, OLD.case_number, OLD.issued_at, OLD.issued_by)
        OR NEW.series_id IS DISTINCT FROM OLD.series_id OR NEW.sequence IS DISTINCT FROM OLD.sequence THEN
        RAISE EXCEPTION 'what a slip was issued as stays' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'open' AND NEW.state IS DISTINCT FROM OLD.state THEN
        RAISE EXCEPTION 'a slip that is % stays so', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'void' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a void slip stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER slips_keep_slip BEFORE UPDATE ON slips_slip FOR EACH ROW EXECUTE FUNCTION slips_keep_slip();

-- A copy changes hands only by a movement, is used once, and once it is used, attached or void it stays so.
CREATE FUNCTION slips_keep_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.slip_id, NEW.name) IS DISTINCT FROM (OLD.id, OLD.slip_id, OLD.name) THEN
        RAISE EXCEPTION 'a copy stays what it is' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.holder_kind, NEW.holder) IS DISTINCT FROM (OLD.holder_kind, OLD.holder) AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a copy changes hands only by a movement' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'open' AND NEW.state IS DISTINCT FROM OLD.state
        AND NOT (OLD.state = 'attached' AND NEW.state = 'void') THEN
        RAISE EXCEPTION 'a copy that is % stays so', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER slips_keep_copy BEFORE UPDATE ON slips_copy FOR EACH ROW EXECUTE FUNCTION slips_keep_copy();

-- A movement begins in the hand that holds the copy; the copy is then in the hand it ends in.
CREATE FUNCTION slips_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    copy slips_copy%ROWTYPE;
    last slips_movement%ROWTYPE;
BEGIN
    SELECT * INTO copy FROM slips_copy WHERE id = NEW.copy_id FOR UPDATE;
    SELECT * INTO last FROM slips_movement WHERE copy_id = NEW.copy_id ORDER BY step DESC LIMIT 1;
    IF NEW.step IS DISTINCT FROM coalesce(last.step, 0) + 1 THEN
        RAISE EXCEPTION 'the next movement of this copy is number %', coalesce(last.step, 0) + 1
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.step = 1 THEN
        IF (NEW.from_kind, NEW.from_holder, NEW.to_kind, NEW.to_holder)
            IS DISTINCT FROM ('', '', copy.holder_kind, copy.holder) THEN
            RAISE EXCEPTION 'a copy is issued from nobody to its first holder' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF copy.state NOT IN ('open', 'attached') THEN
        RAISE EXCEPTION 'a copy that is % goes nowhere', copy.state USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.from_kind, NEW.from_holder) IS DISTINCT FROM (copy.holder_kind, copy.holder) THEN
        RAISE EXCEPTION 'the copy is with % %, not with % %',
            copy.holder_kind, copy.holder, NEW.from_kind, NEW.from_holder USING ERRCODE = 'check_violation';
    END IF;
    UPDATE slips_copy SET holder_kind = NEW.to_kind, holder = NEW.to_holder WHERE id = NEW.copy_id;
    RETURN NEW;
END $$;
CREATE TRIGGER slips_move BEFORE INSERT ON slips_movement FOR EACH ROW EXECUTE FUNCTION slips_move();

-- A copy without its first movement has come from nowhere: noticed when the transaction ends.
CREATE FUNCTION slips_copy_has_come() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM slips_movement WHERE copy_id = NEW.id) THEN
        RAISE EXCEPTION 'a copy begins with the movement that issues it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER slips_copy_has_come AFTER INSERT ON slips_copy
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slips_copy_has_come();

CREATE FUNCTION slips_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER slips_movement_stays BEFORE UPDATE OR DELETE ON slips_movement
    FOR EACH ROW EXECUTE FUNCTION slips_stays();
CREATE TRIGGER slips_movement_whole BEFORE TRUNCATE ON slips_movement EXECUTE FUNCTION slips_stays();
CREATE TRIGGER slips_slip_whole BEFORE TRUNCATE ON slips_slip EXECUTE FUNCTION slips_stays();
CREATE TRIGGER slips_slip_stays BEFORE DELETE ON slips_slip FOR EACH ROW EXECUTE FUNCTION slips_stays();
CREATE TRIGGER slips_copy_stays BEFORE DELETE ON slips_copy FOR EACH ROW EXECUTE FUNCTION slips_stays();
CREATE TRIGGER slips_series_stays BEFORE UPDATE OR DELETE ON slips_series
    FOR EACH ROW EXECUTE FUNCTION slips_stays();
