//! The transfer messages.

use super::{Done, Ledger};
use corridor_core::transfer::{self, BookChange, DebtorChange};
use corridor_core::{
    transfer_return, Address, Error, Operation, Outcome, Position, ReasonCode, Reference, SettlementMethod,
    Terms, Transfer, TransferReturn, Uetr,
};

#[allow(missing_docs)] // Named like the contract's messages, which are documented there.
impl Ledger {
    pub fn instruct(&mut self, caller: Address, uetr: Uetr, terms: &Terms) -> Result<Done, Error> {
        let caller = self.caller(caller)?;
        let recorded = self.transfers.get(&uetr).copied();
        let debtor = self.position_of(caller.participant, terms.currency());
        let outcome = transfer::instruct(recorded, &self.gate, &caller, debtor, uetr, terms, self.now)?;
        // This ledger has no settlement schedule.
        if terms.settlement_method == SettlementMethod::Net && matches!(outcome, Outcome::Recorded(_)) {
            return Err(Error::NoSchedule);
        }
        Ok(self.store_debtor(uetr, outcome))
    }

    pub fn accept(&mut self, caller: Address, uetr: Uetr) -> Result<Done, Error> {
        let caller = self.caller(caller)?;
        let transfer = self.recorded(uetr)?;
        let (debtor, creditor) = self.positions(&transfer);
        let outcome = transfer::accept(transfer, &caller, debtor, creditor, self.now)?;
        Ok(self.store_both(uetr, outcome))
    }

    pub fn reject(&mut self, caller: Address, uetr: Uetr, reason: ReasonCode) -> Result<Done, Error> {
        let caller = self.caller(caller)?;
        let transfer = self.recorded(uetr)?;
        let (debtor, _) = self.positions(&transfer);
        let outcome = transfer::reject(transfer, &caller, debtor, reason, self.now)?;
        Ok(self.store_debtor(uetr, outcome))
    }

    pub fn cancel(&mut self, caller: Address, uetr: Uetr, reason: ReasonCode) -> Result<Done, Error> {
        let caller = self.caller(caller)?;
        let transfer = self.recorded(uetr)?;
        let (debtor, _) = self.positions(&transfer);
        let outcome = transfer::cancel(transfer, &caller, debtor, reason, self.now)?;
        Ok(self.store_debtor(uetr, outcome))
    }

    pub fn expire(&mut self, uetr: Uetr) -> Result<Done, Error> {
        let transfer = self.recorded(uetr)?;
        let (debtor, _) = self.positions(&transfer);
        let outcome = transfer::expire(transfer, debtor, self.now)?;
        Ok(self.store_debtor(uetr, outcome))
    }

    pub fn return_transfer(
        &mut self,
        caller: Address,
        reference: Reference,
        command: &TransferReturn,
    ) -> Result<Done, Error> {
        let caller = self.caller(caller)?;
        let transfer = self.recorded(command.uetr)?;
        let key = (caller.participant, reference);
        let known = self
            .operations
            .get(&key)
            .map(|operation| operation.transfer_return());
        let (debtor, creditor) = self.positions(&transfer);
        let outcome = transfer_return::return_transfer(
            known, transfer, None, &caller, debtor, creditor, reference, command, self.now,
        )?;
        let done = self.store_both(command.uetr, outcome);
        if done == Done::Recorded {
            self.operations.insert(key, Operation::Return(*command));
        }
        Ok(done)
    }

    fn recorded(&self, uetr: Uetr) -> Result<Transfer, Error> {
        self.transfers.get(&uetr).copied().ok_or(Error::UnknownTransfer)
    }

    fn positions(&self, transfer: &Transfer) -> (Position, Position) {
        let Terms {
            debtor_agent,
            creditor_agent,
            ..
        } = transfer.terms;
        let currency = transfer.terms.currency();
        (
            self.position_of(debtor_agent, currency),
            self.position_of(creditor_agent, currency),
        )
    }

    fn store_debtor(&mut self, uetr: Uetr, outcome: Outcome<DebtorChange, Transfer>) -> Done {
        let Outcome::Recorded(change) = outcome else {
            return Done::Repeated;
        };
        let terms = change.transfer.terms;
        self.set_position(terms.debtor_agent, terms.currency(), change.debtor);
        self.transfers.insert(uetr, change.transfer);
        self.events.push((uetr, change.event));
        Done::Recorded
    }

    fn store_both(&mut self, uetr: Uetr, outcome: Outcome<BookChange, Transfer>) -> Done {
        let Outcome::Recorded(change) = outcome else {
            return Done::Repeated;
        };
        let terms = change.transfer.terms;
        self.set_position(terms.debtor_agent, terms.currency(), change.debtor);
        self.set_position(terms.creditor_agent, terms.currency(), change.creditor);
        self.transfers.insert(uetr, change.transfer);
        self.events.push((uetr, change.event));
        Done::Recorded
    }
}
