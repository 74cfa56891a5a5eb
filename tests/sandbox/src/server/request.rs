//! One request, with the fault that it meets.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{Request, StatusCode, header};
use hyper::body::Incoming;
use tower::ServiceExt;

use super::Server;
use super::broken::{ClosedOnPurpose, as_text, not_json, truncated};
use crate::error::Refusal;
use crate::faults::{Fault, LONGEST_DELAY};
use crate::http::read_body;
use crate::mac::MacHeader;
use crate::request_log::{Entry, RefusalNote};

impl Server {
    pub(super) async fn request(self, request: Request<Incoming>) -> Result<Response, ClosedOnPurpose> {
        let request = request.map(Body::new);
        if !is_api(request.uri().path()) {
            return Ok(answer(self.router, request).await);
        }
        let mut entry = entry(&request);
        let fault = self.app.faults.take(request.method(), request.uri().path());
        entry.fault = fault.map(Fault::text);
        let Some(fault) = fault else {
            return Ok(self.process(entry, request).await);
        };
        match fault {
            Fault::Delay(time) => self.process_late(entry, request, time).await,
            Fault::DropRequest => {
                self.note(entry);
                Err(ClosedOnPurpose)
            }
            Fault::Silence => {
                self.note(entry);
                self.hold(LONGEST_DELAY).await;
                Err(ClosedOnPurpose)
            }
            Fault::DropAnswer => {
                self.process(entry, request).await;
                Err(ClosedOnPurpose)
            }
            Fault::Status { status, retry_after } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let response = Refusal::Injected { status, retry_after }.into_response();
                Ok(self.noted(entry, Instant::now(), response))
            }
            Fault::Truncate => truncated(self.process(entry, request).await).await,
            Fault::NotJson => Ok(not_json(self.process(entry, request).await)),
            Fault::WrongContentType => Ok(as_text(self.process(entry, request).await)),
            Fault::ProcessTwice => Ok(self.process_twice(entry, request).await),
        }
    }

    async fn process(&self, entry: Entry, request: Request<Body>) -> Response {
        let start = Instant::now();
        let response = answer(self.router.clone(), request).await;
        self.noted(entry, start, response)
    }

    /// Processes a request after `time`, also if its client has given up by
    /// then: a slow server does not know.
    async fn process_late(
        self,
        entry: Entry,
        request: Request<Body>,
        time: Duration,
    ) -> Result<Response, ClosedOnPurpose> {
        let start = Instant::now();
        let (parts, bytes) = match whole(request).await {
            Ok(whole) => whole,
            Err(refusal) => return Ok(self.noted(entry, start, refusal.into_response())),
        };
        let late = tokio::spawn(async move {
            self.hold(time.min(LONGEST_DELAY)).await;
            let response = answer(self.router.clone(), Request::from_parts(parts, Body::from(bytes))).await;
            self.noted(entry, start, response)
        });
        // It ends early only if the sandbox does.
        late.await.map_err(|_| ClosedOnPurpose)
    }

    /// Runs the same request twice; the answer of the second run. The signature
    /// is checked both times, that it is used once only the first time.
    async fn process_twice(&self, entry: Entry, request: Request<Body>) -> Response {
        let start = Instant::now();
        let response = match whole(request).await {
            Ok((parts, bytes)) => {
                let first = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
                let mut second = Request::from_parts(parts, Body::from(bytes));
                second.extensions_mut().insert(SecondRun);
                answer(self.router.clone(), first).await;
                answer(self.router.clone(), second).await
            }
            Err(refusal) => refusal.into_response(),
        };
        self.noted(entry, start, response)
    }

    /// Waits for `time`, until held requests are let go, or until the sandbox
    /// stops.
    async fn hold(&self, time: Duration) {
        let mut stopped = self.app.stopped.clone();
        tokio::select! {
            () = self.app.faults.hold(time) => {}
            // The sender that is gone is the end as well.
            _ = stopped.changed() => {}
        }
    }

    /// Writes down a request that was answered.
    fn noted(&self, mut entry: Entry, start: Instant, response: Response) -> Response {
        let note = response.extensions().get::<RefusalNote>().cloned();
        entry.status = response.status().as_u16();
        entry.error = note.as_ref().map(|note| note.error);
        entry.reason = note.map(|note| note.reason);
        entry.milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.note(entry);
        response
    }

    fn note(&self, mut entry: Entry) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        entry.at = self.app.clock.now();
        self.app.log.add(entry);
    }
}

/// Whether the path is the Wallet API's, which faults hit and the log shows;
/// the console and the control API are the developer's own.
fn is_api(path: &str) -> bool {
    let console = ["/sandbox", "/console"].iter().any(|own| path.starts_with(own));
    path != "/" && !console
}

/// The request as the log begins it.
fn entry(request: &Request<Body>) -> Entry {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    Entry {
        seq: 0,
        at: 0,
        method: request.method().to_string(),
        path: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
        mac_id: authorization.and_then(|text| MacHeader::parse(text).ok()).map(|header| header.id),
        status: 0,
        error: None,
        reason: None,
        fault: None,
        milliseconds: 0,
    }
}

async fn answer(router: Router, request: Request<Body>) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// A request that has arrived to its end.
async fn whole(request: Request<Body>) -> Result<(Parts, Bytes), Refusal> {
    let (parts, body) = request.into_parts();
    Ok((parts, read_body(body).await?))
}

/// Marks a request that a fault runs again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecondRun;
