//! Projects and locations: who may change them, and how (wallet-api sections
//! 7.1 and 7.2).

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::access;
use crate::domain::fields::Fields;
use crate::domain::location::LocationProfile;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::locations::{self, Location};
use crate::store::projects::{self, Project};
use crate::store::{spots, wallets};

/// Most locations of a project. PROPOSAL.
const MAX_LOCATIONS: usize = 1000;

const NO_PROJECT: Refusal = Refusal::NotFound("Project not found");

/// The project, if the caller may manage it: its client, and its owner's token
/// with the scope `projects`.
pub(crate) fn own_project(db: &Connection, caller: &Caller, id: i64) -> Result<Project, Refusal> {
    let project = projects::find(db, id)?.ok_or(NO_PROJECT)?;
    match caller {
        Caller::Client { project: own, .. } if *own == id => Ok(project),
        Caller::Client { .. } => Err(NO_PROJECT),
        Caller::User { user, .. } => {
            let owner = wallets::wallet(db, project.wallet)?.ok_or(Refusal::Internal)?.user;
            if owner != *user {
                return Err(NO_PROJECT);
            }
            access::require(db, caller, owner, "projects")?;
            Ok(project)
        }
    }
}

/// Changes title, description and wallet of a project.
pub(crate) fn update_project(
    db: &Connection,
    caller: &Caller,
    id: i64,
    body: &Map<String, Value>,
) -> Result<Project, Refusal> {
    let mut project = own_project(db, caller, id)?;
    let fields = Fields::root(body);
    fields.required("title")?.clone_into(&mut project.title);
    if let Some(text) = fields.text("description")? {
        project.description = Some(text.to_owned());
    }
    if let Some(wallet) = fields.integer("wallet_id")? {
        let owner = |id| Ok::<_, Refusal>(wallets::wallet(db, id)?.map(|wallet| wallet.user));
        if owner(wallet)?.is_none() || owner(wallet)? != owner(project.wallet)? {
            return Err(fields.refuse("wallet_id", "This value should be a wallet of the project's owner"));
        }
        project.wallet = wallet;
    }
    projects::update(db, &project)?;
    Ok(project)
}

/// Adds a location to a project.
pub(crate) fn create_location(
    db: &Connection,
    now: i64,
    caller: &Caller,
    project: i64,
    body: &Map<String, Value>,
) -> Result<Location, Refusal> {
    let project = own_project(db, caller, project)?.id;
    let profile = LocationProfile::read(body, None)?;
    if profile.remote_orders.is_some() {
        return Err(Refusal::parameter("remote_orders.spot_id", "A new location has no spots yet"));
    }
    if locations::of_project(db, project)?.len() >= MAX_LOCATIONS {
        return Err(Refusal::InvalidState("The project has a thousand locations already"));
    }
    let id = locations::insert(db, now, None, project, &profile)?;
    locations::find(db, id)?.ok_or(Refusal::Internal)
}

/// Changes a location.
pub(crate) fn update_location(
    db: &Connection,
    now: i64,
    caller: &Caller,
    id: i64,
    body: &Map<String, Value>,
) -> Result<Location, Refusal> {
    let missing = || Refusal::NotFound("Location not found");
    let before = locations::find(db, id)?.ok_or_else(missing)?;
    own_project(db, caller, before.project).map_err(|refusal| match refusal {
        Refusal::NotFound(_) => missing(),
        other => other,
    })?;
    let profile = LocationProfile::read(body, Some(&before.profile))?;
    if let Some(orders) = profile.remote_orders
        && spots::find(db, orders.spot_id)?.is_none_or(|spot| spot.location != id)
    {
        return Err(Refusal::parameter(
            "remote_orders.spot_id",
            "This value should be a spot of the location",
        ));
    }
    locations::update(db, now, id, &profile)?;
    locations::find(db, id)?.ok_or(Refusal::Internal)
}
