//! Deferred net settlement: what accepted transfers add up to until their window closes.
//!
//! A net transfer reserves nothing. Its acceptance moves the amount from the debtor agent's net position to
//! the creditor agent's in the open window; money moves once per window, when it closes
//! ([`closing`](crate::closing)). A participant's unsettled net debit never exceeds the collateral it
//! pledged ([`collateral`](crate::collateral)), so that a window always settles (PFMI principles 4 and 9).

use crate::bilateral::{self, Place};
use crate::words::Words;
use crate::{BilateralPosition, Error, PairPage, ParticipantId, PositionPage, WindowId};
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
pub fn post(debtor: NetEntry, creditor: NetEntry, minor_units: i64) -> Result<(NetEntry, NetEntry), Error> {
    let debit = debtor
        .open
        .checked_sub(minor_units)
        .ok_or(Error::NetAmountTooLarge)?;
    let credit = creditor
        .open
        .checked_add(minor_units)
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

/// Participants per page. Few enough that a page also holds what each of them owes each other, and a divisor of
/// [`POSITIONS_PER_PAGE`](crate::position::POSITIONS_PER_PAGE), so that a page's escrow is on one
/// [`PositionPage`].
pub const NET_PER_PAGE: u16 = 4;

/// The net settlement of four neighbouring participants in one currency, and what they owe each other:
/// 264 bytes.
///
/// At most two windows are outstanding: the one that takes transfers and the one before it that did.
#[derive(Clone, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct NetPage {
    /// The window the open amounts belong to.
    open: WindowId,
    /// The window the closing amounts belong to, if there are any.
    closing: WindowId,
    /// See [`word`].
    words: Words,
}

/// Where a page keeps what.
mod word {
    /// All that the page's debtor agents posted in the open window, and in the one that waits. For the record: it
    /// stays at the most that fits rather than stop anything.
    pub const GROSS: [usize; 2] = [0, 1];
    /// Four words for each participant, as [`super::NetEntry`] has them.
    pub const ENTRIES: usize = 2;
    pub const ENTRY: usize = 4;
    /// What they owe each other in the open window, and in the one that waits: [`crate::bilateral`].
    pub const PAIRS: [usize; 2] = [18, 24];
    /// Pairs of four.
    pub const PAIR_COUNT: usize = 6;
}

/// Where a page keeps the amounts of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Open,
    Closing,
}

impl Side {
    fn of(self, places: [usize; 2]) -> usize {
        let [open, closing] = places;
        match self {
            Self::Open => open,
            Self::Closing => closing,
        }
    }
}

/// What a page holds of a window besides the participants' net positions.
pub(crate) struct Rest {
    /// What was posted, in minor units.
    pub(crate) gross: u64,
    pairs: [i64; word::PAIR_COUNT],
}

impl NetPage {
    /// The page that holds a participant's net settlement.
    #[must_use]
    pub fn number_of(participant: ParticipantId) -> u16 {
        participant.0 / NET_PER_PAGE
    }

    /// The page of positions with the same participants.
    #[must_use]
    pub fn positions_of(number: u16) -> u16 {
        PositionPage::number_of(ParticipantId(number.saturating_mul(NET_PER_PAGE)))
    }

    fn slot_of(participant: ParticipantId) -> usize {
        let slot = usize::from(participant.0 % NET_PER_PAGE);
        slot.saturating_mul(word::ENTRY).saturating_add(word::ENTRIES)
    }

    /// The participant's net settlement: zero until it first pledges or gets a cap.
    #[must_use]
    #[inline(never)]
    pub fn get(&self, participant: ParticipantId) -> NetEntry {
        let [collateral, cap, open, closing] = self.words.run(Self::slot_of(participant));
        NetEntry {
            collateral,
            cap,
            open: open.cast_signed(),
            closing: closing.cast_signed(),
        }
    }

    /// Replaces the participant's net settlement.
    #[inline(never)]
    pub fn set(&mut self, participant: ParticipantId, entry: NetEntry) {
        let run = [
            entry.collateral,
            entry.cap,
            entry.open.cast_unsigned(),
            entry.closing.cast_unsigned(),
        ];
        self.words.set_run(Self::slot_of(participant), run);
    }

    /// Its participants' net settlement, by number.
    fn entries(&self) -> impl Iterator<Item = NetEntry> + '_ {
        (0..NET_PER_PAGE).map(|slot| self.get(ParticipantId(slot)))
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
        self.entries().fold(0u128, |sum, entry| {
            sum.saturating_add(u128::from(entry.collateral))
        })
    }

    /// What two of its participants owe each other, from the first one's side, by window: the one that waits, if
    /// one does, and the open one as of the last posting. [`Error::BooksBroken`] for a participant and itself.
    pub fn bilateral(&self, of: ParticipantId, with: ParticipantId) -> Result<[BilateralPosition; 2], Error> {
        let place = Place::on_page(of, with)?;
        Ok([
            bilateral::position(&self.words, Side::Closing.of(word::PAIRS), place, self.closing)?,
            bilateral::position(&self.words, Side::Open.of(word::PAIRS), place, self.open)?,
        ])
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
    #[inline(never)]
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
            for participant in (0..NET_PER_PAGE).map(ParticipantId) {
                let mut entry = self.get(participant);
                entry.closing = core::mem::take(&mut entry.open);
                self.set(participant, entry);
            }
            let rest = self.take_rest(Side::Open);
            self.add_rest(Side::Closing, &rest)?;
        }
        self.open = window;
        Ok(())
    }

    /// Whether anything was posted in the window of that side and has not been settled.
    fn outstanding(&self, side: Side) -> bool {
        self.words.get(side.of(word::GROSS)) != 0
            || self.entries().any(|entry| {
                let net = match side {
                    Side::Open => entry.open,
                    Side::Closing => entry.closing,
                };
                net != 0
            })
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

    /// Takes out what a side holds besides net positions.
    pub(crate) fn take_rest(&mut self, side: Side) -> Rest {
        let words = &mut self.words;
        let mut take = |index| {
            let word = words.get_signed(index);
            words.set(index, 0);
            word
        };
        let gross = take(side.of(word::GROSS)).cast_unsigned();
        let first = side.of(word::PAIRS);
        let pairs = core::array::from_fn(|pair| take(first.saturating_add(pair)));
        Rest { gross, pairs }
    }

    /// Adds it to a side; [`Error::NetAmountTooLarge`].
    pub(crate) fn add_rest(&mut self, side: Side, rest: &Rest) -> Result<(), Error> {
        self.count_gross(side, rest.gross);
        for (word, amount) in (side.of(word::PAIRS)..).zip(rest.pairs) {
            bilateral::add(&mut self.words, word, amount)?;
        }
        Ok(())
    }

    fn count_gross(&mut self, side: Side, minor_units: u64) {
        let index = side.of(word::GROSS);
        let sum = self.words.get(index).saturating_add(minor_units);
        self.words.set(index, sum);
    }

    /// Moves an amount between two of its participants in the open window; [`Error::NetAmountTooLarge`].
    fn post_pair(&mut self, from: ParticipantId, to: ParticipantId, minor_units: i64) -> Result<(), Error> {
        let place = Place::on_page(to, from)?;
        bilateral::credit(&mut self.words, Side::Open.of(word::PAIRS), place, minor_units)
    }
}

/// The pages a posting touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetPages {
    /// The debtor agent's page.
    pub debtor: NetPage,
    /// Where the creditor agent is on another page, that one, and the one of the pair, rolled to the open window.
    pub creditor: Option<(NetPage, PairPage)>,
}

impl NetPages {
    /// Posts an amount in `window`, rolling the net pages to it. After an error the pages are good for nothing.
    ///
    /// Errors, in order: [`Error::NetAmountTooLarge`] above 63 bits, those of [`NetPage::roll`], those of
    /// [`post`], [`Error::NetAmountTooLarge`] for the pair.
    #[inline(never)]
    pub fn post(
        &mut self,
        debtor_agent: ParticipantId,
        creditor_agent: ParticipantId,
        minor_units: u128,
        window: WindowId,
    ) -> Result<(), Error> {
        let amount = net_amount(minor_units)?;
        self.debtor.roll(window)?;
        if let Some((page, _)) = &mut self.creditor {
            page.roll(window)?;
        }
        let credited = self.creditor.as_ref().map_or(&self.debtor, |(page, _)| page);
        let (debtor, creditor) = post(
            self.debtor.get(debtor_agent),
            credited.get(creditor_agent),
            amount,
        )?;
        self.debtor.count_gross(Side::Open, amount.unsigned_abs());
        self.debtor.set(debtor_agent, debtor);
        match &mut self.creditor {
            None => {
                self.debtor.set(creditor_agent, creditor);
                self.debtor.post_pair(debtor_agent, creditor_agent, amount)?;
            }
            Some((page, pairs)) => {
                page.set(creditor_agent, creditor);
                pairs.post(window, (debtor_agent, creditor_agent), amount)?;
            }
        }
        Ok(())
    }
}

/// An amount that net settlement can book, in minor units; [`Error::NetAmountTooLarge`] above `i64::MAX`.
pub fn net_amount(minor_units: u128) -> Result<i64, Error> {
    i64::try_from(minor_units).map_err(|_| Error::NetAmountTooLarge)
}
