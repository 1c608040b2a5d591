//! Contracts, currencies, participants, roles, and money in escrow.

use super::{cast::Cast, Stage};
use crate::{
    command::read_code, directory::Directory, reference::ReferenceText, view::NativeView, Exit, Failure,
};
use corridor_client::{
    core::{Address, Currency, Money},
    AccountId, AddressText, ApproveRequest, Corridor, DeployCash, DeploySettlement, IssueRequest,
    MovementRequest, RegisterCurrency, RegisterParticipant, RoleRequest, SettlementCode,
};
use futures::future::try_join_all;

/// What each account gets for fees and storage, in whole tokens of the chain, where the funder is rich enough.
const FEE_TOKENS: u128 = 1_000_000;

/// What each institution puts into escrow: in CNY, then in HKD. Enough for everything it sends.
const ESCROW: [(&str, [&str; 2]); 2] = [
    ("boc", ["5000000.00", "20000000.00"]),
    ("cup", ["1000000.00", "500000.00"]),
];

/// What was built.
pub struct Setting {
    /// The settlement contract.
    pub settlement: Address,
    /// Who is registered.
    pub directory: Directory,
    /// What each institution put into escrow.
    pub deposits: Vec<(&'static str, Money)>,
}

/// Builds all of it. Steps of different keys run at the same time.
pub async fn build(stage: &Stage, cast: &mut Cast) -> Result<Setting, Failure> {
    stage.step("Accounts: a key for each role");
    fund(stage, cast, &cast.accounts()).await?;
    cast.map_accounts().await?;

    stage.step("Contracts");
    let (settlement, tokens) = deploy(stage, cast).await?;
    cast.use_settlement(settlement);

    stage.step("Currencies, participants, roles, money");
    let mut progress = stage.output.progress("admitting", 3);
    let deposits = planned_deposits()?;
    futures::try_join!(admit(cast, tokens), issue(cast, tokens, &deposits))?;
    progress.step();
    let directory = Directory::read(&cast.governor).await?;
    for institution in &mut cast.institutions {
        let agent = institution
            .agents
            .first()
            .ok_or_else(|| Failure::internal("no agent"))?;
        institution.id = directory.find(agent)?;
    }
    futures::try_join!(grant(cast), approve(cast, settlement, tokens, &deposits))?;
    progress.step();
    deposit(cast, &deposits).await?;
    drop(progress);
    for (currency, token) in tokens {
        let info = cast.issuer.token_info(token).await?;
        let circulation = Money::new(currency, info.total_supply);
        stage.note(format!("{}: {circulation} in circulation", info.name));
    }
    for institution in &cast.institutions {
        let accounts = cast.governor.accounts(institution.id).await?;
        let names: Vec<String> = institution.agents.iter().map(ToString::to_string).collect();
        stage.note(format!(
            "participant {}: {}, {} accounts with roles",
            institution.id,
            names.join(", "),
            accounts.len()
        ));
    }
    Ok(Setting {
        settlement,
        directory,
        deposits,
    })
}

/// Gives every account something to pay fees with; one that has enough from an earlier run gets nothing.
pub async fn fund(stage: &Stage, cast: &Cast, accounts: &[AccountId]) -> Result<(), Failure> {
    let chain = cast.funder.chain_info().clone();
    let unit = 10u128.checked_pow(chain.token_decimals.into()).unwrap_or(1);
    let funder = cast.funder.account().ok_or(corridor_client::Error::NoKey)?;
    let balance = cast.funder.native_balance(funder).await?;
    let shares = u128::try_from(accounts.len())
        .unwrap_or(u128::MAX)
        .saturating_mul(2)
        .max(1);
    let amount = FEE_TOKENS.saturating_mul(unit).min(balance / shares);
    if amount == 0 {
        let text = format!("the funder {funder} has {}", NativeView::new(balance, &chain));
        return Err(Failure::new(
            Exit::Usage,
            "demo.funder",
            text,
            "Name one with money: --funder.",
        ));
    }
    let mut progress = stage.output.progress("funding", accounts.len());
    let funding = accounts.iter().map(|account| async {
        let has = cast.funder.native_balance(*account).await?;
        match amount.checked_sub(has).filter(|missing| *missing > 0) {
            Some(missing) => cast.funder.fund(*account, missing).await.map(|_| ()),
            None => Ok(()),
        }
    });
    let mut funding: futures::stream::FuturesUnordered<_> = funding.collect();
    while let Some(funded) = futures::StreamExt::next(&mut funding).await {
        funded?;
        progress.step();
    }
    stage.note(format!(
        "{} accounts with {} each for fees",
        accounts.len(),
        NativeView::new(amount, &chain)
    ));
    Ok(())
}

async fn deploy(stage: &Stage, cast: &Cast) -> Result<(Address, [(Currency, Address); 2]), Failure> {
    let directory = &stage.demo.contracts;
    let code = SettlementCode::read(|file| read_code(&directory.join(file)))?;
    let cash_code = read_code(&directory.join("cash.polkavm"))?;
    let address = |corridor: &Corridor| corridor.account().map(|account| account.address());
    let no_key = || Failure::from(corridor_client::Error::NoKey);
    let governor = address(&cast.governor).ok_or_else(no_key)?;
    let issuer = address(&cast.issuer).ok_or_else(no_key)?;
    let guardian = cast.guardian.address();
    let cash = |name: &str, currency: Currency| DeployCash {
        code: cash_code.clone(),
        name: name.into(),
        symbol: currency.to_string(),
        currency,
        issuer,
        guardian,
    };
    let progress = stage.output.progress("deploying", 1);
    let governed = cast
        .governor
        .deploy_settlement(DeploySettlement { code, governor });
    let issued = async {
        // One after the other: until a deployment is final, its key's next nonce is not certain.
        let yuan = cast
            .issuer
            .deploy_cash(cash("Tokenised yuan", Currency::CNY))
            .await?;
        let dollar = cash("Tokenised Hong Kong dollar", Currency::HKD);
        let dollar = cast.issuer.deploy_cash(dollar).await?;
        Ok((yuan, dollar))
    };
    let (settlement, (yuan, dollar)) = futures::try_join!(governed, issued)?;
    drop(progress);
    stage.note(format!("settlement  {}", AddressText(settlement.receipt)));
    stage.note(format!("cash, CNY   {}", AddressText(yuan.receipt)));
    stage.note(format!("cash, HKD   {}", AddressText(dollar.receipt)));
    let tokens = [(Currency::CNY, yuan.receipt), (Currency::HKD, dollar.receipt)];
    Ok((settlement.receipt, tokens))
}

fn planned_deposits() -> Result<Vec<(&'static str, Money)>, Failure> {
    let mut deposits = Vec::new();
    for (short, amounts) in ESCROW {
        for (currency, amount) in [Currency::CNY, Currency::HKD].into_iter().zip(amounts) {
            let money = Money::parse_decimal(currency, amount);
            deposits.push((short, money.map_err(Failure::internal)?));
        }
    }
    Ok(deposits)
}

async fn admit(cast: &Cast, tokens: [(Currency, Address); 2]) -> Result<(), Failure> {
    let currencies = async {
        // One after the other: listings show them in the order of registration.
        for (currency, token) in tokens {
            let request = RegisterCurrency {
                currency,
                exponent: currency.exponent().unwrap_or_default(),
                token,
            };
            cast.governor.register_currency(request).await?;
        }
        Ok::<(), corridor_client::Error>(())
    };
    let participants = async {
        for institution in &cast.institutions {
            let admin = institution.admin.account().ok_or(corridor_client::Error::NoKey)?;
            let request = RegisterParticipant {
                agents: institution.agents.clone(),
                admin: admin.address(),
            };
            // One after the other: numbers are given in the order of registration.
            cast.governor.register_participant(request).await?;
        }
        Ok(())
    };
    futures::try_join!(currencies, participants)?;
    Ok(())
}

async fn issue(
    cast: &Cast,
    tokens: [(Currency, Address); 2],
    deposits: &[(&'static str, Money)],
) -> Result<(), Failure> {
    let mut requests = Vec::new();
    for institution in &cast.institutions {
        for (token, amount) in theirs(institution.short, tokens, deposits) {
            let account = institution
                .treasurer
                .account()
                .ok_or(corridor_client::Error::NoKey)?;
            requests.push(cast.issuer.issue(IssueRequest {
                token,
                account: account.address(),
                minor_units: amount.minor_units,
                request_id: crate::reference::request_id(&ReferenceText::fresh().to_string()),
            }));
        }
    }
    try_join_all(requests).await?;
    Ok(())
}

async fn grant(cast: &Cast) -> Result<(), Failure> {
    let grants = cast.institutions.iter().flat_map(|institution| {
        institution.roles().into_iter().map(|(role, account)| {
            institution.admin.grant_role(RoleRequest {
                participant: institution.id,
                account,
                role,
            })
        })
    });
    try_join_all(grants).await?;
    Ok(())
}

async fn approve(
    cast: &Cast,
    settlement: Address,
    tokens: [(Currency, Address); 2],
    deposits: &[(&'static str, Money)],
) -> Result<(), Failure> {
    let approvals = cast.institutions.iter().flat_map(|institution| {
        theirs(institution.short, tokens, deposits).map(|(token, amount)| {
            institution.treasurer.approve(ApproveRequest {
                token,
                spender: settlement,
                minor_units: amount.minor_units,
            })
        })
    });
    try_join_all(approvals).await?;
    Ok(())
}

async fn deposit(cast: &Cast, deposits: &[(&'static str, Money)]) -> Result<(), Failure> {
    let movements = deposits.iter().filter_map(|(short, amount)| {
        let institution = cast
            .institutions
            .iter()
            .find(|institution| institution.short == *short)?;
        Some(institution.treasurer.deposit(MovementRequest {
            reference: ReferenceText::fresh().0,
            amount: *amount,
        }))
    });
    try_join_all(movements).await?;
    Ok(())
}

/// An institution's deposits, each with its token.
fn theirs<'a>(
    short: &'static str,
    tokens: [(Currency, Address); 2],
    deposits: &'a [(&'static str, Money)],
) -> impl Iterator<Item = (Address, Money)> + 'a {
    let own = deposits.iter().filter(move |(whose, _)| *whose == short);
    own.filter_map(move |(_, amount)| {
        let (_, token) = tokens
            .into_iter()
            .find(|(currency, _)| *currency == amount.currency)?;
        Some((token, *amount))
    })
}
