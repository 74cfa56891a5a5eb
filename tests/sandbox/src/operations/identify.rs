//! Identifying users: a request with documents and photos, its way through the
//! statuses, the review (wallet-api section 6.4).

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::access;
use crate::domain::cash::DAY_SECONDS;
use crate::domain::fields::Fields;
use crate::domain::identity::Level;
use crate::domain::person_fault::PersonFault;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::identification::{self, Document, Request};
use crate::store::users;

/// How long a submitted request is `processing`, in seconds. PROPOSAL.
const PROCESSING_SECONDS: i64 = 10;

/// Documents of a request, places of images of each, and requests of a user.
/// PROPOSAL.
const MAX_DOCUMENTS: usize = 5;
const IMAGE_PLACES: std::ops::RangeInclusive<i64> = 0..=9;
const MAX_REQUESTS: usize = 50;

/// Identifications that a user may begin in 24 hours. PROPOSAL: this is where
/// `rate_limit_exceeded_ge` comes from, as there is no check of liveness.
const MAX_REQUESTS_A_DAY: usize = 5;

const DOCUMENT_TYPES: &[&str] = &["identity_card", "passport", "residence_permit", "driver_license"];

/// Texts of a document that are kept and shown.
const DOCUMENT_FIELDS: &[&str] =
    &["number", "country", "nationality", "name", "surname", "person_code", "dob", "valid_until", "comment"];
const MAX_TEXT: usize = 200;

/// What JPEG and PNG files begin with.
const IMAGE_STARTS: [&[u8]; 2] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"];

/// Where a request stands.
pub(crate) const STATUSES: [&str; 4] = ["waiting", "processing", "pending", "reviewed"];

/// The status of a request at `now`.
pub(crate) fn status(request: &Request, now: i64) -> &'static str {
    match (request.submitted_at, request.accepted) {
        (_, Some(_)) => "reviewed",
        (None, None) => "waiting",
        (Some(at), None) if now < at.saturating_add(PROCESSING_SECONDS) => "processing",
        (Some(_), None) => "pending",
    }
}

/// Begins a request. A user has one at a time.
pub(crate) fn begin(db: &Connection, now: i64, caller: &Caller, user: i64) -> Result<Request, Refusal> {
    access::require(db, caller, user, "identification_data")?;
    let requests = identification::of_user(db, user)?;
    if requests.iter().any(|request| request.accepted.is_none()) {
        return Err(Refusal::InvalidState("The user has a request that is not reviewed yet"));
    }
    let since = now.saturating_sub(DAY_SECONDS);
    if requests.iter().filter(|request| request.created > since).count() >= MAX_REQUESTS_A_DAY {
        return Err(Refusal::Person(PersonFault::TooManyIdentifications));
    }
    if requests.len() >= MAX_REQUESTS {
        return Err(Refusal::InvalidState("The user has too many requests"));
    }
    let id = identification::insert(db, now, user)?;
    identification::find(db, id)?.ok_or(Refusal::Internal)
}

/// The request, if `caller` may work on it; open, if it was not submitted.
fn own(db: &Connection, caller: &Caller, id: i64) -> Result<Request, Refusal> {
    let missing = Refusal::NotFound("No such identification request");
    let Some(request) = identification::find(db, id)? else { return Err(missing) };
    if access::own_user(db, caller)? != request.user
        && !access::allows(db, caller, request.user, "identification_data")?
    {
        return Err(missing);
    }
    access::require(db, caller, request.user, "identification_data")?;
    if request.submitted_at.is_some() {
        return Err(Refusal::InvalidState("The request was submitted"));
    }
    Ok(request)
}

/// Adds a document.
pub(crate) fn add_document(
    db: &Connection,
    caller: &Caller,
    request: i64,
    body: &Map<String, Value>,
) -> Result<Document, Refusal> {
    let request = own(db, caller, request)?;
    let fields = Fields::root(body);
    let kind = fields.text("type")?.filter(|kind| DOCUMENT_TYPES.contains(kind));
    let kind = kind.ok_or_else(|| {
        fields.refuse("type", "This value should be identity_card, passport or residence_permit")
    })?;
    let mut kept = Map::new();
    kept.insert("type".to_owned(), kind.into());
    for name in DOCUMENT_FIELDS {
        if let Some(text) = fields.text(name)? {
            if text.len() > MAX_TEXT {
                return Err(fields.refuse(name, "This value is too long"));
            }
            kept.insert((*name).to_owned(), text.into());
        }
    }
    if identification::documents(db, request.id)?.len() >= MAX_DOCUMENTS {
        return Err(Refusal::InvalidState("The request has too many documents"));
    }
    let id = identification::insert_document(db, request.id, kept)?;
    identification::document(db, id)?.ok_or(Refusal::Internal)
}

/// Of what an image is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ImageOf {
    /// The face, in that request.
    Face(i64),
    /// That document.
    Document(i64),
}

/// Keeps a JPEG or PNG.
pub(crate) fn put_image(
    db: &Connection,
    caller: &Caller,
    of: ImageOf,
    place: i64,
    bytes: &[u8],
) -> Result<(), Refusal> {
    let (request, document) = match of {
        ImageOf::Face(request) => (request, None),
        ImageOf::Document(id) => {
            let document =
                identification::document(db, id)?.ok_or(Refusal::NotFound("No such identity document"))?;
            (document.request, Some(id))
        }
    };
    let request = own(db, caller, request)?;
    if !IMAGE_PLACES.contains(&place) {
        return Err(Refusal::parameter("order", "This value should be 0 to 9"));
    }
    if !IMAGE_STARTS.iter().any(|start| bytes.starts_with(start)) {
        return Err(Refusal::Malformed("The body should be a JPEG or PNG image".to_owned()));
    }
    identification::put_image(db, request.id, document, place, bytes)
}

/// Hands the request in. PROPOSAL: it needs a photo of the face and a document,
/// each document with an image.
pub(crate) fn submit(db: &Connection, now: i64, caller: &Caller, id: i64) -> Result<Request, Refusal> {
    let request = own(db, caller, id)?;
    let documents = identification::documents(db, id)?;
    let mut complete = !documents.is_empty() && !identification::images(db, id, None)?.is_empty();
    for document in &documents {
        complete &= !identification::images(db, id, Some(document.id))?.is_empty();
    }
    if !complete {
        return Err(Refusal::InvalidState(
            "The request needs a photo of the face and a document, each document with an image",
        ));
    }
    identification::set_submitted(db, now, request.id)?;
    identification::find(db, id)?.ok_or(Refusal::Internal)
}

/// Reviews a submitted request; false if there is none that waits for it.
pub(crate) fn review(db: &Connection, id: i64, accepted: bool) -> Result<bool, Refusal> {
    let waiting = identification::find(db, id)?
        .filter(|request| request.submitted_at.is_some() && request.accepted.is_none());
    let Some(request) = waiting else { return Ok(false) };
    let comment = (!accepted).then_some("The documents were not accepted");
    identification::set_reviewed(db, id, accepted, comment)?;
    let user = users::user(db, request.user)?.ok_or(Refusal::Internal)?;
    if accepted && user.level < Level::Identified {
        users::set_level(db, user.id, Level::Identified)?;
    }
    Ok(true)
}
