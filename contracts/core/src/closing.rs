//! The end of a window: every net debit is paid and every net credit received, once, in one call.
//!
//! ```text
//! Open -> Closed (its cut-off has passed) -> Settled | Aborted (its positions carried over)
//! ```
//!
//! A shell begins a [`Closing`], hands it the currency's pages one by one in order, writes what changed, and
//! finishes it. An error at any step has to undo all of them.

use crate::net::{Rest, Side, NET_PER_PAGE};
use crate::participant::Gate;
use crate::{
    Error, NetEntry, NetPage, Outcome, ParticipantId, Position, PositionPage, Schedule, Seconds, WindowId,
};
use alloc::vec::Vec;
use core::fmt;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Where a window of one currency stands. Append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum WindowStatus {
    /// Takes transfers.
    #[codec(index = 0)]
    Open,
    /// Past its cut-off, not settled yet. Anyone may close it.
    #[codec(index = 1)]
    Closed,
    /// Final: all net positions have been paid.
    #[codec(index = 2)]
    Settled,
    /// The governor had its positions carried over to a later window.
    #[codec(index = 3)]
    Aborted,
}

impl WindowStatus {
    /// Where a window stands at `now`, given what is recorded of it.
    #[must_use]
    pub fn of(recorded: Option<&WindowRecord>, schedule: &Schedule, window: WindowId, now: Seconds) -> Self {
        match recorded {
            Some(record) => record.status,
            None if schedule.window_of(now) > window => Self::Closed,
            None => Self::Open,
        }
    }

    /// The status's name as reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Settled => "settled",
            Self::Aborted => "aborted",
        }
    }
}

impl fmt::Display for WindowStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the contract records of a window that has ended, under (currency, window), for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct WindowRecord {
    /// Which.
    pub window: WindowId,
    /// [`WindowStatus::Settled`] or [`WindowStatus::Aborted`].
    pub status: WindowStatus,
    /// When it was settled or aborted.
    pub closed_at: Seconds,
    /// The window its positions settle in: itself, or the one they were carried over to.
    pub settles_in: WindowId,
    /// All net debits, in minor units: what settlement moved.
    pub net_minor_units: u128,
    /// All transfers and batches posted in it, in minor units: what was settled by moving that.
    pub gross_minor_units: u128,
    /// How many participants had a net debit or credit.
    pub participants: u16,
}

impl WindowRecord {
    /// Whether the net positions have been paid.
    #[must_use]
    pub fn has_settled(&self) -> bool {
        self.status == WindowStatus::Settled
    }

    /// The window to look at instead, when this one's positions were carried over.
    #[must_use]
    pub fn carried_over_to(&self) -> Option<WindowId> {
        (self.status == WindowStatus::Aborted).then_some(self.settles_in)
    }
}

/// One participant's result of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct NetResult {
    /// Who.
    pub participant: ParticipantId,
    /// Credits less debits, in minor units.
    pub net_minor_units: i64,
}

/// What happened to a currency's net settlement: the content of its event.
#[must_use = "every change emits its event"]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum NetChange {
    /// A participant pledged or released collateral.
    #[codec(index = 0)]
    Collateral {
        /// Who.
        participant: ParticipantId,
        /// What it pledged or released.
        movement: crate::CollateralMovement,
        /// All of its collateral now, in minor units.
        collateral_minor_units: u64,
    },
    /// The governor set a participant's net debit cap.
    #[codec(index = 1)]
    CapSet {
        /// Whose.
        participant: ParticipantId,
        /// The cap in minor units.
        cap_minor_units: u64,
    },
    /// The results of a page of participants, paid or carried over as the event of the window's end says.
    #[codec(index = 2)]
    Results {
        /// The window.
        window: WindowId,
        /// At most 4.
        results: Vec<NetResult>,
    },
    /// The window was settled or aborted. Follows the results.
    #[codec(index = 3)]
    Ended(WindowRecord),
}

/// How a window is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By payment of all net positions. Anyone may ask for it.
    Settle,
    /// By carrying them over to the open window. The governor's decision, which the shell checks.
    Abort,
}

/// A window of one currency on its way to its end.
#[derive(Debug)]
pub struct Closing {
    ending: Ending,
    /// The window the positions of an aborted one are carried over to.
    open: WindowId,
    /// What will be recorded.
    record: WindowRecord,
    /// All results so far; zero at the end.
    sum: i128,
    /// The page expected next, and how many there are.
    next_page: u16,
    pages: u16,
}

impl Closing {
    /// Begins the end of a window.
    ///
    /// A window that ended the same way is a repeat. Errors, in order: [`Error::WindowEnded`] when it ended
    /// the other way, [`Error::WindowOpen`]. The gate is looked at only for how many participants there are.
    pub fn begin(
        recorded: Option<WindowRecord>,
        gate: &Gate,
        schedule: &Schedule,
        window: WindowId,
        ending: Ending,
        now: Seconds,
    ) -> Result<Outcome<Self, WindowRecord>, Error> {
        let status = match ending {
            Ending::Settle => WindowStatus::Settled,
            Ending::Abort => WindowStatus::Aborted,
        };
        match recorded {
            Some(record) if record.status == status => return Ok(Outcome::Repeated(record)),
            Some(_) => return Err(Error::WindowEnded),
            None => {}
        }
        let open = schedule.window_of(now);
        if open <= window {
            return Err(Error::WindowOpen);
        }
        let settles_in = match ending {
            Ending::Settle => window,
            Ending::Abort => open,
        };
        Ok(Outcome::Recorded(Self {
            ending,
            open,
            record: WindowRecord {
                window,
                status,
                closed_at: now,
                settles_in,
                net_minor_units: 0,
                gross_minor_units: 0,
                participants: 0,
            },
            sum: 0,
            next_page: 0,
            pages: gate.participants.div_ceil(NET_PER_PAGE),
        }))
    }

    /// How many pages have to be handed over, from number 0 on.
    #[must_use]
    pub fn pages(&self) -> u16 {
        self.pages
    }

    /// Whether `page` has to be handed to [`Closing::page`] together with the positions, rather than to
    /// [`Closing::skip`].
    #[must_use]
    pub fn concerns(&self, page: &NetPage) -> bool {
        page.holds(self.record.window)
    }

    /// Passes over the next page when it holds nothing of the window; [`Error::BooksBroken`] otherwise.
    pub fn skip(&mut self, page: &NetPage) -> Result<(), Error> {
        if self.concerns(page) {
            return Err(Error::BooksBroken);
        }
        self.turn().map(|_| ())
    }

    /// Pays or carries over the results of the next page. Both pages are to be written.
    ///
    /// Who owes pays from what is available as far as that goes, and the rest from collateral.
    /// [`Error::BooksBroken`] when that does not cover it, which the cap rules out; for an abort
    /// [`Error::NetAmountTooLarge`] when two windows together no longer fit.
    #[inline(never)]
    pub fn page(&mut self, net: &mut NetPage, positions: &mut PositionPage) -> Result<Vec<NetResult>, Error> {
        let number = self.turn()?;
        let side = net.side_of(self.record.window);
        let mut results = Vec::new();
        let first = number.saturating_mul(NET_PER_PAGE);
        let last = first.saturating_add(NET_PER_PAGE);
        for participant in (first..last).map(ParticipantId) {
            let mut entry = net.get(participant);
            let net_minor_units = match side {
                Some(Side::Open) => core::mem::take(&mut entry.open),
                Some(Side::Closing) => core::mem::take(&mut entry.closing),
                None => 0,
            };
            if net_minor_units == 0 {
                continue;
            }
            if self.ending == Ending::Settle {
                let (paid, position) = settle(entry, positions.get(participant), net_minor_units)?;
                entry = paid;
                positions.set(participant, position);
            }
            net.set(participant, entry);
            self.count(net_minor_units)?;
            results.push(NetResult {
                participant,
                net_minor_units,
            });
        }
        if let Some(side) = side {
            let rest = net.take_rest(side);
            let gross = u128::from(rest.gross);
            self.record.gross_minor_units = self.record.gross_minor_units.saturating_add(gross);
            if self.ending == Ending::Abort {
                self.carry_over(net, &results, &rest)?;
            }
        }
        Ok(results)
    }

    /// The record to write; [`Error::BooksBroken`] unless all pages were handed over and all results are
    /// zero together.
    pub fn finish(self) -> Result<WindowRecord, Error> {
        if self.next_page != self.pages || self.sum != 0 {
            return Err(Error::BooksBroken);
        }
        Ok(self.record)
    }

    /// The number of the next page.
    fn turn(&mut self) -> Result<u16, Error> {
        let number = self.next_page;
        if number >= self.pages {
            return Err(Error::BooksBroken);
        }
        self.next_page = number.saturating_add(1);
        Ok(number)
    }

    fn count(&mut self, net_minor_units: i64) -> Result<(), Error> {
        self.sum = self
            .sum
            .checked_add(i128::from(net_minor_units))
            .ok_or(Error::BooksBroken)?;
        let debit = u128::from(net_minor_units.min(0).unsigned_abs());
        self.record.net_minor_units = self.record.net_minor_units.saturating_add(debit);
        self.record.participants = self.record.participants.saturating_add(1);
        Ok(())
    }

    /// Adds what was taken out to the open window.
    fn carry_over(&self, net: &mut NetPage, results: &[NetResult], rest: &Rest) -> Result<(), Error> {
        // There is room: the window that was taken out made it.
        net.roll(self.open)?;
        net.add_rest(Side::Open, rest)?;
        for result in results {
            let mut entry = net.get(result.participant);
            entry.open = entry
                .open
                .checked_add(result.net_minor_units)
                .ok_or(Error::NetAmountTooLarge)?;
            net.set(result.participant, entry);
        }
        Ok(())
    }
}

/// Pays one participant's result.
fn settle(
    mut entry: NetEntry,
    position: Position,
    net_minor_units: i64,
) -> Result<(NetEntry, Position), Error> {
    let due = net_minor_units.unsigned_abs();
    if net_minor_units > 0 {
        // Fits: it is a part of what the token holds for the contract.
        return Ok((entry, position.credit(u128::from(due))?));
    }
    let from_available = u64::try_from(position.available).map_or(due, |available| available.min(due));
    let rest = due.saturating_sub(from_available);
    entry.collateral = entry.collateral.checked_sub(rest).ok_or(Error::BooksBroken)?;
    Ok((entry, position.debit(u128::from(from_available))?))
}
