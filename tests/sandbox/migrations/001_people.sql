-- Who takes part.

-- `phone` is digits only with the country code, `email` in lower case.
CREATE TABLE user (
    id                   INTEGER PRIMARY KEY,
    type                 TEXT NOT NULL DEFAULT 'natural' CHECK (type IN ('natural', 'legal')),
    display_name         TEXT NOT NULL,
    phone                TEXT UNIQUE,
    email                TEXT UNIQUE,
    identification_level TEXT NOT NULL CHECK (identification_level IN
        ('unidentified', 'semi_identified', 'identified', 'fully_identified')),
    -- What a person types instead of accepting in the app; NULL: none set.
    pin                  TEXT,
    -- 'full': nothing can be paid; 'limits': a temporary limit is used up.
    restriction          TEXT CHECK (restriction IN ('full', 'limits'))
) STRICT;

CREATE TABLE wallet (
    id             INTEGER PRIMARY KEY,
    user_id        INTEGER NOT NULL REFERENCES user (id),
    account_number TEXT NOT NULL UNIQUE,
    status         TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'closed'))
) STRICT;
CREATE INDEX wallet_by_user ON wallet (user_id);

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

-- `scopes` is a list with spaces between; NULL allows everything.
CREATE TABLE user_token (
    token      TEXT PRIMARY KEY,
    mac_key    TEXT NOT NULL,
    wallet_id  INTEGER NOT NULL REFERENCES wallet (id),
    scopes     TEXT,
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
