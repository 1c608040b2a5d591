//! Calls to the ERC-20 contracts, which are not trusted.
//!
//! A token may refuse, lie about what it moved or try to call back. Refusals become errors, what moved is
//! measured by our own balance before and after, and calling back is refused by the chain (re-entrancy is
//! off unless a call allows it). Every error reverts the whole message.
//!
//! The calls are made of 32-byte words by hand: EIP-20 has four messages of interest, whose arguments and answers are
//! single words, and ink!'s builders take a kilobyte of code for each and work out the selectors at every call.

use corridor_core::{Address, Error};
#[cfg(not(feature = "std"))]
use pallet_revive_uapi::{CallFlags, HostFn, HostFnImpl};

/// What the Solidity ABI is made of.
type Word = [u8; 32];

/// A selector and the most arguments any of the messages takes.
const MOST_CALL_BYTES: usize = 4 + 3 * 32;

/// EIP-20 `decimals()`.
const DECIMALS: [u8; 4] = [0x31, 0x3c, 0xe5, 0x67];
/// EIP-20 `balanceOf(address)`.
const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];
/// EIP-20 `transfer(address,uint256)`.
const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
/// EIP-20 `transferFrom(address,address,uint256)`.
const TRANSFER_FROM: [u8; 4] = [0x23, 0xb8, 0x72, 0xdd];

fn address_word(address: ink::Address) -> Word {
    let mut word = [0; 32];
    word[12..].copy_from_slice(&address.0);
    word
}

fn amount_word(minor_units: u128) -> Word {
    let mut word = [0; 32];
    word[16..].copy_from_slice(&minor_units.to_be_bytes());
    word
}

/// The number in a word; `None` above 128 bits.
fn number(word: Word) -> Option<u128> {
    let (high, low) = word.split_at(16);
    let low = <[u8; 16]>::try_from(low).ok()?;
    high.iter()
        .all(|byte| *byte == 0)
        .then_some(u128::from_be_bytes(low))
}

/// Calls a token and answers the first word it returns; `None` where it refuses or answers less than that.
#[inline(never)]
fn ask(token: Address, selector: [u8; 4], arguments: &[Word]) -> Option<Word> {
    let mut call = [0; MOST_CALL_BYTES];
    let (start, rest) = call.split_at_mut(4);
    start.copy_from_slice(&selector);
    for (place, argument) in rest.chunks_exact_mut(32).zip(arguments) {
        place.copy_from_slice(argument);
    }
    let length = arguments.len().checked_mul(32)?.checked_add(4)?;
    answer(token, call.get(..length)?)
}

#[cfg(not(feature = "std"))]
fn answer(token: Address, call: &[u8]) -> Option<Word> {
    let mut word = [0; 32];
    let everything = [u8::MAX; 32];
    let flags = CallFlags::empty();
    let mut output = &mut word[..];
    HostFnImpl::call(
        flags,
        &token,
        u64::MAX,
        u64::MAX,
        &everything,
        &[0; 32],
        call,
        Some(&mut output),
    )
    .ok()?;
    (HostFnImpl::return_data_size() >= 32).then_some(word)
}

#[cfg(feature = "std")]
fn answer(_token: Address, _call: &[u8]) -> Option<Word> {
    unreachable!("only a chain executes contracts")
}

/// The token's `decimals`; [`Error::NotAToken`] if it does not answer.
pub fn decimals(token: Address) -> Result<u8, Error> {
    // Calling ourselves would not come back: the chain ends a contract that enters one at work.
    if token == Address::from(ink::env::address()) {
        return Err(Error::NotAToken);
    }
    let decimals = ask(token, DECIMALS, &[]).and_then(number);
    decimals
        .and_then(|decimals| u8::try_from(decimals).ok())
        .ok_or(Error::NotAToken)
}

/// What this contract holds of the token; [`Error::NotAToken`] if it does not answer with 128 bits.
pub fn held(token: Address) -> Result<u128, Error> {
    ask(token, BALANCE_OF, &[address_word(ink::env::address())])
        .and_then(number)
        .ok_or(Error::NotAToken)
}

/// Pulls exactly `minor_units` from `owner`; [`Error::TokenRefused`] or [`Error::TokenMismatch`].
pub fn pull(token: Address, owner: ink::Address, minor_units: u128) -> Result<(), Error> {
    let before = held(token)?;
    let here = address_word(ink::env::address());
    let arguments = [address_word(owner), here, amount_word(minor_units)];
    granted(ask(token, TRANSFER_FROM, &arguments))?;
    expect(before.checked_add(minor_units), held(token)?)
}

/// Pays exactly `minor_units` to `owner`; [`Error::TokenRefused`] or [`Error::TokenMismatch`].
pub fn push(token: Address, owner: ink::Address, minor_units: u128) -> Result<(), Error> {
    let before = held(token)?;
    granted(ask(
        token,
        TRANSFER,
        &[address_word(owner), amount_word(minor_units)],
    ))?;
    expect(before.checked_sub(minor_units), held(token)?)
}

/// A `true`: the number one.
fn granted(answer: Option<Word>) -> Result<(), Error> {
    if answer.and_then(number) == Some(1) {
        Ok(())
    } else {
        Err(Error::TokenRefused)
    }
}

fn expect(balance: Option<u128>, found: u128) -> Result<(), Error> {
    if balance == Some(found) {
        Ok(())
    } else {
        Err(Error::TokenMismatch)
    }
}
