//! The three messages, and where they differ.

use crate::xml::message::{Group, Shape};
use crate::xml::schema::{any, one, optional, some, Child};

/// One of the three messages.
pub(crate) struct Kind {
    pub shape: Shape,
    pub group: &'static Group,
    /// `AddtlStmtInf` by its name in this message.
    pub additional: &'static str,
    pub balances: Balances,
}

/// Whether the message has balances.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Balances {
    /// Opening and closing booked balance.
    Required,
    Optional,
    None,
}

const fn shape(
    message: &'static str,
    root: &'static str,
    group: &'static Group,
    children: &'static [Child],
) -> Shape {
    Shape {
        message,
        root,
        oldest: 8,
        known: 11,
        newest: 13,
        children,
        group: Some(group),
        transaction: "Ntry",
        end_to_end_id: &["NtryDtls", "TxDtls", "Refs", "EndToEndId"],
    }
}

/// camt.052 BankToCustomerAccountReport.
pub(crate) static REPORT: Kind = Kind {
    shape: shape(
        "camt.052",
        "BkToCstmrAcctRpt",
        &RPT,
        &[one("GrpHdr"), some("Rpt"), any("SplmtryData")],
    ),
    group: &RPT,
    additional: "AddtlRptInf",
    balances: Balances::Optional,
};

/// camt.053 BankToCustomerStatement.
pub(crate) static STATEMENT: Kind = Kind {
    shape: shape(
        "camt.053",
        "BkToCstmrStmt",
        &STMT,
        &[one("GrpHdr"), some("Stmt"), any("SplmtryData")],
    ),
    group: &STMT,
    additional: "AddtlStmtInf",
    balances: Balances::Required,
};

/// camt.054 BankToCustomerDebitCreditNotification.
pub(crate) static NOTIFICATION: Kind = Kind {
    shape: shape(
        "camt.054",
        "BkToCstmrDbtCdtNtfctn",
        &NTFCTN,
        &[one("GrpHdr"), some("Ntfctn"), any("SplmtryData")],
    ),
    group: &NTFCTN,
    additional: "AddtlNtfctnInf",
    balances: Balances::None,
};

/// `AccountReport25` and later.
static RPT: Group = Group {
    name: "Rpt",
    children: &[
        one("Id"),
        optional("RptPgntn"),
        optional("ElctrncSeqNb"),
        optional("RptgSeq"),
        optional("LglSeqNb"),
        optional("CreDtTm"),
        optional("FrToDt"),
        optional("CpyDplctInd"),
        optional("RptgSrc"),
        one("Acct"),
        optional("RltdAcct"),
        any("Intrst"),
        any("Bal"),
        optional("TxsSummry"),
        any("Ntry"),
        optional("AddtlRptInf"),
    ],
};

/// `AccountStatement9` and later.
static STMT: Group = Group {
    name: "Stmt",
    children: &[
        one("Id"),
        optional("StmtPgntn"),
        optional("ElctrncSeqNb"),
        optional("RptgSeq"),
        optional("LglSeqNb"),
        optional("CreDtTm"),
        optional("FrToDt"),
        optional("CpyDplctInd"),
        optional("RptgSrc"),
        one("Acct"),
        optional("RltdAcct"),
        any("Intrst"),
        some("Bal"),
        optional("TxsSummry"),
        any("Ntry"),
        optional("AddtlStmtInf"),
    ],
};

/// `AccountNotification17` and later.
static NTFCTN: Group = Group {
    name: "Ntfctn",
    children: &[
        one("Id"),
        optional("NtfctnPgntn"),
        optional("ElctrncSeqNb"),
        optional("RptgSeq"),
        optional("LglSeqNb"),
        optional("CreDtTm"),
        optional("FrToDt"),
        optional("CpyDplctInd"),
        optional("RptgSrc"),
        one("Acct"),
        optional("RltdAcct"),
        any("Intrst"),
        optional("TxsSummry"),
        any("Ntry"),
        optional("AddtlNtfctnInf"),
    ],
};
