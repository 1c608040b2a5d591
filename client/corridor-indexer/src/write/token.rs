//! What tokens emit: tokenised money moving outside the books, and what its issuer and its guardian do.

use super::{
    books::{Books, Place},
    rows::row,
    table,
};
use corridor_client::{
    contract::TokenEvent,
    core::{Address, Currency},
};

const NOBODY: Address = [0; 20];

/// A row of the events besides transfers.
struct Line {
    event: &'static str,
    account: Option<Address>,
    other: Option<Address>,
    minor_units: Option<u128>,
    request_id: Option<[u8; 32]>,
}

impl Line {
    fn new(event: &'static str) -> Self {
        Self {
            event,
            account: None,
            other: None,
            minor_units: None,
            request_id: None,
        }
    }
}

/// The event in the table's words; `None` for a transfer, which has a table of its own.
fn line(event: &TokenEvent) -> Option<Line> {
    Some(match *event {
        TokenEvent::Transfer { .. } => return None,
        TokenEvent::Approval {
            owner,
            spender,
            minor_units,
        } => Line {
            account: Some(owner),
            other: Some(spender),
            minor_units,
            ..Line::new("approval")
        },
        TokenEvent::RequestDone {
            request_id,
            account,
            redeemed,
            minor_units,
        } => Line {
            account: Some(account),
            minor_units: Some(minor_units),
            request_id: Some(request_id),
            ..Line::new(if redeemed { "redeemed" } else { "issued" })
        },
        TokenEvent::PauseChanged { paused } => Line::new(if paused { "paused" } else { "unpaused" }),
        TokenEvent::FreezeChanged { account, frozen } => Line {
            account: Some(account),
            ..Line::new(if frozen { "frozen" } else { "unfrozen" })
        },
        TokenEvent::RoleChanged {
            role,
            previous,
            current,
        } => Line {
            account: Some(current),
            other: Some(previous),
            ..Line::new(role.name())
        },
    })
}

impl Books {
    pub(crate) fn take_token(&mut self, place: &Place, currency: Currency, event: &TokenEvent) {
        if let Some(line) = line(event) {
            let row = row![
                place.id.0,
                place.id.block(),
                place.at,
                currency.as_str(),
                line.event,
                line.account.as_ref(),
                line.other.as_ref(),
                line.minor_units,
                line.request_id.as_ref(),
            ];
            self.add(&table::TOKEN_EVENTS, row);
        }
        if let TokenEvent::Transfer {
            from,
            to,
            minor_units,
        } = event
        {
            let kind = match (*from == NOBODY, *to == NOBODY) {
                (true, false) => "issued",
                (false, true) => "redeemed",
                _ => "moved",
            };
            let row = row![
                place.id.0,
                place.id.block(),
                place.at,
                currency.as_str(),
                kind,
                from,
                to,
                *minor_units,
            ];
            self.add(&table::TOKEN_TRANSFERS, row);
        }
    }
}
