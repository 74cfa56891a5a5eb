//! Projects and locations (wallet-api sections 7.1 and 7.2).

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::routing::{get, post, put};
use serde::Serialize;

use super::list::{List, cut};
use super::project_view::ProjectView;
use super::query::Query;
use super::signed::Signed;
use super::wallet_view::WalletView;
use super::{InPath, Reply};
use crate::app::App;
use crate::domain::location::{LocationProfile, LocationStatus};
use crate::domain::offer::{PAY_CATEGORIES, SERVICES};
use crate::error::Refusal;
use crate::operations::places;
use crate::store::credentials::Caller;
use crate::store::locations::{self, Location};

/// Metres around a place that are looked at if the request does not say
/// (wallet-api section 7.1).
const DEFAULT_DISTANCE: i64 = 500;

/// What locations and projects answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/locations", get(list))
        .route("/locations/pay-categories", get(pay_categories))
        .route("/client/locations", get(of_client))
        .route("/location/{id}", put(update))
        .route("/project/{id}", get(project).put(update_project))
        .route("/project/{id}/locations", get(of_project))
        .route("/project/{id}/location", post(create))
}

#[derive(Serialize)]
pub(super) struct LocationView {
    id: i64,
    project_id: i64,
    #[serde(flatten)]
    profile: LocationProfile,
    updated_at: i64,
}

impl From<Location> for LocationView {
    fn from(location: Location) -> Self {
        Self {
            id: location.id,
            project_id: location.project,
            profile: location.profile,
            updated_at: location.updated_at,
        }
    }
}

/// What a list of locations is narrowed to.
struct Filter {
    near: Option<(f64, f64, f64)>,
    updated_after: Option<i64>,
    statuses: Vec<LocationStatus>,
    categories: Vec<i64>,
    services: Vec<String>,
}

impl Filter {
    fn read(query: &Query) -> Result<Self, Refusal> {
        let degrees = |name: &str, limit: f64| match query.text(name).map(str::parse::<f64>) {
            None => Ok(None),
            Some(Ok(degrees)) if degrees.is_finite() && degrees.abs() <= limit => Ok(Some(degrees)),
            Some(_) => Err(Refusal::parameter(name, format!("This value should be -{limit} to {limit}"))),
        };
        let distance = query.integer("distance")?.unwrap_or(DEFAULT_DISTANCE);
        let distance = u32::try_from(distance)
            .map_err(|_| Refusal::parameter("distance", "This value should be metres"))?;
        let near = match (degrees("lat", 90.0)?, degrees("lng", 180.0)?) {
            (Some(lat), Some(lng)) => Some((lat, lng, f64::from(distance))),
            (None, None) => None,
            (Some(_), None) => return Err(Refusal::parameter("lng", "Give lat and lng together")),
            (None, Some(_)) => return Err(Refusal::parameter("lat", "Give lat and lng together")),
        };
        let mut statuses = query
            .list("status")
            .map(|name| match name {
                "active" => Ok(LocationStatus::Active),
                "inactive" => Ok(LocationStatus::Inactive),
                _ => Err(Refusal::parameter("status", "This value should be active or inactive")),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if statuses.is_empty() {
            statuses.push(LocationStatus::Active);
        }
        let categories = query
            .list("pay_category")
            .map(|id| {
                id.parse().map_err(|_| Refusal::parameter("pay_category", "This value should be numbers"))
            })
            .collect::<Result<_, _>>()?;
        let services: Vec<_> = query.list("service").map(str::to_owned).collect();
        if services.iter().any(|name| !SERVICES.contains(&name.as_str())) {
            let known = SERVICES.join(", ");
            return Err(Refusal::parameter("service", format!("This value should be of {known}")));
        }
        Ok(Self { near, updated_after: query.integer("updated_after")?, statuses, categories, services })
    }

    fn fits(&self, location: &Location) -> bool {
        let profile = &location.profile;
        let is_near =
            |(lat, lng, metres)| profile.distance(lat, lng).is_some_and(|distance: f64| distance <= metres);
        self.statuses.contains(&profile.status)
            && self.updated_after.is_none_or(|time| location.updated_at > time)
            && self.near.is_none_or(is_near)
            && (self.categories.is_empty() || profile.is_in(&self.categories))
            && (self.services.is_empty() || self.services.iter().any(|name| profile.offers(name)))
    }
}

/// `GET locations`, for everyone.
async fn list(State(app): State<App>, uri: Uri) -> Result<Reply<List<LocationView>>, Refusal> {
    let query = Query::parse(uri.query())?;
    let (filter, page) = (Filter::read(&query)?, query.page()?);
    let mut all = app.store.unit(app.clock.now(), locations::all).await?;
    all.retain(|location| location.profile.public && filter.fits(location));
    let (part, total) = cut(all, page)?;
    let views = part.into_iter().map(LocationView::from).collect();
    Ok(Reply(List::page("locations", views, total, page)))
}

#[derive(Serialize)]
struct CategoryView {
    id: i64,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<i64>,
}

/// `GET locations/pay-categories`, for everyone, a bare array; in English,
/// whatever `locale` says.
async fn pay_categories() -> Reply<Vec<CategoryView>> {
    Reply(PAY_CATEGORIES.map(|(id, title, parent_id)| CategoryView { id, title, parent_id }).into())
}

/// `GET client/locations`, a bare array.
async fn of_client(State(app): State<App>, signed: Signed) -> Result<Reply<Vec<LocationView>>, Refusal> {
    let Caller::Client { project, .. } = signed.caller else {
        return Err(Refusal::Forbidden("Only a client has locations"));
    };
    if signed.project_id.is_some_and(|id| id != project) {
        return Err(Refusal::Forbidden("The project is not this client's"));
    }
    let all = app.store.unit(signed.now, move |db| locations::of_project(db, project)).await?;
    Ok(Reply(all.into_iter().map(LocationView::from).collect()))
}

/// `GET project/{id}/locations`, a bare array; every status unless it asks.
async fn of_project(
    State(app): State<App>,
    InPath(project): InPath<i64>,
    signed: Signed,
) -> Result<Reply<Vec<LocationView>>, Refusal> {
    let mut filter = Filter::read(&signed.query)?;
    if signed.query.text("status").is_none() {
        filter.statuses = vec![LocationStatus::Active, LocationStatus::Inactive];
    }
    let page = signed.query.page()?;
    app.store
        .unit(signed.now, move |db| {
            let project = places::own_project(db, &signed.caller, project)?;
            let mut all = locations::of_project(db, project.id)?;
            all.retain(|location| filter.fits(location));
            let (part, _) = cut(all, page)?;
            Ok(Reply(part.into_iter().map(LocationView::from).collect()))
        })
        .await
}

/// `POST project/{id}/location`.
async fn create(
    State(app): State<App>,
    InPath(project): InPath<i64>,
    signed: Signed,
) -> Result<Reply<LocationView>, Refusal> {
    let body = signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let made = places::create_location(db, signed.now, &signed.caller, project, &body)?;
            Ok(Reply(made.into()))
        })
        .await
}

/// `PUT location/{id}`.
async fn update(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    signed: Signed,
) -> Result<Reply<LocationView>, Refusal> {
    let body = signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let changed = places::update_location(db, signed.now, &signed.caller, id, &body)?;
            Ok(Reply(changed.into()))
        })
        .await
}

/// `GET project/{id}`.
async fn project(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    signed: Signed,
) -> Result<Reply<ProjectView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let project = places::own_project(db, &signed.caller, id)?;
            let expand = signed.query.expands("wallet");
            ProjectView::new(db, project, expand.then_some(WalletView::whole)).map(Reply)
        })
        .await
}

/// `PUT project/{id}`.
async fn update_project(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    signed: Signed,
) -> Result<Reply<ProjectView>, Refusal> {
    let body = signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let project = places::update_project(db, &signed.caller, id, &body)?;
            ProjectView::new(db, project, None).map(Reply)
        })
        .await
}
