//! What the rule tests share: a world in which every rule succeeds, and the check of precedence.

#![allow(dead_code)] // Each test binary uses a part of it.

use corridor_core::{
    Caller, ChargeBearer, Currency, Error, Gate, Money, ParticipantId, Position, ReasonCode, Reference, Role,
    Roles, SettlementMethod, Terms, Transfer, TransferStatus, Uetr, WindowId,
};
use std::fmt::Debug;

pub const BOC: ParticipantId = ParticipantId(0);
pub const CUP: ParticipantId = ParticipantId(1);
pub const OTHER: ParticipantId = ParticipantId(2);
pub const NOW: u64 = 1_700_000_000;
pub const AMOUNT: u128 = 1_000;
pub const REFERENCE: Reference = Reference([9; 16]);

pub fn uetr() -> Uetr {
    "8a562c67-ca16-48ba-b074-65581be6f001".parse().expect("a UETR")
}

pub fn gate() -> Gate {
    Gate {
        participants: 3,
        ..Gate::default()
    }
}

/// An account of `participant` with every role.
pub fn caller(participant: ParticipantId) -> Caller {
    let roles = Role::ALL.into_iter().fold(Roles::default(), Roles::with);
    Caller { participant, roles }
}

/// An account of `participant` with all roles but `roles`.
pub fn caller_without(participant: ParticipantId, roles: &[Role]) -> Caller {
    let all = caller(participant);
    let left = roles.iter().fold(all.roles, |left, role| left.without(*role));
    Caller { roles: left, ..all }
}

pub fn terms() -> Terms {
    Terms {
        debtor_agent: BOC,
        creditor_agent: CUP,
        interbank_settlement_amount: Money::new(Currency::CNY, AMOUNT),
        interbank_settlement_date: 19_675,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: SettlementMethod::Gross,
        expires_at: NOW + 3_600,
        message_digest: [0xAB; 32],
    }
}

/// The same, to settle net.
pub fn net_terms() -> Terms {
    Terms {
        settlement_method: SettlementMethod::Net,
        ..terms()
    }
}

/// The same, to wait for cover if need be.
pub fn queued_terms() -> Terms {
    Terms {
        settlement_method: SettlementMethod::QueuedGross,
        ..terms()
    }
}

/// A transfer instructed a minute ago.
pub fn transfer(status: TransferStatus) -> Transfer {
    let (returned_minor_units, reason) = match status {
        TransferStatus::Pending
        | TransferStatus::Settled
        | TransferStatus::Netted(_)
        | TransferStatus::Queued => (0, None),
        TransferStatus::Rejected => (0, Some(ReasonCode::AC04)),
        TransferStatus::Cancelled => (0, Some(ReasonCode::CUST)),
        TransferStatus::Expired => (0, Some(ReasonCode::TM01)),
        TransferStatus::PartlyReturned => (AMOUNT / 4, Some(ReasonCode::AC01)),
        TransferStatus::Returned => (AMOUNT, Some(ReasonCode::AC01)),
    };
    let terms = match status {
        TransferStatus::Netted(_) => net_terms(),
        TransferStatus::Queued => queued_terms(),
        _ => terms(),
    };
    Transfer {
        terms,
        status,
        instructed_at: NOW - 60,
        updated_at: NOW - 60,
        returned_minor_units,
        reason,
    }
}

/// Window of the netted one of [`STATUSES`].
pub const WINDOW: WindowId = WindowId(0x0102_0304);

pub const STATUSES: [TransferStatus; 8] = [
    TransferStatus::Pending,
    TransferStatus::Settled,
    TransferStatus::Rejected,
    TransferStatus::Cancelled,
    TransferStatus::Expired,
    TransferStatus::PartlyReturned,
    TransferStatus::Returned,
    TransferStatus::Netted(WINDOW),
];

pub fn position(available: u128, reserved: u128) -> Position {
    Position { available, reserved }
}

/// A way to spoil a rule's arguments, and the error that alone it leads to.
pub type Fault<Args> = (Error, fn(&mut Args));

/// Checks a rule against its documented order: the base case succeeds, each fault alone is refused with its
/// error, and of any two faults the earlier one decides.
///
/// `faults` are in documented order. Where two faults spoil the same argument, the earlier overwrites the
/// later; to keep such pairs from being vacuous, a fault touches as few arguments as it can.
pub fn assert_precedence<Args: Clone, Answer: Debug>(
    base: &Args,
    rule: impl Fn(&Args) -> Result<Answer, Error>,
    faults: &[Fault<Args>],
) {
    if let Err(error) = rule(base) {
        panic!("the base case is refused: {error:?}");
    }
    for (at, (expected, spoil)) in faults.iter().enumerate() {
        let mut spoiled = base.clone();
        spoil(&mut spoiled);
        assert_eq!(rule(&spoiled).err(), Some(*expected), "fault {at} alone");
        for (later_at, (later, spoil_too)) in faults.iter().enumerate().skip(at + 1) {
            let mut spoiled = base.clone();
            spoil_too(&mut spoiled);
            spoil(&mut spoiled);
            assert_eq!(
                rule(&spoiled).err(),
                Some(*expected),
                "fault {at} ({expected:?}) with fault {later_at} ({later:?})"
            );
        }
    }
}

/// A generator of numbers that are the same on every run: splitmix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("small")]
    }

    /// Mostly another one than `not`.
    pub fn other<T: Copy + PartialEq>(&mut self, from: &[T], not: T) -> T {
        let mut picked = self.pick(from);
        while picked == not && self.percent(97) {
            picked = self.pick(from);
        }
        picked
    }

    pub fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }
}

/// A number from the environment.
pub fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {value}")),
    )
}
