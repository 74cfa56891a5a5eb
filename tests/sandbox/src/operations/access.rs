//! Whose data a caller may read.

use rusqlite::Connection;

use crate::domain::scopes::Scopes;
use crate::error::Refusal;
use crate::store::clients::Client;
use crate::store::credentials::{self, Caller, Signer};
use crate::store::{authorizations, clients, wallets};

/// The user that `me` stands for: a token's user, or the owner of the
/// merchant's wallet.
pub(crate) fn own_user(db: &Connection, caller: &Caller) -> Result<i64, Refusal> {
    match caller {
        Caller::User { user, .. } => Ok(*user),
        Caller::Client { wallet, .. } => {
            wallets::wallet(db, *wallet)?.map(|wallet| wallet.user).ok_or(Refusal::Internal)
        }
    }
}

/// Whether `caller` may use `scope` of `user`: its own data within the scopes
/// of its token; a client also what a user lastingly let it (wallet-api
/// section 3.3).
pub(crate) fn allows(db: &Connection, caller: &Caller, user: i64, scope: &str) -> Result<bool, Refusal> {
    match caller {
        Caller::User { user: own, scopes, .. } => Ok(*own == user && scopes.allow(scope)),
        Caller::Client { id, .. } => {
            Ok(own_user(db, caller)? == user || authorizations::granted_offline(db, id, user, scope)?)
        }
    }
}

/// Refuses a caller who may not use `scope` of `user`.
pub(crate) fn require(db: &Connection, caller: &Caller, user: i64, scope: &str) -> Result<(), Refusal> {
    if own_user(db, caller)? == user {
        caller.require(scope)
    } else if allows(db, caller, user, scope)? {
        Ok(())
    } else {
        Err(Refusal::Forbidden("This is for the user alone"))
    }
}

/// Refuses a caller whose client lacks a permission (wallet-api section 3.4).
pub(crate) fn require_permission(db: &Connection, caller: &Caller, permission: &str) -> Result<(), Refusal> {
    client_of(db, caller)?.require(permission)
}

/// Whether the caller's client has a permission.
pub(crate) fn may(db: &Connection, caller: &Caller, permission: &str) -> Result<bool, Refusal> {
    Ok(client_of(db, caller)?.may(permission))
}

fn client_of(db: &Connection, caller: &Caller) -> Result<Client, Refusal> {
    let id = match caller {
        Caller::Client { id, .. } | Caller::User { client: id, .. } => id,
    };
    clients::client(db, id)?.ok_or(Refusal::Internal)
}

/// Whether `caller` is a person or a person's app, and not a shop, with its own credentials
/// or with the token that it got.
pub(crate) fn is_app(db: &Connection, caller: &Caller) -> Result<bool, Refusal> {
    match caller {
        Caller::User { client, .. } if client == IN_PERSON => Ok(true),
        Caller::User { client, .. } => Ok(clients::client(db, client)?.ok_or(Refusal::Internal)?.is_app()),
        Caller::Client { .. } => Ok(false),
    }
}

/// The token and the user of a caller that is an app: what a person does with
/// an own device is not for the token that a shop got.
pub(crate) fn app_token<'a>(db: &Connection, caller: &'a Caller) -> Result<(&'a str, i64), Refusal> {
    match caller {
        Caller::User { token, user, .. } if is_app(db, caller)? => Ok((token, *user)),
        Caller::User { .. } | Caller::Client { .. } => {
            Err(Refusal::Forbidden("This is for a user's token of an app"))
        }
    }
}

/// The client of a caller who needs none.
const IN_PERSON: &str = "";

/// A merchant's client that acts without a request.
pub(crate) fn as_merchant(db: &Connection, client: &str) -> Result<Caller, Refusal> {
    match credentials::credentials(db, client)?.map(|client| client.signer) {
        Some(Signer::Caller(merchant @ Caller::Client { .. })) => Ok(merchant),
        Some(Signer::Caller(Caller::User { .. }) | Signer::App { .. }) | None => {
            Err(Refusal::NotFound("There is no such merchant"))
        }
    }
}

/// The owner of a wallet who acts without an app: in the console or on a page.
pub(crate) fn in_person(db: &Connection, wallet: i64) -> Result<Caller, Refusal> {
    let wallet = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Wallet not found"))?;
    let (token, client) = (String::new(), IN_PERSON.to_owned());
    Ok(Caller::User { wallet: wallet.id, user: wallet.user, scopes: Scopes::All, token, client })
}
