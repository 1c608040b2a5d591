//! Reading an operation's end from the block it is in.

use super::{drive::dry_run, shared::Shared, Ready, SubmitError};
use crate::{
    chain::{BlockRef, ContractEvent, FinalisedBlock, Hash, Weight},
    contract::Verdict,
    store::Landing,
};
use corridor_core::Address;

/// A finalised operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// The finalised block that shows it.
    pub block: BlockRef,
    /// The extrinsic; `None` where it had been carried out before.
    pub extrinsic: Option<LandedExtrinsic>,
}

/// An extrinsic in a finalised block, with what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LandedExtrinsic {
    /// Its hash.
    pub hash: Hash,
    /// Its place in the block.
    pub index: u32,
    /// The fee paid, where the chain reports it.
    pub fee: Option<u128>,
    /// What its execution cost.
    pub weight: Weight,
    /// What contracts emitted during it.
    pub events: Vec<ContractEvent>,
    /// The contract it instantiated.
    pub instantiated: Option<Address>,
}

impl Landed {
    /// One that the store knows to be finalised.
    pub(super) fn stored(landing: Landing) -> Self {
        Self {
            block: landing.block,
            extrinsic: None,
        }
    }

    pub(super) fn landing(&self) -> Landing {
        Landing {
            block: self.block,
            extrinsic: self
                .extrinsic
                .as_ref()
                .map(|extrinsic| (extrinsic.hash, extrinsic.index)),
        }
    }
}

/// The chain's names of failures that a new dry-run, with new limits, may cure.
const LIMITS_TOO_LOW: [&str; 2] = ["Revive::OutOfGas", "Revive::StorageDepositLimitExhausted"];

/// The chain's name of a contract's own refusal.
const REVERTED: &str = "Revive::ContractReverted";

/// How an extrinsic in a finalised block ended.
pub(super) enum End {
    Landed(Box<Landed>),
    /// Its limits were too low: it has to be tried again with new ones.
    LimitsTooLow,
    Failed(String),
}

/// Reads how the extrinsic with this hash ended, if the block has it.
pub(super) fn end_in(block: &FinalisedBlock, hash: &Hash) -> Option<End> {
    let (index, extrinsic) = block.find(hash)?;
    if let Some(failure) = &extrinsic.failure {
        return Some(match LIMITS_TOO_LOW.contains(&failure.as_str()) {
            true => End::LimitsTooLow,
            false => End::Failed(failure.clone()),
        });
    }
    let events = block
        .events
        .iter()
        .filter(|event| event.extrinsic_index == Some(index));
    // A constructor may instantiate others; its own event comes last.
    let instantiated = block.instantiated.iter().rev().find(|(by, _)| *by == index);
    let extrinsic = LandedExtrinsic {
        hash: *hash,
        index,
        fee: extrinsic.fee,
        weight: extrinsic.weight,
        events: events.cloned().collect(),
        instantiated: instantiated.map(|(_, contract)| *contract),
    };
    Some(End::Landed(Box::new(Landed {
        block: block.block,
        extrinsic: Some(extrinsic),
    })))
}

/// Why an extrinsic failed in a block: the contract's own words, where a dry-run brings them back.
///
/// The chain records no reason for a revert. What a dry-run says at the block before, or after it, is
/// probable, and as good as it gets.
pub(super) async fn explain(
    shared: &Shared,
    ready: &Ready,
    block: &FinalisedBlock,
    failure: String,
) -> SubmitError {
    if failure == REVERTED {
        for at in [block.parent, block.block.hash] {
            let run = dry_run(shared, &ready.wanted, Some(at)).await;
            let verdict = run
                .ok()
                .flatten()
                .map(|run| ready.wanted.answer.judge(&run.execution));
            if let Some(Verdict::Refused(error)) = verdict {
                return error.into();
            }
        }
    }
    SubmitError::Failed {
        operation: ready.wanted.identity.clone(),
        block: block.block.number,
        reason: failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ExtrinsicResult;

    fn block() -> FinalisedBlock {
        let extrinsic = |hash, failure: Option<&str>| ExtrinsicResult {
            hash: [hash; 32],
            failure: failure.map(String::from),
            fee: Some(7),
            weight: Weight::default(),
            calls: Vec::new(),
        };
        let event = |extrinsic_index, contract| ContractEvent {
            index: 0,
            extrinsic_index: Some(extrinsic_index),
            contract: [contract; 20],
            topics: vec![],
            data: vec![],
        };
        FinalisedBlock {
            block: BlockRef {
                number: 9,
                hash: [9; 32],
                time_ms: 1,
            },
            parent: [8; 32],
            extrinsics: vec![
                extrinsic(0, None),
                extrinsic(1, None),
                extrinsic(2, Some("Revive::OutOfGas")),
                extrinsic(3, Some(REVERTED)),
            ],
            events: vec![event(0, 1), event(1, 2), event(1, 3)],
            instantiated: vec![(1, [4; 20]), (1, [5; 20])],
        }
    }

    #[test]
    fn an_extrinsic_is_read_with_its_own_events_only() {
        let Some(End::Landed(landed)) = end_in(&block(), &[1; 32]) else {
            panic!("it landed");
        };
        let extrinsic = landed.extrinsic.expect("submitted");
        assert_eq!((landed.block.number, extrinsic.index), (9, 1));
        assert_eq!(
            extrinsic
                .events
                .iter()
                .map(|event| event.contract[0])
                .collect::<Vec<_>>(),
            [2, 3]
        );
        assert_eq!(extrinsic.instantiated, Some([5; 20]));
    }

    #[test]
    fn failures_are_told_apart() {
        assert!(matches!(end_in(&block(), &[2; 32]), Some(End::LimitsTooLow)));
        assert!(matches!(end_in(&block(), &[3; 32]), Some(End::Failed(name)) if name == REVERTED));
        assert!(end_in(&block(), &[4; 32]).is_none());
    }
}
