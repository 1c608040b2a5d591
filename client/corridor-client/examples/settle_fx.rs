//! Payment versus payment: a third bank quotes dollars for yuan, and a transfer uses its quote.
//!
//! `cargo run --example settle_fx -- ws://127.0.0.1:9944`

#[path = "common/setup.rs"]
mod setup;

use corridor_client::{
    core::{Currency, Money, ParticipantId, Quote, QuoteId, Reference, SettlementMethod},
    fx_terms, parse_rate, ApproveRequest, Corridor, DeployCash, Error, InstructFxRequest, InstructRequest,
    IssueRequest, MovementRequest, RegisterCurrency, StoreLocation,
};

const DOLLARS: u128 = 10_000_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let banks = setup::two_banks().await?;
    let bank = quoting_bank(&banks).await?;
    let quote = Quote {
        id: QuoteId {
            provider: ParticipantId(2),
            reference: Reference(*b"quote-0000000001"),
        },
        provider_buys: Currency::CNY,
        provider_sells: Currency::HKD,
        rate: parse_rate("1.0873", Currency::CNY, Currency::HKD)?,
        spread_basis_points: 10,
        minimum_minor_units: 100,
        maximum_minor_units: 5_000_000,
        counterparty: Some(ParticipantId(0)),
        expires_at: setup::in_an_hour(),
        hold_seconds: 7_200,
        unwind_seconds: 0,
    };
    // Signed, not published: nothing is on chain before it is used.
    let signed = bank.sign_quote(quote).await?;

    let amount = Money::new(Currency::CNY, 100_000);
    let fx = fx_terms(&quote, amount)?;
    println!("{amount} will be {}", fx.credited);
    let transfer = InstructRequest {
        settlement_method: SettlementMethod::PaymentVersusPayment,
        ..banks.transfer(amount)
    };
    let uetr = transfer.uetr;
    let request = InstructFxRequest {
        transfer,
        fx,
        signed: Some(signed),
    };
    banks.boc.instruct_fx(request).await?;
    let accepted = banks.cup.accept(uetr).await?;
    println!(
        "{uetr} is {} in block {}",
        accepted.receipt.status, accepted.block.number
    );
    let record = banks.boc.fx_transfer(uetr).await?.ok_or("not recorded")?;
    for leg in record.legs() {
        println!(
            "participant {} pays {} to participant {}",
            leg.from, leg.money, leg.to
        );
    }
    Ok(())
}

/// A third bank, with dollars in escrow.
async fn quoting_bank(banks: &setup::TwoBanks) -> Result<Corridor, Box<dyn std::error::Error>> {
    let bank = setup::connect(&banks.url, "//Dave", StoreLocation::Memory).await?;
    let bank = bank.with_settlement(banks.settlement);
    let of = |corridor: &Corridor| {
        corridor
            .account()
            .map(|account| account.address())
            .ok_or(Error::NoKey)
    };
    let (issuer, account) = (of(&banks.governor)?, of(&bank)?);
    let cash = DeployCash {
        code: setup::arguments()?.1.cash,
        name: "Tokenised Hong Kong dollar".into(),
        symbol: "HKD".into(),
        currency: Currency::HKD,
        issuer,
        guardian: issuer,
    };
    let token = banks.governor.deploy_cash(cash).await?.receipt;
    let currency = RegisterCurrency {
        currency: Currency::HKD,
        exponent: 2,
        token,
    };
    banks.governor.register_currency(currency).await?;
    setup::admit(&banks.governor, &bank, "BKCHHKHH", account).await?;
    let issue = IssueRequest {
        token,
        account,
        minor_units: DOLLARS,
        request_id: [2; 32],
    };
    banks.governor.issue(issue).await?;
    let approve = ApproveRequest {
        token,
        spender: banks.settlement,
        minor_units: DOLLARS,
    };
    bank.approve(approve).await?;
    let deposit = MovementRequest {
        reference: Reference(*b"opening-balance2"),
        amount: Money::new(Currency::HKD, DOLLARS),
    };
    bank.deposit(deposit).await?;
    Ok(bank)
}
