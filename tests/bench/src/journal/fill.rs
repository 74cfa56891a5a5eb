//! Puts attempts into a journal as years of work would have: straight into its
//! tables, since a commit an event would take hours.

use std::path::Path;

use rusqlite::Connection;

/// Events of one attempt.
pub(super) const EVENTS: u64 = 8;

/// The last day of the file.
pub(super) const DAY: &str = "2026-11-25";

const ATTEMPTS: &str = "
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
INSERT INTO attempt (number, id, request_id, kind, minor, currency, bill, started_at, transaction_key,
                     state, open, sweep, settled_minor, settled_at, settled_day, payer, elsewhere, cash_minor)
SELECT i, printf('%08x-0000-4000-8000-%012x', i, i), 'request-' || i, 'collect', 100 + i % 9900, 'GEL',
       'bill-' || i, 1600000000 + i * 30, printf('T%019d', i),
       iif(i = ?1, 'presenting', 'settled'), i = ?1, 0,
       iif(i = ?1, NULL, 100 + i % 9900), iif(i = ?1, NULL, 1600000010 + i * 30),
       iif(i = ?1, NULL, date(1600000010 + i * 30, 'unixepoch')), iif(i = ?1, NULL, 14471),
       iif(i = ?1, NULL, 0), 0
FROM n";

const EVENTS_OF_ALL: &str = "
WITH e(seq, name) AS (VALUES (1, 'started'), (2, 'create_sent'), (3, 'created'), (4, 'shown'), (5, 'held'),
                             (6, 'confirm_sent'), (7, 'confirmed'), (8, 'ended'))
INSERT INTO event (attempt, seq, at, name, data)
SELECT number, seq, started_at + seq, name,
       '{\"' || name || '\":{\"key\":\"' || transaction_key || '\",\"payment\":186975531}}'
FROM attempt, e";

const TOTALS: &str = "
INSERT INTO day_total (day, kind, currency, count, minor)
SELECT settled_day, 'collect', 'GEL', count(*), sum(settled_minor) FROM attempt
WHERE settled_day IS NOT NULL GROUP BY settled_day";

pub(super) fn fill(path: &Path, attempts: u32) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    // If this is cut off, the file is thrown away.
    connection.pragma_update(None, "synchronous", "OFF")?;
    let transaction = connection.unchecked_transaction()?;
    transaction.execute(ATTEMPTS, [attempts])?;
    transaction.execute(EVENTS_OF_ALL, [])?;
    transaction.execute(TOTALS, [])?;
    transaction.execute(
        "INSERT OR IGNORE INTO day_total (day, kind, currency, count, minor) VALUES (?1, 'collect', 'GEL', 1, 1)",
        [DAY],
    )?;
    transaction.execute("INSERT INTO drawer (currency, minor) VALUES ('GEL', 100000)", [])?;
    transaction.commit()?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
