//! API clients, and installations of an app (wallet-api section 3.4).

use serde::{Deserialize, Serialize};

use super::credentials::{MacCredentials, MacKey};
use super::error::WalletApiError;
use super::page::{Listed, Page, Window};
use super::projects::{Project, ProjectId};
use super::transport::{Call, Transport};
use super::wire::{null_is_missing, numeric_id, wire_enum};
use crate::secret::Secret;

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

/// An API client.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Client {
    /// Its number.
    pub id: ClientId,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ClientType,
    /// Its name.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub title: String,
    /// What it may do.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub permissions: Vec<ClientPermission>,
    /// Where its addresses may lie.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub hosts: Vec<ClientHost>,
    /// Its project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<Project>,
    /// The device, for an installation of an app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_client_info_id: Option<AppClientInfoId>,
}

impl Listed for Client {
    const PLURAL: &'static str = "clients";
}

/// What an app tells of the device that it is installed on; all of it may be
/// left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// A name for the device, which its owner recognises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The operating system with its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The platform's identifier of the installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Whether its protection was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rooted: Option<bool>,
    /// Whether it is no real device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulator: Option<bool>,
    /// The language of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_language: Option<String>,
    /// The app's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
}

/// A client as it was registered, with the credentials that are told only once.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    /// The client.
    pub client: Client,
    /// What it signs with.
    pub credentials: MacCredentials,
    /// The MAC id once more, to be kept in a secret store.
    pub id: Secret,
    /// The MAC key once more.
    pub mac_key: Secret,
}

impl<'de> Deserialize<'de> for RegisteredClient {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(flatten)]
            client: Client,
            credentials: CredentialsBody,
        }
        #[derive(Deserialize)]
        struct CredentialsBody {
            access_token: Secret,
            mac_key: Secret,
            mac_algorithm: Option<String>,
        }
        let Body { client, credentials: CredentialsBody { access_token, mac_key, mac_algorithm } } =
            Body::deserialize(deserializer)?;
        if mac_algorithm.is_some_and(|algorithm| algorithm != "hmac-sha-256") {
            return Err(serde::de::Error::custom("the credentials are of a kind that can't sign"));
        }
        let credentials =
            MacCredentials::new(access_token.expose().to_owned(), MacKey::new(mac_key.expose().to_owned()));
        Ok(Self { client, credentials, id: access_token, mac_key })
    }
}

/// Calls about clients.
#[derive(Debug)]
pub struct Clients<'a> {
    transport: &'a Transport,
}

impl<'a> Clients<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// The client that signs, or that the signing token was given to
    /// (`GET client`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn own(&self) -> Result<Client, WalletApiError> {
        self.transport.send(&Call::get("client")).await
    }

    /// A client by its number (`GET client/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` for a stranger's.
    pub async fn get(&self, id: ClientId) -> Result<Client, WalletApiError> {
        self.transport.send(&Call::get(format!("client/{id}"))).await
    }

    /// The clients of a project, or all that are visible (`GET clients`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn list(
        &self,
        project: Option<ProjectId>,
        window: Window,
    ) -> Result<Page<Client>, WalletApiError> {
        let project = ("project_id", project.map(|project| project.to_string()));
        self.transport.send(&Call::get("clients").queries([project]).queries(window.pairs())).await
    }

    /// Registers this installation of the app (`POST client`), signed with the
    /// app's credentials: gives it credentials of its own.
    ///
    /// # Errors
    /// [`WalletApiError`]. After a lost answer it may be repeated: a client that
    /// nobody uses does no harm.
    pub async fn register(&self, device: &DeviceInfo) -> Result<RegisteredClient, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            r#type: &'static str,
            info: &'b DeviceInfo,
        }
        let body = Body { r#type: "app_client", info: device };
        self.transport.send(&Call::post("client").json(&body)?).await
    }

    /// Changes the name and the hosts of a client (`PUT client/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn update(
        &self,
        id: ClientId,
        title: &str,
        hosts: &[ClientHost],
    ) -> Result<Client, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            title: &'b str,
            hosts: &'b [ClientHost],
        }
        self.transport.send(&Call::put(format!("client/{id}")).json(&Body { title, hosts })?).await
    }

    /// Whether a device is still welcome (`GET client/info/{id}/status`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn device_status(&self, id: AppClientInfoId) -> Result<String, WalletApiError> {
        #[derive(Deserialize)]
        struct Status {
            status: String,
        }
        let call = Call::get(format!("client/info/{id}/status"));
        self.transport.send::<Status>(&call).await.map(|status| status.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTERED: &str = r#"{"id":7,"type":"app_client","title":"Phone","permissions":["use_wallet_api","new"],
        "hosts":[{"host":"a.example","any_port":true}],"app_client_info_id":7,"project":null,
        "credentials":{"access_token":"cl1ent","mac_key":"k3y","mac_algorithm":"hmac-sha-256"}}"#;

    #[test]
    fn a_registered_client_is_read_and_its_credentials_are_not_shown() {
        let registered: RegisteredClient = serde_json::from_str(REGISTERED).unwrap();
        insta::assert_json_snapshot!(registered.client);
        assert_eq!(registered.mac_key.expose(), "k3y");
        let shown = format!("{registered:?}");
        assert!(!shown.contains("cl1ent") && !shown.contains("k3y"), "{shown}");
    }

    #[test]
    fn credentials_that_can_not_sign_are_refused() {
        assert!(serde_json::from_str::<RegisteredClient>(&REGISTERED.replace("sha-256", "sha-1")).is_err());
        assert!(serde_json::from_str::<RegisteredClient>(&REGISTERED.replace("\"k3y\"", "null")).is_err());
    }

    #[test]
    fn only_what_is_known_of_a_device_is_sent() {
        let device =
            DeviceInfo { os: Some("Android 16".to_owned()), rooted: Some(false), ..DeviceInfo::default() };
        insta::assert_json_snapshot!(device, @r#"
        {
          "os": "Android 16",
          "rooted": false
        }
        "#);
    }
}
