//! Pages for persons. No script, nothing from elsewhere; everything that a
//! stranger wrote is escaped.

use std::fmt::Write;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::form::Form;
use crate::error::Refusal;

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    ),
];

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:32rem;margin:2rem auto;padding:0 1rem}\
fieldset{margin:1rem 0;border:1px solid #999;border-radius:.3rem}label{display:block}\
button{font:inherit;padding:.5rem 1.5rem;margin-right:1rem}";

/// Largest form that a browser may send, in bytes.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// What a browser sent.
pub(super) fn form(body: &[u8]) -> Result<Form, Refusal> {
    if body.len() > MAX_FORM_BYTES {
        return Err(Refusal::BodyTooLarge);
    }
    Form::parse(body)
}

/// What is wrong, for a person.
pub(super) fn trouble(refusal: &Refusal) -> Response {
    let (status, _, reason) = refusal.on_the_wire();
    match refusal {
        Refusal::InvalidParameter { path, reason } => refused(status, &format!("{path}: {reason}")),
        _ => refused(status, &reason),
    }
}

fn refused(status: StatusCode, reason: &str) -> Response {
    document(status, "This can't be done", &format!("<h1>This can't be done</h1><p>{}</p>", escape(reason)))
}

/// Sends the browser on.
pub(super) fn redirect(address: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(address) else {
        return refused(StatusCode::BAD_REQUEST, "The address to return to can't be used.");
    };
    let mut response = document(StatusCode::SEE_OTHER, "Done", "<p>Done.</p>");
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// A whole page.
pub(super) fn document(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} - Paysera sandbox</title>\
         <style>{STYLE}</style></head><body>{body}<p>This is a sandbox: there is no real money.</p></body></html>"
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Appends to a page.
pub(super) fn write_to(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing into a String never fails.
    let _written = text.write_fmt(arguments);
}

/// The text as HTML shows it, in a text or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_is_markup() {
        assert_eq!(escape("<b a=\"1\" b='2'>&amp;"), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;");
        assert_eq!(redirect("https://shop.example/\r\nSet-Cookie: a=b").status(), StatusCode::BAD_REQUEST);
    }
}
