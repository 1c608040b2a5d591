//! Random commands of five participants and the governor, given to the store and noted in the account.

use crate::account::{Account, Taken};
use crate::common::{self, Random};
use crate::shell::{Answer, Done, End};
use crate::store::{currencies, Record, Scope, Store, IDS};
use corridor_core::closing::Ending;
use corridor_core::{
    Caller, ChargeBearer, CollateralKind, Currency, Error, FxTerms, Limits, Money, MovementKind, NetEntry,
    NetResult, Outcome, ParticipantId, Position, Quote, QuoteId, Rate, ReasonCode, Reference,
    SettlementMethod, Tariff, Terms, TransferReturn, TransferStatus, Uetr, WindowId,
};
use std::collections::BTreeMap;

/// Of each currency each participant starts with so much.
const OPENING: u128 = 20_000;

/// What happened how often.
#[derive(Default)]
pub struct Tally {
    pub recorded: BTreeMap<(&'static str, &'static str), u64>,
    pub repeated: BTreeMap<&'static str, u64>,
    pub refused: BTreeMap<(u8, &'static str), u64>,
}

pub struct World {
    pub random: Random,
    pub store: Store,
    pub account: Account,
    pub tally: Tally,
    /// Quotes, also those nobody may have published.
    offers: Vec<Quote>,
    /// The last transfers, newest last.
    uetrs: Vec<Uetr>,
    instructions: Vec<(Uetr, Terms, Option<FxTerms>)>,
    returns: Vec<(ParticipantId, Reference, TransferReturn)>,
    pub batches: Vec<crate::batches::Submitted>,
}

const BEARERS: [ChargeBearer; 4] = [
    ChargeBearer::Debt,
    ChargeBearer::Cred,
    ChargeBearer::Shar,
    ChargeBearer::Slev,
];

fn method(terms: &Terms) -> &'static str {
    match terms.settlement_method {
        SettlementMethod::Gross => "gross",
        SettlementMethod::Net => "net",
        SettlementMethod::QueuedGross => "queued gross",
        SettlementMethod::PaymentVersusPayment => "exchange",
    }
}

fn scopes(terms: &Terms) -> [Scope; 2] {
    let (debtor, creditor, currency) = (terms.debtor_agent, terms.creditor_agent, terms.currency());
    [(debtor, None, currency), (debtor, Some(creditor), currency)]
}

impl World {
    pub fn new(seed: u64, tally: Tally) -> Self {
        let mut world = Self {
            random: Random(seed),
            store: Store::new(),
            account: Account::default(),
            tally,
            offers: Vec::new(),
            uetrs: Vec::new(),
            instructions: Vec::new(),
            returns: Vec::new(),
            batches: Vec::new(),
        };
        for id in IDS {
            for currency in currencies() {
                world.movement(id, MovementKind::Deposit, Money::new(currency, OPENING));
                let cap = world.random.below(20_000);
                world.cap(id, currency, cap);
                world.collateral(id, CollateralKind::Pledge, Money::new(currency, 4_000));
            }
        }
        world
    }

    pub fn step(&mut self) {
        match self.random.below(1_000) {
            0..80 => self.store.now += self.random.pick(&[1, 10, 60, 300, 900, 2_000]),
            80..82 => self.store.now += self.random.below(3 * 86_400),
            82..120 => self.some_money(),
            120..170 => self.some_collateral(),
            170..185 => {
                let (id, currency, cap) = (self.id(), self.currency(), self.random.below(20_000));
                self.cap(id, currency, cap);
            }
            185..200 => self.set_tariff(),
            200..215 => self.set_limits(),
            215..225 => self.gate(),
            225..275 => self.offer(),
            275..285 => self.withdraw(),
            285..505 => self.instruct(),
            505..600 => self.instruct_fx(),
            600..770 => self.accept(),
            770..795 => self.end(End::Reject(ReasonCode::AC04)),
            795..825 => self.end(End::Cancel(ReasonCode::CUST)),
            825..865 => self.end(End::Expire),
            865..920 => self.give_back(),
            920..940 => self.resolve(),
            940..955 => self.submit(),
            955..980 => self.answer_batch(),
            _ => self.end_window(),
        }
        self.account.check(&self.store);
    }

    pub fn note(&mut self, action: &'static str, kind: &'static str, answer: Answer) {
        match answer {
            Ok(Done::Recorded) => *self.tally.recorded.entry((action, kind)).or_default() += 1,
            Ok(Done::Repeated) => *self.tally.repeated.entry(action).or_default() += 1,
            Err(error) => {
                assert_ne!(error, Error::BooksBroken, "{action} {kind}");
                assert_ne!(error, Error::AmountOverflow, "{action} {kind}");
                *self
                    .tally
                    .refused
                    .entry((error.number(), error.name()))
                    .or_default() += 1;
            }
        }
    }

    pub fn id(&mut self) -> ParticipantId {
        self.random.pick(&IDS)
    }

    pub fn currency(&mut self) -> Currency {
        self.random.pick(&currencies())
    }

    /// Mostly who may.
    pub fn caller(&mut self, mostly: ParticipantId) -> Caller {
        if self.random.percent(96) {
            common::caller(mostly)
        } else {
            common::caller(self.id())
        }
    }

    /// More often small than large.
    fn amount(&mut self) -> u128 {
        let magnitude = 1 << self.random.below(13);
        u128::from(1 + self.random.below(magnitude))
    }

    fn movement(&mut self, id: ParticipantId, kind: MovementKind, money: Money) {
        let reference = Reference(self.random.bytes());
        let caller = common::caller(id);
        let answer = self.store.move_money(&caller, reference, kind, money);
        if answer == Ok(Done::Recorded) {
            self.account.brought(id, money, kind == MovementKind::Deposit);
            let again = self.store.move_money(&caller, reference, kind, money);
            assert_eq!(again, Ok(Done::Repeated));
        }
        let kind = match kind {
            MovementKind::Deposit => "deposit",
            MovementKind::Withdrawal => "withdrawal",
        };
        self.note(kind, "", answer);
    }

    fn some_money(&mut self) {
        let (id, currency) = (self.id(), self.currency());
        let kind = self
            .random
            .pick(&[MovementKind::Deposit, MovementKind::Withdrawal]);
        let money = Money::new(currency, 2 * self.amount());
        self.movement(id, kind, money);
    }

    fn collateral(&mut self, id: ParticipantId, kind: CollateralKind, money: Money) {
        let reference = Reference(self.random.bytes());
        let answer = self
            .store
            .move_collateral(&common::caller(id), reference, kind, money);
        let sign = if kind == CollateralKind::Pledge { 1 } else { -1 };
        if answer == Ok(Done::Recorded) {
            let minor_units = i128::try_from(money.minor_units).expect("small");
            self.account.pledged(id, money.currency, sign * minor_units);
        }
        let action = if sign > 0 { "pledge" } else { "release" };
        self.note(action, "", answer);
    }

    fn some_collateral(&mut self) {
        let (id, currency) = (self.id(), self.currency());
        let kind = self
            .random
            .pick(&[CollateralKind::Pledge, CollateralKind::Release]);
        let money = Money::new(currency, self.amount());
        self.collateral(id, kind, money);
    }

    fn cap(&mut self, id: ParticipantId, currency: Currency, cap: u64) {
        let before = self.store.entry(id, currency);
        let set = corridor_core::collateral::set_cap(&self.store.gate, id, before, cap).expect("admitted");
        if let Some(entry) = set {
            self.store.set_entry(id, currency, entry);
            self.note("cap", "", Ok(Done::Recorded));
        }
    }

    fn set_tariff(&mut self) {
        let (debtor, currency, payee) = (self.id(), self.currency(), self.id());
        let creditor = self.random.other(&IDS, debtor);
        let key = (debtor, creditor, currency);
        let controls = self.store.corridors.get(&key).cloned().unwrap_or_default();
        let known = controls.tariffs.as_ref();
        let payee = known.map_or(payee, |tariffs| tariffs.payee);
        let last = known.and_then(|tariffs| tariffs.versions().last().map(|tariff| tariff.version));
        let tariff = Tariff {
            version: last.map_or(1, |last| last + 1),
            effective_from: self.store.now + self.random.below(2_000),
            fixed_minor_units: self.random.below(5),
            basis_points: u16::try_from(self.random.below(60)).expect("small"),
            minimum_minor_units: self.random.below(4),
            maximum_minor_units: 4 + self.random.below(100),
        };
        let answer = match controls.add_tariff(payee, tariff, self.store.now) {
            Ok(Outcome::Recorded(controls)) => {
                self.store.corridors.insert(key, controls);
                self.account.tariff_set(key, payee, tariff);
                Ok(Done::Recorded)
            }
            Ok(Outcome::Repeated(_)) => Ok(Done::Repeated),
            Err(error) => Err(error),
        };
        self.note("tariff", "", answer);
    }

    fn set_limits(&mut self) {
        let (debtor, currency) = (self.id(), self.currency());
        let creditor = self.random.percent(50).then(|| self.random.other(&IDS, debtor));
        let limits = self.random.percent(85).then(|| Limits {
            per_transfer_minor_units: u128::from(30 + self.random.below(5_000)),
            period_minor_units: u128::from(self.random.below(12_000)),
            period_count: u32::try_from(self.random.below(80)).expect("small"),
            bucket_seconds: if self.random.percent(90) { 300 } else { 70 },
        });
        let scope = (debtor, creditor, currency);
        match creditor {
            None => {
                let limited = self.store.limits.entry((debtor, currency)).or_default();
                *limited = limited.set(limits).expect("valid");
            }
            Some(creditor) => {
                let corridor = self.store.corridors.entry((debtor, creditor, currency));
                let limited = &mut corridor.or_default().limited;
                *limited = limited.set(limits).expect("valid");
            }
        }
        self.account.limits_set(scope, limits);
        // What was instructed in this very second may or may not be under the limits.
        self.store.now += 1;
        let kind = if limits.is_some() { "set" } else { "lifted" };
        self.note("limits", kind, Ok(Done::Recorded));
    }

    /// Somebody is suspended, or business is paused, mostly not for long.
    fn gate(&mut self) {
        self.store.gate.paused = self.random.percent(5);
        let id = self.id();
        let suspended = self.random.percent(15);
        self.store.gate.set_suspended(id, suspended).expect("admitted");
    }

    fn offer(&mut self) {
        let (provider, provider_buys) = (self.id(), self.currency());
        let minimum_minor_units = u128::from(self.random.below(50)) + u128::from(self.random.percent(98));
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
            maximum_minor_units: minimum_minor_units + u128::from(self.random.below(12_000)),
            counterparty: self.random.percent(20).then(|| self.id()),
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
        let answer = self.store.publish(&caller, &quote);
        if answer == Ok(Done::Recorded) {
            self.offers.push(quote);
        }
        self.note("publish", "", answer);
    }

    fn recent<T: Copy>(random: &mut Random, from: &[T], most: usize) -> Option<T> {
        let recent = &from[from.len().saturating_sub(most)..];
        (!recent.is_empty()).then(|| random.pick(recent))
    }

    fn withdraw(&mut self) {
        let Some(mut quote) = Self::recent(&mut self.random, &self.offers, 12) else {
            return;
        };
        quote.hold_seconds += u32::from(self.random.percent(3));
        let caller = self.caller(quote.id.provider);
        let answer = self.store.withdraw(&caller, &quote);
        self.note("withdraw", "", answer);
    }

    /// Notes an instruction's answer, and what it counts against.
    fn instructed(&mut self, uetr: Uetr, terms: &Terms, fx: Option<FxTerms>, answer: Answer) {
        let scopes = scopes(terms);
        match answer {
            Ok(Done::Recorded) => {
                self.account
                    .check_instruction(&self.store, &self.store.transfers()[&uetr]);
                self.account.count(&self.store, &scopes, Taken::Transfer(uetr));
                self.uetrs.push(uetr);
                self.instructions.push((uetr, *terms, fx));
            }
            Err(Error::VelocityExceeded) => {
                assert!(self
                    .account
                    .too_many(&self.store, &scopes, 1, terms.minor_units()));
            }
            Err(Error::LimitPerTransfer) => assert!(self.account.too_large(&scopes, terms.minor_units())),
            _ => {}
        }
        self.note("instruct", method(terms), answer);
    }

    fn terms(&mut self, debtor_agent: ParticipantId, money: Money, how: SettlementMethod) -> Terms {
        Terms {
            debtor_agent,
            creditor_agent: self.random.other(&IDS, debtor_agent),
            interbank_settlement_amount: money,
            interbank_settlement_date: 19_675,
            charge_bearer: self.random.pick(&BEARERS),
            settlement_method: how,
            expires_at: self.store.now + self.random.below(3_000),
            message_digest: [0; 32],
        }
    }

    fn instruct(&mut self) {
        let (debtor, currency) = (self.id(), self.currency());
        let how = self.random.pick(&[
            SettlementMethod::Gross,
            SettlementMethod::Gross,
            SettlementMethod::Net,
            SettlementMethod::Net,
            SettlementMethod::QueuedGross,
            SettlementMethod::QueuedGross,
            SettlementMethod::QueuedGross,
        ]);
        // Large ones have to wait more often.
        let factor = if how == SettlementMethod::QueuedGross {
            6
        } else {
            1
        };
        let money = Money::new(
            currency,
            factor * self.amount() - u128::from(self.random.percent(1)),
        );
        let mut terms = self.terms(debtor, money, how);
        let mut uetr = Uetr::from_random_bytes(self.random.bytes());
        if let (Some(known), true) = (
            Self::recent(&mut self.random, &self.instructions, 20),
            self.random.percent(5),
        ) {
            uetr = known.0;
            if self.random.percent(70) && known.2.is_none() {
                terms = known.1;
            }
        }
        let caller = self.caller(terms.debtor_agent);
        let answer = self.store.instruct(&caller, uetr, &terms);
        self.instructed(uetr, &terms, None, answer);
    }

    /// What a quote's user would instruct.
    fn exchange(&mut self) -> Option<(Uetr, Terms, FxTerms, Quote)> {
        if let (Some((uetr, terms, Some(fx))), true) = (
            Self::recent(&mut self.random, &self.instructions, 20),
            self.random.percent(20),
        ) {
            let quote = self.store.quotes()[&fx.quote].quote;
            let mut fx = fx;
            fx.credited.minor_units += u128::from(self.random.percent(30));
            return Some((uetr, terms, fx, quote));
        }
        let mut quote = Self::recent(&mut self.random, &self.offers, 12)?;
        let money = Money::new(quote.provider_buys, self.amount());
        let exchange = quote.exchange(money.minor_units);
        let credited = exchange.map_or(1, |exchange| exchange.credited_minor_units);
        let credited = credited + u128::from(self.random.percent(3));
        let debtor = match quote.counterparty {
            Some(only) if self.random.percent(90) => only,
            _ => self.id(),
        };
        let how = if self.random.percent(98) {
            SettlementMethod::PaymentVersusPayment
        } else {
            SettlementMethod::Gross
        };
        let terms = self.terms(debtor, money, how);
        let fx = FxTerms {
            quote: quote.id,
            credited: Money::new(quote.provider_sells, credited),
        };
        quote.hold_seconds += u32::from(self.random.percent(2));
        Some((Uetr::from_random_bytes(self.random.bytes()), terms, fx, quote))
    }

    fn instruct_fx(&mut self) {
        let Some((uetr, terms, fx, quote)) = self.exchange() else {
            return;
        };
        let caller = self.caller(terms.debtor_agent);
        let signer = self.caller(quote.id.provider);
        let published = self.store.quotes().contains_key(&quote.id);
        let signed = !published || self.random.percent(50);
        let signer = self.random.percent(98).then_some(signer);
        let signed = signed.then_some((&quote, signer));
        let answer = self.store.instruct_fx(&caller, uetr, &terms, &fx, signed);
        self.instructed(uetr, &terms, Some(fx), answer);
        if answer == Ok(Done::Recorded) {
            let kind = if signed.is_some() { "signed" } else { "published" };
            self.note("quote used", kind, answer);
        }
    }

    fn accept(&mut self) {
        let Some(uetr) = Self::recent(&mut self.random, &self.uetrs, 30) else {
            return;
        };
        let record = self.store.transfers()[&uetr];
        let terms = record.transfer().terms;
        let caller = self.caller(terms.creditor_agent);
        let answer = self.store.accept(&caller, uetr);
        let after = self.store.transfers()[&uetr];
        let kind = match (answer, after.status()) {
            (Ok(Done::Recorded), TransferStatus::Queued) => "into the queue",
            (Ok(Done::Recorded), TransferStatus::Netted(window)) => {
                assert_eq!(window, self.store.schedule.window_of(self.store.now));
                let entry = self.store.entry(terms.debtor_agent, terms.currency());
                assert!(entry.net_debit() <= entry.cap.min(entry.collateral), "{entry:?}");
                "net"
            }
            (Ok(Done::Recorded), _) => method(&terms),
            (Err(error), _) => {
                assert_eq!(after, record);
                let reserved = ["gross", "exchange"].contains(&method(&terms));
                assert!(
                    !reserved || error != Error::InsufficientFunds,
                    "what is reserved is there"
                );
                ""
            }
            _ => "",
        };
        if answer == Ok(Done::Recorded) && !record.charges().is_empty() {
            self.note("fees paid or reserved", kind, answer);
        }
        self.note("accept", kind, answer);
    }

    fn end(&mut self, end: End) {
        let Some(uetr) = Self::recent(&mut self.random, &self.uetrs, 30) else {
            return;
        };
        let record = self.store.transfers()[&uetr];
        let terms = record.transfer().terms;
        let (action, agent) = match end {
            End::Reject(_) => ("reject", terms.creditor_agent),
            End::Cancel(_) => ("cancel", terms.debtor_agent),
            End::Expire => ("expire", terms.creditor_agent),
        };
        let caller = self.caller(agent);
        let answer = self.store.end(&caller, uetr, end);
        let kind = match record.status() {
            TransferStatus::Queued => "out of the queue",
            _ => method(&terms),
        };
        self.note(action, kind, answer);
    }

    fn give_back(&mut self) {
        let Some(uetr) = Self::recent(&mut self.random, &self.uetrs, 60) else {
            return;
        };
        let record = self.store.transfers()[&uetr];
        let terms = record.transfer().terms;
        let (original, sent) = match &record {
            Record::Plain(record) => (terms.minor_units(), record.transfer.returned_minor_units),
            Record::Fx(record) => (record.fx.credited.minor_units, record.sent_back_minor_units),
        };
        let caller = self.caller(terms.creditor_agent);
        let mut reference = Reference(self.random.bytes());
        let mut command = TransferReturn {
            uetr,
            minor_units: match self.random.below(4) {
                0 => original.saturating_sub(sent),
                1 => u128::from(self.random.below(3)),
                _ => u128::from(self.random.next()) % (original + 1),
            },
            reason: ReasonCode::AC01,
        };
        let known = self.returns.iter().rev().find(|known| known.2.uetr == uetr);
        if let (Some(known), true) = (known, self.random.percent(15)) {
            reference = known.1;
            if self.random.percent(70) {
                command = known.2;
            }
        }
        let answer = self.store.give_back(&caller, reference, &command);
        if answer == Ok(Done::Recorded) {
            *self.account.returned.entry(uetr).or_default() += command.minor_units;
            self.returns.push((caller.participant, reference, command));
        }
        self.note("return", method(&terms), answer);
    }

    fn resolve(&mut self) {
        let currency = self.currency();
        self.resolve_in(currency);
    }

    pub fn resolve_in(&mut self, currency: Currency) {
        let queue = self.store.queue(currency);
        let caller = common::caller(IDS[0]);
        let report = self
            .store
            .resolve(&caller, currency)
            .expect("anyone may, at any time");
        let (mut settled, mut gross, mut expired) = (0, 0, 0);
        for queued in &queue {
            match self.store.transfers()[&queued.uetr].status() {
                TransferStatus::Settled => {
                    settled += 1;
                    gross += queued.minor_units;
                    assert!(self.store.now < queued.expires_at);
                    self.note("resolve", "settled", Ok(Done::Recorded));
                }
                TransferStatus::Expired => {
                    expired += 1;
                    self.note("resolve", "expired", Ok(Done::Recorded));
                }
                status => {
                    assert_eq!(status, TransferStatus::Queued);
                    self.note("resolve", "still waits", Ok(Done::Recorded));
                }
            }
        }
        assert_eq!((report.settled, report.expired), (settled, expired));
        assert_eq!(report.gross_minor_units, gross);
        assert!(report.liquidity_minor_units <= gross);
        assert_eq!(usize::from(report.waiting), self.store.queue(currency).len());
    }

    fn end_window(&mut self) {
        let currency = self.currency();
        let open = self.store.schedule.window_of(self.store.now);
        let back = u32::try_from(self.random.below(3)).expect("small");
        let mut window = WindowId(open.0.saturating_sub(back));
        let page = self
            .store
            .net_page(currency, u16::try_from(self.random.below(3)).expect("small"));
        if let (Some(waiting), true) = (page.closing_window(), self.random.percent(70)) {
            window = waiting;
        }
        let ending = if self.random.percent(12) {
            Ending::Abort
        } else {
            Ending::Settle
        };
        self.end_this(currency, window, ending);
    }

    pub fn end_this(&mut self, currency: Currency, window: WindowId, ending: Ending) {
        let before = IDS.map(|id| (self.store.position(id, currency), self.store.entry(id, currency)));
        let answer = self.store.end_window(currency, window, ending);
        let action = match ending {
            Ending::Settle => "settle window",
            Ending::Abort => "abort window",
        };
        let open = self.store.schedule.window_of(self.store.now);
        match answer {
            Ok(None) => self.note(action, "", Ok(Done::Repeated)),
            Ok(Some((record, results))) => {
                assert!(window < open);
                let sum: i64 = results.iter().map(|result| result.net_minor_units).sum();
                assert_eq!(sum, 0);
                assert_eq!(usize::from(record.participants), results.len());
                for result in results.iter().filter(|_| record.has_settled()) {
                    self.paid(currency, &before, result);
                }
                let kind = if results.is_empty() {
                    "empty"
                } else {
                    "with positions"
                };
                self.note(action, kind, Ok(Done::Recorded));
            }
            Err(error) => {
                let possible = [Error::WindowOpen, Error::WindowEnded];
                assert!(possible.contains(&error), "{error:?}: closing is always possible");
                assert!(error != Error::WindowOpen || window >= open);
                self.note(action, "", Err(error));
            }
        }
    }

    /// Who owed has paid from what it had available, and only the rest from collateral.
    fn paid(&mut self, currency: Currency, before: &[(Position, NetEntry); 5], result: &NetResult) {
        let net = i128::from(result.net_minor_units);
        let place = IDS
            .iter()
            .position(|id| *id == result.participant)
            .expect("one of five");
        let available = i128::try_from(before[place].0.available).expect("small");
        let short = (-net - available).max(0);
        self.account.pledged(result.participant, currency, -short);
        if short > 0 {
            self.note("settle window", "with collateral", Ok(Done::Recorded));
        }
    }
}
