-- Who this file belongs to: one installation of the app, one wallet.
CREATE TABLE binding (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    install TEXT NOT NULL,
    wallet INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    -- Whether the server's transactions of this device were taken over after the file was made.
    rebuilt INTEGER NOT NULL CHECK (rebuilt IN (0, 1))
) STRICT;

-- One row an attempt: the fold of its events, kept for lists, totals and resuming.
CREATE TABLE attempt (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    request_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    tip_minor INTEGER,
    bill TEXT,
    staff TEXT,
    started_at INTEGER NOT NULL,
    transaction_key TEXT,
    state TEXT NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    -- A lost transaction may still show up at the server.
    sweep INTEGER NOT NULL CHECK (sweep IN (0, 1)),
    settled_minor INTEGER,
    settled_at INTEGER,
    settled_day TEXT,
    payer INTEGER,
    elsewhere INTEGER CHECK (elsewhere IN (0, 1)),
    -- What this attempt changed in the cash drawer.
    cash_minor INTEGER NOT NULL,
    CHECK ((settled_minor IS NULL) = (settled_at IS NULL) AND (settled_at IS NULL) = (settled_day IS NULL))
) STRICT;

CREATE INDEX attempt_open ON attempt (number) WHERE open = 1;
CREATE INDEX attempt_sweep ON attempt (number) WHERE sweep = 1;
CREATE INDEX attempt_transaction ON attempt (transaction_key) WHERE transaction_key IS NOT NULL;
CREATE INDEX attempt_bill ON attempt (bill) WHERE bill IS NOT NULL;
CREATE INDEX attempt_settled ON attempt (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX attempt_started ON attempt (started_at);

-- What happened, in order. Never changed; deleted only with the whole attempt.
CREATE TABLE event (
    attempt INTEGER NOT NULL REFERENCES attempt (number),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (attempt, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_total (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    currency TEXT NOT NULL,
    count INTEGER NOT NULL,
    minor INTEGER NOT NULL,
    PRIMARY KEY (day, kind, currency)
) STRICT, WITHOUT ROWID;

-- Every change of the cash drawer, by an attempt or by a person.
CREATE TABLE drawer_move (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    day TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    why TEXT NOT NULL,
    attempt INTEGER REFERENCES attempt (number),
    staff TEXT
) STRICT;

CREATE INDEX drawer_move_day ON drawer_move (day);
CREATE INDEX drawer_move_attempt ON drawer_move (attempt) WHERE attempt IS NOT NULL;

-- What should be in the drawer.
CREATE TABLE drawer (
    currency TEXT PRIMARY KEY,
    minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Small things that a till has to remember.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
