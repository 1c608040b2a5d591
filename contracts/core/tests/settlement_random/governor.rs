//! What the governor does at random: caps, tariffs, limits, suspensions.

use crate::shell::Done;
use crate::store::IDS;
use crate::world::World;
use corridor_core::{collateral, Currency, Limits, Outcome, ParticipantId, Tariff};

impl World {
    pub fn cap(&mut self, id: ParticipantId, currency: Currency, cap: u64) {
        let before = self.store.entry(id, currency);
        let set = collateral::set_cap(&self.store.gate, id, before, cap).expect("admitted");
        if let Some(entry) = set {
            self.store.set_entry(id, currency, entry);
            self.note("cap", "", Ok(Done::Recorded));
        }
    }

    pub fn set_tariff(&mut self) {
        let (debtor, currency, payee) = (self.id(), self.currency(), self.id());
        let creditor = self.random.other(&IDS, debtor);
        let key = (debtor, creditor, currency);
        let controls = self.store.corridors.get(&key).cloned().unwrap_or_default();
        let known = controls.tariffs.as_ref();
        let payee = known.map_or(payee, |tariffs| tariffs.payee);
        let last = known.and_then(|tariffs| tariffs.versions().last().map(|tariff| tariff.version));
        let tariff = Tariff {
            version: last.map_or(1, |last| last + 1),
            effective_from: self.store.now + self.random.below(2_000),
            fixed_minor_units: self.random.below(5),
            basis_points: u16::try_from(self.random.below(60)).expect("small"),
            minimum_minor_units: self.random.below(4),
            maximum_minor_units: 4 + self.random.below(100),
        };
        let answer = match controls.add_tariff(payee, tariff, self.store.now) {
            Ok(Outcome::Recorded(controls)) => {
                self.store.corridors.insert(key, controls);
                self.account.tariff_set(key, payee, tariff);
                Ok(Done::Recorded)
            }
            Ok(Outcome::Repeated(_)) => Ok(Done::Repeated),
            Err(error) => Err(error),
        };
        self.note("tariff", "", answer);
    }

    pub fn set_limits(&mut self) {
        let (debtor, currency) = (self.id(), self.currency());
        let creditor = self.random.percent(50).then(|| self.random.other(&IDS, debtor));
        let limits = self.random.percent(85).then(|| Limits {
            per_transfer_minor_units: u128::from(30 + self.random.below(5_000)),
            period_minor_units: u128::from(self.random.below(12_000)),
            period_count: self.random.pick(&[0, 2, 4, 6, 8, 100]),
            bucket_seconds: if self.random.percent(90) { 900 } else { 70 },
        });
        let scope = (debtor, creditor, currency);
        match creditor {
            None => {
                let limited = self.store.limits.entry((debtor, currency)).or_default();
                *limited = limited.set(limits, self.store.now).expect("valid");
            }
            Some(creditor) => {
                let corridor = self.store.corridors.entry((debtor, creditor, currency));
                let limited = &mut corridor.or_default().limited;
                *limited = limited.set(limits, self.store.now).expect("valid");
            }
        }
        self.account.limits_set(scope, limits, self.store.now);
        let kind = if limits.is_some() { "set" } else { "lifted" };
        self.note("limits", kind, Ok(Done::Recorded));
    }

    /// Somebody is suspended, or business is paused, mostly not for long.
    pub fn gate(&mut self) {
        self.store.gate.paused = self.random.percent(5);
        let id = self.id();
        let suspended = self.random.percent(8);
        self.store.gate.set_suspended(id, suspended).expect("admitted");
    }
}
