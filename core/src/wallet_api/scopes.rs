//! What a user lets an app do (wallet-api section 3.3).

use std::fmt;

use super::wire::wire_enum;

wire_enum! {
    /// A part of a user's account that an app may use.
    pub enum ScopeName {
        /// Read balances.
        Balance = "balance",
        /// Read statements.
        Statements = "statements",
        /// Read the latest statements.
        RecentStatements = "recent_statements",
        /// Confirm phone numbers.
        PhoneConfirmation = "phone_confirmation",
        /// Read the phone number.
        Phone = "phone",
        /// Read the e-mail address.
        Email = "email",
        /// Read the postal address.
        Address = "address",
        /// Read name and personal code.
        Identity = "identity",
        /// Read the full name.
        FullName = "full_name",
        /// Read how well the user is identified.
        IdentificationLevel = "identification_level",
        /// Send data that identifies the user.
        IdentificationData = "identification_data",
        /// List the wallets.
        WalletList = "wallet_list",
        /// Read the date of birth.
        DateOfBirth = "dob",
        /// Read the gender.
        Gender = "gender",
        /// Read general data of the user.
        UserInfo = "user_info",
        /// Begin transfers.
        InitiateTransfers = "initiate_transfers",
        /// Ask whether there is enough money for a sum.
        CheckSufficientBalance = "check_has_sufficient_balance",
        /// Read politically exposed positions.
        PoliticallyExposed = "pep",
        /// Read incoming payments.
        IncomingPayments = "incoming_payments",
        /// Read outgoing payments.
        OutgoingPayments = "outgoing_payments",
        /// Favourite beneficiaries.
        Favourites = "favourites",
        /// Report the user's position.
        UserPosition = "user_position",
        /// Read the picture.
        Avatar = "avatar",
        /// Manage the account.
        ManageAccount = "manage_account",
        /// Requests that the user sent.
        SentTransactionRequests = "sent_transaction_requests",
        /// Requests that the user got.
        ReceivedTransactionRequests = "received_transaction_requests",
        /// Payment cards.
        Cards = "cards",
        /// Services of the user.
        Services = "services",
        /// Projects that the user administers.
        Projects = "projects",
    }
}

/// A scope as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// What is asked for.
    pub name: ScopeName,
    /// Also when the user is away, with the app's own credentials; by the
    /// authorization code only.
    pub offline: bool,
    /// The user may leave it open.
    pub optional: bool,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        Self { name, offline: false, optional: false }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_str())?;
        if self.offline {
            f.write_str("_offline")?;
        }
        if self.optional {
            f.write_str("_optional")?;
        }
        Ok(())
    }
}

/// A scope that can't be asked for at sign-in: it is added when a token is
/// refreshed, with a code that the user got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExtendedScope {
    /// Convert currencies.
    ConvertCurrency,
    /// Make bank transfers.
    MakeBankTransfers,
}

impl fmt::Display for ExtendedScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConvertCurrency => "convert_currency",
            Self::MakeBankTransfers => "make_bank_transfers",
        })
    }
}

/// Scopes as one text.
pub(crate) fn list(scopes: impl IntoIterator<Item = impl fmt::Display>) -> String {
    scopes.into_iter().map(|scope| scope.to_string()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_stand_in_their_order() {
        let scopes = [
            Scope::from(ScopeName::Balance),
            Scope { name: ScopeName::Email, offline: true, optional: true },
            Scope { name: ScopeName::Other("new".to_owned()), offline: false, optional: true },
        ];
        assert_eq!(list(scopes), "balance email_offline_optional new_optional");
        assert_eq!(list([ExtendedScope::ConvertCurrency]), "convert_currency");
        assert_eq!(list(Vec::<Scope>::new()), "");
    }
}
