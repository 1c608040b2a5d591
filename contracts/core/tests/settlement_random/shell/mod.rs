//! The messages, put together from the rules as the contracts do it.

mod batches;
mod escrow;
mod exchange;
pub mod message;

use crate::store::{Record, Store};
use corridor_core::queue::{resolve, Liquidity};
use corridor_core::queued::{self, accept_queued, QueueReport};
use corridor_core::transfer::{self, DebtorChange};
use corridor_core::transfer_net::accept_net;
use corridor_core::transfer_return::return_transfer;
use corridor_core::{
    fx_return, Books, Caller, ChargedTransfer, Charges, CorridorControls, Currency, Error, Limited,
    Operation, Outcome, ParticipantId, Queued, ReasonCode, Reference, SettlementMethod, Terms, Transfer,
    TransferReturn, TransferStatus, Uetr,
};

/// What a message did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Recorded,
    Repeated,
}

pub type Answer = Result<Done, Error>;

/// How a transfer ends without settlement.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Reject(ReasonCode),
    Cancel(ReasonCode),
    Expire,
}

/// What the governor set that concerns an instruction.
struct Controls {
    corridor: CorridorControls,
    participant: Limited,
}

impl Controls {
    fn take(mut self, terms: &Terms, now: u64) -> Result<Self, Error> {
        self.participant = self.participant.take(terms.minor_units(), now)?;
        self.corridor.limited = self.corridor.limited.take(terms.minor_units(), now)?;
        Ok(self)
    }

    fn give_back(mut self, transfer: &Transfer) -> Self {
        let (at, minor_units) = (transfer.instructed_at, transfer.terms.minor_units());
        self.participant = self.participant.give_back(at, 1, minor_units);
        self.corridor.limited = self.corridor.limited.give_back(at, 1, minor_units);
        self
    }
}

/// Everybody a transfer in one currency may pay.
fn keys(terms: &Terms, charges: &Charges) -> Vec<(ParticipantId, Currency)> {
    let payees = charges.debtor.into_iter().chain(charges.creditor);
    [terms.debtor_agent, terms.creditor_agent]
        .into_iter()
        .chain(payees.map(|fee| fee.to))
        .map(|id| (id, terms.currency()))
        .collect()
}

/// Enough to tell contents apart; the real one is the chain's.
pub fn cheap_hash(bytes: &[u8]) -> [u8; 32] {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let mut answer = [0; 32];
    answer[..8].copy_from_slice(&hash.to_le_bytes());
    answer
}

/// Transfers in one currency.
impl Store {
    fn controls(&self, terms: &Terms) -> Controls {
        let (debtor, creditor, currency) = (terms.debtor_agent, terms.creditor_agent, terms.currency());
        let corridor = self.corridors.get(&(debtor, creditor, currency)).cloned();
        let participant = self.limits.get(&(debtor, currency)).copied();
        Controls {
            corridor: corridor.unwrap_or_default(),
            participant: participant.unwrap_or_default(),
        }
    }

    fn write_controls(&mut self, terms: &Terms, controls: Controls) {
        let (debtor, creditor, currency) = (terms.debtor_agent, terms.creditor_agent, terms.currency());
        if controls.participant.limits.is_some() {
            self.limits.insert((debtor, currency), controls.participant);
        }
        if controls.corridor.limited.limits.is_some() {
            self.corridors
                .insert((debtor, creditor, currency), controls.corridor);
        }
    }

    fn recorded(&self, uetr: Uetr) -> Result<Record, Error> {
        self.transfers().get(&uetr).copied().ok_or(Error::UnknownTransfer)
    }

    pub fn instruct(&mut self, caller: &Caller, uetr: Uetr, terms: &Terms) -> Answer {
        let recorded = self.transfers().get(&uetr).map(|record| *record.transfer());
        let (id, currency) = (caller.participant, terms.currency());
        let mut books = self.books(&[(id, currency)]);
        let debtor = books.get(id, currency)?;
        let gate = &self.gate;
        let change = match transfer::instruct(recorded, gate, caller, debtor, uetr, terms, self.now)? {
            Outcome::Recorded(change) => change,
            Outcome::Repeated(_) => return Ok(Done::Repeated),
        };
        // What reserves nothing has nothing to show that its currency is one.
        if terms.settlement_method != SettlementMethod::Gross {
            self.known_currency(currency)?;
        }
        books.set(id, currency, change.debtor)?;
        let controls = self.controls(terms);
        let charges = controls.corridor.charges(terms, self.now);
        charges.reserve(terms, &mut books)?;
        let controls = controls.take(terms, self.now)?;
        self.write_controls(terms, controls);
        self.write(&books);
        let transfer = change.transfer;
        self.write_transfer(uetr, Record::Plain(ChargedTransfer { transfer, charges }));
        Ok(Done::Recorded)
    }

    pub fn accept(&mut self, caller: &Caller, uetr: Uetr) -> Answer {
        let record = match self.recorded(uetr)? {
            Record::Fx(record) => return self.accept_fx(caller, uetr, record),
            Record::Plain(record) => record,
        };
        let books = self.books(&keys(&record.transfer.terms, &record.charges));
        match record.transfer.terms.settlement_method {
            SettlementMethod::Net => self.accept_net(caller, uetr, record, books),
            SettlementMethod::QueuedGross => self.accept_queued(caller, uetr, record, books),
            _ => self.accept_gross(caller, uetr, record, books),
        }
    }

    fn accept_gross(
        &mut self,
        caller: &Caller,
        uetr: Uetr,
        record: ChargedTransfer,
        mut books: Books,
    ) -> Answer {
        let terms = record.transfer.terms;
        let (from, to, currency) = (terms.debtor_agent, terms.creditor_agent, terms.currency());
        let (debtor, creditor) = (books.get(from, currency)?, books.get(to, currency)?);
        let change = match transfer::accept(record.transfer, caller, debtor, creditor, self.now)? {
            Outcome::Recorded(change) => change,
            Outcome::Repeated(_) => return Ok(Done::Repeated),
        };
        books.set(from, currency, change.debtor)?;
        books.set(to, currency, change.creditor)?;
        record.charges.pay(&terms, record.transfer.status, &mut books)?;
        self.write(&books);
        let transfer = change.transfer;
        self.write_transfer(uetr, Record::Plain(ChargedTransfer { transfer, ..record }));
        Ok(Done::Recorded)
    }

    fn accept_net(
        &mut self,
        caller: &Caller,
        uetr: Uetr,
        record: ChargedTransfer,
        mut books: Books,
    ) -> Answer {
        let window = self.schedule.window_of(self.now);
        let terms = record.transfer.terms;
        let (from, to, currency) = (terms.debtor_agent, terms.creditor_agent, terms.currency());
        let pages = self.pages(currency, from, to, window)?;
        let change = match accept_net(record.transfer, caller, pages, window, self.now)? {
            Outcome::Recorded(change) => change,
            Outcome::Repeated(_) => return Ok(Done::Repeated),
        };
        record.charges.pay(&terms, record.transfer.status, &mut books)?;
        self.write_pages(currency, from, to, change.pages);
        self.write(&books);
        let transfer = change.transfer;
        self.write_transfer(uetr, Record::Plain(ChargedTransfer { transfer, ..record }));
        Ok(Done::Recorded)
    }

    fn accept_queued(
        &mut self,
        caller: &Caller,
        uetr: Uetr,
        record: ChargedTransfer,
        books: Books,
    ) -> Answer {
        let currency = record.transfer.terms.currency();
        let queue = self.queue(currency);
        let change = match accept_queued(uetr, record, caller, books, &queue, self.now)? {
            Outcome::Recorded(change) => change,
            Outcome::Repeated(_) => return Ok(Done::Repeated),
        };
        self.queues.entry(currency).or_default().extend(change.waiting);
        self.write(&change.books);
        self.write_transfer(uetr, Record::Plain(change.record));
        Ok(Done::Recorded)
    }

    pub fn queue(&self, currency: Currency) -> Vec<Queued> {
        self.queues.get(&currency).cloned().unwrap_or_default()
    }

    pub fn end(&mut self, caller: &Caller, uetr: Uetr, end: End) -> Answer {
        let record = match self.recorded(uetr)? {
            Record::Fx(record) => return self.end_fx(caller, uetr, record, end),
            Record::Plain(record) => record,
        };
        let ChargedTransfer { transfer, charges } = record;
        let terms = transfer.terms;
        let mut books = self.books(&keys(&terms, &charges));
        let debtor = books.get(terms.debtor_agent, terms.currency())?;
        let outcome: Result<Outcome<DebtorChange, Transfer>, Error> = match end {
            End::Reject(reason) => transfer::reject(transfer, caller, debtor, reason, self.now),
            End::Cancel(reason) => transfer::cancel(transfer, caller, debtor, reason, self.now),
            End::Expire => transfer::expire(transfer, debtor, self.now),
        };
        let change = match outcome? {
            Outcome::Recorded(change) => change,
            Outcome::Repeated(_) => return Ok(Done::Repeated),
        };
        books.set(terms.debtor_agent, terms.currency(), change.debtor)?;
        charges.release(&terms, transfer.status, &mut books)?;
        if transfer.status == TransferStatus::Queued {
            let queue = self.queues.entry(terms.currency()).or_default();
            let at = queue.iter().position(|queued| queued.uetr == uetr);
            queue.remove(at.ok_or(Error::BooksBroken)?);
        }
        let controls = self.controls(&terms).give_back(&transfer);
        self.write_controls(&terms, controls);
        self.write(&books);
        let transfer = change.transfer;
        self.write_transfer(uetr, Record::Plain(ChargedTransfer { transfer, charges }));
        Ok(Done::Recorded)
    }

    pub fn give_back(&mut self, caller: &Caller, reference: Reference, command: &TransferReturn) -> Answer {
        let id = caller.participant;
        let known = self.operation(id, reference).map(Operation::transfer_return);
        let (uetr, now) = (command.uetr, self.now);
        let (books, record) = match self.recorded(uetr)? {
            Record::Fx(record) => {
                let books = self.books(&record.keys());
                match fx_return::return_fx(known, record, caller, books, reference, command, now)? {
                    Outcome::Recorded(change) => (change.books, Record::Fx(change.record)),
                    Outcome::Repeated(_) => return Ok(Done::Repeated),
                }
            }
            Record::Plain(record) => {
                let (transfer, terms) = (record.transfer, record.transfer.terms);
                let (from, to, currency) = (terms.debtor_agent, terms.creditor_agent, terms.currency());
                let window = match transfer.status {
                    TransferStatus::Netted(window) => self.settled_in(currency, window).1,
                    _ => None,
                };
                let (debtor, creditor) = (self.position(from, currency), self.position(to, currency));
                let window = window.as_ref();
                match return_transfer(
                    known, transfer, window, caller, debtor, creditor, reference, command, now,
                )? {
                    Outcome::Recorded(change) => {
                        let mut books = self.books(&[(from, currency), (to, currency)]);
                        books.set(from, currency, change.debtor)?;
                        books.set(to, currency, change.creditor)?;
                        let transfer = change.transfer;
                        (books, Record::Plain(ChargedTransfer { transfer, ..record }))
                    }
                    Outcome::Repeated(_) => return Ok(Done::Repeated),
                }
            }
        };
        self.write_operation(id, reference, Operation::Return(*command));
        self.write(&books);
        self.write_transfer(uetr, record);
        Ok(Done::Recorded)
    }

    /// Ends what has expired, then settles what can be.
    pub fn resolve(&mut self, caller: &Caller, currency: Currency) -> Result<QueueReport, Error> {
        let queue = self.queue(currency);
        let (waiting, expired): (Vec<_>, Vec<_>) =
            queue.into_iter().partition(|queued| self.now < queued.expires_at);
        for queued in &expired {
            self.end(caller, queued.uetr, End::Expire)?;
        }
        let mut records = Vec::new();
        for queued in &waiting {
            let Record::Plain(record) = self.recorded(queued.uetr)? else {
                return Err(Error::BooksBroken);
            };
            records.push(record);
        }
        let concerned = records
            .iter()
            .flat_map(|record| keys(&record.transfer.terms, &record.charges));
        let mut books = self.books(&concerned.collect::<Vec<_>>());
        let entries = books.entries().iter();
        let has: Vec<Liquidity> = entries
            .map(|entry| Liquidity {
                participant: entry.participant,
                available: entry.position.available,
            })
            .collect();
        let resolution = resolve(&waiting, &has, self.now)?;
        queued::book(&resolution, currency, &mut books)?;
        for at in &resolution.settled {
            let (record, _) = queued::settle(records[*at], &mut books, self.now)?;
            self.write_transfer(waiting[*at].uetr, Record::Plain(record));
        }
        self.write(&books);
        let left = waiting.iter().enumerate();
        let left = left.filter(|(at, _)| !resolution.settled.contains(at));
        self.queues
            .insert(currency, left.map(|(_, queued)| *queued).collect());
        let mut report = QueueReport::of(&resolution, waiting.len());
        report.expired = u16::try_from(expired.len()).expect("few");
        Ok(report)
    }
}
