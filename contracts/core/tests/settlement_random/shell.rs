//! The messages, put together from the rules as the contracts do it.

use crate::store::{Record, Store};
use corridor_core::batch::scan;
use corridor_core::batch_life::{self, BatchUpdate};
use corridor_core::closing::{Closing, Ending};
use corridor_core::fx_record::{self, FxChange};
use corridor_core::queue::{resolve, Liquidity};
use corridor_core::queued::{self, accept_queued, QueueReport};
use corridor_core::quote::{publish_quote, withdraw_quote, QuoteChange, QuoteSource};
use corridor_core::transfer::{self, DebtorChange};
use corridor_core::transfer_net::accept_net;
use corridor_core::transfer_return::return_transfer;
use corridor_core::{
    batch_proof, collateral, fx_return, fx_transfer, movement, BatchHeader, BatchRecord, Books, Caller,
    ChargedTransfer, Charges, CollateralKind, CorridorControls, Currency, Error, FxTerms, FxTransfer, Item,
    Limited, Money, MovementKind, NetResult, Operation, Outcome, ParticipantId, Queued, Quote, QuoteState,
    ReasonCode, Reference, SettlementMethod, Terms, Transfer, TransferReturn, TransferStatus, Uetr, WindowId,
    WindowRecord,
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
        let pages = self.pages(currency, from, to);
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

/// Quotes, and transfers in two currencies.
impl Store {
    pub fn publish(&mut self, caller: &Caller, quote: &Quote) -> Answer {
        let recorded = self.quotes().get(&quote.id).copied();
        let outcome = publish_quote(recorded, &self.gate, caller, quote, self.now)?;
        Ok(self.finish_quote(outcome))
    }

    pub fn withdraw(&mut self, caller: &Caller, quote: &Quote) -> Answer {
        let recorded = self.quotes().get(&quote.id).copied();
        let outcome = withdraw_quote(recorded, caller, quote)?;
        Ok(self.finish_quote(outcome))
    }

    fn finish_quote(&mut self, outcome: Outcome<QuoteChange, QuoteState>) -> Done {
        match outcome {
            Outcome::Recorded(change) => {
                self.write_quote(change.state);
                Done::Recorded
            }
            Outcome::Repeated(_) => Done::Repeated,
        }
    }

    /// `signed` is a quote with the account of who signed it; without, the quote is a published one.
    pub fn instruct_fx(
        &mut self,
        caller: &Caller,
        uetr: Uetr,
        terms: &Terms,
        fx: &FxTerms,
        signed: Option<(&Quote, Option<Caller>)>,
    ) -> Answer {
        let recorded = self.transfers().get(&uetr).map(|record| match record {
            Record::Plain(_) => None,
            Record::Fx(record) => Some(*record),
        });
        let known = self.quotes().get(&fx.quote).copied();
        let source = match signed {
            None => QuoteSource::Published(known),
            Some((quote, signer)) => QuoteSource::Signed {
                recorded: known,
                signer,
                quote,
            },
        };
        let controls = self.controls(terms);
        let other = (terms.debtor_agent, terms.creditor_agent, fx.credited.currency);
        let creditor_side = self.corridors.get(&other).and_then(|c| c.tariffs.as_ref());
        let debtor_side = controls.corridor.tariffs.as_ref();
        let charges = fx_record::charges(debtor_side, creditor_side, terms, fx, self.now);
        let books = self.books(&fx_record::keys(terms, fx, &charges));
        let (gate, now) = (&self.gate, self.now);
        match fx_transfer::instruct_fx(
            recorded, gate, caller, books, &source, uetr, terms, fx, charges, now,
        )? {
            Outcome::Recorded(change) => {
                let controls = controls.take(terms, now)?;
                self.write_controls(terms, controls);
                self.write_fx(uetr, change);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    fn write_fx(&mut self, uetr: Uetr, change: FxChange) {
        self.write(&change.books);
        if let Some(state) = change.quote {
            self.write_quote(state);
        }
        self.write_transfer(uetr, Record::Fx(change.record));
    }

    fn accept_fx(&mut self, caller: &Caller, uetr: Uetr, record: FxTransfer) -> Answer {
        let books = self.books(&record.keys());
        match fx_transfer::accept_fx(record, caller, books, self.now)? {
            Outcome::Recorded(change) => {
                self.write_fx(uetr, change);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    fn end_fx(&mut self, caller: &Caller, uetr: Uetr, record: FxTransfer, end: End) -> Answer {
        let books = self.books(&record.keys());
        let (quote, now) = (self.quotes()[&record.fx.quote], self.now);
        let outcome = match end {
            End::Reject(reason) => fx_transfer::reject_fx(record, caller, books, quote, reason, now)?,
            End::Cancel(reason) => fx_transfer::cancel_fx(record, caller, books, quote, reason, now)?,
            End::Expire => fx_transfer::expire_fx(record, books, quote, now)?,
        };
        match outcome {
            Outcome::Recorded(change) => {
                let terms = record.transfer.terms;
                let controls = self.controls(&terms).give_back(&record.transfer);
                self.write_controls(&terms, controls);
                self.write_fx(uetr, change);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }
}

/// Escrow, collateral and windows.
impl Store {
    pub fn move_money(
        &mut self,
        caller: &Caller,
        reference: Reference,
        kind: MovementKind,
        amount: Money,
    ) -> Answer {
        let id = caller.participant;
        let known = self.operation(id, reference).map(Operation::movement);
        let position = self.position(id, amount.currency);
        match movement::book(known, &self.gate, caller, position, kind, amount, self.now)? {
            Outcome::Recorded(change) => {
                self.write_operation(id, reference, Operation::Movement(change.movement));
                self.set_position(id, amount.currency, change.position);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    pub fn move_collateral(
        &mut self,
        caller: &Caller,
        reference: Reference,
        kind: CollateralKind,
        amount: Money,
    ) -> Answer {
        let (id, currency) = (caller.participant, amount.currency);
        let known = self.operation(id, reference).map(Operation::collateral);
        let (position, entry) = (self.position(id, currency), self.entry(id, currency));
        let (gate, now) = (&self.gate, self.now);
        match collateral::book(known, gate, caller, position, entry, kind, amount, now)? {
            Outcome::Recorded(change) => {
                self.write_operation(id, reference, Operation::Collateral(change.movement));
                self.set_position(id, currency, change.position);
                self.set_entry(id, currency, change.entry);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    /// Ends a window; the record and everybody's results, or `None` for a repeat.
    pub fn end_window(
        &mut self,
        currency: Currency,
        window: WindowId,
        ending: Ending,
    ) -> Result<Option<(WindowRecord, Vec<NetResult>)>, Error> {
        let recorded = self.windows().get(&(currency, window)).copied();
        let begun = Closing::begin(recorded, &self.gate, &self.schedule, window, ending, self.now)?;
        let Outcome::Recorded(mut closing) = begun else {
            return Ok(None);
        };
        let (mut results, mut changed) = (Vec::new(), Vec::new());
        for number in 0..closing.pages() {
            let mut net = self.net_page(currency, number);
            if closing.concerns(&net) {
                let mut held = self.position_page(currency, number);
                results.extend(closing.page(&mut net, &mut held)?);
                changed.push((number, net, held));
            } else {
                closing.skip(&net)?;
            }
        }
        let record = closing.finish()?;
        for (number, net, held) in changed {
            self.write_ended(currency, number, net, held);
        }
        self.write_window(currency, record);
        Ok(Some((record, results)))
    }
}

/// Clearing batches.
impl Store {
    pub fn submit(&mut self, caller: &Caller, header: &BatchHeader, items: &[u8]) -> Answer {
        batch_life::admissible(caller, header)?;
        let debtor = header.debtor_agent;
        let known = self.batches().get(&(debtor, header.number)).cloned();
        let limited = self.limits.get(&(debtor, header.currency)).copied();
        let limited = limited.unwrap_or_default();
        let most = u64::MAX >> 1;
        let limit = limited.limits.map_or(most, |limits| {
            u64::try_from(limits.per_transfer_minor_units).map_or(most, |limit| limit.min(most))
        });
        let limit = known.as_ref().map_or(limit, |record| record.limit);
        let found = scan(header, items, limit)?;
        let root = batch_proof::root(header, items, &mut cheap_hash);
        let last = self.batches().range((debtor, 0)..=(debtor, u32::MAX)).next_back();
        let last = last.map(|((_, number), _)| *number);
        let now = self.now;
        match batch_life::submit(last, known, &self.gate, caller, header, found, root, now)? {
            Outcome::Recorded(BatchUpdate { record, .. }) => {
                if limited.limits.is_some() {
                    let (count, minor_units) = record.whole();
                    let counted = limited.take_many(count, minor_units, now)?;
                    self.limits.insert((debtor, header.currency), counted);
                }
                self.write_batch(header.number, &record);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    pub fn batch(&self, debtor: ParticipantId, number: u32) -> Result<BatchRecord, Error> {
        let record = self.batches().get(&(debtor, number)).cloned();
        record.ok_or(Error::UnknownBatch)
    }

    pub fn accept_batch(
        &mut self,
        caller: &Caller,
        debtor: ParticipantId,
        number: u32,
        exceptions: &[(u16, Item)],
    ) -> Answer {
        let record = self.batch(debtor, number)?;
        let window = self.schedule.window_of(self.now);
        let (currency, creditor) = (record.currency, caller.participant);
        let before = record.ended();
        let pages = self.pages(currency, debtor, creditor);
        match batch_life::accept_batch(record, caller, exceptions, pages, window, self.now)? {
            Outcome::Recorded(change) => {
                self.write_pages(currency, debtor, creditor, change.pages);
                self.uncount(before, &change.record);
                self.write_batch(number, &change.record);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    pub fn reject_batch(
        &mut self,
        caller: &Caller,
        debtor: ParticipantId,
        number: u32,
        reason: ReasonCode,
    ) -> Answer {
        let record = self.batch(debtor, number)?;
        let before = record.ended();
        let outcome = batch_life::reject_batch(record, caller, reason)?;
        Ok(self.finish_batch(number, before, outcome))
    }

    pub fn cancel_batch(&mut self, caller: &Caller, number: u32, reason: ReasonCode) -> Answer {
        let record = self.batch(caller.participant, number)?;
        let before = record.ended();
        let outcome = batch_life::cancel_batch(record, caller, reason)?;
        Ok(self.finish_batch(number, before, outcome))
    }

    fn finish_batch(
        &mut self,
        number: u32,
        before: (u32, u128),
        outcome: Outcome<BatchUpdate, BatchRecord>,
    ) -> Done {
        match outcome {
            Outcome::Recorded(BatchUpdate { record, .. }) => {
                self.uncount(before, &record);
                self.write_batch(number, &record);
                Done::Recorded
            }
            Outcome::Repeated(_) => Done::Repeated,
        }
    }

    /// Gives back to the debtor agent's limits what ended just now.
    fn uncount(&mut self, before: (u32, u128), record: &BatchRecord) {
        let (count, minor_units) = record.ended();
        let key = (record.debtor_agent, record.currency);
        if let Some(limited) = self.limits.get_mut(&key) {
            if limited.limits.is_some() {
                *limited = limited.give_back(record.submitted_at, count - before.0, minor_units - before.1);
            }
        }
    }
}
