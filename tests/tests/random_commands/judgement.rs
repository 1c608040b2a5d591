//! Whether a command has to be carried out, answered as a repeat, or refused.

use crate::oracle::{Answer, Oracle};
use crate::world;
use corridor_core::terms::MAX_PENDING_SECONDS;
use corridor_core::{Error, Reference, Role, TransferReturn, TransferStatus};
use corridor_tests::backend::{Account, Backend, Command};
use corridor_tests::ledger::{Done, Ledger};

impl Oracle {
    /// Carried out, repeated or refused: what it has to be.
    pub fn expected(&self, before: &Ledger, caller: Account, command: &Command, answer: Answer) {
        let Some(permitted) = self.permitted(caller, command) else {
            return self.governance_expected(before, caller, command, answer);
        };
        if !permitted {
            let authority = answer.expect_err("a command nobody permitted was carried out");
            let unknown = authority == Error::UnknownTransfer;
            assert!(
                authority.number() <= Error::NotCreditorAgent.number() || unknown,
                "{authority:?}"
            );
        } else if self.done.contains(&self.identity(caller, command)) {
            assert_eq!(answer, Ok(Done::Repeated));
        } else if self.in_order(before, caller, command) {
            assert_eq!(answer, Ok(Done::Recorded));
        } else {
            assert!(answer.is_err(), "{answer:?} although it is not in order");
        }
    }

    /// Whether the caller may give the command at all; `None` for the governor's and admins' commands.
    fn permitted(&self, caller: Account, command: &Command) -> Option<bool> {
        let acting = |side: Option<u16>, roles: &[Role]| {
            self.member(caller).is_some_and(|member| {
                let has_role = member.roles.iter().any(|role| roles.contains(role));
                has_role && side == Some(member.participant)
            })
        };
        let debtor = |uetr| self.transfers.get(uetr).map(|known| known.terms.debtor_agent.0);
        let creditor = |uetr| self.transfers.get(uetr).map(|known| known.terms.creditor_agent.0);
        let own = self.member(caller).map(|member| member.participant);
        Some(match command {
            Command::Deposit { .. } | Command::Withdraw { .. } => acting(own, &[Role::Treasurer]),
            Command::Instruct { terms, .. } => acting(Some(terms.debtor_agent.0), &[Role::Instructor]),
            Command::Accept { uetr } => acting(creditor(uetr), &[Role::Approver]),
            Command::Reject { uetr, .. } => acting(creditor(uetr), &[Role::Approver, Role::Compliance]),
            Command::Cancel { uetr, .. } => acting(debtor(uetr), &[Role::Instructor, Role::Compliance]),
            Command::Expire { uetr } => self.transfers.contains_key(uetr),
            Command::ReturnTransfer { command, .. } => acting(creditor(&command.uetr), &[Role::Approver]),
            _ => return None,
        })
    }

    /// Whether a permitted command that was never carried out has to be carried out now.
    fn in_order(&self, before: &Ledger, caller: Account, command: &Command) -> bool {
        let participant = self.member(caller).map_or(0, |member| member.participant);
        let fresh = |reference: &Reference| !self.references.contains(&(participant, *reference));
        let available = |participant, currency| self.position(participant, currency).available;
        let active = |participant: u16| {
            let word = before
                .gate
                .suspended
                .get(usize::from(participant / 64))
                .copied()
                .unwrap_or(0);
            participant < before.gate.participants && word >> (participant % 64) & 1 == 0
        };
        let pending = |uetr| {
            let known = self.transfers.get(uetr)?;
            (known.status == TransferStatus::Pending).then_some(known.terms.expires_at)
        };
        match command {
            Command::Deposit { reference, amount } => {
                let tokens =
                    world::token_of(amount.currency).map_or(0, |token| before.token_balance(caller, token));
                let registered = before.currencies.contains_key(&amount.currency);
                let open = registered && !before.gate.paused && active(participant);
                amount.minor_units > 0 && amount.minor_units <= tokens && open && fresh(reference)
            }
            Command::Withdraw { reference, amount } => {
                let funds = available(participant, amount.currency);
                amount.minor_units > 0 && amount.minor_units <= funds && fresh(reference)
            }
            Command::Instruct { uetr, terms } => {
                let (debtor, creditor) = (terms.debtor_agent.0, terms.creditor_agent.0);
                let agents = debtor != creditor && active(debtor) && active(creditor);
                let wait = terms.expires_at.saturating_sub(before.now);
                let new = !self.transfers.contains_key(uetr) && uetr.0[6] >> 4 == 4 && uetr.0[8] >> 6 == 2;
                let in_time = (1..=MAX_PENDING_SECONDS).contains(&wait);
                let covered = (1..=available(debtor, terms.currency())).contains(&terms.minor_units());
                !before.gate.paused && agents && new && in_time && covered
            }
            Command::Accept { uetr } => pending(uetr).is_some_and(|expires_at| before.now < expires_at),
            Command::Expire { uetr } => pending(uetr).is_some_and(|expires_at| before.now >= expires_at),
            Command::Reject { uetr, .. } | Command::Cancel { uetr, .. } => pending(uetr).is_some(),
            Command::ReturnTransfer { reference, command } => {
                self.returnable(participant, command) && fresh(reference)
            }
            _ => false,
        }
    }

    fn returnable(&self, participant: u16, command: &TransferReturn) -> bool {
        self.transfers.get(&command.uetr).is_some_and(|known| {
            let settled = matches!(
                known.status,
                TransferStatus::Settled | TransferStatus::PartlyReturned
            );
            let left = known.terms.minor_units() - known.returned;
            let funds = self.position(participant, known.terms.currency()).available;
            settled && (1..=left.min(funds)).contains(&command.minor_units)
        })
    }

    /// Registers and keys: nobody but their holder changes them, and an account keeps its side.
    fn governance_expected(&self, before: &Ledger, caller: Account, command: &Command, answer: Answer) {
        let caller = caller.address();
        let record = |id| before.participants.get(id);
        let holds_key = match command {
            Command::AcceptGovernor => before.proposed_governor == Some(caller) || before.governor == caller,
            Command::AcceptAdmin { participant } => record(participant)
                .is_some_and(|record| record.proposed_admin == Some(caller) || record.admin == caller),
            Command::ProposeAdmin { participant, .. }
            | Command::GrantRole { participant, .. }
            | Command::RevokeRole { participant, .. } => {
                record(participant).is_some_and(|record| record.admin == caller)
            }
            _ => before.governor == caller,
        };
        assert!(holds_key || answer.is_err(), "{answer:?} without the key");
        if let Command::GrantRole {
            participant, account, ..
        }
        | Command::RevokeRole {
            participant, account, ..
        } = command
        {
            let side = self.member(*account).map(|member| member.participant);
            let foreign = side.is_some_and(|side| side != participant.0);
            assert!(!foreign || answer.is_err(), "an account changed sides");
        }
    }
}
