//! Elements of camt.052, camt.053 and camt.054, versions 08 to 11, in the standard's order.

use crate::xml::schema::{any, one, optional, Child};

/// `GroupHeader81`.
pub(super) const GROUP_HEADER: &[Child] = &[
    one("MsgId"),
    one("CreDtTm"),
    optional("MsgRcpt"),
    optional("MsgPgntn"),
    optional("OrgnlBizQry"),
    optional("AddtlInf"),
];

/// `CashAccount39` and later.
pub(super) const ACCOUNT: &[Child] = &[
    optional("Id"),
    optional("Tp"),
    optional("Ccy"),
    optional("Nm"),
    optional("Prxy"),
    optional("Ownr"),
    optional("Svcr"),
];

/// `CashBalance8`.
pub(super) const BALANCE: &[Child] = &[
    one("Tp"),
    any("CdtLine"),
    one("Amt"),
    one("CdtDbtInd"),
    one("Dt"),
    any("Avlbty"),
];

/// `TotalTransactions6`.
pub(super) const SUMMARY: &[Child] = &[
    optional("TtlNtries"),
    optional("TtlCdtNtries"),
    optional("TtlDbtNtries"),
    any("TtlNtriesPerBkTxCd"),
];

/// `ReportEntry10` and later.
pub(super) const ENTRY: &[Child] = &[
    optional("NtryRef"),
    one("Amt"),
    one("CdtDbtInd"),
    optional("RvslInd"),
    one("Sts"),
    optional("BookgDt"),
    optional("ValDt"),
    optional("AcctSvcrRef"),
    any("Avlbty"),
    one("BkTxCd"),
    optional("ComssnWvrInd"),
    optional("AddtlInfInd"),
    optional("AmtDtls"),
    optional("Chrgs"),
    optional("TechInptChanl"),
    optional("Intrst"),
    optional("CardTx"),
    any("NtryDtls"),
    optional("AddtlNtryInf"),
];

/// `BankTransactionCodeStructure4`.
pub(super) const TRANSACTION_CODE: &[Child] = &[optional("Domn"), optional("Prtry")];

/// `EntryDetails9` and later.
pub(super) const ENTRY_DETAILS: &[Child] = &[optional("Btch"), any("TxDtls")];

/// `BatchInformation2`.
pub(super) const BATCH: &[Child] = &[
    optional("MsgId"),
    optional("PmtInfId"),
    optional("NbOfTxs"),
    optional("TtlAmt"),
    optional("CdtDbtInd"),
];

/// `EntryTransaction10` and later.
pub(super) const TRANSACTION: &[Child] = &[
    optional("Refs"),
    optional("Amt"),
    optional("CdtDbtInd"),
    optional("AmtDtls"),
    any("Avlbty"),
    optional("BkTxCd"),
    optional("Chrgs"),
    optional("Intrst"),
    optional("RltdPties"),
    optional("RltdAgts"),
    optional("LclInstrm"),
    optional("PmtTpInf"),
    optional("Purp"),
    any("RltdRmtInf"),
    optional("RmtInf"),
    optional("RltdDts"),
    optional("RltdPric"),
    any("RltdQties"),
    optional("FinInstrmId"),
    optional("Tax"),
    optional("RtrInf"),
    optional("CorpActn"),
    optional("SfkpgAcct"),
    any("CshDpst"),
    optional("CardTx"),
    optional("AddtlTxInf"),
    any("SplmtryData"),
];

/// `TransactionReferences6`.
pub(super) const REFERENCES: &[Child] = &[
    optional("MsgId"),
    optional("AcctSvcrRef"),
    optional("PmtInfId"),
    optional("InstrId"),
    optional("EndToEndId"),
    optional("UETR"),
    optional("TxId"),
    optional("MndtId"),
    optional("ChqNb"),
    optional("ClrSysRef"),
    optional("AcctOwnrTxId"),
    optional("AcctSvcrTxId"),
    optional("MktInfrstrctrTxId"),
    optional("PrcgId"),
    any("Prtry"),
];

/// `TransactionAgents5`.
pub(super) const AGENTS: &[Child] = &[
    optional("InstgAgt"),
    optional("InstdAgt"),
    optional("DbtrAgt"),
    optional("CdtrAgt"),
    optional("IntrmyAgt1"),
    optional("IntrmyAgt2"),
    optional("IntrmyAgt3"),
    optional("RcvgAgt"),
    optional("DlvrgAgt"),
    optional("IssgAgt"),
    optional("SttlmPlc"),
    any("Prtry"),
];

/// `TransactionDates3`.
pub(super) const DATES: &[Child] = &[
    optional("AccptncDtTm"),
    optional("TradActvtyCtrctlSttlmDt"),
    optional("TradDt"),
    optional("IntrBkSttlmDt"),
    optional("StartDt"),
    optional("EndDt"),
    optional("TxDtTm"),
    any("Prtry"),
];

/// `PaymentReturnReason5`.
pub(super) const RETURN: &[Child] = &[
    optional("OrgnlBkTxCd"),
    optional("Orgtr"),
    optional("Rsn"),
    any("AddtlInf"),
];
