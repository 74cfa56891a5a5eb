//! A user as the server shows them (wallet-api section 6.4).

use serde::{Deserialize, Serialize};

use crate::clock::UnixSeconds;
use crate::code::WalletId;
use crate::wallet_api::tolerance::{null_is_missing, readable, readable_rows};
use crate::wallet_api::wire::{numeric_id, wire_enum};

numeric_id! {
    /// The number of a user.
    UserId
}

wire_enum! {
    /// What a user is.
    pub enum UserType {
        /// A person.
        Natural = "natural",
        /// A company.
        Legal = "legal",
    }
}

wire_enum! {
    /// How well a user is identified.
    pub enum IdentificationLevel {
        /// Not at all.
        Unidentified = "unidentified",
        /// In part.
        SemiIdentified = "semi_identified",
        /// By a document.
        Identified = "identified",
        /// By a document, in person.
        FullyIdentified = "fully_identified",
    }
}

impl IdentificationLevel {
    /// Whether the user may take part in payments, cash-out and cash-in
    /// (wallet-api section 9.4). A level that this library does not know does not
    /// count.
    #[must_use]
    pub fn is_identified(&self) -> bool {
        matches!(self, Self::Identified | Self::FullyIdentified)
    }
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct User {
    /// Their number.
    pub id: UserId,
    /// A person or a company.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<UserType>,
    /// The name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number, digits with the country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The postal address.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The date of birth, `yyyy-mm-dd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dob: Option<String>,
    /// The gender, as the server says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// Name and personal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// How well they are identified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identification_level: Option<IdentificationLevel>,
    /// The same as the server works it out now, where it says so.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub calculated_level: Option<IdentificationLevel>,
    /// Their wallets.
    #[serde(default, deserialize_with = "null_is_missing", skip_serializing_if = "Vec::is_empty")]
    pub wallets: Vec<WalletId>,
    /// The company's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_code: Option<String>,
    /// The language, for example `ka`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Their settings.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub options: Option<UserOptions>,
    /// When they asked to be forgotten.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub deletion_request_at: Option<UnixSeconds>,
}

/// Settings of a user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct UserOptions {
    /// The currency that is shown first.
    pub default_currency: Option<String>,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Address {
    /// The country, two letters.
    pub country: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// Street and house.
    pub street: Option<String>,
    /// The postal code.
    pub post_index: Option<String>,
}

/// Who a person is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Identity {
    /// The first name.
    pub name: String,
    /// The last name.
    pub surname: String,
    /// The country, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// The personal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A politically exposed person's position.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PoliticallyExposed {
    /// The name.
    pub name: Option<String>,
    /// How the user is related to it.
    pub relation: Option<String>,
    /// The positions.
    #[serde(default, deserialize_with = "readable_rows")]
    pub positions: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_read_with_few_scopes_and_with_many() {
        let user = |text: &str| serde_json::from_str::<User>(text).unwrap();
        let few = user(r#"{"id":501,"identity":null,"wallets":null}"#);
        assert_eq!((few.id, few.identification_level, few.wallets), (UserId(501), None, Vec::new()));
        insta::assert_json_snapshot!(user(
            r#"{"id":501,"type":"natural","email":"customer@sandbox.example","phone":"995555014471",
                "address":{"country":"GE","city":"Tbilisi","street":null},"dob":"1990-01-01","gender":"female",
                "identity":{"name":"Customer","surname":"Identified","nationality":"GE","code":"01001014471"},
                "identification_level":"identified","calculated_level":"identified","wallets":[14471],
                "options":{"default_currency":"GEL"},"pep":[],"locale":"ka"}"#
        ));
    }

    #[test]
    fn only_known_levels_count_as_identified() {
        for (level, identified) in [
            ("identified", true),
            ("fully_identified", true),
            ("semi_identified", false),
            ("unidentified", false),
            ("superidentified", false),
        ] {
            assert_eq!(IdentificationLevel::from(level.to_owned()).is_identified(), identified, "{level}");
        }
    }
}
