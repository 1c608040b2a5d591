//! The three messages, and where they differ.

use crate::xml::message::{Group, Shape};
use crate::xml::schema::{any, one, optional, some};

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

/// One of the messages by its names, all else being the same: of the message, its root and its group, of the group's pagination and
/// further text. `balances` are the elements for balances, if it has any.
macro_rules! kind {
    ($message:literal, $root:literal, $group:literal, $pagination:literal, $additional:literal, $has:ident, [$($balances:expr)?]) => {{
        const GROUP: &Group = &Group {
            name: $group,
            children: &[
                one("Id"),
                optional($pagination),
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
                $($balances,)?
                optional("TxsSummry"),
                any("Ntry"),
                optional($additional),
            ],
        };
        Kind {
            shape: Shape {
                message: $message,
                root: $root,
                oldest: 8,
                known: 11,
                newest: 13,
                children: &[one("GrpHdr"), some($group), any("SplmtryData")],
                group: Some(GROUP),
                transaction: "Ntry",
                end_to_end_id: &["NtryDtls", "TxDtls", "Refs", "EndToEndId"],
            },
            group: GROUP,
            additional: $additional,
            balances: Balances::$has,
        }
    }};
}

/// camt.052 BankToCustomerAccountReport, with `AccountReport25` and later.
#[rustfmt::skip]
pub(crate) static REPORT: Kind =
    kind!("camt.052", "BkToCstmrAcctRpt", "Rpt", "RptPgntn", "AddtlRptInf", Optional, [any("Bal")]);

/// camt.053 BankToCustomerStatement, with `AccountStatement9` and later.
#[rustfmt::skip]
pub(crate) static STATEMENT: Kind =
    kind!("camt.053", "BkToCstmrStmt", "Stmt", "StmtPgntn", "AddtlStmtInf", Required, [some("Bal")]);

/// camt.054 BankToCustomerDebitCreditNotification, with `AccountNotification17` and later.
#[rustfmt::skip]
pub(crate) static NOTIFICATION: Kind =
    kind!("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", "NtfctnPgntn", "AddtlNtfctnInf", None, []);
