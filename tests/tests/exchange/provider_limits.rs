//! What a quote's provider pays counts against its own limits, in the currency it pays.

use crate::returns::{back, command, exchanged};
use crate::stage::{
    accepted, on_quote, open, quote, refused, repeated, terms, uetr, HSBC, HSBC_ADMIN, HSBC_QUOTER,
};
use corridor_client::LimitScope;
use corridor_core::{
    Currency, Error, FxTerms, Limits, Money, ParticipantId, Quote, Rate, ReasonCode, Role, SettlementMethod,
    Unwind,
};
use corridor_tests::backend::{Account, Backend, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, DAY, HKD, STRANGER};

const HSBC_INSTRUCTOR: Account = Account("hsbc-instructor");

/// At most 12,000 at a time, 20,000 and three transfers in an hour and a half.
const LIMITS: Limits = Limits {
    per_transfer_minor_units: 12_000,
    period_minor_units: 20_000,
    period_count: 3,
    bucket_seconds: 900,
};

fn scope(of: ParticipantId, towards: Option<ParticipantId>, currency: Currency) -> LimitScope {
    LimitScope {
        debtor_agent: of,
        creditor_agent: towards,
        currency,
    }
}

fn limited(system: &mut BlobBackend, scope: LimitScope) {
    let set = system.contract().set_limits(scope, Some(LIMITS));
    accepted(system, GOVERNOR, set.data());
    // What is instructed in the same second counts for good.
    system.advance_time(1);
}

fn counted(system: &BlobBackend, scope: LimitScope) -> (u32, u128) {
    let limited = system.query(&system.contract().limits(scope));
    let counted = limited.velocity.counted(900, system.now()).expect("counts");
    (counted.count, counted.minor_units)
}

/// Publishes the usual quote.
fn offered(system: &mut BlobBackend) -> Quote {
    let quote = quote(system, 1);
    let publish = system.contract().publish_quote(quote);
    accepted(system, HSBC_QUOTER, publish.data());
    quote
}

#[test]
fn the_smallest_transfers_on_a_quote_use_up_no_number_of_the_providers_own() {
    let mut system = open();
    let hub = system.contract();
    let grant = hub.grant_role(HSBC, system.address_of(HSBC_INSTRUCTOR), Role::Instructor);
    accepted(&mut system, HSBC_ADMIN, grant.data());
    for towards in [None, Some(CUP)] {
        limited(&mut system, scope(HSBC, towards, HKD));
    }
    let quote = offered(&mut system);
    // More than the period's number, by whoever likes; 100 fen are 108 cents.
    for number in 1..=5 {
        let smallest = on_quote(&system, number, quote.minimum_minor_units, &quote, None);
        accepted(&mut system, BOC_STAFF.instructor, &smallest);
    }
    assert_eq!(counted(&system, scope(HSBC, None, HKD)), (0, 540));
    // The provider's own still count by number, and only they.
    let mut own = terms(&system, 1, SettlementMethod::Gross);
    own.debtor_agent = HSBC;
    own.interbank_settlement_amount = Money::new(HKD, 1);
    for number in 6..9 {
        let instruct = hub.instruct(uetr(number), own);
        accepted(&mut system, HSBC_INSTRUCTOR, instruct.data());
    }
    let fourth = hub.instruct(uetr(9), own);
    refused(
        &mut system,
        HSBC_INSTRUCTOR,
        fourth.data(),
        Error::VelocityExceeded,
    );
    let another = on_quote(&system, 10, quote.minimum_minor_units, &quote, None);
    accepted(&mut system, BOC_STAFF.instructor, &another);
}

#[test]
fn a_provider_that_is_debtor_agent_as_well_moves_no_more_than_its_limits() {
    let mut system = open();
    let hub = system.contract();
    let grant = hub.grant_role(HSBC, system.address_of(HSBC_INSTRUCTOR), Role::Instructor);
    accepted(&mut system, HSBC_ADMIN, grant.data());
    limited(&mut system, scope(HSBC, None, HKD));
    // A thousand dollars for a fen: the rate is whatever the provider says.
    let mut quote = quote(&system, 1);
    quote.rate = Rate {
        numerator: 100_000,
        denominator: 1,
    };
    quote.spread_basis_points = 0;
    quote.minimum_minor_units = 1;
    accepted(&mut system, HSBC_QUOTER, hub.publish_quote(quote).data());
    let mut terms = terms(&system, 1, SettlementMethod::PaymentVersusPayment);
    terms.debtor_agent = HSBC;
    let fx = FxTerms {
        quote: quote.id,
        credited: Money::new(HKD, 100_000),
        unwind: Unwind::OriginalRate,
    };
    let instruct = hub.instruct_fx(uetr(1), terms, fx, None);
    refused(
        &mut system,
        HSBC_INSTRUCTOR,
        instruct.data(),
        Error::LimitPerTransfer,
    );
    // The same amount in one currency is refused alike.
    let mut plain = terms;
    plain.settlement_method = SettlementMethod::Gross;
    plain.interbank_settlement_amount = Money::new(HKD, 100_000);
    let plain = hub.instruct(uetr(2), plain);
    refused(
        &mut system,
        HSBC_INSTRUCTOR,
        plain.data(),
        Error::LimitPerTransfer,
    );
    assert_eq!(counted(&system, scope(HSBC, None, HKD)), (0, 0));
}

#[test]
fn what_is_credited_counts_for_the_provider_and_its_corridor_until_it_ends_unsettled() {
    for towards in [None, Some(CUP)] {
        let mut system = open();
        let scope = scope(HSBC, towards, HKD);
        limited(&mut system, scope);
        let quote = offered(&mut system);
        let hub = system.contract();
        // 12,000 fen are 13,014 cents, 10,000 are 10,845.
        let large = on_quote(&system, 1, 12_000, &quote, None);
        refused(&mut system, BOC_STAFF.instructor, &large, Error::LimitPerTransfer);
        let first = on_quote(&system, 1, 10_000, &quote, None);
        accepted(&mut system, BOC_STAFF.instructor, &first);
        assert_eq!(counted(&system, scope), (0, 10_845));
        repeated(&mut system, BOC_STAFF.instructor, &first);
        let second = on_quote(&system, 2, 9_000, &quote, None);
        refused(
            &mut system,
            BOC_STAFF.instructor,
            &second,
            Error::VelocityExceeded,
        );
        let reject = hub.reject(uetr(1), ReasonCode::AC04);
        accepted(&mut system, CUP_STAFF.approver, reject.data());
        assert_eq!(counted(&system, scope), (0, 0));
        repeated(&mut system, CUP_STAFF.approver, reject.data());
        assert_eq!(counted(&system, scope), (0, 0), "given back once");
        accepted(&mut system, BOC_STAFF.instructor, &second);
        let cancel = hub.cancel(uetr(2), ReasonCode::CUST);
        accepted(&mut system, BOC_STAFF.instructor, cancel.data());
        assert_eq!(counted(&system, scope), (0, 0));
        let third = on_quote(&system, 3, 10_000, &quote, None);
        accepted(&mut system, BOC_STAFF.instructor, &third);
        accepted(&mut system, CUP_STAFF.approver, hub.accept(uetr(3)).data());
        assert_eq!(counted(&system, scope), (0, 10_845), "what settles stays counted");
    }
}

#[test]
fn an_expiry_long_after_gives_back_what_was_taken_then() {
    let mut system = open();
    let scope = scope(HSBC, None, HKD);
    let week = Limits {
        bucket_seconds: 7 * 86_400,
        ..LIMITS
    };
    let set = system.contract().set_limits(scope, Some(week));
    accepted(&mut system, GOVERNOR, set.data());
    system.advance_time(1);
    let quote = offered(&mut system);
    let data = on_quote(&system, 1, 10_000, &quote, None);
    accepted(&mut system, BOC_STAFF.instructor, &data);
    system.advance_time(DAY);
    let expire = system.contract().expire(uetr(1));
    accepted(&mut system, STRANGER, expire.data());
    let limited = system.query(&system.contract().limits(scope));
    let counted = limited
        .velocity
        .counted(week.bucket_seconds, system.now())
        .expect("counts");
    assert_eq!((counted.count, counted.minor_units), (0, 0));
}

#[test]
fn a_provider_that_is_paid_itself_counts_nothing() {
    let mut system = open();
    for scope in [scope(HSBC, None, HKD), scope(HSBC, Some(CUP), HKD)] {
        limited(&mut system, scope);
    }
    let quote = offered(&mut system);
    let mut terms = terms(&system, 20_000, SettlementMethod::PaymentVersusPayment);
    terms.creditor_agent = HSBC;
    let credited = quote
        .exchange(20_000)
        .expect("within bounds")
        .credited_minor_units;
    let fx = FxTerms {
        quote: quote.id,
        credited: Money::new(HKD, credited),
        unwind: Unwind::OriginalRate,
    };
    let instruct = system.contract().instruct_fx(uetr(1), terms, fx, None);
    accepted(&mut system, BOC_STAFF.instructor, instruct.data());
    assert_eq!(counted(&system, scope(HSBC, None, HKD)), (0, 0));
}

#[test]
fn what_the_provider_of_a_new_quote_gives_back_counts_too() {
    for towards in [None, Some(BOC)] {
        let mut system = open();
        let uetr = exchanged(&mut system, 1, Unwind::NewQuote);
        let scope = scope(HSBC, towards, CNY);
        limited(&mut system, scope);
        let hub = system.contract();
        let mut dear = back(&system, 2);
        // 9.3 yuan for a dollar.
        dear.rate.denominator = 10;
        accepted(&mut system, HSBC_QUOTER, hub.publish_quote(dear).data());
        let part = |number: u8, minor_units| {
            hub.return_at_quote(reference(number), command(uetr, minor_units, &dear), None)
        };
        refused(
            &mut system,
            CUP_STAFF.approver,
            part(1, 2_000).data(),
            Error::LimitPerTransfer,
        );
        accepted(&mut system, CUP_STAFF.approver, part(1, 1_000).data());
        assert_eq!(counted(&system, scope), (0, 9_281));
        repeated(&mut system, CUP_STAFF.approver, part(1, 1_000).data());
        assert_eq!(counted(&system, scope), (0, 9_281));
        refused(
            &mut system,
            CUP_STAFF.approver,
            part(2, 1_200).data(),
            Error::VelocityExceeded,
        );
    }
}
