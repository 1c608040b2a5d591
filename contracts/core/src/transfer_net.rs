//! Acceptance of a transfer that settles net.

use crate::transfer::{creditor_side, pending};
use crate::{
    Caller, Error, NetPages, Outcome, Role, Seconds, SettlementMethod, Transfer, TransferChange,
    TransferStatus, WindowId,
};

/// What to write when a net transfer is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NettedChange {
    /// The transfer's new record.
    pub transfer: Transfer,
    /// The two agents' pages.
    pub pages: NetPages,
    /// The event.
    pub event: TransferChange,
}

/// Acceptance by the creditor agent's approver of a net transfer: the amount is booked in `window`, the one
/// open at `now`. That it will settle is final: the debtor agent's collateral covers it.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongMethod`] unless net,
/// [`Error::WrongStatus`] unless pending (already netted is a repeat, returned or not), [`Error::Expired`],
/// those of [`NetPages::post`].
#[inline(never)]
pub fn accept_net(
    transfer: Transfer,
    caller: &Caller,
    mut pages: NetPages,
    window: WindowId,
    now: Seconds,
) -> Result<Outcome<NettedChange, Transfer>, Error> {
    creditor_side(&transfer, caller, &[Role::Approver])?;
    let terms = &transfer.terms;
    if terms.settlement_method != SettlementMethod::Net {
        return Err(Error::WrongMethod);
    }
    if transfer.status.has_settled() || matches!(transfer.status, TransferStatus::Netted(_)) {
        return Ok(Outcome::Repeated(transfer));
    }
    pending(&transfer)?;
    if now >= terms.expires_at {
        return Err(Error::Expired);
    }
    pages.post(
        terms.debtor_agent,
        terms.creditor_agent,
        terms.minor_units(),
        window,
    )?;
    Ok(Outcome::Recorded(NettedChange {
        transfer: Transfer {
            status: TransferStatus::Netted(window),
            updated_at: now,
            ..transfer
        },
        pages,
        event: TransferChange::Netted(window),
    }))
}
