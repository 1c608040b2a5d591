//! Bytes that are no message: cut short, too long, random, enormous, or with coins.

use crate::cast::{self, without_effect, EVERYONE};
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

/// Every command's call data with the caller it is for.
fn commands(system: &BlobBackend) -> Vec<(&'static str, Account, Vec<u8>)> {
    let commands = cast::commands(system).into_iter();
    commands
        .map(|(name, caller, command)| (name, caller, system.call_data(&command)))
        .collect()
}

fn refused(ending: &Ending) -> bool {
    !matches!(ending, Ending::Answered(_))
}

#[test]
fn a_command_cut_short_is_refused_at_every_length() {
    let mut system = cast::open();
    let books = system.books();
    let mut malformed = 0;
    for (name, caller, data) in commands(&system) {
        for length in 0..data.len() {
            let ending = without_effect(&mut system, &books, caller, data[..length].to_vec());
            match &ending {
                Ending::Refused(error) => {
                    assert_eq!(*error, Error::MalformedInput, "{name} cut to {length} bytes");
                    malformed += 1;
                }
                Ending::Undecodable | Ending::Stopped(_) => {}
                Ending::Answered(_) => panic!("{name} cut to {length} bytes was carried out"),
            }
            if length >= 4 && data[length..].iter().all(|byte| *byte == 0) {
                // The missing zeros are there in the contract's buffer: only the length tells.
                assert_eq!(
                    ending,
                    Ending::Refused(Error::MalformedInput),
                    "{name} cut to {length} bytes"
                );
            }
        }
    }
    println!("{malformed} were recognised by their length alone");
    assert!(malformed > 100);
}

#[test]
fn a_command_with_bytes_after_its_end_is_refused() {
    let mut system = cast::open();
    let books = system.books();
    for (name, caller, data) in commands(&system) {
        for surplus in [vec![0], vec![1], vec![0xFF; 3], data.clone(), vec![0; 1_000]] {
            let longer = [data.clone(), surplus].concat();
            let ending = without_effect(&mut system, &books, caller, longer);
            assert_eq!(ending, Ending::Refused(Error::MalformedInput), "{name}");
        }
    }
}

#[test]
fn a_query_cut_short_or_too_long_has_no_effect() {
    let mut system = cast::open();
    let books = system.books();
    for (_, data) in cast::queries(&system) {
        for length in 0..data.len() {
            without_effect(&mut system, &books, STRANGER, data[..length].to_vec());
        }
        without_effect(&mut system, &books, STRANGER, [data, vec![7; 33]].concat());
    }
}

#[test]
fn enormous_call_data_has_no_effect() {
    let mut system = cast::open();
    let books = system.books();
    for length in [16_383, 16_384, 16_385, 65_536, LIMIT - 1, LIMIT] {
        for (name, caller, data) in commands(&system) {
            let padded = [data.clone(), vec![0; length - data.len()]].concat();
            let ending = without_effect(&mut system, &books, caller, padded);
            assert!(refused(&ending), "{name} with {length} bytes: {ending:?}");
        }
        for (_, data) in cast::queries(&system) {
            let padded = [data.clone(), vec![0; length - data.len()]].concat();
            without_effect(&mut system, &books, STRANGER, padded);
        }
        without_effect(&mut system, &books, STRANGER, vec![0xFF; length]);
    }
    let ending = without_effect(&mut system, &books, STRANGER, vec![0; LIMIT + 1]);
    assert_eq!(ending, Ending::Stopped("CallDataTooLarge".into()));
}

#[test]
fn no_message_takes_coins() {
    let mut system = cast::open();
    let (books, hub) = (system.books(), system.hub());
    let commands = commands(&system);
    let queries = cast::queries(&system)
        .into_iter()
        .map(|(name, data)| (name, STRANGER, data));
    let coins = |system: &mut BlobBackend| {
        let account = corridor_devnet_runtime::testing::Chain::account_of_contract(hub.into());
        system.chain().free_balance(&account)
    };
    let before = coins(&mut system);
    for (name, caller, data) in commands.into_iter().chain(queries) {
        for planck in [1, 1_000_000_000_000] {
            let outcome = system.call(caller, hub, planck, data.clone());
            let ending = Ending::of(&outcome);
            assert!(refused(&ending), "{name} took {planck} planck: {ending:?}");
            assert!(system.books() == books, "{name}");
        }
    }
    assert_eq!(coins(&mut system), before);
}

#[test]
fn random_bytes_have_no_effect() {
    let mut system = cast::open();
    let books = system.books();
    let mut random = Random(1);
    for _ in 0..2_000 {
        let length = random.below(300);
        let data = (0..length).map(|_| random.draw().to_le_bytes()[0]).collect();
        let ending = without_effect(&mut system, &books, random.pick(&EVERYONE), data);
        assert!(refused(&ending), "{ending:?}");
    }
}

#[test]
fn random_arguments_have_no_effect() {
    let mut system = cast::open();
    let books = system.books();
    let commands = commands(&system);
    let mut random = Random(2);
    for _ in 0..4_000 {
        let (name, right, data) = commands[random.below(commands.len())].clone();
        let random_length = random.below(200);
        let length = if random.percent(80) {
            data.len() - 4
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
        let of_registry = name.starts_with("Governance") || name.starts_with("Administration");
        let caller = match of_registry || random.percent(30) {
            true => random.pick(&WITHOUT_REGISTRY),
            false => right,
        };
        without_effect(
            &mut system,
            &books,
            caller,
            [data[..4].to_vec(), arguments].concat(),
        );
    }
}
