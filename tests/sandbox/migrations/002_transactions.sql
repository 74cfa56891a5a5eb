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
    -- Who is expected to pay, and who was asked by SMS.
    user_email        TEXT,
    asked_wallet      INTEGER REFERENCES wallet (id),
    -- JSON as on the wire.
    restrictions      TEXT,
    inquiries         TEXT,
    CHECK ((client_id IS NULL) <> (creator_wallet IS NULL)),
    CHECK ((reserve_for IS NULL) <> (reserve_until IS NULL))
) STRICT;
CREATE INDEX transactions_by_client ON transactions (client_id, seq);
CREATE INDEX transactions_by_location ON transactions (location_id, seq);
CREATE INDEX transactions_by_wallet ON transactions (wallet, seq);
CREATE INDEX transactions_by_expiry ON transactions (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX transactions_waiting ON transactions (seq)
    WHERE status IN ('waiting_registration', 'waiting_funds', 'waiting_password');

CREATE TABLE payment (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_key     TEXT NOT NULL REFERENCES transactions (key),
    price               INTEGER NOT NULL CHECK (price > 0),
    currency            TEXT NOT NULL,
    description         TEXT,
    -- NULL: a person without a wallet yet, named by e-mail or phone.
    beneficiary         INTEGER REFERENCES wallet (id),
    beneficiary_email   TEXT,
    beneficiary_phone   TEXT,
    purpose             TEXT,
    service             TEXT NOT NULL CHECK (service IN ('pay', 'cash_in', 'cash_out')),
    freeze_for          INTEGER,
    freeze_until        INTEGER,
    -- What of the price does not stay with the beneficiary.
    cashback            INTEGER CHECK (cashback >= 0),
    in_commission       INTEGER CHECK (in_commission >= 0),
    out_commission      INTEGER CHECK (out_commission >= 0),
    -- Where commissions go.
    commission_wallet   INTEGER REFERENCES wallet (id),
    password            TEXT,
    password_type       TEXT CHECK (password_type IN ('generated', 'provided')),
    password_status     TEXT CHECK (password_status IN ('disabled', 'pending', 'unlocked')),
    password_optional   INTEGER NOT NULL DEFAULT 0 CHECK (password_optional IN (0, 1)),
    password_cancelable INTEGER NOT NULL DEFAULT 0 CHECK (password_cancelable IN (0, 1)),
    -- JSON as on the wire.
    items               TEXT,
    parameters          TEXT,
    price_rules         TEXT,
    funds_source        TEXT,
    -- The customer whose cash limits this payment uses, once reserved.
    cash_wallet         INTEGER REFERENCES wallet (id),
    -- Once confirmed: when it can't be cancelled any more.
    done_at             INTEGER,
    -- What became of a confirmed payment; NULL: nothing yet.
    ended               TEXT CHECK (ended IN ('done', 'canceled')),
    CHECK (description IS NOT NULL OR items IS NOT NULL),
    CHECK ((password_type IS NULL) = (password_status IS NULL)),
    CHECK ((in_commission IS NULL AND out_commission IS NULL) OR commission_wallet IS NOT NULL)
) STRICT;
CREATE INDEX payment_by_transaction ON payment (transaction_key, id);
CREATE INDEX payment_by_beneficiary ON payment (beneficiary, id);
CREATE INDEX payment_by_end ON payment (done_at) WHERE ended IS NULL AND done_at IS NOT NULL;
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

-- That somebody was asked to accept a transaction.
CREATE TABLE transaction_request (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_key TEXT NOT NULL REFERENCES transactions (key),
    created_at      INTEGER NOT NULL,
    -- NULL: nobody of that e-mail or phone is registered yet.
    user_id         INTEGER REFERENCES user (id),
    email           TEXT,
    phone           TEXT,
    initiator_id    INTEGER REFERENCES user (id)
) STRICT;
CREATE INDEX transaction_request_by_user ON transaction_request (user_id, id);
CREATE INDEX transaction_request_by_key ON transaction_request (transaction_key);
