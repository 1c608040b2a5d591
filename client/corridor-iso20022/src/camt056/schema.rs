//! Elements of camt.056.001.08 to .11, in the standard's order.

use crate::xml::message::{Group, Shape};
use crate::xml::schema::{any, one, optional, some, Child};

/// The message.
pub(super) const SHAPE: Shape = Shape {
    message: "camt.056",
    root: "FIToFIPmtCxlReq",
    oldest: 8,
    known: 11,
    newest: 12,
    children: &[
        one("Assgnmt"),
        optional("Case"),
        optional("CtrlData"),
        some("Undrlyg"),
        any("SplmtryData"),
    ],
    group: Some(&UNDERLYING),
    transaction: "TxInf",
    end_to_end_id: &["OrgnlEndToEndId"],
};

/// `UnderlyingTransaction23` and later. The standard lets the transactions be absent; see the module.
static UNDERLYING: Group = Group {
    name: "Undrlyg",
    children: &[optional("OrgnlGrpInfAndCxl"), some("TxInf")],
};

/// `ControlData1`.
pub(super) const CONTROL: &[Child] = &[one("NbOfTxs"), optional("CtrlSum")];

/// `OriginalGroupHeader15` and later.
pub(super) const ORIGINAL_GROUP: &[Child] = &[
    optional("GrpCxlId"),
    optional("Case"),
    one("OrgnlMsgId"),
    one("OrgnlMsgNmId"),
    optional("OrgnlCreDtTm"),
    optional("NbOfTxs"),
    optional("CtrlSum"),
    optional("GrpCxl"),
    any("CxlRsnInf"),
];

/// `PaymentTransaction106` and later.
pub(super) const TRANSACTION: &[Child] = &[
    optional("CxlId"),
    optional("Case"),
    optional("OrgnlGrpInf"),
    optional("OrgnlInstrId"),
    optional("OrgnlEndToEndId"),
    optional("OrgnlTxId"),
    optional("OrgnlUETR"),
    optional("OrgnlClrSysRef"),
    optional("OrgnlIntrBkSttlmAmt"),
    optional("OrgnlIntrBkSttlmDt"),
    optional("Assgnr"),
    optional("Assgne"),
    any("CxlRsnInf"),
    optional("OrgnlTxRef"),
    any("SplmtryData"),
];
