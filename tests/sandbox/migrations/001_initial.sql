-- Who takes part.

CREATE TABLE wallet (
    id                   INTEGER PRIMARY KEY,
    owner                INTEGER NOT NULL,
    account_number       TEXT NOT NULL UNIQUE,
    owner_display_name   TEXT NOT NULL,
    identification_level TEXT NOT NULL CHECK (identification_level IN
        ('unidentified', 'semi_identified', 'identified', 'fully_identified')),
    status               TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'closed'))
) STRICT;

CREATE TABLE project (
    id        INTEGER PRIMARY KEY,
    title     TEXT NOT NULL,
    wallet_id INTEGER NOT NULL REFERENCES wallet (id)
) STRICT;

CREATE TABLE location (
    id         INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES project (id),
    title      TEXT NOT NULL,
    address    TEXT NOT NULL,
    lat        REAL NOT NULL,
    lng        REAL NOT NULL,
    updated_at INTEGER NOT NULL,
    pay        INTEGER NOT NULL CHECK (pay IN (0, 1)),
    cash_in    INTEGER NOT NULL CHECK (cash_in IN (0, 1)),
    cash_out   INTEGER NOT NULL CHECK (cash_out IN (0, 1))
) STRICT;

CREATE TABLE client (
    id         TEXT PRIMARY KEY,
    mac_key    TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES project (id)
) STRICT;

CREATE TABLE user_token (
    token      TEXT PRIMARY KEY,
    mac_key    TEXT NOT NULL,
    wallet_id  INTEGER NOT NULL REFERENCES wallet (id),
    expires_at INTEGER
) STRICT;

-- One active allowance per client and wallet; the limit counts what was
-- charged in the last limit_time seconds.
CREATE TABLE allowance (
    id          INTEGER PRIMARY KEY,
    client_id   TEXT NOT NULL REFERENCES client (id),
    wallet_id   INTEGER NOT NULL REFERENCES wallet (id),
    currency    TEXT NOT NULL,
    limit_price INTEGER NOT NULL CHECK (limit_price > 0),
    limit_time  INTEGER NOT NULL CHECK (limit_time > 0),
    status      TEXT NOT NULL CHECK (status IN ('active', 'inactive'))
) STRICT;
CREATE UNIQUE INDEX allowance_active ON allowance (client_id, wallet_id) WHERE status = 'active';

-- `state` is the chain state after `spent` codes.
CREATE TABLE generator (
    identifier INTEGER PRIMARY KEY,
    wallet_id  INTEGER NOT NULL REFERENCES wallet (id),
    seed       BLOB NOT NULL CHECK (length(seed) = 32),
    state      BLOB NOT NULL CHECK (length(state) = 32),
    spent      INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0)
) STRICT;

CREATE TABLE wrong_code (
    identifier INTEGER NOT NULL REFERENCES generator (identifier),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX wrong_code_by_identifier ON wrong_code (identifier, at);

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

-- The money. Amounts are minor units; a positive entry adds to an account.

CREATE TABLE account (
    id        INTEGER PRIMARY KEY,
    -- NULL: the issuing account, where the sandbox's money comes from.
    wallet_id INTEGER REFERENCES wallet (id),
    currency  TEXT NOT NULL,
    balance   INTEGER NOT NULL DEFAULT 0,
    held      INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    -- The last line of defence: no wallet can be overdrawn by any code path.
    CHECK (wallet_id IS NULL OR balance >= held)
) STRICT;
CREATE UNIQUE INDEX account_of_wallet ON account (coalesce(wallet_id, -1), currency);

CREATE TABLE posting (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    at              INTEGER NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('opening', 'payment')),
    transaction_key TEXT REFERENCES transactions (key)
) STRICT;

CREATE TABLE entry (
    posting_id INTEGER NOT NULL REFERENCES posting (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    amount     INTEGER NOT NULL CHECK (amount <> 0)
) STRICT;
CREATE INDEX entry_by_posting ON entry (posting_id);
CREATE INDEX entry_by_account ON entry (account_id);

CREATE TABLE hold (
    payment_id INTEGER PRIMARY KEY REFERENCES payment (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    amount     INTEGER NOT NULL CHECK (amount > 0),
    status     TEXT NOT NULL CHECK (status IN ('open', 'released', 'captured'))
) STRICT;
CREATE INDEX hold_open ON hold (account_id) WHERE status = 'open';
