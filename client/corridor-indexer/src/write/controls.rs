//! Tariffs, limits, and what resolving a queue did.

use super::{
    books::{Books, Place, Problem},
    rows::row,
    table,
};
use corridor_client::{core::queued::QueueReport, ControlsChange, ControlsChanged, QueueResolved};

impl Books {
    pub(crate) fn take_controls(&mut self, place: &Place, event: &ControlsChanged) -> Result<(), Problem> {
        let scope = event.scope;
        match &event.change {
            ControlsChange::Tariff(payee, tariff) => {
                let creditor_agent = scope.creditor_agent.ok_or("a tariff of no corridor")?;
                self.add(
                    &table::TARIFFS,
                    row![
                        place.id.0,
                        scope.debtor_agent.0,
                        creditor_agent.0,
                        scope.currency.as_str(),
                        payee.0,
                        tariff.version,
                        tariff.effective_from,
                        u128::from(tariff.fixed_minor_units),
                        tariff.basis_points,
                        u128::from(tariff.minimum_minor_units),
                        u128::from(tariff.maximum_minor_units),
                    ],
                );
            }
            ControlsChange::Limits(limits) => {
                let limits = limits.as_ref();
                self.add(
                    &table::LIMITS,
                    row![
                        place.id.0,
                        scope.debtor_agent.0,
                        scope.creditor_agent.map(|agent| agent.0),
                        scope.currency.as_str(),
                        limits.map(|limits| limits.per_transfer_minor_units),
                        limits.map(|limits| limits.period_minor_units),
                        limits.map(|limits| limits.period_count),
                        limits.map(|limits| limits.bucket_seconds),
                    ],
                );
            }
        }
        Ok(())
    }

    /// What settled together has moved: from here on everybody is covered again.
    pub(crate) fn take_queue(&mut self, place: &Place, event: &QueueResolved) -> Result<(), Problem> {
        let QueueReport {
            settled,
            expired,
            waiting,
            gross_minor_units,
            liquidity_minor_units,
        } = event.report;
        self.add(
            &table::QUEUE_RESOLUTIONS,
            row![
                place.id.0,
                place.at,
                event.currency.as_str(),
                settled,
                expired,
                waiting,
                gross_minor_units,
                liquidity_minor_units,
            ],
        );
        self.covered(event.currency)
    }
}
