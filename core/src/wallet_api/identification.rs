//! How a user becomes identified (wallet-api section 6.4): a request with
//! documents and photographs, which people at Paysera review.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::WalletApiError;
use super::page::{Listed, Page, Window};
use super::tolerance::{readable, readable_rows};
use super::transport::{Call, Transport};
use super::users::{UserId, UserRef};
use super::wire::{numeric_id, wire_enum};
use crate::clock::UnixSeconds;

numeric_id! {
    /// The number of an identification request.
    IdentificationRequestId
}

numeric_id! {
    /// The number of an identity document.
    IdentityDocumentId
}

wire_enum! {
    /// How far a request is.
    pub enum IdentificationStatus {
        /// Documents and photographs are awaited.
        Waiting = "waiting",
        /// It was submitted.
        Processing = "processing",
        /// Somebody looks at it.
        Pending = "pending",
        /// It is decided: see [`RelationStatus`].
        Reviewed = "reviewed",
    }
}

wire_enum! {
    /// Whether the documents are the user's.
    pub enum RelationStatus {
        /// Not decided.
        Relating = "relating",
        /// They are.
        Related = "related",
        /// They are not.
        Unrelated = "unrelated",
    }
}

wire_enum! {
    /// The kind of a document.
    pub enum DocumentType {
        /// An identity card, with two sides.
        IdentityCard = "identity_card",
        /// A passport.
        Passport = "passport",
        /// A residence permit.
        ResidencePermit = "residence_permit",
    }
}

/// A request to be identified.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct IdentificationRequest {
    /// Its number.
    pub id: IdentificationRequestId,
    /// Who asks.
    pub user_id: UserId,
    /// When it was begun.
    #[serde(default, deserialize_with = "readable")]
    pub created: Option<UnixSeconds>,
    /// How far it is.
    pub status: IdentificationStatus,
    /// Whether the documents are the user's.
    pub relation_status: Option<RelationStatus>,
    /// The documents.
    #[serde(default, deserialize_with = "readable_rows")]
    pub identity_documents: Vec<IdentityDocument>,
    /// By whom, as the server says it, for example `wallet_user`.
    #[serde(default, deserialize_with = "readable")]
    pub provider: Option<String>,
    /// What the reviewer says.
    #[serde(default, deserialize_with = "readable")]
    pub comment: Option<String>,
}

impl Listed for IdentificationRequest {
    const PLURAL: &'static str = "identification_requests";
}

/// A document of a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct IdentityDocument {
    /// Its number.
    pub id: IdentityDocumentId,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: Option<DocumentType>,
}

/// A document to add to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewIdentityDocument {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: DocumentType,
    /// Its number, as printed.
    pub document_number: String,
    /// The country that issued it, two letters.
    pub country: String,
}

/// A photograph, as a file of one of the formats that the server takes.
#[derive(Clone)]
pub struct Photograph {
    content_type: &'static str,
    bytes: Zeroizing<Vec<u8>>,
}

impl Photograph {
    /// A JPEG file.
    #[must_use]
    pub fn jpeg(bytes: Vec<u8>) -> Self {
        Self { content_type: "image/jpeg", bytes: Zeroizing::new(bytes) }
    }

    /// A PNG file.
    #[must_use]
    pub fn png(bytes: Vec<u8>) -> Self {
        Self { content_type: "image/png", bytes: Zeroizing::new(bytes) }
    }
}

impl std::fmt::Debug for Photograph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Photograph({}, {} bytes)", self.content_type, self.bytes.len())
    }
}

/// Calls about identification; all need the scope `identification_data`.
#[derive(Debug)]
pub struct Identification<'a> {
    transport: &'a Transport,
}

impl<'a> Identification<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// Begins a request (`POST user/{id|me}/identification-request`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn begin(&self, user: UserRef) -> Result<IdentificationRequest, WalletApiError> {
        self.transport.send(&Call::post(format!("user/{user}/identification-request"))).await
    }

    /// The user's requests, newest first
    /// (`GET user/me/identification-requests`): in any of `statuses`, or all.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn list(
        &self,
        statuses: &[IdentificationStatus],
        window: Window,
    ) -> Result<Page<IdentificationRequest>, WalletApiError> {
        let statuses = statuses.iter().map(|status| ("statuses[]", Some(status.as_str().to_owned())));
        let call = Call::get("user/me/identification-requests").queries(statuses).queries(window.pairs());
        self.transport.send(&call).await
    }

    /// Adds a document (`POST identification-request/{id}/identity-document`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` once it was submitted.
    pub async fn add_document(
        &self,
        request: IdentificationRequestId,
        document: &NewIdentityDocument,
    ) -> Result<IdentityDocument, WalletApiError> {
        let call = Call::post(format!("identification-request/{request}/identity-document"));
        self.transport.send(&call.json(document)?).await
    }

    /// Sends a side of a document, counted from 1
    /// (`PUT identity-document/{id}/image/{side}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_request` for what is no picture.
    pub async fn send_document(
        &self,
        document: IdentityDocumentId,
        side: u32,
        picture: Photograph,
    ) -> Result<(), WalletApiError> {
        let call = Call::put(format!("identity-document/{document}/image/{side}"));
        self.transport.send_for_nothing(&call.bytes(picture.content_type, picture.bytes)).await
    }

    /// Sends a photograph of the face, counted from 1
    /// (`PUT identification-request/{id}/face-photo/image/{number}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_request` for what is no picture.
    pub async fn send_face(
        &self,
        request: IdentificationRequestId,
        number: u32,
        picture: Photograph,
    ) -> Result<(), WalletApiError> {
        let call = Call::put(format!("identification-request/{request}/face-photo/image/{number}"));
        self.transport.send_for_nothing(&call.bytes(picture.content_type, picture.bytes)).await
    }

    /// Hands the request in (`PUT identification-request/{id}/submit`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` while something is missing.
    pub async fn submit(
        &self,
        request: IdentificationRequestId,
    ) -> Result<IdentificationRequest, WalletApiError> {
        self.transport.send(&Call::put(format!("identification-request/{request}/submit"))).await
    }
}
