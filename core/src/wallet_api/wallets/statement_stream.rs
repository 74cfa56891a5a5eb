//! Statements one after the other (wallet-api sections 1.6 and 6.2).

use std::collections::VecDeque;

use super::statements::{Direction, Statement};
use super::{WalletRef, Wallets};
use crate::clock::UnixSeconds;
use crate::money::Currency;
use crate::wallet_api::error::WalletApiError;
use crate::wallet_api::page::{Page, UnreadableRow};

/// Which statements to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementFilter {
    /// In any of these currencies; all if empty.
    pub currencies: Vec<Currency>,
    /// This way only.
    pub direction: Option<Direction>,
    /// With this text in them.
    pub text: Option<String>,
    /// At or after this moment.
    pub from: Option<UnixSeconds>,
    /// At or before this moment.
    pub to: Option<UnixSeconds>,
    /// The oldest first, instead of the newest.
    pub oldest_first: bool,
    /// So many in one answer, 1 to 200; the server's default is 20.
    pub page: Option<u32>,
}

impl StatementFilter {
    pub(super) fn pairs(&self, place: &Place) -> [(&'static str, Option<String>); 9] {
        let (offset, after) = match place {
            Place::Offset(0) => (None, None),
            Place::Offset(offset) => (Some(offset.to_string()), None),
            Place::After(cursor) => (None, Some(cursor.clone())),
        };
        let currencies = self.currencies.iter().map(|currency| currency.code()).collect::<Vec<_>>().join(",");
        [
            ("currency", (!currencies.is_empty()).then_some(currencies)),
            ("direction", self.direction.as_ref().map(|direction| direction.as_str().to_owned())),
            ("text", self.text.clone()),
            ("from", self.from.map(|from| from.to_string())),
            ("to", self.to.map(|to| to.to_string())),
            ("limit", self.page.map(|limit| limit.to_string())),
            ("order_direction", self.oldest_first.then(|| "ASC".to_owned())),
            ("offset", offset),
            ("after", after),
        ]
    }
}

/// Statements one after the other, newest first unless asked otherwise, read page
/// by page as they are asked for. What comes in while it is read is not in it where the server marks
/// its pages with cursors; else one may come twice.
#[derive(Debug)]
pub struct Statements<'a> {
    wallets: Wallets<'a>,
    wallet: WalletRef,
    filter: StatementFilter,
    read: VecDeque<Statement>,
    unreadable: Vec<UnreadableRow>,
    next: Next,
}

#[derive(Debug)]
enum Next {
    Page(Place),
    End,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Offset(u64),
    After(String),
}

impl<'a> Statements<'a> {
    pub(super) fn new(wallets: Wallets<'a>, wallet: WalletRef, filter: StatementFilter) -> Self {
        let next = Next::Page(Place::Offset(0));
        Self { wallets, wallet, filter, read: VecDeque::new(), unreadable: Vec::new(), next }
    }

    /// Statements in currencies that this library does not know, on the pages
    /// that were read so far: [`Statements::next`] leaves them out.
    #[must_use]
    pub fn unreadable(&self) -> &[UnreadableRow] {
        &self.unreadable
    }

    /// The next statement; `None` at the end. Those that can't be read are in
    /// [`Statements::unreadable`].
    ///
    /// # Errors
    /// [`WalletApiError`]; asking again goes on at the same place.
    pub async fn next(&mut self) -> Result<Option<Statement>, WalletApiError> {
        loop {
            if let Some(statement) = self.read.pop_front() {
                return Ok(Some(statement));
            }
            let Next::Page(place) = &self.next else { return Ok(None) };
            let page: Page<Statement> = self.wallets.statement_page(self.wallet, &self.filter, place).await?;
            self.next = following(place, &page);
            self.read = page.items.into();
            self.unreadable.extend(page.unreadable);
        }
    }
}

/// What comes after a page.
fn following(place: &Place, page: &Page<Statement>) -> Next {
    let metadata = &page.metadata;
    // A page may hold nothing but what can't be read.
    let rows = page.items.len().saturating_add(page.unreadable.len());
    if rows == 0 || metadata.has_next == Some(false) {
        return Next::End;
    }
    if let Some(cursor) = &metadata.cursors.after {
        let next = Place::After(cursor.clone());
        // A server that gives the same mark again would be read for ever.
        return if *place == next { Next::End } else { Next::Page(next) };
    }
    // A server without cursors: nothing may be lost either.
    match place {
        Place::Offset(offset) => {
            let read = offset.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
            let goes_on = metadata.has_next == Some(true) || read < metadata.total;
            if goes_on { Next::Page(Place::Offset(read)) } else { Next::End }
        }
        Place::After(_) => Next::End,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(place: &Place, metadata: &str) -> Option<Place> {
        let row = r#"{"id":7,"amount":1,"currency":"GEL","date":1,"direction":"in"}"#;
        let text = format!(r#"{{"statements":[{row},{row}],"_metadata":{metadata}}}"#);
        match following(place, &serde_json::from_str(&text).unwrap()) {
            Next::Page(place) => Some(place),
            Next::End => None,
        }
    }

    #[test]
    fn no_statement_is_lost_whether_the_server_has_cursors_or_not() {
        let first = Place::Offset(0);
        let cursor = |text: &str| Place::After(text.to_owned());
        let marked = r#"{"total":9,"cursors":{"after":"a"}}"#;
        assert_eq!(after(&first, marked), Some(cursor("a")));
        assert_eq!(after(&cursor("a"), marked), None);
        assert_eq!(after(&first, r#"{"has_next":false,"cursors":{"after":"a"}}"#), None);
        assert_eq!(after(&first, r#"{"total":3,"offset":0,"limit":2}"#), Some(Place::Offset(2)));
        assert_eq!(after(&Place::Offset(2), r#"{"total":3,"offset":2,"limit":2}"#), None);
        assert_eq!(after(&first, r#"{"has_next":true}"#), Some(Place::Offset(2)));
        assert_eq!(after(&cursor("a"), r#"{"total":9}"#), None);
    }

    #[test]
    fn statements_that_can_not_be_read_do_not_end_the_list_or_move_its_pages() {
        let row = r#"{"id":7,"amount":1,"currency":"JPY","date":1,"direction":"in"}"#;
        let text = format!(r#"{{"statements":[{row},{row}],"_metadata":{{"total":5}}}}"#);
        match following(&Place::Offset(0), &serde_json::from_str(&text).unwrap()) {
            Next::Page(place) => assert_eq!(place, Place::Offset(2)),
            Next::End => panic!("the list goes on"),
        }
    }
}
