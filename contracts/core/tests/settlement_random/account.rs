//! A second account of everything, from what was recorded and what came in and went out. It uses none of the
//! rules.

use crate::expected::{booked_or_pending, column_of, signed, Expected, Table};
use crate::store::{currencies, Record, Scope, Store, IDS};
use corridor_core::batch_life::Leg;
use corridor_core::tariff::Fee;
use corridor_core::{
    ChargeBearer, Charges, Currency, FxTransfer, Limits, Money, ParticipantId, QuoteId, Tariff, Terms,
    TransferStatus, Uetr, WindowId,
};
use std::collections::BTreeMap;

/// What counts against limits.
#[derive(Clone, Copy)]
pub enum Taken {
    Transfer(Uetr),
    /// What the provider pays of one in two currencies: counts by amount only, as does the next.
    Credited(Uetr),
    /// What the provider of a new quote pays for a return.
    GivenBack(u128),
    /// All of a batch, or what of it is for one creditor agent.
    Batch(ParticipantId, u32, Option<ParticipantId>),
}

impl Taken {
    /// How much a transfer counts.
    fn minor_units(self, store: &Store) -> Option<u128> {
        match self {
            Self::Transfer(uetr) => Some(store.transfers()[&uetr].transfer().terms.minor_units()),
            Self::Credited(uetr) => match &store.transfers()[&uetr] {
                Record::Fx(record) => Some(record.fx.credited.minor_units),
                Record::Plain(_) => panic!("in two currencies"),
            },
            Self::GivenBack(minor_units) => Some(minor_units),
            Self::Batch(..) => None,
        }
    }

    /// As how many transfers one counts.
    fn transfers(self) -> u32 {
        match self {
            Self::Transfer(_) => 1,
            Self::Credited(_) | Self::GivenBack(_) => 0,
            Self::Batch(..) => panic!("counts by its items"),
        }
    }
}

/// Limits and what was instructed under them.
struct Counted {
    limits: Limits,
    /// When the count began. What was instructed in this very second counts whatever becomes of it.
    began: u64,
    log: Vec<(u64, Taken)>,
}

#[derive(Default)]
pub struct Account {
    /// Deposits less withdrawals.
    brought: Table,
    /// Pledges less releases and what windows took.
    collateral: Table,
    /// What was sent back of each transfer, as commanded.
    pub returned: BTreeMap<Uetr, u128>,
    /// Returns at new quotes, each as it was when it was made.
    pub quoted: Vec<Quoted>,
    tariffs: BTreeMap<(ParticipantId, ParticipantId, Currency), (ParticipantId, Vec<Tariff>)>,
    limits: BTreeMap<Scope, Counted>,
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

    /// Having had no limits starts a new count, and so does another length of buckets.
    pub fn limits_set(&mut self, scope: Scope, limits: Option<Limits>, now: u64) {
        let Some(limits) = limits else {
            self.limits.remove(&scope);
            return;
        };
        let known = self.limits.get_mut(&scope);
        match known.filter(|known| known.limits.bucket_seconds == limits.bucket_seconds) {
            Some(counted) => counted.limits = limits,
            None => {
                let counted = Counted {
                    limits,
                    began: now,
                    log: Vec::new(),
                };
                self.limits.insert(scope, counted);
            }
        }
    }

    /// One side's fee, by the version in effect.
    fn fee(&self, terms: &Terms, money: Money, agent: ParticipantId, at: u64) -> Option<Fee> {
        let corridor = (terms.debtor_agent, terms.creditor_agent, money.currency);
        let (payee, versions) = self.tariffs.get(&corridor)?;
        let tariff = versions.iter().rfind(|tariff| tariff.effective_from <= at)?;
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

    /// What of it counts: number and sum. What has ended does only where it is `kept`.
    fn live(store: &Store, taken: Taken, kept: bool) -> (u32, u128) {
        match taken {
            Taken::Transfer(uetr) | Taken::Credited(uetr) => {
                let transfer = store.transfers()[&uetr].transfer();
                match transfer.status {
                    TransferStatus::Rejected | TransferStatus::Cancelled | TransferStatus::Expired
                        if !kept =>
                    {
                        (0, 0)
                    }
                    _ => (taken.transfers(), taken.minor_units(store).unwrap_or_default()),
                }
            }
            Taken::GivenBack(minor_units) => (taken.transfers(), minor_units),
            Taken::Batch(debtor, number, only) => {
                let record = &store.batches()[&(debtor, number)];
                let concerned = |leg: &&Leg| only.is_none_or(|only| leg.creditor_agent == only);
                let legs = record.legs.iter().filter(concerned);
                legs.fold((0, 0), |(count, sum), leg| {
                    let whole = (leg.total.items, leg.total.minor_units);
                    let (items, minor_units) = if kept { whole } else { booked_or_pending(leg) };
                    (count + u32::from(items), sum + u128::from(minor_units))
                })
            }
        }
    }

    /// The limits of a scope, and what counts against them in so many buckets' time.
    fn over(&self, store: &Store, scope: &Scope, buckets: u64) -> Option<(Limits, u32, u128)> {
        let counted = self.limits.get(scope)?;
        let limits = counted.limits;
        let seconds = buckets * u64::from(limits.bucket_seconds);
        let recent = counted.log.iter().rev();
        let recent = recent.take_while(|(at, _)| at + seconds > store.now);
        let (count, sum) = recent.fold((0, 0), |(count, sum), (at, taken)| {
            let (more, minor_units) = Self::live(store, *taken, *at == counted.began);
            (count + more, sum + minor_units)
        });
        Some((limits, count, sum))
    }

    /// Notes what was instructed, and that five buckets' time has no more than it may.
    pub fn count(&mut self, store: &Store, scope: &Scope, taken: Taken) {
        let Some(counted) = self.limits.get_mut(scope) else {
            return;
        };
        counted.log.push((store.now, taken));
        if let Some(minor_units) = taken.minor_units(store) {
            assert!(minor_units <= counted.limits.per_transfer_minor_units);
        }
        if let Some((limits, count, sum)) = self.over(store, scope, 5) {
            let by_amount = matches!(taken, Taken::Credited(_) | Taken::GivenBack(_));
            assert!(
                by_amount || count <= limits.period_count,
                "{scope:?}: {count} of {limits:?}"
            );
            assert!(sum <= limits.period_minor_units, "{scope:?}: {sum} of {limits:?}");
        }
    }

    /// Whether so many more, or none and their sum, would be too much in six buckets' time: nothing else may be refused.
    pub fn too_many(&self, store: &Store, scope: &Scope, count: u32, minor_units: u128) -> bool {
        self.over(store, scope, 6).is_some_and(|(limits, before, sum)| {
            (count > 0 && before + count > limits.period_count)
                || sum + minor_units > limits.period_minor_units
        })
    }

    /// The most one transfer may be under the limits of these scopes.
    pub fn most(&self, scopes: &[Scope]) -> u128 {
        let known = scopes.iter().filter_map(|scope| self.limits.get(scope));
        let limits = known.map(|counted| counted.limits.per_transfer_minor_units);
        limits.min().unwrap_or(u128::MAX)
    }

    /// What a window's end should come to: everybody's net, in the order of [`IDS`], and the sum of what was
    /// posted.
    pub fn outstanding(&self, store: &Store, currency: Currency, window: WindowId) -> ([i128; 5], u128) {
        let expected = self.expected(store);
        let posted = expected.posted.get(&(column_of(currency), window));
        posted.copied().unwrap_or_default()
    }

    fn expected(&self, store: &Store) -> Expected {
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
        for quoted in &self.quoted {
            expected.quoted(store, quoted);
        }
        for record in store.batches().values() {
            expected.batch(store, record);
        }
        expected
    }

    /// Everything that is booked is what the records say.
    pub fn check(&self, store: &Store) {
        let expected = self.expected(store);
        for (column, currency) in currencies().into_iter().enumerate() {
            self.check_books(store, &expected, column, currency);
            expected.check_windows(store, column, currency);
            expected.check_bilateral(store, column, currency);
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

/// A return at a new quote.
pub struct Quoted {
    pub uetr: Uetr,
    pub quote: QuoteId,
    /// In the creditor agent's currency.
    pub sent: u128,
    /// In the debtor agent's.
    pub given: u128,
}

impl Quoted {
    /// The amount by its definition, and that the quote was good now, and its provider.
    pub fn check(&self, store: &Store) {
        let record = store.transfers()[&self.uetr];
        let quote = &store.quotes()[&self.quote].quote;
        let numerator = u128::from(quote.rate.numerator) * (10_000 - u128::from(quote.spread_basis_points));
        let denominator = u128::from(quote.rate.denominator) * 10_000;
        assert_eq!(self.given, self.sent * numerator / denominator);
        assert!(self.given > 0, "both legs or none");
        assert!(self.sent >= quote.minimum_minor_units);
        assert!(store.now < quote.expires_at, "used before its expiry");
        let creditor = record.transfer().terms.creditor_agent;
        assert!(quote.counterparty.is_none_or(|only| only == creditor));
        assert!(!store.gate.is_suspended(quote.id.provider));
    }
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
