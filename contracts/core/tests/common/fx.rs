//! A world in which every rule of foreign exchange succeeds.

#![allow(dead_code)] // Each test binary uses a part of it.

use crate::common::*;
use corridor_core::tariff::{Charges, Fee};
use corridor_core::{
    Books, Currency, FxTerms, FxTransfer, Gate, Money, ParticipantId, Position, Quote, QuoteId, QuoteState,
    Rate, Reference, SettlementMethod, Terms, Transfer, TransferStatus, Unwind,
};

pub const PROVIDER: ParticipantId = ParticipantId(3);
pub const PAYEE: ParticipantId = ParticipantId(4);
/// 1,000 fen at 92 / 100, less 50 basis points: 915.4.
pub const CREDITED: u128 = 915;
pub const REMAINDER: u64 = 400_000;
pub const SPREAD: u128 = 5;
pub const DEBTOR_FEE: u64 = 7;
pub const CREDITOR_FEE: u64 = 11;

pub fn fx_gate() -> Gate {
    Gate {
        participants: 5,
        ..Gate::default()
    }
}

pub fn quote() -> Quote {
    Quote {
        id: QuoteId {
            provider: PROVIDER,
            reference: Reference([3; 16]),
        },
        provider_buys: Currency::CNY,
        provider_sells: Currency::HKD,
        rate: Rate {
            numerator: 92,
            denominator: 100,
        },
        spread_basis_points: 50,
        minimum_minor_units: 100,
        maximum_minor_units: 10 * AMOUNT,
        counterparty: Some(BOC),
        expires_at: NOW + 600,
        hold_seconds: 7_200,
        unwind_seconds: 86_400,
    }
}

/// The quote with nothing but the transfer of [`fx_transfer`] on it.
pub fn quote_state() -> QuoteState {
    QuoteState {
        used_minor_units: AMOUNT,
        ..QuoteState::unused(quote())
    }
}

pub fn fx_terms() -> (Terms, FxTerms) {
    let terms = Terms {
        settlement_method: SettlementMethod::PaymentVersusPayment,
        ..terms()
    };
    let fx = FxTerms {
        quote: quote().id,
        credited: Money::new(Currency::HKD, CREDITED),
        unwind: Unwind::OriginalRate,
    };
    (terms, fx)
}

pub fn fx_charges() -> Charges {
    let fee = |minor_units| {
        Some(Fee {
            to: PAYEE,
            minor_units,
        })
    };
    Charges {
        debtor: fee(DEBTOR_FEE),
        creditor: fee(CREDITOR_FEE),
    }
}

pub fn fx_transfer(status: TransferStatus) -> FxTransfer {
    let (terms, fx) = fx_terms();
    let transfer = Transfer {
        terms,
        ..transfer(status)
    };
    FxTransfer {
        transfer,
        fx,
        remainder: REMAINDER,
        charges: fx_charges(),
        sent_back_minor_units: match status {
            TransferStatus::PartlyReturned => 229,
            TransferStatus::Returned => CREDITED,
            _ => 0,
        },
        unwind_until: NOW - 60 + 86_400,
    }
}

/// Who has what: (participant, currency, available, reserved). What is not named is zero.
pub type Holdings = Vec<(ParticipantId, Currency, u128, u128)>;

pub fn books(record: &FxTransfer, holdings: &Holdings) -> Books {
    books_of(&record.keys(), holdings)
}

pub fn books_of(keys: &[(ParticipantId, Currency)], holdings: &Holdings) -> Books {
    Books::load(keys, |participant, currency| {
        holdings
            .iter()
            .find(|held| held.0 == participant && held.1 == currency)
            .map_or(Position::default(), |held| position(held.2, held.3))
    })
}

/// Sets what a participant has.
pub fn hold(holdings: &mut Holdings, participant: ParticipantId, currency: Currency, has: (u128, u128)) {
    holdings.retain(|held| (held.0, held.1) != (participant, currency));
    holdings.push((participant, currency, has.0, has.1));
}
