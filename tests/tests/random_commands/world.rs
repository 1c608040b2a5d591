//! The cast: five participants with their accounts, three currencies and one that comes later, strangers.

use corridor_core::{AgentId, Currency, ParticipantId, Role};
use corridor_tests::backend::{Account, Backend, Command, Token, GOVERNOR};
use corridor_tests::ledger::Ledger;
use std::sync::OnceLock;

pub const PARTICIPANTS: u16 = 5;
pub const START: u64 = 1_700_000_000;

/// The accounts of a participant: an admin, one account for each role, and one with every role but the
/// treasurer's, so that the sides of a transfer are told apart by participant as well as by role.
pub const POSTS: [&str; 7] = [
    "admin",
    "instructor",
    "approver",
    "treasurer",
    "compliance",
    "auditor",
    "all",
];

/// Who may govern: the governor rotates between these.
pub const GOVERNORS: [Account; 2] = [GOVERNOR, Account("governor-2")];
/// Accounts without a role.
pub const STRANGERS: [Account; 2] = [Account("stranger-1"), Account("stranger-2")];

/// Currencies, their exponents and their tokens. The last is not registered at first.
pub fn currencies() -> [(Currency, u8, Token); 4] {
    let code = |code| Currency::new(code).expect("a code");
    [
        (Currency::CNY, 2, Token("cny")),
        (Currency::HKD, 2, Token("hkd")),
        (code(*b"JPY"), 0, Token("jpy")),
        (code(*b"KWD"), 3, Token("kwd")),
    ]
}

/// The money of a currency.
pub fn token_of(currency: Currency) -> Option<Token> {
    let found = currencies().into_iter().find(|(code, _, _)| *code == currency);
    found.map(|(_, _, token)| token)
}

/// The account at a participant's post.
pub fn account(participant: u16, post: usize) -> Account {
    static LABELS: OnceLock<Vec<Account>> = OnceLock::new();
    let labels = LABELS.get_or_init(|| {
        (0..PARTICIPANTS)
            .flat_map(|id| POSTS.map(|post| format!("{post}-{id}")))
            .map(|label| Account(label.leak()))
            .collect()
    });
    labels[usize::from(participant) * POSTS.len() + post]
}

/// The identifier of the participant with that number.
pub fn agent(participant: u16) -> AgentId {
    format!("CNAPS:{participant}").parse().expect("an agent")
}

fn must(system: &mut dyn Backend, caller: Account, command: Command) {
    assert_eq!(system.submit(caller, &command), Ok(()), "{command:?}");
}

/// A ledger on which business can begin.
pub fn open() -> Ledger {
    let mut ledger = Ledger::new(START);
    prepare(&mut ledger);
    ledger
}

/// Makes business possible: everything registered, every treasurer rich, no escrow yet.
pub fn prepare(system: &mut dyn Backend) {
    for (currency, exponent, token) in currencies() {
        system.deploy_token(token, exponent);
        if token == Token("kwd") {
            continue;
        }
        must(
            system,
            GOVERNOR,
            Command::RegisterCurrency {
                currency,
                exponent,
                token,
            },
        );
    }
    for id in 0..PARTICIPANTS {
        let participant = ParticipantId(id);
        let admin = account(id, 0);
        must(
            system,
            GOVERNOR,
            Command::RegisterParticipant {
                agents: vec![agent(id)],
                admin,
            },
        );
        let one_currency = Role::ALL.into_iter().filter(|role| *role != Role::Quoter);
        let posts = one_currency.enumerate().map(|(post, role)| (post + 1, role));
        let all = [Role::Instructor, Role::Approver, Role::Compliance].map(|role| (6, role));
        for (post, role) in posts.chain(all) {
            let account = account(id, post);
            must(
                system,
                admin,
                Command::GrantRole {
                    participant,
                    account,
                    role,
                },
            );
        }
        for (_, _, token) in currencies() {
            system.fund(account(id, 3), token, 1_000_000_000);
        }
    }
}
