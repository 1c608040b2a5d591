//! Call data and answers in the Solidity ABI, written out by hand: signature, hash, arguments.

use ink::sol::SolParamsEncode;
use ink::U256;

/// Call data of `signature`, such as `transfer(address,uint256)`.
#[must_use]
pub fn call<P: for<'a> SolParamsEncode<'a>>(signature: &str, arguments: &P) -> Vec<u8> {
    let mut data = selector(signature).to_vec();
    data.extend(SolParamsEncode::encode(arguments));
    data
}

/// The first four bytes of the signature's hash.
#[must_use]
pub fn selector(signature: &str) -> [u8; 4] {
    let hash = sp_crypto_hashing::keccak_256(signature.as_bytes());
    [hash[0], hash[1], hash[2], hash[3]]
}

/// An answer that is one number of at most 128 bits.
///
/// # Panics
/// When it is not.
#[must_use]
pub fn number(answer: &[u8]) -> u128 {
    assert_eq!(answer.len(), 32, "one word");
    u128::try_from(U256::from_big_endian(answer)).expect("128 bits")
}
