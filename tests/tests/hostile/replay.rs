//! Every command again.

use crate::cast::{self, without_effect, EVERYONE};
use corridor_tests::backend::{Backend, Command};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::storage;
use corridor_tests::ledger::Done;
use corridor_tests::scenario::stage::{CNY_TOKEN, CUP_STAFF, DAY};

#[test]
fn a_command_has_one_effect_however_often_and_by_whomever_it_is_sent() {
    let mut system = cast::open();
    let token = system.token_address(CNY_TOKEN);
    for (name, caller, command) in cast::commands(&system) {
        system.rehearse(|system| {
            assert_eq!(system.execute(caller, &command), Ok(Done::Recorded), "{name}");
            let books = system.books();
            let money = storage::read(system.chain(), token);
            let data = system.call_data(&command);
            for _ in 0..3 {
                let ending = without_effect(system, &books, caller, data.clone());
                assert!(matches!(ending, Ending::Answered(_)), "{name}: {ending:?}");
            }
            for other in EVERYONE {
                // The other treasurer's reference is its own: that is no replay.
                let movement = matches!(command, Command::Deposit { .. } | Command::Withdraw { .. });
                if !movement || other != CUP_STAFF.treasurer {
                    without_effect(system, &books, other, data.clone());
                }
            }
            // For ever.
            system.advance_time(1_000 * 365 * DAY);
            let ending = without_effect(system, &books, caller, data);
            assert!(matches!(ending, Ending::Answered(_)), "{name}: {ending:?}");
            assert!(
                storage::read(system.chain(), token) == money,
                "{name} moved tokens"
            );
        });
    }
}
