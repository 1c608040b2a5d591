//! A list of transfers that two processes, and every life of each, agree on.

use crate::random::Random;
use crate::scenario::stage::{BOC, CNY, CUP, DAY};
use corridor_client::core::{ChargeBearer, Money, Seconds, SettlementMethod, Uetr};
use corridor_client::InstructRequest;

/// The usual transfers from BOC to CUP, numbered, as a seed says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payments {
    /// Decides their identities.
    pub seed: u64,
    /// How many there are.
    pub count: u32,
    /// The expiry of all.
    pub expires_at: Seconds,
}

impl Payments {
    /// The identity of a transfer.
    #[must_use]
    pub fn uetr(&self, number: u32) -> Uetr {
        let mut random = Random(self.seed ^ u64::from(number).rotate_left(32));
        Uetr::from_random_bytes(random.bytes())
    }

    /// All identities, by number.
    #[must_use]
    pub fn uetrs(&self) -> Vec<Uetr> {
        (0..self.count).map(|number| self.uetr(number)).collect()
    }

    /// How much a transfer moves: not all the same, so that a mix-up shows.
    #[must_use]
    pub fn minor_units(&self, number: u32) -> u128 {
        u128::from(number % 97 + 1)
    }

    /// How much all of them move.
    #[must_use]
    pub fn total(&self) -> u128 {
        (0..self.count).map(|number| self.minor_units(number)).sum()
    }

    /// A transfer's instruction: always the same.
    #[must_use]
    pub fn instruction(&self, number: u32) -> InstructRequest {
        InstructRequest {
            uetr: self.uetr(number),
            end_to_end_id: format!("PAYMENT-{number}"),
            debtor_agent: BOC,
            creditor_agent: CUP,
            interbank_settlement_amount: Money::new(CNY, self.minor_units(number)),
            interbank_settlement_date: u32::try_from(self.expires_at / DAY).expect("a date this century"),
            charge_bearer: ChargeBearer::Shar,
            settlement_method: SettlementMethod::Gross,
            expires_at: self.expires_at,
            message: format!("payment {number}").into_bytes(),
        }
    }

    /// All instructions, by number.
    #[must_use]
    pub fn instructions(&self) -> Vec<InstructRequest> {
        (0..self.count).map(|number| self.instruction(number)).collect()
    }
}
