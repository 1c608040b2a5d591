//! What a result means for a request: decided here and nowhere else.

use crate::view::request::OutcomeView;
use corridor_client::{ContractError, Error, StoreError, SubmitError};
use std::time::Duration;

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How often something is tried that fails for a reason of its own, not the chain's: then it is given up.
pub(super) const MOST_FAULTS: i64 = 8;

/// What an attempt's result means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A finalised block has it.
    Succeeded,
    /// Refused; final unless something submitted earlier may still land.
    Refused,
    /// It fails for a reason of its own: again, [`MOST_FAULTS`] times at most.
    Fault,
    /// Nothing was submitted: let go, and try again.
    Again,
    /// Something may have been submitted that nobody follows any more: the same, and what may land is remembered.
    Lost,
    /// Something may have been submitted, and is followed: keep, and ask again.
    Unknown,
    /// This process cannot find out any more. Another one can.
    Stopped,
}

/// Judges how an attempt ended.
pub(super) fn judge(result: &Result<OutcomeView, Error>) -> Verdict {
    let error = match result {
        Ok(_) => return Verdict::Succeeded,
        Err(error) => error,
    };
    match error {
        Error::Contract(ContractError::Refused(_) | ContractError::Token(_)) => Verdict::Refused,
        Error::Contract(_) => Verdict::Fault,
        // Executed in a finalised block, and failed there; the next dry-run tells why if it lasts.
        Error::Submit(SubmitError::Failed { .. }) => Verdict::Fault,
        Error::Submit(SubmitError::Stopped(_)) => Verdict::Stopped,
        Error::Submit(_) => Verdict::Unknown,
        Error::Store(StoreError::KeyInUse { .. }) => Verdict::Again,
        // Perhaps what became of the bytes could not be written down.
        Error::Store(_) => Verdict::Lost,
        Error::Chain(_)
        | Error::Key(_)
        | Error::Proof(_)
        | Error::NoKey
        | Error::NoSettlement
        | Error::OtherChain { .. } => Verdict::Again,
    }
}

/// How long to wait after so many attempts.
pub(super) fn wait_after(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1))
        .unwrap_or_default()
        .min(10);
    Duration::from_millis(250)
        .saturating_mul(2u32.saturating_pow(doublings))
        .min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::{core::Error as Refusal, ChainError, KeyError};

    fn verdict(error: impl Into<Error>) -> Verdict {
        judge(&Err(error.into()))
    }

    #[test]
    fn unknown_is_never_final() {
        let unknown = SubmitError::Unknown {
            operation: "accept".into(),
            waited: Duration::from_secs(1),
        };
        assert_eq!(verdict(unknown), Verdict::Unknown);
        let gone = ChainError::Disconnected {
            reason: "gone".into(),
        };
        assert_eq!(verdict(gone), Verdict::Again);
        let locked = KeyError::Signer {
            account: "5".into(),
            reason: "locked".into(),
        };
        assert_eq!(verdict(locked), Verdict::Again);
    }

    #[test]
    fn a_submitter_that_has_stopped_finds_nothing_out_any_more() {
        assert_eq!(verdict(SubmitError::Stopped("closed".into())), Verdict::Stopped);
    }

    #[test]
    fn what_a_failing_store_may_have_sent_is_remembered() {
        let full = StoreError::Database("disk full".into());
        assert_eq!(verdict(full), Verdict::Lost);
        let in_use = StoreError::KeyInUse { account: "5".into() };
        assert_eq!(verdict(in_use), Verdict::Again);
    }

    #[test]
    fn a_refusal_is_the_contracts_and_a_trap_is_a_fault() {
        let refused = ContractError::Refused(Refusal::InsufficientFunds);
        assert_eq!(verdict(refused), Verdict::Refused);
        assert_eq!(
            verdict(ContractError::Failed("ContractTrapped".into())),
            Verdict::Fault
        );
        let failed = SubmitError::Failed {
            operation: "accept".into(),
            block: 7,
            reason: "Revive::OutOfGas".into(),
        };
        assert_eq!(verdict(failed), Verdict::Fault);
    }

    #[test]
    fn waits_grow_and_stay_bounded() {
        assert_eq!(wait_after(1), Duration::from_millis(250));
        assert_eq!(wait_after(3), Duration::from_secs(1));
        assert_eq!(wait_after(1_000), LONGEST_WAIT);
    }
}
