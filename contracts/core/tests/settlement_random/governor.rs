//! What the governor does at random: caps, tariffs, limits, suspensions.

use crate::shell::message::Message;
use crate::shell::Done;
use crate::store::IDS;
use crate::world::World;
use corridor_core::{collateral, Currency, Limits, Outcome, ParticipantId, Schedule, Tariff};

impl World {
    pub fn cap(&mut self, id: ParticipantId, currency: Currency, cap: u64) {
        let before = self.store.entry(id, currency);
        let set = collateral::set_cap(&self.store.gate, id, before, cap).expect("admitted");
        if let Some(entry) = set {
            self.store.set_entry(id, currency, entry);
            let message = Message::SetCap(id, currency, cap);
            self.record(None, message, Ok(Done::Recorded));
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
        let message = Message::SetTariff(debtor, creditor, currency, payee, tariff);
        self.record(None, message, answer);
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
        let message = Message::SetLimits(debtor, creditor, currency, limits);
        self.record(None, message, Ok(Done::Recorded));
        let kind = if limits.is_some() { "set" } else { "lifted" };
        self.note("limits", kind, Ok(Done::Recorded));
    }

    /// Somebody is suspended, or business is paused, mostly not for long.
    pub fn gate(&mut self) {
        self.store.gate.paused = self.random.percent(5);
        let id = self.id();
        let suspended = self.random.percent(8);
        self.store.gate.set_suspended(id, suspended).expect("admitted");
        let paused = self.store.gate.paused;
        for message in [Message::SetPaused(paused), Message::SetSuspended(id, suspended)] {
            self.record(None, message, Ok(Done::Recorded));
        }
    }

    /// Other windows from now on, mostly numbered on from the open one, so that what is open or waits stays so.
    pub fn set_schedule(&mut self) {
        let (now, former) = (self.store.now, self.store.schedule.clone());
        let length = self.random.pick(&[1_800, 3_600, 7_200, 10_007]);
        let open = former.window_of(now).0;
        let number = match self.random.below(10) {
            0 => open.saturating_sub(1),
            1..6 => open,
            _ => open + 1,
        };
        let into = self.random.below(u64::from(length));
        let cut_off = u32::try_from(self.random.below(u64::from(length))).expect("small");
        let starts = now - into - u64::from(number) * u64::from(length);
        let mut days: Vec<u16> = (0..self.random.below(4))
            .map(|_| u16::try_from(19_675 + self.random.below(30)).expect("small"))
            .collect();
        days.sort_unstable();
        days.dedup();
        let schedule = Schedule {
            anchor: starts + u64::from(cut_off),
            length,
            cut_off,
            utc_offset: 28_800,
            exceptions: days,
        };
        let answer = match schedule.replaces(&former, now) {
            Ok(()) => {
                // Were the number to go back, a later step would find out.
                self.store.schedule = schedule.clone();
                Ok(Done::Recorded)
            }
            Err(error) => Err(error),
        };
        self.record(None, Message::SetSchedule(schedule), answer);
        self.note("schedule", "", answer);
    }
}
