//! Tables and tills: the documentation has no call that makes one.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use paysera_core::code::{Code, LocationId, SpotIdentifier};
use serde_json::{Value, json};

use super::JsonBody;
use crate::app::App;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::http::Reply;
use crate::store::{locations, spots};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/spots", post(create))
}

/// `POST /sandbox/spots` with `location_id` and `identifier`: the spot's number
/// and the `code` to print.
async fn create(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let location = fields.integer("location_id")?.ok_or_else(|| fields.blank("location_id"))?;
    let identifier = SpotIdentifier::parse(fields.required("identifier")?)
        .map_err(|error| fields.refuse("identifier", &error.to_string()))?;
    let name = identifier.as_str().to_owned();
    let id = app
        .store
        .unit(app.clock.now(), move |db| {
            locations::find(db, location)?.ok_or(Refusal::NotFound("Location not found"))?;
            if spots::by_identifier(db, location, &name)?.is_some() {
                return Err(Refusal::InvalidState("The location has a spot of this identifier already"));
            }
            spots::insert(db, None, location, &name)
        })
        .await?;
    let location = LocationId(location.unsigned_abs());
    Ok(Reply(json!({"id": id, "code": Code::Spot { location, identifier }.to_text()})))
}
