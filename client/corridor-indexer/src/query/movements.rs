//! What moved on participants' books, and what they held when.

use super::{
    leg_page::{pick, within},
    page::{Page, PageRequest},
    transfers::currency,
};
use crate::{
    sql::{damaged, Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{Currency, ParticipantId, Seconds, Uetr, WindowId};
use sqlx::any::AnyRow;
use std::{fmt, ops::Range, str::FromStr};

/// Where on a participant's books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Free to instruct or withdraw.
    Available,
    /// Held for pending transfers.
    Reserved,
    /// Set aside to pay net debits.
    Collateral,
    /// Credits less debits of all windows that are not settled: no money until they are.
    Net,
}

impl Bucket {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Available, Self::Reserved, Self::Collateral, Self::Net];

    /// As the index writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Reserved => "reserved",
            Self::Collateral => "collateral",
            Self::Net => "net",
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bucket is one of available, reserved, collateral, net")]
pub struct InvalidBucket;

impl FromStr for Bucket {
    type Err = InvalidBucket;

    fn from_str(text: &str) -> Result<Self, InvalidBucket> {
        let named = |bucket: &Self| bucket.name() == text;
        Self::ALL.into_iter().find(named).ok_or(InvalidBucket)
    }
}

/// One movement of one bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegRow {
    /// The event, and the leg's place among its legs.
    pub id: EventId,
    /// Block time.
    pub at: Seconds,
    /// Whose books.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// Which bucket.
    pub bucket: Bucket,
    /// `deposit`, `withdrawal`, `reservation`, `release`, `settlement`, `return`, `posting`, `batch_posting`, `pledge`,
    /// `collateral_release`, `window_settlement`, `carry_over`, `fee_reservation`, `fee_release`, `fee`, `exchange`, or what a later
    /// version adds.
    pub kind: String,
    /// What the money is for, where it is not the amount of a transfer in one currency: `debited`, `credited`, `debtor_fee`,
    /// `creditor_fee`, `sent_back`, `given_back`.
    pub purpose: Option<String>,
    /// How much, in minor units; negative: less than before.
    pub amount: i128,
    /// What the bucket holds afterwards, in minor units. Transfers that a queue's resolution settles together move at once: between
    /// their events, in one extrinsic, it may be below zero.
    pub balance: i128,
    /// The other agent, where there is one.
    pub counterparty: Option<ParticipantId>,
    /// The transfer that moved it.
    pub uetr: Option<Uetr>,
    /// The participant's reference.
    pub reference: Option<[u8; 16]>,
    /// The submission of the batch that moved it.
    pub batch: Option<EventId>,
    /// The settlement window.
    pub window: Option<WindowId>,
}

/// What a participant holds in a currency, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    /// Free to instruct or withdraw.
    pub available: i128,
    /// Held for pending transfers.
    pub reserved: i128,
    /// Set aside to pay net debits.
    pub collateral: i128,
    /// Credits less debits of all windows that are not settled.
    pub net: i128,
}

impl Balances {
    /// What a bucket holds.
    #[must_use]
    pub fn get(&self, bucket: Bucket) -> i128 {
        match bucket {
            Bucket::Available => self.available,
            Bucket::Reserved => self.reserved,
            Bucket::Collateral => self.collateral,
            Bucket::Net => self.net,
        }
    }

    pub(crate) fn get_mut(&mut self, bucket: Bucket) -> &mut i128 {
        match bucket {
            Bucket::Available => &mut self.available,
            Bucket::Reserved => &mut self.reserved,
            Bucket::Collateral => &mut self.collateral,
            Bucket::Net => &mut self.net,
        }
    }

    /// Everything escrowed, whatever it is held for; `None` where the sum does not fit.
    #[must_use]
    pub fn escrow(&self) -> Option<i128> {
        self.available
            .checked_add(self.reserved)?
            .checked_add(self.collateral)
    }
}

/// A participant's position in a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionRow {
    /// Whose.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// What it holds.
    pub balances: Balances,
}

/// What moved in a range of blocks, with what was there before and after: opening + sum of amounts = closing, for every
/// bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movements {
    /// Whose.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// The blocks: the first one, and the one after the last.
    pub blocks: Range<u64>,
    /// Held before the first of them.
    pub opening: Balances,
    /// Held after the last of them.
    pub closing: Balances,
    /// A page of the legs in between.
    pub legs: Page<LegRow>,
}

/// Which legs to list. The default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegFilter {
    /// Of this participant.
    pub participant: Option<ParticipantId>,
    /// In this currency.
    pub currency: Option<Currency>,
    /// In this bucket.
    pub bucket: Option<Bucket>,
    /// In these blocks: the first one, and the one after the last.
    pub blocks: Option<Range<u64>>,
}

const LEG: &str = "SELECT id, at, participant, currency, bucket, kind, purpose, CAST(amount AS TEXT) AS amount, \
    CAST(balance AS TEXT) AS balance, counterparty, uetr, reference, batch_id, window_id FROM legs WHERE 1 = 1";

impl Index {
    /// Legs in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn legs(&self, filter: &LegFilter, page: PageRequest) -> Result<Page<LegRow>, IndexError> {
        let mut sql = Sql::new(LEG);
        match filter.participant {
            Some(participant) => {
                let books = self.books_of(participant, filter.currency, filter.bucket).await?;
                if books.is_empty() {
                    return Ok(page.page(Vec::new(), |row: &LegRow| row.id.into()));
                }
                pick(&mut sql, "id", &books, filter.blocks.as_ref(), page);
            }
            None => {
                filter.apply(&mut sql);
                within(&mut sql, filter.blocks.as_ref(), page);
                page.end(&mut sql, "id");
            }
        }
        let rows = self.all(sql).await?;
        let items = rows.iter().map(leg).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

    /// The legs of one event.
    ///
    /// # Errors
    /// The database's.
    pub async fn legs_of(&self, event: EventId) -> Result<Vec<LegRow>, IndexError> {
        let mut sql = Sql::new(LEG);
        let from = event.event();
        sql.bind(" AND id >= ", from.0);
        sql.bind(" AND id < ", from.0.saturating_add(1 << 10));
        sql.push(" ORDER BY id");
        self.all(sql).await?.iter().map(leg).collect()
    }

    /// Every leg of a transfer, in order: in both currencies, with the fees.
    ///
    /// # Errors
    /// The database's.
    pub async fn legs_of_transfer(&self, uetr: Uetr) -> Result<Vec<LegRow>, IndexError> {
        let mut sql = Sql::new(LEG);
        sql.bind(" AND uetr = ", uetr.to_string()).push(" ORDER BY id");
        self.all(sql).await?.iter().map(leg).collect()
    }

    /// What a participant held in a currency after a block.
    ///
    /// # Errors
    /// The database's.
    pub async fn position_at(
        &self,
        participant: ParticipantId,
        currency: Currency,
        block: u64,
    ) -> Result<Balances, IndexError> {
        let before = EventId::first_of(block.saturating_add(1));
        let mut balances = Balances::default();
        for bucket in Bucket::ALL {
            let mut sql = Sql::new("SELECT CAST(balance AS TEXT) AS balance FROM legs WHERE 1 = 1");
            sql.bind(" AND participant = ", i64::from(participant.0));
            sql.bind(" AND currency = ", currency.to_string());
            sql.bind(" AND bucket = ", bucket.name());
            sql.bind(" AND id < ", before.0);
            sql.push(" ORDER BY id DESC LIMIT 1");
            if let Some(row) = self.optional(sql).await? {
                *balances.get_mut(bucket) = row.parsed("balance")?;
            }
        }
        Ok(balances)
    }

    /// Every position after a block, by currency and participant.
    ///
    /// # Errors
    /// The database's.
    pub async fn positions_at(&self, block: u64) -> Result<Vec<PositionRow>, IndexError> {
        let mut positions = self.positions().await?;
        for row in &mut positions {
            row.balances = self.position_at(row.participant, row.currency, block).await?;
        }
        Ok(positions)
    }

    /// Every position after the last block of the index, by currency and participant.
    ///
    /// # Errors
    /// The database's.
    pub async fn positions(&self) -> Result<Vec<PositionRow>, IndexError> {
        let sql = Sql::new(
            "SELECT participant, currency, CAST(available AS TEXT) AS available, CAST(reserved AS TEXT) AS reserved, \
             CAST(collateral AS TEXT) AS collateral, CAST(net AS TEXT) AS net FROM positions \
             ORDER BY currency, participant",
        );
        self.all(sql).await?.iter().map(position).collect()
    }

    /// What moved on a participant's books in a range of blocks, with opening and closing balances.
    ///
    /// The range ends at the latest after the last block of the index when this is called. Legs are never changed, so later pages of
    /// the same range belong to the same balances.
    ///
    /// # Errors
    /// The database's.
    pub async fn movements(
        &self,
        participant: ParticipantId,
        currency: Currency,
        blocks: Range<u64>,
        page: PageRequest,
    ) -> Result<Movements, IndexError> {
        let end = match self.head().await? {
            Some(head) => blocks.end.min(head.block.number.saturating_add(1)),
            None => 0,
        };
        let blocks = blocks.start.min(end)..end;
        let balances = |block: u64| async move {
            match block.checked_sub(1) {
                Some(block) => self.position_at(participant, currency, block).await,
                None => Ok(Balances::default()),
            }
        };
        let filter = LegFilter {
            participant: Some(participant),
            currency: Some(currency),
            bucket: None,
            blocks: Some(blocks.clone()),
        };
        Ok(Movements {
            participant,
            currency,
            opening: balances(blocks.start).await?,
            closing: balances(blocks.end).await?,
            legs: self.legs(&filter, page).await?,
            blocks,
        })
    }

    /// The blocks of a period of block time, in seconds since 1970: what statements by date are made of. Ends at the head of the
    /// index where the period goes on.
    ///
    /// # Errors
    /// [`IndexError::Empty`]; the database's.
    pub async fn blocks_between(&self, period: Range<Seconds>) -> Result<Range<u64>, IndexError> {
        let head = self.head().await?.ok_or(IndexError::Empty)?.block.number;
        let after_head = head.saturating_add(1);
        let first = |second: Seconds| async move {
            let found = self.first_block_from(second.saturating_mul(1_000)).await?;
            Ok::<_, IndexError>(found.map_or(after_head, |row| row.block.number))
        };
        let start = first(period.start).await?;
        Ok(start..first(period.end).await?.max(start))
    }
}

impl LegFilter {
    /// Currency and bucket.
    fn apply(&self, sql: &mut Sql) {
        if let Some(currency) = self.currency {
            sql.bind(" AND currency = ", currency.to_string());
        }
        if let Some(bucket) = self.bucket {
            sql.bind(" AND bucket = ", bucket.name());
        }
    }
}

pub(super) fn leg(row: &AnyRow) -> Result<LegRow, IndexError> {
    Ok(LegRow {
        id: EventId(row.int("id")?),
        at: row.number("at")?,
        participant: ParticipantId(row.number("participant")?),
        currency: currency(row, "currency")?,
        bucket: row.parsed("bucket")?,
        kind: row.text("kind")?,
        purpose: row.maybe_text("purpose")?,
        amount: row.parsed("amount")?,
        balance: row.parsed("balance")?,
        counterparty: row.maybe_number("counterparty")?.map(ParticipantId),
        uetr: row.maybe_parsed("uetr")?,
        reference: row.maybe_hex("reference")?,
        batch: row.maybe_int("batch_id")?.map(EventId),
        window: row.maybe_number("window_id")?.map(WindowId),
    })
}

fn position(row: &AnyRow) -> Result<PositionRow, IndexError> {
    let mut balances = Balances::default();
    for bucket in Bucket::ALL {
        let text = row.text(bucket.name())?;
        *balances.get_mut(bucket) = text.parse().map_err(|_| damaged(bucket.name(), &text))?;
    }
    Ok(PositionRow {
        participant: ParticipantId(row.number("participant")?),
        currency: currency(row, "currency")?,
        balances,
    })
}
