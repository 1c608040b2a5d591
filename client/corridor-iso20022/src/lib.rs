//! ISO 20022 messages in and out.
//!
//! | module | message | |
//! |---|---|---|
//! | [`pacs008`] | FIToFICustomerCreditTransfer | the instruction to transfer |
//! | [`pacs009`] | FinancialInstitutionCreditTransfer | institutions' own money: funding, settlement |
//! | [`pacs002`] | FIToFIPaymentStatusReport | what became of it |
//! | [`pacs004`] | PaymentReturn | a settled one, or a part of it, sent back |
//! | [`pacs028`] | FIToFIPaymentStatusRequest | what became of it? |
//! | [`camt056`] | FIToFIPaymentCancellationRequest | please cancel it |
//! | [`camt029`] | ResolutionOfInvestigation | the answer to that |
//! | [`camt050`] | LiquidityCreditTransfer | collateral pledged and released |
//! | [`camt052`], [`camt053`], [`camt054`] | account report, statement, notification | what an account held and what moved: [`statement`] |
//!
//! [`MessageKind::of`] tells which one a file is. Each has `read`, from bytes, and `write`, to text, with or without a business application header
//! (head.001, [`BusinessHeader`]) around it. Reading is strict: a message is taken whole or
//! refused whole, with an [`Iso20022Error`] that names the element, the place and the transaction. It is
//! also safe: no DOCTYPE, no entities, nothing past the [`Limits`]. Nothing here knows a chain, a contract
//! or a participant: who an [`Agent`] is on the chain is for the client to look up.
//!
//! ```
//! use corridor_iso20022::{pacs008, Limits};
//!
//! let file = r#"<?xml version="1.0" encoding="UTF-8"?>
//! <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">
//!   <FIToFICstmrCdtTrf>
//!     <GrpHdr>
//!       <MsgId>BOC-20261124-0001</MsgId>
//!       <CreDtTm>2026-11-24T09:30:00+08:00</CreDtTm>
//!       <NbOfTxs>1</NbOfTxs>
//!       <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>
//!     </GrpHdr>
//!     <CdtTrfTxInf>
//!       <PmtId><EndToEndId>INV-88</EndToEndId></PmtId>
//!       <IntrBkSttlmAmt Ccy="CNY">1250.50</IntrBkSttlmAmt>
//!       <IntrBkSttlmDt>2026-11-24</IntrBkSttlmDt>
//!       <ChrgBr>SHAR</ChrgBr>
//!       <Dbtr><Nm>Harbour Tea Trading</Nm></Dbtr>
//!       <DbtrAgt><FinInstnId><BICFI>BKCHCNBJ</BICFI></FinInstnId></DbtrAgt>
//!       <CdtrAgt><FinInstnId><ClrSysMmbId>
//!         <ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>905290000008</MmbId>
//!       </ClrSysMmbId></FinInstnId></CdtrAgt>
//!       <Cdtr><Nm>Lin Mei</Nm></Cdtr>
//!     </CdtTrfTxInf>
//!   </FIToFICstmrCdtTrf>
//! </Document>"#;
//!
//! let message = pacs008::read(file.as_bytes(), &Limits::default())?;
//! let transfer = &message.transactions[0];
//! assert_eq!(transfer.interbank_settlement_amount.to_string(), "CNY 1250.50");
//! assert_eq!(transfer.instructed_agent.identifiers()[0].to_string(), "CNAPS:905290000008");
//! assert!(transfer.uetr_derived);
//!
//! let wrong = file.replace("1250.50", "1250.505");
//! let error = pacs008::read(wrong.as_bytes(), &Limits::default()).expect_err("three decimals");
//! assert_eq!(error.path(), "Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/IntrBkSttlmAmt");
//! # Ok::<(), corridor_iso20022::Iso20022Error>(())
//! ```

mod account;
mod agent;
mod book_account;
mod business_header;
pub mod camt029;
pub mod camt050;
pub mod camt052;
pub mod camt053;
pub mod camt054;
pub mod camt056;
mod canonical;
mod case;
mod date;
mod decimal;
mod document;
mod error;
mod error_kind;
mod fields;
mod kind;
mod limits;
mod original;
pub mod pacs002;
pub mod pacs004;
pub mod pacs008;
pub mod pacs009;
pub mod pacs028;
pub mod statement;
mod status;
mod totals;
mod xml;

pub use account::Account;
pub use agent::Agent;
pub use book_account::{Book, BookAccount, InvalidBookAccount, WrongAccount};
pub use business_header::BusinessHeader;
pub use case::{Case, CaseAssignment};
pub use date::{Date, DateTime, InvalidDate};
pub use decimal::Decimal;
pub use error::{ErrorKind, Iso20022Error, Position, TransactionRef};
pub use kind::MessageKind;
pub use limits::Limits;
pub use original::{OriginalGroup, OriginalTransaction};
pub use status::{Reason, StatusReason, TransactionStatus};
