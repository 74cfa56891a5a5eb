//! The page on which a person allows or denies access.

use axum::response::Response;
use http::StatusCode;

use crate::http::html::{document, escape, write_to};
use crate::operations::authorize::Page;

/// The question. `below` leads from the page to where answers go: it is
/// relative, so that any language in the path works.
pub(super) fn show(below: &str, page: &Page) -> Response {
    let (client, key) = (escape(&page.client), escape(&page.key));
    let mut body = format!("<h1>{client} asks for access</h1><form method=\"post\" action=\"{below}{key}\">");
    body.push_str("<fieldset><legend>You are</legend>");
    for (index, (id, name)) in page.persons.iter().enumerate() {
        let checked = page.expected.map_or(index == 0, |expected| expected == *id);
        let mark = if checked { " checked" } else { "" };
        let name = escape(name);
        write_to(
            &mut body,
            format_args!("<label><input type=\"radio\" name=\"user\" value=\"{id}\"{mark}> {name}</label>"),
        );
    }
    body.push_str("</fieldset><fieldset><legend>It may use</legend>");
    if page.asked.is_empty() {
        body.push_str("who you are, and nothing else");
    }
    for scope in &page.asked {
        let name = escape(scope.name);
        let lasting = if scope.offline { ", also when you are away" } else { "" };
        if scope.optional {
            write_to(
                &mut body,
                format_args!(
                    "<label><input type=\"checkbox\" name=\"grant_{name}\" value=\"1\"> {name}{lasting} \
                     (as you like)</label>"
                ),
            );
        } else {
            write_to(&mut body, format_args!("<label>{name}{lasting}</label>"));
        }
    }
    body.push_str(
        "</fieldset><button name=\"decision\" value=\"allow\">Allow</button>\
         <button name=\"decision\" value=\"deny\">Deny</button></form>",
    );
    document(StatusCode::OK, "Access", &body)
}
