//! Elements of pacs.008.001.08 to .13, in the standard's order.

use crate::xml::message::Shape;
use crate::xml::schema::{any, one, optional, some, Child};

/// The message.
pub(super) const SHAPE: Shape = Shape {
    message: "pacs.008",
    root: "FIToFICstmrCdtTrf",
    oldest: 8,
    known: 13,
    newest: 14,
    children: &[one("GrpHdr"), some("CdtTrfTxInf"), any("SplmtryData")],
    group: None,
    transaction: "CdtTrfTxInf",
    end_to_end_id: &["PmtId", "EndToEndId"],
};

/// `GroupHeader93` and later.
pub(super) const GROUP_HEADER: &[Child] = &[
    one("MsgId"),
    one("CreDtTm"),
    optional("XpryDtTm"),
    optional("BtchBookg"),
    one("NbOfTxs"),
    optional("CtrlSum"),
    optional("TtlIntrBkSttlmAmt"),
    optional("IntrBkSttlmDt"),
    one("SttlmInf"),
    optional("PmtTpInf"),
    optional("InstgAgt"),
    optional("InstdAgt"),
];

/// `PaymentIdentification7` and later.
pub(crate) const PAYMENT_ID: &[Child] = &[
    optional("InstrId"),
    one("EndToEndId"),
    optional("TxId"),
    optional("UETR"),
    optional("ClrSysRef"),
];

/// `CreditTransferTransaction39` and later.
pub(super) const TRANSACTION: &[Child] = &[
    one("PmtId"),
    optional("PmtTpInf"),
    one("IntrBkSttlmAmt"),
    optional("IntrBkSttlmDt"),
    optional("SttlmPrty"),
    optional("SttlmTmIndctn"),
    optional("SttlmTmReq"),
    optional("AddtlDtTm"),
    optional("AccptncDtTm"),
    optional("PoolgAdjstmntDt"),
    optional("InstdAmt"),
    optional("XchgRate"),
    optional("AgrdRate"),
    one("ChrgBr"),
    any("ChrgsInf"),
    optional("MndtRltdInf"),
    optional("PmtSgntr"),
    optional("PrvsInstgAgt1"),
    optional("PrvsInstgAgt1Acct"),
    optional("PrvsInstgAgt2"),
    optional("PrvsInstgAgt2Acct"),
    optional("PrvsInstgAgt3"),
    optional("PrvsInstgAgt3Acct"),
    optional("InstgAgt"),
    optional("InstdAgt"),
    optional("IntrmyAgt1"),
    optional("IntrmyAgt1Acct"),
    optional("IntrmyAgt2"),
    optional("IntrmyAgt2Acct"),
    optional("IntrmyAgt3"),
    optional("IntrmyAgt3Acct"),
    optional("UltmtDbtr"),
    optional("InitgPty"),
    one("Dbtr"),
    optional("DbtrAcct"),
    one("DbtrAgt"),
    optional("DbtrAgtAcct"),
    one("CdtrAgt"),
    optional("CdtrAgtAcct"),
    one("Cdtr"),
    optional("CdtrAcct"),
    optional("UltmtCdtr"),
    any("InstrForCdtrAgt"),
    any("InstrForNxtAgt"),
    optional("Purp"),
    any("RgltryRptg"),
    optional("Tax"),
    any("RltdRmtInf"),
    optional("RmtInf"),
    any("SplmtryData"),
];
