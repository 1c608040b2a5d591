//! The hub's entry points on chain.
#![allow(unsafe_code)] // The exported functions' names.

use crate::route;
use corridor_api::{Codes, CorridorEnvironment, TransferReceipt};
use corridor_core::{Error, Terms, Uetr};
use corridor_shell::{cell, delegate, transfers, Root};
use ink::env::ReturnFlags;
use ink::{selector_bytes, Address, ConstructorResult, LangError, MessageResult};
use pallet_revive_uapi::{HostFn, HostFnImpl};
use scale_codec::{Decode, Encode, MaxEncodedLen};

/// The root cell's key, as ink! has it.
const ROOT: u32 = 0;

const SELECTOR_BYTES: usize = 4;

/// The longest arguments decoded here: those of `instruct`.
const MOST_ARGUMENT_BYTES: usize = 256;

/// The arguments in the call data, if they are exactly a `T`.
fn arguments<T: Decode + MaxEncodedLen>() -> Option<T> {
    let mut bytes = [0; MOST_ARGUMENT_BYTES];
    let bytes = bytes.get_mut(..T::max_encoded_len())?;
    let length = SELECTOR_BYTES.checked_add(bytes.len())?;
    if usize::try_from(HostFnImpl::call_data_size()) != Ok(length) {
        return None;
    }
    HostFnImpl::call_data_copy(bytes, 4);
    T::decode(&mut &*bytes).ok()
}

fn selector() -> [u8; SELECTOR_BYTES] {
    let mut selector = [0; SELECTOR_BYTES];
    HostFnImpl::call_data_copy(&mut selector, 0);
    selector
}

/// No message takes coins: with some the call traps, so that they stay with the caller.
fn deny_payment() {
    if ink::codegen::deny_payment().is_err() {
        panic!();
    }
}

fn answer(result: Result<TransferReceipt, Error>) -> ! {
    let flags = match result {
        Ok(_) => ReturnFlags::empty(),
        Err(_) => ReturnFlags::REVERT,
    };
    let answer: MessageResult<Result<TransferReceipt, Error>> = Ok(result);
    ink::env::return_value(flags, &answer)
}

fn instruct(root: &Root) -> Result<TransferReceipt, Error> {
    let (uetr, terms): (Uetr, Terms) = arguments().ok_or(Error::MalformedInput)?;
    transfers::instruct(root, ink::env::caller(), uetr, &terms, now())
}

fn accept(root: &Root) -> Result<TransferReceipt, Error> {
    let uetr: Uetr = arguments().ok_or(Error::MalformedInput)?;
    transfers::accept(root, ink::env::caller(), uetr, now())
}

fn now() -> u64 {
    ink::env::block_timestamp::<CorridorEnvironment>()
}

/// The root cell. Without one the call traps.
#[inline(never)]
fn root() -> Root {
    let mut bytes = cell::Bytes::new();
    let found = cell::read_at(&ROOT.to_le_bytes(), &mut bytes);
    match Root::decode(&mut bytes.as_bytes()) {
        Ok(root) if found => root,
        _ => panic!(),
    }
}

/// Executes a message.
#[polkavm_derive::polkavm_export]
pub extern "C" fn call() {
    deny_payment();
    let root = root();
    match selector() {
        // Neither changes the root cell, so it is not written back.
        selector if selector == selector_bytes!("Transfers::instruct") => answer(instruct(&root)),
        selector if selector == selector_bytes!("Transfers::accept") => answer(accept(&root)),
        selector => delegate::execute(route::piece_for(selector, &root.codes)),
    }
}

/// Executes the constructor: codes, genesis hash, governor.
#[polkavm_derive::polkavm_export]
pub extern "C" fn deploy() {
    deny_payment();
    let wanted = selector() == selector_bytes!("new");
    match arguments::<Deployment>().filter(|_| wanted) {
        Some(Deployment {
            codes,
            genesis_hash,
            governor,
        }) => {
            let root = Root::new(codes, genesis_hash, governor.0);
            ink::env::set_contract_storage(&ROOT, &root);
            let made: ConstructorResult<()> = Ok(());
            ink::env::return_value(ReturnFlags::empty(), &made)
        }
        None => {
            let error: ConstructorResult<()> = Err(LangError::CouldNotReadInput);
            ink::env::return_value(ReturnFlags::REVERT, &error)
        }
    }
}

/// The constructor's arguments.
#[derive(Decode, Encode)]
struct Deployment {
    codes: Codes,
    genesis_hash: [u8; 32],
    governor: Address,
}

impl MaxEncodedLen for Deployment {
    fn max_encoded_len() -> usize {
        // Five pieces of code, the hash, the governor.
        5 * 20 + 32 + 20
    }
}
