//! What an entry is: the bank transaction code.

use super::schema::TRANSACTION_CODE;
use super::CreditDebit;
use crate::error::Iso20022Error;
use crate::fields::MAX_35;
use crate::xml::tree::Node;
use crate::xml::writer::Writer;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Who issues the proprietary codes Corridor writes.
const ISSUER: &str = "CORRIDOR";

/// `BkTxCd`: by the standard's domains, by a code of the servicer's own, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankTransactionCode {
    /// `Domn`.
    pub domain: Option<DomainCode>,
    /// `Prtry`.
    pub proprietary: Option<ProprietaryCode>,
}

/// `Domn`: such as PMNT, RCDT, XBCT for a cross-border transfer received. Each has one to four characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainCode {
    /// `Cd`.
    pub domain: String,
    /// `Fmly/Cd`.
    pub family: String,
    /// `Fmly/SubFmlyCd`.
    pub sub_family: String,
}

/// `Prtry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProprietaryCode {
    /// `Cd`, at most 35 characters.
    pub code: String,
    /// `Issr`, at most 35 characters.
    pub issuer: Option<String>,
}

/// What moves money on a participant's account with Corridor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Tokenised money put into escrow.
    Deposit,
    /// Money paid out of escrow.
    Withdrawal,
    /// A transfer that settled by itself.
    Transfer,
    /// A settled transfer, or a part of it, sent back.
    Return,
    /// The net position of a settlement window, paid.
    NetSettlement,
    /// A charge.
    Fee,
    /// One leg of an exchange of currencies.
    Exchange,
    /// Escrow made collateral.
    Pledge,
    /// Collateral made escrow again.
    Release,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Deposit,
        Self::Withdrawal,
        Self::Transfer,
        Self::Return,
        Self::NetSettlement,
        Self::Fee,
        Self::Exchange,
        Self::Pledge,
        Self::Release,
    ];

    /// The word Corridor's proprietary code has for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Deposit => "DEPOSIT",
            Self::Withdrawal => "WITHDRAWAL",
            Self::Transfer => "TRANSFER",
            Self::Return => "RETURN",
            Self::NetSettlement => "NETSETTLEMENT",
            Self::Fee => "FEE",
            Self::Exchange => "EXCHANGE",
            Self::Pledge => "PLEDGE",
            Self::Release => "RELEASE",
        }
    }

    /// The code of an entry of this kind on this side: the standard's, and Corridor's own, which is exact.
    #[must_use]
    pub fn code(self, side: CreditDebit) -> BankTransactionCode {
        // Received and issued credit transfers; a return keeps the family of what it undoes.
        let (received, issued) = ("RCDT", "ICDT");
        let (family, undone) = match side {
            CreditDebit::Credit => (received, issued),
            CreditDebit::Debit => (issued, received),
        };
        let (domain, family, sub_family) = match self {
            Self::Deposit | Self::Withdrawal | Self::NetSettlement => ("PMNT", family, "FICT"),
            Self::Transfer => ("PMNT", family, "XBCT"),
            Self::Return => ("PMNT", undone, "RRTN"),
            Self::Fee => ("PMNT", family, "CHRG"),
            Self::Exchange => ("FORX", "SPOT", "OTHR"),
            Self::Pledge | Self::Release => ("CAMT", "ACCB", "OTHR"),
        };
        BankTransactionCode {
            domain: Some(DomainCode {
                domain: domain.into(),
                family: family.into(),
                sub_family: sub_family.into(),
            }),
            proprietary: Some(ProprietaryCode {
                code: self.name().into(),
                issuer: Some(ISSUER.into()),
            }),
        }
    }
}

impl BankTransactionCode {
    /// The kind Corridor's proprietary code names, if it is one of Corridor's.
    #[must_use]
    pub fn kind(&self) -> Option<EntryKind> {
        let own = self.proprietary.as_ref()?;
        let named = |kind: &EntryKind| kind.name() == own.code;
        let issued = own.issuer.as_deref() == Some(ISSUER);
        EntryKind::ALL.into_iter().find(named).filter(|_| issued)
    }

    pub(super) fn read(node: Node<'_>) -> Result<Self> {
        node.check(TRANSACTION_CODE)?;
        Ok(Self {
            domain: node.optional_with("Domn", |domain| {
                let family = domain.required("Fmly")?;
                Ok(DomainCode {
                    domain: domain.required_text("Cd", 4)?,
                    family: family.required_text("Cd", 4)?,
                    sub_family: family.required_text("SubFmlyCd", 4)?,
                })
            })?,
            proprietary: node.optional_with("Prtry", |own| {
                Ok(ProprietaryCode {
                    code: own.required_text("Cd", MAX_35)?,
                    issuer: own.optional_text("Issr", MAX_35)?,
                })
            })?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<()> {
        writer.element("BkTxCd", |writer| {
            if let Some(domain) = &self.domain {
                writer.element("Domn", |writer| {
                    writer.text("Cd", &domain.domain, 4)?;
                    writer.element("Fmly", |writer| {
                        writer.text("Cd", &domain.family, 4)?;
                        writer.text("SubFmlyCd", &domain.sub_family, 4)
                    })
                })?;
            }
            let Some(own) = &self.proprietary else {
                return Ok(());
            };
            writer.element("Prtry", |writer| {
                writer.text("Cd", &own.code, MAX_35)?;
                writer.optional_text("Issr", own.issuer.as_deref(), MAX_35)
            })
        })
    }
}
