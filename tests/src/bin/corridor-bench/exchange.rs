//! What transfers in two currencies and fees cost.

use super::costs::{terms, Bench, Calls, BOC, CUP, GENESIS_HASH};
use super::queue;
use super::windows::member;
use corridor_client::SignedQuote;
use corridor_core::{
    Currency, FxTerms, Money, ParticipantId, Quote, QuoteId, Rate, Reference, Role, SettlementMethod, Tariff,
    Terms, Uetr, Unwind,
};
use corridor_devnet_runtime::testing::Chain;
use polkadot_sdk::sp_core::{sr25519, Pair};

/// Who quotes: one of those the measurement of windows has admitted.
pub const PROVIDER: ParticipantId = ParticipantId(2);

/// Measures payment versus payment, queues of several lengths and a transfer with fees.
pub fn measure(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let provider = Chain::address_of(&member(PROVIDER.0)).0;
    let key = sr25519::Pair::from_string("//quoter", None)?;
    let signer = Chain::address_of(&key.public().0.into()).0;
    for (account, role) in [
        (provider, Role::Quoter),
        (provider, Role::Treasurer),
        (signer, Role::Quoter),
    ] {
        let grant = hub.grant_role(PROVIDER, account, role);
        bench.run("Alice", grant.data().to_vec())?;
    }
    bench.endow(Currency::HKD, member(PROVIDER.0), 0x71)?;
    payments(bench, calls, &key)?;
    // Before there is a tariff.
    queue::pairs(bench, calls)?;
    fees(bench, calls)
}

fn quote(bench: &mut Bench) -> Quote {
    Quote {
        id: QuoteId {
            provider: PROVIDER,
            reference: Reference([0x51; 16]),
        },
        provider_buys: Currency::CNY,
        provider_sells: Currency::HKD,
        rate: Rate {
            numerator: 109,
            denominator: 100,
        },
        spread_basis_points: 50,
        minimum_minor_units: 100,
        maximum_minor_units: u128::MAX >> 32,
        counterparty: Some(BOC),
        expires_at: bench.now() + 86_400,
        hold_seconds: 172_800,
        unwind_seconds: 864_000,
    }
}

/// A transfer from BOC to CUP within a day.
pub fn usual(bench: &mut Bench, method: SettlementMethod) -> Terms {
    Terms {
        settlement_method: method,
        expires_at: bench.now() + 86_400,
        ..terms()
    }
}

fn payments(bench: &mut Bench, calls: &mut Calls, key: &sr25519::Pair) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let published = quote(bench);
    let publish = hub.publish_quote(published);
    calls.insert(
        "publish_quote",
        bench.run_as(member(PROVIDER.0), publish.data().to_vec())?,
    );
    let mut offered = published;
    offered.id.reference = Reference([0x52; 16]);
    let signed = SignedQuote {
        quote: offered,
        public_key: key.public().0,
        signature: key
            .sign(&offered.signing_payload(&GENESIS_HASH, &hub.address()))
            .0,
    };
    let terms = usual(bench, SettlementMethod::PaymentVersusPayment);
    // The first creates what later ones find.
    for (round, (name, quote, signed)) in [
        ("fx_instruct", published, None),
        ("fx_instruct", published, None),
        ("fx_instruct_signed", offered, Some(signed)),
        ("fx_instruct_signed", offered, Some(signed)),
    ]
    .into_iter()
    .enumerate()
    {
        let uetr = Uetr::from_random_bytes([0x90 | u8::try_from(round)?; 16]);
        let credited = quote.exchange(terms.minor_units())?.credited_minor_units;
        let fx = FxTerms {
            quote: quote.id,
            credited: Money::new(Currency::HKD, credited),
            unwind: Unwind::OriginalRate,
        };
        let instruct = hub.instruct_fx(uetr, terms, fx, signed);
        calls.insert(name, bench.run("Bob", instruct.data().to_vec())?);
        let accept = hub.accept(uetr);
        calls.insert("fx_accept", bench.run("Charlie", accept.data().to_vec())?);
    }
    Ok(())
}

/// A gross transfer with fees on both sides, paid to a third participant.
fn fees(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let tariff = Tariff {
        version: 1,
        effective_from: bench.now(),
        fixed_minor_units: 50,
        basis_points: 10,
        minimum_minor_units: 0,
        maximum_minor_units: 1_000,
    };
    let set = hub.set_tariff(BOC, CUP, Currency::CNY, PROVIDER, tariff);
    bench.run("Alice", set.data().to_vec())?;
    for round in 1..=2u8 {
        let uetr = Uetr::from_random_bytes([0xb0 | round; 16]);
        let terms = usual(bench, SettlementMethod::Gross);
        let instruct = hub.instruct(uetr, terms);
        calls.insert("instruct_with_fees", bench.run("Bob", instruct.data().to_vec())?);
        let accept = hub.accept(uetr);
        calls.insert("accept_with_fees", bench.run("Charlie", accept.data().to_vec())?);
    }
    Ok(())
}
