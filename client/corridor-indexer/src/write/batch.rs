//! What a clearing batch's event means for the books.

use super::{
    books::{Batch, BatchPart, Books, Place, Problem},
    calls::Calls,
    legs::Cause,
    rows::{row, Row},
    table,
};
use crate::EventId;
use corridor_client::{
    core::{
        batch::{ItemFault, ITEM_BYTES},
        BatchChange, BatchHeader, ItemTotal, ParticipantId, ReasonCode, Uetr, WindowId,
    },
    BatchRecorded,
};

/// The fault's name in the index.
fn fault_name(fault: ItemFault) -> &'static str {
    #[allow(unreachable_patterns)] // A later version of the contract may have more.
    match fault {
        ItemFault::Uetr => "uetr",
        ItemFault::ZeroAmount => "zero_amount",
        ItemFault::AboveLimit => "above_limit",
        ItemFault::Counterparty => "counterparty",
        ItemFault::Reserved => "reserved",
        _ => "other",
    }
}

impl Books {
    /// Header and items are in the call: the event does not repeat them.
    pub(crate) fn take_batch(
        &mut self,
        place: &Place,
        event: &BatchRecorded,
        calls: Calls<'_>,
    ) -> Result<(), Problem> {
        let key = (event.debtor_agent, event.number);
        #[allow(unreachable_patterns)] // A later version of the contract may have more.
        match &event.change {
            BatchChange::Submitted {
                root,
                totals,
                rejected,
            } => {
                self.submitted(place, event, root, totals, rejected, calls.batch(key, root));
                Ok(())
            }
            BatchChange::Accepted {
                creditor_agent,
                window,
                minor_units,
                excepted,
            } => self.accepted_batch(place, event, *creditor_agent, *window, *minor_units, excepted),
            BatchChange::Rejected {
                creditor_agent,
                reason,
            } => self.end_part(place, event, "rejected", Some(*reason), |part| {
                part.creditor_agent == *creditor_agent
            }),
            BatchChange::Cancelled(reason) => {
                self.end_part(place, event, "cancelled", Some(*reason), |part| {
                    part.status == "pending"
                })
            }
            BatchChange::Expired => {
                self.end_part(place, event, "expired", None, |part| part.status == "pending")
            }
            _ => Err("this version does not know what such a change means".into()),
        }
    }

    fn submitted(
        &mut self,
        place: &Place,
        event: &BatchRecorded,
        root: &[u8; 32],
        totals: &[(ParticipantId, ItemTotal)],
        rejected: &[(u16, ItemFault)],
        call: Option<(BatchHeader, Vec<u8>)>,
    ) {
        let header = call.as_ref().map(|(header, _)| header);
        let parts = totals.iter().map(|(creditor_agent, total)| BatchPart {
            creditor_agent: *creditor_agent,
            items: total.items,
            minor_units: total.minor_units,
            status: "pending".into(),
            reason: None,
            window: None,
            booked_minor_units: None,
            excepted_items: 0,
            updated: place.id,
            updated_at: place.at,
        });
        self.add(
            &table::BATCHES,
            row![
                place.id.0,
                event.debtor_agent.0,
                event.number,
                root,
                event.currency.as_str(),
                header.map(|header| header.items),
                header.map(|header| header.control_sum),
                header.map(|header| header.all_or_nothing),
                header.map(|header| header.expires_at),
                place.at,
                u16::try_from(rejected.len()).unwrap_or(u16::MAX),
            ],
        );
        self.batches.set(
            (event.debtor_agent, event.number),
            Batch {
                id: place.id,
                currency: event.currency,
                parts: parts.collect(),
            },
        );
        let Some((header, items)) = call else {
            return self.remark("the batch's items are not in the extrinsic: a contract submitted it");
        };
        for row in item_rows(place.id, &header, &items, rejected) {
            self.add(&table::BATCH_ITEMS, row);
        }
    }

    fn accepted_batch(
        &mut self,
        place: &Place,
        event: &BatchRecorded,
        creditor_agent: ParticipantId,
        window: WindowId,
        minor_units: u64,
        excepted: &[u16],
    ) -> Result<(), Problem> {
        let batch = self.known_batch(event)?;
        let id = batch.id;
        let currency = batch.currency;
        let part = part_of(batch, creditor_agent)?;
        part.status = "accepted".into();
        part.window = Some(window);
        part.booked_minor_units = Some(minor_units);
        part.excepted_items = u16::try_from(excepted.len()).unwrap_or(u16::MAX);
        part.updated = place.id;
        part.updated_at = place.at;
        self.excepted.extend(excepted.iter().map(|index| (id, *index)));
        let cause = Cause {
            batch: Some(id),
            window: Some(window),
            ..Cause::new("batch_posting", currency)
        };
        self.post_net(
            place,
            &cause,
            event.debtor_agent,
            creditor_agent,
            minor_units.into(),
        )
    }

    fn end_part(
        &mut self,
        place: &Place,
        event: &BatchRecorded,
        status: &str,
        reason: Option<ReasonCode>,
        which: impl Fn(&BatchPart) -> bool,
    ) -> Result<(), Problem> {
        let batch = self.known_batch(event)?;
        for part in batch.parts.iter_mut().filter(|part| which(part)) {
            part.status = status.into();
            part.reason = reason;
            part.updated = place.id;
            part.updated_at = place.at;
        }
        Ok(())
    }

    fn known_batch(&mut self, event: &BatchRecorded) -> Result<&mut Batch, Problem> {
        let known = self.batches.get_mut(&(event.debtor_agent, event.number));
        known.ok_or_else(|| "the batch was not submitted in a block of the index".into())
    }
}

fn part_of(batch: &mut Batch, creditor_agent: ParticipantId) -> Result<&mut BatchPart, Problem> {
    let mut parts = batch.parts.iter_mut();
    let part = parts.find(|part| part.creditor_agent == creditor_agent);
    part.ok_or_else(|| format!("the batch has no part for participant {creditor_agent}"))
}

/// One row for each item, valid or not, read by the layout that `corridor_core::batch` documents.
fn item_rows(batch: EventId, header: &BatchHeader, items: &[u8], rejected: &[(u16, ItemFault)]) -> Vec<Row> {
    let (items, _) = items.as_chunks::<ITEM_BYTES>();
    let row = |(item, index): (&[u8; ITEM_BYTES], u16)| {
        let (mut uetr, mut minor_units, mut digest) = ([0; 16], [0; 8], [0; 32]);
        uetr.copy_from_slice(&item[..16]);
        minor_units.copy_from_slice(&item[16..24]);
        digest.copy_from_slice(&item[32..]);
        let fault = rejected
            .iter()
            .find(|(at, _)| *at == index)
            .map(|(_, fault)| fault_name(*fault));
        let creditor_agent = header.counterparties.get(usize::from(item[24]));
        row![
            batch.0,
            index,
            Uetr(uetr).to_string(),
            creditor_agent.map(|agent| agent.0),
            u128::from(u64::from_le_bytes(minor_units)),
            &digest,
            fault,
            false,
        ]
    };
    items.iter().zip(0u16..).map(row).collect()
}
