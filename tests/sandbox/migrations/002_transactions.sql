-- What they agreed on. Exactly one of client_id and creator_wallet made it.

CREATE TABLE transactions (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    key               TEXT NOT NULL UNIQUE,
    client_id         TEXT REFERENCES client (id),
    creator_wallet    INTEGER REFERENCES wallet (id),
    created_at        INTEGER NOT NULL,
    status            TEXT NOT NULL,
    type              TEXT,
    wallet            INTEGER REFERENCES wallet (id),
    allowance_id      INTEGER REFERENCES allowance (id),
    reserved_at       INTEGER,
    confirmed_at      INTEGER,
    -- When the present status ends by itself; NULL in a final one.
    expires_at        INTEGER,
    reserve_for       INTEGER,
    reserve_until     INTEGER,
    use_allowance     INTEGER NOT NULL,
    suggest_allowance INTEGER NOT NULL,
    auto_confirm      INTEGER NOT NULL,
    redirect_uri      TEXT,
    callback_uri      TEXT,
    project_id        INTEGER REFERENCES project (id),
    location_id       INTEGER REFERENCES location (id),
    CHECK ((client_id IS NULL) <> (creator_wallet IS NULL)),
    CHECK ((reserve_for IS NULL) <> (reserve_until IS NULL))
) STRICT;
CREATE INDEX transactions_by_client ON transactions (client_id, seq);
CREATE INDEX transactions_by_location ON transactions (location_id, seq);
CREATE INDEX transactions_by_wallet ON transactions (wallet, seq);
CREATE INDEX transactions_by_expiry ON transactions (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX transactions_by_allowance ON transactions (allowance_id, reserved_at) WHERE allowance_id IS NOT NULL;

CREATE TABLE payment (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_key TEXT NOT NULL REFERENCES transactions (key),
    price           INTEGER NOT NULL CHECK (price > 0),
    currency        TEXT NOT NULL,
    description     TEXT NOT NULL,
    beneficiary     INTEGER NOT NULL REFERENCES wallet (id),
    purpose         TEXT,
    service         TEXT NOT NULL CHECK (service IN ('pay', 'cash_in', 'cash_out')),
    parameters      TEXT,
    freeze_for      INTEGER,
    freeze_until    INTEGER,
    -- The customer whose cash limits this payment uses, once reserved.
    cash_wallet     INTEGER REFERENCES wallet (id)
) STRICT;
CREATE INDEX payment_by_transaction ON payment (transaction_key, id);
CREATE INDEX payment_by_cash_wallet ON payment (cash_wallet) WHERE cash_wallet IS NOT NULL;
-- The first payment gets the number of the documentation's samples.
INSERT INTO sqlite_sequence (name, seq) VALUES ('payment', 186975530);

-- Every status that a transaction ever had, with who brought it about: a
-- client's id, `wallet:` and its number, `time` or `sandbox`.
CREATE TABLE transaction_status (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_key TEXT NOT NULL REFERENCES transactions (key),
    at              INTEGER NOT NULL,
    status          TEXT NOT NULL,
    actor           TEXT NOT NULL
) STRICT;
CREATE INDEX transaction_status_by_key ON transaction_status (transaction_key, seq);
