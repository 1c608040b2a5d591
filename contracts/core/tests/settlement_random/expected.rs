//! What the books should hold, worked out from the records alone.

use crate::account::Quoted;
use crate::store::{Record, Store, IDS};
use corridor_core::batch_life::{Leg, LegStatus};
use corridor_core::tariff::Fee;
use corridor_core::{
    BatchRecord, Currency, FxTransfer, NetPage, ParticipantId, QuoteId, SettlementMethod, TransferStatus,
    Uetr, Unwind, WindowId,
};
use std::collections::BTreeMap;

/// A number for each participant and currency.
#[derive(Clone, Default)]
pub struct Table(pub [[i128; 3]; 5]);

pub fn place_of(id: ParticipantId) -> usize {
    IDS.iter().position(|other| *other == id).expect("one of five")
}

pub fn column_of(currency: Currency) -> usize {
    match currency {
        Currency::CNY => 0,
        Currency::HKD => 1,
        _ => 2,
    }
}

impl Table {
    pub fn add(&mut self, id: ParticipantId, column: usize, minor_units: i128) {
        self.0[place_of(id)][column] += minor_units;
    }

    pub fn pay(&mut self, from: ParticipantId, to: ParticipantId, column: usize, minor_units: u128) {
        self.add(from, column, -signed(minor_units));
        self.add(to, column, signed(minor_units));
    }
}

pub fn signed(minor_units: u128) -> i128 {
    i128::try_from(minor_units).expect("small")
}

/// What should be booked.
#[derive(Default)]
pub struct Expected {
    pub wealth: Table,
    pub reserved: Table,
    /// By currency and window: everybody's net, in the order of [`IDS`], and the sum of what was posted.
    pub posted: BTreeMap<(usize, WindowId), ([i128; 5], u128)>,
    /// By currency, window and two participants, the lower first: credits of the one from the other less debits.
    pub between: BTreeMap<(usize, WindowId, ParticipantId, ParticipantId), i128>,
    pub used: BTreeMap<QuoteId, u128>,
    pub queued: [Vec<Uetr>; 3],
}

impl Expected {
    fn post(&mut self, column: usize, window: WindowId, from: ParticipantId, to: ParticipantId, by: u128) {
        let (nets, gross) = self.posted.entry((column, window)).or_default();
        nets[place_of(from)] -= signed(by);
        nets[place_of(to)] += signed(by);
        *gross += by;
        let credit = if from < to { -signed(by) } else { signed(by) };
        let key = (column, window, from.min(to), from.max(to));
        *self.between.entry(key).or_default() += credit;
    }

    /// Paid if the window has settled, else outstanding.
    fn net(
        &mut self,
        store: &Store,
        currency: Currency,
        window: WindowId,
        from: ParticipantId,
        to: ParticipantId,
        by: u128,
    ) {
        let column = column_of(currency);
        let (window, record) = store.settled_in(currency, window);
        match record {
            Some(record) => {
                assert!(record.has_settled());
                self.wealth.pay(from, to, column, by);
            }
            None => self.post(column, window, from, to, by),
        }
    }

    fn fee(&mut self, from: ParticipantId, column: usize, fee: Option<Fee>) {
        if let Some(fee) = fee {
            self.wealth.pay(from, fee.to, column, u128::from(fee.minor_units));
        }
    }

    pub fn transfer(&mut self, store: &Store, uetr: Uetr, record: &Record, returned: u128) {
        let transfer = record.transfer();
        let status = transfer.status;
        if matches!(
            status,
            TransferStatus::Rejected | TransferStatus::Cancelled | TransferStatus::Expired
        ) {
            assert_eq!(returned, 0);
            return;
        }
        let terms = &transfer.terms;
        let (from, to) = (terms.debtor_agent, terms.creditor_agent);
        let (column, charges) = (column_of(terms.currency()), record.charges());
        let open = matches!(status, TransferStatus::Pending | TransferStatus::Queued);
        let debtor_fee = signed(charges.debtor_minor_units());
        if open {
            assert_eq!(returned, 0);
            self.reserved.add(from, column, debtor_fee);
        }
        let record = match record {
            Record::Fx(record) => return self.fx(record, open, returned),
            Record::Plain(record) => record,
        };
        match status {
            TransferStatus::Pending => {
                if terms.settlement_method == SettlementMethod::Gross {
                    self.reserved.add(from, column, signed(terms.minor_units()));
                }
                return;
            }
            TransferStatus::Queued => {
                self.queued[column].push(uetr);
                let fee = signed(charges.creditor_minor_units());
                self.reserved.add(to, column, fee);
                return;
            }
            TransferStatus::Netted(window) => {
                self.net(store, terms.currency(), window, from, to, terms.minor_units());
            }
            _ => self.wealth.pay(from, to, column, terms.minor_units()),
        }
        self.fee(from, column, charges.debtor);
        self.fee(to, column, charges.creditor);
        self.wealth.pay(to, from, column, returned);
        assert_eq!(record.transfer.returned_minor_units, returned);
        check_returned(status, returned, terms.minor_units());
    }

    fn fx(&mut self, record: &FxTransfer, open: bool, sent: u128) {
        let terms = &record.transfer.terms;
        let (a, b) = (terms.minor_units(), record.fx.credited.minor_units);
        let (debtor, provider, creditor) =
            (terms.debtor_agent, record.fx.quote.provider, terms.creditor_agent);
        let (ca, cb) = (
            column_of(terms.currency()),
            column_of(record.fx.credited.currency),
        );
        *self.used.entry(record.fx.quote).or_default() += a;
        if open {
            self.reserved.add(debtor, ca, signed(a));
            self.reserved.add(provider, cb, signed(b));
            return;
        }
        let given = record.transfer.returned_minor_units;
        assert_eq!(record.sent_back_minor_units, sent);
        assert_eq!(sent == 0, given == 0, "both legs or none");
        check_returned(record.transfer.status, sent, b);
        self.wealth.pay(debtor, provider, ca, a);
        self.wealth.pay(provider, creditor, cb, b);
        self.fee(debtor, ca, record.charges.debtor);
        self.fee(creditor, cb, record.charges.creditor);
        if record.fx.unwind == Unwind::NewQuote {
            // The legs are those of each return's own provider.
            return;
        }
        assert_eq!(given, a * sent / b, "at the original rate");
        self.wealth.pay(creditor, provider, cb, sent);
        self.wealth.pay(provider, debtor, ca, given);
    }

    pub fn quoted(&mut self, store: &Store, quoted: &Quoted) {
        let Record::Fx(record) = &store.transfers()[&quoted.uetr] else {
            panic!("in two currencies")
        };
        let (terms, provider) = (&record.transfer.terms, quoted.quote.provider);
        let (ca, cb) = (
            column_of(terms.currency()),
            column_of(record.fx.credited.currency),
        );
        *self.used.entry(quoted.quote).or_default() += quoted.sent;
        self.wealth.pay(terms.creditor_agent, provider, cb, quoted.sent);
        self.wealth.pay(provider, terms.debtor_agent, ca, quoted.given);
    }

    pub fn batch(&mut self, store: &Store, record: &BatchRecord) {
        for leg in &record.legs {
            if let LegStatus::Accepted { window, .. } = leg.status {
                let (_, minor_units) = booked_or_pending(leg);
                self.net(
                    store,
                    record.currency,
                    window,
                    record.debtor_agent,
                    leg.creditor_agent,
                    u128::from(minor_units),
                );
            }
        }
    }

    /// The pages hold what was posted, by window; each window is zero together; no debit is uncovered.
    pub fn check_windows(&self, store: &Store, column: usize, currency: Currency) {
        let mut held: BTreeMap<WindowId, [i128; 5]> = BTreeMap::new();
        for (place, id) in IDS.into_iter().enumerate() {
            let page = store.net_page(currency, NetPage::number_of(id));
            let entry = page.get(id);
            held.entry(page.open_window()).or_default()[place] += i128::from(entry.open);
            match page.closing_window() {
                Some(window) => held.entry(window).or_default()[place] += i128::from(entry.closing),
                None => assert_eq!(entry.closing, 0),
            }
            let debit = entry.open.min(0).unsigned_abs() + entry.closing.min(0).unsigned_abs();
            assert!(
                debit <= entry.collateral,
                "{id} owes {debit} and has pledged less: {entry:?}"
            );
        }
        held.retain(|_, nets| *nets != [0; 5]);
        for (window, nets) in &held {
            assert_eq!(nets.iter().sum::<i128>(), 0, "{currency} of {window}");
        }
        let posted = self.posted.iter().filter(|((of, _), _)| *of == column);
        let posted = posted.map(|((_, window), (nets, _))| (*window, *nets));
        let posted: BTreeMap<_, _> = posted.filter(|(_, nets)| *nets != [0; 5]).collect();
        assert_eq!(held, posted, "{currency}");
    }

    /// The bilateral positions are what was posted between each two, so that everybody's add up to its net position.
    pub fn check_bilateral(&self, store: &Store, column: usize, currency: Currency) {
        let mut held = BTreeMap::new();
        for of in IDS {
            for with in IDS.into_iter().filter(|with| of < *with) {
                let positions = store.bilateral(of, with, currency);
                let back = store.bilateral(with, of, currency);
                assert!(positions.iter().all(|(window, net)| back[window] == -net));
                held.extend(
                    positions
                        .into_iter()
                        .map(|(window, net)| ((column, window, of, with), net)),
                );
            }
        }
        held.retain(|_, net| *net != 0);
        let posted = self
            .between
            .iter()
            .filter(|((of, ..), net)| *of == column && **net != 0);
        let posted: BTreeMap<_, _> = posted.map(|(key, net)| (*key, *net)).collect();
        assert_eq!(held, posted, "{currency}");
    }

    /// The queue has exactly what waits, as it was instructed, in the order of acceptance.
    pub fn check_queue(&self, store: &Store, column: usize, currency: Currency) {
        let queue = store.queue(currency);
        let mut uetrs: Vec<Uetr> = queue.iter().map(|queued| queued.uetr).collect();
        uetrs.sort_unstable();
        assert_eq!(uetrs, self.queued[column], "{currency}");
        let mut before = 0;
        for queued in queue {
            let transfer = store.transfers()[&queued.uetr].transfer();
            let terms = &transfer.terms;
            let agents = (queued.debtor_agent, queued.creditor_agent);
            assert_eq!(agents, (terms.debtor_agent, terms.creditor_agent));
            assert_eq!(
                (queued.minor_units, queued.expires_at),
                (terms.minor_units(), terms.expires_at)
            );
            assert!(before <= transfer.updated_at, "oldest first");
            before = transfer.updated_at;
        }
    }
}

fn check_returned(status: TransferStatus, returned: u128, original: u128) {
    assert_eq!(status == TransferStatus::Returned, returned == original);
    let part = returned > 0 && returned < original;
    assert_eq!(status == TransferStatus::PartlyReturned, part);
    assert!(returned <= original);
}

/// What a leg's creditor agent gets or may still get: items and their sum.
pub fn booked_or_pending(leg: &Leg) -> (u16, u64) {
    match leg.status {
        LegStatus::Pending => (leg.total.items, leg.total.minor_units),
        LegStatus::Accepted { excepted, .. } => (
            leg.total.items - excepted.items,
            leg.total.minor_units - excepted.minor_units,
        ),
        LegStatus::Rejected(_) | LegStatus::Cancelled(_) | LegStatus::Expired => (0, 0),
    }
}
