//! Tokenised money moving outside the books.

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

impl Books {
    pub(crate) fn take_token(&mut self, place: &Place, currency: Currency, event: &TokenEvent) {
        let TokenEvent::Transfer {
            from,
            to,
            minor_units,
        } = event;
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
