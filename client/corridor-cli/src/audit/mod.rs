//! The netting of windows, computed again from single transfers and the items of batches.

pub mod batches;

use self::batches::Batches;
use corridor_client::{
    core::{
        BatchRecord, Currency, NetChange, NetResult, ParticipantId, Terms, TransferChange, Uetr, WindowId,
        WindowRecord,
    },
    BatchEvent, SettlementEvent,
};
use std::collections::{BTreeMap, HashMap};

/// Net results by participant, in minor units.
pub type Nets = BTreeMap<ParticipantId, i128>;

/// What was posted in one window, or what the contract says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Netting {
    /// Credits less debits of each participant; none that is zero once it is finished.
    pub nets: Nets,
    /// All amounts together.
    pub gross: u128,
    /// How many transfers and accepted batches.
    pub postings: u64,
}

impl Netting {
    fn post(&mut self, debtor: ParticipantId, creditor: ParticipantId, minor_units: u128) -> Option<()> {
        let amount = i128::try_from(minor_units).ok()?;
        let debit = self.nets.entry(debtor).or_default();
        *debit = debit.checked_sub(amount)?;
        let credit = self.nets.entry(creditor).or_default();
        *credit = credit.checked_add(amount)?;
        self.gross = self.gross.checked_add(minor_units)?;
        self.postings = self.postings.saturating_add(1);
        Some(())
    }

    fn add(&mut self, other: &Self) -> Option<()> {
        for (participant, net) in &other.nets {
            let sum = self.nets.entry(*participant).or_default();
            *sum = sum.checked_add(*net)?;
        }
        self.gross = self.gross.checked_add(other.gross)?;
        self.postings = self.postings.saturating_add(other.postings);
        Some(())
    }

    /// All debits together.
    #[must_use]
    pub fn moved(&self) -> u128 {
        let debits = self.nets.values().filter(|net| **net < 0);
        debits.fold(0, |sum: u128, net| sum.saturating_add(net.unsigned_abs()))
    }
}

/// What happened in one currency, event by event in order.
#[derive(Debug)]
pub struct Audit {
    currency: Currency,
    terms: HashMap<Uetr, Terms>,
    /// Net transfers that were accepted without having been instructed in the blocks that were read.
    strangers: Vec<Uetr>,
    windows: BTreeMap<WindowId, Netting>,
    results: HashMap<WindowId, Vec<NetResult>>,
    ended: BTreeMap<WindowId, WindowRecord>,
    batches: Batches,
    broken: bool,
}

impl Audit {
    /// Nothing yet.
    #[must_use]
    pub fn new(currency: Currency) -> Self {
        Self {
            currency,
            terms: HashMap::new(),
            strangers: Vec::new(),
            windows: BTreeMap::new(),
            results: HashMap::new(),
            ended: BTreeMap::new(),
            batches: Batches::default(),
            broken: false,
        }
    }

    /// Takes in an event of a batch; `record` is what is recorded of it.
    pub fn take_batch(&mut self, event: &BatchEvent, record: Option<&BatchRecord>) {
        if event.currency != self.currency {
            return;
        }
        if let Some(booked) = self.batches.take(event, record) {
            let amount = booked.minor_units.into();
            self.post(booked.window, event.debtor_agent, booked.creditor_agent, amount);
        }
    }

    /// The batches, and what was found wrong with them.
    #[must_use]
    pub fn batches(&self) -> &Batches {
        &self.batches
    }

    /// Takes in any other event.
    pub fn take(&mut self, event: &SettlementEvent) {
        match event {
            SettlementEvent::Transfer(event) => match event.change {
                TransferChange::Instructed(terms) => {
                    self.terms.insert(event.uetr, terms);
                }
                TransferChange::Netted(window) => match self.terms.remove(&event.uetr) {
                    Some(terms) if terms.currency() == self.currency => {
                        let (debtor, creditor) = (terms.debtor_agent, terms.creditor_agent);
                        self.post(window, debtor, creditor, terms.minor_units());
                    }
                    Some(_) => {}
                    None => self.strangers.push(event.uetr),
                },
                // Whatever goes another way is never booked.
                TransferChange::Settled
                | TransferChange::Queued
                | TransferChange::Rejected(_)
                | TransferChange::Cancelled(_)
                | TransferChange::Expired
                | TransferChange::Returned { .. } => {
                    self.terms.remove(&event.uetr);
                }
            },
            SettlementEvent::Netting(event) if event.currency == self.currency => match &event.change {
                NetChange::Results { window, results } => {
                    self.results.entry(*window).or_default().extend(results);
                }
                NetChange::Ended(record) => {
                    self.ended.insert(record.window, *record);
                }
                NetChange::Collateral { .. } | NetChange::CapSet { .. } => {}
            },
            // Fees are paid gross, and so is everything else here.
            SettlementEvent::Netting(_)
            | SettlementEvent::Batch(_)
            | SettlementEvent::Escrow(_)
            | SettlementEvent::Registry(_)
            | SettlementEvent::Quote(_)
            | SettlementEvent::Exchange(_)
            | SettlementEvent::Fees(_)
            | SettlementEvent::Controls(_)
            | SettlementEvent::Queue(_) => {}
        }
    }

    fn post(&mut self, window: WindowId, debtor: ParticipantId, creditor: ParticipantId, minor_units: u128) {
        let netting = self.windows.entry(window).or_default();
        self.broken |= netting.post(debtor, creditor, minor_units).is_none();
    }

    /// Net transfers whose instruction was not among the events: then nothing can be said.
    #[must_use]
    pub fn strangers(&self) -> &[Uetr] {
        &self.strangers
    }

    /// The netting of a window, with what aborted windows carried over to it. `None` where a sum does not fit,
    /// which the contract would not have booked.
    #[must_use]
    pub fn recomputed(&self, window: WindowId) -> Option<Netting> {
        if self.broken {
            return None;
        }
        let mut windows = self.windows.clone();
        // Positions are carried over to later windows only, so rising order sees each before it is needed.
        for (aborted, record) in self.ended.range(..window) {
            let Some(later) = record.carried_over_to().filter(|later| later > aborted) else {
                continue;
            };
            let carried = windows.get(aborted).cloned().unwrap_or_default();
            windows.entry(later).or_default().add(&carried)?;
        }
        let mut netting = windows.remove(&window).unwrap_or_default();
        netting.nets.retain(|_, net| *net != 0);
        Some(netting)
    }

    /// What the contract's events say of each participant's result.
    #[must_use]
    pub fn reported(&self, window: WindowId) -> Nets {
        let mut nets = Nets::new();
        for result in self.results.get(&window).into_iter().flatten() {
            let net = nets.entry(result.participant).or_default();
            *net = net.saturating_add(result.net_minor_units.into());
        }
        nets
    }

    /// What the event of the window's end says.
    #[must_use]
    pub fn ended(&self, window: WindowId) -> Option<&WindowRecord> {
        self.ended.get(&window)
    }
}

/// What does not fit between the recomputed netting, the results and the record of a window.
#[must_use]
pub fn faults(recomputed: &Netting, reported: &Nets, record: &WindowRecord) -> Vec<String> {
    let mut faults = Vec::new();
    if recomputed.nets != *reported {
        faults.push("the results of participants differ".into());
    }
    let count = u16::try_from(recomputed.nets.len()).unwrap_or(u16::MAX);
    let sum = reported.values().fold(0i128, |sum, net| sum.saturating_add(*net));
    for (what, ours, theirs) in [
        (
            "all net debits, in minor units",
            recomputed.moved(),
            record.net_minor_units,
        ),
        (
            "the gross sum, in minor units",
            recomputed.gross,
            record.gross_minor_units,
        ),
        ("participants", count.into(), record.participants.into()),
    ] {
        if ours != theirs {
            faults.push(format!("{what}: recomputed {ours}, recorded {theirs}"));
        }
    }
    if sum != 0 {
        faults.push(format!("the results add up to {sum} minor units instead of zero"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::{
        batches::tests::{happened, submission},
        *,
    };
    use corridor_client::{
        core::{BatchChange, ChargeBearer, Money, SettlementMethod, TransferStatus, WindowStatus},
        NettingRecorded, TransferRecorded,
    };

    const CNY: Currency = Currency::CNY;
    const A: ParticipantId = ParticipantId(0);
    const B: ParticipantId = ParticipantId(1);
    const C: ParticipantId = ParticipantId(2);

    fn transfer(uetr: u8, from: ParticipantId, to: ParticipantId, change: TransferChange) -> SettlementEvent {
        SettlementEvent::Transfer(TransferRecorded {
            uetr: Uetr([uetr; 16]),
            debtor_agent: from,
            creditor_agent: to,
            status: TransferStatus::Pending,
            change,
        })
    }

    fn netted(
        audit: &mut Audit,
        uetr: u8,
        from: ParticipantId,
        to: ParticipantId,
        money: Money,
        window: u32,
    ) {
        let terms = Terms {
            debtor_agent: from,
            creditor_agent: to,
            interbank_settlement_amount: money,
            interbank_settlement_date: 0,
            charge_bearer: ChargeBearer::Shar,
            settlement_method: SettlementMethod::Net,
            expires_at: 0,
            message_digest: [0; 32],
        };
        for change in [
            TransferChange::Instructed(terms),
            TransferChange::Netted(WindowId(window)),
        ] {
            audit.take(&transfer(uetr, from, to, change));
        }
    }

    fn record(window: u32, settles_in: u32, net: u128, gross: u128, participants: u16) -> WindowRecord {
        WindowRecord {
            window: WindowId(window),
            status: match window == settles_in {
                true => WindowStatus::Settled,
                false => WindowStatus::Aborted,
            },
            closed_at: 0,
            settles_in: WindowId(settles_in),
            net_minor_units: net,
            gross_minor_units: gross,
            participants,
        }
    }

    fn netting(change: NetChange) -> SettlementEvent {
        SettlementEvent::Netting(NettingRecorded {
            currency: CNY,
            change,
        })
    }

    fn result(participant: ParticipantId, net_minor_units: i64) -> NetResult {
        NetResult {
            participant,
            net_minor_units,
        }
    }

    #[test]
    fn transfers_and_batches_of_the_currency_add_up() {
        let mut audit = Audit::new(CNY);
        netted(&mut audit, 1, A, B, Money::new(CNY, 500), 7);
        netted(&mut audit, 2, B, A, Money::new(CNY, 300), 7);
        netted(&mut audit, 3, A, B, Money::new(Currency::HKD, 9_999), 7);
        netted(&mut audit, 4, A, B, Money::new(CNY, 1), 8);
        let (submitted, recorded) = submission(B, 4, C, &[150, 50]);
        let change = BatchChange::Accepted {
            creditor_agent: C,
            window: WindowId(7),
            minor_units: 200,
            excepted: Vec::new(),
        };
        let accepted = happened(B, 4, change);
        for event in [submitted, accepted] {
            let mut other = event.clone();
            other.currency = Currency::HKD;
            audit.take_batch(&other, Some(&recorded));
            audit.take_batch(&event, Some(&recorded));
        }
        assert!(audit.batches().faults().is_empty());
        let seven = audit.recomputed(WindowId(7)).expect("fits");
        // B owes nothing and is owed nothing: no result.
        assert_eq!(seven.nets, Nets::from([(A, -200), (C, 200)]));
        assert_eq!((seven.gross, seven.moved(), seven.postings), (1_000, 200, 3));
        audit.take(&netting(NetChange::Results {
            window: WindowId(7),
            results: vec![result(A, -200), result(C, 200)],
        }));
        let reported = audit.reported(WindowId(7));
        assert!(faults(&seven, &reported, &record(7, 7, 200, 1_000, 2)).is_empty());
        assert_eq!(faults(&seven, &reported, &record(7, 7, 201, 1_001, 3)).len(), 3);
        assert_eq!(
            faults(
                &seven,
                &Nets::from([(A, -200), (C, 199)]),
                &record(7, 7, 200, 1_000, 2)
            )
            .len(),
            2
        );
    }

    #[test]
    fn aborted_windows_are_carried_over_more_than_once() {
        let mut audit = Audit::new(CNY);
        netted(&mut audit, 1, A, B, Money::new(CNY, 500), 1);
        netted(&mut audit, 2, B, C, Money::new(CNY, 200), 2);
        audit.take(&netting(NetChange::Ended(record(1, 2, 500, 500, 2))));
        audit.take(&netting(NetChange::Ended(record(2, 5, 500, 700, 3))));
        netted(&mut audit, 3, C, A, Money::new(CNY, 50), 5);
        let five = audit.recomputed(WindowId(5)).expect("fits");
        assert_eq!(five.nets, Nets::from([(A, -450), (B, 300), (C, 150)]));
        assert_eq!(five.gross, 750);
        let two = audit.recomputed(WindowId(2)).expect("fits");
        assert_eq!(two.nets, Nets::from([(A, -500), (B, 300), (C, 200)]));
        assert_eq!(audit.recomputed(WindowId(9)), Some(Netting::default()));
    }

    #[test]
    fn a_transfer_instructed_before_the_first_block_is_named() {
        let mut audit = Audit::new(CNY);
        audit.take(&transfer(9, A, B, TransferChange::Netted(WindowId(1))));
        assert_eq!(audit.strangers(), [Uetr([9; 16])]);
    }
}
