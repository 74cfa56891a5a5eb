//! What happened to a wallet's money and what is coming (wallet-api sections
//! 6.2 and 6.3).

use axum::Router;
use axum::extract::State;
use axum::routing::{delete, get};
use paysera_core::money::Currency;
use rusqlite::Connection;

use super::list::{CursorMetadata, Cursors, Empty, List, Metadata};
use super::query::Query;
use super::signed::Signed;
use super::statement_view::{PendingView, ReservationView, StatementView, is_cancelable};
use super::wallets::in_path;
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::error::Refusal;
use crate::operations::{access, end};
use crate::store::credentials::Caller;
use crate::store::statements::{self, Filter, Statement, Window};
use crate::store::wallets::Wallet;

/// How far back `recent_statements` reaches, in seconds: 30 days. PROPOSAL.
const RECENT_SECONDS: i64 = 2_592_000;

/// What the parts of `wallet` answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/wallet/{wallet}/statements", get(list))
        .route("/wallet/{wallet}/reservation-statements", get(reservations))
        .route("/wallet/{wallet}/pending-payments", get(pending))
        .route("/wallet/{wallet}/pending-payment/{payment}", delete(cancel))
}

/// From when on `caller` may read the statements of a wallet.
fn readable_from(
    db: &Connection,
    caller: &Caller,
    wallet: &Wallet,
    now: i64,
) -> Result<Option<i64>, Refusal> {
    if let Caller::Client { .. } = caller {
        access::require_permission(db, caller, "access_statements")?;
    }
    if access::allows(db, caller, wallet.user, "statements")? {
        return Ok(None);
    }
    if access::allows(db, caller, wallet.user, "recent_statements")? {
        return Ok(Some(now.saturating_sub(RECENT_SECONDS)));
    }
    access::require(db, caller, wallet.user, "statements").map(|()| None)
}

fn filter(query: &Query) -> Result<Filter, Refusal> {
    let currencies = query
        .list("currency")
        .map(|code| {
            Currency::parse(code)
                .map(|currency| currency.code().to_owned())
                .map_err(|error| Refusal::parameter("currency", error.to_string()))
        })
        .collect::<Result<_, _>>()?;
    let incoming = match query.text("direction") {
        None => None,
        Some("in") => Some(true),
        Some("out") => Some(false),
        Some(_) => return Err(Refusal::parameter("direction", "This value should be in or out")),
    };
    Ok(Filter {
        currencies,
        incoming,
        text: query.text("text").map(str::to_owned),
        from: query.integer("from")?,
        to: query.integer("to")?,
    })
}

fn window(query: &Query) -> Result<Window, Refusal> {
    let (limit, offset) = query.page()?;
    if !matches!(query.text("order_by"), None | Some("date" | "id")) {
        return Err(Refusal::parameter("order_by", "This value should be date"));
    }
    let newest_first = query.newest_first()?;
    let (after, before) = (query.integer("after")?, query.integer("before")?);
    if after.is_some() && before.is_some() {
        return Err(Refusal::parameter("before", "Give either after or before"));
    }
    Ok(Window { newest_first, limit, offset, after, before })
}

/// `GET wallet/{id|me}/statements`.
async fn list(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<List<StatementView, CursorMetadata>>, Refusal> {
    let (mut filter, window) = (filter(&signed.query)?, window(&signed.query)?);
    app.store
        .unit(signed.now, move |db| {
            let wallet = in_path(db, wallet, &signed.caller)?;
            let since = readable_from(db, &signed.caller, &wallet, signed.now)?;
            // An absent start is less than any.
            filter.from = filter.from.max(since);
            let page = statements::list(db, wallet.id, &filter, window)?;
            let cursor = |statement: Option<&Statement>| statement.map(|one| one.id.to_string());
            let cursors =
                Cursors { after: cursor(page.statements.last()), before: cursor(page.statements.first()) };
            let views = page
                .statements
                .into_iter()
                .map(|statement| StatementView::new(db, &wallet.account_number, statement));
            Ok(Reply(List {
                name: "statements",
                items: views.collect::<Result<_, _>>()?,
                metadata: CursorMetadata {
                    place: Metadata { total: page.total, offset: window.offset, limit: window.limit },
                    has_next: page.has_next,
                    has_previous: page.has_previous,
                    cursors,
                },
            }))
        })
        .await
}

/// `GET wallet/{id|me}/reservation-statements`: what is held of the wallet.
async fn reservations(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<List<ReservationView>>, Refusal> {
    let (limit, offset) = signed.query.page()?;
    app.store
        .unit(signed.now, move |db| {
            let wallet = in_path(db, wallet, &signed.caller)?;
            // What is held now is recent.
            readable_from(db, &signed.caller, &wallet, signed.now)?;
            let (held, total) = statements::pending(db, wallet.id, true, false, limit, offset)?;
            let views = held.into_iter().map(|one| ReservationView::new(db, one));
            let views = views.collect::<Result<_, Refusal>>()?;
            Ok(Reply(List::page("reservation_statements", views, total, (limit, offset))))
        })
        .await
}

/// `GET wallet/{id|me}/pending-payments`, in the directions that the scopes
/// open.
async fn pending(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<List<PendingView>>, Refusal> {
    let (limit, offset) = signed.query.page()?;
    app.store
        .unit(signed.now, move |db| {
            let wallet = in_path(db, wallet, &signed.caller)?;
            let outgoing = access::allows(db, &signed.caller, wallet.user, "outgoing_payments")?;
            let incoming = access::allows(db, &signed.caller, wallet.user, "incoming_payments")?;
            if !outgoing && !incoming {
                access::require(db, &signed.caller, wallet.user, "outgoing_payments")?;
            }
            let (rows, total) = statements::pending(db, wallet.id, outgoing, incoming, limit, offset)?;
            let views = rows.into_iter().map(|one| PendingView::new(db, wallet.id, one));
            let views = views.collect::<Result<_, Refusal>>()?;
            Ok(Reply(List::page("pending_payments", views, total, (limit, offset))))
        })
        .await
}

/// `DELETE wallet/{id|me}/pending-payment/{id}`: its transaction is taken back.
async fn cancel(
    State(app): State<App>,
    InPath((wallet, payment)): InPath<(IdInPath, i64)>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let wallet = in_path(db, wallet, &signed.caller)?;
            access::require(db, &signed.caller, wallet.user, "outgoing_payments")?;
            let pending = statements::pending_payment(db, payment)?
                .filter(|pending| pending.payer == wallet.id || pending.beneficiary == Some(wallet.id))
                .ok_or(Refusal::NotFound("No such pending payment"))?;
            if !is_cancelable(&pending, wallet.id) {
                return Err(Refusal::InvalidState("Only who made the payment can take it back"));
            }
            end::withdraw(db, signed.now, &signed.caller, &pending.transaction_key)?;
            Ok(Reply(Empty {}))
        })
        .await
}
