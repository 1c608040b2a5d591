//! What the chain carries of a message: a salted digest that either bank can open for an auditor.

use corridor_core::Uetr;
use sp_crypto_hashing::keccak_256;

/// Separates this digest from every other one in the system.
pub const MESSAGE_DOMAIN: &[u8] = b"corridor/message/v1";

/// A commitment to a message: `keccak256(domain, salt, message)`.
///
/// The salt keeps the digest from being guessed; whoever is shown salt and message can check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// 32 random bytes, kept by the banks.
    pub salt: [u8; 32],
    /// What the transfer's terms carry.
    pub digest: [u8; 32],
}

impl Commitment {
    /// Commits to `message` with a fresh salt.
    #[must_use]
    pub fn new(message: &[u8]) -> Self {
        Self::with_salt(random(), message)
    }

    /// Commits to `message` with a salt chosen before.
    #[must_use]
    pub fn with_salt(salt: [u8; 32], message: &[u8]) -> Self {
        let digest = keccak_256(&[MESSAGE_DOMAIN, &salt, message].concat());
        Self { salt, digest }
    }

    /// Whether `message` is what was committed to.
    #[must_use]
    pub fn opens(&self, message: &[u8]) -> bool {
        Self::with_salt(self.salt, message) == *self
    }
}

/// A fresh UETR. Store it before anything else: it is the transfer's identity from end to end.
#[must_use]
pub fn new_uetr() -> Uetr {
    Uetr::from_random_bytes(random())
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without a source of randomness nothing this library signs would be safe, and there is nothing a
    // caller could do about it.
    getrandom::fill(&mut bytes).expect("the operating system's random source answers");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_message_and_salt_open_it() {
        let commitment = Commitment::new(b"<Document/>");
        assert!(commitment.opens(b"<Document/>"));
        assert!(!commitment.opens(b"<Document />"));
        assert_ne!(Commitment::new(b"<Document/>").digest, commitment.digest);
    }

    #[test]
    fn the_digest_is_the_documented_one() {
        let mut preimage = b"corridor/message/v1".to_vec();
        preimage.extend([9; 32]);
        preimage.extend(b"pacs.008");
        assert_eq!(
            Commitment::with_salt([9; 32], b"pacs.008").digest,
            keccak_256(&preimage)
        );
    }

    #[test]
    fn uetrs_are_random_and_valid() {
        let (first, second) = (new_uetr(), new_uetr());
        assert_eq!(first.validate(), Ok(()));
        assert_ne!(first, second);
    }
}
