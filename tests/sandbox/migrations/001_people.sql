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
    restriction          TEXT CHECK (restriction IN ('full', 'limits')),
    -- A phone that was claimed and not confirmed by a code.
    phone_unconfirmed    TEXT,
    -- Salted and hashed, see `secrets`; NULL: nobody can sign in.
    password             TEXT,
    name                 TEXT,
    surname              TEXT,
    nationality          TEXT,
    person_code          TEXT,
    company_code         TEXT,
    -- yyyy-mm-dd
    dob                  TEXT,
    gender               TEXT CHECK (gender IN ('male', 'female')),
    -- JSON as on the wire.
    address              TEXT,
    locale               TEXT,
    default_currency     TEXT NOT NULL DEFAULT 'GEL',
    -- The last position that the app told, as JSON.
    position             TEXT
) STRICT;
CREATE UNIQUE INDEX user_by_person_code ON user (nationality, person_code);
CREATE UNIQUE INDEX user_by_company_code ON user (company_code);

CREATE TABLE wallet (
    id             INTEGER PRIMARY KEY,
    user_id        INTEGER NOT NULL REFERENCES user (id),
    account_number TEXT NOT NULL UNIQUE,
    status         TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'closed')),
    description    TEXT
) STRICT;
CREATE INDEX wallet_by_user ON wallet (user_id);

CREATE TABLE project (
    id           INTEGER PRIMARY KEY,
    title        TEXT NOT NULL,
    description  TEXT,
    wallet_id    INTEGER NOT NULL REFERENCES wallet (id),
    -- Where its callbacks go, unless the transaction says; NULL: nowhere.
    callback_uri TEXT
) STRICT;

CREATE TABLE location (
    id         INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES project (id),
    updated_at INTEGER NOT NULL,
    -- JSON as on the wire, checked.
    profile    TEXT NOT NULL
) STRICT;
CREATE INDEX location_by_project ON location (project_id, id);

-- Who signs with a MAC id and key of its own. `number` is its id on the wire,
-- `permissions` a list with spaces between, `hosts` and `info` JSON.
CREATE TABLE client (
    id             TEXT PRIMARY KEY,
    mac_key        TEXT NOT NULL,
    -- NULL: it acts for no merchant.
    project_id     INTEGER REFERENCES project (id),
    number         INTEGER NOT NULL UNIQUE,
    type           TEXT NOT NULL CHECK (type IN ('private_client', 'application', 'app_client')),
    title          TEXT NOT NULL,
    permissions    TEXT NOT NULL,
    hosts          TEXT NOT NULL DEFAULT '[]',
    -- Of an app_client: the application that made it, and its device.
    application_id TEXT REFERENCES client (id),
    info           TEXT,
    CHECK ((type = 'app_client') = (application_id IS NOT NULL))
) STRICT;
CREATE INDEX client_by_application ON client (application_id);

-- What a client may do with a wallet in a user's name. `scopes` is a list with
-- spaces between; NULL allows everything.
CREATE TABLE user_token (
    token              TEXT PRIMARY KEY,
    mac_key            TEXT NOT NULL,
    wallet_id          INTEGER NOT NULL REFERENCES wallet (id),
    -- The client that it was given to.
    client_id          TEXT NOT NULL REFERENCES client (id),
    scopes             TEXT,
    status             TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('inactive', 'active', 'revoked')),
    -- NULL: never, as the seeded ones.
    expires_at         INTEGER,
    refresh_token      TEXT UNIQUE,
    refresh_expires_at INTEGER,
    -- Whether the refresh token was used.
    refreshed          INTEGER NOT NULL DEFAULT 0 CHECK (refreshed IN (0, 1)),
    -- The token that ends when this one is activated.
    replaces           TEXT REFERENCES user_token (token)
) STRICT;
CREATE INDEX user_token_by_wallet ON user_token (wallet_id);
CREATE INDEX user_token_by_replaced ON user_token (replaces) WHERE replaces IS NOT NULL;

-- What a device makes reservation codes with: one seed, an identifier a wallet.
CREATE TABLE generator_set (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES user (id),
    -- NULL: never, as the seeded ones.
    expires_at INTEGER
) STRICT;
CREATE INDEX generator_set_by_user ON generator_set (user_id, id);

-- `state` is the chain state after `spent` codes.
CREATE TABLE generator (
    identifier INTEGER PRIMARY KEY,
    set_id     INTEGER NOT NULL REFERENCES generator_set (id),
    wallet_id  INTEGER NOT NULL REFERENCES wallet (id),
    seed       BLOB NOT NULL CHECK (length(seed) = 32),
    state      BLOB NOT NULL CHECK (length(state) = 32),
    spent      INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0)
) STRICT;
CREATE INDEX generator_by_set ON generator (set_id);
CREATE INDEX generator_by_wallet ON generator (wallet_id);
