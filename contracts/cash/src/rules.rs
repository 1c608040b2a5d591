//! The rules of the money, without storage, caller or events: each function takes what is on the books and
//! what is asked, and returns what the books shall say, or why not. The contract around it only reads, calls
//! and writes.
//!
//! All values are in minor units.

use ink::{Address, U256};

use crate::error::Error;

/// The largest exponent ISO 4217 knows (CLF, UYW).
pub const MAX_DECIMALS: u8 = 4;

/// An allowance that is not used up. ERC-20 tokens commonly take the largest number for it; here everything
/// from 2^128 - 1 on means it, as there cannot be more money than that.
pub const UNLIMITED: u128 = u128::MAX;

/// A name or a symbol: printable ASCII, filled up with zeros.
pub type Label = [u8; 32];

/// What stands under an account's key: one key for both, because keys are what a call pays for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[ink::storage_item(packed)]
pub struct Holding {
    /// Minor units.
    pub balance: u128,
    /// Whether the guardian has frozen it.
    pub frozen: bool,
}

/// A request that was carried out, kept for ever under its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::storage_item(packed)]
pub struct Request {
    /// What was asked: [`ISSUE`] or [`REDEEM`].
    pub kind: u8,
    /// Who received or gave the money.
    pub account: Address,
    /// Minor units.
    pub value: u128,
}

/// [`Request::kind`]: money created.
pub const ISSUE: u8 = 1;
/// [`Request::kind`]: money taken out of circulation.
pub const REDEEM: u8 = 2;

/// Whether a constructor's arguments describe a currency.
///
/// # Errors
/// `InvalidCurrency`, `InvalidDecimals`, `InvalidLabel`.
pub fn describe(currency: &[u8; 3], decimals: u8, name: &Label, symbol: &Label) -> Result<(), Error> {
    if !currency.iter().all(u8::is_ascii_uppercase) {
        return Err(Error::InvalidCurrency);
    }
    if decimals > MAX_DECIMALS {
        return Err(Error::InvalidDecimals);
    }
    if !is_label(name) || !is_label(symbol) {
        return Err(Error::InvalidLabel);
    }
    Ok(())
}

/// The text of a label: what comes before the zeros.
pub fn text(label: &Label) -> impl Iterator<Item = char> + '_ {
    label
        .iter()
        .take_while(|byte| **byte != 0)
        .map(|byte| char::from(*byte))
}

/// Printable ASCII, not empty, filled up with zeros: nothing that could be shown in two ways.
fn is_label(label: &Label) -> bool {
    let mut ended = false;
    for byte in label {
        ended |= *byte == 0;
        if (*byte == 0) != ended || !(ended || (0x20..0x7f).contains(byte)) {
            return false;
        }
    }
    label[0] != 0
}

/// Whether `caller` is the holder of a role.
///
/// # Errors
/// `Unauthorized`.
pub fn only(holder: Address, caller: Address) -> Result<(), Error> {
    // Nobody holds a role that the zero address stands for, an issuer not proposed for instance.
    if caller == holder && !caller.is_zero() {
        Ok(())
    } else {
        Err(Error::Unauthorized)
    }
}

/// An address that is somebody's.
///
/// # Errors
/// `ZeroAddress`.
pub fn somebody(address: Address) -> Result<Address, Error> {
    if address.is_zero() {
        Err(Error::ZeroAddress)
    } else {
        Ok(address)
    }
}

/// A value that the books can hold.
///
/// # Errors
/// `ValueOutOfRange`.
pub fn value(asked: U256) -> Result<u128, Error> {
    u128::try_from(asked).map_err(|_| Error::ValueOutOfRange)
}

/// What an approval of `asked` allows.
pub fn allowance(asked: U256) -> u128 {
    u128::try_from(asked).unwrap_or(UNLIMITED)
}

/// An allowance as ERC-20 states it: [`UNLIMITED`] is the largest number there.
pub fn stated(allowance: u128) -> U256 {
    if allowance == UNLIMITED {
        U256::MAX
    } else {
        U256::from(allowance)
    }
}

/// Uses up an allowance, unless it is [`UNLIMITED`]. Returns what is left.
///
/// # Errors
/// `InsufficientAllowance`.
pub fn spend(allowance: u128, needed: u128) -> Result<u128, Error> {
    if allowance == UNLIMITED {
        return Ok(UNLIMITED);
    }
    allowance.checked_sub(needed).ok_or(Error::InsufficientAllowance)
}

/// Whether a request was carried out before: `true` if it was, on the same terms.
///
/// # Errors
/// `RequestConflict` if its id was used with other terms.
pub fn is_repeated(recorded: Option<Request>, asked: Request) -> Result<bool, Error> {
    match recorded {
        None => Ok(false),
        Some(recorded) if recorded == asked => Ok(true),
        Some(_) => Err(Error::RequestConflict),
    }
}

/// Takes money from an account. Returns what it holds afterwards.
///
/// # Errors
/// `AccountFrozen`, `InsufficientBalance`.
pub fn debit(holding: Holding, value: u128) -> Result<Holding, Error> {
    unfrozen(holding)?;
    let balance = holding
        .balance
        .checked_sub(value)
        .ok_or(Error::InsufficientBalance)?;
    Ok(Holding { balance, ..holding })
}

/// Gives money to an account. Returns what it holds afterwards.
///
/// # Errors
/// `AccountFrozen`, and `SupplyExceeded`, which cannot happen while the total supply is the sum of the
/// balances.
pub fn credit(holding: Holding, value: u128) -> Result<Holding, Error> {
    unfrozen(holding)?;
    let balance = holding.balance.checked_add(value).ok_or(Error::SupplyExceeded)?;
    Ok(Holding { balance, ..holding })
}

/// Moves money between two accounts. Returns what each holds afterwards.
///
/// # Errors
/// `AccountFrozen`, `InsufficientBalance`, and `SupplyExceeded` as in [`credit`].
pub fn transfer(from: Holding, to: Holding, value: u128) -> Result<(Holding, Holding), Error> {
    unfrozen(to)?;
    Ok((debit(from, value)?, credit(to, value)?))
}

/// Creates money. Returns the total supply and what the receiver holds afterwards.
///
/// # Errors
/// `AccountFrozen`, `ZeroValue`, `SupplyExceeded`.
pub fn issue(supply: u128, to: Holding, value: u128) -> Result<(u128, Holding), Error> {
    unfrozen(to)?;
    nonzero(value)?;
    Ok((
        supply.checked_add(value).ok_or(Error::SupplyExceeded)?,
        credit(to, value)?,
    ))
}

/// Takes money out of circulation. Returns the total supply and what the account holds afterwards.
///
/// # Errors
/// `AccountFrozen`, `ZeroValue`, `InsufficientBalance`.
pub fn redeem(supply: u128, from: Holding, value: u128) -> Result<(u128, Holding), Error> {
    unfrozen(from)?;
    nonzero(value)?;
    let debited = debit(from, value)?;
    // An account that holds more than there is cannot be.
    Ok((
        supply.checked_sub(value).ok_or(Error::InsufficientBalance)?,
        debited,
    ))
}

fn unfrozen(holding: Holding) -> Result<(), Error> {
    if holding.frozen {
        Err(Error::AccountFrozen)
    } else {
        Ok(())
    }
}

fn nonzero(value: u128) -> Result<(), Error> {
    if value == 0 {
        Err(Error::ZeroValue)
    } else {
        Ok(())
    }
}
