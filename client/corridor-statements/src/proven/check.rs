//! Whether evidence proves what a statement says about its end.

use super::Claimed;
use corridor_client::{
    core::{AgentId, Seconds},
    proof::{
        claim::{NetPositionClaim, PositionClaim},
        Claim, Verified,
    },
};
use corridor_iso20022::{Book, DateTime};

/// Why evidence does not prove a statement's end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// It is of another block, chain or contract.
    #[error("the statement is of {what} {stated}, the evidence of {proven}")]
    Elsewhere {
        /// `block`, `chain` or `contract`.
        what: &'static str,
        /// By the statement.
        stated: String,
        /// By the evidence.
        proven: String,
    },
    /// It is of another time.
    #[error("the statement ends between {from} and {until}, the evidence is of {proven}")]
    AnotherTime {
        /// The first moment at which the statement may end.
        from: String,
        /// The first at which it may no more.
        until: String,
        /// The block's time.
        proven: String,
    },
    /// The account is somebody else's.
    #[error("the statement's account is that of {stated}, the evidence's that of {proven}")]
    AnotherOwner {
        /// By the statement.
        stated: String,
        /// By the evidence.
        proven: String,
    },
    /// It says nothing about the account.
    #[error("the evidence says nothing about {0}")]
    Silent(String),
    /// The contract records something else.
    #[error("the statement has {stated} minor units {what}, the contract {proven}")]
    Differs {
        /// Which balance.
        what: String,
        /// By the statement.
        stated: i128,
        /// By the evidence.
        proven: i128,
    },
}

impl Unproven {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Elsewhere { .. } => "statement.elsewhere",
            Self::AnotherTime { .. } => "statement.another_time",
            Self::AnotherOwner { .. } => "statement.another_owner",
            Self::Silent(_) => "statement.not_proven",
            Self::Differs { .. } => "statement.differs",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Elsewhere { .. } | Self::Silent(_) => {
                "Ask who wrote the statement for its own evidence: `corridor statement --evidence` writes both."
            }
            Self::AnotherTime { .. } => {
                "Do not rely on the statement, unless its days had no block: then the days before, up to the last block, have to be part of it."
            }
            Self::AnotherOwner { .. } | Self::Differs { .. } => {
                "Do not rely on the statement: it was changed, or drawn up from a damaged index."
            }
        }
    }
}

/// Compares a statement's end with what verified evidence proves: whose account it is, when the block was, the closing balance,
/// and every further balance of a known kind. Answers by which identifiers the account is proven to be its owner's.
///
/// # Errors
/// [`Unproven`]: the first thing that does not fit.
pub fn check<'a>(claimed: &Claimed, verified: &Verified<'a>) -> Result<Vec<&'a AgentId>, Unproven> {
    same_place(claimed, verified)?;
    let (positions, net) = claims(claimed, verified);
    let (Some(position), Some(net)) = (positions.first(), net) else {
        return Err(Unproven::Silent(claimed.account.to_string()));
    };
    let owner: Vec<_> = positions.iter().map(|position| &position.agent.0).collect();
    same_owner(claimed, &owner)?;
    same_time(claimed, verified.evidence.block.time_ms / 1_000)?;
    let (available, reserved) = (units(position.available.0), units(position.reserved.0));
    let collateral = i128::from(net.collateral.0);
    let closing = match claimed.account.book {
        Book::Escrow => available.saturating_add(reserved),
        Book::Collateral => collateral,
    };
    same(claimed.words(), claimed.closing, closing)?;
    for (kind, stated) in &claimed.further {
        let proven = match kind.as_str() {
            "CLAV" | "ITAV" => available,
            "RESERVED" => reserved,
            "COLLATERAL" => collateral,
            "UNSETTLED NET" => i128::from(net.open.0).saturating_add(net.closing.0.into()),
            // Of a kind that is none of Corridor's: nothing is said about it.
            _ => continue,
        };
        same(kind, *stated, proven)?;
    }
    Ok(owner)
}

/// Every identifier the owner is named by has to be one of the participant's.
fn same_owner(claimed: &Claimed, proven: &[&AgentId]) -> Result<(), Unproven> {
    let Some(stated) = &claimed.owner else {
        return Ok(());
    };
    if !stated.is_empty() && stated.iter().all(|agent| proven.contains(&agent)) {
        return Ok(());
    }
    Err(Unproven::AnotherOwner {
        stated: match stated.is_empty() {
            true => "nobody with an identifier".into(),
            false => names(stated),
        },
        proven: names(proven),
    })
}

fn names(agents: &[impl ToString]) -> String {
    let names: Vec<_> = agents.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn same_time(claimed: &Claimed, proven: Seconds) -> Result<(), Unproven> {
    if claimed.moments.contains(&proven) {
        return Ok(());
    }
    let text = |at| DateTime::from_unix_seconds(at).map_or(format!("{at} s"), |time| time.to_string());
    Err(Unproven::AnotherTime {
        from: text(claimed.moments.start),
        until: text(claimed.moments.end),
        proven: text(proven),
    })
}

/// What is beyond 127 bits equals no stated amount.
fn units(minor_units: u128) -> i128 {
    i128::try_from(minor_units).unwrap_or(i128::MAX)
}

fn same(what: &str, stated: i128, proven: i128) -> Result<(), Unproven> {
    match stated == proven {
        true => Ok(()),
        false => Err(Unproven::Differs {
            what: what.into(),
            stated,
            proven,
        }),
    }
}

fn same_place(claimed: &Claimed, verified: &Verified<'_>) -> Result<(), Unproven> {
    let (evidence, block) = (verified.evidence, &claimed.block);
    let hash = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
    let known = [
        (
            "chain",
            block.genesis.map(|of| hash(&of)),
            hash(&evidence.genesis.0),
        ),
        (
            "contract",
            block.contract.map(|of| hash(&of)),
            hash(&evidence.settlement.0),
        ),
        (
            "block",
            Some(format!("{} {}", block.number, hash(&block.hash))),
            format!("{} {}", evidence.block.number, hash(&evidence.block.hash.0)),
        ),
    ];
    for (what, stated, proven) in known {
        if let Some(stated) = stated.filter(|stated| *stated != proven) {
            return Err(Unproven::Elsewhere { what, stated, proven });
        }
    }
    Ok(())
}

/// What the evidence says about the account: its escrow, by every identifier that was asked about, and its net settlement.
fn claims<'a>(
    claimed: &Claimed,
    verified: &Verified<'a>,
) -> (Vec<&'a PositionClaim>, Option<&'a NetPositionClaim>) {
    let account = claimed.account;
    let ours = |participant: Option<u16>, currency| {
        participant == Some(account.participant.0) && currency == account.currency
    };
    let evidence = verified.evidence;
    let positions = evidence.claims.iter().filter_map(|claim| match claim {
        Claim::Position(claim) if ours(claim.participant, claim.currency.0) => Some(claim),
        _ => None,
    });
    let net = evidence.claims.iter().find_map(|claim| match claim {
        Claim::NetPosition(claim) if ours(claim.participant, claim.currency.0) => Some(claim),
        _ => None,
    });
    (positions.collect(), net)
}
