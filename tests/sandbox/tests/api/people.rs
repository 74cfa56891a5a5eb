//! Apps that sign users in.

use std::fmt::Write;

use paysera_sandbox::seed::{self, Customer};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::harness::{Answer, Who, World, nonce};

pub(crate) const TOKEN: &str = "/oauth/v1/token";

/// The seeded app, which has no wallet.
pub(crate) const APP: Who = Who { id: seed::APP_CLIENT_ID, key: seed::APP_MAC_KEY, location: None };

/// The merchant without a location in `ext`.
pub(crate) const SHOP: Who =
    Who { id: seed::RETAILER_CLIENT_ID, key: seed::RETAILER_MAC_KEY, location: None };

/// The parameters as a form or query.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let mut form = String::new();
    for (name, value) in fields {
        let separator = if form.is_empty() { "" } else { "&" };
        write!(form, "{separator}{}={}", escape(name), escape(value)).unwrap();
    }
    form
}

/// Credentials out of a token answer or of a client.
pub(crate) fn signer(credentials: &Value) -> Who {
    let leak = |name: &str| &*credentials[name].as_str().unwrap().to_owned().leak();
    Who { id: leak("access_token"), key: leak("mac_key"), location: None }
}

impl World {
    /// Signs and sends a form.
    pub(crate) async fn form(&self, who: Who, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.form_as(who, path, fields, "application/x-www-form-urlencoded").await
    }

    pub(crate) async fn form_as(
        &self,
        who: Who,
        path: &str,
        fields: &[(&str, &str)],
        content_type: &str,
    ) -> Answer {
        let body = encoded(fields);
        let header = self.sign(who, "POST", path, body.as_bytes(), &nonce());
        let request = self.http.post(self.url(path)).body(body);
        let request = request.header("authorization", header).header("content-type", content_type);
        Answer::to(request).await.unwrap()
    }

    /// Signs a customer in by password; the whole answer.
    pub(crate) async fn sign_in(&self, customer: &Customer, scope: &str) -> Value {
        let fields = [
            ("grant_type", "password"),
            ("username", customer.phone),
            ("password", customer.password),
            ("scope", scope),
        ];
        self.form(APP, TOKEN, &fields).await.ok()
    }

    /// A token of a customer with these scopes.
    pub(crate) async fn token(&self, customer: &Customer, scope: &str) -> Who {
        signer(&self.sign_in(customer, scope).await)
    }

    pub(crate) async fn post_to(&self, who: Who, path: &str, body: Value) -> Answer {
        self.raw(who, "POST", path, &body.to_string()).await
    }

    pub(crate) async fn delete(&self, who: Who, path: &str) -> Answer {
        self.raw(who, "DELETE", path, "").await
    }
}
