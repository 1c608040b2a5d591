//! Elements of pacs.009.001.08 to .10, in the standard's order.

use crate::xml::message::Shape;
use crate::xml::schema::{any, one, optional, some, Child};

/// The message.
pub(super) const SHAPE: Shape = Shape {
    message: "pacs.009",
    root: "FICdtTrf",
    oldest: 8,
    known: 10,
    newest: 12,
    children: &[one("GrpHdr"), some("CdtTrfTxInf"), any("SplmtryData")],
    group: None,
    transaction: "CdtTrfTxInf",
    end_to_end_id: &["PmtId", "EndToEndId"],
};

/// `CreditTransferTransaction36` and later.
pub(super) const TRANSACTION: &[Child] = &[
    one("PmtId"),
    optional("PmtTpInf"),
    one("IntrBkSttlmAmt"),
    optional("IntrBkSttlmDt"),
    optional("SttlmPrty"),
    optional("SttlmTmIndctn"),
    optional("SttlmTmReq"),
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
    one("Dbtr"),
    optional("DbtrAcct"),
    optional("DbtrAgt"),
    optional("DbtrAgtAcct"),
    optional("CdtrAgt"),
    optional("CdtrAgtAcct"),
    one("Cdtr"),
    optional("CdtrAcct"),
    optional("UltmtCdtr"),
    any("InstrForCdtrAgt"),
    any("InstrForNxtAgt"),
    optional("Purp"),
    optional("RmtInf"),
    optional("UndrlygCstmrCdtTrf"),
    any("SplmtryData"),
];
