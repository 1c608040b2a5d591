//! The stage of the settlement engine: a window past its cut-off, batches nobody has answered, quotes, transfers in
//! two currencies, with fees, net, and waiting for cover, and each message as whoever it is for would send it.

mod messages;
mod terms;

use crate::cast::{BOC_AUDITOR, CUP_AUDITOR};
use crate::play::Play;
use corridor_client::contract::{Message, SettlementContract};
use corridor_client::LimitScope;
use corridor_core::{
    FxTerms, Limits, Money, ParticipantId, Quote, Role, SettlementMethod, Tariff, Terms, Unwind, WindowId,
};
use corridor_tests::backend::{Account, Backend, Command, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::exchange::{
    admit_provider, HSBC, HSBC_ADMIN, HSBC_COMPLIANCE, HSBC_QUOTER, HSBC_TREASURER,
};
use corridor_tests::scenario::stage::{
    reference, uetr, Stage, BOC, BOC_STAFF, CNY, CNY_TOKEN, CUP, CUP_STAFF, HKD, STRANGER,
};
use polkadot_sdk::sp_core::{sr25519, Pair};
use SettlementMethod::{Gross, Net, PaymentVersusPayment, QueuedGross};

/// Everyone who may try something.
pub const EVERYONE: [Account; 18] = [
    STRANGER,
    GOVERNOR,
    BOC_STAFF.admin,
    BOC_STAFF.instructor,
    BOC_STAFF.approver,
    BOC_STAFF.treasurer,
    BOC_STAFF.compliance,
    BOC_AUDITOR,
    CUP_STAFF.admin,
    CUP_STAFF.instructor,
    CUP_STAFF.approver,
    CUP_STAFF.treasurer,
    CUP_STAFF.compliance,
    CUP_AUDITOR,
    HSBC_ADMIN,
    HSBC_QUOTER,
    HSBC_TREASURER,
    HSBC_COMPLIANCE,
];

/// What CUP holds in yuan and the provider in each currency.
const HELD: u128 = 1_000_000;
/// More than anybody has.
const UNCOVERED: u128 = 2_000_000;

/// The numbers of the transfers.
mod number {
    pub const NET: u8 = 1;
    pub const LATE_NET: u8 = 2;
    pub const NETTED: u8 = 3;
    pub const NET_WITH_FEES: u8 = 4;
    pub const WITH_FEES: u8 = 5;
    pub const LATE_WITH_FEES: u8 = 6;
    pub const SETTLED_WITH_FEES: u8 = 7;
    pub const EXCHANGE: u8 = 8;
    pub const LATE_EXCHANGE: u8 = 9;
    pub const EXCHANGED: u8 = 10;
    pub const EXCHANGED_FOR_NEW_QUOTE: u8 = 11;
    pub const LATE_IN_QUEUE: u8 = 12;
    pub const IN_QUEUE: u8 = 13;
    pub const IN_QUEUE_BACK: u8 = 14;
    pub const MAY_WAIT: u8 = 15;
    /// From here on there are none yet.
    pub const NEW: u8 = 100;
    /// Of a batch, not to be hit by chance: anybody may expire it.
    pub const LATE_BATCH: u32 = 0x5EED_0001;
}

/// The stage while it is set.
struct Setting {
    system: BlobBackend,
    hub: SettlementContract,
}

/// What the messages of the stage need to know of it.
struct Set {
    window: WindowId,
    quote: Quote,
    unused: Quote,
    back: Quote,
    key: sr25519::Pair,
}

/// The stage and its messages.
pub fn play() -> Play {
    let mut setting = Setting::begin();
    setting.open_windows();
    let window = setting.what_will_be_late();
    let set = setting.everything_else(window);
    let commands = setting.commands(&set);
    let queries = setting.queries(&set);
    Play {
        system: setting.system,
        everyone: &EVERYONE,
        commands,
        queries,
    }
}

impl Setting {
    /// BOC, CUP and a provider, with money in escrow.
    fn begin() -> Self {
        let mut system = BlobBackend::new(Tokens::Plain);
        let mut stage = Stage::open(&mut system);
        admit_provider(&mut stage, HELD);
        for (participant, admin, account, role) in [
            (BOC, BOC_STAFF.admin, BOC_AUDITOR, Role::Auditor),
            (CUP, CUP_STAFF.admin, CUP_AUDITOR, Role::Auditor),
        ] {
            let grant = Command::GrantRole {
                participant,
                account,
                role,
            };
            stage.ok(admin, grant);
        }
        let treasurer = CUP_STAFF.treasurer;
        stage.system.fund(treasurer, CNY_TOKEN, HELD);
        let deposit = Command::Deposit {
            reference: reference(201),
            amount: Money::new(CNY, HELD),
        };
        stage.ok(treasurer, deposit);
        let hub = system.contract();
        Self { system, hub }
    }

    /// Sends what has to be carried out.
    #[track_caller]
    fn ok<T>(&mut self, caller: Account, message: Message<T>) {
        let ending = self.system.send(caller, message.data().to_vec());
        assert!(matches!(ending, Ending::Answered(_)), "{}: {ending:?}", caller.0);
        covered(&self.system);
    }

    /// Hourly windows on a Thursday morning, cover and limits.
    fn open_windows(&mut self) {
        let schedule = terms::schedule();
        let now = self.system.now();
        self.system.advance_time(schedule.anchor + 9 * 3_600 - now);
        let hub = self.hub;
        self.ok(GOVERNOR, hub.set_schedule(schedule));
        for (id, treasurer) in [
            (BOC, BOC_STAFF.treasurer),
            (CUP, CUP_STAFF.treasurer),
            (HSBC, HSBC_TREASURER),
        ] {
            let pledge = hub.pledge(reference(210), Money::new(CNY, 100_000));
            self.ok(treasurer, pledge);
            self.ok(GOVERNOR, hub.set_cap(id, CNY, 80_000));
        }
        for creditor_agent in [None, Some(CUP)] {
            let scope = scope(creditor_agent);
            self.ok(GOVERNOR, hub.set_limits(scope, Some(limits(10_000_000))));
        }
    }

    fn instruct(&mut self, number: u8, terms: Terms) {
        let caller = if terms.debtor_agent == BOC {
            BOC_STAFF
        } else {
            CUP_STAFF
        }
        .instructor;
        self.ok(caller, self.hub.instruct(uetr(number), terms));
    }

    /// Between BOC and CUP.
    fn accept(&mut self, number: u8) {
        let accept = self.hub.accept(uetr(number));
        let from = self.system.transfer(uetr(number)).expect("instructed");
        let caller = if from.terms.debtor_agent == BOC {
            CUP_STAFF
        } else {
            BOC_STAFF
        }
        .approver;
        self.ok(caller, accept);
    }

    fn instruct_fx(&mut self, number: u8, terms: Terms, quote: &Quote, unwind: Unwind) {
        let fx = FxTerms {
            unwind,
            ..terms::credited(quote, terms.minor_units())
        };
        let instruct = self.hub.instruct_fx(uetr(number), terms, fx, None);
        self.ok(BOC_STAFF.instructor, instruct);
    }

    fn tariff(&self, version: u32, effective_from: u64) -> Message<Result<(), corridor_core::Error>> {
        let tariff = Tariff {
            version,
            effective_from,
            fixed_minor_units: 50,
            basis_points: 10,
            minimum_minor_units: 0,
            maximum_minor_units: 1_000,
        };
        self.hub.set_tariff(BOC, CUP, CNY, HSBC, tariff)
    }

    /// Of each kind one that expires before the window's cut-off, which passes. Returns the window.
    fn what_will_be_late(&mut self) -> WindowId {
        let late = |system: &BlobBackend, minor_units, method| Terms {
            expires_at: system.now() + 1_800,
            ..terms::usual(system, minor_units, method)
        };
        self.instruct(number::NET, terms::usual(&self.system, 700, Net));
        self.instruct(number::LATE_NET, late(&self.system, 700, Net));
        self.instruct(number::NETTED, terms::usual(&self.system, 700, Net));
        self.accept(number::NETTED);
        let tariff = self.tariff(1, self.system.now());
        self.ok(GOVERNOR, tariff);
        self.instruct(number::LATE_WITH_FEES, late(&self.system, 1_000, Gross));
        let quote = terms::quote(&self.system, 1);
        self.ok(HSBC_QUOTER, self.hub.publish_quote(quote));
        let exchange = late(&self.system, 1_000, PaymentVersusPayment);
        self.instruct_fx(number::LATE_EXCHANGE, exchange, &quote, Unwind::OriginalRate);
        self.instruct(number::LATE_IN_QUEUE, late(&self.system, UNCOVERED, QueuedGross));
        self.accept(number::LATE_IN_QUEUE);
        let (header, items) = terms::batch(1, 20);
        self.ok(BOC_STAFF.instructor, self.hub.submit_batch(header, items));
        let (mut header, items) = terms::batch(number::LATE_BATCH, 20);
        header.expires_at = self.system.now() + 1_800;
        self.ok(BOC_STAFF.instructor, self.hub.submit_batch(header, items));
        let window = terms::schedule().window_of(self.system.now());
        let now = self.system.now();
        self.system
            .advance_time(terms::schedule().closes_at(window) - now);
        window
    }

    fn everything_else(&mut self, window: WindowId) -> Set {
        let (hub, usual) = (self.hub, terms::usual);
        self.instruct(number::NET_WITH_FEES, usual(&self.system, 700, Net));
        self.instruct(number::WITH_FEES, usual(&self.system, 1_000, Gross));
        self.instruct(number::SETTLED_WITH_FEES, usual(&self.system, 1_000, Gross));
        self.accept(number::SETTLED_WITH_FEES);
        let (quote, unused) = (terms::quote(&self.system, 2), terms::quote(&self.system, 3));
        let back = terms::quote_back(&self.system, 4);
        for quote in [quote, unused, back] {
            self.ok(HSBC_QUOTER, hub.publish_quote(quote));
        }
        for (number, unwind, accepted) in [
            (number::EXCHANGE, Unwind::OriginalRate, false),
            (number::EXCHANGED, Unwind::OriginalRate, true),
            (number::EXCHANGED_FOR_NEW_QUOTE, Unwind::NewQuote, true),
        ] {
            let terms = usual(&self.system, 10_000, PaymentVersusPayment);
            self.instruct_fx(number, terms, &quote, unwind);
            if accepted {
                self.accept(number);
            }
        }
        let waiting = usual(&self.system, UNCOVERED, QueuedGross);
        let waiting_back = Terms {
            debtor_agent: CUP,
            creditor_agent: BOC,
            ..waiting
        };
        for (number, terms) in [(number::IN_QUEUE, waiting), (number::IN_QUEUE_BACK, waiting_back)] {
            self.instruct(number, terms);
            self.accept(number);
        }
        self.instruct(number::MAY_WAIT, usual(&self.system, 1_000, QueuedGross));
        let key = sr25519::Pair::from_string("//quoter", None).expect("a key");
        let grant = hub.grant_role(HSBC, terms::address(&key), Role::Quoter);
        self.ok(HSBC_ADMIN, grant);
        Set {
            window,
            quote,
            unused,
            back,
            key,
        }
    }
}

fn scope(creditor_agent: Option<ParticipantId>) -> LimitScope {
    LimitScope {
        debtor_agent: BOC,
        creditor_agent,
        currency: CNY,
    }
}

/// Limits that are counted and stop nothing here.
fn limits(per_transfer_minor_units: u128) -> Limits {
    Limits {
        per_transfer_minor_units,
        period_minor_units: 100_000_000,
        period_count: 10_000,
        bucket_seconds: 900,
    }
}

/// The books of both currencies are exactly what the contract holds.
#[track_caller]
pub fn covered(system: &BlobBackend) {
    for currency in [CNY, HKD] {
        let found = system.conservation(currency).expect("an answer");
        assert_eq!(found.booked, found.held, "{currency}");
    }
}
