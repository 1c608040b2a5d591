//! Rotation of a key in two steps: the holder proposes, the successor accepts.
//!
//! One step would let a slip of the keyboard lock the institution out for ever.

use crate::{Address, Error};

/// A successor proves it holds the key by accepting; [`Error::NotProposed`] for anyone else.
pub fn accept(proposed: Option<Address>, caller: Address) -> Result<Address, Error> {
    match proposed {
        Some(successor) if successor == caller => Ok(successor),
        _ => Err(Error::NotProposed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_proposed_key_takes_over() {
        assert_eq!(accept(Some([1; 20]), [1; 20]), Ok([1; 20]));
        assert_eq!(accept(Some([1; 20]), [2; 20]), Err(Error::NotProposed));
        assert_eq!(accept(None, [1; 20]), Err(Error::NotProposed));
    }
}
