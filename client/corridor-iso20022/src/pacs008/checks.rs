//! What must hold of a message as a whole.

use super::{uetr, CreditTransferTransaction, GroupHeader};
use crate::error::{ErrorKind, Iso20022Error, TransactionRef};
use crate::totals::{check_control_sum, check_count, check_total};
use crate::xml::tree::Node;
use corridor_core::Money;
use std::collections::hash_map::{Entry, HashMap};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// `NbOfTxs`, `CtrlSum` and `TtlIntrBkSttlmAmt` against the amounts of the transactions. `node` is the group header.
pub(crate) fn check_totals<'a>(
    node: Node<'_>,
    header: &GroupHeader,
    amounts: impl ExactSizeIterator<Item = &'a Money> + Clone,
) -> Result<()> {
    check_count(node, amounts.len())?;
    check_control_sum(node, header.control_sum, amounts.clone())?;
    let total = header.total_interbank_settlement_amount;
    check_total(node, "TtlIntrBkSttlmAmt", total, amounts)
}

/// Finds transactions that cannot be told apart, as they come.
#[derive(Default)]
pub(super) struct Duplicates {
    by_uetr: HashMap<corridor_core::Uetr, TransactionRef>,
}

impl Duplicates {
    /// Gives the transaction its UETR if it has none, and refuses it if an earlier one has the same.
    ///
    /// One UETR is one transfer: it settles once, while the control sum would count it twice. Therefore a
    /// repetition is refused even when all its terms are the same. `node` is the transaction.
    pub fn take(
        &mut self,
        node: Node<'_>,
        header: &GroupHeader,
        transaction: &mut CreditTransferTransaction,
    ) -> Result<()> {
        if transaction.uetr_derived {
            transaction.uetr = uetr::derive(&uetr::identity(header, transaction));
        }
        match self.by_uetr.entry(transaction.uetr) {
            Entry::Vacant(free) => {
                free.insert(TransactionRef {
                    index: transaction.index,
                    end_to_end_id: Some(transaction.end_to_end_id.clone()),
                });
                Ok(())
            }
            Entry::Occupied(taken) => {
                let first = taken.get().clone();
                let given = node
                    .optional("PmtId")?
                    .map_or(Ok(None), |id| id.optional("UETR"))?;
                Err(match given {
                    Some(given) => given.error(ErrorKind::DuplicateUetr { first }),
                    None => node.error(ErrorKind::DuplicateTransaction { first }),
                })
            }
        }
    }
}
