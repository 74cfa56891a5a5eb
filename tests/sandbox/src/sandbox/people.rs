//! What a real server's staff, its messages and its users would do.

use super::{Sandbox, SandboxError};
use crate::operations::identify;
use crate::store::messages::{self, Message, Purpose};
use crate::store::signatories::{self, Signatory};
use crate::store::{authorizations, confirmations, users};

/// Messages that are listed.
const MAX_MESSAGES: i64 = 100;

/// Clients, and tokens, that are listed.
const MAX_SIGNATORIES: i64 = 100;

impl Sandbox {
    /// Who can sign requests: the first hundred merchants' clients and apps, and
    /// a hundred user tokens that do not end.
    ///
    /// # Errors
    /// [`SandboxError::Books`] if the database fails.
    pub async fn signatories(&self) -> Result<Vec<Signatory>, SandboxError> {
        self.books(|db| signatories::all(db, MAX_SIGNATORIES)).await
    }

    /// The newest SMS and e-mails that a real server would have sent, newest
    /// first.
    ///
    /// # Errors
    /// [`SandboxError::Books`] if the database fails.
    pub async fn messages(&self) -> Result<Vec<Message>, SandboxError> {
        self.books(|db| messages::list(db, MAX_MESSAGES)).await
    }

    /// Sends a user an SMS code with which a refresh adds `scopes` (a list
    /// with spaces between), as `POST generator/code` does.
    ///
    /// # Errors
    /// [`SandboxError::NotFound`] for an unknown user or one without phone and
    /// e-mail, [`SandboxError::Books`] if the database fails.
    pub async fn send_scope_code(&self, user: u64, scopes: &str) -> Result<(), SandboxError> {
        let (user, now, scopes) =
            (i64::try_from(user).unwrap_or(i64::MAX), self.app.clock.now(), scopes.to_owned());
        self.books(move |db| {
            let contact = users::user(db, user)?.and_then(|user| user.phone.or(user.email));
            let Some(contact) = contact else { return Ok(None) };
            messages::send_code(db, now, user, &contact, Purpose::Scopes, &scopes).map(Some)
        })
        .await?
        .map(drop)
        .ok_or(SandboxError::NotFound)
    }

    /// Takes from a client what a user let it do with its own credentials;
    /// false if that was nothing.
    ///
    /// # Errors
    /// [`SandboxError::Books`] if the database fails.
    pub async fn withdraw_access(&self, client: &str, user: u64) -> Result<bool, SandboxError> {
        let (client, user) = (client.to_owned(), i64::try_from(user).unwrap_or(i64::MAX));
        self.books(move |db| authorizations::withdraw_offline(db, &client, user)).await
    }

    /// Asks a user for a confirmation as a second factor; its identifier.
    /// `text` is what the app shows.
    ///
    /// # Errors
    /// [`SandboxError::NotFound`] for an unknown user, [`SandboxError::Books`]
    /// if the database fails.
    pub async fn ask_confirmation(&self, user: u64, text: &str) -> Result<String, SandboxError> {
        let (user, now) = (i64::try_from(user).unwrap_or(i64::MAX), self.app.clock.now());
        let properties =
            serde_json::json!({"type": "sandbox", "translation": text, "acceptance_required": true});
        self.books(move |db| match users::user(db, user)? {
            Some(user) => confirmations::insert(db, now, user.id, &properties).map(Some),
            None => Ok(None),
        })
        .await?
        .ok_or(SandboxError::NotFound)
    }

    /// Reviews a submitted identification request; an accepted user becomes
    /// identified.
    ///
    /// # Errors
    /// [`SandboxError::NotFound`] if there is none that waits for a review,
    /// [`SandboxError::Books`] if the database fails.
    pub async fn review_identification(&self, request: u64, accepted: bool) -> Result<(), SandboxError> {
        let request = i64::try_from(request).unwrap_or(i64::MAX);
        let reviewed = self.books(move |db| identify::review(db, request, accepted)).await?;
        if reviewed { Ok(()) } else { Err(SandboxError::NotFound) }
    }
}
