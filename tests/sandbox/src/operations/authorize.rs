//! Asking a person on the web and writing down the answer (wallet-api section
//! 3.1).

use rusqlite::Connection;
use url::Url;

use super::sign_in::invalid_scope;
use crate::domain::scopes::{self, Asked, Scopes};
use crate::domain::{contact, redirect};
use crate::error::Refusal;
use crate::store::authorizations::{self, Authorization, NewAuthorization};
use crate::store::clients::{self, Client};
use crate::store::{users, wallets, web_sessions};

/// Longest `state` in bytes; it comes back as it was.
const MAX_STATE: usize = 2000;

/// Persons that the page offers.
const MAX_PERSONS: i64 = 100;

/// What a client asks for, as it stands in the query or form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question<'a> {
    pub(crate) response_type: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) scope: &'a str,
    pub(crate) state: Option<&'a str>,
    pub(crate) hint: Option<&'a str>,
    /// What an app gave for its user.
    pub(crate) auth_token: Option<&'a str>,
}

/// What is on the page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) key: String,
    pub(crate) client: String,
    pub(crate) asked: Vec<Asked>,
    /// Number and display name.
    pub(crate) persons: Vec<(i64, String)>,
    /// The person that the client expects.
    pub(crate) expected: Option<i64>,
}

/// What the person answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Who allows; `None` denies.
    pub(crate) user: Option<i64>,
    /// Names of the optional scopes that were chosen.
    pub(crate) chosen: Vec<String>,
}

/// Where a question's answer would go, or why it can't be sent anywhere. Must
/// be asked first: no reason may be sent to an address that is not the
/// client's.
pub(crate) fn target(db: &Connection, question: &Question<'_>) -> Result<(Client, Url), Refusal> {
    let client = clients::client(db, question.client_id)?
        .ok_or_else(|| Refusal::parameter("client_id", "No such client"))?;
    let url = redirect::parse(question.redirect_uri, &client.hosts)
        .map_err(|reason| Refusal::parameter("redirect_uri", reason))?;
    Ok((client, url))
}

/// Writes a question down; its key.
pub(crate) fn ask(
    db: &Connection,
    now: i64,
    client: &Client,
    question: &Question<'_>,
) -> Result<String, Refusal> {
    client.require("use_oauth_api")?;
    if question.response_type != "code" {
        return Err(Refusal::parameter("response_type", "This value should be code"));
    }
    if question.state.is_some_and(|state| state.len() > MAX_STATE) {
        return Err(Refusal::parameter("state", "This value is too long"));
    }
    scopes::parse(question.scope).map_err(invalid_scope)?;
    let signed_in = match question.auth_token {
        Some(value) => Some(web_sessions::use_up(db, now, value)?),
        None => None,
    };
    authorizations::insert(
        db,
        now,
        &NewAuthorization {
            client: &client.id,
            redirect_uri: question.redirect_uri,
            scopes: question.scope,
            state: question.state,
            hint: question.hint,
            signed_in,
        },
    )
}

/// The page of a question that is open.
pub(crate) fn page(db: &Connection, now: i64, key: &str) -> Result<Page, Refusal> {
    let request = open(db, now, key)?;
    let client = clients::client(db, &request.client)?.ok_or(Refusal::Internal)?;
    let expected = match request.hint.as_deref().and_then(contact::criterion) {
        Some(criterion) => users::find(db, &criterion)?.map(|user| user.id),
        None => None,
    };
    Ok(Page {
        key: request.key,
        client: client.title,
        asked: scopes::parse(&request.scopes).map_err(invalid_scope)?,
        persons: match request.signed_in {
            Some(id) => users::user(db, id)?.into_iter().map(|user| (user.id, user.display_name)).collect(),
            None => users::persons(db, MAX_PERSONS)?,
        },
        expected: request.signed_in.or(expected),
    })
}

/// Writes the answer down; the address with it, for the browser.
pub(crate) fn answer(db: &Connection, now: i64, key: &str, answer: &Answer) -> Result<String, Refusal> {
    let request = open(db, now, key)?;
    let url = Url::parse(&request.redirect_uri).map_err(|_| Refusal::Internal)?;
    let state = ("state", request.state.as_deref());
    let Some(user) = answer.user else {
        authorizations::set_status(db, key, "denied")?;
        let reason = Some("The user denied access");
        return Ok(redirect::with(
            url,
            &[("error", Some("access_denied")), ("error_description", reason), state],
        ));
    };
    let wallet = match users::user(db, user)? {
        Some(user) if request.signed_in.is_some_and(|signed_in| signed_in != user.id) => None,
        Some(user) if user.kind == "natural" => wallets::first_of(db, user.id)?,
        _ => None,
    };
    let wallet = wallet.ok_or_else(|| Refusal::parameter("user", "Choose one of the persons"))?;
    let asked = scopes::parse(&request.scopes).map_err(invalid_scope)?;
    let chosen = |scope: Asked| answer.chosen.iter().any(|name| name == scope.name);
    for scope in asked.iter().filter(|scope| scope.offline && (!scope.optional || chosen(**scope))) {
        authorizations::grant_offline(db, &request.client, user, scope.name)?;
    }
    let code = authorizations::allow(db, now, key, wallet, &Scopes::granted(&asked, chosen))?;
    Ok(redirect::with(url, &[("code", Some(&code)), state]))
}

fn open(db: &Connection, now: i64, key: &str) -> Result<Authorization, Refusal> {
    authorizations::find(db, key)?
        .filter(|request| request.status == "asked" && request.expires_at > now)
        .ok_or(Refusal::NotFound("The question was answered or is too old: start again in the app"))
}
