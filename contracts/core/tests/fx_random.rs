//! Random exchange between five participants in three currencies, checked after every step against a
//! second account of it that does not use the rules.
//!
//! `CORRIDOR_STEPS` raises the number of steps, `CORRIDOR_SEED` repeats one failed run.

mod common;

use common::{caller, variable, Random};
use corridor_core::fx_record::{charges, keys, FxChange};
use corridor_core::fx_return::return_fx;
use corridor_core::fx_transfer::{accept_fx, cancel_fx, expire_fx, instruct_fx, reject_fx};
use corridor_core::quote::{publish_quote, withdraw_quote, QuoteSource};
use corridor_core::{
    Books, Caller, ChargeBearer, Currency, Error, FxTerms, FxTransfer, Gate, Money, Outcome, ParticipantId,
    Position, Quote, QuoteId, QuoteState, Rate, ReasonCode, Reference, SettlementMethod, Tariff, Tariffs,
    Terms, TransferReturn, TransferStatus, Uetr,
};
use std::collections::BTreeMap;

const DEFAULT_STEPS: u64 = 200_000;
const STEPS_PER_RUN: u64 = 500;
const IDS: [ParticipantId; 5] = [
    ParticipantId(0),
    ParticipantId(1),
    ParticipantId(2),
    ParticipantId(3),
    ParticipantId(4),
];
const START: u64 = 1_700_000_000;
/// Of each currency each participant starts with so much.
const OPENING: u128 = 10_000;

fn currencies() -> [Currency; 3] {
    ["CNY", "HKD", "JPY"].map(|code| code.parse().expect("a code"))
}

/// What the shell keeps.
#[derive(Clone, Default)]
struct Store {
    now: u64,
    gate: Gate,
    positions: BTreeMap<(ParticipantId, Currency), Position>,
    quotes: BTreeMap<QuoteId, QuoteState>,
    transfers: BTreeMap<Uetr, FxTransfer>,
    returns: BTreeMap<(ParticipantId, Reference), TransferReturn>,
    tariffs: BTreeMap<(ParticipantId, ParticipantId, Currency), Tariffs>,
}

/// What happened, as anyone could have written it down.
#[derive(Default)]
struct Account {
    /// What came in and went out beside transfers.
    brought: BTreeMap<(ParticipantId, Currency), i128>,
    /// When each transfer was instructed, with its quote's expiry then.
    used_at: BTreeMap<Uetr, (u64, u64)>,
    /// What each transfer has had sent back.
    sent_back: BTreeMap<Uetr, u128>,
}

struct World {
    random: Random,
    store: Store,
    account: Account,
    /// Quotes nobody may have published.
    offers: Vec<Quote>,
    uetrs: Vec<Uetr>,
    references: Vec<(ParticipantId, Reference, TransferReturn)>,
}

type Answer = Result<Outcome<FxChange, FxTransfer>, Error>;

#[derive(Default)]
struct Tally {
    recorded: BTreeMap<&'static str, u64>,
    repeated: BTreeMap<&'static str, u64>,
    errors: BTreeMap<Refusal, u64>,
}

/// Errors by number.
type Refusal = (u8, &'static str);

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            random: Random(seed),
            store: Store {
                now: START,
                gate: Gate {
                    participants: 5,
                    ..Gate::default()
                },
                ..Store::default()
            },
            account: Account::default(),
            offers: Vec::new(),
            uetrs: Vec::new(),
            references: Vec::new(),
        };
        for participant in IDS {
            for currency in currencies() {
                let opening = Position {
                    available: OPENING,
                    reserved: 0,
                };
                world.store.positions.insert((participant, currency), opening);
                let brought = i128::try_from(OPENING).expect("small");
                world.account.brought.insert((participant, currency), brought);
            }
        }
        for debtor in IDS {
            for creditor in IDS {
                for currency in currencies() {
                    let tariffs = world.tariffs();
                    world.store.tariffs.insert((debtor, creditor, currency), tariffs);
                }
            }
        }
        world
    }

    fn tariffs(&mut self) -> Tariffs {
        let tariffs = Tariffs::new(self.random.pick(&IDS));
        let tariff = Tariff {
            version: 1,
            effective_from: START + self.random.below(2_000),
            fixed_minor_units: self.random.below(5),
            basis_points: u16::try_from(self.random.below(60)).expect("small"),
            minimum_minor_units: self.random.below(4),
            maximum_minor_units: 4 + self.random.below(100),
        };
        match tariffs.add(tariff, START) {
            Ok(Outcome::Recorded(tariffs)) => tariffs,
            other => panic!("{other:?}"),
        }
    }

    fn step(&mut self, tally: &mut Tally) {
        let (name, answer): (_, Option<Answer>) = match self.random.below(100) {
            0..=9 => {
                let seconds = self.random.pick(&[1, 10, 60, 300, 2_000]);
                self.store.now += seconds;
                ("pass", None)
            }
            10..=13 => {
                self.move_money();
                ("move", None)
            }
            14..=22 => return self.offer(tally),
            23..=24 => return self.withdraw(tally),
            25..=54 => ("instruct", self.instruct()),
            55..=72 => ("accept", self.end(0)),
            73..=76 => ("reject", self.end(1)),
            77..=79 => ("cancel", self.end(2)),
            80..=85 => ("expire", self.end(3)),
            86..=98 => ("return", self.give_back()),
            _ => {
                let who = self.random.pick(&IDS);
                let suspended = self.random.percent(10);
                self.store.gate.set_suspended(who, suspended).expect("admitted");
                ("suspend", None)
            }
        };
        match answer {
            None => {}
            Some(Ok(Outcome::Recorded(change))) => {
                *tally.recorded.entry(name).or_default() += 1;
                self.write(change);
            }
            Some(Ok(Outcome::Repeated(known))) => {
                *tally.repeated.entry(name).or_default() += 1;
                assert!(self.store.transfers.values().any(|record| *record == known));
            }
            Some(Err(error)) => {
                *tally.errors.entry((error.number(), error.name())).or_default() += 1;
            }
        }
    }

    /// As the shell writes: everything the change says and nothing else.
    fn write(&mut self, change: FxChange) {
        for entry in change.books.entries() {
            self.store
                .positions
                .insert((entry.participant, entry.currency), entry.position);
        }
        if let Some(state) = change.quote {
            self.store.quotes.insert(state.quote.id, state);
        }
        let uetr = self.uetrs[0];
        self.store.transfers.insert(uetr, change.record);
    }

    fn books(&self, keys: &[(ParticipantId, Currency)]) -> Books {
        Books::load(keys, |participant, currency| {
            self.store.positions[&(participant, currency)]
        })
    }

    /// Money comes and goes, so that now and then somebody has too little.
    fn move_money(&mut self) {
        let key = (self.random.pick(&IDS), self.random.pick(&currencies()));
        let position = self.store.positions[&key];
        let minor_units = u128::from(self.random.below(8_000));
        let (moved, sign) = if self.random.percent(50) {
            (position.debit(minor_units), -1)
        } else {
            (position.credit(minor_units), 1)
        };
        if let Ok(moved) = moved {
            self.store.positions.insert(key, moved);
            *self.account.brought.entry(key).or_default() += sign * minor_units as i128;
        }
    }

    fn caller(&mut self, mostly: ParticipantId) -> Caller {
        if self.random.percent(95) {
            caller(mostly)
        } else {
            caller(self.random.pick(&IDS))
        }
    }

    fn offer(&mut self, tally: &mut Tally) {
        let provider = self.random.pick(&IDS);
        let minimum_minor_units = u128::from(self.random.below(50)) + u128::from(self.random.percent(98));
        let provider_buys = self.random.pick(&currencies());
        let quote = Quote {
            id: QuoteId {
                provider,
                reference: Reference(self.random.bytes()),
            },
            provider_buys,
            provider_sells: self.random.other(&currencies(), provider_buys),
            rate: Rate {
                numerator: self.random.below(3_000),
                denominator: self.random.below(1_000),
            },
            spread_basis_points: u16::try_from(self.random.below(300)).expect("small"),
            minimum_minor_units,
            maximum_minor_units: minimum_minor_units + u128::from(self.random.below(20_000)),
            counterparty: self.random.percent(20).then(|| self.random.pick(&IDS)),
            expires_at: self.store.now + self.random.below(10_000),
            hold_seconds: u32::try_from(self.random.below(12_000)).expect("small"),
            unwind_seconds: u32::try_from(self.random.below(40_000)).expect("small"),
        };
        if self.random.percent(40) {
            // Signed and handed over: the chain hears of it when it is used.
            self.offers.push(quote);
            return;
        }
        let caller = self.caller(provider);
        match publish_quote(None, &self.store.gate, &caller, &quote, self.store.now) {
            Ok(Outcome::Recorded(change)) => {
                *tally.recorded.entry("publish").or_default() += 1;
                self.store.quotes.insert(quote.id, change.state);
                self.offers.push(quote);
            }
            Ok(Outcome::Repeated(_)) => unreachable!("a new reference"),
            Err(error) => *tally.errors.entry((error.number(), error.name())).or_default() += 1,
        }
    }

    fn withdraw(&mut self, tally: &mut Tally) {
        if self.offers.is_empty() {
            return;
        }
        let quote = self.random.pick(&self.offers);
        let caller = self.caller(quote.id.provider);
        let recorded = self.store.quotes.get(&quote.id).copied();
        match withdraw_quote(recorded, &caller, &quote) {
            Ok(Outcome::Recorded(change)) => {
                *tally.recorded.entry("withdraw").or_default() += 1;
                self.store.quotes.insert(quote.id, change.state);
            }
            Ok(Outcome::Repeated(_)) => *tally.repeated.entry("withdraw").or_default() += 1,
            Err(error) => *tally.errors.entry((error.number(), error.name())).or_default() += 1,
        }
    }

    fn instruct(&mut self) -> Option<Answer> {
        let recent = self.offers.len().saturating_sub(12);
        let offers = &self.offers[recent..];
        if offers.is_empty() {
            return None;
        }
        let quote = self.random.pick(offers);
        let again = self.random.percent(8) && !self.uetrs.is_empty();
        let (uetr, terms, fx) = if again {
            let uetr = self.random.pick(&self.uetrs);
            let known = self.store.transfers[&uetr];
            let (mut terms, mut fx) = (known.transfer.terms, known.fx);
            if self.random.percent(20) {
                terms.message_digest[0] ^= 1;
            }
            if self.random.percent(20) {
                fx.credited.minor_units += 1;
            }
            (uetr, terms, fx)
        } else {
            let minor_units = u128::from(self.random.below(4_000));
            let mut credited = quote
                .exchange(minor_units)
                .map_or(1, |exchange| exchange.credited_minor_units);
            if self.random.percent(3) {
                credited += 1;
            }
            let debtor_agent = match quote.counterparty {
                Some(only) if self.random.percent(90) => only,
                _ => self.random.pick(&IDS),
            };
            let terms = Terms {
                debtor_agent,
                creditor_agent: { self.random.other(&IDS, debtor_agent) },
                interbank_settlement_amount: Money::new(quote.provider_buys, minor_units),
                interbank_settlement_date: 19_675,
                charge_bearer: self.random.pick(&[
                    ChargeBearer::Debt,
                    ChargeBearer::Cred,
                    ChargeBearer::Shar,
                    ChargeBearer::Slev,
                ]),
                settlement_method: if self.random.percent(98) {
                    SettlementMethod::PaymentVersusPayment
                } else {
                    SettlementMethod::Gross
                },
                expires_at: self.store.now + self.random.below(2_000),
                message_digest: [0; 32],
            };
            let fx = FxTerms {
                quote: quote.id,
                credited: Money::new(quote.provider_sells, credited),
            };
            (Uetr::from_random_bytes(self.random.bytes()), terms, fx)
        };
        let caller = self.caller(terms.debtor_agent);
        let tariffs = |currency| {
            let key = (terms.debtor_agent, terms.creditor_agent, currency);
            self.store.tariffs.get(&key)
        };
        let charges = charges(
            tariffs(terms.currency()),
            tariffs(fx.credited.currency),
            &terms,
            &fx,
            self.store.now,
        );
        let recorded = self.store.quotes.get(&fx.quote).copied();
        let source = if recorded.is_some() && self.random.percent(50) {
            QuoteSource::Published(recorded)
        } else {
            QuoteSource::Signed {
                recorded,
                signer: Some(corridor_core::Caller {
                    participant: fx.quote.provider,
                    roles: common::caller(fx.quote.provider).roles,
                }),
                quote: &quote,
            }
        };
        let answer = instruct_fx(
            self.store.transfers.get(&uetr).copied().map(Some),
            &self.store.gate,
            &caller,
            self.books(&keys(&terms, &fx, &charges)),
            &source,
            uetr,
            &terms,
            &fx,
            charges,
            self.store.now,
        );
        if matches!(answer, Ok(Outcome::Recorded(_))) {
            assert!(!self.store.transfers.contains_key(&uetr), "one effect per UETR");
            self.account
                .used_at
                .insert(uetr, (self.store.now, quote.expires_at));
            self.uetrs.insert(0, uetr);
        }
        Some(answer)
    }

    /// Puts the transfer the next change is about in front, as `write` expects it.
    fn choose(&mut self) -> Option<FxTransfer> {
        let limit = self.uetrs.len().min(20) as u64;
        if limit == 0 {
            return None;
        }
        let at = usize::try_from(self.random.below(limit)).expect("small");
        let uetr = self.uetrs.remove(at);
        self.uetrs.insert(0, uetr);
        Some(self.store.transfers[&uetr])
    }

    fn end(&mut self, how: u8) -> Option<Answer> {
        let record = self.choose()?;
        let terms = record.transfer.terms;
        let acting = self.caller(if how == 2 {
            terms.debtor_agent
        } else {
            terms.creditor_agent
        });
        let reason = self.random.pick(&[ReasonCode::AC04, ReasonCode::CUST]);
        let books = self.books(&record.keys());
        let quote = self.store.quotes[&record.fx.quote];
        let now = self.store.now;
        let answer = match how {
            0 => accept_fx(record, &acting, books, now),
            1 => reject_fx(record, &acting, books, quote, reason, now),
            2 => cancel_fx(record, &acting, books, quote, reason, now),
            _ => expire_fx(record, books, quote, now),
        };
        if let Err(error) = answer {
            let funds = [
                Error::InsufficientFunds,
                Error::ProviderNotCovered,
                Error::BooksBroken,
            ];
            assert!(!funds.contains(&error), "what is reserved is there");
        }
        Some(answer)
    }

    fn give_back(&mut self) -> Option<Answer> {
        let record = self.choose()?;
        let uetr = self.uetrs[0];
        let caller = self.caller(record.transfer.terms.creditor_agent);
        let credited = record.fx.credited.minor_units;
        let mut reference = Reference(self.random.bytes());
        let left = credited.saturating_sub(record.sent_back_minor_units);
        let mut command = TransferReturn {
            uetr,
            minor_units: match self.random.below(4) {
                0 => left,
                1 => u128::from(self.random.below(3)),
                _ => u128::from(self.random.next()) % (credited + 1),
            },
            reason: ReasonCode::AC01,
        };
        let known = self.references.iter().rev().find(|known| known.2.uetr == uetr);
        if let (Some(known), true) = (known, self.random.percent(15)) {
            reference = known.1;
            if self.random.percent(70) {
                command = known.2;
            }
        }
        let key = (caller.participant, reference);
        let answer = return_fx(
            self.store.returns.get(&key).copied().map(Some),
            record,
            &caller,
            self.books(&record.keys()),
            reference,
            &command,
            self.store.now,
        );
        if matches!(answer, Ok(Outcome::Recorded(_))) {
            assert!(self.store.returns.insert(key, command).is_none());
            self.references.push((key.0, key.1, command));
            *self.account.sent_back.entry(uetr).or_default() += command.minor_units;
        }
        Some(answer)
    }

    /// Every position, quote and transfer is what the second account says.
    fn check(&self) {
        let mut available = self.account.brought.clone();
        let mut reserved: BTreeMap<(ParticipantId, Currency), i128> = BTreeMap::new();
        let mut used: BTreeMap<QuoteId, u128> = BTreeMap::new();
        for (uetr, record) in &self.store.transfers {
            let (terms, status) = (&record.transfer.terms, record.transfer.status);
            let quote = &self.store.quotes[&record.fx.quote].quote;
            let (instructed_at, quote_expiry) = self.account.used_at[uetr];
            assert!(instructed_at < quote_expiry, "used before the expiry");
            assert_eq!(instructed_at, record.transfer.instructed_at);

            let (a, b) = (terms.minor_units(), record.fx.credited.minor_units);
            let numerator =
                u128::from(quote.rate.numerator) * (10_000 - u128::from(quote.spread_basis_points));
            let denominator = u128::from(quote.rate.denominator) * 10_000;
            assert_eq!(b, a * numerator / denominator);
            assert_eq!(u128::from(record.remainder), a * numerator % denominator);

            let sent = self.account.sent_back.get(uetr).copied().unwrap_or(0);
            assert_eq!(sent, record.sent_back_minor_units);
            let given = record.transfer.returned_minor_units;
            assert_eq!(given, a * sent / b, "at the original rate");
            assert_eq!(sent == 0, given == 0, "both legs or none");
            assert_eq!(status == TransferStatus::Returned, sent == b);
            assert_eq!(status == TransferStatus::Returned, given == a);
            assert_eq!(status == TransferStatus::PartlyReturned, sent > 0 && sent < b);
            assert!(sent <= b && given <= a);

            let (ca, cb) = (terms.currency(), record.fx.credited.currency);
            let (debtor, provider, creditor) =
                (terms.debtor_agent, record.fx.quote.provider, terms.creditor_agent);
            let (to_d, fee_d, to_c, fee_c) = self.fees(record);
            let mut add = |who, currency, by: u128, sign: i128| {
                *available.entry((who, currency)).or_default() += sign * by as i128;
            };
            match status {
                TransferStatus::Pending => {
                    add(debtor, ca, a + fee_d, -1);
                    add(provider, cb, b, -1);
                    *reserved.entry((debtor, ca)).or_default() += (a + fee_d) as i128;
                    *reserved.entry((provider, cb)).or_default() += b as i128;
                }
                TransferStatus::Rejected | TransferStatus::Cancelled | TransferStatus::Expired => {}
                _ => {
                    add(debtor, ca, a + fee_d, -1);
                    add(provider, ca, a, 1);
                    add(to_d, ca, fee_d, 1);
                    add(provider, cb, b, -1);
                    add(creditor, cb, b - fee_c, 1);
                    add(to_c, cb, fee_c, 1);
                    add(creditor, cb, sent, -1);
                    add(provider, cb, sent, 1);
                    add(provider, ca, given, -1);
                    add(debtor, ca, given, 1);
                }
            }
            if status == TransferStatus::Pending || status.has_settled() {
                *used.entry(record.fx.quote).or_default() += a;
            }
        }
        for (key, position) in &self.store.positions {
            let expected = reserved.get(key).copied().unwrap_or(0);
            assert_eq!(position.available as i128, available[key], "available of {key:?}");
            assert_eq!(position.reserved as i128, expected, "reserved of {key:?}");
        }
        for currency in currencies() {
            let of = |key: &(ParticipantId, Currency)| key.1 == currency;
            let booked: u128 = self
                .store
                .positions
                .iter()
                .filter(|(key, _)| of(key))
                .map(|(_, position)| position.available + position.reserved)
                .sum();
            let brought: i128 = self
                .account
                .brought
                .iter()
                .filter(|(key, _)| of(key))
                .map(|(_, by)| *by)
                .sum();
            assert_eq!(booked as i128, brought, "conservation of {currency}");
        }
        for (id, state) in &self.store.quotes {
            assert_eq!(state.used_minor_units, used.get(id).copied().unwrap_or(0));
            assert!(state.used_minor_units <= state.quote.maximum_minor_units);
        }
    }

    /// Who gets the debtor agent's fee, how much; the same of the creditor agent's. Written a second time.
    fn fees(&self, record: &FxTransfer) -> (ParticipantId, u128, ParticipantId, u128) {
        let terms = &record.transfer.terms;
        let one = |money: Money, agent: ParticipantId, debtor: bool| {
            let tariffs = &self.store.tariffs[&(terms.debtor_agent, terms.creditor_agent, money.currency)];
            let tariff = &tariffs.versions()[0];
            if tariff.effective_from > record.transfer.instructed_at || tariffs.payee == agent {
                return (tariffs.payee, 0);
            }
            let share = (money.minor_units * u128::from(tariff.basis_points)).div_ceil(10_000);
            let total = (share + u128::from(tariff.fixed_minor_units)).clamp(
                u128::from(tariff.minimum_minor_units),
                u128::from(tariff.maximum_minor_units),
            );
            let part = match (terms.charge_bearer, debtor) {
                (ChargeBearer::Debt, true) | (ChargeBearer::Cred, false) => total,
                (ChargeBearer::Debt, false) | (ChargeBearer::Cred, true) => 0,
                (_, true) => total.div_ceil(2),
                (_, false) => total / 2,
            };
            (tariffs.payee, part)
        };
        let (to_d, fee_d) = one(terms.interbank_settlement_amount, terms.debtor_agent, true);
        let (to_c, fee_c) = one(record.fx.credited, terms.creditor_agent, false);
        (to_d, fee_d, to_c, fee_c)
    }
}

fn run(seed: u64, tally: &mut Tally) {
    let mut world = World::new(seed);
    for number in 0..STEPS_PER_RUN {
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            world.step(tally);
            world.check();
        }));
        if let Err(panic) = checked {
            eprintln!("step {number}; repeat with CORRIDOR_SEED={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn both_legs_move_or_none_and_nothing_is_made_or_lost() {
    let mut tally = Tally::default();
    if let Some(seed) = variable("CORRIDOR_SEED") {
        return run(seed, &mut tally);
    }
    let steps = variable("CORRIDOR_STEPS").unwrap_or(DEFAULT_STEPS);
    for seed in 0..steps.div_ceil(STEPS_PER_RUN) {
        run(seed, &mut tally);
    }
    println!("recorded {:?}", tally.recorded);
    println!("repeated {:?}", tally.repeated);
    println!("refused {:?}", tally.errors);
    if steps < DEFAULT_STEPS {
        return;
    }
    for kind in [
        "publish", "withdraw", "instruct", "accept", "reject", "cancel", "expire", "return",
    ] {
        let count = tally.recorded.get(kind).copied().unwrap_or(0);
        assert!(count > 100, "{kind} succeeded {count} times only");
        if kind != "publish" {
            assert!(tally.repeated.contains_key(kind), "{kind} was never repeated");
        }
    }
    for error in [
        Error::NotDebtorAgent,
        Error::NotCreditorAgent,
        Error::WrongMethod,
        Error::TermsConflict,
        Error::ReferenceConflict,
        Error::ParticipantSuspended,
        Error::WrongStatus,
        Error::Expired,
        Error::NotYetExpired,
        Error::InsufficientFunds,
        Error::ReturnExceedsOriginal,
        Error::NotQuoteProvider,
        Error::NotCounterparty,
        Error::QuoteMismatch,
        Error::QuoteWithdrawn,
        Error::QuoteExpired,
        Error::HoldTooLong,
        Error::UnwindClosed,
        Error::BelowQuoteMinimum,
        Error::ReturnTooSmall,
        Error::QuoteExhausted,
        Error::FeeExceedsAmount,
        Error::ProviderNotCovered,
    ] {
        assert!(
            tally.errors.contains_key(&(error.number(), error.name())),
            "{error:?} never happened"
        );
    }
}
