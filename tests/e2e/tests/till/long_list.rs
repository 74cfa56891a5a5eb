//! A server's list that is longer than is looked through.

use std::sync::Mutex;

use super::*;

/// A server on whose list the transactions of others never end. What is made is
/// made, and its answer is lost.
#[derive(Debug)]
struct Crowded {
    server: InProcess,
    now: i64,
    asked: Mutex<Vec<String>>,
}

impl Crowded {
    fn count(&self, what: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.contains(what)).count()
    }

    fn page(&self, query: &str) -> String {
        let offset = query.split('&').find_map(|pair| pair.strip_prefix("offset=")).unwrap();
        let offset: usize = offset.parse().unwrap();
        let rows = (offset..offset + 200).map(|number| {
            let at = self.now - i64::try_from(number).unwrap();
            format!(
                r#"{{"transaction_key":"Stranger{number:08}","created_at":{at},"status":"new","payments":[]}}"#
            )
        });
        let rows = rows.collect::<Vec<_>>().join(",");
        format!(
            r#"{{"transactions":[{rows}],"_metadata":{{"total":1000000,"offset":{offset},"limit":200}}}}"#
        )
    }
}

impl Exchange for Crowded {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        let asked = format!("{} {}", request.method, request.url);
        self.asked.lock().unwrap().push(asked);
        Box::pin(async move {
            if request.url.path().ends_with("/transactions") {
                let body = self.page(request.url.query().unwrap()).into();
                let (status, headers) = (http::StatusCode::OK, http::HeaderMap::new());
                return Ok(paysera_core::wallet_api::HttpAnswer { status, headers, body });
            }
            let is_create = request.method == http::Method::POST;
            let answer = self.server.answer(request).await;
            if is_create { Err(WalletApiError::AnswerLost("on its way".into())) } else { Ok(answer) }
        })
    }
}

/// The till of the shop, in front of that server.
fn crowded(shop: Shop, journal: Arc<paysera_core::journal::Journal>) -> (Merchant, Arc<Crowded>) {
    let Shop { sandbox, environment, .. } = shop;
    let now = sandbox.clock().now();
    let server = InProcess(Arc::new(sandbox));
    let crowded = Arc::new(Crowded { server, now, asked: Mutex::default() });
    let till = till(&environment, retailer(), LOCATION_ALL_SERVICES, quick(), journal, "till")
        .exchange(crowded.clone())
        .build()
        .unwrap();
    (till, crowded)
}

#[tokio::test]
async fn what_was_not_looked_through_is_not_called_missing() {
    let shop = Shop::open().await;
    settled(&shop, CollectRequest::new("own", gel(100), "Own")).await;
    let journal = shop.journal.clone();
    let (till, crowded) = crowded(shop, journal);
    assert_eq!(kind(till.reconcile(always()).await), ApiErrorKind::ListTooLong);
    // Only what the till's location made is asked for.
    let of_the_location = format!("location_id={LOCATION_ALL_SERVICES}");
    assert!(crowded.count(&of_the_location) > 0, "{crowded:?}");
    assert_eq!(till.journal().rebuilt_since().unwrap(), None);
}

#[tokio::test]
async fn rule_15_a_journal_that_was_not_rebuilt_to_the_end_says_so() {
    let shop = Shop::open().await;
    let folder = std::env::temp_dir().join(format!("paysera-crowded-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let owner = shop.journal.owner();
    let journal = Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let (till, crowded) = crowded(shop, journal);
    till.resume().await.unwrap();
    let since = till.journal().rebuilt_since().unwrap().expect("it was not whole");
    assert_eq!(since, UnixSeconds(crowded.now - 9_999));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Not seen is not the same as not there: nothing is made a second time.
#[tokio::test]
async fn rule_3_a_lost_create_is_not_made_again_where_the_list_has_no_end() {
    let shop = Shop::open().await;
    let journal = shop.journal.clone();
    let (till, crowded) = crowded(shop, journal);
    let attempt = till.collect(CollectRequest::new("r", gel(100), "Coffee")).await.unwrap();
    until(&attempt, "unknown").await;
    assert_eq!(crowded.count("POST"), 1, "{crowded:?}");
}
