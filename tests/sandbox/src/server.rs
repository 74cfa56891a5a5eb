//! The accept loop. It is our own because a handler can't close a connection
//! without answering, which is the fault that clients must survive best.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use hyper::body::{Body as HttpBody, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::app::App;
use crate::error::Refusal;
use crate::faults::{Fault, LONGEST_DELAY};
use crate::mac::MacHeader;
use crate::request_log::{Entry, RefusalNote};
use crate::tls::Tls;

/// Connections served at once; further ones wait.
const MAX_CONNECTIONS: usize = 1024;

/// How long a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long open requests may take to finish when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a client may take to agree on TLS.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Requests at once on one HTTP/2 connection.
const MAX_STREAMS: u32 = 100;

/// The pause after a failed accept, usually for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the request log says of a request that nothing answered.
const CLOSED: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

/// Largest answer that a fault cuts or replaces, in bytes.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// What every connection needs.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) router: Router,
    pub(crate) app: App,
    pub(crate) tls: Option<Tls>,
    /// Requests whose answer was made, whether or not it could be sent.
    pub(crate) requests: Arc<AtomicU64>,
}

impl Server {
    /// Serves until `stop` changes or its sender is gone.
    pub(crate) async fn run(self, listener: TcpListener, mut stop: watch::Receiver<()>) {
        let mut connections = JoinSet::new();
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            while connections.try_join_next().is_some() {}
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.changed() => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    let connection = self.clone().connection(stream, stop.clone());
                    connections.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(listener);
        let finished = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIMEOUT, finished).await.is_err() {
            connections.shutdown().await;
        }
    }

    async fn connection(self, stream: TcpStream, stop: watch::Receiver<()>) {
        // Answers are small and each is waited for.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let Some(tls) = self.tls.clone() else { return self.serve(stream, false, stop).await };
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => {
                let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                self.serve(stream, http2, stop).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "no agreement on TLS"),
            Err(_) => tracing::debug!("the agreement on TLS took too long"),
        }
    }

    async fn serve<S>(self, stream: S, http2: bool, mut stop: watch::Receiver<()>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(move |request| {
            let server = self.clone();
            async move { server.request(request).await }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
        builder.http2().timer(TokioTimer::new()).max_concurrent_streams(MAX_STREAMS);
        let builder = if http2 { builder.http2_only() } else { builder.http1_only() };
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let result = tokio::select! {
            result = connection.as_mut() => result,
            _ = stop.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = result {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    async fn request(self, request: Request<Incoming>) -> Result<Response, ClosedOnPurpose> {
        if !is_api(request.uri().path()) {
            return Ok(answer(self.router, request).await);
        }
        let fault = self.app.faults.take(request.method(), request.uri().path());
        let mut entry = entry(&request);
        let start = Instant::now();
        let response = match fault {
            Some(Fault::Status { status, retry_after }) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Refusal::Injected { status, retry_after }.into_response()
            }
            Some(Fault::DropRequest) => {
                Refusal::Injected { status: CLOSED, retry_after: None }.into_response()
            }
            Some(Fault::Silence) => {
                self.app.faults.hold(LONGEST_DELAY, self.app.stopped.clone()).await;
                Refusal::Injected { status: CLOSED, retry_after: None }.into_response()
            }
            Some(Fault::Delay(time)) => {
                self.app.faults.hold(time, self.app.stopped.clone()).await;
                answer(self.router, request).await
            }
            Some(Fault::ProcessTwice) => answer_twice(self.router, request).await,
            _ => answer(self.router, request).await,
        };
        self.requests.fetch_add(1, Ordering::Relaxed);
        let note = response.extensions().get::<RefusalNote>().cloned();
        entry.at = self.app.clock.now();
        entry.status = response.status().as_u16();
        entry.error = note.as_ref().map(|note| note.error);
        entry.reason = note.map(|note| note.reason);
        entry.fault = fault.map(Fault::text);
        entry.milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.app.log.add(entry);
        match fault {
            Some(Fault::DropAnswer | Fault::DropRequest | Fault::Silence) => Err(ClosedOnPurpose),
            Some(Fault::Truncate) => truncated(response).await,
            Some(Fault::NotJson) => Ok(not_json(response)),
            Some(Fault::WrongContentType) => Ok(as_text(response)),
            Some(Fault::Status { .. } | Fault::Delay(_) | Fault::ProcessTwice) | None => Ok(response),
        }
    }
}

/// Whether the path is the Wallet API's, which faults hit and the log shows;
/// the console and the control API are the developer's own.
fn is_api(path: &str) -> bool {
    let console = ["/sandbox", "/console"].iter().any(|own| path.starts_with(own));
    path != "/" && !console
}

/// The request as the log begins it.
fn entry(request: &Request<Incoming>) -> Entry {
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

async fn answer(router: Router, request: Request<Incoming>) -> Response {
    match router.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Runs the same request twice; the answer of the second run. The signature is
/// checked both times, that it is used once only the first time.
async fn answer_twice(router: Router, request: Request<Incoming>) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(Body::new(body), MAX_ANSWER_BYTES).await else {
        return Refusal::BodyTooLarge.into_response();
    };
    let first = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    let mut second = Request::from_parts(parts, Body::from(bytes));
    second.extensions_mut().insert(SecondRun);
    match router.clone().oneshot(first).await {
        Ok(_) => {}
        Err(never) => match never {},
    }
    match router.oneshot(second).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Marks a request that a fault runs again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecondRun;

/// The same under a content type that no client reads JSON from.
fn as_text(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// The same head, with the length of the whole body, and half of the body.
async fn truncated(response: Response) -> Result<Response, ClosedOnPurpose> {
    let (mut head, body) = response.into_parts();
    let mut bytes = to_bytes(body, MAX_ANSWER_BYTES).await.map_err(|_| ClosedOnPurpose)?;
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    bytes.truncate(bytes.len() / 2);
    Ok(Response::from_parts(head, Body::new(Cut { half: Some(bytes), flushed: false })))
}

/// What a proxy in trouble sends.
fn not_json(response: Response) -> Response {
    let (mut head, _) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from("<html><body>Bad gateway</body></html>"))
}

/// Half a body, then an error: that makes hyper close the connection.
struct Cut {
    half: Option<Bytes>,
    flushed: bool,
}

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = ClosedOnPurpose;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ClosedOnPurpose>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        // An error at once would make hyper throw away what it has buffered,
        // the status line too; it writes that out when it has to wait.
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(ClosedOnPurpose)))
    }
}

/// Makes hyper close the connection.
#[derive(Debug, thiserror::Error)]
#[error("a test asked for no answer")]
struct ClosedOnPurpose;
