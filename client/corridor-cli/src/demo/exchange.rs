//! Foreign exchange: a bank in Hong Kong quotes, transfers use its quotes, and a tariff has its price.

use super::{
    cast::{connect_dev, Cast},
    setting::fund,
    Stage,
};
use crate::directory::Directory;
use crate::{
    command::ConservationView,
    instruction::{expiry_after, DEFAULT_EXPIRY},
    message,
    quote::SignedQuoteFile,
    reference::{request_id, ReferenceText},
    view::exchange::{FeesView, LegView},
    Exit, Failure,
};
use corridor_client::{
    core::{
        AgentId, ChargeBearer, Currency, Error as Refusal, FxTransfer, Leg, Money, ParticipantId, Quote,
        QuoteId, Role, Seconds, SettlementMethod, Tariff, Uetr,
    },
    fx_terms, new_uetr, parse_rate, AddressText, ApproveRequest, Corridor, InstructFxRequest,
    InstructRequest, IssueRequest, MovementRequest, RegisterParticipant, ReturnRequest, RoleRequest,
    SetTariff, SignedQuote,
};
use std::{collections::BTreeMap, time::Duration};

/// Who quotes: the bank that clears renminbi in Hong Kong.
const PROVIDER: &str = "BKCHHKHH";
/// What its keys and files are called.
const SHORT: &str = "bochk";
/// What it puts into escrow, in minor units of HKD.
const ESCROW: u128 = 500_000_000;
/// How soon the tariff counts: after it has been submitted.
const SOON: Duration = Duration::from_secs(5);
/// Half of what is credited on the signed quote is sent back.
const HALVES: u128 = 2;

/// The provider with its keys.
struct Provider {
    id: ParticipantId,
    admin: Corridor,
    treasurer: Corridor,
    quoter: Corridor,
}

/// Escrow by participant and currency, in minor units.
type Escrow = BTreeMap<(ParticipantId, Currency), u128>;

/// Tells it, and checks that exactly the recorded legs have moved.
pub async fn exchange(stage: &Stage, cast: &Cast) -> Result<(), Failure> {
    stage.step("Foreign exchange: payment versus payment, and a tariff");
    let provider = Provider::join(stage, cast).await?;
    let directory = Directory::read(&cast.governor).await?;
    set_tariffs(stage, cast, provider.id).await?;
    let mut expected = escrow(cast).await?;

    let published = provider.publish(stage, &directory).await?;
    let amount = Money::new(Currency::CNY, 25_000_000);
    let uetr = settle(stage, cast, &directory, &published, None, amount).await?;
    apply(&mut expected, &recorded(cast, uetr).await?.legs())?;

    let signed = provider.sign(stage, cast).await?;
    let amount = Money::new(Currency::CNY, 1_234_567);
    refuse_forgery(stage, cast, &signed, amount).await?;
    let uetr = settle(stage, cast, &directory, &signed.quote, Some(signed), amount).await?;
    let record = recorded(cast, uetr).await?;
    apply(&mut expected, &record.legs())?;
    let unwound = unwind(stage, cast, uetr, &record).await?;
    apply(&mut expected, &unwound)?;

    let found = escrow(cast).await?;
    if found != expected {
        return Err(wrong(format!("escrow is {found:?}, expected {expected:?}")));
    }
    if !ConservationView::read(&cast.governor, None).await?.holds {
        return Err(wrong("conservation does not hold after the exchange".into()));
    }
    let path = provider.write_configuration(stage, cast)?;
    stage.note(format!("{path}: for `corridor quote`"));
    let seconds = stage.started.elapsed().as_secs();
    stage.step(&format!(
        "Both currencies moved as recorded and nothing else did, conservation holds ({seconds} s in all)"
    ));
    provider.close().await;
    Ok(())
}

impl Provider {
    /// Admits the bank, with a key for each role and Hong Kong dollars in escrow.
    async fn join(stage: &Stage, cast: &Cast) -> Result<Self, Failure> {
        let settlement = cast
            .governor
            .settlement()
            .ok_or(corridor_client::Error::NoSettlement)?;
        let connect = async |duty: &str| {
            let corridor = connect_dev(stage, format!("//Bochk{duty}"), SHORT).await?;
            Ok::<_, Failure>(corridor.with_settlement(settlement))
        };
        let (admin, treasurer, quoter) =
            futures::try_join!(connect("Admin"), connect("Treasurer"), connect("Quoter"))?;
        let keys = [&admin, &treasurer, &quoter];
        let accounts: Vec<_> = keys.iter().filter_map(|corridor| corridor.account()).collect();
        fund(stage, cast, &accounts).await?;
        for corridor in keys {
            corridor.map_account().await?;
        }
        let address = |corridor: &Corridor| {
            let account = corridor.account().ok_or(corridor_client::Error::NoKey)?;
            Ok::<_, Failure>(account.address())
        };
        let agent: AgentId = PROVIDER.parse().map_err(Failure::internal)?;
        let request = RegisterParticipant {
            agents: vec![agent],
            admin: address(&admin)?,
        };
        let participant = cast.governor.register_participant(request).await?.receipt;
        for (role, corridor) in [(Role::Treasurer, &treasurer), (Role::Quoter, &quoter)] {
            let account = address(corridor)?;
            let request = RoleRequest {
                participant,
                account,
                role,
            };
            admin.grant_role(request).await?;
        }
        let entry = cast.governor.currency(Currency::HKD).await?;
        let token = entry.ok_or(corridor_client::ContractError::Refused(Refusal::UnknownCurrency));
        let token = token.map_err(corridor_client::Error::Contract)?.token;
        let issue = IssueRequest {
            token,
            account: address(&treasurer)?,
            minor_units: ESCROW,
            request_id: request_id(&ReferenceText::fresh().to_string()),
        };
        cast.issuer.issue(issue).await?;
        let approve = ApproveRequest {
            token,
            spender: settlement,
            minor_units: ESCROW,
        };
        treasurer.approve(approve).await?;
        let amount = Money::new(Currency::HKD, ESCROW);
        let reference = ReferenceText::fresh().0;
        treasurer.deposit(MovementRequest { reference, amount }).await?;
        stage.note(format!(
            "participant {participant}: {PROVIDER} quotes, with {amount} in escrow"
        ));
        Ok(Self {
            id: participant,
            admin,
            treasurer,
            quoter,
        })
    }

    /// A firm quote of Hong Kong dollars for yuan.
    async fn quote(&self, rate: &str, counterparty: Option<ParticipantId>) -> Result<Quote, Failure> {
        let (buys, sells) = (Currency::CNY, Currency::HKD);
        Ok(Quote {
            id: QuoteId {
                provider: self.id,
                reference: ReferenceText::fresh().0,
            },
            provider_buys: buys,
            provider_sells: sells,
            rate: parse_rate(rate, buys, sells).map_err(Failure::internal)?,
            spread_basis_points: 10,
            minimum_minor_units: 1_000,
            maximum_minor_units: 100_000_000,
            counterparty,
            expires_at: expiry_after(&self.quoter, DEFAULT_EXPIRY).await?,
            hold_seconds: 3_600,
            unwind_seconds: 86_400,
        })
    }

    async fn publish(&self, stage: &Stage, directory: &Directory) -> Result<Quote, Failure> {
        let quote = self.quote("1.0873", None).await?;
        let published = self.quoter.publish_quote(quote).await?;
        stage.note(format!(
            "{} publishes: 1 CNY = 1.0873 HKD less 10 basis points, up to {}, block {}",
            directory.name(self.id),
            Money::new(quote.provider_buys, quote.maximum_minor_units),
            published.block.number
        ));
        Ok(quote)
    }

    /// Signs a quote for one bank, and hands it on as a file.
    async fn sign(&self, stage: &Stage, cast: &Cast) -> Result<SignedQuote, Failure> {
        let boc = &cast.institutions[0];
        let signed = self
            .quoter
            .sign_quote(self.quote("1.0881", Some(boc.id)).await?)
            .await?;
        let settlement = self
            .quoter
            .settlement()
            .ok_or(corridor_client::Error::NoSettlement)?;
        let genesis_hash = self.quoter.chain_info().genesis;
        let path = stage.demo.out.join("signed-quote.json");
        SignedQuoteFile::new(&signed, AddressText(settlement), &genesis_hash).write(&path)?;
        stage.note(format!(
            "it signs another for {} alone, off chain: {}",
            boc.short,
            path.display()
        ));
        SignedQuoteFile::read(&path)?.signed(&boc.instructor)
    }

    fn write_configuration(&self, stage: &Stage, cast: &Cast) -> Result<String, Failure> {
        let settlement = cast.governor.settlement().map(AddressText);
        let settlement = settlement.ok_or(corridor_client::Error::NoSettlement)?;
        let text = format!(
            "# The bank that quotes in the demo. Development keys: for development chains only!\nurl = \"{}\"\n\
             settlement = \"{settlement}\"\nstore = \"{SHORT}.sqlite\"\nparticipant = \"{PROVIDER}\"\n\n[keys]\n\
             admin = \"//BochkAdmin\"\ntreasurer = \"//BochkTreasurer\"\nquoter = \"//BochkQuoter\"\n",
            stage.url
        );
        let path = stage.demo.out.join(format!("{SHORT}.toml"));
        message::write(&path, &text)?;
        Ok(path.display().to_string())
    }

    async fn close(self) {
        for corridor in [self.admin, self.treasurer, self.quoter] {
            corridor.close().await;
        }
    }
}

/// Each side of an exchange has a tariff in its own currency; SHAR charges halve both.
async fn set_tariffs(stage: &Stage, cast: &Cast, payee: ParticipantId) -> Result<(), Failure> {
    let [debtor, creditor] = &cast.institutions;
    let effective_from = expiry_after(&cast.governor, SOON).await?;
    for (currency, fixed_minor_units) in [(Currency::CNY, 1_000), (Currency::HKD, 1_200)] {
        let tariff = Tariff {
            version: 1,
            effective_from,
            fixed_minor_units,
            basis_points: 2,
            minimum_minor_units: 0,
            maximum_minor_units: 100_000,
        };
        let request = SetTariff {
            debtor_agent: debtor.id,
            creditor_agent: creditor.id,
            currency,
            payee,
            tariff,
        };
        cast.governor.set_tariff(request).await?;
        let fixed = Money::new(currency, fixed_minor_units.into());
        stage.note(format!(
            "{} -> {} costs {fixed} and 2 basis points, shared",
            debtor.short, creditor.short
        ));
    }
    // Block time decides which tariff a transfer has, and it moves with blocks.
    let progress = stage.output.progress("waiting for the tariff to count", 1);
    while cast.governor.finalised_head().await?.time_ms / 1_000 < effective_from {
        tokio::time::sleep(Duration::from_millis(500)).await;
        cast.funder.fund(cast.guardian, 1).await?;
    }
    drop(progress);
    Ok(())
}

fn request(cast: &Cast, uetr: Uetr, amount: Money, expires_at: Seconds) -> InstructRequest {
    let [debtor, creditor] = &cast.institutions;
    InstructRequest {
        uetr,
        end_to_end_id: "DEMO-FX".into(),
        debtor_agent: debtor.id,
        creditor_agent: creditor.id,
        interbank_settlement_amount: amount,
        interbank_settlement_date: day(expires_at),
        charge_bearer: ChargeBearer::Shar,
        settlement_method: SettlementMethod::PaymentVersusPayment,
        expires_at,
        message: format!("{} pays {} {amount}, in HKD", debtor.short, creditor.short).into_bytes(),
    }
}

/// Instructs a transfer on a quote and accepts it: both legs and both fees move at once.
async fn settle(
    stage: &Stage,
    cast: &Cast,
    directory: &Directory,
    quote: &Quote,
    signed: Option<SignedQuote>,
    amount: Money,
) -> Result<Uetr, Failure> {
    let [debtor, creditor] = &cast.institutions;
    let uetr = new_uetr();
    let expires_at = lapses(cast, quote).await?;
    let refused = |error: Refusal| Failure::internal(format!("{amount}: {error}"));
    let request = InstructFxRequest {
        transfer: request(cast, uetr, amount, expires_at),
        fx: fx_terms(quote, amount).map_err(refused)?,
        signed,
    };
    debtor.instructor.instruct_fx(request).await?;
    let accepted = creditor.approver.accept(uetr).await?;
    let record = recorded(cast, uetr).await?;
    stage.note(format!(
        "{uetr}  {}, block {}",
        accepted.receipt.status, accepted.block.number
    ));
    for leg in LegView::all(&record.legs(), directory) {
        stage.note(format!("    {leg}"));
    }
    if FeesView::new(
        &record.charges,
        amount.currency,
        record.fx.credited.currency,
        directory,
    )
    .is_none()
    {
        return Err(wrong(format!("{uetr} bears no fee")));
    }
    Ok(uetr)
}

/// As late as the quote holds, counted from block time.
async fn lapses(cast: &Cast, quote: &Quote) -> Result<Seconds, Failure> {
    let chain = cast.governor.finalised_head().await?.time_ms / 1_000;
    Ok(chain.saturating_add(quote.hold_seconds.into()))
}

/// A signed quote with one term changed is refused.
async fn refuse_forgery(
    stage: &Stage,
    cast: &Cast,
    signed: &SignedQuote,
    amount: Money,
) -> Result<(), Failure> {
    let mut forged = *signed;
    forged.quote.spread_basis_points = 0;
    let refused = |error: Refusal| Failure::internal(format!("{amount}: {error}"));
    let request = InstructFxRequest {
        transfer: request(cast, new_uetr(), amount, lapses(cast, &forged.quote).await?),
        fx: fx_terms(&forged.quote, amount).map_err(refused)?,
        signed: Some(forged),
    };
    match cast.institutions[0].instructor.instruct_fx(request).await {
        Err(error) if error.refusal() == Some(Refusal::SignerMayNotQuote) => {
            stage.note(format!("the same without its spread is refused: {error}"));
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err(wrong("a forged quote was taken".into())),
    }
}

/// The creditor agent sends half back, and both legs unwind at the original rate; answers the legs.
async fn unwind(stage: &Stage, cast: &Cast, uetr: Uetr, record: &FxTransfer) -> Result<[Leg; 2], Failure> {
    let [debtor, creditor] = &cast.institutions;
    let half = record.fx.credited.minor_units / HALVES;
    let request = ReturnRequest {
        reference: ReferenceText::fresh().0,
        uetr,
        minor_units: half,
        reason: "AM09".parse().map_err(Failure::internal)?,
    };
    creditor.approver.return_transfer(request).await?;
    let after = recorded(cast, uetr).await?;
    let sent_back = Money::new(record.fx.credited.currency, after.sent_back_minor_units);
    let given_back = Money::new(
        record.transfer.terms.currency(),
        after.transfer.returned_minor_units,
    );
    stage.note(format!(
        "{} sends {sent_back} back, and {} gets {given_back}: the original rate",
        creditor.short, debtor.short
    ));
    let provider = record.fx.quote.provider;
    let leg = |from, to, money, purpose| Leg {
        from,
        to,
        money,
        purpose,
    };
    Ok([
        leg(
            creditor.id,
            provider,
            sent_back,
            corridor_client::core::Purpose::SentBack,
        ),
        leg(
            provider,
            debtor.id,
            given_back,
            corridor_client::core::Purpose::GivenBack,
        ),
    ])
}

async fn recorded(cast: &Cast, uetr: Uetr) -> Result<FxTransfer, Failure> {
    let record = cast.governor.fx_transfer(uetr).await?;
    record.ok_or_else(|| crate::target::unknown_transfer(uetr))
}

/// Everybody's escrow, available and reserved.
async fn escrow(cast: &Cast) -> Result<Escrow, Failure> {
    let positions = cast.governor.positions().await?;
    let each = positions.iter().map(|entry| {
        let held = entry.position.available.saturating_add(entry.position.reserved);
        ((entry.participant, entry.currency), held)
    });
    Ok(each.collect())
}

fn apply(escrow: &mut Escrow, legs: &[Leg]) -> Result<(), Failure> {
    for leg in legs {
        let (currency, minor_units) = (leg.money.currency, leg.money.minor_units);
        let payer = escrow.entry((leg.from, currency)).or_default();
        *payer = payer
            .checked_sub(minor_units)
            .ok_or_else(|| wrong(format!("{leg:?} is more than there is")))?;
        let payee = escrow.entry((leg.to, currency)).or_default();
        *payee = payee.saturating_add(minor_units);
    }
    Ok(())
}

/// What a participant has available, in minor units.
pub async fn available(cast: &Cast, id: ParticipantId, currency: Currency) -> Result<u128, Failure> {
    Ok(cast.governor.position(id, currency).await?.available)
}

/// The day of a time, counted from 1970.
pub fn day(time: Seconds) -> u32 {
    u32::try_from(time / 86_400).unwrap_or_default()
}

fn wrong(text: String) -> Failure {
    Failure::new(Exit::Mismatch, "demo.exchange", text, "Please report this.")
}
