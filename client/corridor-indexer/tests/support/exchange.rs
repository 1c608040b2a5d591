//! Tariffs, the queue, and transfers in two currencies on the ledger of these tests.

use super::ledger::{caller, Ending, Ledger};
use corridor_client::{
    core::{
        charged::FeeEvent,
        fx_record::{self, FxChange},
        fx_return, fx_transfer,
        queue::{self, Liquidity},
        queued::{self, QueueReport},
        quote::{self, QuoteChange, QuoteSource},
        quoted_return, ChargedTransfer, CorridorControls, Currency, FxTerms, FxTransfer, Limits, Outcome,
        ParticipantId, Queued, Quote, QuoteId, QuoteState, QuotedReturn, Rate, ReasonCode, Reference, Tariff,
        Terms, Transfer, TransferChange, TransferReturn, Uetr, Unwind,
    },
    ControlsChange, ControlsChanged, ExchangeRecorded, FeesRecorded, LimitScope, QueueResolved,
    QuoteRecorded, SignedQuote,
};

impl Ledger {
    /// The controls of a transfer's corridor in one of its currencies.
    pub fn corridor(&self, terms: &Terms, currency: Currency) -> CorridorControls {
        let key = (terms.debtor_agent, terms.creditor_agent, currency);
        self.corridors.get(&key).cloned().unwrap_or_default()
    }

    /// The positions of everybody a transfer in one currency may pay.
    pub fn keys(&self, uetr: Uetr, terms: &Terms) -> Vec<(ParticipantId, Currency)> {
        let charges = self.charges[&uetr];
        let payees = charges.debtor.into_iter().chain(charges.creditor);
        [terms.debtor_agent, terms.creditor_agent]
            .into_iter()
            .chain(payees.map(|fee| fee.to))
            .map(|participant| (participant, terms.currency()))
            .collect()
    }

    pub fn emit_fees(&mut self, uetr: Uetr, event: FeeEvent) {
        if !self.charges[&uetr].is_empty() {
            self.emit("FeesRecorded", &FeesRecorded { uetr, event });
        }
    }

    pub fn set_tariff(
        &mut self,
        (from, to, currency): (ParticipantId, ParticipantId, Currency),
        payee: ParticipantId,
        tariff: Tariff,
    ) {
        let corridor = self.corridors.entry((from, to, currency)).or_default();
        let Ok(Outcome::Recorded(added)) = corridor.clone().add_tariff(payee, tariff, self.now) else {
            panic!("no version of a tariff");
        };
        *corridor = added;
        let message = self.contract().set_tariff(from, to, currency, payee, tariff);
        self.call(ParticipantId(0), &message);
        let scope = LimitScope {
            debtor_agent: from,
            creditor_agent: Some(to),
            currency,
        };
        let change = ControlsChange::Tariff(payee, tariff);
        self.emit("ControlsChanged", &ControlsChanged { scope, change });
    }

    /// The event alone: limits move nothing.
    pub fn set_limits(&mut self, scope: LimitScope, limits: Option<Limits>) {
        self.call(ParticipantId(0), &self.contract().set_limits(scope, limits));
        let change = ControlsChange::Limits(limits);
        self.emit("ControlsChanged", &ControlsChanged { scope, change });
    }

    pub fn accept_queued(&mut self, uetr: Uetr, transfer: Transfer) -> bool {
        let (terms, charges) = (transfer.terms, self.charges[&uetr]);
        let currency = terms.currency();
        let books = self.books(&self.keys(uetr, &terms));
        let queue = self.queues.entry(currency).or_default();
        let record = ChargedTransfer { transfer, charges };
        let by = caller(terms.creditor_agent);
        let Ok(Outcome::Recorded(change)) = queued::accept_queued(uetr, record, &by, books, queue, self.now)
        else {
            return false;
        };
        queue.extend(change.waiting);
        self.write(&change.books);
        self.call(terms.creditor_agent, &self.contract().accept(uetr));
        let (what, fees) = match change.waiting {
            Some(_) => (TransferChange::Queued, FeeEvent::Reserved),
            None => (TransferChange::Settled, FeeEvent::Paid(change.fees)),
        };
        self.emit_transfer(uetr, change.record.transfer, what);
        self.emit_fees(uetr, fees);
        true
    }

    /// As the contract does it: what has expired first, then positions all at once, then one event after the other.
    pub fn resolve_queue(&mut self, currency: Currency) {
        self.call(ParticipantId(1), &self.contract().resolve_queue(currency));
        let queue = self.queues.get(&currency).cloned().unwrap_or_default();
        let (expired, waiting): (Vec<Queued>, Vec<Queued>) =
            queue.iter().partition(|queued| self.now >= queued.expires_at);
        for queued in &expired {
            assert!(self.end_plain(queued.uetr, Ending::Expire));
        }
        let mut keys = Vec::new();
        for queued in &waiting {
            let terms = self.transfers[&queued.uetr].terms;
            keys.extend(self.keys(queued.uetr, &terms));
        }
        let mut books = self.books(&keys);
        let liquidity: Vec<Liquidity> = books
            .entries()
            .iter()
            .map(|entry| Liquidity {
                participant: entry.participant,
                available: entry.position.available,
            })
            .collect();
        let resolution = queue::resolve(&waiting, &liquidity, self.now).expect("a queue in order");
        queued::book(&resolution, currency, &mut books).expect("positions that were loaded");
        for at in &resolution.settled {
            let uetr = waiting[*at].uetr;
            let record = ChargedTransfer {
                transfer: self.transfers[&uetr],
                charges: self.charges[&uetr],
            };
            let (record, fees) = queued::settle(record, &mut books, self.now).expect("queued");
            self.emit_transfer(uetr, record.transfer, TransferChange::Settled);
            self.emit_fees(uetr, FeeEvent::Paid(fees));
        }
        self.write(&books);
        let settled: Vec<Uetr> = resolution.settled.iter().map(|at| waiting[*at].uetr).collect();
        let left = |queued: &Queued| !settled.contains(&queued.uetr);
        self.queues.insert(
            currency,
            waiting.iter().filter(|queued| left(queued)).copied().collect(),
        );
        let mut report = QueueReport::of(&resolution, waiting.len());
        report.expired = expired.len() as u16;
        if report.expired + report.settled > 0 {
            self.resolutions.push((currency, report));
            self.emit("QueueResolved", &QueueResolved { currency, report });
        }
    }

    fn quote_changed(&mut self, change: QuoteChange) {
        let id = change.state.quote.id;
        self.quotes.insert(id, change.state);
        let event = QuoteRecorded {
            provider: id.provider,
            reference: id.reference,
            event: change.event,
        };
        self.emit("QuoteRecorded", &event);
    }

    pub fn publish_quote(&mut self, quote: Quote) -> bool {
        let (recorded, by) = (self.quotes.get(&quote.id).copied(), caller(quote.id.provider));
        let published = quote::publish_quote(recorded, &self.gate, &by, &quote, self.now);
        let Ok(Outcome::Recorded(change)) = published else {
            return false;
        };
        self.call(quote.id.provider, &self.contract().publish_quote(quote));
        self.quote_changed(change);
        true
    }

    pub fn withdraw_quote(&mut self, quote: Quote) -> bool {
        let (recorded, by) = (self.quotes.get(&quote.id).copied(), caller(quote.id.provider));
        let Ok(Outcome::Recorded(change)) = quote::withdraw_quote(recorded, &by, &quote) else {
            return false;
        };
        self.call(quote.id.provider, &self.contract().withdraw_quote(quote));
        self.quote_changed(change);
        true
    }

    /// On a published quote, or on one given as signed.
    pub fn instruct_fx(&mut self, uetr: Uetr, terms: Terms, quote: Quote, signed: bool) -> bool {
        let recorded: Option<QuoteState> = self.quotes.get(&quote.id).copied();
        let Ok(exchange) = quote.exchange(terms.minor_units()) else {
            return false;
        };
        let credited = corridor_client::core::Money::new(quote.provider_sells, exchange.credited_minor_units);
        let fx = FxTerms {
            quote: quote.id,
            credited,
            unwind: if uetr.0[0].is_multiple_of(2) {
                Unwind::OriginalRate
            } else {
                Unwind::NewQuote
            },
        };
        let source = source(recorded, &quote, signed);
        let tariffs =
            [terms.currency(), credited.currency].map(|currency| self.corridor(&terms, currency).tariffs);
        let charges = fx_record::charges(tariffs[0].as_ref(), tariffs[1].as_ref(), &terms, &fx, self.now);
        let books = self.books(&fx_record::keys(&terms, &fx, &charges));
        let by = caller(terms.debtor_agent);
        let instructed = fx_transfer::instruct_fx(
            None, &self.gate, &by, books, &source, uetr, &terms, &fx, charges, self.now,
        );
        let Ok(Outcome::Recorded(change)) = instructed else {
            return false;
        };
        let signed = signed.then(|| as_signed(quote));
        self.call(
            terms.debtor_agent,
            &self.contract().instruct_fx(uetr, terms, fx, signed),
        );
        self.fx_changed(uetr, change);
        true
    }

    fn fx_changed(&mut self, uetr: Uetr, change: FxChange) {
        self.write(&change.books);
        if let Some(quote) = change.quote {
            self.quotes.insert(quote.quote.id, quote);
        }
        let transfer = change.record.transfer;
        self.exchanges.insert(uetr, change.record);
        self.transfers.insert(uetr, transfer);
        let event = ExchangeRecorded {
            uetr,
            debtor_agent: transfer.terms.debtor_agent,
            creditor_agent: transfer.terms.creditor_agent,
            status: transfer.status,
            event: change.event,
        };
        self.emit("ExchangeRecorded", &event);
    }

    fn exchange(&self, uetr: Uetr) -> FxTransfer {
        self.exchanges[&uetr]
    }

    pub fn accept_fx(&mut self, uetr: Uetr) -> bool {
        let record = self.exchange(uetr);
        let (by, books) = (record.transfer.terms.creditor_agent, self.books(&record.keys()));
        let accepted = fx_transfer::accept_fx(record, &caller(by), books, self.now);
        let Ok(Outcome::Recorded(change)) = accepted else {
            return false;
        };
        self.call(by, &self.contract().accept(uetr));
        self.fx_changed(uetr, change);
        true
    }

    pub fn end_fx(&mut self, uetr: Uetr, ending: Ending) -> bool {
        let record = self.exchange(uetr);
        let (terms, quote) = (record.transfer.terms, self.quotes[&record.fx.quote]);
        let (debtor, creditor) = (caller(terms.debtor_agent), caller(terms.creditor_agent));
        let books = self.books(&record.keys());
        let ended = match ending {
            Ending::Reject(reason) => {
                fx_transfer::reject_fx(record, &creditor, books, quote, reason, self.now)
            }
            Ending::Cancel(reason) => fx_transfer::cancel_fx(record, &debtor, books, quote, reason, self.now),
            Ending::Expire => fx_transfer::expire_fx(record, books, quote, self.now),
        };
        let Ok(Outcome::Recorded(change)) = ended else {
            return false;
        };
        self.fx_changed(uetr, change);
        true
    }

    pub fn give_back_fx(&mut self, uetr: Uetr, reference: Reference, minor_units: u128) -> bool {
        let record = self.exchange(uetr);
        if record.fx.unwind == Unwind::NewQuote {
            return self.give_back_at_quote(uetr, reference, minor_units);
        }
        let (by, books) = (record.transfer.terms.creditor_agent, self.books(&record.keys()));
        let command = TransferReturn {
            uetr,
            minor_units,
            reason: ReasonCode::AC04,
        };
        let returned = fx_return::return_fx(None, record, &caller(by), books, reference, &command, self.now);
        let Ok(Outcome::Recorded(change)) = returned else {
            return false;
        };
        self.call(by, &self.contract().return_transfer(reference, command));
        self.fx_changed(uetr, change);
        true
    }

    /// At a quote of the other agents' table or, every other time, at one signed for it.
    fn give_back_at_quote(&mut self, uetr: Uetr, reference: Reference, minor_units: u128) -> bool {
        let record = self.exchange(uetr);
        let (a, b) = (record.transfer.terms.currency(), record.fx.credited.currency);
        let by = record.transfer.terms.creditor_agent;
        let signed = reference.0[0].is_multiple_of(2);
        let quote = Quote {
            id: QuoteId {
                provider: record.transfer.terms.debtor_agent,
                reference,
            },
            provider_buys: b,
            provider_sells: a,
            rate: Rate {
                numerator: 107,
                denominator: 100,
            },
            spread_basis_points: 25,
            minimum_minor_units: 1,
            maximum_minor_units: minor_units.max(1),
            counterparty: Some(by),
            expires_at: self.now + 600,
            hold_seconds: 1,
            unwind_seconds: 0,
        };
        if !signed && !self.publish_quote(quote) {
            return false;
        }
        let Ok(exchange) = quote.exchange(minor_units) else {
            return false;
        };
        let command = QuotedReturn {
            transfer_return: TransferReturn {
                uetr,
                minor_units,
                reason: ReasonCode::AC04,
            },
            quote: quote.id,
            given_back: corridor_client::core::Money::new(a, exchange.credited_minor_units),
        };
        let source = source(self.quotes.get(&quote.id).copied(), &quote, signed);
        let books = self.books(&command.keys(&record));
        let returned = quoted_return::return_at_quote(
            None,
            record,
            &self.gate,
            &caller(by),
            books,
            &source,
            reference,
            &command,
            self.now,
        );
        let Ok(Outcome::Recorded(change)) = returned else {
            return false;
        };
        let signed = signed.then(|| as_signed(quote));
        self.call(by, &self.contract().return_at_quote(reference, command, signed));
        self.fx_changed(uetr, change);
        self.quoted_returns.push((uetr, reference, command));
        true
    }
}

fn source(recorded: Option<QuoteState>, quote: &Quote, signed: bool) -> QuoteSource<'_> {
    match signed {
        false => QuoteSource::Published(recorded),
        true => QuoteSource::Signed {
            recorded,
            signer: Some(caller(quote.id.provider)),
            quote,
        },
    }
}

fn as_signed(quote: Quote) -> SignedQuote {
    SignedQuote {
        quote,
        public_key: [1; 32],
        signature: [2; 64],
    }
}
