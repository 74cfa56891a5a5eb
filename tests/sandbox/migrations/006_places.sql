-- Tables and tills of a location, and the orders at them.

CREATE TABLE spot (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    location_id INTEGER NOT NULL REFERENCES location (id),
    -- As in the code that stands on it, with its case.
    identifier  TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('open', 'waiting', 'closed')),
    -- Who checked in.
    user_id     INTEGER REFERENCES user (id),
    UNIQUE (location_id, identifier),
    CHECK ((status = 'waiting') = (user_id IS NOT NULL))
) STRICT;

CREATE TABLE spot_order (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    spot_id         INTEGER NOT NULL REFERENCES spot (id),
    transaction_key TEXT NOT NULL UNIQUE REFERENCES transactions (key),
    -- Whether the visit is over in which it was made.
    closed          INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
) STRICT;
CREATE INDEX spot_order_by_spot ON spot_order (spot_id, id);
-- The first order gets the number of the documentation's sample.
INSERT INTO sqlite_sequence (name, seq) VALUES ('spot_order', 76);
