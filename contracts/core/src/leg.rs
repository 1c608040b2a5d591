//! Legs: single movements of money between two participants, and the books of one command they move in.

use crate::{Currency, Error, Money, ParticipantId, Position};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What a leg is for. Append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Purpose {
    /// The amount the debtor agent pays.
    #[codec(index = 0)]
    Debited,
    /// The amount the creditor agent gets.
    #[codec(index = 1)]
    Credited,
    /// The debtor agent's fee.
    #[codec(index = 2)]
    DebtorFee,
    /// The creditor agent's fee.
    #[codec(index = 3)]
    CreditorFee,
    /// What the creditor agent sends back.
    #[codec(index = 4)]
    SentBack,
    /// What the debtor agent gets back.
    #[codec(index = 5)]
    GivenBack,
}

/// One movement of money between two participants' escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Leg {
    /// Who pays.
    pub from: ParticipantId,
    /// Who is paid.
    pub to: ParticipantId,
    /// How much.
    pub money: Money,
    /// What for.
    pub purpose: Purpose,
}

/// A participant's position in one currency, as part of [`Books`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// What it is.
    pub position: Position,
}

/// The positions one command touches, each of them once.
///
/// A command with several roles (debtor agent, provider, creditor agent, who gets a fee) may have one
/// participant in more than one of them. Its position is here once, so no role's change is lost to
/// another's. A rule takes the books by value and gives back the changed ones: when it refuses, nothing of
/// what it had changed remains.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Books(Vec<Entry>);

impl Books {
    /// Reads each of `keys` once, however often it is named.
    pub fn load(
        keys: &[(ParticipantId, Currency)],
        mut read: impl FnMut(ParticipantId, Currency) -> Position,
    ) -> Self {
        let mut books = Self::default();
        for (participant, currency) in keys.iter().copied() {
            if books.get(participant, currency).is_err() {
                books.0.push(Entry {
                    participant,
                    currency,
                    position: read(participant, currency),
                });
            }
        }
        books
    }

    /// The entries, to be written back.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// A position; [`Error::BooksBroken`] when it was not loaded.
    pub fn get(&self, participant: ParticipantId, currency: Currency) -> Result<Position, Error> {
        self.0
            .iter()
            .find(|entry| entry.participant == participant && entry.currency == currency)
            .map(|entry| entry.position)
            .ok_or(Error::BooksBroken)
    }

    /// Moves from available to reserved; as [`Position::reserve`].
    pub fn reserve(&mut self, participant: ParticipantId, money: Money) -> Result<(), Error> {
        let position = self
            .get(participant, money.currency)?
            .reserve(money.minor_units)?;
        self.set(participant, money.currency, position)
    }

    /// Moves back from reserved to available; as [`Position::release`].
    pub fn release(&mut self, participant: ParticipantId, money: Money) -> Result<(), Error> {
        let position = self
            .get(participant, money.currency)?
            .release(money.minor_units)?;
        self.set(participant, money.currency, position)
    }

    /// Pays a leg out of what its payer has reserved; [`Error::BooksBroken`] or [`Error::AmountOverflow`].
    pub fn pay_reserved(&mut self, leg: &Leg) -> Result<(), Error> {
        let payer = self.get(leg.from, leg.money.currency)?;
        let payer = payer.pay_reserved(leg.money.minor_units)?;
        self.pay_out(leg, payer)
    }

    /// Pays a leg out of what its payer has available; [`Error::InsufficientFunds`] or
    /// [`Error::AmountOverflow`].
    pub fn pay_available(&mut self, leg: &Leg) -> Result<(), Error> {
        let payer = self.get(leg.from, leg.money.currency)?;
        let payer = payer.debit(leg.money.minor_units)?;
        self.pay_out(leg, payer)
    }

    /// The payer's new position is written before the payee's is read: they may be the same.
    fn pay_out(&mut self, leg: &Leg, payer: Position) -> Result<(), Error> {
        self.set(leg.from, leg.money.currency, payer)?;
        let payee = self.get(leg.to, leg.money.currency)?;
        let payee = payee.credit(leg.money.minor_units)?;
        self.set(leg.to, leg.money.currency, payee)
    }

    /// Replaces a position; [`Error::BooksBroken`] when it was not loaded.
    pub fn set(
        &mut self,
        participant: ParticipantId,
        currency: Currency,
        position: Position,
    ) -> Result<(), Error> {
        let entry = self
            .0
            .iter_mut()
            .find(|entry| entry.participant == participant && entry.currency == currency)
            .ok_or(Error::BooksBroken)?;
        entry.position = position;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOC: ParticipantId = ParticipantId(0);
    const CUP: ParticipantId = ParticipantId(1);

    fn books(available: u128, reserved: u128) -> Books {
        let keys = [
            (BOC, Currency::CNY),
            (BOC, Currency::CNY),
            (CUP, Currency::CNY),
            (BOC, Currency::CNY),
        ];
        Books::load(&keys, |_, _| Position { available, reserved })
    }

    fn leg(from: ParticipantId, to: ParticipantId, minor_units: u128) -> Leg {
        Leg {
            from,
            to,
            money: Money::new(Currency::CNY, minor_units),
            purpose: Purpose::Debited,
        }
    }

    #[test]
    fn a_position_named_twice_is_there_once() {
        assert_eq!(books(5, 0).entries().len(), 2);
        assert_eq!(
            books(5, 0).get(BOC, Currency::HKD),
            Err(Error::BooksBroken),
            "not loaded"
        );
    }

    #[test]
    fn paying_oneself_changes_nothing_but_what_is_reserved() {
        let mut same = books(5, 7);
        same.pay_available(&leg(BOC, BOC, 5)).expect("covered");
        assert_eq!(same, books(5, 7));
        same.pay_reserved(&leg(BOC, BOC, 7)).expect("covered");
        let position = Position {
            available: 12,
            reserved: 0,
        };
        assert_eq!(same.get(BOC, Currency::CNY), Ok(position));
        assert_eq!(same.pay_reserved(&leg(BOC, BOC, 1)), Err(Error::BooksBroken));
        assert_eq!(
            same.pay_available(&leg(BOC, BOC, 13)),
            Err(Error::InsufficientFunds)
        );
    }

    #[test]
    fn what_one_pays_the_other_gets() {
        let mut both = books(5, 7);
        both.pay_available(&leg(BOC, CUP, 4)).expect("covered");
        both.pay_reserved(&leg(CUP, BOC, 6)).expect("covered");
        let at = |available, reserved| Ok(Position { available, reserved });
        assert_eq!(both.get(BOC, Currency::CNY), at(7, 7));
        assert_eq!(both.get(CUP, Currency::CNY), at(9, 1));
        both.reserve(CUP, Money::new(Currency::CNY, 9)).expect("covered");
        assert_eq!(both.get(CUP, Currency::CNY), at(0, 10));
        both.release(CUP, Money::new(Currency::CNY, 10))
            .expect("reserved");
        assert_eq!(both.get(CUP, Currency::CNY), at(10, 0));
    }
}
