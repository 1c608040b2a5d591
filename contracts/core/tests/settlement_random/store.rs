//! What the contract keeps. Whatever is written goes through here, and nothing final is written again.

use crate::common::NOW;
use corridor_core::batch_life::LegStatus;
use corridor_core::{
    BatchRecord, Books, ChargedTransfer, Charges, CorridorControls, Currency, Error, FxTransfer, Gate,
    Limited, NetEntry, NetPage, NetPages, Operation, PairPage, ParticipantId, Position, PositionPage, Queued,
    QuoteId, QuoteState, Reference, Schedule, Transfer, TransferStatus, Uetr, WindowId, WindowRecord,
};
use std::collections::BTreeMap;

/// Five participants on three pages of positions, two of them on one page of net positions.
pub const IDS: [ParticipantId; 5] = [
    ParticipantId(0),
    ParticipantId(1),
    ParticipantId(11),
    ParticipantId(12),
    ParticipantId(30),
];

/// Pages of net positions of a currency.
pub const NET_PAGES: u16 = 8;

pub fn currencies() -> [Currency; 3] {
    ["CNY", "HKD", "JPY"].map(|code| code.parse().expect("a currency"))
}

/// A currency that is not registered.
pub fn unregistered() -> Currency {
    "KWD".parse().expect("a currency")
}

/// Whose limits, towards whom, in what.
pub type Scope = (ParticipantId, Option<ParticipantId>, Currency);

/// What is recorded under a UETR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    Plain(ChargedTransfer),
    Fx(FxTransfer),
}

impl Record {
    pub fn transfer(&self) -> &Transfer {
        match self {
            Self::Plain(record) => &record.transfer,
            Self::Fx(record) => &record.transfer,
        }
    }

    pub fn charges(&self) -> &Charges {
        match self {
            Self::Plain(record) => &record.charges,
            Self::Fx(record) => &record.charges,
        }
    }

    pub fn status(&self) -> TransferStatus {
        self.transfer().status
    }

    /// Ended, without settlement or returned in full.
    pub fn is_final(&self) -> bool {
        matches!(
            self.status(),
            TransferStatus::Rejected
                | TransferStatus::Cancelled
                | TransferStatus::Expired
                | TransferStatus::Returned
        )
    }
}

#[derive(Clone)]
pub struct Store {
    pub now: u64,
    pub gate: Gate,
    pub schedule: Schedule,
    positions: BTreeMap<(Currency, u16), PositionPage>,
    net: BTreeMap<(Currency, u16), NetPage>,
    pairs: BTreeMap<(Currency, (u16, u16)), PairPage>,
    windows: BTreeMap<(Currency, WindowId), WindowRecord>,
    transfers: BTreeMap<Uetr, Record>,
    operations: BTreeMap<(ParticipantId, Reference), Operation>,
    quotes: BTreeMap<QuoteId, QuoteState>,
    pub corridors: BTreeMap<(ParticipantId, ParticipantId, Currency), CorridorControls>,
    pub limits: BTreeMap<(ParticipantId, Currency), Limited>,
    pub queues: BTreeMap<Currency, Vec<Queued>>,
    batches: BTreeMap<(ParticipantId, u32), BatchRecord>,
}

impl Store {
    pub fn new() -> Self {
        let pages = |count| {
            currencies()
                .into_iter()
                .flat_map(move |code| (0..count).map(move |number| (code, number)))
        };
        Self {
            now: NOW,
            gate: Gate {
                participants: 31,
                ..Gate::default()
            },
            schedule: Schedule {
                anchor: NOW - 86_400,
                length: 3_600,
                cut_off: 600,
                utc_offset: 28_800,
                exceptions: vec![19_680, 19_681, 19_700],
            },
            positions: pages(3).map(|key| (key, PositionPage::default())).collect(),
            net: pages(NET_PAGES).map(|key| (key, NetPage::default())).collect(),
            pairs: BTreeMap::new(),
            windows: BTreeMap::new(),
            transfers: BTreeMap::new(),
            operations: BTreeMap::new(),
            quotes: BTreeMap::new(),
            corridors: BTreeMap::new(),
            limits: BTreeMap::new(),
            queues: BTreeMap::new(),
            batches: BTreeMap::new(),
        }
    }

    /// [`Error::UnknownCurrency`] unless it is registered.
    pub fn known_currency(&self, currency: Currency) -> Result<(), Error> {
        let known = currencies().contains(&currency);
        known.then_some(()).ok_or(Error::UnknownCurrency)
    }

    /// Nothing, in a currency that is not registered.
    pub fn position(&self, id: ParticipantId, currency: Currency) -> Position {
        let page = self.positions.get(&(currency, PositionPage::number_of(id)));
        page.map(|page| page.get(id)).unwrap_or_default()
    }

    pub fn set_position(&mut self, id: ParticipantId, currency: Currency, position: Position) {
        let key = (currency, PositionPage::number_of(id));
        self.positions.entry(key).or_default().set(id, position);
    }

    pub fn position_page(&self, currency: Currency, number: u16) -> &PositionPage {
        &self.positions[&(currency, number)]
    }

    pub fn books(&self, keys: &[(ParticipantId, Currency)]) -> Books {
        Books::load(keys, |id, currency| self.position(id, currency))
    }

    pub fn write(&mut self, books: &Books) {
        for entry in books.entries() {
            self.set_position(entry.participant, entry.currency, entry.position);
        }
    }

    pub fn net_page(&self, currency: Currency, number: u16) -> &NetPage {
        &self.net[&(currency, number)]
    }

    pub fn entry(&self, id: ParticipantId, currency: Currency) -> NetEntry {
        self.net_page(currency, NetPage::number_of(id)).get(id)
    }

    pub fn set_entry(&mut self, id: ParticipantId, currency: Currency, entry: NetEntry) {
        let key = (currency, NetPage::number_of(id));
        self.net.entry(key).or_default().set(id, entry);
    }

    pub fn pages(
        &self,
        currency: Currency,
        debtor: ParticipantId,
        creditor: ParticipantId,
        window: WindowId,
    ) -> Result<NetPages, Error> {
        let [from, to] = [debtor, creditor].map(NetPage::number_of);
        let mut creditor_pages = None;
        if from != to {
            let mut pairs = self.pair_page(currency, debtor, creditor);
            pairs.roll(window, |booked_in| {
                let (settles_in, record) = self.settled_in(currency, booked_in);
                Ok(record.is_none().then_some(settles_in))
            })?;
            creditor_pages = Some((self.net_page(currency, to).clone(), pairs));
        }
        Ok(NetPages {
            debtor: self.net_page(currency, from).clone(),
            creditor: creditor_pages,
        })
    }

    fn pair_page(&self, currency: Currency, a: ParticipantId, b: ParticipantId) -> PairPage {
        let key = (currency, PairPage::numbers_of(a, b));
        self.pairs.get(&key).cloned().unwrap_or_default()
    }

    /// What two participants owe each other in windows that have not settled.
    pub fn bilateral(
        &self,
        of: ParticipantId,
        with: ParticipantId,
        currency: Currency,
    ) -> BTreeMap<WindowId, i128> {
        let [from, to] = [of, with].map(NetPage::number_of);
        let booked = if from == to {
            self.net_page(currency, from).bilateral(of, with)
        } else {
            self.pair_page(currency, of, with).booked(of, with)
        };
        let mut outstanding = BTreeMap::new();
        for position in booked.expect("two participants") {
            let (window, record) = self.settled_in(currency, position.window);
            if position.net_minor_units != 0 && record.is_none() {
                *outstanding.entry(window).or_default() += i128::from(position.net_minor_units);
            }
        }
        outstanding
    }

    pub fn write_pages(
        &mut self,
        currency: Currency,
        debtor: ParticipantId,
        creditor: ParticipantId,
        pages: NetPages,
    ) {
        let [from, to] = [debtor, creditor].map(NetPage::number_of);
        self.net.insert((currency, from), pages.debtor);
        if let Some((page, pairs)) = pages.creditor {
            self.net.insert((currency, to), page);
            let key = (currency, PairPage::numbers_of(debtor, creditor));
            self.pairs.insert(key, pairs);
        }
    }

    pub fn write_net(&mut self, currency: Currency, number: u16, net: NetPage) {
        self.net.insert((currency, number), net);
    }

    pub fn write_positions(&mut self, currency: Currency, number: u16, positions: PositionPage) {
        self.positions.insert((currency, number), positions);
    }

    pub fn windows(&self) -> &BTreeMap<(Currency, WindowId), WindowRecord> {
        &self.windows
    }

    pub fn write_window(&mut self, currency: Currency, record: WindowRecord) {
        let before = self.windows.insert((currency, record.window), record);
        assert_eq!(before, None, "a window ends once");
    }

    /// The window in which what was netted in `window` settles, and its record if it has ended.
    pub fn settled_in(&self, currency: Currency, mut window: WindowId) -> (WindowId, Option<WindowRecord>) {
        loop {
            let record = self.windows.get(&(currency, window)).copied();
            match record.and_then(|record| record.carried_over_to()) {
                Some(later) => window = later,
                None => return (window, record),
            }
        }
    }

    pub fn transfers(&self) -> &BTreeMap<Uetr, Record> {
        &self.transfers
    }

    pub fn write_transfer(&mut self, uetr: Uetr, record: Record) {
        let Some(before) = self.transfers.insert(uetr, record) else {
            assert_eq!(record.status(), TransferStatus::Pending);
            return;
        };
        let (was, is) = (before.transfer(), record.transfer());
        assert!(!before.is_final(), "{before:?} was final");
        assert!(follows(was.status, is.status), "{} to {}", was.status, is.status);
        assert_eq!(was.terms, is.terms);
        assert_eq!(was.instructed_at, is.instructed_at);
        assert_eq!(before.charges(), record.charges());
        match (before, record) {
            (Record::Plain(_), Record::Plain(_)) => {}
            (Record::Fx(was), Record::Fx(is)) => {
                assert_eq!((was.fx, was.remainder), (is.fx, is.remainder));
                assert_eq!(was.unwind_until, is.unwind_until);
            }
            _ => panic!("a transfer stays of its kind"),
        }
    }

    pub fn operation(&self, id: ParticipantId, reference: Reference) -> Option<Operation> {
        self.operations.get(&(id, reference)).copied()
    }

    pub fn write_operation(&mut self, id: ParticipantId, reference: Reference, operation: Operation) {
        let before = self.operations.insert((id, reference), operation);
        assert_eq!(before, None, "one effect for each reference");
    }

    pub fn quotes(&self) -> &BTreeMap<QuoteId, QuoteState> {
        &self.quotes
    }

    pub fn write_quote(&mut self, state: QuoteState) {
        if let Some(before) = self.quotes.insert(state.quote.id, state) {
            assert_eq!(before.quote, state.quote);
            assert!(state.withdrawn || !before.withdrawn);
        }
    }

    pub fn batches(&self) -> &BTreeMap<(ParticipantId, u32), BatchRecord> {
        &self.batches
    }

    pub fn write_batch(&mut self, number: u32, record: &BatchRecord) {
        let key = (record.debtor_agent, number);
        let Some(before) = self.batches.insert(key, record.clone()) else {
            return;
        };
        assert_eq!(before.legs.len(), record.legs.len());
        for (was, is) in before.legs.iter().zip(&record.legs) {
            assert!(was == is || was.status == LegStatus::Pending, "answered once");
            assert_eq!((was.creditor_agent, was.total), (is.creditor_agent, is.total));
        }
        assert_eq!((before.root, before.limits()), (record.root, record.limits()));
    }
}

/// The life of a transfer, as its documentation draws it.
fn follows(was: TransferStatus, is: TransferStatus) -> bool {
    use TransferStatus::{
        Cancelled, Expired, Netted, PartlyReturned, Pending, Queued, Rejected, Returned, Settled,
    };
    match was {
        Pending => !matches!(is, Pending | PartlyReturned | Returned),
        Queued => matches!(is, Settled | Cancelled | Expired),
        Settled | Netted(_) | PartlyReturned => matches!(is, PartlyReturned | Returned),
        Rejected | Cancelled | Expired | Returned => false,
    }
}
