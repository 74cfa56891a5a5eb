//! `GET /sandbox/events`: a server-sent event `change` whenever the books, the
//! request log or the counterparts changed, at most ten a second.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use crate::app::App;

/// A load test must not drown the page.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) fn routes() -> Router<App> {
    Router::new().route("/events", get(events))
}

struct Watched {
    books: watch::Receiver<u64>,
    requests: watch::Receiver<u64>,
    counterparts: watch::Receiver<u64>,
    stopped: watch::Receiver<()>,
}

impl Watched {
    /// Waits for a change; `None` when the sandbox stops.
    async fn change(&mut self) -> Option<()> {
        tokio::select! {
            changed = self.books.changed() => changed.ok()?,
            changed = self.requests.changed() => changed.ok()?,
            changed = self.counterparts.changed() => changed.ok()?,
            _ = self.stopped.changed() => return None,
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = self.stopped.changed() => return None,
        }
        self.books.mark_unchanged();
        self.requests.mark_unchanged();
        self.counterparts.mark_unchanged();
        Some(())
    }
}

async fn events(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watched = Watched {
        books: app.store.changes(),
        requests: app.log.changes(),
        counterparts: app.counterparts.changes(),
        stopped: app.stopped,
    };
    let stream = stream::unfold(watched, async |mut watched| {
        watched.change().await.map(|()| (Ok(Event::default().event("change").data("{}")), watched))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
