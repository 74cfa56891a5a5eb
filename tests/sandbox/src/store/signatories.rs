//! Who can sign requests, with the keys: for the person who runs the sandbox.

use rusqlite::{Connection, Row};

use super::locations;
use crate::error::Refusal;

/// Somebody who signs requests with credentials that do not end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatory {
    /// MAC id: a client's id or an access token.
    pub mac_id: String,
    /// MAC key.
    pub mac_key: String,
    /// Title of the client or name of the wallet's owner.
    pub name: String,
    /// Number of the wallet that `me` stands for.
    pub wallet: Option<u64>,
    /// What it signs as.
    pub role: Role,
}

/// What somebody signs as.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// A merchant's client.
    Merchant {
        /// Number of its project.
        project: u64,
        /// Numbers and titles of the project's locations.
        locations: Vec<(u64, String)>,
    },
    /// An app, which has no wallet.
    App,
    /// A user, by a token.
    Customer,
}

/// Merchants, apps and customers, at most `limit` clients and as many tokens.
pub(crate) fn all(db: &Connection, limit: i64) -> Result<Vec<Signatory>, Refusal> {
    let mut clients = db.prepare_cached(
        "SELECT client.id, mac_key, client.title, wallet_id, project.id
         FROM client LEFT JOIN project ON project.id = project_id
         WHERE type <> 'app_client' ORDER BY project.id IS NULL, number LIMIT ?1",
    )?;
    let mut all = Vec::new();
    for client in clients.query_map([limit], |row| Ok((signatory(row)?, row.get::<_, Option<i64>>(4)?)))? {
        let (mut client, project) = client?;
        if let Some(project) = project {
            let shops = locations::of_project(db, project)?.into_iter();
            let shops = shops.map(|shop| (shop.id.unsigned_abs(), shop.profile.title));
            client.role = Role::Merchant { project: project.unsigned_abs(), locations: shops.collect() };
        }
        all.push(client);
    }
    let mut tokens = db.prepare_cached(
        "SELECT token, mac_key, display_name, wallet_id
         FROM user_token JOIN wallet ON wallet.id = wallet_id JOIN user ON user.id = user_id
         WHERE expires_at IS NULL AND user_token.status = 'active' ORDER BY wallet_id, token LIMIT ?1",
    )?;
    for token in tokens.query_map([limit], signatory)? {
        all.push(Signatory { role: Role::Customer, ..token? });
    }
    Ok(all)
}

fn signatory(row: &Row<'_>) -> rusqlite::Result<Signatory> {
    let wallet: Option<i64> = row.get(3)?;
    Ok(Signatory {
        mac_id: row.get(0)?,
        mac_key: row.get(1)?,
        name: row.get(2)?,
        wallet: wallet.map(i64::unsigned_abs),
        role: Role::App,
    })
}
