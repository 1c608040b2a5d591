//! Bytes that are no message: cut short, too long, random, enormous, or with coins.

use crate::cast::without_effect;
use crate::play::{plays, Play};
use corridor_core::Error;
use corridor_tests::backend::Account;
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::{BlobBackend, DEPLOYER};
use corridor_tests::random::Random;
use corridor_tests::scenario::stage::{BOC_STAFF, CUP_STAFF, STRANGER};

/// The longest call data the chain accepts.
const LIMIT: usize = 128 * 1024;

/// Who may change nothing in the registry.
const WITHOUT_REGISTRY: [Account; 5] = [
    STRANGER,
    DEPLOYER,
    BOC_STAFF.instructor,
    CUP_STAFF.approver,
    CUP_STAFF.treasurer,
];

fn refused(ending: &Ending) -> bool {
    !matches!(ending, Ending::Answered(_))
}

#[test]
fn a_command_cut_short_is_refused_at_every_length() {
    for Play {
        mut system, commands, ..
    } in plays()
    {
        let books = system.books();
        let mut malformed = 0;
        for call in &commands {
            let data = &call.data;
            for length in 0..data.len() {
                let told = format!("{} cut to {length} bytes", call.told());
                let ending = without_effect(&mut system, &books, call.caller, data[..length].to_vec());
                match &ending {
                    Ending::Refused(error) => {
                        assert_eq!(*error, Error::MalformedInput, "{told}");
                        malformed += 1;
                    }
                    Ending::Undecodable | Ending::Stopped(_) => {}
                    Ending::Answered(_) => panic!("{told} was carried out"),
                }
                if length >= 4 && data[length..].iter().all(|byte| *byte == 0) {
                    // The missing zeros are there in the contract's buffer: only the length tells.
                    assert_eq!(ending, Ending::Refused(Error::MalformedInput), "{told}");
                }
            }
        }
        println!("{malformed} were recognised by their length alone");
        assert!(malformed > 100);
    }
}

#[test]
fn a_command_with_bytes_after_its_end_is_refused() {
    for Play {
        mut system, commands, ..
    } in plays()
    {
        let books = system.books();
        for call in &commands {
            for surplus in [vec![0], vec![1], vec![0xFF; 3], call.data.clone(), vec![0; 1_000]] {
                let longer = [call.data.clone(), surplus].concat();
                let ending = without_effect(&mut system, &books, call.caller, longer);
                assert_eq!(ending, Ending::Refused(Error::MalformedInput), "{}", call.told());
            }
        }
    }
}

#[test]
fn a_query_cut_short_or_too_long_has_no_effect() {
    for Play {
        mut system, queries, ..
    } in plays()
    {
        let books = system.books();
        for call in queries {
            for length in 0..call.data.len() {
                without_effect(&mut system, &books, STRANGER, call.data[..length].to_vec());
            }
            without_effect(&mut system, &books, STRANGER, [call.data, vec![7; 33]].concat());
        }
    }
}

#[test]
fn enormous_call_data_has_no_effect() {
    for mut play in plays() {
        let books = play.system.books();
        let calls = play.calls();
        let system = &mut play.system;
        for length in [16_383, 16_384, 16_385, 65_536, LIMIT - 1, LIMIT] {
            for call in &calls {
                let padded = [&call.data[..], &vec![0; length - call.data.len()]].concat();
                let ending = without_effect(system, &books, call.caller, padded);
                assert!(
                    call.asks || refused(&ending),
                    "{} with {length} bytes: {ending:?}",
                    call.told()
                );
            }
            without_effect(system, &books, STRANGER, vec![0xFF; length]);
        }
        let ending = without_effect(system, &books, STRANGER, vec![0; LIMIT + 1]);
        assert_eq!(ending, Ending::Stopped("CallDataTooLarge".into()));
    }
}

#[test]
fn no_message_takes_coins() {
    for mut play in plays() {
        let calls = play.calls();
        let system = &mut play.system;
        let (books, hub) = (system.books(), system.hub());
        let coins = |system: &mut BlobBackend| {
            let account = corridor_devnet_runtime::testing::Chain::account_of_contract(hub.into());
            system.chain().free_balance(&account)
        };
        let before = coins(system);
        for call in calls {
            for planck in [1, 1_000_000_000_000] {
                let outcome = system.call(call.caller, hub, planck, call.data.clone());
                let ending = Ending::of(&outcome);
                assert!(
                    refused(&ending),
                    "{} took {planck} planck: {ending:?}",
                    call.told()
                );
                assert!(system.books() == books, "{}", call.told());
            }
        }
        assert_eq!(coins(system), before);
    }
}

#[test]
fn random_bytes_have_no_effect() {
    let mut random = Random(1);
    for Play {
        mut system, everyone, ..
    } in plays()
    {
        let books = system.books();
        for _ in 0..2_000 {
            let length = random.below(300);
            let data = (0..length).map(|_| random.draw().to_le_bytes()[0]).collect();
            let ending = without_effect(&mut system, &books, random.pick(everyone), data);
            assert!(refused(&ending), "{ending:?}");
        }
    }
}

#[test]
fn random_arguments_have_no_effect() {
    let mut random = Random(2);
    for Play {
        mut system, commands, ..
    } in plays()
    {
        let books = system.books();
        for _ in 0..4_000 {
            let call = &commands[random.below(commands.len())];
            let random_length = random.below(200);
            let length = if random.percent(80) {
                call.data.len() - 4
            } else {
                random_length
            };
            let fill: fn(&mut Random) -> u8 = match random.below(4) {
                0 => |_| 0,
                1 => |_| 0xFF,
                _ => |random| random.draw().to_le_bytes()[0],
            };
            let arguments: Vec<u8> = (0..length).map(|_| fill(&mut random)).collect();
            // Random bytes can be a governor's or an admin's command: any address may be proposed, for one.
            let caller = match call.sets_something() || random.percent(30) {
                true => random.pick(&WITHOUT_REGISTRY),
                false => call.caller,
            };
            let data = [&call.data[..4], &arguments].concat();
            without_effect(&mut system, &books, caller, data);
        }
    }
}
