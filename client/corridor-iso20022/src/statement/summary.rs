//! `TxsSummry`: how many entries, and their sums, which tell a whole statement from a cut one.

use super::schema::SUMMARY;
use super::{CreditDebit, Statement};
use crate::error::{ErrorKind, Iso20022Error};
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use crate::Decimal;
use corridor_core::Money;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// The entries of one side, or all of them.
struct Total {
    count: usize,
    /// Without signs; `None` when it cannot be counted.
    sum: Option<Decimal>,
}

fn total(statement: &Statement, side: Option<CreditDebit>) -> Total {
    let entries = || {
        let of_side = move |entry: &&super::Entry| side.is_none_or(|side| entry.side == side);
        statement.entries.iter().filter(of_side)
    };
    Total {
        count: entries().count(),
        sum: Decimal::sum(entries().map(|entry| &entry.amount)),
    }
}

/// The elements, and which side each is about.
const TOTALS: [(&str, Option<CreditDebit>); 3] = [
    ("TtlNtries", None),
    ("TtlCdtNtries", Some(CreditDebit::Credit)),
    ("TtlDbtNtries", Some(CreditDebit::Debit)),
];

/// Writes it: all entries, booked or not.
pub(super) fn write(statement: &Statement, writer: &mut Writer) -> Result<()> {
    writer.element("TxsSummry", |writer| {
        for (name, side) in TOTALS {
            let Total { count, sum } = total(statement, side);
            writer.element(name, |writer| {
                writer.value("NbOfNtries", count);
                let sum = sum.ok_or_else(|| writer.error("Sum", ErrorKind::SumTooLarge))?;
                writer.decimal("Sum", sum)
            })?;
        }
        Ok(())
    })
}

/// Checks what is given of it. `node` is the summary.
pub(super) fn check(node: Node<'_>, statement: &Statement) -> Result<()> {
    node.check(SUMMARY)?;
    for (name, side) in TOTALS {
        let Some(given) = node.optional(name)? else {
            continue;
        };
        let Total { count, sum } = total(statement, side);
        if let Some(declared) = given.optional("NbOfNtries")? {
            let number = declared.count()?;
            if u64::try_from(count) != Ok(number) {
                return Err(declared.error(ErrorKind::NumberOfEntries {
                    declared: number,
                    found: count,
                }));
            }
        }
        if let Some(declared) = given.optional("Sum")? {
            let number = declared.decimal()?;
            if Some(number) != sum {
                let found = sum.map_or_else(|| "more than can be counted".into(), |sum| sum.to_string());
                let declared_text = number.to_string();
                return Err(declared.error(ErrorKind::ControlSum {
                    declared: declared_text,
                    found,
                }));
            }
        }
        check_net(given, statement)?;
    }
    Ok(())
}

/// `TtlNetNtry`: credits less debits.
fn check_net(given: Node<'_>, statement: &Statement) -> Result<()> {
    let Some(net) = given.optional("TtlNetNtry")? else {
        return Ok(());
    };
    let amount = net.required("Amt")?;
    let declared = amount.decimal()?;
    let side = CreditDebit::read(net.required("CdtDbtInd")?)?;
    let mut entries = statement.entries.iter();
    let signed = entries.try_fold(0i128, |sum, entry| sum.checked_add(entry.signed()?));
    let signed = signed.ok_or_else(|| amount.error(ErrorKind::SumTooLarge))?;
    let found = Money::new(statement.account.currency, signed.unsigned_abs());
    let same_side = signed == 0 || CreditDebit::of(signed) == side;
    if same_side && Decimal::sum([&found]) == Some(declared) {
        return Ok(());
    }
    Err(amount.error(ErrorKind::ControlSum {
        declared: format!("{} {declared}", side.code()),
        found: format!("{} {}", CreditDebit::of(signed).code(), found.to_decimal()),
    }))
}
