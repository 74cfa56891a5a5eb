//! Getting, refreshing and ending user tokens (wallet-api sections 3.1 and
//! 3.2).

use rusqlite::Connection;

use crate::domain::contact;
use crate::domain::person_fault::PersonFault;
use crate::domain::scopes::{self, Scopes};
use crate::error::Refusal;
use crate::secrets;
use crate::store::clients::Client;
use crate::store::credentials::{Caller, Signer};
use crate::store::messages::{self, Purpose};
use crate::store::tokens::{self, Token};
use crate::store::users;
use crate::store::{attempts, authorizations, wallets};

/// How a client gets a token.
#[derive(Clone, Debug)]
pub(crate) enum Grant {
    /// With the code that a person's browser brought.
    Code { code: String, redirect_uri: String },
    /// With the name and password that a person typed into the app.
    Password { username: String, password: String, scopes: String },
    /// With the refresh token of an earlier token; `code` adds the extended
    /// ones of `scopes`. With `activation` the earlier one stays until the new
    /// one is activated.
    Refresh { refresh_token: String, scopes: Option<String>, code: Option<String>, activation: bool },
}

/// A token for `client`, good for so many seconds.
pub(crate) fn grant(
    db: &Connection,
    now: i64,
    seconds: i64,
    client: &Client,
    grant: &Grant,
) -> Result<Token, Refusal> {
    match grant {
        Grant::Code { code, redirect_uri } => by_code(db, now, seconds, client, code, redirect_uri),
        Grant::Password { username, password, scopes } => {
            by_password(db, now, seconds, client, username, password, scopes)
        }
        Grant::Refresh { refresh_token, scopes, code, activation } => {
            let old = refreshable(db, now, client, refresh_token)?;
            let scopes = refreshed_scopes(db, now, &old, scopes.as_deref(), code.as_deref())?;
            let replaced = activation.then_some(old.token.as_str());
            if !activation {
                tokens::set_refreshed(db, &old.token)?;
            }
            tokens::issue(db, now, seconds, &client.id, old.wallet, &scopes, replaced)
        }
    }
}

fn by_code(
    db: &Connection,
    now: i64,
    seconds: i64,
    client: &Client,
    code: &str,
    redirect_uri: &str,
) -> Result<Token, Refusal> {
    client.require("use_oauth_api")?;
    let request = authorizations::by_code(db, code)?
        .filter(|request| request.client == client.id)
        .ok_or_else(|| invalid("No such authorization code"))?;
    if request.status != "allowed" {
        return Err(invalid("Authorization code was used already"));
    }
    if request.expires_at <= now {
        return Err(invalid("Authorization code expired"));
    }
    if request.redirect_uri != redirect_uri {
        return Err(invalid("redirect_uri is not the one of the authorization"));
    }
    let (wallet, scopes) = request.wallet.zip(request.granted).ok_or(Refusal::Internal)?;
    authorizations::set_status(db, &request.key, "used")?;
    tokens::issue(db, now, seconds, &client.id, wallet, &scopes, None)
}

fn by_password(
    db: &Connection,
    now: i64,
    seconds: i64,
    client: &Client,
    username: &str,
    password: &str,
    list: &str,
) -> Result<Token, Refusal> {
    client.require("use_password_grant")?;
    let asked = scopes::parse(list).map_err(invalid_scope)?;
    // Lasting access is for the code grant only.
    if let Some(offline) = asked.iter().find(|scope| scope.offline) {
        return Err(invalid_scope(offline.text()));
    }
    let user = match contact::criterion(username) {
        Some(criterion) => users::find(db, &criterion)?,
        None => None,
    };
    let subject = user.as_ref().map(|user| password_subject(user.id));
    if let Some(subject) = &subject {
        attempts::check(db, now, subject)?;
    }
    let stored = user.as_ref().and_then(|user| user.password.as_deref());
    let right = secrets::verify(password, stored);
    let Some(user) = user.filter(|_| right) else {
        return Err(Refusal::Person(PersonFault::WrongPassword { subject }));
    };
    attempts::forget(db, &password_subject(user.id))?;
    let wallet = wallets::first_of(db, user.id)?.ok_or(Refusal::Internal)?;
    let scopes = Scopes::granted(&asked, |_| false);
    tokens::issue(db, now, seconds, &client.id, wallet, &scopes, None)
}

/// Against what wrong passwords of a user count.
pub(super) fn password_subject(user: i64) -> String {
    format!("password:{user}")
}

fn refreshable(db: &Connection, now: i64, client: &Client, refresh_token: &str) -> Result<Token, Refusal> {
    let old = tokens::by_refresh_token(db, refresh_token)?
        .filter(|token| token.client == client.id)
        .ok_or_else(|| invalid("No such refresh token"))?;
    if old.refreshed || old.status != "active" {
        return Err(invalid("Refresh token status invalid"));
    }
    if old.refresh_expires_at.is_none_or(|end| end <= now) {
        return Err(invalid("Refresh token expired"));
    }
    Ok(old)
}

/// The scopes of a refreshed token: the old ones, fewer of them, or more of
/// the extended ones for a code that was sent for these.
fn refreshed_scopes(
    db: &Connection,
    now: i64,
    old: &Token,
    list: Option<&str>,
    code: Option<&str>,
) -> Result<Scopes, Refusal> {
    let Some(list) = list else { return Ok(old.scopes.clone()) };
    let (kept, added): (Vec<&str>, Vec<&str>) =
        list.split_whitespace().partition(|name| old.scopes.allow(name) || old.scopes.undecided(name));
    if let Some(stranger) = added.iter().find(|name| !scopes::is_extended(name)) {
        return Err(invalid_scope((*stranger).to_owned()));
    }
    let kept = kept
        .into_iter()
        .map(|name| if old.scopes.undecided(name) { format!("{name}_optional") } else { name.to_owned() });
    let scopes = Scopes::Only(kept.collect());
    let Some(first) = added.first() else { return Ok(scopes) };
    let code = code.ok_or_else(|| invalid("The scope needs a code: ask for one with POST generator/code"))?;
    let wallet = wallets::wallet(db, old.wallet)?.ok_or(Refusal::Internal)?;
    let opened = messages::use_code(db, now, wallet.user, Purpose::Scopes, code)?;
    if added.iter().all(|name| opened.split_whitespace().any(|scope| scope == *name)) {
        Ok(scopes.with(added.into_iter().map(str::to_owned)))
    } else {
        Err(invalid_scope((*first).to_owned()))
    }
}

/// Makes a token usable that was refreshed with activation. Again it does
/// nothing: the answer may have been lost.
pub(crate) fn activate(db: &Connection, now: i64, client: &Client, token: &str) -> Result<Token, Refusal> {
    let token = tokens::find(db, token)?
        .filter(|token| token.client == client.id)
        .ok_or(Refusal::NotFound("No such token"))?;
    if token.status == "revoked" {
        return Err(invalid("Token has been revoked"));
    }
    if token.expires_at.is_some_and(|end| end <= now) {
        return Err(invalid("Token has expired"));
    }
    if token.status == "inactive" {
        tokens::activate(db, &token)?;
    }
    tokens::find(db, &token.token)?.ok_or(Refusal::Internal)
}

/// Ends a token for the client that it was given to, or for itself. Again it
/// does nothing.
pub(crate) fn revoke(db: &Connection, signer: &Signer, token: &str) -> Result<(), Refusal> {
    let found = tokens::find(db, token)?.filter(|found| match signer {
        Signer::App { id } | Signer::Caller(Caller::Client { id, .. }) => found.client == *id,
        Signer::Caller(Caller::User { token: own, .. }) => found.token == *own,
    });
    let found = found.ok_or(Refusal::NotFound("No such token"))?;
    tokens::revoke(db, &found.token)
}

fn invalid(reason: &'static str) -> Refusal {
    Refusal::Person(PersonFault::InvalidGrant(reason))
}

/// The refusal of a scope.
pub(super) fn invalid_scope(scope: String) -> Refusal {
    Refusal::Person(PersonFault::InvalidScope(scope))
}
