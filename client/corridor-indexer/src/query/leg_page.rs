//! A page of a participant's legs out of many.

use super::{
    movements::Bucket,
    page::{Cursor, Order, PageRequest},
};
use crate::{
    sql::{Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{Currency, ParticipantId};
use std::ops::Range;

/// One bucket of a participant in a currency: the database keeps the legs of each in order.
pub(super) type Book = (ParticipantId, Currency, Bucket);

impl Index {
    /// Those a participant may have legs in.
    pub(super) async fn books_of(
        &self,
        participant: ParticipantId,
        currency: Option<Currency>,
        bucket: Option<Bucket>,
    ) -> Result<Vec<Book>, IndexError> {
        let currencies = match currency {
            Some(currency) => vec![currency],
            None => self.currencies_of(participant).await?,
        };
        let buckets = bucket.map_or_else(|| Bucket::ALL.to_vec(), |bucket| vec![bucket]);
        let of = |currency| buckets.iter().map(move |bucket| (participant, currency, *bucket));
        Ok(currencies.into_iter().flat_map(of).collect())
    }

    async fn currencies_of(&self, participant: ParticipantId) -> Result<Vec<Currency>, IndexError> {
        let mut sql = Sql::new("SELECT currency FROM positions WHERE 1 = 1");
        sql.bind(" AND participant = ", i64::from(participant.0));
        let rows = self.all(sql).await?;
        rows.iter().map(|row| row.parsed("currency")).collect()
    }
}

/// Restricts ids of legs to those of a page of books, and orders them.
///
/// The legs of each book are read in order and merged. Asked for by participant and currency in one, a database sorts all that
/// are left for every page: the bucket stands before the id in its index.
pub(super) fn pick(sql: &mut Sql, key: &str, books: &[Book], blocks: Option<&Range<u64>>, page: PageRequest) {
    sql.push(&format!(" AND {key} IN ("));
    for (place, (participant, currency, bucket)) in books.iter().enumerate() {
        sql.push(if place == 0 { "" } else { " UNION ALL " });
        sql.bind(
            "SELECT id FROM legs WHERE participant = ",
            i64::from(participant.0),
        );
        sql.bind(" AND currency = ", currency.to_string());
        sql.bind(" AND bucket = ", bucket.name());
        within(sql, blocks, page);
    }
    page.end(sql, "id");
    sql.push(")");
    page.order(sql, key);
}

/// Restricts ids to those in blocks from the page's begin on: by one bound at each end, as SQLite looks for no more than that.
pub(super) fn within(sql: &mut Sql, blocks: Option<&Range<u64>>, page: PageRequest) {
    let blocks = blocks.map(|blocks| EventId::first_of(blocks.start).0..EventId::first_of(blocks.end).0);
    let Range { start, end } = blocks.unwrap_or(0..i64::MAX);
    let (start, end) = match (page.after, page.order) {
        (Some(Cursor(last)), Order::OldestFirst) => (start.max(last.saturating_add(1)), end),
        (Some(Cursor(last)), Order::NewestFirst) => (start, end.min(last)),
        (None, _) => (start, end),
    };
    sql.bind(" AND id >= ", start).bind(" AND id < ", end);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        query::{journal, transfers::TransferFilter},
        IndexLocation,
    };

    /// An empty index: SQLite plans by the schema alone.
    async fn index() -> (Index, tempfile::TempDir) {
        let directory = tempfile::tempdir().expect("a directory");
        let location = IndexLocation::Sqlite(directory.path().join("index.sqlite"));
        (Index::create(&location).await.expect("an index"), directory)
    }

    async fn plan(index: &Index, sql: Sql) -> String {
        sql.plan(&mut index.connection().await.expect("a connection"))
            .await
    }

    #[tokio::test]
    async fn a_page_of_a_journal_is_read_by_book_and_nothing_is_sorted() {
        let (index, _directory) = index().await;
        let books = index.books_of(ParticipantId(1), Some(Currency::CNY), None).await;
        let books = books.expect("books");
        assert_eq!(books.len(), Bucket::ALL.len());
        for order in [Order::OldestFirst, Order::NewestFirst] {
            let page = PageRequest {
                order,
                ..PageRequest::first(1_000)
            }
            .after(Cursor(7 << 28));
            let plan = plan(&index, journal::listing(&books, &(5..9), page)).await;
            let by_book = "legs_account (participant=? AND currency=? AND bucket=? AND id>? AND id<?)";
            assert_eq!(plan.matches(by_book).count(), books.len(), "{plan}");
            assert!(
                !plan.contains("ORDER BY\n") && !plan.contains("TEMP B-TREE"),
                "{plan}"
            );
            assert!(!plan.contains("SCAN"), "{plan}");
        }
    }

    #[tokio::test]
    async fn open_transfers_are_listed_by_the_index_of_open_ones() {
        let (index, _directory) = index().await;
        for (status, by) in [
            ("pending", "transfers_open"),
            ("queued", "transfers_open"),
            ("settled", "transfers_instructed"),
        ] {
            let filter = TransferFilter {
                status: Some(status.into()),
                ..TransferFilter::default()
            };
            let plan = plan(&index, filter.listing(PageRequest::newest(100))).await;
            assert!(plan.contains(&format!(" t USING INDEX {by}")), "{status}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
