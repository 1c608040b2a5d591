//! Returns at a new quote: published or signed, in parts, by whoever may, and never beyond what was credited or what
//! the quote offers.

use crate::stage::{
    accepted, credited, held, key, let_quote, open, quote, refused, repeated, sign, sign_for, status, terms,
    uetr, HSBC, HSBC_COMPLIANCE, HSBC_QUOTER, LIQUIDITY,
};
use corridor_client::contract::SettlementContract;
use corridor_client::SignedQuote;
use corridor_core::{
    Error, FxTerms, Money, Operation, Quote, QuotedReturn, Rate, ReasonCode, Reference, SettlementMethod,
    TransferReturn, TransferStatus, Uetr, Unwind,
};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::blob::{artefact, BlobBackend, GENESIS_HASH};
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, FUNDS, HKD, STRANGER};

/// What CUP is credited for the 10,000 fen of [`exchanged`].
const CREDITED: u128 = 10_845;

/// 0.93 CNY for 1 HKD less 20 basis points: 10,845 cents are 10,065 fen, more than BOC paid.
pub fn back(system: &BlobBackend, number: u8) -> Quote {
    Quote {
        provider_buys: HKD,
        provider_sells: CNY,
        rate: Rate {
            numerator: 93,
            denominator: 100,
        },
        spread_basis_points: 20,
        maximum_minor_units: 20_000,
        hold_seconds: 1,
        unwind_seconds: 0,
        ..quote(system, number)
    }
}

/// A transfer of 10,000 fen that has settled, and whose returns go back as `unwind` says.
pub fn exchanged(system: &mut BlobBackend, number: u8, unwind: Unwind) -> Uetr {
    let (hub, offer) = (system.contract(), quote(system, number));
    accepted(system, HSBC_QUOTER, hub.publish_quote(offer).data());
    let terms = terms(system, 10_000, SettlementMethod::PaymentVersusPayment);
    let fx = FxTerms {
        unwind,
        ..credited(&offer, 10_000)
    };
    let uetr = uetr(number.into());
    let instruct = hub.instruct_fx(uetr, terms, fx, None);
    accepted(system, BOC_STAFF.instructor, instruct.data());
    accepted(system, CUP_STAFF.approver, hub.accept(uetr).data());
    uetr
}

/// The command with what the quote gives.
pub fn command(uetr: Uetr, minor_units: u128, quote: &Quote) -> QuotedReturn {
    let exchange = quote.exchange(minor_units).expect("within bounds");
    QuotedReturn {
        transfer_return: TransferReturn {
            uetr,
            minor_units,
            reason: ReasonCode::AC01,
        },
        quote: quote.id,
        given_back: Money::new(quote.provider_sells, exchange.credited_minor_units),
    }
}

/// A stage with one such transfer and a quote to send it back at.
struct Stage {
    system: BlobBackend,
    hub: SettlementContract,
    uetr: Uetr,
    quote: Quote,
}

impl Stage {
    /// The quote is published.
    fn published() -> Self {
        let mut stage = Self::offered();
        let publish = stage.hub.publish_quote(stage.quote);
        accepted(&mut stage.system, HSBC_QUOTER, publish.data());
        stage
    }

    /// The quote is known to its provider only.
    fn offered() -> Self {
        let mut system = open();
        let uetr = exchanged(&mut system, 1, Unwind::NewQuote);
        Self {
            hub: system.contract(),
            quote: back(&system, 2),
            system,
            uetr,
        }
    }

    fn data(&self, reference: Reference, command: QuotedReturn, signed: Option<SignedQuote>) -> Vec<u8> {
        let message = self.hub.return_at_quote(reference, command, signed);
        message.data().to_vec()
    }

    fn part(&self, number: u8, minor_units: u128, signed: Option<SignedQuote>) -> Vec<u8> {
        let command = command(self.uetr, minor_units, &self.quote);
        self.data(reference(number), command, signed)
    }

    fn accept(&mut self, data: &[u8]) {
        accepted(&mut self.system, CUP_STAFF.approver, data);
    }

    fn refuse(&mut self, data: &[u8], error: Error) {
        refused(&mut self.system, CUP_STAFF.approver, data, error);
    }
}

#[test]
fn a_return_at_a_new_quote_moves_both_legs_and_is_known_by_its_reference() {
    let mut stage = Stage::published();
    let first = stage.part(1, 3_000, None);
    stage.accept(&first);
    // 3,000 x 0.93 x 0.998 = 2,784.42.
    assert_eq!(held(&stage.system, CUP, HKD), (CREDITED - 3_000, 0));
    assert_eq!(held(&stage.system, BOC, CNY), (FUNDS - 10_000 + 2_784, 0));
    assert_eq!(held(&stage.system, HSBC, HKD), (LIQUIDITY - CREDITED + 3_000, 0));
    assert_eq!(held(&stage.system, HSBC, CNY), (LIQUIDITY + 10_000 - 2_784, 0));
    assert_eq!(status(&stage.system, stage.uetr), TransferStatus::PartlyReturned);
    repeated(&mut stage.system, CUP_STAFF.approver, &first);
    let (other_amount, too_much) = (stage.part(1, 3_001, None), stage.part(2, CREDITED - 2_999, None));
    stage.refuse(&other_amount, Error::ReferenceConflict);
    stage.refuse(&too_much, Error::ReturnExceedsOriginal);
    let rest = stage.part(2, CREDITED - 3_000, None);
    stage.accept(&rest);
    // 7,845 x 0.93 x 0.998 = 7,281.26; in all more than was paid.
    let given_back = 2_784 + 7_281;
    assert_eq!(held(&stage.system, BOC, CNY), (FUNDS - 10_000 + given_back, 0));
    assert_eq!(held(&stage.system, CUP, HKD), (0, 0));
    assert_eq!(status(&stage.system, stage.uetr), TransferStatus::Returned);
    let record = stage.system.query(&stage.hub.fx_transfer(stage.uetr));
    let record = record.expect("recorded");
    assert_eq!(record.transfer.returned_minor_units, given_back);
    assert_eq!(record.sent_back_minor_units, CREDITED);
    let state = stage.system.query(&stage.hub.quote(stage.quote.id));
    assert_eq!(state.expect("published").used_minor_units, CREDITED);
    let operation = stage.system.query(&stage.hub.operation(CUP, reference(1)));
    let known = command(stage.uetr, 3_000, &stage.quote);
    assert_eq!(operation, Some(Operation::QuotedReturn(known)));
    let again = stage.part(3, 100, None);
    stage.refuse(&again, Error::ReturnExceedsOriginal);
}

#[test]
fn each_transfer_goes_back_the_way_its_terms_say() {
    let mut stage = Stage::published();
    let original = exchanged(&mut stage.system, 5, Unwind::OriginalRate);
    let at_quote = command(original, 100, &stage.quote);
    let at_quote = stage.data(reference(1), at_quote, None);
    stage.refuse(&at_quote, Error::WrongUnwind);
    let plain = TransferReturn {
        uetr: stage.uetr,
        minor_units: 100,
        reason: ReasonCode::AC01,
    };
    let at_rate = stage.hub.return_transfer(reference(1), plain);
    stage.refuse(at_rate.data(), Error::WrongUnwind);
    let unknown = command(uetr(99), 100, &stage.quote);
    let unknown = stage.data(reference(1), unknown, None);
    stage.refuse(&unknown, Error::UnknownTransfer);
}

#[test]
fn the_same_reference_for_another_kind_of_return_is_a_conflict() {
    let mut stage = Stage::published();
    let uetr = exchanged(&mut stage.system, 5, Unwind::OriginalRate);
    let plain = TransferReturn {
        uetr,
        minor_units: 100,
        reason: ReasonCode::AC01,
    };
    let plain = stage.hub.return_transfer(reference(1), plain);
    stage.accept(plain.data());
    let at_quote = stage.part(1, 100, None);
    stage.refuse(&at_quote, Error::ReferenceConflict);
    let at_quote = stage.part(2, 100, None);
    stage.accept(&at_quote);
    let plain = TransferReturn {
        uetr,
        minor_units: 100,
        reason: ReasonCode::AC01,
    };
    let plain = stage.hub.return_transfer(reference(2), plain);
    stage.refuse(plain.data(), Error::ReferenceConflict);
}

#[test]
fn a_transfer_in_one_currency_is_not_returned_at_a_quote() {
    let mut stage = Stage::published();
    let gross = terms(&stage.system, 1_000, SettlementMethod::Gross);
    let instruct = stage.hub.instruct(uetr(7), gross);
    accepted(&mut stage.system, BOC_STAFF.instructor, instruct.data());
    let accept = stage.hub.accept(uetr(7));
    stage.accept(accept.data());
    let at_quote = command(uetr(7), 100, &stage.quote);
    let at_quote = stage.data(reference(1), at_quote, None);
    stage.refuse(&at_quote, Error::WrongMethod);
}

#[test]
fn what_the_quote_does_not_give_is_refused() {
    let mut stage = Stage::published();
    let right = command(stage.uetr, 3_000, &stage.quote);
    let changes: [fn(&mut QuotedReturn); 3] = [
        |wrong| wrong.given_back.minor_units += 1,
        |wrong| wrong.given_back.minor_units -= 1,
        |wrong| wrong.given_back.currency = HKD,
    ];
    for change in changes {
        let mut wrong = right;
        change(&mut wrong);
        let wrong = stage.data(reference(1), wrong, None);
        stage.refuse(&wrong, Error::QuoteMismatch);
    }
    let mut there = right;
    there.quote.reference = reference(1);
    let there = stage.data(reference(1), there, None);
    stage.refuse(&there, Error::QuoteMismatch);
    let mut unknown = right;
    unknown.quote.reference = reference(99);
    let unknown = stage.data(reference(1), unknown, None);
    stage.refuse(&unknown, Error::UnknownQuote);
    let below = stage.part(1, 99, None);
    stage.refuse(&below, Error::BelowQuoteMinimum);
    stage.system.advance_time(3_600);
    let late = stage.part(1, 3_000, None);
    stage.refuse(&late, Error::QuoteExpired);
}

#[test]
fn a_withdrawn_quote_or_one_of_a_suspended_provider_takes_nothing_back() {
    let mut stage = Stage::published();
    let data = stage.part(1, 3_000, None);
    let suspend = |suspended| stage.hub.set_suspended(HSBC, suspended);
    let (suspend, reinstate) = (suspend(true), suspend(false));
    accepted(&mut stage.system, GOVERNOR, suspend.data());
    stage.refuse(&data, Error::ParticipantSuspended);
    accepted(&mut stage.system, GOVERNOR, reinstate.data());
    // A pause does not stop what winds down.
    let pause = stage.hub.set_paused(true);
    accepted(&mut stage.system, GOVERNOR, pause.data());
    stage.accept(&data);
    let withdraw = stage.hub.withdraw_quote(stage.quote);
    accepted(&mut stage.system, HSBC_COMPLIANCE, withdraw.data());
    let next = stage.part(2, 3_000, None);
    stage.refuse(&next, Error::QuoteWithdrawn);
    repeated(&mut stage.system, CUP_STAFF.approver, &data);
}

#[test]
fn a_signed_quote_takes_back_what_it_says_and_no_more() {
    let mut stage = Stage::offered();
    let key = key("quoter");
    let_quote(&mut stage.system, &key);
    stage.quote.maximum_minor_units = 6_000;
    stage.quote.counterparty = Some(CUP);
    let signed = sign(&key, stage.hub, stage.quote);
    let unpublished = stage.part(1, 3_000, None);
    stage.refuse(&unpublished, Error::UnknownQuote);
    let first = stage.part(1, 3_000, Some(signed));
    stage.accept(&first);
    repeated(&mut stage.system, CUP_STAFF.approver, &first);
    // The same signature again, for more than is left.
    let replayed = stage.part(2, 3_001, Some(signed));
    stage.refuse(&replayed, Error::QuoteExhausted);
    let second = stage.part(2, 3_000, Some(signed));
    stage.accept(&second);
    let third = stage.part(3, 100, Some(signed));
    stage.refuse(&third, Error::QuoteExhausted);
    // Nor for another transfer.
    let other = exchanged(&mut stage.system, 5, Unwind::NewQuote);
    let other = command(other, 100, &stage.quote);
    let other = stage.data(reference(3), other, Some(signed));
    stage.refuse(&other, Error::QuoteExhausted);
}

#[test]
fn a_forged_signature_or_one_for_elsewhere_takes_nothing_back() {
    let mut stage = Stage::offered();
    let (quoter, stranger) = (key("quoter"), key("stranger"));
    let_quote(&mut stage.system, &quoter);
    let good = sign(&quoter, stage.hub, stage.quote);
    let changes: [fn(&mut Quote); 5] = [
        |quote| quote.rate.numerator += 1,
        |quote| quote.spread_basis_points = 0,
        |quote| quote.maximum_minor_units += 1,
        |quote| quote.expires_at += 1,
        |quote| quote.counterparty = Some(BOC),
    ];
    let mut forgeries = Vec::from([sign(&stranger, stage.hub, stage.quote)]);
    for change in changes {
        let mut forged = good;
        change(&mut forged.quote);
        forgeries.push(forged);
    }
    let codes = stage.system.codes();
    let other = stage
        .system
        .deploy_hub(artefact::settlement_code().hub, codes, GENESIS_HASH);
    let hub = stage.system.hub();
    forgeries.push(sign_for(&quoter, &GENESIS_HASH, other, stage.quote));
    forgeries.push(sign_for(&quoter, &[0; 32], hub, stage.quote));
    forgeries.push(sign_for(&quoter, &GENESIS_HASH, codes.exchange.0, stage.quote));
    for forged in forgeries {
        let command = command(stage.uetr, 3_000, &forged.quote);
        let data = stage.data(reference(1), command, Some(forged));
        stage.refuse(&data, Error::SignerMayNotQuote);
    }
    let data = stage.part(1, 3_000, Some(good));
    stage.accept(&data);
}

#[test]
fn a_quote_for_another_counterparty_or_without_cover_takes_nothing_back() {
    let mut stage = Stage::offered();
    stage.quote.counterparty = Some(BOC);
    let publish = stage.hub.publish_quote(stage.quote);
    accepted(&mut stage.system, HSBC_QUOTER, publish.data());
    let data = stage.part(1, 3_000, None);
    stage.refuse(&data, Error::NotCounterparty);
    for caller in [STRANGER, BOC_STAFF.approver, CUP_STAFF.instructor, HSBC_QUOTER] {
        let error = match caller {
            STRANGER => Error::UnknownAccount,
            caller if caller == BOC_STAFF.approver => Error::NotCreditorAgent,
            _ => Error::MissingRole,
        };
        refused(&mut stage.system, caller, &data, error);
    }
    // CUP sends the dollars away: it has to have them to give them back.
    let withdraw = stage
        .hub
        .withdraw(reference(8), Money::new(HKD, CREDITED - 2_999));
    accepted(&mut stage.system, CUP_STAFF.treasurer, withdraw.data());
    stage.quote = Quote {
        counterparty: None,
        ..back(&stage.system, 3)
    };
    let publish = stage.hub.publish_quote(stage.quote);
    accepted(&mut stage.system, HSBC_QUOTER, publish.data());
    let data = stage.part(1, 3_000, None);
    stage.refuse(&data, Error::InsufficientFunds);
    let data = stage.part(1, 2_999, None);
    stage.accept(&data);
}
