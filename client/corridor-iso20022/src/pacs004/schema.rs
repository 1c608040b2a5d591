//! Elements of pacs.004.001.09 to .11, in the standard's order.

use crate::xml::message::Shape;
use crate::xml::schema::{any, one, optional, some, Child};

/// The message. A return of a whole group without naming its transactions (`GrpRtr`) is not taken: each
/// transfer settled by itself and is returned by itself.
pub(super) const SHAPE: Shape = Shape {
    message: "pacs.004",
    root: "PmtRtr",
    oldest: 9,
    known: 11,
    newest: 15,
    children: &[
        one("GrpHdr"),
        optional("OrgnlGrpInf"),
        some("TxInf"),
        any("SplmtryData"),
    ],
    group: None,
    transaction: "TxInf",
    end_to_end_id: &["OrgnlEndToEndId"],
};

/// `GroupHeader90` and later.
pub(super) const GROUP_HEADER: &[Child] = &[
    one("MsgId"),
    one("CreDtTm"),
    any("Authstn"),
    optional("BtchBookg"),
    one("NbOfTxs"),
    optional("CtrlSum"),
    optional("GrpRtr"),
    optional("TtlRtrdIntrBkSttlmAmt"),
    optional("IntrBkSttlmDt"),
    one("SttlmInf"),
    optional("PmtTpInf"),
    optional("InstgAgt"),
    optional("InstdAgt"),
];

/// `OriginalGroupHeader18` and later.
pub(super) const ORIGINAL_GROUP: &[Child] = &[
    one("OrgnlMsgId"),
    one("OrgnlMsgNmId"),
    optional("OrgnlCreDtTm"),
    any("RtrRsnInf"),
];

/// `PaymentTransaction112` and later.
pub(super) const TRANSACTION: &[Child] = &[
    optional("RtrId"),
    optional("OrgnlGrpInf"),
    optional("OrgnlInstrId"),
    optional("OrgnlEndToEndId"),
    optional("OrgnlTxId"),
    optional("OrgnlUETR"),
    optional("OrgnlClrSysRef"),
    optional("OrgnlIntrBkSttlmAmt"),
    optional("OrgnlIntrBkSttlmDt"),
    optional("PmtTpInf"),
    one("RtrdIntrBkSttlmAmt"),
    optional("IntrBkSttlmDt"),
    optional("SttlmPrty"),
    optional("SttlmTmIndctn"),
    optional("SttlmTmReq"),
    optional("RtrdInstdAmt"),
    optional("XchgRate"),
    optional("CompstnAmt"),
    optional("ChrgBr"),
    any("ChrgsInf"),
    optional("ClrSysRef"),
    optional("InstgAgt"),
    optional("InstdAgt"),
    optional("RtrChain"),
    // The standard leaves it out at times; the contract records a reason with every return.
    some("RtrRsnInf"),
    optional("OrgnlTxRef"),
    any("SplmtryData"),
];
