//! Transfers on published quotes: both legs or none.

use crate::stage::{
    accepted, credited, held, instructed, on_quote, open, quote, refused, repeated, settled, status, terms,
    uetr, HSBC, HSBC_COMPLIANCE, HSBC_QUOTER, LIQUIDITY,
};
use corridor_client::SettlementEvent;
use corridor_core::{
    Error, FxEvent, Money, Purpose, ReasonCode, SettlementMethod, TransferReturn, TransferStatus,
};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::scenario::stage::{
    reference, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, DAY, FUNDS, HKD, STRANGER,
};

#[test]
fn an_instruction_reserves_both_currencies_and_an_acceptance_moves_both() {
    let mut system = open();
    let (uetr, quote) = instructed(&mut system, 1, 10_000);
    // 10,000 x 1.09 x 0.995 = 10,845.5.
    assert_eq!(held(&system, BOC, CNY), (FUNDS - 10_000, 10_000));
    assert_eq!(held(&system, HSBC, HKD), (LIQUIDITY - 10_845, 10_845));
    assert_eq!(status(&system, uetr), TransferStatus::Pending);
    let recorded = system
        .query(&system.contract().fx_transfer(uetr))
        .expect("recorded");
    assert_eq!(
        recorded.remainder, 500_000,
        "half a cent, in parts of 100 x 10,000"
    );
    let used = system
        .query(&system.contract().quote(quote.id))
        .expect("published");
    assert_eq!(used.used_minor_units, 10_000);

    let accept = system.contract().accept(uetr);
    accepted(&mut system, CUP_STAFF.approver, accept.data());
    assert_eq!(held(&system, BOC, CNY), (FUNDS - 10_000, 0));
    assert_eq!(held(&system, HSBC, CNY), (LIQUIDITY + 10_000, 0));
    assert_eq!(held(&system, HSBC, HKD), (LIQUIDITY - 10_845, 0));
    assert_eq!(held(&system, CUP, HKD), (10_845, 0));
    assert_eq!(status(&system, uetr), TransferStatus::Settled);
    let Some(SettlementEvent::Exchange(event)) = system.events().last() else {
        panic!("the last event is the settlement");
    };
    let FxEvent::Settled(legs) = &event.event else {
        panic!("{event:?}");
    };
    let legs: Vec<_> = legs
        .iter()
        .map(|leg| (leg.from, leg.to, leg.money, leg.purpose))
        .collect();
    assert_eq!(
        legs,
        [
            (BOC, HSBC, Money::new(CNY, 10_000), Purpose::Debited),
            (HSBC, CUP, Money::new(HKD, 10_845), Purpose::Credited),
        ]
    );
    repeated(&mut system, CUP_STAFF.approver, accept.data());
    let again = on_quote(&system, 1, 10_000, &quote, None);
    repeated(&mut system, BOC_STAFF.instructor, &again);
}

#[test]
fn every_other_end_gives_everything_back() {
    for end in ["reject", "cancel", "expire"] {
        let mut system = open();
        let (uetr, quote) = instructed(&mut system, 1, 10_000);
        let hub = system.contract();
        let (caller, data) = match end {
            "reject" => (CUP_STAFF.compliance, hub.reject(uetr, ReasonCode::AC04)),
            "cancel" => (BOC_STAFF.instructor, hub.cancel(uetr, ReasonCode::CUST)),
            _ => {
                refused(
                    &mut system,
                    STRANGER,
                    hub.expire(uetr).data(),
                    Error::NotYetExpired,
                );
                system.advance_time(DAY);
                (STRANGER, hub.expire(uetr))
            }
        };
        accepted(&mut system, caller, data.data());
        for (id, currency, available) in [
            (BOC, CNY, FUNDS),
            (BOC, HKD, FUNDS),
            (HSBC, CNY, LIQUIDITY),
            (HSBC, HKD, LIQUIDITY),
            (CUP, HKD, 0),
        ] {
            assert_eq!(held(&system, id, currency), (available, 0), "{end}");
        }
        let state = system.query(&hub.quote(quote.id)).expect("published");
        assert_eq!(state.used_minor_units, 0, "{end}");
        repeated(&mut system, caller, data.data());
        refused(
            &mut system,
            CUP_STAFF.approver,
            hub.accept(uetr).data(),
            Error::WrongStatus,
        );
    }
}

#[test]
fn a_quote_is_used_to_its_amount_and_not_after_its_time() {
    let mut system = open();
    let (_, quote) = settled(&mut system, 1, 60_000);
    let more = on_quote(&system, 2, 40_001, &quote, None);
    refused(&mut system, BOC_STAFF.instructor, &more, Error::QuoteExhausted);
    let little = on_quote(&system, 2, 99, &quote, None);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        &little,
        Error::BelowQuoteMinimum,
    );
    let rest = on_quote(&system, 2, 39_900, &quote, None);
    accepted(&mut system, BOC_STAFF.instructor, &rest);
    system.advance_time(3_600);
    let late = on_quote(&system, 3, 100, &quote, None);
    refused(&mut system, BOC_STAFF.instructor, &late, Error::QuoteExpired);
    // What was instructed in time still settles: the rate is held.
    let accept = system.contract().accept(uetr(2));
    accepted(&mut system, CUP_STAFF.approver, accept.data());
}

#[test]
fn a_withdrawn_quote_takes_nothing_new_and_keeps_its_word() {
    let mut system = open();
    let (pending, quote) = instructed(&mut system, 1, 10_000);
    let hub = system.contract();
    accepted(&mut system, HSBC_COMPLIANCE, hub.withdraw_quote(quote).data());
    repeated(&mut system, HSBC_QUOTER, hub.withdraw_quote(quote).data());
    let new = on_quote(&system, 2, 10_000, &quote, None);
    refused(&mut system, BOC_STAFF.instructor, &new, Error::QuoteWithdrawn);
    accepted(&mut system, CUP_STAFF.approver, hub.accept(pending).data());
}

#[test]
fn an_instruction_says_what_the_quote_gives_to_the_last_unit() {
    let mut system = open();
    let quote = quote(&system, 1);
    let hub = system.contract();
    accepted(&mut system, HSBC_QUOTER, hub.publish_quote(quote).data());
    let terms = terms(&system, 10_000, SettlementMethod::PaymentVersusPayment);
    let right = credited(&quote, 10_000);
    for (currency, minor_units) in [(HKD, 10_846), (HKD, 10_844), (CNY, 10_845)] {
        let mut fx = right;
        fx.credited = Money::new(currency, minor_units);
        let data = hub.instruct_fx(uetr(1), terms, fx, None);
        refused(
            &mut system,
            BOC_STAFF.instructor,
            data.data(),
            Error::QuoteMismatch,
        );
    }
    // Nor does the message for one currency take it.
    let plain = hub.instruct(uetr(1), terms);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        plain.data(),
        Error::WrongMethod,
    );
    let mut gross = terms;
    gross.settlement_method = SettlementMethod::Gross;
    let data = hub.instruct_fx(uetr(1), gross, right, None);
    refused(&mut system, BOC_STAFF.instructor, data.data(), Error::WrongMethod);
}

#[test]
fn a_provider_without_cover_stops_the_instruction_and_nothing_of_it_stays() {
    let mut system = open();
    let mut large = quote(&system, 1);
    large.maximum_minor_units = 10_000_000;
    let hub = system.contract();
    accepted(&mut system, HSBC_QUOTER, hub.publish_quote(large).data());
    let data = on_quote(&system, 1, 600_000, &large, None);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        &data,
        Error::ProviderNotCovered,
    );
    let data = on_quote(&system, 1, 2_000_000, &large, None);
    refused(&mut system, BOC_STAFF.instructor, &data, Error::InsufficientFunds);
}

#[test]
fn returns_unwind_at_the_settled_amounts_and_end_with_exactly_all() {
    let mut system = open();
    let (uetr, _) = settled(&mut system, 1, 10_000);
    let hub = system.contract();
    let part = |number: u8, minor_units: u128| {
        let command = TransferReturn {
            uetr,
            minor_units,
            reason: ReasonCode::AC01,
        };
        hub.return_transfer(reference(number), command)
    };
    // 3,000 of 10,845 is worth 10,000 x 3,000 / 10,845 = 2,766.25.
    accepted(&mut system, CUP_STAFF.approver, part(1, 3_000).data());
    assert_eq!(held(&system, CUP, HKD), (7_845, 0));
    assert_eq!(held(&system, BOC, CNY), (FUNDS - 10_000 + 2_766, 0));
    assert_eq!(status(&system, uetr), TransferStatus::PartlyReturned);
    repeated(&mut system, CUP_STAFF.approver, part(1, 3_000).data());
    refused(
        &mut system,
        CUP_STAFF.approver,
        part(1, 3_001).data(),
        Error::ReferenceConflict,
    );
    refused(
        &mut system,
        CUP_STAFF.approver,
        part(2, 7_846).data(),
        Error::ReturnExceedsOriginal,
    );
    accepted(&mut system, CUP_STAFF.approver, part(2, 7_845).data());
    assert_eq!(held(&system, BOC, CNY), (FUNDS, 0));
    assert_eq!(held(&system, HSBC, CNY), (LIQUIDITY, 0));
    assert_eq!(held(&system, HSBC, HKD), (LIQUIDITY, 0));
    assert_eq!(held(&system, CUP, HKD), (0, 0));
    assert_eq!(status(&system, uetr), TransferStatus::Returned);
}

#[test]
fn after_the_quotes_time_for_it_money_goes_back_by_a_new_transfer_only() {
    let mut system = open();
    let (uetr, _) = settled(&mut system, 1, 10_000);
    system.advance_time(10 * DAY);
    let command = TransferReturn {
        uetr,
        minor_units: 1_000,
        reason: ReasonCode::AC01,
    };
    let message = system.contract().return_transfer(reference(1), command);
    refused(
        &mut system,
        CUP_STAFF.approver,
        message.data(),
        Error::UnwindClosed,
    );
}

#[test]
fn a_pause_stops_new_transfers_and_quotes_and_lets_pending_ones_end() {
    let mut system = open();
    let (uetr, quote) = instructed(&mut system, 1, 10_000);
    let hub = system.contract();
    accepted(&mut system, GOVERNOR, hub.set_paused(true).data());
    let new = on_quote(&system, 2, 1_000, &quote, None);
    refused(&mut system, BOC_STAFF.instructor, &new, Error::Paused);
    let another = crate::stage::quote(&system, 9);
    refused(
        &mut system,
        HSBC_QUOTER,
        hub.publish_quote(another).data(),
        Error::Paused,
    );
    accepted(&mut system, CUP_STAFF.approver, hub.accept(uetr).data());
}

#[test]
fn a_suspended_provider_sells_nothing_new() {
    let mut system = open();
    let (uetr, quote) = instructed(&mut system, 1, 10_000);
    let hub = system.contract();
    accepted(&mut system, GOVERNOR, hub.set_suspended(HSBC, true).data());
    let new = on_quote(&system, 2, 1_000, &quote, None);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        &new,
        Error::ParticipantSuspended,
    );
    accepted(&mut system, CUP_STAFF.approver, hub.accept(uetr).data());
}
