//! What tokens emit, as far as it is about money: ERC-20's `Transfer`, in the Solidity ABI.

use super::ContractError;
use corridor_core::Address;
use sp_crypto_hashing::keccak_256;
use std::sync::LazyLock;

static TRANSFER: LazyLock<[u8; 32]> = LazyLock::new(|| keccak_256(b"Transfer(address,address,uint256)"));

/// Something a token emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenEvent {
    /// Money moved. From the zero address: issued. To the zero address: redeemed.
    Transfer {
        /// Who had it.
        from: Address,
        /// Who has it.
        to: Address,
        /// How much, in minor units.
        minor_units: u128,
    },
}

impl TokenEvent {
    /// Reads an emitted event; `None` for one that is not about money.
    ///
    /// # Errors
    /// [`ContractError::Decode`] where the topic is `Transfer`'s and the rest is not, or moves more than 128 bits count.
    pub fn decode(topics: &[[u8; 32]], data: &[u8]) -> Result<Option<Self>, ContractError> {
        match topics {
            [signature, from, to] if *signature == *TRANSFER => {
                let value: &[u8; 32] = data.try_into().map_err(|_| refuse("its value is no number"))?;
                Ok(Some(Self::Transfer {
                    from: address(from)?,
                    to: address(to)?,
                    minor_units: number(value)?,
                }))
            }
            [signature, ..] if *signature == *TRANSFER => Err(refuse("it has other topics")),
            _ => Ok(None),
        }
    }
}

fn refuse(reason: &str) -> ContractError {
    ContractError::Decode(format!("a token's Transfer: {reason}"))
}

fn address(word: &[u8; 32]) -> Result<Address, ContractError> {
    let (padding, address) = word.split_at(12);
    if padding.iter().any(|byte| *byte != 0) {
        return Err(refuse("a topic is no address"));
    }
    address.try_into().map_err(|_| refuse("a topic is no address"))
}

fn number(word: &[u8; 32]) -> Result<u128, ContractError> {
    let (high, low) = word.split_at(16);
    if high.iter().any(|byte| *byte != 0) {
        return Err(refuse("it moves more than 128 bits count"));
    }
    let low = low.try_into().map_err(|_| refuse("its value is no number"))?;
    Ok(u128::from_be_bytes(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(number: u128) -> [u8; 32] {
        let mut word = [0; 32];
        word[16..].copy_from_slice(&number.to_be_bytes());
        word
    }

    #[test]
    fn a_transfer_is_read_and_other_events_are_left_out() {
        let mut from = [0; 32];
        from[12..].copy_from_slice(&[7; 20]);
        let event = TokenEvent::decode(&[*TRANSFER, from, [0; 32]], &word(u128::MAX));
        let redeemed = TokenEvent::Transfer {
            from: [7; 20],
            to: [0; 20],
            minor_units: u128::MAX,
        };
        assert_eq!(event, Ok(Some(redeemed)));
        assert_eq!(TokenEvent::decode(&[[1; 32], from], &[]), Ok(None));
        assert_eq!(TokenEvent::decode(&[], &[]), Ok(None));
    }

    #[test]
    fn a_malformed_transfer_is_refused() {
        let zero = [0; 32];
        for (topics, data) in [
            (vec![*TRANSFER, zero], word(1).to_vec()),
            (vec![*TRANSFER, zero, zero], vec![1; 31]),
            (vec![*TRANSFER, [1; 32], zero], word(1).to_vec()),
            (vec![*TRANSFER, zero, zero], vec![1; 32]),
        ] {
            assert!(TokenEvent::decode(&topics, &data).is_err());
        }
    }
}
