//! Answers that a fault has spoilt.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, header};
use hyper::body::{Body as HttpBody, Frame};

/// Largest answer that a fault cuts, in bytes.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// The same under a content type that no client reads JSON from.
pub(super) fn as_text(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// The same head, with the length of the whole body, and half of the body.
pub(super) async fn truncated(response: Response) -> Result<Response, ClosedOnPurpose> {
    let (mut head, body) = response.into_parts();
    let mut bytes = to_bytes(body, MAX_ANSWER_BYTES).await.map_err(|_| ClosedOnPurpose)?;
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    bytes.truncate(bytes.len() / 2);
    Ok(Response::from_parts(head, Body::new(Cut { half: Some(bytes), flushed: false })))
}

/// What a proxy in trouble sends.
pub(super) fn not_json(response: Response) -> Response {
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
pub(super) struct ClosedOnPurpose;
