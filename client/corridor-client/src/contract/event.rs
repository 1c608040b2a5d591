//! Events, found by the signature topic their own type declares.

use super::ContractError;
use corridor_api::{BatchRecorded, EscrowMoved, NettingRecorded, RegistryChanged, TransferRecorded};
use ink::{abi::Ink, env::Event};
use scale_codec::DecodeAll;

/// What the settlement contract emits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettlementEvent {
    /// A transfer changed.
    Transfer(TransferRecorded),
    /// A participant's escrow was deposited to or withdrawn from.
    Escrow(EscrowMoved),
    /// The registry of currencies, participants and keys changed.
    Registry(RegistryChanged),
    /// A currency's net settlement changed.
    Netting(NettingRecorded),
    /// A clearing batch changed.
    Batch(BatchRecorded),
}

impl SettlementEvent {
    /// Reads an emitted event; `None` for one this client does not know.
    ///
    /// # Errors
    /// [`ContractError::Decode`] where the topic is known and the data is not what it promises.
    pub fn decode(topics: &[[u8; 32]], data: &[u8]) -> Result<Option<Self>, ContractError> {
        let signature = topics.first().copied();
        if signature.is_none() {
            return Ok(None);
        }
        if signature == <TransferRecorded as Event<Ink>>::SIGNATURE_TOPIC {
            read(data).map(Self::Transfer).map(Some)
        } else if signature == <EscrowMoved as Event<Ink>>::SIGNATURE_TOPIC {
            read(data).map(Self::Escrow).map(Some)
        } else if signature == <RegistryChanged as Event<Ink>>::SIGNATURE_TOPIC {
            read(data).map(Self::Registry).map(Some)
        } else if signature == <NettingRecorded as Event<Ink>>::SIGNATURE_TOPIC {
            read(data).map(Self::Netting).map(Some)
        } else if signature == <BatchRecorded as Event<Ink>>::SIGNATURE_TOPIC {
            read(data).map(Self::Batch).map(Some)
        } else {
            Ok(None)
        }
    }
}

fn read<T: DecodeAll>(mut data: &[u8]) -> Result<T, ContractError> {
    T::decode_all(&mut data).map_err(|error| ContractError::Decode(error.to_string()))
}
