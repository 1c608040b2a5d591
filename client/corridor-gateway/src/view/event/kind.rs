//! Kinds of events: every one there is, so that a webhook for a misspelt one is refused.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kinds in one list: `say` can say no other. A token, not a literal: in a group of its own, the description would not see it.
macro_rules! kinds {
    ($($kind:ident = $name:tt,)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
        #[schema(as = EventKind)]
        pub enum Kind {
            $(
                #[doc = $name]
                #[serde(rename = $name)]
                $kind,
            )*
        }

        impl Kind {
            /// As events have it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    TransferInstructed = "transfer.instructed",
    TransferSettled = "transfer.settled",
    TransferExpired = "transfer.expired",
    TransferRejected = "transfer.rejected",
    TransferCancelled = "transfer.cancelled",
    TransferReturned = "transfer.returned",
    TransferNetted = "transfer.netted",
    TransferQueued = "transfer.queued",
    TransferFeesFixed = "transfer.fees_fixed",
    TransferFeesReserved = "transfer.fees_reserved",
    TransferFeesPaid = "transfer.fees_paid",
    TransferFeesReleased = "transfer.fees_released",
    EscrowDeposited = "escrow.deposited",
    EscrowWithdrawn = "escrow.withdrawn",
    NettingPledged = "netting.pledged",
    NettingReleased = "netting.released",
    NettingCapSet = "netting.cap_set",
    NettingResults = "netting.results",
    NettingWindowEnded = "netting.window_ended",
    BatchSubmitted = "batch.submitted",
    BatchAccepted = "batch.accepted",
    BatchRejected = "batch.rejected",
    BatchCancelled = "batch.cancelled",
    BatchExpired = "batch.expired",
    RegistryPaused = "registry.paused",
    RegistryGovernorProposed = "registry.governor_proposed",
    RegistryGovernorChanged = "registry.governor_changed",
    RegistryCurrencyRegistered = "registry.currency_registered",
    RegistryParticipantRegistered = "registry.participant_registered",
    RegistryParticipantSuspended = "registry.participant_suspended",
    RegistryAdminProposed = "registry.admin_proposed",
    RegistryAdminChanged = "registry.admin_changed",
    RegistryRolesChanged = "registry.roles_changed",
    RegistryAccountLeft = "registry.account_left",
    RegistryScheduleSet = "registry.schedule_set",
    QuotePublished = "quote.published",
    QuoteWithdrawn = "quote.withdrawn",
    ControlsTariffSet = "controls.tariff_set",
    ControlsLimitsSet = "controls.limits_set",
    QueueResolved = "queue.resolved",
}
