//! Elements of camt.050.001.05, in the standard's order.

use crate::xml::message::Shape;
use crate::xml::schema::{any, one, optional, Child};

/// The message.
pub(super) const SHAPE: Shape = Shape {
    message: "camt.050",
    root: "LqdtyCdtTrf",
    oldest: 5,
    known: 5,
    newest: 7,
    children: &[one("MsgHdr"), one("LqdtyCdtTrf"), any("SplmtryData")],
    group: None,
    transaction: "LqdtyCdtTrf",
    end_to_end_id: &["LqdtyTrfId", "EndToEndId"],
};

/// `MessageHeader1`.
pub(super) const MESSAGE_HEADER: &[Child] = &[one("MsgId"), optional("CreDtTm")];

/// `LiquidityCreditTransfer2`.
pub(super) const TRANSFER: &[Child] = &[
    optional("LqdtyTrfId"),
    optional("Cdtr"),
    optional("CdtrAcct"),
    one("TrfdAmt"),
    optional("Dbtr"),
    optional("DbtrAcct"),
    optional("SttlmDt"),
];

/// `PaymentIdentification8`.
pub(super) const TRANSFER_ID: &[Child] = &[
    optional("InstrId"),
    one("EndToEndId"),
    optional("TxId"),
    optional("UETR"),
];
