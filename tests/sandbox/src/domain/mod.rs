//! The rules, without clock, network and database.

pub(crate) mod acceptance;
pub(crate) mod allowance;
pub(crate) mod callback;
pub(crate) mod cash;
pub(crate) mod contact;
pub(crate) mod draft;
pub(crate) mod fields;
pub(crate) mod iban;
pub(crate) mod identity;
pub(crate) mod items;
pub(crate) mod location;
pub(crate) mod offer;
pub(crate) mod password;
pub(crate) mod payer_rules;
pub(crate) mod payment;
pub(crate) mod payment_password;
pub(crate) mod person_fault;
pub(crate) mod rates;
pub(crate) mod redirect;
pub(crate) mod scopes;
pub(crate) mod span;
pub(crate) mod status;
pub(crate) mod subscription;

/// What a payment is for a location (wallet-api section 9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// The customer pays for goods.
    Pay,
    /// The customer hands in cash.
    CashIn,
    /// The customer gets cash.
    CashOut,
}

impl Service {
    /// Name on the wire and in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::CashIn => "cash_in",
            Self::CashOut => "cash_out",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Pay, Self::CashIn, Self::CashOut].into_iter().find(|service| service.name() == name)
    }

    /// PROPOSAL of wallet-api section 9.4: cash without a foreign beneficiary
    /// goes out, cash for one comes in, everything else is a payment.
    pub(crate) const fn of(cash: bool, foreign_beneficiary: bool) -> Self {
        match (cash, foreign_beneficiary) {
            (false, _) => Self::Pay,
            (true, false) => Self::CashOut,
            (true, true) => Self::CashIn,
        }
    }

    /// Whether it moves banknotes.
    pub(crate) const fn is_cash(self) -> bool {
        !matches!(self, Self::Pay)
    }
}
