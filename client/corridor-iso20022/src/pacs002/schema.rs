//! Elements of pacs.002.001.10 to .14, in the standard's order.

use crate::xml::message::Shape;
use crate::xml::schema::{any, one, optional, Child};

/// The message.
pub(super) const SHAPE: Shape = Shape {
    message: "pacs.002",
    root: "FIToFIPmtStsRpt",
    oldest: 10,
    known: 14,
    newest: 16,
    children: &[
        one("GrpHdr"),
        any("OrgnlGrpInfAndSts"),
        any("TxInfAndSts"),
        any("SplmtryData"),
    ],
    group: None,
    transaction: "TxInfAndSts",
    end_to_end_id: &["OrgnlEndToEndId"],
};

/// `GroupHeader91` and later.
pub(super) const GROUP_HEADER: &[Child] = &[
    one("MsgId"),
    one("CreDtTm"),
    optional("InstgAgt"),
    optional("InstdAgt"),
    optional("OrgnlBizQry"),
];

/// `OriginalGroupHeader17` and later.
pub(super) const GROUP_STATUS: &[Child] = &[
    one("OrgnlMsgId"),
    one("OrgnlMsgNmId"),
    optional("OrgnlCreDtTm"),
    optional("OrgnlNbOfTxs"),
    optional("OrgnlCtrlSum"),
    optional("GrpSts"),
    any("StsRsnInf"),
    any("NbOfTxsPerSts"),
];

/// `PaymentTransaction110` and later.
pub(super) const TRANSACTION: &[Child] = &[
    optional("StsId"),
    optional("OrgnlGrpInf"),
    optional("OrgnlInstrId"),
    optional("OrgnlEndToEndId"),
    optional("OrgnlTxId"),
    optional("OrgnlUETR"),
    optional("TxSts"),
    any("StsRsnInf"),
    any("ChrgsInf"),
    optional("AccptncDtTm"),
    optional("PrcgDt"),
    optional("FctvIntrBkSttlmDt"),
    optional("AcctSvcrRef"),
    optional("ClrSysRef"),
    optional("InstgAgt"),
    optional("InstdAgt"),
    optional("OrgnlTxRef"),
    any("SplmtryData"),
];
