//! When the server wants to be asked again.

use std::time::{Duration, UNIX_EPOCH};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use super::answer::text;
use crate::clock::UnixSeconds;

/// No server makes a phone wait longer.
const LONGEST: u64 = 3600;

/// The `Retry-After` of an answer, in seconds or as a moment (RFC 9110 section
/// 10.2.3). A moment is meant by the clock of who named it: by the answer's own
/// date, or else by `now`, the server's time as far as it is known.
pub(super) fn retry_after(headers: &HeaderMap, now: UnixSeconds) -> Option<Duration> {
    let asked = text(headers, RETRY_AFTER.as_str())?;
    let seconds = match asked.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date = text(headers, DATE.as_str()).and_then(moment);
            // What is over has no pause.
            u64::try_from(moment(asked)?.since(date.unwrap_or(now))).unwrap_or_default()
        }
    };
    Some(Duration::from_secs(seconds.min(LONGEST)))
}

fn moment(text: &str) -> Option<UnixSeconds> {
    let since_epoch = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_secs()).ok().map(UnixSeconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    const NOW: UnixSeconds = UnixSeconds(784_111_777);

    fn wait(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        super::retry_after(&headers, NOW).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_moment_to_come_back_at_is_obeyed_by_the_clock_of_who_named_it() {
        // The server's own date counts before what is known of its clock.
        let date = Some("Sun, 06 Nov 1994 09:00:00 GMT");
        assert_eq!(wait("Sun, 06 Nov 1994 09:00:30 GMT", date), Some(30));
        for nonsense in [None, Some("yesterday")] {
            assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT", nonsense), Some(30));
        }
        // The forms that RFC 9110 calls obsolete, and are to be read.
        assert_eq!(wait("Sunday, 06-Nov-94 08:50:07 GMT", None), Some(30));
        assert_eq!(wait("Sun Nov  6 08:50:07 1994", None), Some(30));
    }

    #[test]
    fn no_pause_is_longer_than_an_hour_or_shorter_than_none() {
        for (asked, seconds) in [
            ("7", Some(7)),
            ("999999", Some(3600)),
            ("Sun, 06 Nov 1994 08:49:36 GMT", Some(0)),
            ("Mon, 07 Nov 1994 08:49:37 GMT", Some(3600)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(3600)),
            ("-1", None),
            ("soon", None),
            ("Sun, 32 Nov 1994 08:49:37 GMT", None),
            ("", None),
        ] {
            assert_eq!(wait(asked, None), seconds, "{asked}");
        }
    }
}
