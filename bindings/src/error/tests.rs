use std::time::Duration;

use paysera_core::money::{Currency, Money as CoreMoney};

use super::*;

#[test]
fn an_error_of_the_core_keeps_its_code_its_words_and_what_the_server_said() {
    let core = CoreError {
        kind: ApiErrorKind::NotEnoughCash { in_drawer: CoreMoney::from_minor(500, Currency::GEL) },
        retry: CoreRetry::After(Duration::from_secs(5)),
        server: Some(paysera_core::error::ServerAnswer {
            status: 409,
            code: "x".to_owned(),
            correlation_id: Some("c-1".to_owned()),
        }),
    };
    let words = core.to_string();
    let ApiError::Failed { kind, code, retry, server, explanation } = ApiError::from(core) else { panic!() };
    assert_eq!(
        kind,
        ErrorKind::NotEnoughCash { in_drawer: Money { minor: 500, currency: "GEL".to_owned() } }
    );
    assert_eq!((code.as_str(), explanation), ("not_enough_cash", words));
    assert_eq!(retry, Retry::After { milliseconds: 5000 });
    assert_eq!(server.unwrap().correlation_id.as_deref(), Some("c-1"));
}

#[test]
fn an_error_reads_as_its_own_words() {
    let error = ApiError::rejected("amount", "is too much");
    assert_eq!(error.to_string(), "rejected_input; amount: is too much");
    assert!(!ApiError::Panicked.to_string().is_empty() && !ApiError::ShutDown.to_string().is_empty());
}

#[test]
fn a_journal_that_is_open_elsewhere_says_so() {
    let error = ApiError::from(JournalError::InUse { path: "j.sqlite".into() });
    assert!(error.to_string().contains("is open elsewhere"), "{error}");
}
