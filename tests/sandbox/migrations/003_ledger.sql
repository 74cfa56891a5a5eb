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
    kind            TEXT NOT NULL CHECK (kind IN ('opening', 'payment', 'commission', 'cashback', 'refund')),
    transaction_key TEXT REFERENCES transactions (key),
    payment_id      INTEGER REFERENCES payment (id),
    CHECK ((transaction_key IS NULL) = (payment_id IS NULL))
) STRICT;
CREATE INDEX posting_by_payment ON posting (payment_id) WHERE payment_id IS NOT NULL;

CREATE TABLE entry (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    posting_id INTEGER NOT NULL REFERENCES posting (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    amount     INTEGER NOT NULL CHECK (amount <> 0)
) STRICT;
CREATE INDEX entry_by_posting ON entry (posting_id);
CREATE INDEX entry_by_account ON entry (account_id);

-- `reservation` keeps the payer's money for an accepted payment, `freeze` the
-- beneficiary's while a confirmed one may still be cancelled.
CREATE TABLE hold (
    payment_id INTEGER NOT NULL REFERENCES payment (id),
    kind       TEXT NOT NULL CHECK (kind IN ('reservation', 'freeze')),
    account_id INTEGER NOT NULL REFERENCES account (id),
    amount     INTEGER NOT NULL CHECK (amount > 0),
    status     TEXT NOT NULL CHECK (status IN ('open', 'released', 'captured')),
    PRIMARY KEY (payment_id, kind)
) STRICT;
CREATE INDEX hold_open ON hold (account_id) WHERE status = 'open';
