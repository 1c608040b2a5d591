//! Money in and out, collateral, and the ends of windows, at random.

use crate::common;
use crate::shell::message::Message;
use crate::shell::Done;
use crate::store::{IDS, NET_PAGES};
use crate::world::World;
use corridor_core::closing::Ending;
use corridor_core::{
    CollateralKind, Currency, Error, Money, MovementKind, ParticipantId, Reference, WindowId,
};

impl World {
    pub fn movement(&mut self, id: ParticipantId, kind: MovementKind, money: Money) {
        let reference = Reference(self.random.bytes());
        let caller = common::caller(id);
        let answer = self.store.move_money(&caller, reference, kind, money);
        self.record(Some(caller), Message::Move(reference, kind, money), answer);
        if answer == Ok(Done::Recorded) {
            self.account.brought(id, money, kind == MovementKind::Deposit);
            let again = self.store.move_money(&caller, reference, kind, money);
            assert_eq!(again, Ok(Done::Repeated));
            self.record(Some(caller), Message::Move(reference, kind, money), again);
        }
        let kind = match kind {
            MovementKind::Deposit => "deposit",
            MovementKind::Withdrawal => "withdrawal",
        };
        self.note(kind, "", answer);
    }

    pub fn some_money(&mut self) {
        let (id, currency) = (self.id(), self.currency());
        let kind = self
            .random
            .pick(&[MovementKind::Deposit, MovementKind::Withdrawal]);
        let available = self.store.position(id, currency).available;
        let minor_units = match kind {
            MovementKind::Withdrawal if self.random.percent(25) => available,
            _ => 2 * self.amount(),
        };
        self.movement(id, kind, Money::new(currency, minor_units));
    }

    pub fn collateral(&mut self, id: ParticipantId, kind: CollateralKind, money: Money) {
        let reference = Reference(self.random.bytes());
        let caller = common::caller(id);
        let answer = self.store.move_collateral(&caller, reference, kind, money);
        self.record(Some(caller), Message::Collateral(reference, kind, money), answer);
        let sign = if kind == CollateralKind::Pledge { 1 } else { -1 };
        if answer == Ok(Done::Recorded) {
            let minor_units = i128::try_from(money.minor_units).expect("small");
            self.account.pledged(id, money.currency, sign * minor_units);
        }
        let action = if sign > 0 { "pledge" } else { "release" };
        self.note(action, "", answer);
    }

    pub fn some_collateral(&mut self) {
        let (id, currency) = (self.id(), self.currency());
        let kind = self
            .random
            .pick(&[CollateralKind::Pledge, CollateralKind::Release]);
        let money = Money::new(currency, self.amount());
        self.collateral(id, kind, money);
    }

    pub fn end_window(&mut self) {
        let currency = self.currency();
        let open = self.store.schedule.window_of(self.store.now);
        let back = u32::try_from(self.random.below(3)).expect("small");
        let mut window = WindowId(open.0.saturating_sub(back));
        let page = self.store.net_page(
            currency,
            u16::try_from(self.random.below(u64::from(NET_PAGES))).expect("small"),
        );
        if let (Some(waiting), true) = (page.closing_window(), self.random.percent(70)) {
            window = waiting;
        }
        let ending = if self.random.percent(12) {
            Ending::Abort
        } else {
            Ending::Settle
        };
        self.end_this(currency, window, ending);
    }

    pub fn end_this(&mut self, currency: Currency, window: WindowId, ending: Ending) {
        let available = IDS.map(|id| self.store.position(id, currency).available);
        let (nets, gross) = self.account.outstanding(&self.store, currency, window);
        let answer = self.store.end_window(currency, window, ending);
        let record = answer.as_ref().ok().and_then(|ended| ended.as_ref());
        let record = record.map(|(record, _)| *record);
        let done = answer.as_ref().map_err(|error| *error);
        let done = done.map(|ended| match ended {
            Some(_) => Done::Recorded,
            None => Done::Repeated,
        });
        let message = Message::EndWindow(currency, window, ending, record);
        // Anyone may close, the governor alone aborts.
        let caller = (ending == Ending::Settle).then(|| common::caller(IDS[0]));
        self.record(caller, message, done);
        let action = match ending {
            Ending::Settle => "settle window",
            Ending::Abort => "abort window",
        };
        let open = self.store.schedule.window_of(self.store.now);
        match answer {
            Ok(None) => self.note(action, "", Ok(Done::Repeated)),
            Ok(Some((record, results))) => {
                assert!(window < open);
                let results: Vec<_> = results
                    .iter()
                    .map(|result| (result.participant, i128::from(result.net_minor_units)))
                    .collect();
                let expected = IDS.into_iter().zip(nets).filter(|(_, net)| *net != 0);
                assert_eq!(results, expected.collect::<Vec<_>>());
                assert_eq!(record.gross_minor_units, gross);
                let debits = nets.iter().map(|net| net.min(&0).unsigned_abs()).sum();
                assert_eq!(record.net_minor_units, debits);
                assert_eq!(
                    record.settles_in,
                    if record.has_settled() { window } else { open }
                );
                for (place, net) in nets.into_iter().enumerate().filter(|_| record.has_settled()) {
                    self.paid(IDS[place], currency, available[place], net);
                }
                let kind = if results.is_empty() {
                    "empty"
                } else {
                    "with positions"
                };
                self.note(action, kind, Ok(Done::Recorded));
            }
            Err(error) => {
                let possible = [Error::WindowOpen, Error::WindowEnded];
                assert!(possible.contains(&error), "{error:?}: closing is always possible");
                assert!(error != Error::WindowOpen || window >= open);
                self.note(action, "", Err(error));
            }
        }
    }

    /// Who owed has paid from what it had available, and only the rest from collateral.
    pub fn paid(&mut self, id: ParticipantId, currency: Currency, available: u128, net: i128) {
        let available = i128::try_from(available).expect("small");
        let short = (-net - available).max(0);
        self.account.pledged(id, currency, -short);
        if short > 0 {
            self.note("settle window", "with collateral", Ok(Done::Recorded));
        }
    }
}
