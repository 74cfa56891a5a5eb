//! The server in the same process: requests go to the sandbox's handlers without
//! a network, so that a test decides when each leaves and arrives.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use paysera_core::wallet_api::{Bounds, Exchange, ExchangeFuture, HttpAnswer, HttpRequest};
use paysera_sandbox::Sandbox;

/// Carries requests to a sandbox.
#[derive(Clone, Debug)]
pub struct InProcess(pub Arc<Sandbox>);

impl InProcess {
    /// What the server answers to a request.
    pub async fn answer(&self, request: HttpRequest) -> HttpAnswer {
        let mut wire = http::Request::new(request.body.to_vec());
        *wire.method_mut() = request.method;
        *wire.uri_mut() = path_and_query(&request.url).parse().unwrap();
        *wire.headers_mut() = request.headers;
        let port = request.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = format!("{}{port}", request.url.host_str().unwrap());
        wire.headers_mut().insert("host", host.parse().unwrap());
        let (head, body) = self.0.answer(wire).await.into_parts();
        HttpAnswer { status: head.status, headers: head.headers, body: body.into() }
    }
}

fn path_and_query(url: &url::Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path())
}

/// What a step of the way gives.
pub type Step<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Says what happens to requests on their way.
pub trait Way: Send + Sync + fmt::Debug {
    /// Before a request arrives; it never does if this does not complete.
    fn there<'a>(&'a self, request: &'a HttpRequest) -> Step<'a, ()>;

    /// After the server has answered; nobody hears it if this does not complete.
    fn back(&self) -> Step<'_, ()>;
}

/// The server in the same process, with a way between.
#[derive(Debug)]
pub struct Carried {
    /// The server.
    pub server: InProcess,
    /// The way.
    pub way: Arc<dyn Way>,
}

impl Exchange for Carried {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        Box::pin(async move {
            self.way.there(&request).await;
            let answer = self.server.answer(request).await;
            self.way.back().await;
            Ok(answer)
        })
    }
}
