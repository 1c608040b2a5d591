//! Quotes, and transfers in two currencies.

use super::{Answer, Done, End};
use crate::store::{Record, Store};
use corridor_core::batch_limits::Count;
use corridor_core::fx_record::{self, FxChange};
use corridor_core::limits::Counted;
use corridor_core::quote::{publish_quote, withdraw_quote, QuoteChange, QuoteSource};
use corridor_core::quoted_return::return_at_quote;
use corridor_core::{
    fx_transfer, Caller, Error, FxTerms, FxTransfer, Operation, Outcome, Quote, QuoteId, QuoteState,
    QuotedReturn, Reference, Terms, Uetr,
};

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
        let source = self.source(fx.quote, signed);
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
                self.count_amounts(&fx_record::counted(terms, fx), now, Count::Take)?;
                self.write_fx(uetr, change);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    fn source<'a>(&self, id: QuoteId, signed: Option<(&'a Quote, Option<Caller>)>) -> QuoteSource<'a> {
        let recorded = self.quotes().get(&id).copied();
        match signed {
            None => QuoteSource::Published(recorded),
            Some((quote, signer)) => QuoteSource::Signed {
                recorded,
                signer,
                quote,
            },
        }
    }

    /// `signed` as for an instruction.
    pub fn return_at_quote(
        &mut self,
        caller: &Caller,
        reference: Reference,
        command: &QuotedReturn,
        signed: Option<(&Quote, Option<Caller>)>,
    ) -> Answer {
        let (id, uetr) = (caller.participant, command.transfer_return.uetr);
        let known = self.operation(id, reference).map(Operation::quoted_return);
        let Record::Fx(record) = self.recorded(uetr)? else {
            return Err(Error::WrongMethod);
        };
        let source = self.source(command.quote, signed);
        let books = self.books(&command.keys(&record));
        let (gate, now) = (&self.gate, self.now);
        match return_at_quote(
            known, record, gate, caller, books, &source, reference, command, now,
        )? {
            Outcome::Recorded(change) => {
                let counted = command.counted(record.transfer.terms.debtor_agent);
                self.count_amounts(counted.as_slice(), now, Count::Take)?;
                self.write_operation(id, reference, Operation::QuotedReturn(*command));
                self.write_fx(uetr, change);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    /// All of them or, as the contract reverts, none.
    fn count_amounts(&mut self, amounts: &[Counted], at: u64, way: Count) -> Result<(), Error> {
        let mut counted = Vec::new();
        for amount in amounts {
            for towards in [None, Some(amount.to)] {
                let scope = (amount.from, towards, amount.money.currency);
                if let Some(limited) = self.limited(scope) {
                    counted.push((scope, amount.count(*limited, at, way)?));
                }
            }
        }
        for (scope, after) in counted {
            *self.limited(scope).expect("was there") = after;
        }
        Ok(())
    }

    fn write_fx(&mut self, uetr: Uetr, change: FxChange) {
        self.write(&change.books);
        if let Some(state) = change.quote {
            self.write_quote(state);
        }
        self.write_transfer(uetr, Record::Fx(change.record));
    }

    pub(super) fn accept_fx(&mut self, caller: &Caller, uetr: Uetr, record: FxTransfer) -> Answer {
        let books = self.books(&record.keys());
        match fx_transfer::accept_fx(record, caller, books, self.now)? {
            Outcome::Recorded(change) => {
                self.write_fx(uetr, change);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    pub(super) fn end_fx(&mut self, caller: &Caller, uetr: Uetr, record: FxTransfer, end: End) -> Answer {
        let books = self.books(&record.keys());
        let (quote, now) = (self.quotes()[&record.fx.quote], self.now);
        let outcome = match end {
            End::Reject(reason) => fx_transfer::reject_fx(record, caller, books, quote, reason, now)?,
            End::Cancel(reason) => fx_transfer::cancel_fx(record, caller, books, quote, reason, now)?,
            End::Expire => fx_transfer::expire_fx(record, books, quote, now)?,
        };
        match outcome {
            Outcome::Recorded(change) => {
                let amounts = fx_record::counted(&record.transfer.terms, &record.fx);
                self.count_amounts(&amounts, record.transfer.instructed_at, Count::GiveBack)?;
                self.write_fx(uetr, change);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }
}
