//! Fees of transfers in one currency: how they are reserved, paid and released, each as a leg of its own.
//!
//! Fees are settled gross, in the step that accepts the transfer, whatever way its amount settles. The
//! debtor agent's is reserved with the instruction. The creditor agent's comes out of what it has available
//! then, the amount included if it has just been credited.

use crate::{Books, Charges, Error, Leg, Seconds, SettlementMethod, Terms, Transfer, TransferStatus};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, Input, Output};
use scale_info::TypeInfo;

/// A transfer as it is stored: its record, and its fees where it bears any. At most 133 bytes.
///
/// Without fees its bytes are the transfer's alone. The record of a transfer in two currencies, which begins
/// the same way, reads as a transfer without fees: [`FxTransfer`](crate::FxTransfer) is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargedTransfer {
    /// The transfer.
    pub transfer: Transfer,
    /// Its fees, fixed at instruction.
    pub charges: Charges,
}

impl Encode for ChargedTransfer {
    fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
        self.transfer.encode_to(output);
        if !self.charges.is_empty() {
            self.charges.encode_to(output);
        }
    }
}

impl Decode for ChargedTransfer {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let transfer = Transfer::decode(input)?;
        let mut charges = Charges::default();
        if transfer.terms.settlement_method == SettlementMethod::PaymentVersusPayment {
            while input.remaining_len()?.is_some_and(|left| left > 0) {
                input.read_byte()?;
            }
        } else if input.remaining_len()?.is_some_and(|left| left > 0) {
            charges = Charges::decode(input)?;
            if charges.is_empty() {
                return Err("fees are left out where there are none".into());
            }
        }
        Ok(Self { transfer, charges })
    }
}

/// What happened to a transfer's fees: the content of their event.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum FeeEvent {
    /// Fixed at instruction; the debtor agent's is reserved.
    #[codec(index = 0)]
    Fixed(Charges),
    /// The transfer waits in the queue; the creditor agent's is reserved too.
    #[codec(index = 1)]
    Reserved,
    /// Paid by these legs.
    #[codec(index = 2)]
    Paid(Vec<Leg>),
    /// The transfer ended without settlement; what was reserved is available again.
    #[codec(index = 3)]
    Released,
}

impl Charges {
    fn legs(&self, terms: &Terms) -> (Option<Leg>, Option<Leg>) {
        let currency = terms.currency();
        (
            self.debtor_leg(terms.debtor_agent, currency),
            self.creditor_leg(terms.creditor_agent, currency),
        )
    }

    /// At instruction: reserves the debtor agent's fee.
    ///
    /// Errors, in order: [`Error::FeeExceedsAmount`] when the creditor agent's is the amount or more,
    /// [`Error::InsufficientFunds`].
    pub fn reserve(&self, terms: &Terms, books: &mut Books) -> Result<(), Error> {
        if self.creditor_minor_units() >= terms.minor_units() {
            return Err(Error::FeeExceedsAmount);
        }
        match self.legs(terms).0 {
            Some(leg) => books.reserve(leg.from, leg.money),
            None => Ok(()),
        }
    }

    /// When the transfer begins to wait in the queue: reserves the creditor agent's fee;
    /// [`Error::InsufficientFunds`].
    pub fn reserve_creditor(&self, terms: &Terms, books: &mut Books) -> Result<(), Error> {
        match self.legs(terms).1 {
            Some(leg) => books.reserve(leg.from, leg.money),
            None => Ok(()),
        }
    }

    /// At settlement, after the amount has moved: pays both fees and answers the legs. `status` is the
    /// transfer's before: queued, the creditor agent's fee is reserved.
    ///
    /// Errors: [`Error::InsufficientFunds`] (creditor agent), [`Error::AmountOverflow`],
    /// [`Error::BooksBroken`].
    pub fn pay(&self, terms: &Terms, status: TransferStatus, books: &mut Books) -> Result<Vec<Leg>, Error> {
        let (debtor, creditor) = self.legs(terms);
        if let Some(leg) = &debtor {
            books.pay_reserved(leg)?;
        }
        match &creditor {
            Some(leg) if status == TransferStatus::Queued => books.pay_reserved(leg)?,
            Some(leg) => books.pay_available(leg)?,
            None => {}
        }
        Ok(debtor.into_iter().chain(creditor).collect())
    }

    /// At any other end: what is reserved becomes available again. `status` as in [`Charges::pay`];
    /// [`Error::BooksBroken`] if it was never reserved.
    pub fn release(&self, terms: &Terms, status: TransferStatus, books: &mut Books) -> Result<(), Error> {
        let (debtor, creditor) = self.legs(terms);
        let creditor = creditor.filter(|_| status == TransferStatus::Queued);
        for leg in debtor.into_iter().chain(creditor) {
            books.release(leg.from, leg.money)?;
        }
        Ok(())
    }
}

impl ChargedTransfer {
    /// The same with another status.
    #[must_use]
    pub fn with_status(self, status: TransferStatus, now: Seconds) -> Self {
        Self {
            transfer: Transfer {
                status,
                updated_at: now,
                ..self.transfer
            },
            ..self
        }
    }
}
