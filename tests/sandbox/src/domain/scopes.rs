//! What a user lets a client do (wallet-api section 3.3).

use std::collections::BTreeSet;

/// Scopes that can be asked for.
const BASIC: &[&str] = &[
    "balance",
    "statements",
    "recent_statements",
    "phone_confirmation",
    "phone",
    "email",
    "address",
    "identity",
    "full_name",
    "identification_level",
    "identification_data",
    "wallet_list",
    "dob",
    "gender",
    "user_info",
    "initiate_transfers",
    "check_has_sufficient_balance",
    "pep",
    "incoming_payments",
    "outgoing_payments",
    "favourites",
    "user_position",
    "avatar",
    "manage_account",
    "sent_transaction_requests",
    "received_transaction_requests",
    "cards",
    "services",
    "projects",
];

/// Scopes that are only added on a refresh, with a code that the user got.
const EXTENDED: &[&str] = &["convert_currency", "make_bank_transfers"];

const OFFLINE: &str = "_offline";
const OPTIONAL: &str = "_optional";

/// One scope as a client asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) name: &'static str,
    /// The client may use it later with its own credentials.
    pub(crate) offline: bool,
    /// The user need not decide.
    pub(crate) optional: bool,
}

impl Asked {
    /// As it was asked for.
    pub(crate) fn text(self) -> String {
        let suffix = |yes: bool, suffix| if yes { suffix } else { "" };
        format!("{}{}{}", self.name, suffix(self.offline, OFFLINE), suffix(self.optional, OPTIONAL))
    }
}

/// Reads a list with spaces between; the error is the scope that can't be
/// asked for, or not in a second way.
pub(crate) fn parse(list: &str) -> Result<Vec<Asked>, String> {
    let mut asked = list.split_whitespace().map(parse_one).collect::<Result<Vec<_>, _>>()?;
    asked.sort_unstable();
    asked.dedup();
    for pair in asked.windows(2) {
        if let [first, second] = pair
            && first.name == second.name
        {
            return Err(second.text());
        }
    }
    Ok(asked)
}

fn parse_one(text: &str) -> Result<Asked, String> {
    let (rest, optional) = cut(text, OPTIONAL);
    let (rest, offline) = cut(rest, OFFLINE);
    let name = BASIC.iter().find(|name| **name == rest).ok_or_else(|| text.to_owned())?;
    Ok(Asked { name, offline, optional })
}

fn cut<'a>(text: &'a str, suffix: &str) -> (&'a str, bool) {
    text.strip_suffix(suffix).map_or((text, false), |rest| (rest, true))
}

/// Whether the scope is only given for a code.
pub(crate) fn is_extended(name: &str) -> bool {
    EXTENDED.contains(&name)
}

/// What a user's token was given by its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scopes {
    /// Everything, as the seeded tokens.
    All,
    /// These; a scope that the user has not decided on is here with its suffix.
    Only(BTreeSet<String>),
}

impl Scopes {
    /// As the database keeps them.
    pub(crate) fn read(column: Option<&str>) -> Self {
        column.map_or(Self::All, |names| Self::Only(names.split_whitespace().map(str::to_owned).collect()))
    }

    /// For the database.
    pub(crate) fn column(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Only(names) => Some(names.iter().map(String::as_str).collect::<Vec<_>>().join(" ")),
        }
    }

    /// What a person gave of what was asked for: everything but the optional
    /// scopes that `chosen` leaves out, which stay undecided.
    pub(crate) fn granted(asked: &[Asked], chosen: impl Fn(Asked) -> bool) -> Self {
        let name = |scope: &Asked| {
            if !scope.optional || chosen(*scope) {
                scope.name.to_owned()
            } else {
                format!("{}{OPTIONAL}", scope.name)
            }
        };
        Self::Only(asked.iter().map(name).collect())
    }

    /// Whether `scope` is among them.
    pub(crate) fn allow(&self, scope: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(scope),
        }
    }

    /// Whether the user was asked for `scope` and has not decided.
    pub(crate) fn undecided(&self, scope: &str) -> bool {
        match self {
            Self::All => false,
            Self::Only(names) => names.contains(&format!("{scope}{OPTIONAL}")),
        }
    }

    /// Those of `self` and `more`.
    pub(crate) fn with(self, more: impl IntoIterator<Item = String>) -> Self {
        match self {
            Self::All => Self::All,
            Self::Only(mut names) => {
                names.extend(more);
                Self::Only(names)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_come_in_one_order() {
        let asked = parse("email balance_offline phone_offline_optional  dob_optional email").unwrap();
        let texts: Vec<_> = asked.iter().map(|scope| scope.text()).collect();
        assert_eq!(texts, ["balance_offline", "dob_optional", "email", "phone_offline_optional"]);
        assert_eq!(parse("").unwrap(), []);
        assert_eq!(parse("email_offline email"), Err("email_offline".to_owned()));
        for wrong in ["Email", "phone_optional_offline", "_offline", "everything", "convert_currency"] {
            assert_eq!(parse(&format!("email {wrong}")), Err(wrong.to_owned()));
        }
    }

    #[test]
    fn an_optional_scope_stays_undecided() {
        let asked = parse("email phone_optional dob_optional").unwrap();
        let scopes = Scopes::granted(&asked, |scope| scope.name == "dob");
        for (name, allowed, undecided) in
            [("email", true, false), ("dob", true, false), ("phone", false, true), ("gender", false, false)]
        {
            assert_eq!((scopes.allow(name), scopes.undecided(name)), (allowed, undecided), "{name}");
        }
        assert_eq!(Scopes::read(scopes.column().as_deref()), scopes);
        assert_eq!(Scopes::All.column(), None);
    }
}
