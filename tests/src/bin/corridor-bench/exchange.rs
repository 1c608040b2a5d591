//! What transfers in two currencies, fees and the queue cost.

use super::clearing::member;
use super::costs::{terms, Bench, Calls, BOC, CUP, GENESIS_HASH};
use corridor_client::SignedQuote;
use corridor_core::queue::MAX_QUEUED_PER_DEBTOR;
use corridor_core::{
    Currency, FxTerms, Money, ParticipantId, Quote, QuoteId, Rate, Reference, Role, SettlementMethod, Tariff,
    Terms, Uetr, Unwind,
};
use corridor_devnet_runtime::testing::Chain;
use polkadot_sdk::sp_core::{sr25519, Pair};

/// Who quotes: one of those the measurement of windows has admitted.
const PROVIDER: ParticipantId = ParticipantId(2);

/// Measures payment versus payment, a transfer with fees, and queues of several lengths.
pub fn measure(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    bench.open_currency(Currency::HKD, &[("Bob", BOC), ("Charlie", CUP)])?;
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
    queues(bench, calls)?;
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

fn usual(bench: &mut Bench, method: SettlementMethod) -> Terms {
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

/// Who pays each other in a queue: with two pairs it may be full, as no one has more than a quarter of it.
const PAIRS: [(ParticipantId, ParticipantId); 2] = [(BOC, CUP), (PROVIDER, ParticipantId(3))];

/// Pairs of transfers that pay each other, none of which has cover alone: twice the escrow of either agent.
fn queues(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for id in [PAIRS[1].0, PAIRS[1].1] {
        let grant = hub.grant_role(id, Chain::address_of(&member(id.0)).0, Role::Instructor);
        bench.run("Alice", grant.data().to_vec())?;
        let grant = hub.grant_role(id, Chain::address_of(&member(id.0)).0, Role::Approver);
        bench.run("Alice", grant.data().to_vec())?;
    }
    for (name, transfers) in [
        ("resolve_queue_2", 2u8),
        ("resolve_queue_10", 10),
        ("resolve_queue_64", 64),
    ] {
        for number in 0..transfers {
            let mut terms = usual(bench, SettlementMethod::QueuedGross);
            terms.interbank_settlement_amount = Money::new(Currency::CNY, u128::MAX >> 7);
            let pairs = usize::from(transfers).div_ceil(2 * MAX_QUEUED_PER_DEBTOR);
            let (one, other) = PAIRS[usize::from(number / 2) % pairs];
            let (from, to) = if number % 2 == 0 {
                (one, other)
            } else {
                (other, one)
            };
            (terms.debtor_agent, terms.creditor_agent) = (from, to);
            let (from, to) = (member(from.0), member(to.0));
            let uetr =
                Uetr::from_random_bytes([transfers, number, 0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]);
            bench.run_as(from, hub.instruct(uetr, terms).data().to_vec())?;
            calls.insert(
                "queue_accept",
                bench.run_as(to, hub.accept(uetr).data().to_vec())?,
            );
        }
        let resolve = hub.resolve_queue(Currency::CNY);
        calls.insert(name, bench.run("Alice", resolve.data().to_vec())?);
        let left = bench.queued(Currency::CNY)?;
        anyhow::ensure!(left == 0, "{left} of {transfers} transfers still wait");
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
