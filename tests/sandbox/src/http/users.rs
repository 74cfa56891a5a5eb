//! Users (wallet-api section 6.4).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, put};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::list::Empty;
use super::project_view::ProjectView;
use super::query::Query;
use super::signed::Signed;
use super::user_view::{IdentityView, UserView, identity_of};
use super::wallet_view::WalletView;
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::domain::contact::{self, Criterion};
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::operations::access;
use crate::store::credentials::Caller;
use crate::store::projects;
use crate::store::users::{self, User};
use crate::store::wallets;

/// What `user` answers to, but for registration.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/user", get(search))
        .route("/user/{user}", get(by_id))
        .route("/user/{user}/email", get(email))
        .route("/user/{user}/phone", get(phone))
        .route("/user/{user}/confirmed-phones", get(confirmed_phones))
        .route("/user/{user}/address", get(address))
        .route("/user/{user}/identity", get(identity))
        .route("/user/{user}/wallets", get(wallets_of))
        .route("/user/{user}/pes", get(politically_exposed))
        .route("/user/{user}/projects", get(projects))
        .route("/user/{user}/position", put(position))
}

/// The user whom exactly one parameter of the query names.
pub(super) fn criterion(
    db: &Connection,
    caller: &Caller,
    query: &Query,
) -> Result<Option<Criterion>, Refusal> {
    let refuse = |name: &str| Refusal::parameter(name, "This value can't be read");
    let mut found = Vec::new();
    if let Some(text) = query.text("phone") {
        found.push(Criterion::Phone(contact::phone(text).ok_or_else(|| refuse("phone"))?));
    }
    if let Some(text) = query.text("email") {
        found.push(Criterion::Email(contact::email(text).ok_or_else(|| refuse("email"))?));
    }
    if let Some(text) = query.text("person_code") {
        access::require_permission(db, caller, "search_by_person_code")?;
        let (code, nationality) = text.split_once(':').map_or((text, None), |(code, of)| (code, Some(of)));
        let nationality = query.text("nationality").or(nationality).map(str::to_uppercase);
        found.push(Criterion::PersonCode { code: code.to_owned(), nationality });
    }
    if let Some(text) = query.text("company_code") {
        found.push(Criterion::CompanyCode(text.to_owned()));
    }
    if let Some(id) = query.integer("user_id")? {
        found.push(Criterion::Id(id));
    }
    if found.len() > 1 {
        return Err(Refusal::parameter("phone", "Give exactly one criterion"));
    }
    Ok(found.pop())
}

/// `GET user?<one criterion>`.
async fn search(State(app): State<App>, signed: Signed) -> Result<Reply<UserView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let by = criterion(db, &signed.caller, &signed.query)?
                .ok_or_else(|| Refusal::parameter("phone", "Give one of phone, email and person_code"))?;
            let user = users::find(db, &by)?.ok_or(Refusal::NotFound("User not found"))?;
            UserView::new(db, &signed.caller, user).map(Reply)
        })
        .await
}

/// `GET user/{id|me}`.
async fn by_id(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<UserView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let id = user.number(access::own_user(db, &signed.caller)?);
            let user = users::user(db, id)?.ok_or(Refusal::NotFound("User not found"))?;
            UserView::new(db, &signed.caller, user).map(Reply)
        })
        .await
}

/// One part of a user, for callers with `scope`; absent: 404.
async fn part<T, F>(
    app: App,
    user: IdInPath,
    signed: Signed,
    scope: &'static str,
    read: F,
) -> Result<Reply<T>, Refusal>
where
    T: Send + 'static,
    F: FnOnce(&Connection, &Signed, User) -> Result<Option<T>, Refusal> + Send + 'static,
{
    app.store
        .unit(signed.now, move |db| {
            let id = user.number(access::own_user(db, &signed.caller)?);
            access::require(db, &signed.caller, id, scope)?;
            let user = users::user(db, id)?.ok_or(Refusal::NotFound("User not found"))?;
            read(db, &signed, user)?.map(Reply).ok_or(Refusal::NotFound("The user has none"))
        })
        .await
}

/// `GET user/{id|me}/email`, a bare string.
async fn email(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<String>, Refusal> {
    part(app, user, signed, "email", |_, _, user| Ok(user.email)).await
}

/// `GET user/{id|me}/phone`, a bare string.
async fn phone(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<String>, Refusal> {
    part(app, user, signed, "phone", |_, _, user| Ok(user.phone)).await
}

/// `GET user/{id|me}/confirmed-phones`, a bare array.
async fn confirmed_phones(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<Vec<String>>, Refusal> {
    part(app, user, signed, "phone", |_, _, user| Ok(Some(user.phone.into_iter().collect()))).await
}

/// `GET user/{id|me}/address`.
async fn address(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<Value>, Refusal> {
    part(app, user, signed, "address", |_, _, user| Ok(user.address)).await
}

/// `GET user/{id|me}/identity`.
async fn identity(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<IdentityView>, Refusal> {
    part(app, user, signed, "identity", |_, _, user| Ok(identity_of(user))).await
}

/// `GET user/{id|me}/wallets`, a bare array.
async fn wallets_of(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<Vec<WalletView>>, Refusal> {
    part(app, user, signed, "wallet_list", |db, signed, user| {
        let with_inactive = signed.query.flag("inactive_included");
        let views = wallets::of_user(db, user.id, with_inactive)?.into_iter().map(|id| {
            let wallet = wallets::wallet(db, id)?.ok_or(Refusal::Internal)?;
            Ok(WalletView::whole(wallet))
        });
        views.collect::<Result<_, Refusal>>().map(Some)
    })
    .await
}

/// `GET user/{id|me}/pes`, a bare array: nobody in the sandbox holds a public
/// office.
async fn politically_exposed(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<[(); 0]>, Refusal> {
    part(app, user, signed, "pep", |_, _, _| Ok(Some([]))).await
}

/// `GET user/{id|me}/projects`, a bare array; `fields=*,wallet` expands.
async fn projects(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<Vec<ProjectView>>, Refusal> {
    part(app, user, signed, "projects", |db, signed, user| {
        let wallet: Option<fn(_) -> _> = signed.query.expands("wallet").then_some(WalletView::whole);
        let all = projects::of_user(db, user.id)?.into_iter();
        let views = all.map(|project| ProjectView::new(db, project, wallet));
        views.collect::<Result<_, Refusal>>().map(Some)
    })
    .await
}

/// `PUT user/me/position`.
async fn position(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    let body = signed.object()?;
    let fields = Fields::root(&body);
    for (name, limit) in [("lat", 90.0), ("lng", 180.0)] {
        let degrees = fields.get(name).and_then(Value::as_f64);
        if degrees.is_none_or(|degrees| degrees.abs() > limit) {
            return Err(fields.refuse(name, "This value should be degrees"));
        }
    }
    let kind = fields.text("type")?;
    if !matches!(kind, Some("hidden" | "merchant")) {
        return Err(fields.refuse("type", "This value should be hidden or merchant"));
    }
    let position = json!({"lat": fields.get("lat"), "lng": fields.get("lng"), "type": kind});
    part(app, user, signed, "user_position", move |db, _, user| {
        users::set_position(db, user.id, &position)?;
        Ok(Some(Empty {}))
    })
    .await
}
