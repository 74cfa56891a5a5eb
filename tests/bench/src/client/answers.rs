//! Answers that need no server.

use http::{HeaderMap, StatusCode};
use paysera_core::wallet_api::{Bounds, Exchange, ExchangeFuture, HttpAnswer, HttpRequest};
use serde_json::json;

/// Rows of a page.
pub(crate) const STATEMENTS: usize = 100;

/// One answer to everything.
#[derive(Debug)]
pub(crate) struct Canned(bytes::Bytes);

impl Canned {
    /// That of wallet-api section 14.1.
    pub(crate) fn transaction() -> Self {
        let key = "ATaNL6X6CivO2Ou0FMPt";
        Self::of(&json!({"transaction_key": key, "created_at": 1_760_000_000, "status": "new",
            "valid_for_payment_card_debit": false, "reserve": {"for": 2_592_000}, "use_allowance": true,
            "suggest_allowance": false, "auto_confirm": false, "project_id": 1234, "location_id": 9975,
            "payments": [{"id": 186_975_531, "transaction_key": key, "created_at": 1_760_000_000,
                "status": "new", "cancelable": false, "price": 2599, "currency": "GEL",
                "price_decimal": "25.99", "freeze": {"for": 0}, "freeze_for": 0,
                "description": "Table 12, bill 881", "beneficiary": {"id": 2112},
                "parameters": {"client_ref": "bill-881"}}], "inquiries": []}))
    }

    /// A whole page, and no other after it.
    pub(crate) fn statements() -> Self {
        let row = |number: usize| {
            json!({"id": number, "transfer_id": number, "account_number": "EVP0010001000101",
                "amount": 2599, "amount_decimal": "25.99", "currency": "GEL", "date": 1_760_000_000,
                "details": "Table 12, bill 881", "direction": "out", "type": "transfer",
                "other_party": {"display_name": "Demo cafe", "wallet_id": 2112,
                    "account_number": "EVP0010001000102"},
                "reference_number": "ATaNL6X6CivO2Ou0FMPt"})
        };
        let rows: Vec<_> = (1..=STATEMENTS).map(row).collect();
        Self::of(
            &json!({"statements": rows, "_metadata": {"total": STATEMENTS, "offset": 0, "limit": STATEMENTS,
            "has_next": false, "cursors": {"after": "a", "before": "b"}}}),
        )
    }

    fn of(answer: &serde_json::Value) -> Self {
        Self(answer.to_string().into())
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.0
    }
}

impl Exchange for Canned {
    fn exchange(&self, _: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        let answer = HttpAnswer { status: StatusCode::OK, headers: HeaderMap::new(), body: self.0.clone() };
        Box::pin(std::future::ready(Ok(answer)))
    }
}
