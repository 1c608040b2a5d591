//! Random commands of five participants and the governor, given to the store and noted in the account.

use crate::account::{Account, Taken};
use crate::common::{self, Random};
use crate::shell::message::{Message, Sent};
use crate::shell::{Answer, Done, End};
use crate::store::{currencies, unregistered, Record, Scope, Store, IDS};
use corridor_core::{
    Caller, ChargeBearer, CollateralKind, Currency, Error, FxTerms, Money, MovementKind, ParticipantId,
    Queued, Quote, QuotedReturn, ReasonCode, Reference, Role, SettlementMethod, Terms, TransferReturn,
    TransferStatus, Uetr, WindowId,
};
use std::collections::BTreeMap;

/// Of each currency each participant starts with so much.
const OPENING: u128 = 6_000;

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
    pub offers: Vec<Quote>,
    /// The last transfers, newest last.
    pub uetrs: Vec<Uetr>,
    pub instructions: Vec<(Uetr, Terms, Option<FxTerms>)>,
    pub returns: Vec<(ParticipantId, Reference, TransferReturn)>,
    pub quoted_returns: Vec<(Reference, QuotedReturn)>,
    pub batches: Vec<crate::batches::Submitted>,
    /// Everything that was sent, in order.
    pub sent: Vec<Sent>,
    /// The number of the last open window.
    last_window: WindowId,
}

const BEARERS: [ChargeBearer; 4] = [
    ChargeBearer::Debt,
    ChargeBearer::Cred,
    ChargeBearer::Shar,
    ChargeBearer::Slev,
];

pub fn method(terms: &Terms) -> &'static str {
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
            quoted_returns: Vec::new(),
            batches: Vec::new(),
            sent: Vec::new(),
            last_window: WindowId(0),
        };
        for _ in 0..40 {
            world.set_tariff();
        }
        for _ in 0..15 {
            world.set_limits();
        }
        for id in IDS {
            for currency in currencies() {
                world.movement(id, MovementKind::Deposit, Money::new(currency, OPENING));
                let cap = world.random.below(20_000);
                world.cap(id, currency, cap);
                world.collateral(id, CollateralKind::Pledge, Money::new(currency, 1_500));
            }
        }
        world
    }

    pub fn step(&mut self) {
        match self.random.below(1_000) {
            0..80 => self.pass(),
            80..120 => self.some_money(),
            120..170 => self.some_collateral(),
            170..185 => {
                let (id, currency, cap) = (self.id(), self.currency(), self.random.below(20_000));
                self.cap(id, currency, cap);
            }
            185..200 => self.set_tariff(),
            200..215 => self.set_limits(),
            215..222 => self.gate(),
            222..225 => self.set_schedule(),
            225..275 => self.offer(),
            275..285 => self.withdraw(),
            285..480 => self.instruct(),
            505..600 => self.instruct_fx(),
            600..770 => self.accept(),
            770..795 => self.end(End::Reject(ReasonCode::AC04)),
            795..825 => self.end(End::Cancel(ReasonCode::CUST)),
            825..865 => self.end(End::Expire),
            480..505 | 865..920 => self.give_back(),
            920..950 => self.resolve(),
            950..962 => self.submit(),
            962..983 => self.answer_batch(),
            _ => self.end_window(),
        }
        self.account.check(&self.store);
        let open = self.store.schedule.window_of(self.store.now);
        assert!(self.last_window <= open, "the open window's number goes back");
        self.last_window = open;
    }

    /// Notes a message with its answer.
    pub fn record(&mut self, caller: Option<Caller>, message: Message, answer: Answer) {
        self.sent.push(Sent {
            caller,
            message,
            answer,
        });
    }

    /// Mostly moments, now and then days.
    fn pass(&mut self) {
        self.store.now += if self.random.below(300) == 0 {
            self.random.below(3 * 86_400)
        } else {
            self.random.pick(&[1, 10, 60, 300, 900])
        };
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

    /// More often the first, so that what concerns one participant comes together.
    pub fn id(&mut self) -> ParticipantId {
        if self.random.percent(25) {
            return IDS[0];
        }
        self.random.pick(&IDS)
    }

    /// More often the first, as above.
    pub fn currency(&mut self) -> Currency {
        if self.random.percent(30) {
            return Currency::CNY;
        }
        self.random.pick(&currencies())
    }

    /// Mostly who may.
    pub fn caller(&mut self, mostly: ParticipantId) -> Caller {
        match self.random.below(100) {
            0..3 => common::caller(self.id()),
            3..5 => common::caller_without(mostly, &[self.random.pick(&Role::ALL)]),
            _ => common::caller(mostly),
        }
    }

    /// More often small than large.
    pub fn amount(&mut self) -> u128 {
        let magnitude = 1 << self.random.below(13);
        u128::from(1 + self.random.below(magnitude))
    }

    pub fn recent<T: Copy>(random: &mut Random, from: &[T], most: usize) -> Option<T> {
        let recent = &from[from.len().saturating_sub(most)..];
        (!recent.is_empty()).then(|| random.pick(recent))
    }

    /// One of the last transfers, most often one that is open.
    pub fn some_transfer(&mut self) -> Option<(Uetr, Record)> {
        let mut found = None;
        for _ in 0..3 {
            let uetr = Self::recent(&mut self.random, &self.uetrs, 40)?;
            let record = self.store.transfers()[&uetr];
            found = Some((uetr, record));
            if record.status().is_open() {
                break;
            }
        }
        found
    }

    /// Notes an instruction's answer, and what it counts against.
    pub fn instructed(&mut self, uetr: Uetr, terms: &Terms, fx: Option<FxTerms>, answer: Answer) {
        let scopes = scopes(terms);
        // What a quote's provider pays counts in its own currency, as its own.
        let provider = fx
            .filter(|fx| fx.quote.provider != terms.creditor_agent)
            .map(|fx| {
                let (id, currency) = (fx.quote.provider, fx.credited.currency);
                let scopes = [(id, None, currency), (id, Some(terms.creditor_agent), currency)];
                (scopes, fx.credited.minor_units)
            });
        match answer {
            Ok(Done::Recorded) => {
                self.account
                    .check_instruction(&self.store, &self.store.transfers()[&uetr]);
                for scope in &scopes {
                    self.account.count(&self.store, scope, Taken::Transfer(uetr));
                }
                for scope in provider.iter().flat_map(|(scopes, _)| scopes) {
                    self.account.count(&self.store, scope, Taken::Credited(uetr));
                }
                self.uetrs.push(uetr);
                self.instructions.push((uetr, *terms, fx));
            }
            Err(Error::VelocityExceeded) => {
                let too_many = |scope| self.account.too_many(&self.store, scope, 1, terms.minor_units());
                let provider_too_many = provider.is_some_and(|(scopes, credited)| {
                    let full = |scope| self.account.too_many(&self.store, scope, 0, credited);
                    scopes.iter().any(full)
                });
                assert!(scopes.iter().any(too_many) || provider_too_many);
            }
            Err(Error::LimitPerTransfer) => {
                let of_provider =
                    provider.is_some_and(|(scopes, credited)| credited > self.account.most(&scopes));
                assert!(terms.minor_units() > self.account.most(&scopes) || of_provider);
            }
            _ => {}
        }
        self.note("instruct", method(terms), answer);
    }

    pub fn terms(&mut self, debtor_agent: ParticipantId, money: Money, how: SettlementMethod) -> Terms {
        Terms {
            debtor_agent,
            creditor_agent: self.random.other(&IDS, debtor_agent),
            interbank_settlement_amount: money,
            interbank_settlement_date: 19_675,
            charge_bearer: self.random.pick(&BEARERS),
            settlement_method: how,
            expires_at: self.store.now + self.random.below(6_000),
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
        // Now and then in a currency that is none here.
        let currency = match self.random.percent(1) {
            true => unregistered(),
            false => currency,
        };
        let available = self.store.position(debtor, currency).available;
        let minor_units = match how {
            // About what there is, so that it has to wait as often as not.
            SettlementMethod::QueuedGross if self.random.percent(70) => {
                1 + u128::from(self.random.next()) % (available * 2 + 500)
            }
            _ => self.amount() - u128::from(self.random.percent(1)),
        };
        let money = Money::new(currency, minor_units);
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
        self.record(Some(caller), Message::Instruct(uetr, terms), answer);
        self.instructed(uetr, &terms, None, answer);
    }

    fn accept(&mut self) {
        let Some((uetr, record)) = self.some_transfer() else {
            return;
        };
        let terms = record.transfer().terms;
        let (debtor, currency) = (terms.debtor_agent, terms.currency());
        let covered = self.store.position(debtor, currency).available >= terms.minor_units();
        let queue = self.store.queue(currency);
        let now = self.store.now;
        let is_before = |queued: &Queued| queued.debtor_agent == debtor && now < queued.expires_at;
        let waits = !covered || queue.iter().any(is_before);
        let caller = self.caller(terms.creditor_agent);
        let answer = self.store.accept(&caller, uetr);
        self.record(Some(caller), Message::Accept(uetr), answer);
        let kind = match answer {
            Ok(Done::Recorded) => self.accepted(uetr, waits),
            Ok(Done::Repeated) => "",
            Err(error) => {
                assert_eq!(self.store.transfers()[&uetr], record);
                let reserved = ["gross", "exchange"].contains(&method(&terms));
                assert!(
                    !reserved || error != Error::InsufficientFunds,
                    "what is reserved is there"
                );
                ""
            }
        };
        if answer == Ok(Done::Recorded) && !record.charges().is_empty() {
            self.note("fees paid or reserved", kind, answer);
        }
        self.note("accept", kind, answer);
    }

    /// Where an accepted transfer stands, which has to be where its method puts it.
    fn accepted(&self, uetr: Uetr, waits: bool) -> &'static str {
        let transfer = self.store.transfers()[&uetr].transfer();
        let terms = &transfer.terms;
        let queued = terms.settlement_method == SettlementMethod::QueuedGross;
        match transfer.status {
            TransferStatus::Queued => {
                assert!(queued && waits);
                "into the queue"
            }
            TransferStatus::Netted(window) => {
                assert_eq!(terms.settlement_method, SettlementMethod::Net);
                assert_eq!(window, self.store.schedule.window_of(self.store.now));
                let entry = self.store.entry(terms.debtor_agent, terms.currency());
                assert!(entry.net_debit() <= entry.cap.min(entry.collateral), "{entry:?}");
                "net"
            }
            status => {
                assert_eq!(status, TransferStatus::Settled);
                assert!(
                    !queued || !waits,
                    "only what is covered and first passes the queue"
                );
                method(terms)
            }
        }
    }
}
