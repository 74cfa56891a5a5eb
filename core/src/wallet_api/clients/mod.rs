//! API clients, and installations of an app (wallet-api section 3.4).

mod client;
mod device;

use serde::{Deserialize, Serialize};

pub use client::{
    AppClientInfoId, Client, ClientHost, ClientId, ClientPermission, ClientType, WalletPermissions,
};
pub use device::DeviceInfo;

use super::credentials::{MacCredentials, MacKey};
use super::error::WalletApiError;
use super::page::{Page, Window};
use super::projects::ProjectId;
use super::transport::{Call, Transport};
use crate::secret::Secret;

/// A client to make that is not an installation of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewClient {
    /// What it shall be. For installations see [`Clients::register`].
    #[serde(rename = "type")]
    pub kind: ClientType,
    /// Its name.
    pub title: String,
    /// What it may do.
    pub permissions: Vec<ClientPermission>,
    /// Where its addresses may lie.
    pub hosts: Vec<ClientHost>,
    /// Its project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
}

/// What is to be changed of a client: what is missing stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClientUpdate {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where its addresses may lie: all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<ClientHost>>,
    /// What it may do: all of it. A client gives no permission that it has not
    /// itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<ClientPermission>>,
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
    ///
    /// Once for each installation; what it signs with is kept as a secret:
    ///
    /// ```no_run
    /// use paysera_core::auth::{FixedCredentials, SecretStore};
    /// use paysera_core::wallet_api::{DeviceInfo, WalletApi};
    ///
    /// /// What this installation signs with. `app` signs as the app.
    /// async fn device(
    ///     app: &WalletApi,
    ///     store: &dyn SecretStore,
    /// ) -> Result<FixedCredentials, Box<dyn std::error::Error>> {
    ///     if let (Some(id), Some(key)) = (store.get("device_id")?, store.get("device_key")?) {
    ///         let (id, key) = (String::from_utf8(id.to_vec())?, String::from_utf8(key.to_vec())?);
    ///         return Ok(FixedCredentials::new(id, key));
    ///     }
    ///     let info = DeviceInfo { os: Some("Android 16".to_owned()), ..DeviceInfo::default() };
    ///     let device = app.clients().register(&info).await?;
    ///     store.set("device_id", device.id.expose().as_bytes())?;
    ///     store.set("device_key", device.mac_key.expose().as_bytes())?;
    ///     Ok(device.credentials.into())
    /// }
    /// ```
    pub async fn register(&self, device: &DeviceInfo) -> Result<RegisteredClient, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            r#type: &'static str,
            info: &'b DeviceInfo,
        }
        let body = Body { r#type: "app_client", info: device };
        self.transport.send(&Call::post("client").json(&body)?).await
    }

    /// Makes a client of another type (`POST client`), for example one for a
    /// merchant's server. Not every client may. The credentials are told only
    /// here.
    ///
    /// # Errors
    /// [`WalletApiError`]; `forbidden` and `invalid_parameters` from a server that
    /// makes none of this type. A lost answer is looked for with
    /// [`Clients::list`]; the credentials are lost with it.
    pub async fn create(&self, new: &NewClient) -> Result<RegisteredClient, WalletApiError> {
        self.transport.send(&Call::post("client").json(new)?).await
    }

    /// Changes a client (`PUT client/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `forbidden` for a permission that the signing client has
    /// not itself.
    pub async fn update(&self, id: ClientId, update: &ClientUpdate) -> Result<Client, WalletApiError> {
        self.transport.send(&Call::put(format!("client/{id}")).json(update)?).await
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
    fn clients_as_they_are_made_and_changed() {
        insta::assert_json_snapshot!(NewClient {
            kind: ClientType::PrivateClient,
            title: "Shop".to_owned(),
            permissions: vec![ClientPermission::AcceptWithPin],
            hosts: Vec::new(),
            project_id: Some(ProjectId(1234)),
        }, @r#"
        {
          "type": "private_client",
          "title": "Shop",
          "permissions": [
            "accept_with_pin"
          ],
          "hosts": [],
          "project_id": 1234
        }
        "#);
        let update = ClientUpdate { permissions: Some(Vec::new()), ..ClientUpdate::default() };
        insta::assert_json_snapshot!(update, @r#"
        {
          "permissions": []
        }
        "#);
    }
}
