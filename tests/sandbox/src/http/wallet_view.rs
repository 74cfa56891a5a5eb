//! The wallet as a caller may see it (wallet-api section 6.2).

use rusqlite::Connection;
use serde::Serialize;

use crate::domain::iban;
use crate::error::Refusal;
use crate::operations::access;
use crate::store::credentials::Caller;
use crate::store::transactions;
use crate::store::wallets::Wallet;

#[derive(Serialize)]
pub(super) struct WalletView {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<i64>,
    account: AccountView,
}

#[derive(Serialize)]
struct AccountView {
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ibans: Option<[String; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    main_iban: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<Flags>,
}

#[derive(Serialize)]
struct Flags {
    public: bool,
    savings: bool,
}

impl WalletView {
    /// The wallet; whose it is only if `with_owner`.
    pub(super) fn new(wallet: Wallet, with_owner: bool) -> Self {
        let status = match (wallet.active, wallet.closed) {
            (true, _) => "active",
            (false, true) => "closed",
            (false, false) => "inactive",
        };
        Self {
            id: wallet.id,
            owner: with_owner.then_some(wallet.user),
            account: AccountView {
                number: wallet.account_number,
                owner_display_name: with_owner.then_some(wallet.owner_display_name),
                owner_title: None,
                owner_type: None,
                description: None,
                kind: "local",
                status,
                user_id: None,
                ibans: None,
                main_iban: None,
                flags: None,
            },
        }
    }

    /// Everything, for the owner.
    pub(super) fn whole(wallet: Wallet) -> Self {
        let iban = iban::of_wallet(wallet.id);
        let (description, owner_type) = (wallet.description.clone(), wallet.owner_kind.clone());
        let mut view = Self::new(wallet, true);
        view.account.owner_title.clone_from(&view.account.owner_display_name);
        view.account.owner_type = Some(owner_type);
        view.account.description = description;
        view.account.user_id = view.owner;
        view.account.ibans = Some([iban.clone()]);
        view.account.main_iban = Some(iban);
        view.account.flags = Some(Flags { public: false, savings: false });
        view
    }

    /// As much as `caller` may see. The owner is named to itself and, PROPOSAL
    /// of wallet-api section 6.1, to a client that this wallet pays: a till
    /// compares the name with an identity document.
    pub(super) fn of(db: &Connection, caller: &Caller, wallet: Wallet) -> Result<Self, Refusal> {
        if access::allows(db, caller, wallet.user, "wallet_list")? {
            return Ok(Self::whole(wallet));
        }
        let named = match caller {
            Caller::Client { id, .. } => transactions::pays_client(db, id, wallet.id)?,
            Caller::User { .. } => false,
        };
        // A token without the scope still tells whose it is by number.
        let owner = (access::own_user(db, caller)? == wallet.user).then_some(wallet.user);
        let mut view = Self::new(wallet, named);
        view.owner = view.owner.or(owner);
        Ok(view)
    }
}
