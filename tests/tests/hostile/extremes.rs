//! Extreme amounts, times, numbers and lists; currencies nobody registered.

use crate::cast::{self, usual_terms, PENDING, SETTLED};
use corridor_core::participant::MAX_PARTICIPANTS;
use corridor_core::registry::MAX_CURRENCIES;
use corridor_core::{AgentId, Currency, Error, Money, ParticipantId, Position, Terms, Uetr};
use corridor_tests::backend::{Account, Backend, Command, Token, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::ledger::Done;
use corridor_tests::scenario::stage::{
    agent_id, reference, return_of, uetr, BOC, BOC_STAFF, CNY, CNY_TOKEN, CUP, CUP_STAFF, HKD, STRANGER,
};

/// Refused with this error, and the books are the same.
#[track_caller]
fn refused(system: &mut BlobBackend, caller: Account, command: Command, error: Error) {
    let books = system.books();
    assert_eq!(system.execute(caller, &command), Err(error), "{command:?}");
    assert!(system.books() == books, "{command:?}");
}

#[track_caller]
fn recorded(system: &mut BlobBackend, caller: Account, command: Command) {
    assert_eq!(
        system.execute(caller, &command),
        Ok(Done::Recorded),
        "{command:?}"
    );
}

fn deposit(number: u8, amount: Money) -> Command {
    Command::Deposit {
        reference: reference(number),
        amount,
    }
}

fn withdraw(number: u8, amount: Money) -> Command {
    Command::Withdraw {
        reference: reference(number),
        amount,
    }
}

#[test]
fn amounts_beyond_all_money_are_refused() {
    let mut system = cast::open();
    for minor_units in [u128::MAX, u128::MAX - 1, 1 << 127, 1_000_000] {
        let all = Money::new(CNY, minor_units);
        let terms = usual_terms(&system, minor_units);
        let instruct = Command::Instruct { uetr: uetr(9), terms };
        refused(
            &mut system,
            BOC_STAFF.instructor,
            instruct,
            Error::InsufficientFunds,
        );
        refused(
            &mut system,
            BOC_STAFF.treasurer,
            withdraw(1, all),
            Error::InsufficientFunds,
        );
        refused(
            &mut system,
            CUP_STAFF.approver,
            return_of(1, uetr(SETTLED), minor_units),
            Error::ReturnExceedsOriginal,
        );
    }
    let deposits = [
        (u128::MAX, Error::AmountOverflow),
        (u128::MAX - 900_000, Error::AmountOverflow),
        (1 << 127, Error::TokenRefused),
        (0, Error::ZeroAmount),
    ];
    for (minor_units, error) in deposits {
        refused(
            &mut system,
            BOC_STAFF.treasurer,
            deposit(1, Money::new(CNY, minor_units)),
            error,
        );
    }
}

#[test]
fn a_currency_never_holds_more_than_128_bits() {
    let mut system = cast::open();
    let held = system.conservation(CNY).expect("a currency").held;
    // CUP fills up what 128 bits can count of the whole currency, to the last unit.
    system.fund(CUP_STAFF.treasurer, CNY_TOKEN, u128::MAX - 5_000);
    let all = u128::MAX - held;
    recorded(&mut system, CUP_STAFF.treasurer, deposit(1, Money::new(CNY, all)));
    let found = system.conservation(CNY).expect("a currency");
    assert_eq!(
        (found.held, found.booked, found.holds),
        (u128::MAX, u128::MAX, true)
    );
    // Not one more, from whomever.
    let one = deposit(2, Money::new(CNY, 1));
    refused(&mut system, BOC_STAFF.treasurer, one, Error::NotAToken);
    // What is pending settles, comes back, and leaves.
    recorded(
        &mut system,
        CUP_STAFF.approver,
        Command::Accept { uetr: uetr(PENDING) },
    );
    recorded(
        &mut system,
        CUP_STAFF.approver,
        return_of(3, uetr(PENDING), 1_000),
    );
    recorded(
        &mut system,
        CUP_STAFF.treasurer,
        withdraw(4, Money::new(CNY, all)),
    );
    assert!(system.conservation(CNY).expect("a currency").holds);
    // A stray token on top cannot be counted any more, and is the only thing that stops.
    system.fund(CUP_STAFF.treasurer, CNY_TOKEN, all);
    recorded(&mut system, CUP_STAFF.treasurer, deposit(5, Money::new(CNY, all)));
    system.send_stray(CNY_TOKEN, 1);
    assert_eq!(system.conservation(CNY), Err(Error::NotAToken));
    refused(
        &mut system,
        CUP_STAFF.treasurer,
        withdraw(6, Money::new(CNY, 1)),
        Error::NotAToken,
    );
    let terms = usual_terms(&system, 100);
    recorded(
        &mut system,
        BOC_STAFF.instructor,
        Command::Instruct { uetr: uetr(9), terms },
    );
}

#[test]
fn currencies_are_kept_apart() {
    let mut system = cast::open();
    let unknown: Currency = "XAU".parse().expect("a code");
    for (caller, command, error) in [
        (
            BOC_STAFF.treasurer,
            deposit(1, Money::new(unknown, 1)),
            Error::UnknownCurrency,
        ),
        // Nobody can have funds in it, which is found out first.
        (
            BOC_STAFF.treasurer,
            withdraw(1, Money::new(unknown, 1)),
            Error::InsufficientFunds,
        ),
        (
            CUP_STAFF.treasurer,
            withdraw(1, Money::new(HKD, 1)),
            Error::InsufficientFunds,
        ),
        (
            CUP_STAFF.treasurer,
            deposit(1, Money::new(HKD, 1)),
            Error::TokenRefused,
        ),
    ] {
        refused(&mut system, caller, command, error);
    }
    for (currency, error) in [(unknown, Error::InsufficientFunds), (HKD, Error::TermsConflict)] {
        let usual = usual_terms(&system, 1_000);
        let terms = Terms {
            interbank_settlement_amount: Money::new(currency, 1_000),
            ..usual
        };
        let uetr = if error == Error::TermsConflict {
            uetr(PENDING)
        } else {
            uetr(9)
        };
        refused(
            &mut system,
            BOC_STAFF.instructor,
            Command::Instruct { uetr, terms },
            error,
        );
    }
    // One token is one currency's money, under one exponent.
    for (currency, exponent) in [(unknown, 2), (CNY, 3), (CNY, 0)] {
        let token = CNY_TOKEN;
        let register = Command::RegisterCurrency {
            currency,
            exponent,
            token,
        };
        refused(&mut system, GOVERNOR, register, Error::CurrencyConflict);
    }
    let found = system.query(&system.contract().position(ParticipantId(u16::MAX), unknown));
    assert_eq!(found, Position::default());
    assert_eq!(system.conservation(unknown), Err(Error::UnknownCurrency));
}

#[test]
fn malformed_terms_are_refused() {
    let mut system = cast::open();
    let usual = usual_terms(&system, 100);
    let cases: [(Terms, Error); 6] = [
        (
            Terms {
                creditor_agent: BOC,
                ..usual
            },
            Error::SameAgent,
        ),
        (
            Terms {
                creditor_agent: ParticipantId(2),
                ..usual
            },
            Error::UnknownParticipant,
        ),
        (
            Terms {
                creditor_agent: ParticipantId(u16::MAX),
                ..usual
            },
            Error::UnknownParticipant,
        ),
        (
            Terms {
                expires_at: 0,
                ..usual
            },
            Error::ExpiryPassed,
        ),
        (
            Terms {
                expires_at: u64::MAX,
                ..usual
            },
            Error::ExpiryTooFar,
        ),
        (
            Terms {
                debtor_agent: CUP,
                ..usual
            },
            Error::NotDebtorAgent,
        ),
    ];
    for (terms, error) in cases {
        let command = Command::Instruct { uetr: uetr(9), terms };
        refused(&mut system, BOC_STAFF.instructor, command, error);
    }
    for bytes in [[0; 16], [0xFF; 16]] {
        let command = Command::Instruct {
            uetr: Uetr(bytes),
            terms: usual,
        };
        refused(&mut system, BOC_STAFF.instructor, command, Error::InvalidUetr);
    }
}

#[test]
fn listings_are_bounded_wherever_they_start() {
    let system = cast::open();
    let hub = system.contract();
    assert_eq!(system.query(&hub.participants(0, u16::MAX)).len(), 2);
    assert_eq!(system.query(&hub.participants(u16::MAX, u16::MAX)), []);
    assert_eq!(system.query(&hub.accounts(BOC, 0, u16::MAX)).len(), 5);
    assert_eq!(system.query(&hub.accounts(BOC, u32::MAX, u16::MAX)), []);
    assert_eq!(system.query(&hub.accounts(ParticipantId(u16::MAX), 0, 1)), []);
    assert_eq!(system.query(&hub.currencies(0, u16::MAX)).len(), 2);
    assert_eq!(system.query(&hub.currencies(u16::MAX, u16::MAX)), []);
}

#[test]
fn lists_of_identifiers_are_bounded() {
    let mut system = cast::open();
    let agent = |number: usize| -> AgentId { agent_id(&format!("CNAPS:{number}")) };
    let twice = vec![agent(1), agent(2), agent(1)];
    let lists = [
        Vec::new(),
        twice,
        (0..5).map(agent).collect(),
        (0..600).map(agent).collect(),
    ];
    for agents in lists {
        let command = Command::RegisterParticipant {
            agents,
            admin: STRANGER,
        };
        refused(&mut system, GOVERNOR, command, Error::InvalidAgents);
    }
    let taken = vec![agent(7), agent_id("BKCHCNBJ")];
    let command = Command::RegisterParticipant {
        agents: taken,
        admin: STRANGER,
    };
    refused(&mut system, GOVERNOR, command, Error::AgentConflict);
}

#[test]
fn the_registry_ends_at_its_documented_size() {
    let mut system = cast::open();
    let admission = |number: u16| Command::RegisterParticipant {
        agents: vec![agent_id(&format!("CNAPS:9{number}"))],
        admin: STRANGER,
    };
    for number in 2..MAX_PARTICIPANTS {
        recorded(&mut system, GOVERNOR, admission(number));
    }
    refused(&mut system, GOVERNOR, admission(MAX_PARTICIPANTS), Error::TooMany);
    let last = ParticipantId(MAX_PARTICIPANTS - 1);
    let suspend = |participant| Command::SetSuspended {
        participant,
        suspended: true,
    };
    recorded(&mut system, GOVERNOR, suspend(last));
    refused(
        &mut system,
        GOVERNOR,
        suspend(ParticipantId(MAX_PARTICIPANTS)),
        Error::UnknownParticipant,
    );
    assert_eq!(system.query(&system.contract().participants(240, 32)).len(), 16);
    assert!(system.conservation(CNY).expect("22 pages of positions").holds);
    for number in 2..=MAX_CURRENCIES {
        let (high, low) = (number / 26, number % 26);
        let letter = |number: u16| b'A' + u8::try_from(number).expect("a letter");
        let currency = Currency::new([b'Z', letter(high), letter(low)]).expect("a code");
        let token = Token(format!("token {number}").leak());
        system.deploy_token(token, 0);
        let exponent = 0;
        let register = Command::RegisterCurrency {
            currency,
            exponent,
            token,
        };
        if number < MAX_CURRENCIES {
            recorded(&mut system, GOVERNOR, register);
        } else {
            refused(&mut system, GOVERNOR, register, Error::TooMany);
        }
    }
}
