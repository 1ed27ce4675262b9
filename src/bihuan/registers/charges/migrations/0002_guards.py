"""What a row may never suffer, whoever asks: rows are added; a few columns are written once; numbers leave no gap."""

from django.db import migrations

FROZEN = ("charges_priceline", "charges_charge", "charges_receiptseries", "charges_settlement")
ONCE = {
    "charges_pricelist": ("until IS NULL", "until IS NOT NULL", ("until",)),
    "charges_quote": ("consent IS NULL", "consent IS NOT NULL", ("consent", "consent_by", "consent_at")),
    "charges_receipt": ("state = 'good'", "state = 'void'", ("state", "void_because", "voided_by", "voided_at")),
}

REFUSE = """
CREATE FUNCTION charges_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows here are added, never changed: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

ONLY_ONCE = """
CREATE FUNCTION {table}_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ({old} AND {new}) OR (to_jsonb(OLD) - ARRAY[{columns}]) <> (to_jsonb(NEW) - ARRAY[{columns}]) THEN
        RAISE EXCEPTION 'only {said} may be written, and once: UPDATE on {table} refused'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_once BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_once();
"""

# the series row is locked first, so of two at once the second waits and then sees the first one's number
RECEIPT = """
CREATE FUNCTION charges_receipt_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    series charges_receiptseries;
    following integer;
BEGIN
    SELECT * INTO series FROM charges_receiptseries WHERE id = NEW.series_id FOR UPDATE;
    SELECT coalesce(max(counter), 0) + 1 INTO following FROM charges_receipt WHERE series_id = NEW.series_id;
    IF NEW.counter <> following THEN
        RAISE EXCEPTION 'receipt numbers leave no gap: % wanted, % is next', NEW.counter, following
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.name <> series.before
        || lpad(NEW.counter::text, greatest(series.width, length(NEW.counter::text)), '0') || series.after THEN
        RAISE EXCEPTION 'receipt % does not bear the number of its series', NEW.name USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'good' THEN
        RAISE EXCEPTION 'a receipt begins good' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER charges_receipt_number BEFORE INSERT ON charges_receipt
    FOR EACH ROW EXECUTE FUNCTION charges_receipt_number();
"""

CHARGE = """
CREATE FUNCTION charges_charge_rule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    original charges_charge;
    listed numeric;
BEGIN
    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO original FROM charges_charge WHERE id = NEW.reverses_id;
        IF original.id IS NULL OR original.reverses_id IS NOT NULL
            OR (original.number, original.outlet, original.quantity, original.price, original.amount, original.payer)
                IS DISTINCT FROM (NEW.number, NEW.outlet, NEW.quantity, NEW.price, NEW.amount, NEW.payer) THEN
            RAISE EXCEPTION 'a reversal takes back one charge of the same case, whole' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.line_id IS NOT NULL AND NEW.because = '' THEN
        SELECT amount INTO listed FROM charges_priceline WHERE id = NEW.line_id;
        IF listed IS DISTINCT FROM NEW.price THEN
            RAISE EXCEPTION 'another price than the listed one needs a reason' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER charges_charge_rule BEFORE INSERT ON charges_charge
    FOR EACH ROW EXECUTE FUNCTION charges_charge_rule();
"""


def _frozen(table: str, doings: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE {doings} ON {table} FOR EACH ROW EXECUTE FUNCTION charges_refuse()",
        f"DROP TRIGGER {table}_kept ON {table}",
    )


def _emptied(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION charges_refuse()",
        f"DROP TRIGGER {table}_not_emptied ON {table}",
    )


def _once(table: str) -> migrations.RunSQL:
    before, after, columns = ONCE[table]
    words = {"old": f"OLD.{before}", "new": f"NEW.{after}", "columns": ", ".join(f"'{name}'" for name in columns)}
    return migrations.RunSQL(
        ONLY_ONCE.format(table=table, said=", ".join(columns), **words),
        f"DROP FUNCTION {table}_once() CASCADE",
    )


class Migration(migrations.Migration):
    dependencies = [("charges", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION charges_refuse() CASCADE"),
        *[_frozen(table, "UPDATE OR DELETE") for table in FROZEN],
        *[_frozen(table, "DELETE") for table in ONCE],
        *[_emptied(table) for table in (*FROZEN, *ONCE)],
        *[_once(table) for table in ONCE],
        migrations.RunSQL(RECEIPT, "DROP FUNCTION charges_receipt_number() CASCADE"),
        migrations.RunSQL(CHARGE, "DROP FUNCTION charges_charge_rule() CASCADE"),
    ]
