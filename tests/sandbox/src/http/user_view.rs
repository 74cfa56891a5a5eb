//! The user as a caller may see it.

use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

use crate::error::Refusal;
use crate::operations::access;
use crate::store::credentials::Caller;
use crate::store::users::User;
use crate::store::wallets;

/// Which scope opens which field; a field without its scope is left out.
#[derive(Default, Serialize)]
pub(super) struct UserView {
    id: i64,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dob: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identification_level: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calculated_level: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallets: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Options>,
    #[serde(skip_serializing_if = "Option::is_none")]
    politically_exposed_persons: Option<[(); 0]>,
}

/// Who a person is by name and personal code.
#[derive(Serialize)]
pub(super) struct IdentityView {
    name: String,
    surname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nationality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

#[derive(Serialize)]
struct Options {
    default_currency: String,
}

impl UserView {
    /// Nothing but the number.
    pub(super) fn number(id: i64) -> Self {
        Self { id, ..Self::default() }
    }

    /// As much of the user as `caller` may read.
    pub(super) fn new(db: &Connection, caller: &Caller, user: User) -> Result<Self, Refusal> {
        let allows = |scope| access::allows(db, caller, user.id, scope);
        let mut view = Self::number(user.id);
        if allows("user_info")? {
            view.kind = Some(user.kind.clone());
            view.company_code.clone_from(&user.company_code);
            view.locale.clone_from(&user.locale);
            view.options = Some(Options { default_currency: user.default_currency.clone() });
        }
        if allows("full_name")? {
            view.display_name = Some(user.display_name.clone());
        }
        if allows("email")? {
            view.email.clone_from(&user.email);
        }
        if allows("phone")? {
            view.phone.clone_from(&user.phone);
        }
        if allows("address")? {
            view.address.clone_from(&user.address);
        }
        if allows("dob")? {
            view.dob.clone_from(&user.dob);
        }
        if allows("gender")? {
            view.gender.clone_from(&user.gender);
        }
        if allows("identification_level")? {
            view.identification_level = Some(user.level.name());
            view.calculated_level = Some(user.level.name());
        }
        if allows("wallet_list")? {
            view.wallets = Some(wallets::of_user(db, user.id, true)?);
        }
        if allows("pep")? {
            // Nobody in the sandbox holds a public office.
            view.politically_exposed_persons = Some([]);
        }
        if allows("identity")? {
            view.identity = identity_of(user);
        }
        Ok(view)
    }
}

/// Name and personal code, if they are known.
pub(super) fn identity_of(user: User) -> Option<IdentityView> {
    let (name, surname) = user.name.zip(user.surname)?;
    Some(IdentityView { name, surname, nationality: user.nationality, code: user.person_code })
}
