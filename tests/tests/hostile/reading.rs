//! Valid call data of any message with some of its bytes changed, judged by the types of its arguments: what is not
//! exactly their encoding is refused as such, and what still is keeps the books covered whoever it is from.
//!
//! `CORRIDOR_FUZZ_SECONDS=600 CORRIDOR_FUZZ_SEED=7` goes on for ten minutes with other changes.

use crate::engine::covered;
use crate::mutation::{mutate, setting};
use crate::play::{plays, Play};
use corridor_client::{Exceptions, LimitScope, SignedQuote};
use corridor_core::batch::MAX_ITEMS;
use corridor_core::registry::CurrencyEntry;
use corridor_core::{
    Address, AgentId, BatchHeader, Currency, Error, FxTerms, Limits, Money, ParticipantId, Quote,
    QuotedReturn, ReasonCode, Reference, Role, Schedule, Tariff, Terms, TransferReturn, Uetr, WindowId,
};
use corridor_tests::backend::Backend;
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::BlobBackend;
use corridor_tests::random::Random;
use corridor_tests::scenario::batch::{batch, exceptions};
use corridor_tests::scenario::stage::{BOC, CNY, CUP, DAY, STRANGER};
use scale_codec::{Compact, DecodeAll, Encode};
use std::time::{Duration, Instant};

/// On each stage, as many as there are at least.
const ROUNDS: usize = 6_000;

fn is<T: DecodeAll>(bytes: &[u8]) -> bool {
    T::decode_all(&mut &*bytes).is_ok()
}

/// Whether these bytes are exactly a command's arguments.
fn fits(name: &str, bytes: &[u8]) -> bool {
    let of: fn(&[u8]) -> bool = match name {
        "Governance::propose_governor" => is::<Address>,
        "Governance::accept_governor" => is::<()>,
        "Governance::set_paused" => is::<bool>,
        "Governance::register_currency" => is::<CurrencyEntry>,
        "Governance::register_participant" => is::<(Vec<AgentId>, Address)>,
        "Governance::set_suspended" => is::<(ParticipantId, bool)>,
        "Administration::propose_admin" => is::<(ParticipantId, Address)>,
        "Administration::accept_admin" => is::<ParticipantId>,
        "Administration::grant_role" | "Administration::revoke_role" => is::<(ParticipantId, Address, Role)>,
        "Escrow::deposit" | "Escrow::withdraw" => is::<(Reference, Money)>,
        "Transfers::instruct" => is::<(Uetr, Terms)>,
        "Transfers::accept" | "Transfers::expire" => is::<Uetr>,
        "Transfers::reject" | "Transfers::cancel" => is::<(Uetr, ReasonCode)>,
        "Transfers::return_transfer" => is::<(Reference, TransferReturn)>,
        "Netting::set_schedule" => is::<Schedule>,
        "Netting::set_cap" => is::<(ParticipantId, Currency, u64)>,
        "Netting::pledge" | "Netting::release" => is::<(Reference, Money)>,
        "Netting::close_window" | "Netting::abort_window" => is::<(Currency, WindowId)>,
        "Batches::submit_batch" => is::<(BatchHeader, Vec<u8>)>,
        "Batches::accept_batch" => is::<(ParticipantId, u32, Option<Exceptions>)>,
        "Batches::reject_batch" => is::<(ParticipantId, u32, ReasonCode)>,
        "Batches::expire_batch" => is::<(ParticipantId, u32)>,
        "Batches::cancel_batch" => is::<(u32, ReasonCode)>,
        "Exchange::publish_quote" | "Exchange::withdraw_quote" => is::<Quote>,
        "Exchange::instruct_fx" => is::<(Uetr, Terms, FxTerms, Option<SignedQuote>)>,
        "Exchange::return_at_quote" => is::<(Reference, QuotedReturn, Option<SignedQuote>)>,
        "Controls::set_tariff" => is::<(ParticipantId, ParticipantId, Currency, ParticipantId, Tariff)>,
        "Controls::set_limits" => is::<(LimitScope, Option<Limits>)>,
        "Queueing::resolve_queue" => is::<Currency>,
        other => panic!("what are the arguments of {other}?"),
    };
    of(bytes)
}

/// What two participants have in the open window and the one before adds up to zero, as nobody else nets here.
fn zero_together(system: &BlobBackend) {
    let hub = system.contract();
    let [boc, cup] = [BOC, CUP].map(|id| system.query(&hub.net_position(id, CNY)).entry);
    assert_eq!((boc.open + cup.open, boc.closing + cup.closing), (0, 0));
}

#[test]
fn a_list_of_exceptions_that_is_longer_than_a_batch_is_unreadable_whatever_call_data_takes() {
    let mut system = crate::cast::open();
    let hub = system.contract();
    let (header, items) = batch(system.now() + DAY, 1, 20);
    let whole = hub.accept_batch(BOC, 1, Some(exceptions(&header, &items, &[])));
    // Its last byte is the length of the list.
    let (length, before) = whole.data().split_last().expect("not empty");
    assert_eq!(*length, 0);
    for (items, expected) in [
        (u32::from(MAX_ITEMS), Ending::Refused(Error::UnknownAccount)),
        (u32::from(MAX_ITEMS) + 1, Ending::Undecodable),
        (43_000, Ending::Undecodable),
        (u32::MAX, Ending::Undecodable),
    ] {
        // Each with index 0 and without a chunk: three zeros.
        let zeros = usize::try_from(items.min(43_000)).expect("small") * 3;
        let data = [before, &Compact(items).encode(), &vec![0; zeros]].concat();
        let books = system.books();
        assert_eq!(system.send(STRANGER, data), expected, "{items} items");
        assert!(system.books() == books);
    }
}

#[test]
fn changed_bytes_of_any_message_are_its_arguments_or_refused() {
    let mut random = Random(setting("CORRIDOR_FUZZ_SEED", 4));
    let (mut carried_out, mut refused, mut unreadable) = (0, 0, 0);
    for Play {
        mut system,
        commands,
        everyone,
        ..
    } in plays()
    {
        let end = Instant::now() + Duration::from_secs(setting("CORRIDOR_FUZZ_SECONDS", 0) / 2);
        let books = system.books();
        for round in 0.. {
            if round >= ROUNDS && Instant::now() >= end {
                break;
            }
            let call = &commands[random.below(commands.len())];
            let mut data = call.data.clone();
            mutate(&mut random, &mut data);
            let caller = match random.percent(85) {
                true => call.caller,
                false => random.pick(everyone),
            };
            let told = format!("{} by {}: 0x{}", call.told(), caller.0, hex::encode(&data));
            let fits = fits(call.name, &data[4..]);
            system.rehearse(|system| {
                let ending = system.send(caller, data);
                // Only a list of identifiers as long as call data may be is more than there is memory for.
                let trapped = ending == Ending::Refused(Error::NotExecuted);
                assert!(
                    !trapped || call.name == "Governance::register_participant",
                    "{told}: {ending:?}"
                );
                assert_ne!(ending, Ending::Refused(Error::BooksBroken), "{told}");
                let malformed = trapped
                    || matches!(
                        ending,
                        Ending::Undecodable | Ending::Refused(Error::MalformedInput)
                    );
                assert_eq!(malformed, !fits, "{told}: {ending:?}");
                match ending {
                    Ending::Answered(_) => {
                        covered(system);
                        zero_together(system);
                        carried_out += 1;
                        return;
                    }
                    Ending::Stopped(reason) => panic!("{told}: {reason}"),
                    Ending::Refused(_) | Ending::Undecodable => {}
                }
                assert!(system.books() == books, "{told} changed the books");
                match malformed {
                    true => unreadable += 1,
                    false => refused += 1,
                }
            });
        }
    }
    println!("{carried_out} carried out, {refused} refused, {unreadable} unreadable");
    assert!(carried_out > 500 && refused > 500 && unreadable > 500);
}
