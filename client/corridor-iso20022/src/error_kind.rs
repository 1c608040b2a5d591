//! Every way a message can be wrong, each with its code, its ISO reason and what to do.
//!
//! Codes are for ever: a new kind is added with a new code, an old code keeps its meaning.

use crate::error::TransactionRef;
use corridor_core::currency::InvalidCurrency;
use corridor_core::money::InvalidAmount;
use corridor_core::terms::InvalidChargeBearer;
use corridor_core::uetr::InvalidUetrText;

/// What can be wrong with a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// More than [`Limits::bytes`](crate::Limits::bytes).
    #[error("the message has {found} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Size of the message.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// Another of the [`Limits`](crate::Limits) is passed.
    #[error("more than {limit} {what}")]
    LimitPassed {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the message is not UTF-8: {found}")]
    UnsupportedEncoding {
        /// What it is, or what is wrong with it.
        found: String,
    },
    /// Not well-formed XML 1.0 with namespaces.
    #[error("the XML is not well-formed: {detail}")]
    MalformedXml {
        /// What is wrong.
        detail: String,
    },
    /// A document type declaration.
    #[error("a DOCTYPE is refused: it can hide entities and outside files")]
    DoctypeRefused,
    /// A reference to an entity that XML does not predefine.
    #[error("the entity &{name}; is refused: only &amp; &lt; &gt; &apos; &quot; and characters by number are read")]
    EntityRefused {
        /// The entity.
        name: String,
    },
    /// No `Document`.
    #[error("there is no Document element")]
    NoDocument,
    /// Another message, or no ISO 20022 message.
    #[error("the namespace is {found}, which is not a {expected} message")]
    UnsupportedMessage {
        /// The namespace found.
        found: String,
        /// The message expected, such as `pacs.008`.
        expected: &'static str,
    },
    /// A version that is not read.
    #[error("the namespace is {found}; supported are {supported}")]
    UnsupportedVersion {
        /// The namespace found.
        found: String,
        /// The versions supported.
        supported: String,
    },
    /// The business application header announces another message.
    #[error("the header announces {announced}, the Document is {found}")]
    HeaderMismatch {
        /// `MsgDefIdr` of the header.
        announced: String,
        /// The message in the document.
        found: String,
    },
    /// A required element is absent.
    #[error("the element is missing")]
    MissingElement,
    /// An element that occurs at most once occurs again.
    #[error("the element occurs more than once")]
    RepeatedElement,
    /// An element the standard does not have here.
    #[error("the standard has no such element here")]
    UnexpectedElement,
    /// An element after one that the standard puts behind it.
    #[error("the element is out of order: the standard puts it before {before}")]
    WrongOrder {
        /// The element it should precede.
        before: String,
    },
    /// A required attribute is absent.
    #[error("the attribute {name} is missing")]
    MissingAttribute {
        /// The attribute.
        name: &'static str,
    },
    /// Text where there should be some.
    #[error("the element is empty")]
    EmptyText,
    /// Longer than the standard allows.
    #[error("the text has {found} characters, the standard allows {max}")]
    TextTooLong {
        /// Characters found.
        found: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A value that is not of the element's type.
    #[error("\"{found}\" is not {expected}")]
    InvalidValue {
        /// The value.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// An amount that is not one of its currency.
    #[error("\"{found}\" is not an amount of {currency}: {reason}")]
    InvalidAmount {
        /// The amount.
        found: String,
        /// The currency.
        currency: String,
        /// Why.
        reason: InvalidAmount,
    },
    /// Not a currency code.
    #[error("\"{found}\" is not a currency: {reason}")]
    InvalidCurrency {
        /// The code.
        found: String,
        /// Why.
        reason: InvalidCurrency,
    },
    /// An amount to settle that is zero.
    #[error("the amount is zero")]
    ZeroAmount,
    /// Two amounts that must share a currency do not.
    #[error("the amount is in {found}, and should be in {expected}")]
    OtherCurrency {
        /// The currency found.
        found: String,
        /// The currency expected.
        expected: String,
    },
    /// A malformed identifier of an agent.
    #[error("\"{found}\" is not {expected}")]
    InvalidAgent {
        /// The identifier.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// An agent that takes part in the settlement has no identifier.
    #[error("the agent has neither BICFI, nor LEI, nor ClrSysMmbId with its ClrSysId")]
    AgentWithoutIdentifier,
    /// Not a charge bearer.
    #[error("\"{found}\" is not a charge bearer: {reason}")]
    InvalidChargeBearer {
        /// The code.
        found: String,
        /// Why.
        reason: InvalidChargeBearer,
    },
    /// Not a UETR.
    #[error("\"{found}\" is not a UETR: {reason}")]
    InvalidUetr {
        /// The text.
        found: String,
        /// Why.
        reason: InvalidUetrText,
    },
    /// `NbOfTxs` is not the number of transactions.
    #[error("the group header announces {declared} transactions, the message has {found}")]
    NumberOfTransactions {
        /// What the header says.
        declared: u64,
        /// What the message has.
        found: usize,
    },
    /// `CtrlSum` is not the sum of the amounts.
    #[error("the control sum is {declared}, the amounts add up to {found}")]
    ControlSum {
        /// What the header says.
        declared: String,
        /// What the amounts add up to.
        found: String,
    },
    /// The total amount is not the sum of the amounts.
    #[error("the total is {declared}, the amounts add up to {found}")]
    TotalAmount {
        /// What the header says.
        declared: String,
        /// What the amounts add up to.
        found: String,
    },
    /// A number of entries that is not that of the statement.
    #[error("the summary announces {declared} entries, the statement has {found}")]
    NumberOfEntries {
        /// What the summary says.
        declared: u64,
        /// What the statement has.
        found: usize,
    },
    /// Opening balance and booked entries do not add up to the closing balance.
    #[error("the opening balance is {opening}, the booked entries add up to {entries}, and the closing balance is {closing}")]
    BalancesDoNotTie {
        /// The opening balance.
        opening: String,
        /// The booked entries, credits less debits.
        entries: String,
        /// The closing balance.
        closing: String,
    },
    /// The transactions of a batch that are listed are not as many as it says.
    #[error("the batch announces {declared} transactions, the entry lists {found}")]
    BatchItems {
        /// What the batch says.
        declared: u64,
        /// How many are listed.
        found: usize,
    },
    /// A batch, or its transactions, do not add up to the entry.
    #[error("the entry is {entry}, its batch comes to {found}")]
    BatchTotal {
        /// The entry.
        entry: String,
        /// The batch, or its transactions added up.
        found: String,
    },
    /// A sum with more digits than the standard has room for.
    #[error("the sum has more than 18 digits")]
    SumTooLarge,
    /// Given in the group header and in a transaction, which the standard allows in one place only.
    #[error("the element is given in the group header as well")]
    AlsoInGroupHeader,
    /// Two transactions of a message cannot be told apart.
    #[error("the transaction repeats {first}: all that identifies it is the same")]
    DuplicateTransaction {
        /// The earlier one.
        first: TransactionRef,
    },
    /// Two transactions of a message have the same UETR.
    #[error("the UETR is that of {first} already")]
    DuplicateUetr {
        /// The earlier one.
        first: TransactionRef,
    },
    /// A transfer between institutions that only covers a customer's.
    #[error("this covers a customer transfer, which settles by its own message")]
    CoverPayment,
    /// A settlement method that moves the money elsewhere.
    #[error("settlement by {found} moves the money outside this message")]
    SettledElsewhere {
        /// The method.
        found: String,
    },
}

impl ErrorKind {
    /// Stable code, ISO reason and advice.
    #[rustfmt::skip] // A table.
    pub(crate) fn classification(&self) -> (&'static str, &'static [u8; 4], &'static str) {
        match self {
            Self::TooLarge { .. } => ("too-large", b"FF01", "Split the message, or raise the limit."),
            Self::LimitPassed { .. } => ("limit-passed", b"FF01", "Split the message, or raise the limit."),
            Self::UnsupportedEncoding { .. } => ("unsupported-encoding", b"FF01", "Write the message in UTF-8."),
            Self::MalformedXml { .. } => ("malformed-xml", b"FF01", "Correct the XML."),
            Self::DoctypeRefused => ("doctype-refused", b"FF01", "Remove the DOCTYPE."),
            Self::EntityRefused { .. } => ("entity-refused", b"FF01", "Write the characters themselves."),
            Self::NoDocument => ("no-document", b"FF01", "Send one Document, with its AppHdr if any beside it in one outer element."),
            Self::UnsupportedMessage { .. } => ("unsupported-message", b"FF01", "Send the message this command takes."),
            Self::UnsupportedVersion { .. } => ("unsupported-version", b"FF01", "Send a supported version."),
            Self::HeaderMismatch { .. } => ("header-mismatch", b"FF01", "Correct MsgDefIdr, or send the message it names."),
            Self::MissingElement => ("missing-element", b"CH21", "Add it."),
            Self::RepeatedElement => ("repeated-element", b"CH17", "Keep one of them."),
            Self::UnexpectedElement => ("unexpected-element", b"CH17", "Correct its name or its place, or remove it."),
            Self::WrongOrder { .. } => ("wrong-order", b"CH17", "Put the elements in the standard's order."),
            Self::MissingAttribute { .. } => ("missing-attribute", b"CH21", "Add it."),
            Self::EmptyText => ("empty-text", b"CH21", "Give it a value, or leave out the element if it is optional."),
            Self::TextTooLong { .. } => ("text-too-long", b"CH16", "Shorten it."),
            Self::InvalidValue { .. } => ("invalid-value", b"CH16", "Correct the value."),
            Self::InvalidAmount { .. } => ("invalid-amount", b"AM12", "Correct the amount or its currency."),
            Self::InvalidCurrency { .. } => ("invalid-currency", b"AM03", "Use an ISO 4217 code."),
            Self::ZeroAmount => ("zero-amount", b"AM01", "Give an amount above zero."),
            Self::OtherCurrency { .. } => ("other-currency", b"AM03", "Use one currency, or leave the total out."),
            Self::InvalidAgent { .. } => ("invalid-agent", b"RC01", "Correct the identifier."),
            Self::AgentWithoutIdentifier => ("agent-without-identifier", b"RC01", "Identify the agent by BICFI, LEI or ClrSysMmbId (ClrSysId/Cd, such as CNAPS, with MmbId)."),
            Self::InvalidChargeBearer { .. } => ("invalid-charge-bearer", b"CH16", "Use one of the four codes."),
            Self::InvalidUetr { .. } => ("invalid-uetr", b"CH16", "Give a UUID of version 4 in lower case, or leave the element out."),
            Self::NumberOfTransactions { .. } => ("number-of-transactions", b"AM18", "Check that the file is whole, then correct NbOfTxs."),
            Self::ControlSum { .. } => ("control-sum", b"AM10", "Check that the file is whole, then correct CtrlSum."),
            Self::TotalAmount { .. } => ("total-amount", b"AM10", "Check that the file is whole, then correct the total."),
            Self::NumberOfEntries { .. } => ("number-of-entries", b"AM18", "Check that the statement is whole, then correct NbOfNtries."),
            Self::BalancesDoNotTie { .. } => ("balances-do-not-tie", b"AM10", "Check that no entry is missing or doubled, then correct the balance."),
            Self::BatchItems { .. } => ("batch-items", b"AM18", "Check that no transaction is missing or doubled, then correct NbOfTxs."),
            Self::BatchTotal { .. } => ("batch-total", b"AM10", "Check that no transaction is missing or doubled, then correct the amounts."),
            Self::SumTooLarge => ("sum-too-large", b"AM12", "Split the message."),
            Self::AlsoInGroupHeader => ("also-in-group-header", b"CH17", "Give it in one of the two places."),
            Self::DuplicateTransaction { .. } => ("duplicate-transaction", b"DUPL", "Remove one, or give each its own TxId, EndToEndId or UETR."),
            Self::DuplicateUetr { .. } => ("duplicate-uetr", b"DUPL", "Remove one, or give each its own UETR."),
            Self::CoverPayment => ("cover-payment", b"CH17", "Send the customer transfer as pacs.008, and leave the cover out."),
            Self::SettledElsewhere { .. } => ("settled-elsewhere", b"CH17", "Use CLRG (or INDA, INGA): Corridor settles the amount itself."),
        }
    }
}
