//! Every command again.

use crate::cast::without_effect;
use crate::engine::covered;
use crate::play::{plays, Play};
use corridor_tests::backend::Backend;
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::storage;
use corridor_tests::scenario::stage::{CNY_TOKEN, DAY, HKD_TOKEN};

#[test]
fn a_command_has_one_effect_however_often_and_by_whomever_it_is_sent() {
    for Play {
        mut system,
        commands,
        everyone,
        ..
    } in plays()
    {
        let tokens = [CNY_TOKEN, HKD_TOKEN].map(|token| system.token_address(token));
        for call in commands {
            system.rehearse(|system| {
                let (told, caller) = (call.told(), call.caller);
                let before = system.books();
                let ending = system.send(caller, call.data.clone());
                assert!(matches!(ending, Ending::Answered(_)), "{told}: {ending:?}");
                covered(system);
                let books = system.books();
                assert!(books != before, "{told}");
                let money = tokens.map(|token| storage::read(system.chain(), token));
                for _ in 0..3 {
                    let ending = without_effect(system, &books, caller, call.data.clone());
                    assert!(matches!(ending, Ending::Answered(_)), "{told}: {ending:?}");
                }
                for other in everyone {
                    // Another treasurer's reference is its own: that is no replay.
                    if !call.is_by_reference() || !other.0.ends_with("treasurer") {
                        without_effect(system, &books, *other, call.data.clone());
                    }
                }
                // For ever.
                system.advance_time(1_000 * 365 * DAY);
                let ending = without_effect(system, &books, caller, call.data.clone());
                assert!(matches!(ending, Ending::Answered(_)), "{told}: {ending:?}");
                let after = tokens.map(|token| storage::read(system.chain(), token));
                assert!(after == money, "{told} moved tokens");
            });
        }
    }
}
