//! A second account of everything, from what was recorded and what came in and went out. It uses none of the
//! rules.

use crate::store::{currencies, Record, Scope, Store, IDS};
use corridor_core::batch_life::{Leg, LegStatus};
use corridor_core::tariff::Fee;
use corridor_core::{
    BatchRecord, ChargeBearer, Charges, Currency, FxTransfer, Limits, Money, ParticipantId, QuoteId, Tariff,
    Terms, TransferStatus, Uetr, WindowId,
};
use std::collections::BTreeMap;

/// A number for each participant and currency.
#[derive(Clone, Default)]
pub struct Table([[i128; 3]; 5]);

fn place_of(id: ParticipantId) -> usize {
    IDS.iter().position(|other| *other == id).expect("one of five")
}

fn column_of(currency: Currency) -> usize {
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

fn signed(minor_units: u128) -> i128 {
    i128::try_from(minor_units).expect("small")
}

/// What counts against limits.
#[derive(Clone, Copy)]
pub enum Taken {
    Transfer(Uetr),
    Batch(ParticipantId, u32),
}

#[derive(Default)]
pub struct Account {
    /// Deposits less withdrawals.
    brought: Table,
    /// Pledges less releases and what windows took.
    collateral: Table,
    /// What was sent back of each transfer, as commanded.
    pub returned: BTreeMap<Uetr, u128>,
    tariffs: BTreeMap<(ParticipantId, ParticipantId, Currency), (ParticipantId, Vec<Tariff>)>,
    /// Limits and what was instructed under them.
    limits: BTreeMap<Scope, (Limits, Vec<(u64, Taken)>)>,
}

/// What should be booked.
#[derive(Default)]
struct Expected {
    wealth: Table,
    reserved: Table,
    /// By currency and window, in the order of [`IDS`].
    posted: BTreeMap<(usize, WindowId), [i128; 5]>,
    used: BTreeMap<QuoteId, u128>,
    queued: [Vec<Uetr>; 3],
}

impl Account {
    pub fn brought(&mut self, id: ParticipantId, money: Money, came_in: bool) {
        let minor_units = signed(money.minor_units) * if came_in { 1 } else { -1 };
        self.brought.add(id, column_of(money.currency), minor_units);
    }

    pub fn pledged(&mut self, id: ParticipantId, currency: Currency, minor_units: i128) {
        self.collateral.add(id, column_of(currency), minor_units);
    }

    pub fn tariff_set(
        &mut self,
        corridor: (ParticipantId, ParticipantId, Currency),
        payee: ParticipantId,
        tariff: Tariff,
    ) {
        let (_, versions) = self.tariffs.entry(corridor).or_insert((payee, Vec::new()));
        versions.push(tariff);
    }

    /// Another length of buckets starts a new count, and so does having had no limits.
    pub fn limits_set(&mut self, scope: Scope, limits: Option<Limits>) {
        match (self.limits.get_mut(&scope), limits) {
            (Some((known, _)), Some(limits)) if known.bucket_seconds == limits.bucket_seconds => {
                *known = limits;
            }
            (_, Some(limits)) => {
                self.limits.insert(scope, (limits, Vec::new()));
            }
            (_, None) => {
                self.limits.remove(&scope);
            }
        }
    }

    /// One side's fee, by the version in effect.
    fn fee(&self, terms: &Terms, money: Money, agent: ParticipantId, at: u64) -> Option<Fee> {
        let corridor = (terms.debtor_agent, terms.creditor_agent, money.currency);
        let (payee, versions) = self.tariffs.get(&corridor)?;
        let tariff = versions
            .iter()
            .filter(|tariff| tariff.effective_from <= at)
            .last()?;
        let share = (money.minor_units * u128::from(tariff.basis_points)).div_ceil(10_000);
        let total = (share + u128::from(tariff.fixed_minor_units)).clamp(
            u128::from(tariff.minimum_minor_units),
            u128::from(tariff.maximum_minor_units),
        );
        let part = match (terms.charge_bearer, agent == terms.debtor_agent) {
            (ChargeBearer::Debt, true) | (ChargeBearer::Cred, false) => total,
            (ChargeBearer::Debt, false) | (ChargeBearer::Cred, true) => 0,
            (_, true) => total.div_ceil(2),
            (_, false) => total / 2,
        };
        (part > 0 && *payee != agent).then(|| Fee {
            to: *payee,
            minor_units: u64::try_from(part).expect("small"),
        })
    }

    /// What is fixed at instruction, worked out a second time.
    pub fn check_instruction(&self, store: &Store, record: &Record) {
        let terms = &record.transfer().terms;
        let credited = match record {
            Record::Plain(_) => terms.interbank_settlement_amount,
            Record::Fx(record) => record.fx.credited,
        };
        let charges = Charges {
            debtor: self.fee(
                terms,
                terms.interbank_settlement_amount,
                terms.debtor_agent,
                store.now,
            ),
            creditor: self.fee(terms, credited, terms.creditor_agent, store.now),
        };
        assert_eq!(*record.charges(), charges);
        if let Record::Fx(record) = record {
            check_rate(store, record);
        }
    }

    /// What of it still counts: number and sum.
    fn live(store: &Store, taken: Taken) -> (u32, u128) {
        match taken {
            Taken::Transfer(uetr) => {
                let transfer = store.transfers()[&uetr].transfer();
                match transfer.status {
                    TransferStatus::Rejected | TransferStatus::Cancelled | TransferStatus::Expired => (0, 0),
                    _ => (1, transfer.terms.minor_units()),
                }
            }
            Taken::Batch(debtor, number) => {
                let record = &store.batches()[&(debtor, number)];
                record.legs.iter().fold((0, 0), |(count, sum), leg| {
                    let (items, minor_units) = booked_or_pending(leg);
                    (count + u32::from(items), sum + u128::from(minor_units))
                })
            }
        }
    }

    fn over(&self, store: &Store, scope: &Scope, buckets: u64) -> Option<(Limits, u32, u128)> {
        let (limits, log) = self.limits.get(scope)?;
        let seconds = buckets * u64::from(limits.bucket_seconds);
        let recent = log.iter().rev().take_while(|(at, _)| at + seconds > store.now);
        let (count, sum) = recent.fold((0, 0), |(count, sum), (_, taken)| {
            let (more, minor_units) = Self::live(store, *taken);
            (count + more, sum + minor_units)
        });
        Some((*limits, count, sum))
    }

    /// Notes what was instructed, and that five buckets' time has no more than it may.
    pub fn count(&mut self, store: &Store, scopes: &[Scope], taken: Taken) {
        for scope in scopes {
            if let Some((_, log)) = self.limits.get_mut(scope) {
                log.push((store.now, taken));
            }
            if let Some((limits, count, sum)) = self.over(store, scope, 5) {
                assert!(count <= limits.period_count, "{scope:?}: {count} of {limits:?}");
                assert!(sum <= limits.period_minor_units, "{scope:?}: {sum} of {limits:?}");
            }
            if let (Some((limits, _)), Taken::Transfer(uetr)) = (self.limits.get(scope), taken) {
                let minor_units = store.transfers()[&uetr].transfer().terms.minor_units();
                assert!(minor_units <= limits.per_transfer_minor_units);
            }
        }
    }

    /// Whether so many more would be too many in six buckets' time: nothing else may be refused.
    pub fn too_many(&self, store: &Store, scopes: &[Scope], count: u32, minor_units: u128) -> bool {
        let mut known = scopes.iter().filter_map(|scope| self.over(store, scope, 6));
        known.any(|(limits, before, sum)| {
            before + count > limits.period_count || sum + minor_units > limits.period_minor_units
        })
    }

    pub fn too_large(&self, scopes: &[Scope], minor_units: u128) -> bool {
        let mut known = scopes.iter().filter_map(|scope| self.limits.get(scope));
        known.any(|(limits, _)| minor_units > limits.per_transfer_minor_units)
    }

    /// Everything that is booked is what the records say.
    pub fn check(&self, store: &Store) {
        let mut expected = Expected {
            wealth: self.brought.clone(),
            ..Expected::default()
        };
        for (uetr, record) in store.transfers() {
            expected.transfer(
                store,
                *uetr,
                record,
                self.returned.get(uetr).copied().unwrap_or(0),
            );
        }
        for record in store.batches().values() {
            expected.batch(store, record);
        }
        for (column, currency) in currencies().into_iter().enumerate() {
            self.check_books(store, &expected, column, currency);
            expected.check_windows(store, column, currency);
            expected.check_queue(store, column, currency);
        }
        for (id, state) in store.quotes() {
            assert_eq!(
                state.used_minor_units,
                expected.used.get(id).copied().unwrap_or(0)
            );
            assert!(state.used_minor_units <= state.quote.maximum_minor_units);
        }
    }

    fn check_books(&self, store: &Store, expected: &Expected, column: usize, currency: Currency) {
        let (mut booked, mut brought) = (0, 0);
        for (place, id) in IDS.into_iter().enumerate() {
            let (position, entry) = (store.position(id, currency), store.entry(id, currency));
            let all = signed(position.available + position.reserved) + i128::from(entry.collateral);
            assert_eq!(
                signed(position.reserved),
                expected.reserved.0[place][column],
                "{id} {currency}"
            );
            assert_eq!(
                i128::from(entry.collateral),
                self.collateral.0[place][column],
                "{id} {currency}"
            );
            assert_eq!(all, expected.wealth.0[place][column], "{id} {currency}");
            booked += all;
            brought += self.brought.0[place][column];
        }
        assert_eq!(booked, brought, "conservation of {currency}");
    }
}

impl Expected {
    fn post(&mut self, column: usize, window: WindowId, from: ParticipantId, to: ParticipantId, by: u128) {
        let nets = self.posted.entry((column, window)).or_default();
        nets[place_of(from)] -= signed(by);
        nets[place_of(to)] += signed(by);
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

    fn transfer(&mut self, store: &Store, uetr: Uetr, record: &Record, returned: u128) {
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
                if terms.settlement_method == corridor_core::SettlementMethod::Gross {
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
        assert_eq!(given, a * sent / b, "at the original rate");
        assert_eq!(sent == 0, given == 0, "both legs or none");
        check_returned(record.transfer.status, sent, b);
        self.wealth.pay(debtor, provider, ca, a);
        self.wealth.pay(provider, creditor, cb, b);
        self.fee(debtor, ca, record.charges.debtor);
        self.fee(creditor, cb, record.charges.creditor);
        self.wealth.pay(creditor, provider, cb, sent);
        self.wealth.pay(provider, debtor, ca, given);
    }

    fn batch(&mut self, store: &Store, record: &BatchRecord) {
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
    fn check_windows(&self, store: &Store, column: usize, currency: Currency) {
        let mut held: BTreeMap<WindowId, [i128; 5]> = BTreeMap::new();
        for (place, id) in IDS.into_iter().enumerate() {
            let page = store.net_page(currency, corridor_core::NetPage::number_of(id));
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
        let posted = posted.map(|((_, window), nets)| (*window, *nets));
        let posted: BTreeMap<_, _> = posted.filter(|(_, nets)| *nets != [0; 5]).collect();
        assert_eq!(held, posted, "{currency}");
    }

    /// The queue has exactly what waits, as it was instructed, in the order of acceptance.
    fn check_queue(&self, store: &Store, column: usize, currency: Currency) {
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

/// The converted amount by its definition, and that the quote was good then.
fn check_rate(store: &Store, record: &FxTransfer) {
    let quote = &store.quotes()[&record.fx.quote].quote;
    let (a, b) = (
        record.transfer.terms.minor_units(),
        record.fx.credited.minor_units,
    );
    let numerator = u128::from(quote.rate.numerator) * (10_000 - u128::from(quote.spread_basis_points));
    let denominator = u128::from(quote.rate.denominator) * 10_000;
    assert_eq!(b, a * numerator / denominator);
    assert_eq!(u128::from(record.remainder), a * numerator % denominator);
    assert!(store.now < quote.expires_at, "used before its expiry");
    assert!(a >= quote.minimum_minor_units);
    let only = quote.counterparty;
    assert!(only.is_none_or(|only| only == record.transfer.terms.debtor_agent));
}

/// What a leg's creditor agent gets or may still get: items and their sum.
fn booked_or_pending(leg: &Leg) -> (u16, u64) {
    match leg.status {
        LegStatus::Pending => (leg.total.items, leg.total.minor_units),
        LegStatus::Accepted { excepted, .. } => (
            leg.total.items - excepted.items,
            leg.total.minor_units - excepted.minor_units,
        ),
        LegStatus::Rejected(_) | LegStatus::Cancelled(_) => (0, 0),
    }
}
