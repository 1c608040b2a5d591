//! Which message a call is: the first four bytes of its data tell.

use super::{cash::CashContract, settlement::MESSAGES};
use corridor_api::SignedQuote;
use corridor_core::{
    batch_proof, Address, BatchHeader, FxTerms, Quote, QuotedReturn, Reference, Terms, Uetr,
};
use scale_codec::{Decode, DecodeAll};
use sp_crypto_hashing::{blake2_256, keccak_256};
use std::{collections::HashMap, sync::LazyLock};

type Names = HashMap<[u8; 4], &'static str>;

static SETTLEMENT: LazyLock<Names> = LazyLock::new(|| {
    let names = MESSAGES.iter().map(|path| {
        let name = path.rsplit("::").next().unwrap_or(path);
        (first_four(&blake2_256(path.as_bytes())), name)
    });
    names.collect()
});

static TOKEN: LazyLock<Names> = LazyLock::new(|| {
    const NOBODY: Address = [0; 20];
    let token = CashContract::at(NOBODY);
    let names = [
        (first_four(token.approve(NOBODY, 0).data()), "approve"),
        (first_four(token.transfer(NOBODY, 0).data()), "transfer"),
        (first_four(token.issue(NOBODY, 0, [0; 32]).data()), "issue"),
        (first_four(token.redeem(NOBODY, 0, [0; 32]).data()), "redeem"),
        (first_four(token.pause().data()), "pause"),
        (first_four(token.unpause().data()), "unpause"),
        (first_four(token.freeze(NOBODY).data()), "freeze"),
        (first_four(token.unfreeze(NOBODY).data()), "unfreeze"),
    ];
    names.into_iter().collect()
});

fn first_four(bytes: &[u8]) -> [u8; 4] {
    bytes.first_chunk().copied().unwrap_or_default()
}

/// The name of the settlement contract's message that the call data is for.
#[must_use]
pub fn settlement_message(data: &[u8]) -> Option<&'static str> {
    SETTLEMENT.get(data.first_chunk()?).copied()
}

/// The name of a token's message that changes something and that the call data is for.
#[must_use]
pub fn token_message(data: &[u8]) -> Option<&'static str> {
    TOKEN.get(data.first_chunk()?).copied()
}

/// Header and items of a `submit_batch` call: what its event does not repeat. `None` for any other call.
#[must_use]
pub fn read_batch(data: &[u8]) -> Option<(BatchHeader, Vec<u8>)> {
    let (_, mut arguments) = data.split_first_chunk::<4>()?;
    (settlement_message(data)? == "submit_batch").then_some(())?;
    DecodeAll::decode_all(&mut arguments).ok()
}

/// Whether header and items are those of the batch with this root.
#[must_use]
pub fn is_batch(root: &[u8; 32], header: &BatchHeader, items: &[u8]) -> bool {
    batch_proof::root(header, items, &mut keccak_256) == *root
}

/// The reference of a `pledge` or `release` call: its event does not repeat it. `None` for any other call.
#[must_use]
pub fn read_reference(data: &[u8]) -> Option<Reference> {
    let (_, mut arguments) = data.split_first_chunk::<4>()?;
    matches!(settlement_message(data)?, "pledge" | "release").then_some(())?;
    Reference::decode(&mut arguments).ok()
}

/// The quote that a `publish_quote`, a `withdraw_quote`, or an `instruct_fx` or `return_at_quote` on a signed one brings. `None`
/// for any other call.
#[must_use]
pub fn read_quote(data: &[u8]) -> Option<Quote> {
    type OnQuote = (Uetr, Terms, FxTerms, Option<SignedQuote>);
    type AtQuote = (Reference, QuotedReturn, Option<SignedQuote>);
    let (_, mut arguments) = data.split_first_chunk::<4>()?;
    match settlement_message(data)? {
        "publish_quote" | "withdraw_quote" => Quote::decode_all(&mut arguments).ok(),
        "instruct_fx" => {
            let (_, _, _, signed) = OnQuote::decode_all(&mut arguments).ok()?;
            signed.map(|signed| signed.quote)
        }
        "return_at_quote" => {
            let (_, _, signed) = AtQuote::decode_all(&mut arguments).ok()?;
            signed.map(|signed| signed.quote)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::SettlementContract;
    use corridor_core::{
        ChargeBearer, Currency, Money, ParticipantId, QuoteId, Rate, ReasonCode, Reference, SettlementMethod,
        TransferReturn, Uetr, Unwind,
    };

    #[test]
    fn messages_are_told_by_the_selectors_that_calls_carry() {
        let contract = SettlementContract::at([1; 20]);
        let amount = Money::new(Currency::CNY, 1);
        for (data, name) in [
            (contract.accept(Uetr([0; 16])).data(), "accept"),
            (contract.deposit(Reference([0; 16]), amount).data(), "deposit"),
            (contract.governance().data(), "governance"),
            (contract.last_batch(ParticipantId(0)).data(), "last_batch"),
        ] {
            assert_eq!(settlement_message(data), Some(name));
        }
        assert_eq!(settlement_message(&[0; 4]), None);
        assert_eq!(settlement_message(&[]), None);
        let token = CashContract::at([1; 20]);
        assert_eq!(token_message(token.transfer([2; 20], 5).data()), Some("transfer"));
        assert_eq!(token_message(token.total_supply().data()), None);
    }

    #[test]
    fn a_batch_is_read_from_its_call_and_from_no_other() {
        let header = BatchHeader {
            debtor_agent: ParticipantId(0),
            number: 7,
            currency: Currency::CNY,
            counterparties: vec![ParticipantId(1)],
            items: 1,
            control_sum: 5,
            all_or_nothing: true,
            expires_at: 9,
        };
        let contract = SettlementContract::at([1; 20]);
        let call = contract.submit_batch(header.clone(), vec![3; 64]);
        assert_eq!(read_batch(call.data()), Some((header, vec![3; 64])));
        assert_eq!(read_batch(&call.data()[..call.data().len() - 1]), None);
        assert_eq!(read_batch(contract.accept(Uetr([0; 16])).data()), None);
    }

    #[test]
    fn a_reference_is_read_from_collateral_calls_only() {
        let contract = SettlementContract::at([1; 20]);
        let (reference, amount) = (Reference([7; 16]), Money::new(Currency::CNY, 1));
        for call in [
            contract.pledge(reference, amount),
            contract.release(reference, amount),
        ] {
            assert_eq!(read_reference(call.data()), Some(reference));
        }
        assert_eq!(read_reference(contract.deposit(reference, amount).data()), None);
    }

    #[test]
    fn a_quote_is_read_from_the_calls_that_bring_one() {
        let contract = SettlementContract::at([1; 20]);
        let quote = Quote {
            id: QuoteId {
                provider: ParticipantId(2),
                reference: Reference([7; 16]),
            },
            provider_buys: Currency::CNY,
            provider_sells: Currency::HKD,
            rate: Rate {
                numerator: 109,
                denominator: 100,
            },
            spread_basis_points: 10,
            minimum_minor_units: 1,
            maximum_minor_units: 1_000,
            counterparty: None,
            expires_at: 9,
            hold_seconds: 60,
            unwind_seconds: 0,
        };
        let terms = Terms {
            debtor_agent: ParticipantId(0),
            creditor_agent: ParticipantId(1),
            interbank_settlement_amount: Money::new(Currency::CNY, 100),
            interbank_settlement_date: 1,
            charge_bearer: ChargeBearer::Debt,
            settlement_method: SettlementMethod::PaymentVersusPayment,
            expires_at: 9,
            message_digest: [0; 32],
        };
        let fx = FxTerms {
            quote: quote.id,
            credited: Money::new(Currency::HKD, 108),
            unwind: Unwind::NewQuote,
        };
        let signed = SignedQuote {
            quote,
            public_key: [1; 32],
            signature: [2; 64],
        };
        let command = QuotedReturn {
            transfer_return: TransferReturn {
                uetr: Uetr([0; 16]),
                minor_units: 108,
                reason: ReasonCode::AC01,
            },
            quote: quote.id,
            given_back: Money::new(Currency::CNY, 100),
        };
        let give_back = |signed| contract.return_at_quote(Reference([1; 16]), command, signed);
        let instruct = |signed| contract.instruct_fx(Uetr([0; 16]), terms, fx, signed);
        for (call, brought) in [
            (contract.publish_quote(quote).data(), Some(quote)),
            (contract.withdraw_quote(quote).data(), Some(quote)),
            (instruct(Some(signed)).data(), Some(quote)),
            (instruct(None).data(), None),
            (give_back(Some(signed)).data(), Some(quote)),
            (give_back(None).data(), None),
            (contract.accept(Uetr([0; 16])).data(), None),
        ] {
            assert_eq!(read_quote(call), brought);
        }
        let call = contract.publish_quote(quote);
        assert_eq!(read_quote(&call.data()[..call.data().len() - 1]), None);
    }
}
