//! Deferred net settlement: acceptance, cover, and the end of windows.

use crate::book::Book;
use crate::governance::{self, governor_only};
use crate::transfers::{caller_entry, record};
use crate::{storage, Root};
use alloc::vec::Vec;
use corridor_api::{
    CollateralReceipt, NetPosition, NettingRecorded, TransferReceipt, WindowReceipt, WindowState,
};
use corridor_core::closing::{Closing, Ending};
use corridor_core::registry::RegistryChange;
use corridor_core::{
    collateral, transfer_net, BilateralPosition, Caller, CollateralKind, Currency, Error, Money, NetChange,
    NetPage, NetPages, Operation, Outcome, PairPage, ParticipantId, PositionPage, Reference, Schedule,
    Seconds, Terms, Transfer, Uetr, WindowId, WindowRecord, WindowStatus,
};
use ink::Address;
use scale_codec::Encode;

fn emit(currency: Currency, change: NetChange) {
    ink::env::emit_event(NettingRecorded { currency, change });
}

fn page(currency: Currency, number: u16) -> Result<NetPage, Error> {
    Ok(storage::net_positions(currency, number)
        .get()?
        .unwrap_or_default())
}

/// Two agents of net settlement in a currency, the debtor agent first.
#[derive(Clone, Copy)]
pub struct Pair {
    /// The currency.
    pub currency: Currency,
    /// Who pays.
    pub debtor_agent: ParticipantId,
    /// Who is paid.
    pub creditor_agent: ParticipantId,
}

impl Pair {
    /// The agents of a transfer.
    #[must_use]
    pub fn of(terms: &Terms) -> Self {
        Self {
            currency: terms.currency(),
            debtor_agent: terms.debtor_agent,
            creditor_agent: terms.creditor_agent,
        }
    }

    /// The pages a posting in `window` touches.
    pub fn load(self, window: WindowId) -> Result<NetPages, Error> {
        let numbers = [self.debtor_agent, self.creditor_agent].map(NetPage::number_of);
        let creditor = if numbers[0] == numbers[1] {
            None
        } else {
            Some((page(self.currency, numbers[1])?, self.pairs(window)?))
        };
        Ok(NetPages {
            debtor: page(self.currency, numbers[0])?,
            creditor,
        })
    }

    /// Writes them back.
    pub fn store(self, pages: &NetPages) {
        storage::net_positions(self.currency, NetPage::number_of(self.debtor_agent)).set(&pages.debtor);
        if let Some((page, pairs)) = &pages.creditor {
            storage::net_positions(self.currency, NetPage::number_of(self.creditor_agent)).set(page);
            self.page().set(pairs);
        }
    }

    fn page(self) -> storage::Entry<PairPage> {
        storage::pairs(
            self.currency,
            PairPage::numbers_of(self.debtor_agent, self.creditor_agent),
        )
    }

    #[inline(never)]
    fn pairs(self, window: WindowId) -> Result<PairPage, Error> {
        let mut pairs = self.page().get()?.unwrap_or_default();
        pairs.roll(window, |booked_in| outstanding_in(self.currency, booked_in))?;
        Ok(pairs)
    }

    /// What they owe each other, from the debtor agent's side, in windows that are not settled.
    fn outstanding(self) -> Result<Vec<BilateralPosition>, Error> {
        let (of, with) = (self.debtor_agent, self.creditor_agent);
        let number = NetPage::number_of(of);
        let booked = if number == NetPage::number_of(with) {
            page(self.currency, number)?.bilateral(of, with)?
        } else {
            self.page().get()?.unwrap_or_default().booked(of, with)?
        };
        let mut positions: Vec<BilateralPosition> = Vec::new();
        for position in booked
            .into_iter()
            .filter(|position| position.net_minor_units != 0)
        {
            let Some(window) = outstanding_in(self.currency, position.window)? else {
                continue;
            };
            let known = positions.iter_mut().find(|known| known.window == window);
            match known {
                None => positions.push(BilateralPosition { window, ..position }),
                Some(known) => {
                    known.net_minor_units = known
                        .net_minor_units
                        .checked_add(position.net_minor_units)
                        .ok_or(Error::NetAmountTooLarge)?;
                }
            }
        }
        Ok(positions)
    }
}

/// [`corridor_api::Transfers::accept`] of a net transfer.
#[inline(never)]
pub fn accept(
    root: &Root,
    caller: &Caller,
    uetr: Uetr,
    recorded: &Transfer,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let window = root.schedule()?.window_of(now);
    let pair = Pair::of(&recorded.terms);
    match transfer_net::accept_net(*recorded, caller, pair.load(window)?, window, now)? {
        Outcome::Recorded(change) => {
            pair.store(&change.pages);
            Ok(record(uetr, &change.transfer, change.event))
        }
        Outcome::Repeated(transfer) => Ok(TransferReceipt::of(&transfer, true)),
    }
}

/// [`corridor_api::Netting::set_schedule`]
pub fn set_schedule(root: &mut Root, schedule: Schedule, now: Seconds) -> Result<(), Error> {
    governor_only(root)?;
    match root.schedule() {
        Ok(former) if former == schedule => return Ok(()),
        Ok(former) => schedule.replaces(&former, now)?,
        Err(_) => schedule.validate()?,
    }
    root.schedule = schedule.encode();
    governance::emit(RegistryChange::ScheduleSet(schedule));
    Ok(())
}

/// [`corridor_api::Netting::set_cap`]
pub fn set_cap(root: &Root, id: ParticipantId, currency: Currency, minor_units: u64) -> Result<(), Error> {
    governor_only(root)?;
    storage::known_currency(currency)?;
    let number = NetPage::number_of(id);
    let mut page = page(currency, number)?;
    if let Some(entry) = collateral::set_cap(&root.gate(), id, page.get(id), minor_units)? {
        page.set(id, entry);
        storage::net_positions(currency, number).set(&page);
        emit(
            currency,
            NetChange::CapSet {
                participant: id,
                cap_minor_units: minor_units,
            },
        );
    }
    Ok(())
}

/// [`corridor_api::Netting::pledge`] and [`corridor_api::Netting::release`]
#[inline(never)]
pub fn move_collateral(
    root: &Root,
    caller: Address,
    reference: Reference,
    kind: CollateralKind,
    amount: Money,
    now: Seconds,
) -> Result<CollateralReceipt, Error> {
    let caller = caller_entry(caller)?;
    let (id, currency) = (caller.participant, amount.currency);
    let operation = storage::operation(id, reference);
    let recorded = operation.get()?.map(Operation::collateral);
    let mut book = Book::of_one(currency, id)?;
    let number = NetPage::number_of(id);
    let mut page = page(currency, number)?;
    let position = book.get(id);
    let entry = page.get(id);
    let change = match collateral::book(
        recorded,
        &root.gate(),
        &caller,
        position,
        entry,
        kind,
        amount,
        now,
    )? {
        Outcome::Recorded(change) => change,
        Outcome::Repeated(movement) => {
            return Ok(CollateralReceipt {
                movement,
                repeated: true,
            })
        }
    };
    operation.set(&Operation::Collateral(change.movement));
    book.set(id, change.position);
    book.store();
    page.set(id, change.entry);
    storage::net_positions(currency, number).set(&page);
    emit(
        currency,
        NetChange::Collateral {
            participant: id,
            movement: change.movement,
            collateral_minor_units: change.entry.collateral,
        },
    );
    Ok(CollateralReceipt {
        movement: change.movement,
        repeated: false,
    })
}

/// [`corridor_api::Netting::close_window`] and [`corridor_api::Netting::abort_window`]
#[inline(never)]
pub fn end_window(
    root: &Root,
    currency: Currency,
    window: WindowId,
    ending: Ending,
    now: Seconds,
) -> Result<WindowReceipt, Error> {
    if ending == Ending::Abort {
        governor_only(root)?;
    }
    storage::known_currency(currency)?;
    let schedule = root.schedule()?;
    let place = storage::window(currency, window);
    let mut closing = match Closing::begin(place.get()?, &root.gate(), &schedule, window, ending, now)? {
        Outcome::Recorded(closing) => closing,
        Outcome::Repeated(record) => {
            return Ok(WindowReceipt {
                record,
                repeated: true,
            })
        }
    };
    let mut held = Held::default();
    for number in 0..closing.pages() {
        end_page(&mut closing, &mut held, currency, window, number)?;
    }
    held.store(currency);
    let record = closing.finish()?;
    place.set(&record);
    emit(currency, NetChange::Ended(record));
    Ok(WindowReceipt {
        record,
        repeated: false,
    })
}

/// The page of positions that several pages of net positions in a row are paid from: read once and written once.
#[derive(Default)]
struct Held(Option<(u16, PositionPage)>);

impl Held {
    /// The page with this number; the one held so far is written.
    fn page(&mut self, currency: Currency, number: u16) -> Result<&mut PositionPage, Error> {
        if self.0.as_ref().is_none_or(|(held, _)| *held != number) {
            core::mem::take(self).store(currency);
            self.0 = Some((
                number,
                storage::positions(currency, number).get()?.unwrap_or_default(),
            ));
        }
        self.0.as_mut().map(|(_, page)| page).ok_or(Error::BooksBroken)
    }

    fn store(self, currency: Currency) {
        if let Some((number, page)) = self.0 {
            storage::positions(currency, number).set(&page);
        }
    }
}

/// Pays or carries over what one page holds of the window.
fn end_page(
    closing: &mut Closing,
    held: &mut Held,
    currency: Currency,
    window: WindowId,
    number: u16,
) -> Result<(), Error> {
    let mut net = page(currency, number)?;
    if !closing.concerns(&net) {
        return closing.skip(&net);
    }
    let positions = held.page(currency, NetPage::positions_of(number))?;
    let results = closing.page(&mut net, positions)?;
    storage::net_positions(currency, number).set(&net);
    emit(currency, NetChange::Results { window, results });
    Ok(())
}

/// The record of the window in which a transfer booked in `window` settles, where that has ended.
pub fn settled_in(currency: Currency, mut window: WindowId) -> Result<Option<WindowRecord>, Error> {
    loop {
        let record = storage::window(currency, window).get()?;
        // Each step leads to a later window, so this ends.
        match record.and_then(|record| record.carried_over_to()) {
            Some(next) if next > window => window = next,
            _ => return Ok(record),
        }
    }
}

/// The window that amounts booked in `window` settle with; `None` once they have.
fn outstanding_in(currency: Currency, mut window: WindowId) -> Result<Option<WindowId>, Error> {
    loop {
        let Some(record) = storage::window(currency, window).get()? else {
            return Ok(Some(window));
        };
        // Each step leads to a later window, so this ends.
        match record.carried_over_to() {
            Some(next) if next > window => window = next,
            _ => return Ok(None),
        }
    }
}

/// All participants' collateral in a currency, in minor units.
pub fn collateral(currency: Currency, participants: u16) -> Result<u128, Error> {
    let last = NetPage::number_of(ParticipantId(participants.saturating_sub(1)));
    (0..=last).try_fold(0u128, |sum, number| {
        let collateral = page(currency, number)?.collateral();
        sum.checked_add(collateral).ok_or(Error::AmountOverflow)
    })
}

/// [`corridor_api::Netting::bilateral`]
pub fn bilateral(of: ParticipantId, with: ParticipantId, currency: Currency) -> Vec<BilateralPosition> {
    let pair = Pair {
        currency,
        debtor_agent: of,
        creditor_agent: with,
    };
    pair.outstanding().unwrap_or_default()
}

/// [`corridor_api::Netting::net_position`]
pub fn net_position(id: ParticipantId, currency: Currency) -> NetPosition {
    let page = page(currency, NetPage::number_of(id)).unwrap_or_default();
    NetPosition {
        entry: page.get(id),
        open: page.open_window(),
        closing: page.closing_window(),
    }
}

/// [`corridor_api::Netting::window`]
pub fn window(
    root: &Root,
    currency: Currency,
    window: Option<WindowId>,
    now: Seconds,
) -> Result<WindowState, Error> {
    let schedule = root.schedule()?;
    let window = window.unwrap_or_else(|| schedule.window_of(now));
    let record = storage::window(currency, window).get()?;
    Ok(WindowState {
        window,
        status: WindowStatus::of(record.as_ref(), &schedule, window, now),
        closes_at: schedule.closes_at(window),
        record,
    })
}

/// The schedule, if there is one.
pub fn schedule(root: &Root) -> Option<Schedule> {
    root.schedule().ok()
}
