-- Permissions to charge a wallet without asking.

CREATE TABLE allowance (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Who may charge by it.
    client_id       TEXT NOT NULL REFERENCES client (id),
    -- Whose acceptance makes it active.
    transaction_key TEXT NOT NULL REFERENCES transactions (key),
    created_at      INTEGER NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('new', 'active', 'inactive', 'deleted')),
    currency        TEXT NOT NULL,
    description     TEXT,
    -- Most that is charged in its whole life; NULL: only the windows count.
    max_price       INTEGER CHECK (max_price > 0),
    valid_for       INTEGER,
    valid_until     INTEGER,
    -- When a new or an active one ends by itself.
    expires_at      INTEGER NOT NULL,
    -- Known once it was accepted.
    wallet_id       INTEGER REFERENCES wallet (id),
    confirmed_at    INTEGER,
    -- When it was taken back, declined or replaced by another one.
    canceled_at     INTEGER,
    CHECK ((valid_for IS NULL) <> (valid_until IS NULL)),
    CHECK ((confirmed_at IS NULL) = (wallet_id IS NULL)),
    CHECK (status NOT IN ('active', 'inactive') OR confirmed_at IS NOT NULL),
    CHECK (status <> 'new' OR confirmed_at IS NULL)
) STRICT;
CREATE UNIQUE INDEX allowance_active ON allowance (client_id, wallet_id) WHERE status = 'active';
CREATE INDEX allowance_by_transaction ON allowance (transaction_key);
CREATE INDEX allowance_by_expiry ON allowance (expires_at) WHERE status IN ('new', 'active');

-- Most that is charged in any `time` seconds.
CREATE TABLE allowance_limit (
    id           INTEGER PRIMARY KEY,
    allowance_id INTEGER NOT NULL REFERENCES allowance (id),
    max_price    INTEGER NOT NULL CHECK (max_price > 0),
    time         INTEGER NOT NULL CHECK (time > 0)
) STRICT;
CREATE INDEX allowance_limit_by_allowance ON allowance_limit (allowance_id, id);

-- What a transaction shows beside its payments: an allowance of its own, or
-- one that is active already.
CREATE TABLE transaction_allowance (
    transaction_key TEXT PRIMARY KEY REFERENCES transactions (key),
    allowance_id    INTEGER NOT NULL REFERENCES allowance (id),
    optional        INTEGER NOT NULL CHECK (optional IN (0, 1))
) STRICT;

CREATE INDEX transaction_allowance_by_allowance ON transaction_allowance (allowance_id);

-- What uses an allowance up. There is no counter beside it: a price that was
-- lowered, a refund and a transaction that did not come about give back by themselves.
CREATE VIEW allowance_charge AS
SELECT transactions.allowance_id, coalesce(transactions.reserved_at, transactions.created_at) AS at, payment.price
FROM transactions JOIN payment ON payment.transaction_key = transactions.key
WHERE transactions.allowance_id IS NOT NULL
    AND payment.ended IS NOT 'canceled'
    AND transactions.status NOT IN ('rejected', 'revoked', 'failed', 'deleted');
CREATE INDEX transactions_by_allowance ON transactions (allowance_id, coalesce(reserved_at, created_at))
    WHERE allowance_id IS NOT NULL;
