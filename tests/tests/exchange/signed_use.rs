//! A signed quote after its first use: still a signed one, good while its signer may quote.

use crate::stage::{
    accepted, address, key, let_quote, on_quote, open, quote, refused, sign, HSBC, HSBC_ADMIN, HSBC_QUOTER,
};
use corridor_core::{Error, Role};
use corridor_tests::backend::Backend;
use corridor_tests::scenario::stage::BOC_STAFF;

#[test]
fn a_used_signed_quote_ends_with_its_signers_right() {
    let mut system = open();
    let key = key("quoter");
    let_quote(&mut system, &key);
    let hub = system.contract();
    let quote = quote(&system, 1);
    let signed = Some(sign(&key, hub, quote));
    let first = on_quote(&system, 1, 10_000, &quote, signed);
    accepted(&mut system, BOC_STAFF.instructor, &first);
    let again = on_quote(&system, 2, 10_000, &quote, signed);
    accepted(&mut system, BOC_STAFF.instructor, &again);
    // It was never published.
    let unsigned = on_quote(&system, 3, 10_000, &quote, None);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        &unsigned,
        Error::SignatureMissing,
    );
    let publish = hub.publish_quote(quote);
    refused(&mut system, HSBC_QUOTER, publish.data(), Error::QuoteConflict);

    let revoke = hub.revoke_role(HSBC, address(&key), Role::Quoter);
    accepted(&mut system, HSBC_ADMIN, revoke.data());
    let stolen = on_quote(&system, 3, 10_000, &quote, signed);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        &stolen,
        Error::SignerMayNotQuote,
    );
    refused(
        &mut system,
        BOC_STAFF.instructor,
        &unsigned,
        Error::SignatureMissing,
    );
}

#[test]
fn what_a_revoked_key_published_is_used_until_it_is_withdrawn() {
    let mut system = open();
    let hub = system.contract();
    let quote = quote(&system, 1);
    accepted(&mut system, HSBC_QUOTER, hub.publish_quote(quote).data());
    let revoke = hub.revoke_role(HSBC, system.address_of(HSBC_QUOTER), Role::Quoter);
    accepted(&mut system, HSBC_ADMIN, revoke.data());
    let data = on_quote(&system, 1, 10_000, &quote, None);
    accepted(&mut system, BOC_STAFF.instructor, &data);
    let withdraw = hub.withdraw_quote(quote);
    accepted(&mut system, crate::stage::HSBC_COMPLIANCE, withdraw.data());
    let data = on_quote(&system, 2, 10_000, &quote, None);
    refused(&mut system, BOC_STAFF.instructor, &data, Error::QuoteWithdrawn);
}

#[test]
fn a_signed_quote_does_not_last_longer_than_a_published_one_may() {
    let mut system = open();
    let key = key("quoter");
    let_quote(&mut system, &key);
    let mut quote = quote(&system, 1);
    quote.expires_at = system.now() + 31 * 86_400 + 1;
    let signed = Some(sign(&key, system.contract(), quote));
    let publish = system.contract().publish_quote(quote);
    refused(&mut system, HSBC_QUOTER, publish.data(), Error::ExpiryTooFar);
    let data = on_quote(&system, 1, 10_000, &quote, signed);
    refused(&mut system, BOC_STAFF.instructor, &data, Error::ExpiryTooFar);
    system.advance_time(1);
    let data = on_quote(&system, 1, 10_000, &quote, signed);
    accepted(&mut system, BOC_STAFF.instructor, &data);
}
