//! Finding wallets (wallet-api section 6.2).

use std::collections::BTreeMap;

use super::{Wallet, Wallets};
use crate::secret::Secret;
use crate::wallet_api::error::WalletApiError;
use crate::wallet_api::tolerance::Keyed;
use crate::wallet_api::transport::Call;
use crate::wallet_api::users::UserId;

/// By what a wallet is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalletSearch {
    /// The owner's phone number, digits with the country code.
    Phone(String),
    /// The owner's e-mail address.
    Email(String),
    /// The account number, for example `EVP0010001000101`.
    AccountNumber(String),
    /// The owner's personal code; needs a permission of the client.
    PersonCode {
        /// The code.
        code: String,
        /// The country, two letters.
        nationality: Option<String>,
    },
    /// The company's code.
    CompanyCode {
        /// The code.
        code: String,
        /// The country, two letters.
        country: Option<String>,
    },
    /// The barcode of the wallet.
    Barcode(String),
    /// A car's licence plate.
    LicencePlate(String),
    /// A card that the wallet knows.
    Card {
        /// Its number.
        number: Secret,
        /// Who issued it.
        issuer: Option<String>,
    },
    /// The owner.
    User(UserId),
}

impl WalletSearch {
    fn pairs(&self) -> [(&'static str, Option<String>); 2] {
        let (name, value, qualified) = match self {
            Self::Phone(phone) => ("phone", phone.clone(), None),
            Self::Email(email) => ("email", email.clone(), None),
            Self::AccountNumber(number) => ("account_number", number.clone(), None),
            Self::PersonCode { code, nationality } => {
                ("person_code", code.clone(), Some(("nationality", nationality)))
            }
            Self::CompanyCode { code, country } => {
                ("company_code", code.clone(), Some(("country_code", country)))
            }
            Self::Barcode(barcode) => ("barcode", barcode.clone(), None),
            Self::LicencePlate(plate) => ("licence_plate", plate.clone(), None),
            Self::Card { number, issuer } => {
                ("card", number.expose().to_owned(), Some(("card_issuer", issuer)))
            }
            Self::User(user) => ("user_id", user.to_string(), None),
        };
        let (other, qualifier) = qualified.map_or(("", None), |(other, value)| (other, value.clone()));
        [(name, Some(value)), (other, qualifier)]
    }
}

/// Whose wallets to look for, many at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Phone numbers, digits with the country code.
    pub phones: Vec<String>,
    /// SHA-1 of lower-case e-mail addresses, in lower-case hex: the server
    /// learns of no address that it does not know.
    pub email_hashes: Vec<String>,
    /// The same of phone numbers.
    pub phone_hashes: Vec<String>,
}

impl Wallets<'_> {
    /// Looks for a wallet (`GET wallet?...`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` if there is none.
    pub async fn find(&self, by: &WalletSearch) -> Result<Wallet, WalletApiError> {
        self.transport.send(&Call::get("wallet").queries(by.pairs())).await
    }

    /// The barcode of the wallet that is looked for (`GET wallet/barcode?...`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` if there is none.
    pub async fn barcode(&self, by: &WalletSearch) -> Result<String, WalletApiError> {
        #[derive(serde::Deserialize)]
        struct Answer {
            barcode: String,
        }
        let call = Call::get("wallet/barcode").queries(by.pairs());
        self.transport.send::<Answer>(&call).await.map(|answer| answer.barcode)
    }

    /// The wallets of people one knows, by what they were looked for
    /// (`GET wallets?...`). Who has none is not in it.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn of_contacts(&self, contacts: &Contacts) -> Result<BTreeMap<String, Wallet>, WalletApiError> {
        let list = |values: &[String]| (!values.is_empty()).then(|| values.join(","));
        let pairs = [
            ("email", list(&contacts.emails)),
            ("phone", list(&contacts.phones)),
            ("email_hash", list(&contacts.email_hashes)),
            ("phone_hash", list(&contacts.phone_hashes)),
        ];
        self.transport.send::<Keyed<Wallet>>(&Call::get("wallets").queries(pairs)).await.map(|found| found.0)
    }

    /// The account number of an IBAN (`GET account/{iban}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `InvalidRequest` for what is no IBAN, `not_found` for
    /// one of another bank.
    pub async fn account_of_iban(&self, iban: &str) -> Result<String, WalletApiError> {
        #[derive(serde::Deserialize)]
        struct Answer {
            account_number: String,
        }
        let iban: String = iban.chars().filter(|character| *character != ' ').collect();
        let is_plain =
            (15..=34).contains(&iban.len()) && iban.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_plain {
            return Err(WalletApiError::InvalidRequest {
                reason: "an IBAN has 15 to 34 letters and digits".to_owned(),
            });
        }
        let call = Call::get(format!("account/{iban}"));
        self.transport.send::<Answer>(&call).await.map(|answer| answer.account_number)
    }
}
