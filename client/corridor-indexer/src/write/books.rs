//! What is in memory: everything a later event may change, and the rows that were made since the last transaction.

use super::{
    rows::{row, Row, Value},
    table::{self, Table},
};
use crate::{query::movements::Balances, EventId};
use corridor_client::core::{
    registry::CurrencyEntry, Address, Currency, Money, NetResult, ParticipantId, Quote, QuoteId, ReasonCode,
    Terms, Uetr, Unwind, WindowId,
};
use corridor_client::AccountId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where in the chain an event is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) id: EventId,
    /// Block time in seconds.
    pub(crate) at: u64,
    /// `None` where no extrinsic made it.
    pub(crate) extrinsic_index: Option<u32>,
    /// Who signed the call.
    pub(crate) caller: Option<Address>,
}

/// Why an event cannot be taken into the books, which are doubtful from there on. It is kept as emitted, and counted. What an event
/// only does not bring is a note ([`Books::remark`]).
pub(crate) type Problem = String;

#[derive(Clone, Debug)]
pub(crate) struct Position {
    pub(crate) balances: Balances,
    pub(crate) cap: u64,
    pub(crate) updated: EventId,
}

#[derive(Clone, Debug)]
pub(crate) struct Transfer {
    pub(crate) terms: Terms,
    pub(crate) status: String,
    pub(crate) reason: Option<ReasonCode>,
    pub(crate) returned_minor_units: u128,
    pub(crate) window: Option<WindowId>,
    pub(crate) instructed: EventId,
    pub(crate) instructed_at: u64,
    pub(crate) updated: EventId,
    pub(crate) updated_at: u64,
}

/// What a transfer in two currencies has besides.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) quote: QuoteId,
    pub(crate) credited: Money,
    pub(crate) remainder: u64,
    pub(crate) spread_minor_units: u128,
    pub(crate) sent_back_minor_units: u128,
    pub(crate) unwind: Unwind,
}

/// Which agent bears a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FeeSide {
    Debtor,
    Creditor,
}

impl FeeSide {
    pub(crate) const BOTH: [Self; 2] = [Self::Debtor, Self::Creditor];

    /// As the index writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debtor => "debtor",
            Self::Creditor => "creditor",
        }
    }
}

/// One agent's fee.
#[derive(Clone, Debug)]
pub(crate) struct Fee {
    pub(crate) payer: ParticipantId,
    pub(crate) payee: ParticipantId,
    pub(crate) amount: Money,
    pub(crate) status: String,
    /// Where it was fixed; the ordinal tells a transfer's two apart.
    pub(crate) id: EventId,
    pub(crate) updated: EventId,
    pub(crate) updated_at: u64,
}

/// A quote on the chain's table.
#[derive(Clone, Debug)]
pub(crate) struct ListedQuote {
    pub(crate) id: EventId,
    pub(crate) published: bool,
    pub(crate) withdrawn: bool,
    pub(crate) used_minor_units: u128,
    pub(crate) terms: Option<Quote>,
    pub(crate) updated: EventId,
    pub(crate) updated_at: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) status: String,
    pub(crate) postings: u64,
    pub(crate) posted_minor_units: u128,
    pub(crate) net_minor_units: Option<u128>,
    pub(crate) gross_minor_units: Option<u128>,
    pub(crate) participants: Option<u16>,
    pub(crate) closed_at: Option<u64>,
    pub(crate) settled_in: WindowId,
    pub(crate) opened: EventId,
    pub(crate) ended: Option<EventId>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct WindowPosition {
    pub(crate) debits: u128,
    pub(crate) credits: u128,
    pub(crate) carried_over: i128,
    pub(crate) net: i128,
}

/// What later events need of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) id: EventId,
    pub(crate) currency: Currency,
    pub(crate) parts: Vec<BatchPart>,
}

#[derive(Clone, Debug)]
pub(crate) struct BatchPart {
    pub(crate) creditor_agent: ParticipantId,
    pub(crate) items: u16,
    pub(crate) minor_units: u64,
    pub(crate) status: String,
    pub(crate) reason: Option<ReasonCode>,
    pub(crate) window: Option<WindowId>,
    pub(crate) booked_minor_units: Option<u64>,
    pub(crate) excepted_items: u16,
    pub(crate) updated: EventId,
    pub(crate) updated_at: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Participant {
    pub(crate) name: String,
    pub(crate) admin: Address,
    pub(crate) proposed_admin: Option<Address>,
    pub(crate) suspended: bool,
    pub(crate) registered: EventId,
}

pub(crate) type PositionKey = (ParticipantId, Currency);
pub(crate) type WindowKey = (Currency, WindowId);
pub(crate) type BatchKey = (ParticipantId, u32);
pub(crate) type FeeKey = (Uetr, FeeSide);

/// Entries by key, and which of them have to be written.
#[derive(Debug)]
pub(crate) struct Entries<K, V> {
    entries: HashMap<K, V>,
    changed: BTreeSet<K>,
}

impl<K, V> Default for Entries<K, V> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            changed: BTreeSet::new(),
        }
    }
}

impl<K: Ord + std::hash::Hash + Clone, V> Entries<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    /// To change it: it will be written.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let entry = self.entries.get_mut(key)?;
        self.changed.insert(key.clone());
        Some(entry)
    }

    /// A new or replaced one: it will be written.
    pub(crate) fn set(&mut self, key: K, value: V) {
        self.changed.insert(key.clone());
        self.entries.insert(key, value);
    }

    /// To change it, made where there is none: it will be written.
    pub(crate) fn entry(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        self.changed.insert(key.clone());
        self.entries.entry(key).or_insert_with(new)
    }

    /// One that was read from the database.
    pub(crate) fn put(&mut self, key: K, value: V) {
        self.entries.insert(key, value);
    }

    /// To fill in what was read from the database, made where there is none.
    pub(crate) fn loaded(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.entries.entry(key).or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter()
    }

    /// Forgets what nobody will ask for again. Not before it is written.
    pub(crate) fn retain(&mut self, keep: impl Fn(&K, &V) -> bool) {
        let changed = &self.changed;
        self.entries
            .retain(|key, value| changed.contains(key) || keep(key, value));
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Rows of what has changed, by key.
    fn drain(&mut self, row: impl Fn(&K, &V) -> Row) -> Vec<Row> {
        let changed = std::mem::take(&mut self.changed);
        let entries = changed
            .iter()
            .filter_map(|key| Some((key, self.entries.get(key)?)));
        entries.map(|(key, value)| row(key, value)).collect()
    }
}

/// Transfers, with their fees and quotes, and batches that nobody may ask for again are forgotten beyond so many.
const REMEMBERED: usize = 100_000;

/// So many rows of a table are worth a statement before the transaction's end. Not more, as the database waits for the first.
const MANY: usize = 1_024;

/// Everything in memory.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) positions: Entries<PositionKey, Position>,
    pub(crate) transfers: Entries<Uetr, Transfer>,
    pub(crate) exchanges: Entries<Uetr, Exchange>,
    pub(crate) fees: Entries<FeeKey, Fee>,
    pub(crate) quotes: Entries<QuoteId, ListedQuote>,
    pub(crate) windows: Entries<WindowKey, Window>,
    /// Of windows that have not ended, all of a window together.
    pub(crate) window_positions: Entries<WindowKey, BTreeMap<ParticipantId, WindowPosition>>,
    pub(crate) batches: Entries<BatchKey, Batch>,
    pub(crate) participants: Entries<ParticipantId, Participant>,
    pub(crate) currencies: Entries<Currency, (CurrencyEntry, EventId)>,
    /// Signers as people and as contracts see them: both take hashing, and few sign again and again.
    signers: HashMap<AccountId, (String, Address)>,
    /// The currency each token is the money of.
    pub(crate) tokens: HashMap<Address, Currency>,
    /// Results of a window whose end has not been reported yet: it follows in the same call.
    pub(crate) results: HashMap<WindowKey, Vec<NetResult>>,
    /// Rows of tables whose rows are only added.
    rows: HashMap<&'static str, Vec<Row>>,
    /// Rows of small tables that are replaced.
    replaced: BTreeMap<(&'static str, String), Row>,
    /// Items that turned out not to be accepted.
    pub(crate) excepted: Vec<(EventId, u16)>,
    /// Which details the event under way does not bring.
    pub(crate) note: Option<&'static str>,
}

/// Everything to write, in the order to write it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) rows: Vec<(&'static Table, Vec<Row>)>,
    pub(crate) excepted: Vec<(EventId, u16)>,
}

impl Books {
    /// A signer as people and as contracts see it.
    pub(crate) fn signer(&mut self, account: AccountId) -> (&str, Address) {
        if self.signers.len() > REMEMBERED {
            self.signers.clear();
        }
        let new = || (account.to_string(), account.address());
        let (text, address) = self.signers.entry(account).or_insert_with(new);
        (text, *address)
    }

    /// Notes that the event under way does not bring a detail. The books are right without it.
    pub(crate) fn remark(&mut self, missing: &'static str) {
        self.note = Some(missing);
    }

    /// Adds a row of a table whose rows are only added.
    pub(crate) fn add(&mut self, table: &'static Table, row: Row) {
        self.rows.entry(table.name).or_default().push(row);
    }

    /// Replaces a row that is identified by its first column, a text.
    pub(crate) fn replace(&mut self, table: &'static Table, row: Row) {
        if let Some(Value::Text(key)) = row.first() {
            self.replaced.insert((table.name, key.clone()), row);
        }
    }

    /// Takes out rows that are only added, of tables that have many of them: they need not wait for the rest.
    pub(crate) fn ripe(&mut self) -> Vec<(&'static Table, Vec<Row>)> {
        let mut ripe = Vec::new();
        for table in table::ALL {
            if let Some(rows) = self.rows.get_mut(table.name).filter(|rows| rows.len() >= MANY) {
                ripe.push((*table, std::mem::take(rows)));
            }
        }
        ripe
    }

    /// Takes out what has to be written.
    pub(crate) fn changes(&mut self) -> Changes {
        let mut rows = Vec::new();
        for table in table::ALL {
            let mut of_table = self.rows.remove(table.name).unwrap_or_default();
            of_table.extend(self.changed(table));
            if !of_table.is_empty() {
                rows.push((*table, of_table));
            }
        }
        self.forget_ended_windows();
        if self.transfers.len() > REMEMBERED || self.quotes.len() > REMEMBERED {
            // Together: where a transfer is in memory, its fees and its quote are.
            self.transfers.clear();
            self.exchanges.clear();
            self.fees.clear();
            self.quotes.clear();
        }
        if self.batches.len() > REMEMBERED {
            self.batches.clear();
        }
        Changes {
            rows,
            excepted: std::mem::take(&mut self.excepted),
        }
    }

    fn changed(&mut self, table: &'static Table) -> Vec<Row> {
        match table.name {
            "positions" => self.positions.drain(position_row),
            "transfers" => self.transfers.drain(transfer_row),
            "exchanges" => self.exchanges.drain(exchange_row),
            "fees" => self.fees.drain(fee_row),
            "quotes" => self.quotes.drain(quote_row),
            "windows" => self.windows.drain(window_row),
            "window_positions" => {
                let rows = self.window_positions.drain(window_position_rows);
                rows.into_iter()
                    .flat_map(|rows| unfold(rows, &table::WINDOW_POSITIONS))
                    .collect()
            }
            "batch_parts" => {
                let rows = self.batches.drain(batch_part_rows);
                rows.into_iter()
                    .flat_map(|rows| unfold(rows, &table::BATCH_PARTS))
                    .collect()
            }
            "participants" => self.participants.drain(participant_row),
            "currencies" => self.currencies.drain(currency_row),
            name => {
                let (rows, rest) = std::mem::take(&mut self.replaced)
                    .into_iter()
                    .partition(|((of, _), _)| *of == name);
                let rows: BTreeMap<_, Row> = rows;
                self.replaced = rest;
                rows.into_values().collect()
            }
        }
    }
}

fn position_row((participant, currency): &PositionKey, position: &Position) -> Row {
    let Balances {
        available,
        reserved,
        collateral,
        net,
    } = position.balances;
    row![
        participant.0,
        currency.as_str(),
        available,
        reserved,
        collateral,
        net,
        u128::from(position.cap),
        position.updated.0,
    ]
}

fn transfer_row(uetr: &Uetr, transfer: &Transfer) -> Row {
    let terms = &transfer.terms;
    row![
        uetr.to_string(),
        terms.debtor_agent.0,
        terms.creditor_agent.0,
        terms.currency().as_str(),
        terms.minor_units(),
        terms.interbank_settlement_date,
        terms.charge_bearer.code(),
        super::transfer::method_name(terms.settlement_method),
        terms.expires_at,
        &terms.message_digest,
        transfer.status.clone(),
        transfer.reason.map(|reason| reason.to_string()),
        transfer.returned_minor_units,
        transfer.window.map(|window| window.0),
        transfer.instructed.0,
        transfer.instructed_at,
        transfer.updated.0,
        transfer.updated_at,
    ]
}

fn exchange_row(uetr: &Uetr, exchange: &Exchange) -> Row {
    row![
        uetr.to_string(),
        exchange.quote.provider.0,
        &exchange.quote.reference.0,
        exchange.credited.currency.as_str(),
        exchange.credited.minor_units,
        u128::from(exchange.remainder),
        exchange.spread_minor_units,
        exchange.sent_back_minor_units,
        exchange.unwind.name(),
    ]
}

fn fee_row((uetr, side): &FeeKey, fee: &Fee) -> Row {
    row![
        fee.id.0,
        uetr.to_string(),
        side.name(),
        fee.payer.0,
        fee.payee.0,
        fee.amount.currency.as_str(),
        fee.amount.minor_units,
        fee.status.clone(),
        fee.updated.0,
        fee.updated_at,
    ]
}

fn quote_row(id: &QuoteId, quote: &ListedQuote) -> Row {
    let terms = quote.terms.as_ref();
    row![
        quote.id.0,
        id.provider.0,
        &id.reference.0,
        if quote.published { "published" } else { "signed" },
        quote.withdrawn,
        quote.used_minor_units,
        terms.map(|terms| terms.provider_buys.to_string()),
        terms.map(|terms| terms.provider_sells.to_string()),
        terms.map(|terms| terms.rate.numerator),
        terms.map(|terms| terms.rate.denominator),
        terms.map(|terms| terms.spread_basis_points),
        terms.map(|terms| terms.minimum_minor_units),
        terms.map(|terms| terms.maximum_minor_units),
        terms.and_then(|terms| terms.counterparty).map(|only| only.0),
        terms.map(|terms| terms.expires_at),
        terms.map(|terms| terms.hold_seconds),
        terms.map(|terms| terms.unwind_seconds),
        quote.updated.0,
        quote.updated_at,
    ]
}

fn window_row((currency, window): &WindowKey, entry: &Window) -> Row {
    row![
        currency.as_str(),
        window.0,
        entry.status.clone(),
        entry.postings,
        entry.posted_minor_units,
        entry.net_minor_units,
        entry.gross_minor_units,
        entry.participants,
        entry.closed_at,
        entry.settled_in.0,
        entry.opened.0,
        entry.ended.map(|id| id.0),
    ]
}

/// All positions of a window, one after the other.
fn window_position_rows(
    (currency, window): &WindowKey,
    positions: &BTreeMap<ParticipantId, WindowPosition>,
) -> Row {
    let positions = positions.iter().flat_map(|(participant, entry)| {
        row![
            currency.as_str(),
            window.0,
            participant.0,
            entry.debits,
            entry.credits,
            entry.carried_over,
            entry.net,
        ]
    });
    positions.collect()
}

/// All parts of a batch, one after the other.
fn batch_part_rows(_: &BatchKey, batch: &Batch) -> Row {
    let parts = batch.parts.iter().zip(0u16..).flat_map(|(part, place)| {
        row![
            batch.id.0,
            part.creditor_agent.0,
            place,
            part.items,
            u128::from(part.minor_units),
            part.status.clone(),
            part.reason.map(|reason| reason.to_string()),
            part.window.map(|window| window.0),
            part.booked_minor_units.map(u128::from),
            part.excepted_items,
            part.updated.0,
            part.updated_at,
        ]
    });
    parts.collect()
}

/// The single rows of a table that were written one after the other.
fn unfold(rows: Row, table: &Table) -> Vec<Row> {
    rows.chunks(table.columns.len()).map(<[Value]>::to_vec).collect()
}

fn participant_row(id: &ParticipantId, entry: &Participant) -> Row {
    row![
        id.0,
        entry.name.clone(),
        &entry.admin,
        entry.proposed_admin.as_ref(),
        entry.suspended,
        entry.registered.0,
    ]
}

fn currency_row(currency: &Currency, (entry, registered): &(CurrencyEntry, EventId)) -> Row {
    row![currency.as_str(), entry.exponent, &entry.token, registered.0]
}
