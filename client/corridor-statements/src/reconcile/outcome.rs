//! What a comparison found.

use super::{Ledger, Line, LineStatus};
use crate::Period;
use corridor_iso20022::{
    statement::{Balance, Statement},
    BookAccount,
};

/// What became of a line, or of two that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// Both say the same.
    Matched,
    /// Not booked on the chain and not in the ledger: nothing to compare yet.
    Open,
    /// Booked on the chain, not in the ledger.
    MissingInLedger,
    /// In the ledger, not on the chain.
    MissingOnChain,
    /// Both have it, with other amounts.
    Amount,
    /// Both have it, and only one counts it, or for another reason than the other.
    Status,
    /// Both have it, on other days.
    Date,
    /// The ledger has it again.
    Duplicate,
}

impl FindingKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Matched,
        Self::Open,
        Self::MissingInLedger,
        Self::MissingOnChain,
        Self::Amount,
        Self::Status,
        Self::Date,
        Self::Duplicate,
    ];

    /// The stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Open => "open",
            Self::MissingInLedger => "missing_in_ledger",
            Self::MissingOnChain => "missing_on_chain",
            Self::Amount => "amount",
            Self::Status => "status",
            Self::Date => "date",
            Self::Duplicate => "duplicate",
        }
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Open => "not booked yet",
            Self::MissingInLedger => "missing in the ledger",
            Self::MissingOnChain => "missing on the chain",
            Self::Amount => "amounts differ",
            Self::Status => "statuses differ",
            Self::Date => "days differ",
            Self::Duplicate => "twice in the ledger",
        }
    }

    /// Whether somebody has to look into it.
    #[must_use]
    pub fn is_difference(self) -> bool {
        !matches!(self, Self::Matched | Self::Open)
    }
}

/// A line of either side, or one of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// On the chain.
    pub chain: Option<Line>,
    /// In the ledger.
    pub ledger: Option<Line>,
    /// What else is known, for people.
    pub note: String,
}

impl Finding {
    /// How many minor units the ledger has counted more than the chain; negative: fewer.
    #[must_use]
    pub fn difference(&self) -> i128 {
        let counted = |line: &Option<Line>| match line {
            Some(line) if line.status() == LineStatus::Booked => line.amount,
            _ => 0,
        };
        counted(&self.ledger).saturating_sub(counted(&self.chain))
    }
}

/// Findings of one kind together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// Of which kind.
    pub kind: FindingKind,
    /// How many.
    pub count: usize,
    /// What the ledger has counted more than the chain, in minor units.
    pub difference: i128,
}

/// A balance on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceLine {
    /// `opening` or `closing`.
    pub name: &'static str,
    /// On the chain, in minor units.
    pub chain: i128,
    /// In the ledger, in minor units, where it says one.
    pub ledger: Option<i128>,
}

impl BalanceLine {
    /// Whether the ledger says another one.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.ledger.is_some_and(|ledger| ledger != self.chain)
    }
}

/// The result of comparing a ledger with the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Which account.
    pub account: BookAccount,
    /// Which days.
    pub period: Period,
    /// The block whose end the closing balance is of.
    pub closing_block: u64,
    /// The ledger's name.
    pub ledger: String,
    /// Ledger lines of other currencies, left out.
    pub other_currency: usize,
    /// Ledger lines of other days, left out.
    pub outside_period: usize,
    /// The balances.
    pub balances: Vec<BalanceLine>,
    /// Every line of both sides, once.
    pub findings: Vec<Finding>,
}

impl Reconciliation {
    /// Whether nobody has to look into anything.
    #[must_use]
    pub fn agrees(&self) -> bool {
        let differs = self.findings.iter().any(|finding| finding.kind.is_difference());
        !differs && !self.balances.iter().any(BalanceLine::differs)
    }

    /// The findings of a kind.
    pub fn of(&self, kind: FindingKind) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.kind == kind)
    }

    /// Every kind, with how many there are of it.
    #[must_use]
    pub fn totals(&self) -> Vec<Total> {
        let total = |kind| Total {
            kind,
            count: self.of(kind).count(),
            difference: self
                .of(kind)
                .fold(0, |sum: i128, finding| sum.saturating_add(finding.difference())),
        };
        FindingKind::ALL.into_iter().map(total).collect()
    }
}

/// The balances of both sides.
pub(super) fn balances(statement: &Statement, ledger: &Ledger) -> Vec<BalanceLine> {
    let line = |name, chain: &Option<Balance>, ledger| {
        let chain = chain.as_ref()?.signed()?;
        Some(BalanceLine { name, chain, ledger })
    };
    let opening = line("opening", &statement.opening, ledger.opening);
    let closing = line("closing", &statement.closing, ledger.closing);
    opening.into_iter().chain(closing).collect()
}
