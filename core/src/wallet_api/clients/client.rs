//! An API client as the server shows it (wallet-api section 3.4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::code::WalletId;
use crate::wallet_api::page::Listed;
use crate::wallet_api::projects::Project;
use crate::wallet_api::scopes::ScopeName;
use crate::wallet_api::tolerance::{Rows, null_is_missing, readable, readable_rows};
use crate::wallet_api::wire::{numeric_id, wire_enum};

numeric_id! {
    /// The number of a client.
    ClientId
}

numeric_id! {
    /// The number under which the server knows a device.
    AppClientInfoId
}

wire_enum! {
    /// What a client is.
    pub enum ClientType {
        /// A server of a merchant.
        PrivateClient = "private_client",
        /// An app, before it is installed.
        Application = "application",
        /// One installation of an app.
        AppClient = "app_client",
    }
}

wire_enum! {
    /// What a client may do.
    pub enum ClientPermission {
        /// Show pages in a frame.
        ShowInFrame = "show_in_frame",
        /// Give information on users that is trusted.
        GiveTrustedUserInfo = "give_trusted_user_info",
        /// Sign users in with their passwords.
        UsePasswordGrant = "use_password_grant",
        /// Let payers accept by flash SMS.
        AcceptWithFlash = "accept_with_flash",
        /// Let payers accept with their PINs.
        AcceptWithPin = "accept_with_pin",
        /// Read statements.
        AccessStatements = "access_statements",
        /// Search users by personal code.
        SearchByPersonCode = "search_by_person_code",
        /// Use the Wallet API.
        UseWalletApi = "use_wallet_api",
        /// Use calls about clients.
        UseClientApi = "use_client_api",
        /// Use the OAuth API.
        UseOAuthApi = "use_oauth_api",
        /// Register users with parameters.
        ProvideRegistrationParameters = "provide_registration_parameters",
    }
}

/// A place that a client's addresses may lie at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ClientHost {
    /// The host's name.
    pub host: String,
    /// The port, if it is not that of the protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What the path begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The protocol, if it has to be this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Whether any port will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_port: Option<bool>,
    /// Whether any host below this one will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_subdomain: Option<bool>,
}

/// An API client. What can't be read of its decorations is missing, so that one
/// client does not take a list of others along.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(from = "ClientBody")]
pub struct Client {
    /// Its number.
    pub id: ClientId,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ClientType,
    /// Its name.
    pub title: String,
    /// What it may do.
    pub permissions: Vec<ClientPermission>,
    /// Where its addresses may lie.
    pub hosts: Vec<ClientHost>,
    /// Hosts as the server said them that can't be read. A change of hosts takes
    /// them away.
    #[serde(skip)]
    pub unreadable_hosts: Vec<Value>,
    /// Its project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<Project>,
    /// What it may do with wallets of others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions_to_wallets: Vec<WalletPermissions>,
    /// The agreement that it works under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_agreement_id: Option<u64>,
    /// The device, for an installation of an app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_client_info_id: Option<AppClientInfoId>,
}

#[derive(Deserialize)]
struct ClientBody {
    id: ClientId,
    #[serde(rename = "type")]
    kind: ClientType,
    #[serde(default, deserialize_with = "null_is_missing")]
    title: String,
    #[serde(default, deserialize_with = "null_is_missing")]
    permissions: Vec<ClientPermission>,
    #[serde(default)]
    hosts: Rows<ClientHost>,
    #[serde(default, deserialize_with = "readable")]
    project: Option<Project>,
    #[serde(default, deserialize_with = "readable_rows")]
    permissions_to_wallets: Vec<WalletPermissions>,
    #[serde(default, deserialize_with = "readable")]
    service_agreement_id: Option<u64>,
    #[serde(default, deserialize_with = "readable")]
    app_client_info_id: Option<AppClientInfoId>,
}

impl From<ClientBody> for Client {
    fn from(body: ClientBody) -> Self {
        Self {
            id: body.id,
            kind: body.kind,
            title: body.title,
            permissions: body.permissions,
            hosts: body.hosts.read,
            unreadable_hosts: body.hosts.unreadable,
            project: body.project,
            permissions_to_wallets: body.permissions_to_wallets,
            service_agreement_id: body.service_agreement_id,
            app_client_info_id: body.app_client_info_id,
        }
    }
}

/// What a client may do with one wallet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct WalletPermissions {
    /// The wallet.
    pub wallet: WalletId,
    /// Names of what it may do.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub scopes: Vec<ScopeName>,
}

impl Listed for Client {
    const PLURAL: &'static str = "clients";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wallet_api::page::Page;

    #[test]
    fn an_odd_decoration_takes_no_client_along() {
        let text = r#"{"clients":[{"id":1,"type":"private_client","title":null,"permissions":null,
            "hosts":[{"host":"a.example","port":"x"},{"host":"b.example","port":8443}],"project":[],
            "permissions_to_wallets":[{"wallet":2112,"scopes":["balance","new"]},{"wallet":"all"}],
            "service_agreement_id":"none"}]}"#;
        let page: Page<Client> = serde_json::from_str(text).unwrap();
        let client = &page.items[0];
        assert_eq!(client.hosts.iter().map(|host| &*host.host).collect::<Vec<_>>(), ["b.example"]);
        assert_eq!(client.unreadable_hosts.len(), 1);
        assert_eq!(client.permissions_to_wallets[0].wallet.get(), 2112);
        assert_eq!(client.permissions_to_wallets.len(), 1);
    }
}
