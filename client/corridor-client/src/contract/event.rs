//! Events, found by the signature topic their own type declares.

use super::ContractError;
use corridor_api::{
    BatchRecorded, ControlsChanged, EscrowMoved, ExchangeRecorded, FeesRecorded, NettingRecorded,
    QueueResolved, QuoteRecorded, RegistryChanged, TransferRecorded,
};
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
    /// A quote was published or withdrawn.
    Quote(QuoteRecorded),
    /// A transfer in two currencies changed.
    Exchange(ExchangeRecorded),
    /// The fees of a transfer in one currency changed.
    Fees(FeesRecorded),
    /// A tariff or limits were set.
    Controls(ControlsChanged),
    /// A queue was resolved.
    Queue(QueueResolved),
}

impl SettlementEvent {
    /// Reads an emitted event; `None` for one this client does not know.
    ///
    /// # Errors
    /// [`ContractError::Decode`] where the topic is known and the data is not what it promises.
    pub fn decode(topics: &[[u8; 32]], data: &[u8]) -> Result<Option<Self>, ContractError> {
        let Some(signature) = topics.first().copied().map(Some) else {
            return Ok(None);
        };
        /// Tries one type of event after the other.
        macro_rules! read_known {
            ($($event:ty => $variant:ident,)*) => {
                $(if signature == <$event as Event<Ink>>::SIGNATURE_TOPIC {
                    return read(data).map(Self::$variant).map(Some);
                })*
            };
        }
        read_known! {
            TransferRecorded => Transfer,
            EscrowMoved => Escrow,
            RegistryChanged => Registry,
            NettingRecorded => Netting,
            BatchRecorded => Batch,
            QuoteRecorded => Quote,
            ExchangeRecorded => Exchange,
            FeesRecorded => Fees,
            ControlsChanged => Controls,
            QueueResolved => Queue,
        }
        Ok(None)
    }
}

fn read<T: DecodeAll>(mut data: &[u8]) -> Result<T, ContractError> {
    T::decode_all(&mut data).map_err(|error| ContractError::Decode(error.to_string()))
}
