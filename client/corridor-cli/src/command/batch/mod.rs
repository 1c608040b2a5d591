//! `corridor batch`.

mod accept;
mod accept_many;
mod answer;
mod payments;
mod submit;
mod submitted;
mod view;

use crate::{context::Context, Failure};
use corridor_client::core::{AgentId, ReasonCode, Uetr};
use std::{collections::BTreeSet, ops::RangeInclusive, str::FromStr};

/// Submit and answer clearing batches: thousands of small payments in one call, settled net
///
/// The debtor agent submits the items; each creditor agent accepts or rejects the sum of its own, which is then
/// booked in the open settlement window. DEBTOR is one of the debtor agent's identifiers.
#[derive(Debug, clap::Subcommand)]
pub enum Batch {
    Submit(submit::Submit),
    Accept(accept::Accept),
    /// Reject the items addressed to you (`--as compliance` may, too)
    Reject {
        /// The debtor agent
        #[arg(value_name = "DEBTOR")]
        debtor: AgentId,
        /// The batch's number
        number: u32,
        /// ISO 20022 reason, such as MS03
        #[arg(long, value_name = "CODE")]
        reason: ReasonCode,
    },
    /// Withdraw what nobody has answered of your own batch (`--as compliance` may, too)
    Cancel {
        /// The batch's number
        number: u32,
        /// ISO 20022 reason
        #[arg(long, value_name = "CODE", default_value_t = ReasonCode::CUST)]
        reason: ReasonCode,
    },
    /// End what nobody has answered of an expired batch: its limits are given back (anyone may)
    Expire {
        /// The debtor agent
        #[arg(value_name = "DEBTOR")]
        debtor: AgentId,
        /// The batch's number
        number: u32,
    },
    /// Show what is recorded of a batch
    Show {
        /// The debtor agent
        #[arg(value_name = "DEBTOR")]
        debtor: AgentId,
        /// The batch's number
        number: u32,
    },
}

/// An item of a batch, by its index from 0 or its UETR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemName {
    /// Its place.
    Index(u16),
    /// Its identity.
    Uetr(Uetr),
}

impl FromStr for ItemName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let index = text.parse().map(Self::Index);
        index
            .or_else(|_| text.parse().map(Self::Uetr))
            .map_err(|_| "an item is named by its index from 0, or by its UETR")
    }
}

/// One number, or several in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers(RangeInclusive<u32>);

/// The most numbers in a row.
const MOST_IN_A_ROW: u32 = 1_000;

impl FromStr for Numbers {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let row = first.parse().ok().zip(last.parse().ok());
        row.filter(|(first, last): &(u32, u32)| {
            last.checked_sub(*first).is_some_and(|more| more < MOST_IN_A_ROW)
        })
        .map(|(first, last)| Self(first..=last))
        .ok_or("a number, or at most 1,000 in a row such as 3-7")
    }
}

impl Numbers {
    /// The number, where it is only one.
    fn only(all: &[Self]) -> Option<u32> {
        match Self::all(all).as_slice() {
            [number] => Some(*number),
            _ => None,
        }
    }

    /// Each number once, rising.
    fn all(all: &[Self]) -> Vec<u32> {
        let numbers = all.iter().flat_map(|numbers| numbers.0.clone());
        numbers.collect::<BTreeSet<u32>>().into_iter().collect()
    }
}

impl Batch {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Submit(submit) => submit.run(context).await,
            Self::Accept(accept) => accept.run(context).await,
            Self::Reject {
                debtor,
                number,
                reason,
            } => answer::reject(context, &debtor, number, reason).await,
            Self::Cancel { number, reason } => answer::cancel(context, number, reason).await,
            Self::Expire { debtor, number } => answer::expire(context, &debtor, number).await,
            Self::Show { debtor, number } => answer::show(context, &debtor, number).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_named_alone_and_in_rows() {
        let all = |texts: &[&str]| {
            let numbers: Result<Vec<Numbers>, _> = texts.iter().map(|text| text.parse()).collect();
            numbers.map(|numbers| (Numbers::only(&numbers), Numbers::all(&numbers)))
        };
        assert_eq!(all(&["7"]), Ok((Some(7), vec![7])));
        assert_eq!(all(&["7", "7-7"]), Ok((Some(7), vec![7])));
        assert_eq!(all(&["5-7", "2", "6-8"]), Ok((None, vec![2, 5, 6, 7, 8])));
        assert_eq!(all(&["4294967295"]), Ok((Some(u32::MAX), vec![u32::MAX])));
        for wrong in ["", "-", "7-", "-7", "8-7", "0-1000", "4294967296", "1-2-3", "x"] {
            assert!(all(&[wrong]).is_err(), "{wrong}");
        }
    }
}
