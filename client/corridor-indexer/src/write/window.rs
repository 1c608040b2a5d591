//! Postings in settlement windows, and the windows' ends.

use super::{
    books::{Books, Place, Problem, Window, WindowKey, WindowPosition},
    legs::{signed, Cause, Leg},
};
use crate::query::movements::Bucket;
use corridor_client::core::{Currency, NetResult, ParticipantId, WindowId, WindowRecord, WindowStatus};
use std::collections::{BTreeMap, HashSet};

impl Books {
    /// Books an amount between two agents in the cause's window.
    pub(crate) fn post_net(
        &mut self,
        place: &Place,
        cause: &Cause,
        debtor: ParticipantId,
        creditor: ParticipantId,
        minor_units: u128,
    ) -> Result<(), Problem> {
        let window = cause.window.ok_or("a posting without a window")?;
        let amount = signed(minor_units)?;
        let legs = [
            Leg::new(debtor, Bucket::Net, -amount).with(creditor),
            Leg::new(creditor, Bucket::Net, amount).with(debtor),
        ];
        self.post(place, cause, &legs)?;
        let entry = self.open_window((cause.currency, window), place);
        entry.postings = entry.postings.saturating_add(1);
        entry.posted_minor_units = entry.posted_minor_units.saturating_add(minor_units);
        let position = self.window_position(cause.currency, window, debtor);
        position.debits = position.debits.saturating_add(minor_units);
        position.net = position.net.saturating_sub(amount);
        let position = self.window_position(cause.currency, window, creditor);
        position.credits = position.credits.saturating_add(minor_units);
        position.net = position.net.saturating_add(amount);
        Ok(())
    }

    /// Who is owed is credited. Who owes pays from what is available as far as that goes, and the rest from collateral: the
    /// contract's own rule, as its event gives the net result only.
    pub(crate) fn settle_window(
        &mut self,
        place: &Place,
        currency: Currency,
        record: &WindowRecord,
        results: &[NetResult],
    ) -> Result<(), Problem> {
        let cause = Cause {
            window: Some(record.window),
            ..Cause::new("window_settlement", currency)
        };
        let mut legs = Vec::new();
        for result in results {
            let (participant, net) = (result.participant, i128::from(result.net_minor_units));
            legs.push(Leg::new(participant, Bucket::Net, -net));
            if net > 0 {
                legs.push(Leg::new(participant, Bucket::Available, net));
            } else {
                let due = net.saturating_neg();
                let from_available = self.balances(participant, currency).available.clamp(0, due);
                legs.push(Leg::new(participant, Bucket::Available, -from_available));
                legs.push(Leg::new(
                    participant,
                    Bucket::Collateral,
                    from_available.saturating_sub(due),
                ));
            }
        }
        self.post(place, &cause, &legs)?;
        let differs = self.differs((currency, record.window), results);
        self.end_window(place, currency, record);
        differs
    }

    /// Every net position moves to the window that is open.
    pub(crate) fn abort_window(
        &mut self,
        place: &Place,
        currency: Currency,
        record: &WindowRecord,
        results: &[NetResult],
    ) -> Result<(), Problem> {
        let cause = Cause {
            window: Some(record.window),
            ..Cause::new("carry_over", currency)
        };
        let legs: Vec<Leg> = results
            .iter()
            .flat_map(|result| {
                let net = i128::from(result.net_minor_units);
                let out = Leg::new(result.participant, Bucket::Net, -net);
                let into = Leg {
                    window: Some(record.settles_in),
                    ..Leg::new(result.participant, Bucket::Net, net)
                };
                [out, into]
            })
            .collect();
        self.post(place, &cause, &legs)?;
        let differs = self.differs((currency, record.window), results);
        self.end_window(place, currency, record);
        if record.gross_minor_units > 0 {
            self.open_window((currency, record.settles_in), place);
        }
        for result in results {
            let net = i128::from(result.net_minor_units);
            let position = self.window_position(currency, record.settles_in, result.participant);
            position.carried_over = position.carried_over.saturating_add(net);
            position.net = position.net.saturating_add(net);
        }
        differs
    }

    /// Whether the results are not what was posted.
    fn differs(&self, (currency, window): WindowKey, results: &[NetResult]) -> Result<(), Problem> {
        let posted = self.window_positions.get(&(currency, window));
        let posted = posted
            .into_iter()
            .flatten()
            .filter(|(_, position)| position.net != 0);
        let mut count = 0usize;
        for (participant, position) in posted {
            count = count.saturating_add(1);
            let result = results.iter().find(|result| result.participant == *participant);
            let reported = result.map_or(0, |result| i128::from(result.net_minor_units));
            if reported != position.net {
                return Err(format!(
                    "window {window} gives participant {participant} {reported}, what was posted adds up to {}",
                    position.net
                ));
            }
        }
        if count != results.len() {
            return Err(format!(
                "window {window} has results of participants that posted nothing"
            ));
        }
        Ok(())
    }

    fn end_window(&mut self, place: &Place, currency: Currency, record: &WindowRecord) {
        let window = record.window;
        let entry = self.open_window((currency, window), place);
        entry.status = record.status.name().into();
        entry.net_minor_units = Some(record.net_minor_units);
        entry.gross_minor_units = Some(record.gross_minor_units);
        entry.participants = Some(record.participants);
        entry.closed_at = Some(record.closed_at);
        entry.ended = Some(place.id);
        // Earlier windows whose positions were carried over to this one now settle where it does.
        let follow: Vec<WindowKey> = self
            .windows
            .iter()
            .filter(|((of, _), entry)| *of == currency && entry.settled_in == window)
            .map(|(key, _)| *key)
            .collect();
        for key in follow {
            if let Some(entry) = self.windows.get_mut(&key) {
                entry.settled_in = record.settles_in;
            }
        }
    }

    /// A window that is about to change.
    fn open_window(&mut self, key: WindowKey, place: &Place) -> &mut Window {
        self.windows.entry(key, || Window {
            status: "open".into(),
            postings: 0,
            posted_minor_units: 0,
            net_minor_units: None,
            gross_minor_units: None,
            participants: None,
            closed_at: None,
            settled_in: key.1,
            opened: place.id,
            ended: None,
        })
    }

    fn window_position(
        &mut self,
        currency: Currency,
        window: WindowId,
        participant: ParticipantId,
    ) -> &mut WindowPosition {
        let positions = self.window_positions.entry((currency, window), BTreeMap::new);
        positions.entry(participant).or_default()
    }

    /// Forgets windows that have settled, and those that were carried over to them: no later event speaks of them, and who keeps
    /// them would look at ever more of them. Positions are asked for until their window ends.
    pub(crate) fn forget_ended_windows(&mut self) {
        let (windows, positions) = (&mut self.windows, &mut self.window_positions);
        positions.retain(|key, _| windows.get(key).is_some_and(|window| window.ended.is_none()));
        let settled: HashSet<WindowKey> = windows
            .iter()
            .filter(|(_, entry)| entry.status == WindowStatus::Settled.name())
            .map(|(key, _)| *key)
            .collect();
        windows.retain(|(currency, _), entry| !settled.contains(&(*currency, entry.settled_in)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventId;

    const DEBTOR: ParticipantId = ParticipantId(0);
    const CREDITOR: ParticipantId = ParticipantId(1);
    const CNY: Currency = Currency::CNY;

    fn place(block: u64) -> Place {
        Place {
            id: EventId::new(block, 0).expect("small"),
            at: block,
            extrinsic_index: None,
            caller: None,
        }
    }

    fn post(books: &mut Books, window: u32) {
        let cause = Cause {
            window: Some(WindowId(window)),
            ..Cause::new("posting", CNY)
        };
        books
            .post_net(&place(u64::from(window)), &cause, DEBTOR, CREDITOR, 5)
            .expect("posted");
    }

    fn results(net: i64) -> [NetResult; 2] {
        let result = |participant, net_minor_units| NetResult {
            participant,
            net_minor_units,
        };
        [result(DEBTOR, -net), result(CREDITOR, net)]
    }

    fn record(window: u32, settles_in: u32, status: WindowStatus) -> WindowRecord {
        WindowRecord {
            window: WindowId(window),
            settles_in: WindowId(settles_in),
            status,
            participants: 2,
            closed_at: u64::from(window),
            net_minor_units: 5,
            gross_minor_units: 5,
        }
    }

    #[test]
    fn windows_are_forgotten_once_they_have_settled_and_not_before() {
        let mut books = Books::default();
        let cause = Cause::new("deposit", CNY);
        let deposit = Leg::new(DEBTOR, Bucket::Available, 1_000);
        books.post(&place(1), &cause, &[deposit]).expect("posted");
        for window in 1..=20 {
            post(&mut books, window);
            let settled = record(window, window, WindowStatus::Settled);
            books
                .settle_window(&place(1), CNY, &settled, &results(5))
                .expect("settled");
            let written = books.changes().rows;
            let written = written.iter().find(|(table, _)| table.name == "window_positions");
            assert_eq!(written.map(|(_, rows)| rows.len()), Some(2));
            assert_eq!((books.windows.len(), books.window_positions.len()), (0, 0));
        }
        // One whose positions were carried over waits for where they settle.
        post(&mut books, 21);
        let aborted = record(21, 22, WindowStatus::Aborted);
        books
            .abort_window(&place(1), CNY, &aborted, &results(5))
            .expect("aborted");
        drop(books.changes());
        assert_eq!((books.windows.len(), books.window_positions.len()), (2, 1));
        let settled = record(22, 22, WindowStatus::Settled);
        books
            .settle_window(&place(1), CNY, &settled, &results(5))
            .expect("settled");
        drop(books.changes());
        assert_eq!((books.windows.len(), books.window_positions.len()), (0, 0));
    }
}
