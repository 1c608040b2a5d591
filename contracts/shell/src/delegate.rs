//! The hub's way to the code of its other messages.

use corridor_core::Error;
use ink::{env::ReturnFlags, Address};
#[cfg(not(feature = "std"))]
use pallet_revive_uapi::{CallFlags, HostFn};

/// Executes the message at hand with the code of the contract at `code` on this contract's storage, with the same
/// caller and call data, and ends the call with its answer: [`Error::NotExecuted`] where the code traps or is out of weight.
///
/// The address is fixed when the hub is deployed: whoever could choose it could rewrite the books.
#[inline(never)]
pub fn execute(code: Address) -> ! {
    // The host function itself: ink!'s call builder would bring 900 bytes of code for nothing. A tail call
    // comes back only when the code could not be run or trapped, whatever the answer says.
    #[cfg(not(feature = "std"))]
    let _ = pallet_revive_uapi::HostFnImpl::delegate_call(
        CallFlags::FORWARD_INPUT | CallFlags::TAIL_CALL,
        &code.0,
        u64::MAX,
        u64::MAX,
        &[u8::MAX; 32],
        &[],
        None,
    );
    #[cfg(feature = "std")]
    let _ = code;
    let answer: ink::MessageResult<Result<(), Error>> = Ok(Err(Error::NotExecuted));
    ink::env::return_value(ReturnFlags::REVERT, &answer);
    // Off chain that function returns; on chain it does not.
    #[cfg(feature = "std")]
    unreachable!("only a chain executes contracts")
}
