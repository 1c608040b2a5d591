//! The pieces of code called directly, and contracts between a caller and the settlement contract.

use crate::cast;
use crate::play::{plays, Call, Play};
use corridor_client::contract::SettlementContract;
use corridor_core::registry::CurrencyEntry;
use corridor_core::{Error, Money, ParticipantId, Role};
use corridor_tests::backend::Account;
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::hostile::{CallBack, HostileToken};
use corridor_tests::blob::{artefact, storage, GENESIS_HASH};
use corridor_tests::ledger::Done;
use corridor_tests::scenario::stage::{agent_id, reference, CNY, CNY_TOKEN};

/// What a piece of code tells whoever calls it directly: in its own storage nobody is anything. `None` where there is
/// an answer, which is nothing as well.
fn direct_answer(call: &Call) -> Option<Error> {
    let (group, message) = call.name.split_once("::").expect("trait and message");
    match (group, message) {
        // Of no currency there are no books to compare, and without a schedule there are no windows.
        ("Inspection", "conservation") => Some(Error::UnknownCurrency),
        ("Netting", "window") => Some(Error::NoSchedule),
        _ if call.asks => None,
        ("Governance", "accept_governor") => Some(Error::NotProposed),
        ("Governance" | "Controls", _) => Some(Error::NotGovernor),
        ("Administration", _) => Some(Error::UnknownParticipant),
        ("Transfers", "expire") => Some(Error::UnknownTransfer),
        ("Batches", "expire_batch") => Some(Error::UnknownBatch),
        ("Netting", "set_schedule" | "set_cap" | "abort_window") => Some(Error::NotGovernor),
        ("Netting", "close_window") | ("Queueing", "resolve_queue") => Some(Error::UnknownCurrency),
        _ => Some(Error::UnknownAccount),
    }
}

/// Which of the pieces the hub hands a message on to; what it executes itself the back office has, too.
fn home(name: &str) -> usize {
    match name.split_once("::") {
        Some(("Netting" | "Batches", _)) => 1,
        Some(("Exchange", _)) => 2,
        Some(("Controls", _)) => 3,
        Some(("Queueing" | "Escrow", _)) => 4,
        _ => 0,
    }
}

#[test]
fn the_other_code_called_directly_refuses_everything() {
    for mut play in plays() {
        let calls = play.calls();
        let system = &mut play.system;
        let books = system.books();
        let pieces = cast::pieces(system);
        let own = pieces.map(|piece| storage::read(system.chain(), piece));
        for call in calls {
            for (place, (piece, own)) in pieces.iter().zip(&own).enumerate() {
                for caller in play.everyone {
                    let told = format!("{} by {} of piece {place}", call.told(), caller.0);
                    let ending = Ending::of(&system.call(*caller, *piece, 0, call.data.clone()));
                    match direct_answer(&call) {
                        // A piece without the message cannot decode it; some have it that others are asked for.
                        _ if ending == Ending::Undecodable => assert_ne!(place, home(call.name), "{told}"),
                        Some(error) => assert_eq!(ending, Ending::Refused(error), "{told}"),
                        None => assert!(matches!(ending, Ending::Answered(_)), "{told}: {ending:?}"),
                    }
                    assert!(system.books() == books, "{told} changed the hub's books");
                    assert!(storage::read(system.chain(), *piece) == *own, "{told}");
                }
            }
        }
    }
}

#[test]
fn a_contract_in_between_has_no_rights_of_its_caller() {
    for Play {
        mut system, commands, ..
    } in plays()
    {
        let (books, hub) = (system.books(), system.hub());
        let relay = HostileToken::deploy(&mut system, 2);
        for call in commands {
            system.rehearse(|system| {
                let ending = relay.relay(system, call.caller, hub, call.data.clone(), false);
                // What is everybody's is a contract's, too.
                let expected = match call.is_everybodys() {
                    true => CallBack::Succeeded,
                    false => CallBack::Reverted,
                };
                assert_eq!(ending, expected, "{}", call.told());
                let changed = system.books() != books;
                assert_eq!(
                    changed,
                    call.is_everybodys(),
                    "{} through a contract",
                    call.told()
                );
            });
        }
    }
}

#[test]
fn the_contracts_code_on_a_foreign_storage_leaves_the_books_alone() {
    for Play {
        mut system, commands, ..
    } in plays()
    {
        let (books, hub, pieces) = (system.books(), system.hub(), cast::pieces(&system));
        let own = pieces.map(|piece| storage::read(system.chain(), piece));
        let relay = HostileToken::deploy(&mut system, 2);
        for call in commands {
            for code in pieces.into_iter().chain([hub]) {
                // Executed on the relay's storage, whose root cell is no settlement contract's.
                system.rehearse(|system| {
                    relay.relay(system, call.caller, code, call.data.clone(), true);
                    assert!(system.books() == books, "{}", call.told());
                    let after = pieces.map(|piece| storage::read(system.chain(), piece));
                    assert!(after == own, "{}", call.told());
                });
            }
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
