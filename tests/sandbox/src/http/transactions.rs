//! Transactions: reading requests and writing answers; what they do is in
//! `operations`.

use axum::Router;
use axum::extract::State;
use axum::routing::{self, post, put};
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::list::{Empty, List};
use super::signed::Signed;
use super::transaction_view::{Expansions, TransactionView};
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::domain::draft::Draft;
use crate::domain::fields::Fields;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::operations::reserve::Payer;
use crate::operations::{create, end, read, reject as rejecting, reserve as reserving};
use crate::store::credentials::Caller;
use crate::store::transactions::StoredTransaction;
use crate::store::tx_list::{self, Filter};

type Answer = Result<Reply<TransactionView>, Refusal>;

/// What `transaction` and `transactions` answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/transaction", post(create))
        .route("/transactions", routing::get(list))
        .route("/transaction/{key}", routing::get(get).delete(revoke))
        .route("/transaction/{key}/reserve", put(reserve))
        .route("/transaction/{key}/reserve/{wallet}", put(reserve_from))
        .route("/transaction/{key}/confirm", put(confirm))
        .route("/transaction/{key}/notify", put(notify))
        .route("/transaction/{key}/reject", put(reject))
}

/// `POST transaction`.
async fn create(State(app): State<App>, signed: Signed) -> Answer {
    let mut draft = Draft::read(&signed.object()?, signed.now)?;
    // PROPOSAL of wallet-api section 5.2: what is signed in ext wins.
    draft.project_id = signed.project_id.or(draft.project_id);
    draft.location_id = signed.location_id.or(draft.location_id);
    answer(&app, signed, move |db, now, caller| create::create(db, now, caller, draft)).await
}

/// `GET transaction/{key}`.
async fn get(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, _, caller| read::visible(db, caller, &key)).await
}

/// `GET transactions`.
async fn list(State(app): State<App>, signed: Signed) -> Result<Reply<List<TransactionView>>, Refusal> {
    let (limit, offset) = signed.query.page()?;
    let statuses = signed
        .query
        .list("status")
        .chain(signed.query.repeated("status"))
        .map(|name| Status::parse(name).ok_or_else(|| Refusal::parameter("status", "No such status")))
        .collect::<Result<_, _>>()?;
    let filter = Filter {
        project_id: signed.query.integer("project_id")?,
        location_id: signed.query.integer("location_id")?,
        statuses,
        from: signed.query.integer("from")?,
        to: signed.query.integer("to")?,
    };
    let expansions = Expansions::of(&signed.query);
    app.store
        .unit(signed.now, move |db| {
            let page = tx_list::list(db, &signed.caller, &filter, limit, offset)?;
            let items = page
                .transactions
                .into_iter()
                .map(|transaction| TransactionView::new(db, transaction, expansions))
                .collect::<Result<_, _>>()?;
            Ok(Reply(List::page("transactions", items, page.total, (limit, offset))))
        })
        .await
}

/// `PUT transaction/{key}/reserve` with a code or a payer.
async fn reserve(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    let payer = payer(&signed.object()?)?;
    accept(&app, signed, key, payer).await
}

/// `PUT transaction/{key}/reserve/{wallet|me}`.
async fn reserve_from(
    State(app): State<App>,
    InPath((key, wallet)): InPath<(String, IdInPath)>,
    signed: Signed,
) -> Answer {
    // Its fields are for acceptances that the sandbox has not; JSON it must be.
    signed.object()?;
    let wallet = wallet.number(signed.caller.wallet());
    accept(&app, signed, key, Payer::Wallet(wallet)).await
}

/// `PUT transaction/{key}/confirm`, with lower prices if the body has some.
async fn confirm(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    let prices = signed.object()?;
    answer(&app, signed, move |db, now, caller| end::confirm(db, now, caller, &key, &prices)).await
}

/// `PUT transaction/{key}/reject`, signed by a user's token.
async fn reject(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, now, caller| rejecting::reject(db, now, caller, &key)).await
}

/// `DELETE transaction/{key}`.
async fn revoke(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, now, caller| end::revoke(db, now, caller, &key)).await
}

/// `PUT transaction/{key}/notify`: the sandbox has nobody to send a letter to,
/// so only the status is checked.
async fn notify(
    State(app): State<App>,
    InPath(key): InPath<String>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    app.store
        .unit(signed.now, move |db| match read::own(db, &signed.caller, &key)?.status {
            Status::Confirmed => Ok(Reply(Empty {})),
            _ => Err(Refusal::InvalidState("Transaction must be confirmed")),
        })
        .await
}

async fn accept(app: &App, signed: Signed, key: String, payer: Payer) -> Answer {
    let limits = app.limits;
    answer(app, signed, move |db, now, caller| reserving::reserve(db, now, &limits, caller, &key, &payer))
        .await
}

/// Runs `work` as one database transaction and shows what it made of the
/// transaction.
async fn answer<F>(app: &App, signed: Signed, work: F) -> Answer
where
    F: FnOnce(&Connection, i64, &Caller) -> Result<StoredTransaction, Refusal> + Send + 'static,
{
    let expansions = Expansions::of(&signed.query);
    app.store
        .unit(signed.now, move |db| {
            let transaction = work(db, signed.now, &signed.caller)?;
            TransactionView::new(db, transaction, expansions).map(Reply)
        })
        .await
}

/// Who pays, from the body of `reserve` (wallet-api section 5.4): both names
/// of the code are taken, and must agree.
fn payer(body: &Map<String, Value>) -> Result<Payer, Refusal> {
    let fields = Fields::root(body);
    let code = match (fields.text("reservation_code")?, fields.text("code")?) {
        (Some(first), Some(second)) if first != second => {
            return Err(fields.refuse("code", "reservation_code and code differ"));
        }
        (first, second) => first.or(second),
    };
    match (code, fields.object("payer")?) {
        (Some(code), None) => Ok(Payer::Code(code.to_owned())),
        (None, Some(payer)) => payer_wallet(&payer).map(Payer::Wallet),
        (Some(_), Some(_)) => Err(fields.refuse("payer", "Give either a code or a payer")),
        (None, None) => Err(fields.blank("reservation_code")),
    }
}

/// The wallet of a `payer` object, which names exactly one thing.
fn payer_wallet(payer: &Fields<'_>) -> Result<i64, Refusal> {
    let names = ["id", "wallet_id", "email", "phone", "card"];
    if names.iter().filter(|name| payer.get(name).is_some()).count() != 1 {
        return Err(payer.refuse("id", "Give exactly one of id, email, phone and card"));
    }
    payer
        .integer("id")?
        .or(payer.integer("wallet_id")?)
        .ok_or(Refusal::NotFound("The sandbox's wallets have no email, phone and card"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<Payer, Refusal> {
        payer(body.as_object().unwrap())
    }

    #[test]
    fn the_code_has_two_names_and_one_value() {
        for body in [
            json!({"code": "1"}),
            json!({"reservation_code": "1"}),
            json!({"reservation_code": "1", "code": "1"}),
        ] {
            assert!(matches!(read(&body), Ok(Payer::Code(code)) if code == "1"), "{body}");
        }
        for body in [
            json!({}),
            json!({"code": 1}),
            json!({"reservation_code": "1", "code": "2"}),
            json!({"code": "1", "payer": {"id": 1}}),
            json!({"payer": {}}),
            json!({"payer": {"id": 1, "email": "a@b"}}),
            json!({"payer": 1}),
        ] {
            assert!(matches!(read(&body), Err(Refusal::InvalidParameter { .. })), "{body}");
        }
    }

    #[test]
    fn a_payer_is_found_by_number() {
        assert!(matches!(read(&json!({"payer": {"id": 7}})), Ok(Payer::Wallet(7))));
        assert!(matches!(read(&json!({"payer": {"wallet_id": 7}})), Ok(Payer::Wallet(7))));
        assert!(matches!(read(&json!({"payer": {"phone": "995"}})), Err(Refusal::NotFound(_))));
    }
}
