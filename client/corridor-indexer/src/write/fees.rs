//! What a transfer's fees mean for the books.

use super::{
    books::{Books, Fee, FeeSide, Place, Problem},
    exchange::sides,
    legs::Leg,
    transfer::{cause, NOT_INSTRUCTED},
};
use crate::query::movements::Bucket;
use corridor_client::{
    core::{self, charged::FeeEvent, Charges, Currency, Purpose, Terms, Uetr},
    FeesRecorded,
};

impl Books {
    /// Fees of a transfer in one currency; those of one in two come with its own events.
    pub(crate) fn take_fees(&mut self, place: &Place, event: &FeesRecorded) -> Result<(), Problem> {
        let uetr = event.uetr;
        let terms = self.transfers.get(&uetr).ok_or(NOT_INSTRUCTED)?.terms;
        match &event.event {
            FeeEvent::Fixed(charges) => {
                self.fix_fees(place, uetr, &terms, terms.currency(), charges)?;
                let debtor = self.fee_leg(uetr, FeeSide::Debtor);
                self.hold(place, uetr, &terms, "fee_reservation", debtor.as_slice())
            }
            FeeEvent::Reserved => {
                let creditor = self.fee_leg(uetr, FeeSide::Creditor);
                self.hold(place, uetr, &terms, "fee_reservation", creditor.as_slice())?;
                self.change_fee(place, uetr, FeeSide::Creditor, "reserved");
                Ok(())
            }
            FeeEvent::Paid(legs) => {
                let held = self.held_fees(uetr);
                let legs = sides(legs, |leg| {
                    let from = match held.iter().any(|held| held.purpose == leg.purpose) {
                        true => Bucket::Reserved,
                        false => Bucket::Available,
                    };
                    Leg::paid(from, leg)
                })?;
                self.post(place, &cause("fee", uetr, &terms), &legs)?;
                self.end_fees(place, uetr, "paid");
                Ok(())
            }
            FeeEvent::Released => {
                let held = self.held_fees(uetr);
                let legs = sides(&held, |leg| Leg::moved(Bucket::Reserved, Bucket::Available, leg))?;
                self.post(place, &cause("fee_release", uetr, &terms), &legs)?;
                self.end_fees(place, uetr, "released");
                Ok(())
            }
        }
    }

    fn hold(
        &mut self,
        place: &Place,
        uetr: Uetr,
        terms: &Terms,
        kind: &'static str,
        legs: &[core::Leg],
    ) -> Result<(), Problem> {
        let legs = sides(legs, |leg| Leg::moved(Bucket::Available, Bucket::Reserved, leg))?;
        self.post(place, &cause(kind, uetr, terms), &legs)
    }

    /// Notes the fees of a new transfer: the debtor agent's is reserved with it.
    pub(crate) fn fix_fees(
        &mut self,
        place: &Place,
        uetr: Uetr,
        terms: &Terms,
        credited: Currency,
        charges: &Charges,
    ) -> Result<(), Problem> {
        let debtor = charges.debtor_leg(terms.debtor_agent, terms.currency());
        let creditor = charges.creditor_leg(terms.creditor_agent, credited);
        let both = [
            (FeeSide::Debtor, debtor, "reserved"),
            (FeeSide::Creditor, creditor, "due"),
        ];
        for ((side, leg, status), ordinal) in both.into_iter().zip(0usize..) {
            let Some(leg) = leg else { continue };
            let id = place.id.with_ordinal(ordinal).ok_or("no room for a fee")?;
            self.fees.set(
                (uetr, side),
                Fee {
                    payer: leg.from,
                    payee: leg.to,
                    amount: leg.money,
                    status: status.into(),
                    id,
                    updated: place.id,
                    updated_at: place.at,
                },
            );
        }
        Ok(())
    }

    /// One agent's fee as the contract has it.
    pub(crate) fn fee(&self, uetr: Uetr, side: FeeSide) -> Option<core::Fee> {
        let Fee { payee, amount, .. } = self.fees.get(&(uetr, side))?;
        Some(core::Fee {
            to: *payee,
            minor_units: u64::try_from(amount.minor_units).ok()?,
        })
    }

    fn fee_leg(&self, uetr: Uetr, side: FeeSide) -> Option<core::Leg> {
        let fee = self.fees.get(&(uetr, side))?;
        Some(core::Leg {
            from: fee.payer,
            to: fee.payee,
            money: fee.amount,
            purpose: match side {
                FeeSide::Debtor => Purpose::DebtorFee,
                FeeSide::Creditor => Purpose::CreditorFee,
            },
        })
    }

    /// The fees that are reserved.
    fn held_fees(&self, uetr: Uetr) -> Vec<core::Leg> {
        let held = FeeSide::BOTH.into_iter().filter(|side| {
            self.fees
                .get(&(uetr, *side))
                .is_some_and(|fee| fee.status == "reserved")
        });
        held.filter_map(|side| self.fee_leg(uetr, side)).collect()
    }

    fn change_fee(&mut self, place: &Place, uetr: Uetr, side: FeeSide, status: &str) {
        if let Some(fee) = self.fees.get_mut(&(uetr, side)) {
            fee.status = status.into();
            fee.updated = place.id;
            fee.updated_at = place.at;
        }
    }

    /// Notes the end of a transfer's fees.
    pub(crate) fn end_fees(&mut self, place: &Place, uetr: Uetr, status: &str) {
        for side in FeeSide::BOTH {
            self.change_fee(place, uetr, side, status);
        }
    }
}
