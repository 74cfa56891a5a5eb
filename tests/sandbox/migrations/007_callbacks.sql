-- What merchants are told of their transactions (wallet-api section 10).

-- Written together with the change that it tells, so that none is lost.
CREATE TABLE callback (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_key TEXT NOT NULL REFERENCES transactions (key),
    type            TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    uri             TEXT NOT NULL,
    -- Scheme, host and port of `uri`: who is slow together.
    origin          TEXT NOT NULL,
    -- The signed JSON; NULL until the end of the unit that wrote the row.
    event           TEXT,
    status          TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'given_up')),
    -- Attempts since it was last put into the queue.
    failures        INTEGER NOT NULL DEFAULT 0,
    -- When it is to be tried next; NULL unless pending.
    due_at          INTEGER,
    CHECK ((status = 'pending') = (due_at IS NOT NULL)),
    UNIQUE (transaction_key, type)
) STRICT;
CREATE INDEX callback_due ON callback (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX callback_without_event ON callback (id) WHERE event IS NULL;

-- Exactly one of http_status and error says how it went.
CREATE TABLE callback_attempt (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    callback_id INTEGER NOT NULL REFERENCES callback (id),
    at          INTEGER NOT NULL,
    http_status INTEGER,
    -- What went wrong, for a person.
    error       TEXT,
    CHECK (http_status IS NOT NULL OR error IS NOT NULL)
) STRICT;
CREATE INDEX callback_attempt_by_callback ON callback_attempt (callback_id, seq);
