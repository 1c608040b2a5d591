//! What a transfer's event means for the books.

use super::{
    books::{Books, Place, Problem, Transfer},
    legs::{signed, Cause, Leg},
    rows::row,
    table,
};
use crate::query::movements::Bucket;
use corridor_client::{
    core::{
        Money, ParticipantId, ReasonCode, Reference, SettlementMethod, Terms, TransferChange, TransferStatus,
        Uetr, WindowId,
    },
    TransferRecorded,
};

/// The method's name in the index.
pub(crate) fn method_name(method: SettlementMethod) -> &'static str {
    match method {
        SettlementMethod::Gross => "gross",
        SettlementMethod::Net => "net",
        SettlementMethod::PaymentVersusPayment => "payment_versus_payment",
        SettlementMethod::QueuedGross => "queued",
    }
}

/// The method of that name.
pub(crate) fn method_of_name(name: &str) -> Option<SettlementMethod> {
    [
        SettlementMethod::Gross,
        SettlementMethod::Net,
        SettlementMethod::PaymentVersusPayment,
        SettlementMethod::QueuedGross,
    ]
    .into_iter()
    .find(|method| method_name(*method) == name)
}

/// What a line of a transfer's life says.
#[derive(Default)]
pub(crate) struct Line {
    pub(crate) change: &'static str,
    pub(crate) minor_units: Option<u128>,
    pub(crate) reason: Option<ReasonCode>,
    pub(crate) reference: Option<Reference>,
    pub(crate) window: Option<WindowId>,
}

impl Line {
    pub(crate) fn plain(change: &'static str) -> Self {
        Self {
            change,
            ..Self::default()
        }
    }

    pub(crate) fn because(change: &'static str, reason: ReasonCode) -> Self {
        Self {
            reason: Some(reason),
            ..Self::plain(change)
        }
    }
}

fn line(change: &TransferChange) -> Line {
    match *change {
        TransferChange::Instructed(terms) => Line {
            minor_units: Some(terms.minor_units()),
            ..Line::plain("instructed")
        },
        TransferChange::Settled => Line::plain("settled"),
        TransferChange::Queued => Line::plain("queued"),
        TransferChange::Rejected(reason) => Line::because("rejected", reason),
        TransferChange::Cancelled(reason) => Line::because("cancelled", reason),
        TransferChange::Expired => Line::because("expired", ReasonCode::TM01),
        TransferChange::Returned {
            reference,
            minor_units,
            reason,
            ..
        } => Line {
            minor_units: Some(minor_units),
            reference: Some(reference),
            ..Line::because("returned", reason)
        },
        TransferChange::Netted(window) => Line {
            window: Some(window),
            ..Line::plain("netted")
        },
    }
}

impl Books {
    pub(crate) fn take_transfer(&mut self, place: &Place, event: &TransferRecorded) -> Result<(), Problem> {
        let line = line(&event.change);
        self.add_line(place, event.uetr, event.status, &line);
        match event.change {
            TransferChange::Instructed(terms) => {
                self.begin_transfer(place, event.uetr, event.status, terms);
                self.reserve(place, event.uetr, &terms)
            }
            change => {
                let before = self.change_transfer(place, event.uetr, event.status, line.reason)?;
                self.move_money(place, event.uetr, &before, &change)
            }
        }
    }

    /// A line of a transfer's life.
    pub(crate) fn add_line(&mut self, place: &Place, uetr: Uetr, status: TransferStatus, line: &Line) {
        self.add(
            &table::TRANSFER_EVENTS,
            row![
                place.id.0,
                uetr.to_string(),
                place.id.block(),
                place.extrinsic_index,
                place.at,
                line.change,
                status.name(),
                line.minor_units,
                line.reason.map(|reason| reason.to_string()),
                line.reference.as_ref().map(|reference| &reference.0),
                line.window.map(|window| window.0),
                place.caller.as_ref(),
            ],
        );
    }

    pub(crate) fn begin_transfer(&mut self, place: &Place, uetr: Uetr, status: TransferStatus, terms: Terms) {
        self.transfers.set(
            uetr,
            Transfer {
                terms,
                status: status.name().into(),
                reason: None,
                returned_minor_units: 0,
                window: None,
                instructed: place.id,
                instructed_at: place.at,
                updated: place.id,
                updated_at: place.at,
            },
        );
    }

    /// Notes a transfer's new status, and answers the transfer as it was.
    pub(crate) fn change_transfer(
        &mut self,
        place: &Place,
        uetr: Uetr,
        status: TransferStatus,
        reason: Option<ReasonCode>,
    ) -> Result<Transfer, Problem> {
        let Some(transfer) = self.transfers.get_mut(&uetr) else {
            return Err(NOT_INSTRUCTED.into());
        };
        let before = transfer.clone();
        transfer.status = status.name().into();
        transfer.reason = reason.or(transfer.reason);
        transfer.updated = place.id;
        transfer.updated_at = place.at;
        Ok(before)
    }

    fn reserve(&mut self, place: &Place, uetr: Uetr, terms: &Terms) -> Result<(), Problem> {
        if !reserves(terms) {
            return Ok(());
        }
        let amount = signed(terms.minor_units())?;
        let leg = |bucket, amount| Leg::new(terms.debtor_agent, bucket, amount).with(terms.creditor_agent);
        let legs = [leg(Bucket::Available, -amount), leg(Bucket::Reserved, amount)];
        self.post(place, &cause("reservation", uetr, terms), &legs)
    }

    /// `before` is the transfer as it was.
    fn move_money(
        &mut self,
        place: &Place,
        uetr: Uetr,
        before: &Transfer,
        change: &TransferChange,
    ) -> Result<(), Problem> {
        let terms = &before.terms;
        let (debtor, creditor) = (terms.debtor_agent, terms.creditor_agent);
        let amount = signed(terms.minor_units())?;
        let of_debtor = |bucket, amount| Leg::new(debtor, bucket, amount).with(creditor);
        let of_creditor = |bucket, amount| Leg::new(creditor, bucket, amount).with(debtor);
        match *change {
            TransferChange::Settled => {
                let from = match reserves(terms) {
                    true => Bucket::Reserved,
                    false => Bucket::Available,
                };
                let cause = Cause {
                    together: before.status == TransferStatus::Queued.name(),
                    ..cause("settlement", uetr, terms)
                };
                let legs = [of_debtor(from, -amount), of_creditor(Bucket::Available, amount)];
                self.post(place, &cause, &legs)
            }
            TransferChange::Rejected(_) | TransferChange::Cancelled(_) | TransferChange::Expired => {
                if !reserves(terms) {
                    return Ok(());
                }
                let legs = [
                    of_debtor(Bucket::Reserved, -amount),
                    of_debtor(Bucket::Available, amount),
                ];
                self.post(place, &cause("release", uetr, terms), &legs)
            }
            TransferChange::Returned {
                reference,
                minor_units,
                returned_minor_units,
                ..
            } => {
                if let Some(transfer) = self.transfers.get_mut(&uetr) {
                    transfer.returned_minor_units = returned_minor_units;
                }
                self.returned(place, uetr, terms, reference, minor_units)
            }
            TransferChange::Netted(window) => {
                if let Some(transfer) = self.transfers.get_mut(&uetr) {
                    transfer.window = Some(window);
                }
                let cause = Cause {
                    window: Some(window),
                    ..cause("posting", uetr, terms)
                };
                self.post_net(place, &cause, debtor, creditor, terms.minor_units())
            }
            TransferChange::Instructed(_) | TransferChange::Queued => Ok(()),
        }
    }

    fn returned(
        &mut self,
        place: &Place,
        uetr: Uetr,
        terms: &Terms,
        reference: Reference,
        minor_units: u128,
    ) -> Result<(), Problem> {
        let (debtor, creditor) = (terms.debtor_agent, terms.creditor_agent);
        let amount = signed(minor_units)?;
        let cause = Cause {
            reference: Some(reference.0),
            ..cause("return", uetr, terms)
        };
        let legs = [
            Leg::new(creditor, Bucket::Available, -amount).with(debtor),
            Leg::new(debtor, Bucket::Available, amount).with(creditor),
        ];
        self.post(place, &cause, &legs)?;
        let amount = Money::new(terms.currency(), minor_units);
        self.add_return(place, creditor, reference, uetr, amount);
        Ok(())
    }

    /// What the reference of a return stands for.
    pub(crate) fn add_return(
        &mut self,
        place: &Place,
        creditor: ParticipantId,
        reference: Reference,
        uetr: Uetr,
        amount: Money,
    ) {
        self.add(
            &table::OPERATIONS,
            row![
                creditor.0,
                &reference.0,
                "return",
                amount.currency.as_str(),
                amount.minor_units,
                uetr.to_string(),
                place.at,
                place.id.0,
            ],
        );
    }
}

/// Of a transfer that began before the index did.
pub(crate) const NOT_INSTRUCTED: &str = "the transfer was not instructed in a block of the index";

/// Whether instruction reserves the amount: a net transfer is covered by collateral, and one that may wait in the queue by nothing.
fn reserves(terms: &Terms) -> bool {
    match terms.settlement_method {
        SettlementMethod::Gross => true,
        SettlementMethod::Net | SettlementMethod::QueuedGross => false,
        // Never of one currency.
        SettlementMethod::PaymentVersusPayment => false,
    }
}

pub(crate) fn cause(kind: &'static str, uetr: Uetr, terms: &Terms) -> Cause {
    Cause {
        uetr: Some(uetr),
        ..Cause::new(kind, terms.currency())
    }
}
