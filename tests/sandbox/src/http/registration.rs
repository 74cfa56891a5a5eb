//! Registering, phones and passwords (wallet-api section 3.4).

use axum::Router;
use axum::extract::State;
use axum::routing::{post, put};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value};

use super::list::Empty;
use super::signed::Signed;
use super::user_view::UserView;
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::error::Refusal;
use crate::operations::{access, register as operations};
use crate::store::credentials::Signer;
use crate::store::users::User;

/// What `user` answers to apps and persons who have no token yet.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/user", post(register))
        .route("/user/{user}/phone", post(change_phone))
        .route("/user/{user}/phone/confirm", put(confirm_phone))
        .route("/user/password/reset", post(reset_password))
        .route("/user/{user}/password", put(set_password))
}

/// What who registers may see: what it has told.
#[derive(Serialize)]
struct RegisteredView {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
}

impl From<User> for RegisteredView {
    fn from(user: User) -> Self {
        Self { id: user.id, phone: user.phone_unconfirmed.or(user.phone), locale: user.locale }
    }
}

/// `POST user`.
async fn register(State(app): State<App>, signed: Signed<Signer>) -> Result<Reply<RegisteredView>, Refusal> {
    let (now, body) = (signed.now, signed.object()?);
    let user = app.store.unit(now, move |db| operations::register(db, now, &signed.caller, &body)).await?;
    Ok(Reply(user.into()))
}

/// Does `work` on the user of the path.
async fn on_user<T, F>(app: App, user: IdInPath, signed: Signed<Signer>, work: F) -> Result<T, Refusal>
where
    T: Send + 'static,
    F: FnOnce(&Connection, i64, &Signer, i64, &Map<String, Value>) -> Result<T, Refusal> + Send + 'static,
{
    let (now, body) = (signed.now, signed.object()?);
    app.store
        .unit(now, move |db| {
            let id = match (user, &signed.caller) {
                (IdInPath::Number(id), _) => id,
                (IdInPath::Me, Signer::Caller(caller)) => access::own_user(db, caller)?,
                (IdInPath::Me, Signer::App { .. }) => return Err(Refusal::NotFound("User not found")),
            };
            work(db, now, &signed.caller, id, &body)
        })
        .await
}

/// `POST user/{id|me}/phone`.
async fn change_phone(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed<Signer>,
) -> Result<Reply<RegisteredView>, Refusal> {
    on_user(app, user, signed, operations::change_phone).await.map(|user| Reply(user.into()))
}

/// `PUT user/{id|me}/phone/confirm`.
async fn confirm_phone(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed<Signer>,
) -> Result<Reply<RegisteredView>, Refusal> {
    on_user(app, user, signed, operations::confirm_phone).await.map(|user| Reply(user.into()))
}

/// `POST user/password/reset`. The answer is not documented; PROPOSAL: the
/// number that the next request needs.
async fn reset_password(State(app): State<App>, signed: Signed<Signer>) -> Result<Reply<UserView>, Refusal> {
    let (now, body) = (signed.now, signed.object()?);
    let id =
        app.store.unit(now, move |db| operations::reset_password(db, now, &signed.caller, &body)).await?;
    Ok(Reply(UserView::number(id)))
}

/// `PUT user/{id|me}/password`.
async fn set_password(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed<Signer>,
) -> Result<Reply<Empty>, Refusal> {
    on_user(app, user, signed, operations::set_password).await?;
    Ok(Reply(Empty {}))
}
