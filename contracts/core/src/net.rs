//! Deferred net settlement: what accepted transfers add up to until their window closes.
//!
//! A net transfer reserves nothing. Its acceptance moves the amount from the debtor agent's net position to
//! the creditor agent's in the open window; money moves once per window, when it closes
//! ([`closing`](crate::closing)). A participant's unsettled net debit never exceeds the collateral it
//! pledged ([`collateral`](crate::collateral)), so that a window always settles (PFMI principles 4 and 9).

use crate::position::POSITIONS_PER_PAGE;
use crate::{Error, ParticipantId, PositionPage, WindowId};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Net settlement of one participant in one currency, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct NetEntry {
    /// Escrow set aside to pay net debits: neither available nor reserved. At most `i64::MAX`.
    pub collateral: u64,
    /// The net debit cap the governor set.
    pub cap: u64,
    /// Credits less debits of the open window.
    pub open: i64,
    /// Credits less debits of the window that waits for its closing.
    pub closing: i64,
}

impl NetEntry {
    /// The unsettled net debit: that of each window by itself. A credit that has not settled covers nothing.
    #[must_use]
    pub fn net_debit(&self) -> u64 {
        let open = self.open.min(0).unsigned_abs();
        open.saturating_add(self.closing.min(0).unsigned_abs())
    }

    /// The most the net debit may be: the cap, or the collateral where that is less.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.cap.min(self.collateral)
    }
}

/// Moves `minor_units` from the debtor agent's to the creditor agent's position in the open window.
///
/// Errors, in order: [`Error::NetAmountTooLarge`] when a position no longer fits into 64 bits,
/// [`Error::NetDebitCap`].
pub fn post(debtor: NetEntry, creditor: NetEntry, minor_units: u64) -> Result<(NetEntry, NetEntry), Error> {
    let amount = i64::try_from(minor_units).map_err(|_| Error::NetAmountTooLarge)?;
    let debit = debtor.open.checked_sub(amount).ok_or(Error::NetAmountTooLarge)?;
    let credit = creditor
        .open
        .checked_add(amount)
        .ok_or(Error::NetAmountTooLarge)?;
    let debtor = NetEntry {
        open: debit,
        ..debtor
    };
    if debtor.net_debit() > debtor.limit() {
        return Err(Error::NetDebitCap);
    }
    let creditor = NetEntry {
        open: credit,
        ..creditor
    };
    Ok((debtor, creditor))
}

/// The net settlement of 12 neighbouring participants in one currency, numbered as
/// [`PositionPage`] is, so that a page of the one belongs to a page of the other.
///
/// At most two windows are outstanding: the one that takes transfers and the one before it that did.
#[derive(Clone, Debug, PartialEq, Eq, Default, Encode, Decode, TypeInfo)]
pub struct NetPage {
    /// The window `open` amounts belong to.
    pub(crate) open: WindowId,
    /// The window `closing` amounts belong to, if there are any.
    pub(crate) closing: WindowId,
    /// All that the page's debtor agents posted in the open window. For the record: it stays at the most
    /// that fits rather than stop anything.
    pub(crate) open_gross: u64,
    /// The same of the window that waits.
    pub(crate) closing_gross: u64,
    pub(crate) entries: Vec<NetEntry>,
}

/// Where a page keeps the amounts of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Open,
    Closing,
}

impl NetPage {
    /// The page that holds a participant's net settlement.
    #[must_use]
    pub fn number_of(participant: ParticipantId) -> u16 {
        PositionPage::number_of(participant)
    }

    fn slot_of(participant: ParticipantId) -> usize {
        usize::from(participant.0 % POSITIONS_PER_PAGE)
    }

    /// The participant's net settlement: zero until it first pledges or gets a cap.
    #[must_use]
    pub fn get(&self, participant: ParticipantId) -> NetEntry {
        self.entries
            .get(Self::slot_of(participant))
            .copied()
            .unwrap_or_default()
    }

    /// Replaces the participant's net settlement.
    pub fn set(&mut self, participant: ParticipantId, entry: NetEntry) {
        let slot = Self::slot_of(participant);
        if self.entries.len() <= slot {
            self.entries.resize(slot.saturating_add(1), NetEntry::default());
        }
        if let Some(place) = self.entries.get_mut(slot) {
            *place = entry;
        }
    }

    /// The window the `open` amounts belong to, as of the last posting.
    #[must_use]
    pub fn open_window(&self) -> WindowId {
        self.open
    }

    /// The window that waits for its closing, if one does.
    #[must_use]
    pub fn closing_window(&self) -> Option<WindowId> {
        self.outstanding(Side::Closing).then_some(self.closing)
    }

    /// All collateral on the page, in minor units: a part of what the books hold.
    #[must_use]
    pub fn collateral(&self) -> u128 {
        self.entries.iter().fold(0u128, |sum, entry| {
            sum.saturating_add(u128::from(entry.collateral))
        })
    }

    /// Whether amounts of `window` are on the page, so that its closing has to look at it.
    #[must_use]
    pub fn holds(&self, window: WindowId) -> bool {
        self.side_of(window).is_some()
    }

    /// Makes `window` the open one: what was posted in an earlier window waits for that one's closing.
    ///
    /// [`Error::WindowNotClosed`] when a still earlier one waits already; [`Error::BooksBroken`] when the page
    /// is ahead of `window`.
    pub fn roll(&mut self, window: WindowId) -> Result<(), Error> {
        if self.open == window {
            return Ok(());
        }
        if self.open > window {
            return Err(Error::BooksBroken);
        }
        if self.outstanding(Side::Open) {
            if self.outstanding(Side::Closing) {
                return Err(Error::WindowNotClosed);
            }
            self.closing = self.open;
            self.closing_gross = core::mem::take(&mut self.open_gross);
            for entry in &mut self.entries {
                entry.closing = core::mem::take(&mut entry.open);
            }
        }
        self.open = window;
        Ok(())
    }

    /// Whether anything was posted in the window of that side and has not been settled.
    fn outstanding(&self, side: Side) -> bool {
        match side {
            Side::Open => self.open_gross != 0 || self.entries.iter().any(|entry| entry.open != 0),
            Side::Closing => self.closing_gross != 0 || self.entries.iter().any(|entry| entry.closing != 0),
        }
    }

    /// Where the amounts of `window` are, if there are any.
    pub(crate) fn side_of(&self, window: WindowId) -> Option<Side> {
        if self.closing == window && self.outstanding(Side::Closing) {
            Some(Side::Closing)
        } else if self.open == window && self.outstanding(Side::Open) {
            Some(Side::Open)
        } else {
            None
        }
    }
}

/// The pages a posting touches: the debtor agent's, and the creditor agent's where that is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetPages {
    /// The debtor agent's page.
    pub debtor: NetPage,
    /// The creditor agent's page; `None` when it is the same.
    pub creditor: Option<NetPage>,
}

impl NetPages {
    /// Posts an amount in `window`, rolling the pages to it.
    ///
    /// Errors, in order: [`Error::NetAmountTooLarge`] above 63 bits, those of [`NetPage::roll`], those of
    /// [`post`].
    #[inline(never)]
    pub fn post(
        mut self,
        debtor_agent: ParticipantId,
        creditor_agent: ParticipantId,
        minor_units: u128,
        window: WindowId,
    ) -> Result<Self, Error> {
        let minor_units = net_amount(minor_units)?;
        self.debtor.roll(window)?;
        if let Some(page) = &mut self.creditor {
            page.roll(window)?;
        }
        let credited = self.creditor.as_ref().unwrap_or(&self.debtor);
        let (debtor, creditor) = post(
            self.debtor.get(debtor_agent),
            credited.get(creditor_agent),
            minor_units,
        )?;
        self.debtor.open_gross = self.debtor.open_gross.saturating_add(minor_units);
        self.debtor.set(debtor_agent, debtor);
        self.creditor
            .as_mut()
            .unwrap_or(&mut self.debtor)
            .set(creditor_agent, creditor);
        Ok(self)
    }
}

/// An amount that net settlement can book, in minor units; [`Error::NetAmountTooLarge`] above `i64::MAX`.
pub fn net_amount(minor_units: u128) -> Result<u64, Error> {
    i64::try_from(minor_units)
        .map(i64::unsigned_abs)
        .map_err(|_| Error::NetAmountTooLarge)
}
