//! Elements of camt.029.001.09 to .12, in the standard's order.

use crate::xml::message::{Group, Shape};
use crate::xml::schema::{any, one, optional, Child};

/// The message. What answers other questions than cancellations is passed over.
pub(super) const SHAPE: Shape = Shape {
    message: "camt.029",
    root: "RsltnOfInvstgtn",
    oldest: 9,
    known: 12,
    newest: 13,
    children: &[
        one("Assgnmt"),
        optional("RslvdCase"),
        one("Sts"),
        any("CxlDtls"),
        optional("ModDtls"),
        optional("ClmNonRctDtls"),
        optional("StmtDtls"),
        optional("CrrctnTx"),
        optional("RsltnRltdInf"),
        any("SplmtryData"),
    ],
    group: Some(&DETAILS),
    transaction: "TxInfAndSts",
    end_to_end_id: &["OrgnlEndToEndId"],
};

/// `UnderlyingTransaction22` and later.
static DETAILS: Group = Group {
    name: "CxlDtls",
    children: &[
        optional("OrgnlGrpInfAndSts"),
        any("OrgnlPmtInfAndSts"),
        any("TxInfAndSts"),
    ],
};

/// `OriginalGroupHeader14`.
pub(super) const ORIGINAL_GROUP: &[Child] = &[
    optional("OrgnlGrpCxlId"),
    optional("RslvdCase"),
    one("OrgnlMsgId"),
    one("OrgnlMsgNmId"),
    optional("OrgnlCreDtTm"),
    optional("OrgnlNbOfTxs"),
    optional("OrgnlCtrlSum"),
    optional("GrpCxlSts"),
    any("CxlStsRsnInf"),
    any("NbOfTxsPerCxlSts"),
];

/// `PaymentTransaction102` and later.
pub(super) const TRANSACTION: &[Child] = &[
    optional("CxlStsId"),
    optional("RslvdCase"),
    optional("OrgnlGrpInf"),
    optional("OrgnlInstrId"),
    optional("OrgnlEndToEndId"),
    optional("OrgnlTxId"),
    optional("OrgnlClrSysRef"),
    optional("OrgnlUETR"),
    optional("TxCxlSts"),
    any("CxlStsRsnInf"),
    optional("RsltnRltdInf"),
    optional("OrgnlIntrBkSttlmAmt"),
    optional("OrgnlIntrBkSttlmDt"),
    optional("Assgnr"),
    optional("Assgne"),
    optional("OrgnlTxRef"),
];
