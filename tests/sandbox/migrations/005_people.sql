-- Signing in, and what belongs to a user beside money.

-- An authorization that a person is asked for on the web, and its answer:
-- `user_id`, `granted` and `code` are there once it was allowed.
CREATE TABLE authorization_request (
    key          TEXT PRIMARY KEY,
    client_id    TEXT NOT NULL REFERENCES client (id),
    redirect_uri TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    state        TEXT,
    -- An e-mail or phone that the client expects to see.
    hint         TEXT,
    -- Who is signed in already: nobody else may answer.
    signed_in    INTEGER REFERENCES user (id),
    expires_at   INTEGER NOT NULL,
    status       TEXT NOT NULL DEFAULT 'asked' CHECK (status IN ('asked', 'allowed', 'denied', 'used')),
    code         TEXT UNIQUE,
    wallet_id    INTEGER REFERENCES wallet (id),
    granted      TEXT
) STRICT;
CREATE INDEX authorization_request_by_expiry ON authorization_request (expires_at);

-- What a client may read of a user with its own credentials.
CREATE TABLE offline_grant (
    client_id TEXT NOT NULL REFERENCES client (id),
    user_id   INTEGER NOT NULL REFERENCES user (id),
    scope     TEXT NOT NULL,
    PRIMARY KEY (client_id, user_id, scope)
) STRICT;

-- Wrong passwords and codes: `subject` says whose.
CREATE TABLE wrong_secret (
    subject TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX wrong_secret_by_subject ON wrong_secret (subject, at);

-- SMS and e-mails that the sandbox would have sent.
CREATE TABLE message (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES user (id),
    channel    TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    recipient  TEXT NOT NULL,
    text       TEXT NOT NULL,
    sent_at    INTEGER NOT NULL,
    -- The code inside, what it opens, until when, and for which scopes.
    code       TEXT NOT NULL,
    purpose    TEXT NOT NULL CHECK (purpose IN ('phone', 'password', 'scopes', 'flash', 'generator')),
    valid_until INTEGER NOT NULL,
    scopes     TEXT NOT NULL DEFAULT '',
    used       INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT;
CREATE INDEX message_by_recipient ON message (recipient, sent_at);
CREATE INDEX message_by_user ON message (user_id, purpose, id);

-- Other names of a wallet: a licence plate, a card of an issuer.
CREATE TABLE wallet_alias (
    kind      TEXT NOT NULL CHECK (kind IN ('licence_plate', 'card')),
    value     TEXT NOT NULL,
    issuer    TEXT NOT NULL DEFAULT '',
    wallet_id INTEGER NOT NULL REFERENCES wallet (id),
    PRIMARY KEY (kind, value, issuer)
) STRICT;

CREATE TABLE identification_request (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL REFERENCES user (id),
    created      INTEGER NOT NULL,
    submitted_at INTEGER,
    -- Once reviewed: whether the person is who they say.
    accepted     INTEGER CHECK (accepted IN (0, 1)),
    comment      TEXT,
    CHECK (accepted IS NULL OR submitted_at IS NOT NULL)
) STRICT;
CREATE INDEX identification_request_by_user ON identification_request (user_id, id);

CREATE TABLE identity_document (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id INTEGER NOT NULL REFERENCES identification_request (id),
    -- JSON as on the wire.
    fields     TEXT NOT NULL
) STRICT;
CREATE INDEX identity_document_by_request ON identity_document (request_id, id);

-- A photo of a face (`document_id` NULL) or of a document.
CREATE TABLE identification_image (
    request_id  INTEGER NOT NULL REFERENCES identification_request (id),
    document_id INTEGER REFERENCES identity_document (id),
    position    INTEGER NOT NULL,
    bytes       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX identification_image_place
    ON identification_image (request_id, coalesce(document_id, 0), position);

-- Subscriptions of an app to push messages; they end with its token.
CREATE TABLE subscriber (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    token  TEXT NOT NULL REFERENCES user_token (token),
    -- JSON as on the wire, without the id.
    fields TEXT NOT NULL
) STRICT;
CREATE INDEX subscriber_by_token ON subscriber (token, id);

-- What a user is asked to confirm as a second factor.
CREATE TABLE confirmation (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    identifier TEXT NOT NULL UNIQUE,
    user_id    INTEGER NOT NULL REFERENCES user (id),
    created_at INTEGER NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'rejected')),
    -- JSON as on the wire.
    properties TEXT NOT NULL
) STRICT;
CREATE INDEX confirmation_by_user ON confirmation (user_id, seq);

-- What happened to a wallet's money, seen from the wallet. The other side is
-- the largest entry of the same posting in the other direction.
CREATE VIEW statement AS
SELECT entry.id, posting.id AS posting_id, account.wallet_id, posting.at, posting.kind,
    entry.amount, account.currency, posting.transaction_key,
    coalesce(payment.description, json_extract(payment.items, '$[0].title'), 'Opening balance') AS details,
    (SELECT other_account.wallet_id FROM entry AS other
       JOIN account AS other_account ON other_account.id = other.account_id
       WHERE other.posting_id = posting.id AND (other.amount > 0) <> (entry.amount > 0)
       ORDER BY abs(other.amount) DESC, other.id LIMIT 1) AS other_wallet
FROM entry JOIN posting ON posting.id = entry.posting_id JOIN account ON account.id = entry.account_id
    LEFT JOIN payment ON payment.id = posting.payment_id;

-- What is held and not yet moved.
CREATE VIEW pending AS
SELECT payment.id, transactions.wallet AS payer, payment.beneficiary, payment.price, payment.currency,
    coalesce(payment.description, json_extract(payment.items, '$[0].title')) AS details, transactions.key AS transaction_key, transactions.creator_wallet,
    transactions.reserved_at AS at, transactions.expires_at,
    payment.password_cancelable AND transactions.status = 'waiting_password' AS password_cancelable
FROM payment JOIN transactions ON transactions.key = payment.transaction_key
WHERE transactions.status IN ('reserved', 'waiting_registration', 'waiting_password');

-- What an app hands to a web page so that its user need not sign in again.
CREATE TABLE auth_token (
    value      TEXT PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE,
    user_id    INTEGER NOT NULL REFERENCES user (id),
    expires_at INTEGER NOT NULL
) STRICT;
