//! What tokens emit, in the Solidity ABI: ERC-20's events, and those of the cash contract.

use super::ContractError;
use corridor_core::Address;
use sp_crypto_hashing::keccak_256;
use std::sync::LazyLock;

/// The signature topics.
struct Signatures {
    transfer: [u8; 32],
    approval: [u8; 32],
    request_done: [u8; 32],
    pause_changed: [u8; 32],
    freeze_changed: [u8; 32],
    role_changed: [u8; 32],
}

static SIGNATURES: LazyLock<Signatures> = LazyLock::new(|| Signatures {
    transfer: keccak_256(b"Transfer(address,address,uint256)"),
    approval: keccak_256(b"Approval(address,address,uint256)"),
    request_done: keccak_256(b"RequestDone(bytes32,address,uint8,uint256)"),
    pause_changed: keccak_256(b"PauseChanged(bool)"),
    freeze_changed: keccak_256(b"FreezeChanged(address,bool)"),
    role_changed: keccak_256(b"RoleChanged(uint8,address,address)"),
});

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
    /// An account may now move another one's money.
    Approval {
        /// Whose money.
        owner: Address,
        /// Who may move it.
        spender: Address,
        /// How much at most, in minor units; `None` for more than 128 bits count: any amount.
        minor_units: Option<u128>,
    },
    /// The issuer issued or redeemed money; a `Transfer` goes with it.
    RequestDone {
        /// The issuer's id of the request.
        request_id: [u8; 32],
        /// Who received or gave the money.
        account: Address,
        /// Whether it was taken out of circulation.
        redeemed: bool,
        /// How much, in minor units.
        minor_units: u128,
    },
    /// Movements were stopped, or let go again.
    PauseChanged {
        /// Whether they are stopped.
        paused: bool,
    },
    /// An account's money was frozen, or let go again.
    FreezeChanged {
        /// The account.
        account: Address,
        /// Whether its money is frozen.
        frozen: bool,
    },
    /// A role went to somebody else.
    RoleChanged {
        /// Which.
        role: TokenRole,
        /// Who had it; zero: nobody.
        previous: Address,
        /// Who has it; zero: nobody.
        current: Address,
    },
}

/// A role at a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRole {
    /// Who issues and redeems.
    Issuer,
    /// Who may accept to be the issuer.
    ProposedIssuer,
    /// Who pauses and freezes.
    Guardian,
}

impl TokenRole {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::ProposedIssuer => "proposed_issuer",
            Self::Guardian => "guardian",
        }
    }
}

impl TokenEvent {
    /// Reads an emitted event; `None` for one that this version does not know.
    ///
    /// # Errors
    /// [`ContractError::Decode`] where the topic is a known event's and the rest is not, or counts more than 128 bits.
    pub fn decode(topics: &[[u8; 32]], data: &[u8]) -> Result<Option<Self>, ContractError> {
        let Some((signature, topics)) = topics.split_first() else {
            return Ok(None);
        };
        let known = &*SIGNATURES;
        let names = [
            (known.transfer, "Transfer"),
            (known.approval, "Approval"),
            (known.request_done, "RequestDone"),
            (known.pause_changed, "PauseChanged"),
            (known.freeze_changed, "FreezeChanged"),
            (known.role_changed, "RoleChanged"),
        ];
        let Some((_, name)) = names.iter().find(|(known, _)| known == signature) else {
            return Ok(None);
        };
        let (words, rest) = data.as_chunks::<32>();
        let event = match rest {
            [] => Self::of(name, topics, words),
            _ => Err("its data is no row of numbers"),
        };
        event
            .map(Some)
            .map_err(|reason| ContractError::Decode(format!("a token's {name}: {reason}")))
    }

    /// Puts the words of a known event where they belong.
    fn of(name: &str, topics: &[Word], words: &[Word]) -> Result<Self, Refusal> {
        Ok(match (name, topics, words) {
            ("Transfer", [from, to], [value]) => Self::Transfer {
                from: address(from)?,
                to: address(to)?,
                minor_units: number(value)?.ok_or(TOO_MUCH)?,
            },
            ("Approval", [owner, spender], [value]) => Self::Approval {
                owner: address(owner)?,
                spender: address(spender)?,
                minor_units: number(value)?,
            },
            ("RequestDone", [request_id, account], [kind, value]) => Self::RequestDone {
                request_id: *request_id,
                account: address(account)?,
                redeemed: match number(kind)? {
                    Some(1) => false,
                    Some(2) => true,
                    _ => return Err("its kind is neither 1 nor 2"),
                },
                minor_units: number(value)?.ok_or(TOO_MUCH)?,
            },
            ("PauseChanged", [], [paused]) => Self::PauseChanged {
                paused: truth(paused)?,
            },
            ("FreezeChanged", [account], [frozen]) => Self::FreezeChanged {
                account: address(account)?,
                frozen: truth(frozen)?,
            },
            ("RoleChanged", [role, previous, current], []) => Self::RoleChanged {
                role: match number(role)? {
                    Some(1) => TokenRole::Issuer,
                    Some(2) => TokenRole::ProposedIssuer,
                    Some(3) => TokenRole::Guardian,
                    _ => return Err("it is about a role that this version does not know"),
                },
                previous: address(previous)?,
                current: address(current)?,
            },
            _ => return Err("it has other topics, or data of another length"),
        })
    }
}

type Word = [u8; 32];
type Refusal = &'static str;

const TOO_MUCH: Refusal = "it moves more than 128 bits count";

fn address(word: &Word) -> Result<Address, Refusal> {
    let (padding, address) = word.split_at(12);
    match address.try_into() {
        Ok(address) if padding.iter().all(|byte| *byte == 0) => Ok(address),
        _ => Err("a topic is no address"),
    }
}

/// `None` for more than 128 bits count.
fn number(word: &Word) -> Result<Option<u128>, Refusal> {
    let (high, low) = word.split_at(16);
    let low = low.try_into().map_err(|_| "its value is no number")?;
    let fits = high.iter().all(|byte| *byte == 0);
    Ok(fits.then_some(u128::from_be_bytes(low)))
}

fn truth(word: &Word) -> Result<bool, Refusal> {
    match number(word)? {
        Some(0) => Ok(false),
        Some(1) => Ok(true),
        _ => Err("its value is neither true nor false"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(number: u128) -> [u8; 32] {
        let mut word = [0; 32];
        word[16..].copy_from_slice(&number.to_be_bytes());
        word
    }

    fn of(address: u8) -> [u8; 32] {
        let mut word = [0; 32];
        word[12..].copy_from_slice(&[address; 20]);
        word
    }

    #[test]
    fn a_transfer_is_read_and_events_nobody_knows_are_left_out() {
        let event = TokenEvent::decode(&[SIGNATURES.transfer, of(7), [0; 32]], &word(u128::MAX));
        let redeemed = TokenEvent::Transfer {
            from: [7; 20],
            to: [0; 20],
            minor_units: u128::MAX,
        };
        assert_eq!(event, Ok(Some(redeemed)));
        assert_eq!(TokenEvent::decode(&[[1; 32], of(7)], &[]), Ok(None));
        assert_eq!(TokenEvent::decode(&[], &[]), Ok(None));
    }

    #[test]
    fn every_event_of_the_cash_contract_is_read() {
        let known = &*SIGNATURES;
        let (owner, spender, zero) = ([7; 20], [8; 20], [0; 20]);
        let request_id = [9; 32];
        let approval = |minor_units| TokenEvent::Approval {
            owner,
            spender,
            minor_units,
        };
        let done = |redeemed| TokenEvent::RequestDone {
            request_id,
            account: owner,
            redeemed,
            minor_units: 5,
        };
        let role = |role, current| TokenEvent::RoleChanged {
            role,
            previous: owner,
            current,
        };
        let frozen = |frozen| TokenEvent::FreezeChanged {
            account: owner,
            frozen,
        };
        for (topics, data, event) in [
            (
                vec![known.approval, of(7), of(8)],
                vec![word(5)],
                approval(Some(5)),
            ),
            (
                vec![known.approval, of(7), of(8)],
                vec![[0xff; 32]],
                approval(None),
            ),
            (
                vec![known.request_done, request_id, of(7)],
                vec![word(1), word(5)],
                done(false),
            ),
            (
                vec![known.request_done, request_id, of(7)],
                vec![word(2), word(5)],
                done(true),
            ),
            (
                vec![known.pause_changed],
                vec![word(1)],
                TokenEvent::PauseChanged { paused: true },
            ),
            (vec![known.freeze_changed, of(7)], vec![word(0)], frozen(false)),
            (
                vec![known.role_changed, word(1), of(7), of(8)],
                vec![],
                role(TokenRole::Issuer, spender),
            ),
            (
                vec![known.role_changed, word(2), of(7), of(0)],
                vec![],
                role(TokenRole::ProposedIssuer, zero),
            ),
            (
                vec![known.role_changed, word(3), of(7), of(8)],
                vec![],
                role(TokenRole::Guardian, spender),
            ),
        ] {
            assert_eq!(TokenEvent::decode(&topics, &data.concat()), Ok(Some(event)));
        }
    }

    #[test]
    fn a_malformed_event_is_refused() {
        let zero = [0; 32];
        let known = &*SIGNATURES;
        for (topics, data) in [
            (vec![known.transfer, zero], word(1).to_vec()),
            (vec![known.transfer, zero, zero], vec![1; 31]),
            (vec![known.transfer, [1; 32], zero], word(1).to_vec()),
            (vec![known.transfer, zero, zero], vec![1; 32]),
            (vec![known.request_done, zero, zero], [word(3), word(1)].concat()),
            (vec![known.pause_changed], word(2).to_vec()),
            (vec![known.role_changed, word(4), zero, zero], vec![]),
        ] {
            assert!(TokenEvent::decode(&topics, &data).is_err());
        }
    }
}
