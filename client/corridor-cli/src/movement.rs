//! From a pacs.009 or a camt.050 to movements of one's own money: every one is checked before any is submitted.

use crate::{directory::Directory, instruction, Failure};
use corridor_client::core::{Money, ParticipantId, Reference};
pub use corridor_iso20022::pacs009::Direction;
use corridor_iso20022::{
    camt050::{CollateralMovement, LiquidityTransfer},
    pacs009::{InstitutionCreditTransfer, InstitutionTransaction},
};

/// One movement a message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What the contract records it under.
    pub reference: Reference,
    /// How much.
    pub amount: Money,
}

/// The deposits or withdrawals of `participant` that a pacs.009 asks for.
///
/// # Errors
/// [`Exit::Message`](crate::Exit::Message) naming every transaction that does not fit; then none may be done.
pub fn funding(
    message: &InstitutionCreditTransfer,
    direction: Direction,
    participant: ParticipantId,
    directory: &Directory,
) -> Result<Vec<Planned>, Failure> {
    let (mut planned, mut faults) = (Vec::new(), Vec::new());
    for transaction in &message.transactions {
        match fits(transaction, direction, participant, directory) {
            Ok(()) => planned.push(Planned {
                reference: transaction.reference(),
                amount: transaction.interbank_settlement_amount,
            }),
            Err(fault) => {
                let (index, id) = (transaction.index, &transaction.end_to_end_id);
                faults.push(format!("transaction {index}, EndToEndId {id}: {fault}"));
            }
        }
    }
    let verb = match direction {
        Direction::Deposit => "deposited",
        Direction::Withdraw => "withdrawn",
    };
    instruction::refuse(&faults, message.transactions.len(), verb)?;
    Ok(planned)
}

/// The money is the participant's own, and the account on Corridor's side its escrow.
fn fits(
    transaction: &InstitutionTransaction,
    direction: Direction,
    participant: ParticipantId,
    directory: &Directory,
) -> Result<(), String> {
    let (whose, institution) = transaction.own_side(direction);
    let named = directory
        .resolve(institution)
        .map_err(|fault| format!("{whose}: {fault}"))?;
    if named != participant {
        let (named, ours) = (directory.name(named), directory.name(participant));
        return Err(format!("the {whose} is {named}, and you act for {ours}"));
    }
    let checked = transaction.check_account(direction, participant);
    checked.map_err(|fault| fault.to_string())
}

/// The pledge, or the release, of `participant` that a camt.050 asks for.
///
/// # Errors
/// [`Exit::Message`](crate::Exit::Message) when it asks for something else.
pub fn collateral(
    message: &LiquidityTransfer,
    pledge: bool,
    participant: ParticipantId,
) -> Result<Planned, Failure> {
    let expected = match pledge {
        true => CollateralMovement::Pledge(participant),
        false => CollateralMovement::Release(participant),
    };
    message.check(expected).map_err(|fault| {
        let advice = "Nothing was submitted. Correct the accounts, or give the other command.";
        Failure::message("cli.collateral", fault, advice)
    })?;
    Ok(Planned {
        reference: message.reference(),
        amount: message.amount,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_iso20022::{camt050, pacs009, Limits};

    const BOC: ParticipantId = ParticipantId(1);

    fn golden(name: &str) -> String {
        let path = format!(
            "{}/../corridor-iso20022/tests/golden/{name}",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::read_to_string(path).expect("a sample")
    }

    fn directory() -> Directory {
        Directory::for_tests(&[(1, "BKCHCNBJ"), (2, "CHUPCNSH")])
    }

    fn plan(text: &str, direction: Direction, participant: ParticipantId) -> Result<Vec<Planned>, Failure> {
        let message = pacs009::read(text.as_bytes(), &Limits::default()).expect("valid");
        funding(&message, direction, participant, &directory())
    }

    #[test]
    fn a_pacs009_to_ones_own_escrow_is_a_deposit() {
        let text = golden("funding.pacs009.xml");
        let planned = plan(&text, Direction::Deposit, BOC).expect("fits");
        let [one] = planned[..] else {
            panic!("one deposit");
        };
        assert_eq!(one.amount.to_string(), "CNY 500000.00");
        assert_eq!(one.reference.0[..2], [9, 9], "its UETR");
    }

    #[test]
    fn a_pacs009_of_any_other_kind_is_refused_with_what_it_says() {
        let text = golden("funding.pacs009.xml");
        let refused = |text: &str, direction, participant| {
            let failure = plan(text, direction, participant).expect_err("does not fit");
            assert_eq!(failure.exit, crate::Exit::Message);
            failure.message
        };
        let message = refused(&text, Direction::Withdraw, BOC);
        assert!(
            message.contains("DbtrAcct is absent, and should be ESCROW-1-CNY"),
            "{message}"
        );
        let message = refused(&text, Direction::Deposit, ParticipantId(2));
        assert!(
            message.contains("the debtor is BKCHCNBJXXX, and you act for CHUPCNSHXXX"),
            "{message}"
        );
        for account in ["ESCROW-2-CNY", "ESCROW-1-HKD", "COLLATERAL-1-CNY", "347500020001"] {
            let other = text.replace("ESCROW-1-CNY", account);
            let message = refused(&other, Direction::Deposit, BOC);
            assert!(message.contains(&format!("CdtrAcct is {account}")), "{message}");
        }
        let stranger = text.replace("BKCHCNBJXXX", "ICBKCNBJXXX");
        let message = refused(&stranger, Direction::Deposit, BOC);
        assert!(
            message.contains("no participant goes by ICBKCNBJXXX"),
            "{message}"
        );
    }

    #[test]
    fn a_camt050_pledges_or_releases_as_its_accounts_say() {
        let text = golden("pledge.camt050.xml");
        let read = |text: &str| camt050::read(text.as_bytes(), &Limits::default()).expect("valid");
        let pledge = read(&text);
        let planned = collateral(&pledge, true, BOC).expect("a pledge");
        assert_eq!(planned.amount.to_string(), "CNY 200000.00");
        let failure = collateral(&pledge, false, BOC).expect_err("no release");
        assert!(
            failure
                .message
                .contains("they should be COLLATERAL-1-CNY and ESCROW-1-CNY"),
            "{failure:?}"
        );
        assert!(collateral(&pledge, true, ParticipantId(2)).is_err(), "another's");
        let release = text
            .replace("ESCROW-1-CNY", "other")
            .replace("COLLATERAL-1-CNY", "ESCROW-1-CNY")
            .replace("other", "COLLATERAL-1-CNY");
        assert!(collateral(&read(&release), false, BOC).is_ok());
    }
}
