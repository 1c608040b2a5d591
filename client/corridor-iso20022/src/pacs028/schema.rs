//! Elements of pacs.028.001.03 to .05, in the standard's order.

use crate::xml::message::Shape;
use crate::xml::schema::{any, one, optional, Child};

/// The message.
pub(super) const SHAPE: Shape = Shape {
    message: "pacs.028",
    root: "FIToFIPmtStsReq",
    oldest: 3,
    known: 5,
    newest: 6,
    children: &[
        one("GrpHdr"),
        any("OrgnlGrpInf"),
        any("TxInf"),
        any("SplmtryData"),
    ],
    group: None,
    transaction: "TxInf",
    end_to_end_id: &["OrgnlEndToEndId"],
};

/// `GroupHeader91`.
pub(super) const GROUP_HEADER: &[Child] = &[
    one("MsgId"),
    one("CreDtTm"),
    optional("InstgAgt"),
    optional("InstdAgt"),
];

/// `OriginalGroupInformation27`.
pub(super) const ORIGINAL_GROUP: &[Child] = &[
    one("OrgnlMsgId"),
    one("OrgnlMsgNmId"),
    optional("OrgnlCreDtTm"),
    optional("OrgnlNbOfTxs"),
    optional("OrgnlCtrlSum"),
];

/// `PaymentTransaction113` and later.
pub(super) const TRANSACTION: &[Child] = &[
    optional("StsReqId"),
    optional("OrgnlGrpInf"),
    optional("OrgnlInstrId"),
    optional("OrgnlEndToEndId"),
    optional("OrgnlTxId"),
    optional("OrgnlUETR"),
    optional("AccptncDtTm"),
    optional("ClrSysRef"),
    optional("InstgAgt"),
    optional("InstdAgt"),
    optional("OrgnlTxRef"),
    any("SplmtryData"),
];
