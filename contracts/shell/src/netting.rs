//! Deferred net settlement: acceptance, cover, and the end of windows.

use crate::book::Book;
use crate::governance::{self, governor_only};
use crate::transfers::{caller_entry, record};
use crate::{storage, Root};
use corridor_api::{
    CollateralReceipt, NetPosition, NettingRecorded, TransferReceipt, WindowReceipt, WindowState,
};
use corridor_core::closing::{Closing, Ending};
use corridor_core::registry::RegistryChange;
use corridor_core::{
    collateral, transfer_net, Caller, CollateralKind, Currency, Error, Money, NetChange, NetPage, NetPages,
    Operation, Outcome, ParticipantId, Reference, Schedule, Seconds, Transfer, Uetr, WindowId, WindowRecord,
    WindowStatus,
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

/// The pages of two agents' net settlement.
pub fn pages(currency: Currency, debtor: ParticipantId, creditor: ParticipantId) -> Result<NetPages, Error> {
    let numbers = [debtor, creditor].map(NetPage::number_of);
    let creditor = if numbers[0] == numbers[1] {
        None
    } else {
        Some(page(currency, numbers[1])?)
    };
    Ok(NetPages {
        debtor: page(currency, numbers[0])?,
        creditor,
    })
}

/// Writes them back.
pub fn store_pages(currency: Currency, debtor: ParticipantId, creditor: ParticipantId, pages: &NetPages) {
    storage::net_positions(currency, NetPage::number_of(debtor)).set(&pages.debtor);
    if let Some(page) = &pages.creditor {
        storage::net_positions(currency, NetPage::number_of(creditor)).set(page);
    }
}

/// [`corridor_api::Transfers::accept`] of a net transfer.
#[inline(never)]
pub fn accept(
    root: &Root,
    caller: &Caller,
    uetr: Uetr,
    recorded: Transfer,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let window = root.schedule()?.window_of(now);
    let terms = recorded.terms;
    let (currency, debtor, creditor) = (terms.currency(), terms.debtor_agent, terms.creditor_agent);
    let pages = pages(currency, debtor, creditor)?;
    match transfer_net::accept_net(recorded, caller, pages, window, now)? {
        Outcome::Recorded(change) => {
            store_pages(currency, debtor, creditor, &change.pages);
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
    storage::currency(currency).get()?.ok_or(Error::UnknownCurrency)?;
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
    storage::currency(currency).get()?.ok_or(Error::UnknownCurrency)?;
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
    for number in 0..closing.pages() {
        end_page(&mut closing, currency, window, number)?;
    }
    let record = closing.finish()?;
    place.set(&record);
    emit(currency, NetChange::Ended(record));
    Ok(WindowReceipt {
        record,
        repeated: false,
    })
}

/// Pays or carries over what one page holds of the window.
fn end_page(closing: &mut Closing, currency: Currency, window: WindowId, number: u16) -> Result<(), Error> {
    let mut net = page(currency, number)?;
    if !closing.concerns(&net) {
        return closing.skip(&net);
    }
    let positions = storage::positions(currency, number);
    let mut held = positions.get()?.unwrap_or_default();
    let results = closing.page(&mut net, &mut held)?;
    storage::net_positions(currency, number).set(&net);
    positions.set(&held);
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

/// All collateral on a page of participants, in minor units.
pub fn collateral_on(currency: Currency, number: u16) -> Result<u128, Error> {
    Ok(page(currency, number)?.collateral())
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
