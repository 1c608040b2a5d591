//! What the tests of the contract layer share.

use corridor_client::core::{Currency, ParticipantId, Quote, QuoteId, Rate, Reference};

/// 0.92 HKD for 1 CNY, less a hundredth of a per cent.
pub fn quote() -> Quote {
    Quote {
        id: QuoteId {
            provider: ParticipantId(2),
            reference: Reference([8; 16]),
        },
        provider_buys: Currency::CNY,
        provider_sells: Currency::HKD,
        rate: Rate {
            numerator: 23,
            denominator: 25,
        },
        spread_basis_points: 1,
        minimum_minor_units: 1,
        maximum_minor_units: 10_000_000,
        counterparty: None,
        expires_at: 1_900_000_000,
        hold_seconds: 3_600,
        unwind_seconds: 0,
    }
}
