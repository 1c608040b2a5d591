//! What the examples start from: both contracts deployed, two banks admitted, yuan in escrow.
//!
//! On a development chain every key is a well-known one; a real deployment has a key of its own for each
//! role, and each institution keeps its own.
#![allow(dead_code)] // Each example uses its part.

use corridor_client::{
    core::{Address, ChargeBearer, Currency, Money, ParticipantId, Reference, Role, SettlementMethod},
    new_uetr, ApproveRequest, Config, Corridor, DeployCash, DeploySettlement, Error, InstructRequest,
    IssueRequest, KeySource, MovementRequest, RegisterCurrency, RegisterParticipant, RoleRequest,
    SettlementCode, StoreLocation,
};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Two banks with yuan in escrow.
pub struct TwoBanks {
    /// The node.
    pub url: String,
    /// The settlement contract.
    pub settlement: Address,
    /// The yuan token.
    pub cash: Address,
    /// The governor's connection.
    pub governor: Corridor,
    /// Bank of China's connection.
    pub boc: Corridor,
    /// China UnionPay's connection.
    pub cup: Corridor,
}

/// A connection for a development key.
pub async fn connect(url: &str, key: &str, store: StoreLocation) -> Result<Corridor, Error> {
    let config = Config::new(url).key(KeySource::DevSeed(key.into())).store(store);
    Corridor::connect(config).await
}

/// The built contracts' code.
pub struct Blobs {
    /// The settlement contract's.
    pub settlement: SettlementCode,
    /// A currency's.
    pub cash: Vec<u8>,
}

impl Blobs {
    /// Reads what scripts/build-contracts made.
    pub fn read(directory: &Path) -> std::io::Result<Self> {
        let read = |file: &str| std::fs::read(directory.join(file));
        Ok(Self {
            settlement: SettlementCode::read(read)?,
            cash: read("cash.polkavm")?,
        })
    }
}

/// Reads the arguments: URL of the node, and the directory of the contracts' code.
pub fn arguments() -> Result<(String, Blobs), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("missing argument: URL of the node")?;
    let directory = arguments.next().unwrap_or_else(|| "target/contracts".into());
    Ok((url, Blobs::read(Path::new(&directory))?))
}

/// Deploys and sets up everything on the chain named by the arguments.
pub async fn two_banks() -> Result<TwoBanks, Box<dyn std::error::Error>> {
    let (url, blobs) = arguments()?;
    set_up(url, blobs).await
}

/// Deploys and sets up everything on the chain at `url`.
pub async fn set_up(url: String, blobs: Blobs) -> Result<TwoBanks, Box<dyn std::error::Error>> {
    let governor = connect(&url, "//Alice", StoreLocation::Memory).await?;
    let boc = connect(&url, "//Bob", StoreLocation::Memory).await?;
    let cup = connect(&url, "//Charlie", StoreLocation::Memory).await?;
    let of = |corridor: &Corridor| {
        corridor
            .account()
            .map(|account| account.address())
            .ok_or(Error::NoKey)
    };
    let (governor_address, boc_address, cup_address) = (of(&governor)?, of(&boc)?, of(&cup)?);

    let settlement = governor
        .deploy_settlement(DeploySettlement {
            code: blobs.settlement,
            governor: governor_address,
        })
        .await?
        .receipt;
    let cash = governor
        .deploy_cash(DeployCash {
            code: blobs.cash,
            name: "Tokenised yuan".into(),
            symbol: "CNY".into(),
            currency: Currency::CNY,
            issuer: governor_address,
            guardian: governor_address,
        })
        .await?
        .receipt;
    let governor = governor.with_settlement(settlement);
    let (boc, cup) = (boc.with_settlement(settlement), cup.with_settlement(settlement));

    governor
        .register_currency(RegisterCurrency {
            currency: Currency::CNY,
            exponent: 2,
            token: cash,
        })
        .await?;
    admit(&governor, &boc, "BKCHCNBJ", boc_address).await?;
    admit(&governor, &cup, "CNAPS:302290000002", cup_address).await?;

    let amount = 100_000_000_000;
    governor
        .issue(IssueRequest {
            token: cash,
            account: boc_address,
            minor_units: amount,
            request_id: [1; 32],
        })
        .await?;
    boc.approve(ApproveRequest {
        token: cash,
        spender: settlement,
        minor_units: amount,
    })
    .await?;
    boc.deposit(MovementRequest {
        reference: Reference(*b"opening-balance1"),
        amount: Money::new(Currency::CNY, amount),
    })
    .await?;
    Ok(TwoBanks {
        url,
        settlement,
        cash,
        governor,
        boc,
        cup,
    })
}

/// Admits a bank whose one key has every role.
pub async fn admit(
    governor: &Corridor,
    bank: &Corridor,
    agent: &str,
    address: Address,
) -> Result<(), Box<dyn std::error::Error>> {
    let participant = governor
        .register_participant(RegisterParticipant {
            agents: vec![agent.parse()?],
            admin: address,
        })
        .await?
        .receipt;
    for role in Role::ALL {
        let request = RoleRequest {
            participant,
            account: address,
            role,
        };
        bank.grant_role(request).await?;
    }
    Ok(())
}

impl TwoBanks {
    /// Gives each bank a second key for its part of a transfer, `//Dave` and `//Eve`: each key has one nonce.
    pub async fn second_keys(&self) -> Result<(), Error> {
        for (bank, participant, key, role) in [
            (&self.boc, 0, "//Dave", Role::Instructor),
            (&self.cup, 1, "//Eve", Role::Approver),
        ] {
            let request = RoleRequest {
                participant: ParticipantId(participant),
                account: KeySource::DevSeed(key.into()).load()?.account().address(),
                role,
            };
            bank.grant_role(request).await?;
        }
        Ok(())
    }

    /// A transfer from Bank of China to China UnionPay that has an hour to be accepted.
    pub fn transfer(&self, amount: Money) -> InstructRequest {
        let expires_at = in_an_hour();
        InstructRequest {
            uetr: new_uetr(),
            end_to_end_id: "EXAMPLE".into(),
            debtor_agent: ParticipantId(0),
            creditor_agent: ParticipantId(1),
            interbank_settlement_amount: amount,
            interbank_settlement_date: u32::try_from(expires_at / 86_400).unwrap_or_default(),
            charge_bearer: ChargeBearer::Shar,
            settlement_method: SettlementMethod::Gross,
            expires_at,
            message: b"<Document>pacs.008</Document>".to_vec(),
        }
    }
}

/// An hour from now, as the chain counts time.
pub fn in_an_hour() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_secs() + 3_600
}
