//! What a transfer's event means for the books.

use super::{
    books::{Books, Place, Problem, Transfer},
    legs::{signed, Cause, Leg},
    rows::row,
    table,
};
use crate::query::movements::Bucket;
use corridor_client::{
    core::{ReasonCode, Reference, SettlementMethod, Terms, TransferChange, Uetr, WindowId},
    TransferRecorded,
};

/// The method's name in the index.
pub(crate) fn method_name(method: SettlementMethod) -> &'static str {
    #[allow(unreachable_patterns)] // A later version of the contract may have more.
    match method {
        SettlementMethod::Gross => "gross",
        SettlementMethod::Net => "net",
        _ => "other",
    }
}

/// What a line of a transfer's life says.
#[derive(Default)]
struct Line {
    change: &'static str,
    minor_units: Option<u128>,
    reason: Option<ReasonCode>,
    reference: Option<Reference>,
    window: Option<WindowId>,
}

#[allow(unreachable_patterns)] // A later version of the contract may have more.
fn line(change: &TransferChange) -> Line {
    let plain = |change| Line {
        change,
        ..Line::default()
    };
    let because = |change, reason| Line {
        reason: Some(reason),
        ..plain(change)
    };
    match *change {
        TransferChange::Instructed(terms) => Line {
            minor_units: Some(terms.minor_units()),
            ..plain("instructed")
        },
        TransferChange::Settled => plain("settled"),
        TransferChange::Rejected(reason) => because("rejected", reason),
        TransferChange::Cancelled(reason) => because("cancelled", reason),
        TransferChange::Expired => plain("expired"),
        TransferChange::Returned {
            reference,
            minor_units,
            reason,
            ..
        } => Line {
            minor_units: Some(minor_units),
            reference: Some(reference),
            ..because("returned", reason)
        },
        TransferChange::Netted(window) => Line {
            window: Some(window),
            ..plain("netted")
        },
        _ => plain("other"),
    }
}

impl Books {
    pub(crate) fn take_transfer(&mut self, place: &Place, event: &TransferRecorded) -> Result<(), Problem> {
        let line = line(&event.change);
        self.add(
            &table::TRANSFER_EVENTS,
            row![
                place.id.0,
                event.uetr.to_string(),
                place.id.block(),
                place.extrinsic_index,
                place.at,
                line.change,
                event.status.name(),
                line.minor_units,
                line.reason.map(|reason| reason.to_string()),
                line.reference.as_ref().map(|reference| &reference.0),
                line.window.map(|window| window.0),
                place.caller.as_ref(),
            ],
        );
        match event.change {
            TransferChange::Instructed(terms) => self.instructed(place, event, terms),
            change => self.changed_transfer(place, event, &change, line.reason),
        }
    }

    fn instructed(&mut self, place: &Place, event: &TransferRecorded, terms: Terms) -> Result<(), Problem> {
        self.transfers.set(
            event.uetr,
            Transfer {
                terms,
                status: event.status.name().into(),
                reason: None,
                returned_minor_units: 0,
                window: None,
                instructed: place.id,
                instructed_at: place.at,
                updated: place.id,
                updated_at: place.at,
            },
        );
        if terms.settlement_method != SettlementMethod::Gross {
            return Ok(());
        }
        let amount = signed(terms.minor_units())?;
        let leg = |bucket, amount| Leg::new(terms.debtor_agent, bucket, amount).with(terms.creditor_agent);
        let legs = [leg(Bucket::Available, -amount), leg(Bucket::Reserved, amount)];
        self.post(place, &cause("reservation", event.uetr, &terms), &legs)
    }

    fn changed_transfer(
        &mut self,
        place: &Place,
        event: &TransferRecorded,
        change: &TransferChange,
        reason: Option<ReasonCode>,
    ) -> Result<(), Problem> {
        let Some(transfer) = self.transfers.get_mut(&event.uetr) else {
            return Err("the transfer was not instructed in a block of the index".into());
        };
        transfer.status = event.status.name().into();
        transfer.reason = reason.or(transfer.reason);
        transfer.updated = place.id;
        transfer.updated_at = place.at;
        match *change {
            TransferChange::Netted(window) => transfer.window = Some(window),
            TransferChange::Returned {
                returned_minor_units, ..
            } => transfer.returned_minor_units = returned_minor_units,
            _ => {}
        }
        let terms = transfer.terms;
        self.move_money(place, event.uetr, &terms, change)
    }

    fn move_money(
        &mut self,
        place: &Place,
        uetr: Uetr,
        terms: &Terms,
        change: &TransferChange,
    ) -> Result<(), Problem> {
        let (debtor, creditor) = (terms.debtor_agent, terms.creditor_agent);
        let amount = signed(terms.minor_units())?;
        let of_debtor = |bucket, amount| Leg::new(debtor, bucket, amount).with(creditor);
        let of_creditor = |bucket, amount| Leg::new(creditor, bucket, amount).with(debtor);
        #[allow(unreachable_patterns)] // A later version of the contract may have more.
        match *change {
            TransferChange::Settled => {
                let legs = [
                    of_debtor(Bucket::Reserved, -amount),
                    of_creditor(Bucket::Available, amount),
                ];
                self.post(place, &cause("settlement", uetr, terms), &legs)
            }
            TransferChange::Rejected(_) | TransferChange::Cancelled(_) | TransferChange::Expired => {
                // A net transfer reserved nothing.
                if terms.settlement_method != SettlementMethod::Gross {
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
                ..
            } => self.returned(place, uetr, terms, reference, minor_units),
            TransferChange::Netted(window) => {
                let cause = Cause {
                    window: Some(window),
                    ..cause("posting", uetr, terms)
                };
                self.post_net(place, &cause, debtor, creditor, terms.minor_units())
            }
            TransferChange::Instructed(_) => Ok(()),
            _ => Err("this version does not know what such a change means".into()),
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
        self.add(
            &table::OPERATIONS,
            row![
                creditor.0,
                &reference.0,
                "return",
                terms.currency().as_str(),
                minor_units,
                uetr.to_string(),
                place.at,
                place.id.0,
            ],
        );
        Ok(())
    }
}

fn cause(kind: &'static str, uetr: Uetr, terms: &Terms) -> Cause {
    Cause {
        uetr: Some(uetr),
        ..Cause::new(kind, terms.currency())
    }
}
