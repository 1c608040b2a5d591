//! The back office called directly, and contracts between a caller and the settlement contract.

use crate::cast::{self, EVERYONE};
use corridor_client::contract::SettlementContract;
use corridor_core::registry::CurrencyEntry;
use corridor_core::{Error, Money, ParticipantId, Role};
use corridor_tests::backend::Account;
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::hostile::{CallBack, HostileToken};
use corridor_tests::blob::{artefact, storage, GENESIS_HASH};
use corridor_tests::ledger::Done;
use corridor_tests::scenario::stage::{agent_id, reference, CNY, CNY_TOKEN};

/// What the back office tells whoever calls it directly: in its own storage nobody is anything.
fn direct_answer(name: &str) -> Option<Error> {
    let (group, message) = name.split_once("::").expect("trait and message");
    match (group, message) {
        ("Governance", "governance") | ("Inspection", _) => None,
        ("Governance", "accept_governor") => Some(Error::NotProposed),
        ("Governance", _) => Some(Error::NotGovernor),
        ("Administration", _) => Some(Error::UnknownParticipant),
        ("Transfers", "expire") => Some(Error::UnknownTransfer),
        ("Netting", "set_schedule" | "set_cap" | "abort_window") => Some(Error::NotGovernor),
        ("Netting", "close_window") => Some(Error::UnknownCurrency),
        _ => Some(Error::UnknownAccount),
    }
}

#[test]
fn the_other_code_called_directly_refuses_everything() {
    let mut system = cast::open();
    let books = system.books();
    let pieces = cast::pieces(&system);
    let own = pieces.map(|piece| storage::read(system.chain(), piece));
    let commands = cast::commands(&system);
    let commands = commands
        .iter()
        .map(|(name, _, command)| (*name, system.call_data(command)));
    let calls: Vec<_> = commands.chain(cast::queries(&system)).collect();
    for (name, data) in calls {
        let at = match name.split_once("::") {
            Some(("Netting" | "Batches", _)) => 1,
            Some(("Exchange", _)) => 2,
            Some(("Controls", _)) => 3,
            Some(("Queueing" | "Escrow", _)) => 4,
            _ => 0,
        };
        let (office, own) = (pieces[at], &own[at]);
        for caller in EVERYONE {
            let ending = Ending::of(&system.call(caller, office, 0, data.clone()));
            match direct_answer(name) {
                Some(error) => assert_eq!(ending, Ending::Refused(error), "{name} by {}", caller.0),
                // Of no currency there are no books to compare; the answer is an error, and nothing is written.
                None if name == "Inspection::conservation" => {
                    assert_eq!(ending, Ending::Refused(Error::UnknownCurrency));
                }
                None => assert!(matches!(ending, Ending::Answered(_)), "{name}: {ending:?}"),
            }
            assert!(
                system.books() == books,
                "{name} by {} changed the hub's books",
                caller.0
            );
            assert!(
                storage::read(system.chain(), office) == *own,
                "{name} by {}",
                caller.0
            );
        }
    }
}

#[test]
fn a_contract_in_between_has_no_rights_of_its_caller() {
    let mut system = cast::open();
    let (books, hub) = (system.books(), system.hub());
    let relay = HostileToken::deploy(&mut system, 2);
    for (name, caller, command) in cast::commands(&system) {
        let data = system.call_data(&command);
        system.rehearse(|system| {
            let ending = relay.relay(system, caller, hub, data, false);
            // Expiry is everybody's, a contract's too.
            let allowed = name == "Transfers::expire";
            let expected = if allowed {
                CallBack::Succeeded
            } else {
                CallBack::Reverted
            };
            assert_eq!(ending, expected, "{name}");
            assert_eq!(system.books() != books, allowed, "{name} through a contract");
        });
    }
}

#[test]
fn the_contracts_code_on_a_foreign_storage_leaves_the_books_alone() {
    let mut system = cast::open();
    let (books, hub, backoffice) = (system.books(), system.hub(), system.codes().backoffice.0);
    let office = storage::read(system.chain(), backoffice);
    let relay = HostileToken::deploy(&mut system, 2);
    for (name, caller, command) in cast::commands(&system) {
        let data = system.call_data(&command);
        for code in cast::pieces(&system).into_iter().chain([hub]) {
            // Executed on the relay's storage, whose root cell is no settlement contract's.
            system.rehearse(|system| {
                relay.relay(system, caller, code, data.clone(), true);
                assert!(system.books() == books, "{name}");
                assert!(storage::read(system.chain(), backoffice) == office, "{name}");
            });
        }
    }
}

#[test]
fn a_hub_of_ones_own_has_books_of_its_own() {
    let thief = Account("thief");
    let mut system = cast::open();
    let books = system.books();
    // The same back office, a governor of one's own, and the real token registered there.
    let own_address = system.address_of(thief);
    let constructor = SettlementContract::constructor(system.codes(), GENESIS_HASH, own_address);
    let own = system.instantiate(thief, artefact::code("settlement"), constructor);
    let contract = SettlementContract::at(own);
    let token = system.token_address(CNY_TOKEN);
    let entry = CurrencyEntry {
        currency: CNY,
        exponent: 2,
        token,
    };
    let agents = vec![agent_id("BKCHCNBJ")];
    let id = ParticipantId(0);
    let role = Role::Treasurer;
    let amount = Money::new(CNY, 1);
    let reference = reference(1);
    for message in [
        contract.register_currency(entry).data().to_vec(),
        contract.register_participant(agents, own_address).data().to_vec(),
        contract.grant_role(id, own_address, role).data().to_vec(),
    ] {
        system.must(thief, own, message);
    }
    let withdrawal = contract.withdraw(reference, amount).data().to_vec();
    let ending = Ending::of(&system.call(thief, own, 0, withdrawal));
    assert_eq!(ending, Ending::Refused(Error::InsufficientFunds));
    let deposit = contract.deposit(reference, amount).data().to_vec();
    let ending = Ending::of(&system.call(thief, own, 0, deposit));
    assert_eq!(ending, Ending::Refused(Error::TokenRefused));
    assert!(system.books() == books);
    // Ours still works.
    let (_, caller, command) = cast::commands(&system).swap_remove(10);
    assert_eq!(system.execute(caller, &command), Ok(Done::Recorded));
}
