//! Transfers: as they stand, and how they came to.

use super::{
    blocks::clamped,
    page::{Page, PageRequest},
};
use crate::{
    sql::{damaged, hex, Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{
    Address, Currency, Money, ParticipantId, QuoteId, ReasonCode, Reference, Seconds, Uetr, Unwind, WindowId,
};
use sqlx::any::AnyRow;

/// A transfer as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRow {
    /// Its identity.
    pub uetr: Uetr,
    /// Who pays.
    pub debtor_agent: ParticipantId,
    /// Who is paid.
    pub creditor_agent: ParticipantId,
    /// ISO 20022 `IntrBkSttlmAmt`: of a transfer in two currencies, what the debtor agent pays.
    pub interbank_settlement_amount: Money,
    /// ISO 20022 `IntrBkSttlmDt`, days since 1970-01-01.
    pub interbank_settlement_date: u32,
    /// ISO 20022 `ChrgBr`: `DEBT`, `CRED`, `SHAR`, `SLEV`.
    pub charge_bearer: String,
    /// `gross`, `net`, `payment_versus_payment`, `queued`, or what a later version adds.
    pub settlement_method: String,
    /// From this second on it cannot be accepted.
    pub expires_at: Seconds,
    /// What the chain knows of the message.
    pub message_digest: [u8; 32],
    /// As `TransferStatus::name` writes it: `pending`, `settled`, `partly returned`, ...
    pub status: String,
    /// Why it was rejected, cancelled or returned.
    pub reason: Option<ReasonCode>,
    /// How much was sent back, in minor units.
    pub returned_minor_units: u128,
    /// Of a netted one: the window it was booked in, and that window's status.
    pub window: Option<BookedIn>,
    /// Of one in two currencies: the other side.
    pub exchange: Option<ExchangeRow>,
    /// The event that instructed it: what lists are ordered by.
    pub instructed: EventId,
    /// Block time of that.
    pub instructed_at: Seconds,
    /// The last event that changed it.
    pub updated: EventId,
    /// Block time of that.
    pub updated_at: Seconds,
}

/// The window a net transfer was booked in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedIn {
    /// The window.
    pub window: WindowId,
    /// The window that pays in the end: another one where windows were aborted in between.
    pub settled_in: WindowId,
    /// When that was settled; `None` until it is.
    pub settled_at: Option<Seconds>,
}

/// What a transfer in two currencies has besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRow {
    /// The quote it uses; its provider is paid the debited amount and pays the credited one.
    pub quote: QuoteId,
    /// What the creditor agent is paid, before its fee.
    pub credited: Money,
    /// What rounding took from the creditor agent, in parts of a minor unit as the quote's rate less its spread counts them.
    pub remainder: u64,
    /// What the provider keeps as its spread, in minor units of the credited currency.
    pub spread_minor_units: u128,
    /// How much the creditor agent has sent back, in minor units of the credited currency.
    pub sent_back_minor_units: u128,
    /// How returns go back.
    pub unwind: Unwind,
}

/// A return at a new quote of a transfer in two currencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotedReturnRow {
    /// Block and place in the block.
    pub id: EventId,
    /// Which transfer.
    pub uetr: Uetr,
    /// The return's own identity.
    pub reference: Reference,
    /// The quote; its provider is paid what was sent back and pays what was given back.
    pub quote: QuoteId,
    /// In minor units of the credited currency.
    pub sent_back_minor_units: u128,
    /// In minor units of the debited currency.
    pub given_back_minor_units: u128,
    /// What rounding took from the debtor agent, in parts of a minor unit as the quote's rate less its spread counts them.
    pub remainder: u64,
    /// What the provider keeps as its spread, in minor units of the debited currency.
    pub spread_minor_units: u128,
}

/// A change of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferEventRow {
    /// Block and place in the block.
    pub id: EventId,
    /// Which transfer.
    pub uetr: Uetr,
    /// The extrinsic's place in the block; `None` where the block itself called the contract.
    pub extrinsic_index: Option<u32>,
    /// Block time.
    pub at: Seconds,
    /// `instructed`, `settled`, `netted`, `queued`, `rejected`, `cancelled`, `expired`, `returned`, or what a later version adds.
    pub change: String,
    /// The status from then on.
    pub status: String,
    /// The amount instructed or returned, in minor units of the transfer's currency.
    pub minor_units: Option<u128>,
    /// Why.
    pub reason: Option<ReasonCode>,
    /// A return's own identity.
    pub reference: Option<[u8; 16]>,
    /// The window it was booked in.
    pub window: Option<WindowId>,
    /// Who signed the call, as contracts see it.
    pub caller: Option<Address>,
}

/// On which side of a transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Any.
    #[default]
    Either,
    /// It pays.
    DebtorAgent,
    /// It is paid.
    CreditorAgent,
    /// It exchanges, there or back.
    Provider,
}

/// Which transfers to list. The default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransferFilter {
    /// Of this participant.
    pub participant: Option<ParticipantId>,
    /// On that side.
    pub side: Side,
    /// Of this status, as `TransferStatus::name` writes it.
    pub status: Option<String>,
    /// Of this currency, the one the debtor agent pays.
    pub currency: Option<Currency>,
    /// Booked in this window.
    pub window: Option<WindowId>,
    /// That use this quote.
    pub quote: Option<QuoteId>,
    /// Instructed at or after this second of block time.
    pub instructed_from: Option<Seconds>,
    /// Instructed before this second of block time.
    pub instructed_until: Option<Seconds>,
}

const TRANSFER: &str = "SELECT t.uetr, t.debtor_agent, t.creditor_agent, t.currency, CAST(t.minor_units AS TEXT) AS minor_units, \
    t.settlement_date, t.charge_bearer, t.settlement_method, t.expires_at, t.message_digest, t.status, t.reason, \
    CAST(t.returned_minor_units AS TEXT) AS returned_minor_units, t.window_id, t.instructed_id, t.instructed_at, \
    t.updated_id, t.updated_at, booked.settled_in, paid.status AS paid_status, paid.closed_at AS paid_at, \
    x.provider, x.quote_reference, x.credited_currency, CAST(x.credited_minor_units AS TEXT) AS credited_minor_units, \
    CAST(x.remainder AS TEXT) AS remainder, CAST(x.spread_minor_units AS TEXT) AS spread_minor_units, \
    CAST(x.sent_back_minor_units AS TEXT) AS sent_back_minor_units, x.unwind FROM transfers t \
    LEFT JOIN exchanges x ON x.uetr = t.uetr \
    LEFT JOIN windows booked ON booked.currency = t.currency AND booked.window_id = t.window_id \
    LEFT JOIN windows paid ON paid.currency = t.currency AND paid.window_id = booked.settled_in WHERE 1 = 1";

const CHANGE: &str = "SELECT id, uetr, extrinsic_index, at, change, status, CAST(minor_units AS TEXT) AS minor_units, reason, \
    reference, window_id, caller FROM transfer_events WHERE 1 = 1";

const QUOTED_RETURN: &str = "SELECT id, uetr, reference, provider, quote_reference, \
    CAST(sent_back_minor_units AS TEXT) AS sent_back_minor_units, \
    CAST(given_back_minor_units AS TEXT) AS given_back_minor_units, CAST(remainder AS TEXT) AS remainder, \
    CAST(spread_minor_units AS TEXT) AS spread_minor_units FROM quoted_returns WHERE 1 = 1";

impl Index {
    /// A transfer as it stands.
    ///
    /// # Errors
    /// The database's.
    pub async fn transfer(&self, uetr: Uetr) -> Result<Option<TransferRow>, IndexError> {
        let mut sql = Sql::new(TRANSFER);
        sql.bind(" AND t.uetr = ", uetr.to_string());
        self.optional(sql).await?.map(|row| transfer(&row)).transpose()
    }

    /// A transfer's life line: every change in order. Empty for one that is not known.
    ///
    /// # Errors
    /// The database's.
    pub async fn transfer_life(&self, uetr: Uetr) -> Result<Vec<TransferEventRow>, IndexError> {
        let mut sql = Sql::new(CHANGE);
        sql.bind(" AND uetr = ", uetr.to_string());
        sql.push(" ORDER BY id");
        self.all(sql).await?.iter().map(change).collect()
    }

    /// A transfer's returns at new quotes, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn quoted_returns(&self, uetr: Uetr) -> Result<Vec<QuotedReturnRow>, IndexError> {
        let mut sql = Sql::new(QUOTED_RETURN);
        sql.bind(" AND uetr = ", uetr.to_string());
        sql.push(" ORDER BY id");
        self.all(sql).await?.iter().map(quoted_return).collect()
    }

    /// Transfers by when they were instructed.
    ///
    /// # Errors
    /// The database's.
    pub async fn transfers(
        &self,
        filter: &TransferFilter,
        page: PageRequest,
    ) -> Result<Page<TransferRow>, IndexError> {
        let rows = self.all(filter.listing(page)).await?;
        let items = rows.iter().map(transfer).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.instructed.into()))
    }

    /// Every change of every transfer in order: what webhooks and reports are made of.
    ///
    /// # Errors
    /// The database's.
    pub async fn transfer_changes(&self, page: PageRequest) -> Result<Page<TransferEventRow>, IndexError> {
        let mut sql = Sql::new(CHANGE);
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(change).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }
}

/// It is the provider of the transfer's quote, or of a quote the transfer went back at.
fn provided(sql: &mut Sql, id: i64) {
    sql.bind("x.provider = ", id);
    sql.bind(
        " OR t.uetr IN (SELECT uetr FROM quoted_returns WHERE provider = ",
        id,
    )
    .push(")");
}

impl TransferFilter {
    pub(super) fn listing(&self, page: PageRequest) -> Sql {
        let mut sql = Sql::new(TRANSFER);
        self.apply(&mut sql);
        page.apply(&mut sql, "t.instructed_id");
        sql
    }

    fn apply(&self, sql: &mut Sql) {
        if let Some(participant) = self.participant {
            let id = i64::from(participant.0);
            match self.side {
                Side::DebtorAgent => {
                    sql.bind(" AND t.debtor_agent = ", id);
                }
                Side::CreditorAgent => {
                    sql.bind(" AND t.creditor_agent = ", id);
                }
                Side::Provider => {
                    sql.push(" AND (");
                    provided(sql, id);
                    sql.push(")");
                }
                Side::Either => {
                    sql.bind(" AND (t.debtor_agent = ", id);
                    sql.bind(" OR t.creditor_agent = ", id);
                    sql.push(" OR ");
                    provided(sql, id);
                    sql.push(")");
                }
            }
        }
        if let Some(status) = &self.status {
            sql.bind(" AND t.status = ", status.clone());
            if ["pending", "queued"].contains(&status.as_str()) {
                // In the words of the index of open transfers: a parameter does not tell that these are.
                sql.push(" AND t.status IN ('pending', 'queued')");
            }
        }
        if let Some(currency) = self.currency {
            sql.bind(" AND t.currency = ", currency.to_string());
        }
        if let Some(window) = self.window {
            sql.bind(" AND t.window_id = ", i64::from(window.0));
        }
        if let Some(quote) = self.quote {
            sql.bind(" AND x.provider = ", i64::from(quote.provider.0));
            sql.bind(" AND x.quote_reference = ", reference_text(&quote.reference.0));
        }
        if let Some(from) = self.instructed_from {
            sql.bind(" AND t.instructed_at >= ", clamped(from));
        }
        if let Some(until) = self.instructed_until {
            sql.bind(" AND t.instructed_at < ", clamped(until));
        }
    }
}

pub(super) fn transfer(row: &AnyRow) -> Result<TransferRow, IndexError> {
    let currency = currency(row, "currency")?;
    let settled = row.maybe_text("paid_status")?.as_deref() == Some("settled");
    let paid_at: Option<Seconds> = row.maybe_number("paid_at")?;
    let window = row.maybe_number("window_id")?.map(WindowId);
    let settled_in = row.maybe_number("settled_in")?.map(WindowId);
    Ok(TransferRow {
        uetr: row.parsed("uetr")?,
        debtor_agent: ParticipantId(row.number("debtor_agent")?),
        creditor_agent: ParticipantId(row.number("creditor_agent")?),
        interbank_settlement_amount: Money::new(currency, row.parsed("minor_units")?),
        interbank_settlement_date: row.number("settlement_date")?,
        charge_bearer: row.text("charge_bearer")?,
        settlement_method: row.text("settlement_method")?,
        expires_at: row.number("expires_at")?,
        message_digest: row.hex("message_digest")?,
        status: row.text("status")?,
        reason: row.maybe_parsed("reason")?,
        returned_minor_units: row.parsed("returned_minor_units")?,
        window: window.map(|window| BookedIn {
            window,
            settled_in: settled_in.unwrap_or(window),
            settled_at: paid_at.filter(|_| settled),
        }),
        exchange: exchange(row)?,
        instructed: EventId(row.int("instructed_id")?),
        instructed_at: row.number("instructed_at")?,
        updated: EventId(row.int("updated_id")?),
        updated_at: row.number("updated_at")?,
    })
}

fn exchange(row: &AnyRow) -> Result<Option<ExchangeRow>, IndexError> {
    let Some(provider) = row.maybe_number("provider")? else {
        return Ok(None);
    };
    let credited = currency(row, "credited_currency")?;
    Ok(Some(ExchangeRow {
        quote: QuoteId {
            provider: ParticipantId(provider),
            reference: Reference(row.hex("quote_reference")?),
        },
        credited: Money::new(credited, row.parsed("credited_minor_units")?),
        remainder: row.parsed("remainder")?,
        spread_minor_units: row.parsed("spread_minor_units")?,
        sent_back_minor_units: row.parsed("sent_back_minor_units")?,
        unwind: row.parsed("unwind")?,
    }))
}

fn quoted_return(row: &AnyRow) -> Result<QuotedReturnRow, IndexError> {
    Ok(QuotedReturnRow {
        id: EventId(row.int("id")?),
        uetr: row.parsed("uetr")?,
        reference: Reference(row.hex("reference")?),
        quote: QuoteId {
            provider: ParticipantId(row.number("provider")?),
            reference: Reference(row.hex("quote_reference")?),
        },
        sent_back_minor_units: row.parsed("sent_back_minor_units")?,
        given_back_minor_units: row.parsed("given_back_minor_units")?,
        remainder: row.parsed("remainder")?,
        spread_minor_units: row.parsed("spread_minor_units")?,
    })
}

fn change(row: &AnyRow) -> Result<TransferEventRow, IndexError> {
    Ok(TransferEventRow {
        id: EventId(row.int("id")?),
        uetr: row.parsed("uetr")?,
        extrinsic_index: row.maybe_number("extrinsic_index")?,
        at: row.number("at")?,
        change: row.text("change")?,
        status: row.text("status")?,
        minor_units: row.maybe_parsed("minor_units")?,
        reason: row.maybe_parsed("reason")?,
        reference: row.maybe_hex("reference")?,
        window: row.maybe_number("window_id")?.map(WindowId),
        caller: row.maybe_hex("caller")?,
    })
}

/// A currency's three letters.
pub(super) fn currency(row: &AnyRow, column: &str) -> Result<Currency, IndexError> {
    let text = row.text(column)?;
    let code = text.as_bytes().try_into().ok();
    code.and_then(Currency::new).ok_or_else(|| damaged(column, &text))
}

/// A reference as the index writes it.
pub(crate) fn reference_text(reference: &[u8; 16]) -> String {
    hex(reference)
}
