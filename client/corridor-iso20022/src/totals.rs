//! Totals in group headers, which tell a whole file from a cut one.

use crate::error::{ErrorKind, Iso20022Error};
use crate::xml::tree::Node;
use crate::Decimal;
use corridor_core::Money;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// `NbOfTxs` is the number of transactions.
pub(crate) fn check_count(header: Node<'_>, found: usize) -> Result<()> {
    let node = header.required("NbOfTxs")?;
    let declared = node.count()?;
    if u64::try_from(found) == Ok(declared) {
        return Ok(());
    }
    Err(node.error(ErrorKind::NumberOfTransactions { declared, found }))
}

/// `CtrlSum`, if given, is the plain sum of all amounts, irrespective of currency.
pub(crate) fn check_control_sum<'a>(
    header: Node<'_>,
    declared: Option<Decimal>,
    amounts: impl Iterator<Item = &'a Money>,
) -> Result<()> {
    let Some(declared) = declared else {
        return Ok(());
    };
    let found = Decimal::sum(amounts);
    if found == Some(declared) {
        return Ok(());
    }
    let kind = ErrorKind::ControlSum {
        declared: declared.to_string(),
        found: found.map_or_else(|| "more than can be counted".into(), |sum| sum.to_string()),
    };
    Err(header.required("CtrlSum")?.error(kind))
}

/// The total `name`, if given, is the sum of all amounts, which all have its currency.
pub(crate) fn check_total<'a>(
    header: Node<'_>,
    name: &'static str,
    declared: Option<Money>,
    amounts: impl Iterator<Item = &'a Money>,
) -> Result<()> {
    let Some(declared) = declared else {
        return Ok(());
    };
    let node = || header.required(name);
    let mut sum = Money::new(declared.currency, 0);
    for amount in amounts {
        if amount.currency != declared.currency {
            let kind = ErrorKind::OtherCurrency {
                found: declared.currency.to_string(),
                expected: amount.currency.to_string(),
            };
            return Err(node()?.error(kind));
        }
        sum = match sum.checked_add(*amount) {
            Ok(sum) => sum,
            Err(_) => return Err(node()?.invalid(&declared.to_decimal(), "a total that can be counted")),
        };
    }
    if sum == declared {
        return Ok(());
    }
    Err(node()?.error(ErrorKind::TotalAmount {
        declared: declared.to_string(),
        found: sum.to_string(),
    }))
}
