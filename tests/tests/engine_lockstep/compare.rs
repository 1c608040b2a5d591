//! What the contract keeps against what the rules' test keeps.

use crate::code::Code;
use crate::store::{currencies, Record, Store, IDS};
use corridor_client::LimitScope;
use corridor_core::{batch_life::LegStatus, BatchRecord, Uetr};
use corridor_tests::backend::Backend;

impl Code {
    /// Positions, collateral, net positions and queues; with `all` every record as well.
    pub fn compare(&self, store: &Store, all: bool, told: &str) {
        for currency in currencies() {
            for id in IDS {
                let position = self.system.position(id, currency);
                assert_eq!(
                    position,
                    store.position(id, currency),
                    "{told}: {currency} of {id}"
                );
                let hub = self.system.contract();
                let net = self.system.query(&hub.net_position(id, currency));
                assert_eq!(net.entry, store.entry(id, currency), "{told}: {currency} of {id}");
            }
            let queue = self.system.query(&self.system.contract().queue(currency));
            assert_eq!(queue, store.queue(currency), "{told}: {currency}");
        }
        if all {
            self.compare_records(store);
        }
    }

    fn compare_records(&self, store: &Store) {
        for (uetr, record) in store.transfers() {
            self.compare_transfer(*uetr, record);
        }
        let hub = self.system.contract();
        for (id, state) in store.quotes() {
            assert_eq!(self.system.query(&hub.quote(*id)), Some(*state));
        }
        for ((debtor, number), record) in store.batches() {
            let found = self.system.query(&hub.batch(*debtor, *number)).expect("recorded");
            assert_eq!(parts(&found), parts(record), "batch {number} of {debtor}");
        }
        for currency in currencies() {
            let conservation = self.system.conservation(currency).expect("an answer");
            assert_eq!(conservation.booked, conservation.held, "{currency}");
            for id in IDS {
                let scope = LimitScope {
                    debtor_agent: id,
                    creditor_agent: None,
                    currency,
                };
                let known = store.limits.get(&(id, currency)).copied().unwrap_or_default();
                assert_eq!(self.system.query(&hub.limits(scope)), known, "{scope:?}");
            }
        }
        for ((debtor_agent, creditor_agent, currency), controls) in &store.corridors {
            let scope = LimitScope {
                debtor_agent: *debtor_agent,
                creditor_agent: Some(*creditor_agent),
                currency: *currency,
            };
            assert_eq!(
                self.system.query(&hub.limits(scope)),
                controls.limited,
                "{scope:?}"
            );
            let tariffs = hub.tariffs(*debtor_agent, *creditor_agent, *currency);
            assert_eq!(self.system.query(&tariffs), controls.tariffs, "{scope:?}");
        }
    }

    fn compare_transfer(&self, uetr: Uetr, record: &Record) {
        let hub = self.system.contract();
        assert_eq!(self.system.transfer(uetr), Some(*record.transfer()));
        match record {
            Record::Fx(record) => {
                let found = self.system.query(&hub.fx_transfer(uetr));
                assert_eq!(found.as_ref(), Some(record));
            }
            Record::Plain(record) => {
                let found = self.system.query(&hub.charges(uetr)).unwrap_or_default();
                assert_eq!(found, record.charges, "{uetr}");
            }
        }
    }
}

/// All of it but the root, for which the rules' test has a cheaper hash.
fn parts(record: &BatchRecord) -> Vec<(u16, u16, u64, u64, LegStatus)> {
    let parts = record.legs.iter().map(|leg| {
        let total = leg.total;
        (
            leg.creditor_agent.0,
            total.items,
            total.minor_units,
            leg.limit,
            leg.status,
        )
    });
    parts.collect()
}
