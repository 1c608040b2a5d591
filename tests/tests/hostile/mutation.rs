//! Valid call data with some of its bytes changed, judged by the reference ledger: it may have become another valid
//! command, and then exactly that one is carried out.
//!
//! `CORRIDOR_FUZZ_SECONDS=600 CORRIDOR_FUZZ_SEED=7` goes on for ten minutes with other changes.

use crate::cast::{self, EVERYONE};
use corridor_core::{Money, ParticipantId, ReasonCode, Reference, Terms, TransferReturn, Uetr};
use corridor_tests::backend::Command;
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::BlobBackend;
use corridor_tests::ledger::Ledger;
use corridor_tests::random::Random;
use scale_codec::DecodeAll;
use std::time::{Duration, Instant};

/// As many as there are at least.
const ROUNDS: usize = 6_000;

/// A number from the environment.
pub fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The command that call data stands for, read by hand. Those with addresses are not among them: the ledger's
/// addresses are others.
fn read(name: &str, mut arguments: &[u8]) -> Option<Command> {
    let bytes = &mut arguments;
    Some(match name {
        "Transfers::instruct" => {
            let (uetr, terms) = <(Uetr, Terms)>::decode_all(bytes).ok()?;
            Command::Instruct { uetr, terms }
        }
        "Transfers::accept" => Command::Accept {
            uetr: Uetr::decode_all(bytes).ok()?,
        },
        "Transfers::reject" => {
            let (uetr, reason) = <(Uetr, ReasonCode)>::decode_all(bytes).ok()?;
            Command::Reject { uetr, reason }
        }
        "Transfers::cancel" => {
            let (uetr, reason) = <(Uetr, ReasonCode)>::decode_all(bytes).ok()?;
            Command::Cancel { uetr, reason }
        }
        "Transfers::expire" => Command::Expire {
            uetr: Uetr::decode_all(bytes).ok()?,
        },
        "Transfers::return_transfer" => {
            let (reference, command) = <(Reference, TransferReturn)>::decode_all(bytes).ok()?;
            Command::ReturnTransfer { reference, command }
        }
        "Escrow::deposit" => {
            let (reference, amount) = <(Reference, Money)>::decode_all(bytes).ok()?;
            Command::Deposit { reference, amount }
        }
        "Escrow::withdraw" => {
            let (reference, amount) = <(Reference, Money)>::decode_all(bytes).ok()?;
            Command::Withdraw { reference, amount }
        }
        "Governance::set_paused" => Command::SetPaused {
            paused: bool::decode_all(bytes).ok()?,
        },
        "Governance::set_suspended" => {
            let (participant, suspended) = <(ParticipantId, bool)>::decode_all(bytes).ok()?;
            Command::SetSuspended {
                participant,
                suspended,
            }
        }
        _ => return None,
    })
}

/// Changes one to three bytes, or the length.
pub fn mutate(random: &mut Random, data: &mut Vec<u8>) {
    for _ in 0..1 + random.below(3) {
        let arguments = data.len() - 4;
        if arguments == 0 {
            return;
        }
        let at = 4 + random.below(arguments);
        match random.below(8) {
            0 => data[at] = 0,
            1 => data[at] = 0xFF,
            2 => data[at] = data[at].wrapping_add(1),
            3 => data[at] ^= 1 << random.below(8),
            4 => data.truncate(at),
            5 => data.insert(at, random.draw().to_le_bytes()[0]),
            _ => data[at] = random.draw().to_le_bytes()[0],
        }
    }
}

#[test]
fn changed_bytes_are_another_command_or_none() {
    let mut system = cast::open();
    let mut reference = Ledger::new(corridor_tests::blob::START);
    cast::prepare(&mut reference);
    let commands = cast::commands(&system);
    let with_data = |system: &BlobBackend| -> Vec<_> {
        let readable = commands.iter().filter(|(name, _, command)| {
            read(name, &system.call_data(command)[4..]).as_ref() == Some(command)
        });
        readable
            .map(|(name, caller, command)| (*name, *caller, system.call_data(command)))
            .collect()
    };
    let samples = with_data(&system);
    assert_eq!(samples.len(), 10);
    let books = system.books();
    let mut random = Random(setting("CORRIDOR_FUZZ_SEED", 3));
    let end = Instant::now() + Duration::from_secs(setting("CORRIDOR_FUZZ_SECONDS", 0));
    let (mut carried_out, mut refused, mut unreadable) = (0, 0, 0);
    for round in 0.. {
        if round >= ROUNDS && Instant::now() >= end {
            break;
        }
        let (name, right, mut data) = samples[random.below(samples.len())].clone();
        mutate(&mut random, &mut data);
        let caller = if random.percent(85) {
            right
        } else {
            random.pick(&EVERYONE)
        };
        let told = format!("{name} by {}: 0x{}", caller.0, hex::encode(&data));
        let ending = system.try_out(caller, data.clone());
        let Some(command) = read(name, &data[4..]) else {
            let refusal = matches!(
                ending,
                Ending::Undecodable | Ending::Refused(corridor_core::Error::MalformedInput)
            );
            assert!(refusal, "{told}: {ending:?}");
            unreadable += 1;
            continue;
        };
        match reference.clone().execute(caller, &command) {
            Ok(_) => {
                assert!(matches!(ending, Ending::Answered(_)), "{told}: {ending:?}");
                carried_out += 1;
            }
            Err(error) => {
                assert_eq!(ending, Ending::Refused(error), "{told}");
                refused += 1;
            }
        }
    }
    assert!(system.books() == books);
    println!("{carried_out} carried out, {refused} refused, {unreadable} unreadable");
    assert!(carried_out > 100 && refused > 100 && unreadable > 100);
}
