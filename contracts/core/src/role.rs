//! Roles: what an account may do for its participant.

use crate::{Error, Gate, ParticipantId};
use core::{fmt, str::FromStr};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A right an admin grants to an account of its participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Role {
    /// Instructs and cancels transfers for the debtor agent.
    #[codec(index = 0)]
    Instructor,
    /// Accepts, rejects and returns transfers for the creditor agent.
    #[codec(index = 1)]
    Approver,
    /// Deposits and withdraws escrow.
    #[codec(index = 2)]
    Treasurer,
    /// Stops what is pending: rejects as creditor agent, cancels as debtor agent. Starts nothing.
    #[codec(index = 3)]
    Compliance,
    /// Changes nothing on chain. Institutions' own systems read the grant to decide who may see messages.
    #[codec(index = 4)]
    Auditor,
    /// The quoting right: publishes, signs and withdraws quotes of foreign exchange that commit the
    /// participant's escrow.
    #[codec(index = 5)]
    Quoter,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Instructor,
        Self::Approver,
        Self::Treasurer,
        Self::Compliance,
        Self::Auditor,
        Self::Quoter,
    ];

    /// The role's name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Instructor => "instructor",
            Self::Approver => "approver",
            Self::Treasurer => "treasurer",
            Self::Compliance => "compliance",
            Self::Auditor => "auditor",
            Self::Quoter => "quoter",
        }
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRole;

impl fmt::Display for InvalidRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a role is one of instructor, approver, treasurer, compliance, auditor, quoter")
    }
}

impl core::error::Error for InvalidRole {}

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or(InvalidRole)
    }
}

/// A set of roles, one bit each in the order of [`Role`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Roles(pub u8);

impl Roles {
    /// Whether `role` is in the set.
    #[must_use]
    pub fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// The set with `role`.
    #[must_use]
    pub fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// The set without `role`.
    #[must_use]
    pub fn without(self, role: Role) -> Self {
        Self(self.0 & !role.bit())
    }

    /// The roles of the set.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

/// An account as the contract knows it: whom it acts for, and in which roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Caller {
    /// The participant the account acts for: one, until the account itself ends that.
    pub participant: ParticipantId,
    /// What it may do.
    pub roles: Roles,
}

impl Caller {
    /// [`Error::MissingRole`] unless the account has one of `roles`.
    pub fn require(&self, roles: &[Role]) -> Result<(), Error> {
        if roles.iter().any(|role| self.roles.has(*role)) {
            Ok(())
        } else {
            Err(Error::MissingRole)
        }
    }
}

/// Grants `role` to an account of `participant`.
///
/// Returns the account's new entry, or `None` when it already has the role. Errors, in order:
/// [`Error::AccountOfOtherParticipant`] when the account acts for somebody else, [`Error::ParticipantSuspended`] when it
/// acts for nobody yet: nobody asks the account, so who is suspended takes no more of them.
pub fn grant(
    known: Option<Caller>,
    gate: &Gate,
    participant: ParticipantId,
    role: Role,
) -> Result<Option<Caller>, Error> {
    let roles = match known {
        Some(caller) if caller.participant != participant => return Err(Error::AccountOfOtherParticipant),
        Some(caller) => caller.roles,
        None => {
            gate.active(participant)?;
            Roles::default()
        }
    };
    Ok((!roles.has(role)).then(|| Caller {
        participant,
        roles: roles.with(role),
    }))
}

/// Revokes `role` from an account of `participant`.
///
/// Returns the account's new entry, or `None` when it does not have the role.
/// [`Error::AccountOfOtherParticipant`] when the account acts for somebody else.
pub fn revoke(
    known: Option<Caller>,
    participant: ParticipantId,
    role: Role,
) -> Result<Option<Caller>, Error> {
    match known {
        Some(caller) if caller.participant != participant => Err(Error::AccountOfOtherParticipant),
        Some(caller) if caller.roles.has(role) => Ok(Some(Caller {
            participant,
            roles: caller.roles.without(role),
        })),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOC: ParticipantId = ParticipantId(0);
    const CUP: ParticipantId = ParticipantId(1);

    fn gate() -> Gate {
        Gate {
            participants: 2,
            ..Gate::default()
        }
    }

    #[test]
    fn grants_and_revocations_change_one_role_and_repeat_without_effect() {
        let once = grant(None, &gate(), BOC, Role::Approver)
            .expect("free account")
            .expect("new");
        assert_eq!(
            once.roles.iter().collect::<alloc::vec::Vec<_>>(),
            [Role::Approver]
        );
        assert_eq!(grant(Some(once), &gate(), BOC, Role::Approver), Ok(None));
        let twice = grant(Some(once), &gate(), BOC, Role::Auditor)
            .expect("own account")
            .expect("new");
        assert!(twice.roles.has(Role::Approver) && twice.roles.has(Role::Auditor));
        let back = revoke(Some(twice), BOC, Role::Approver)
            .expect("own account")
            .expect("had it");
        assert!(!back.roles.has(Role::Approver) && back.roles.has(Role::Auditor));
        assert_eq!(revoke(Some(back), BOC, Role::Approver), Ok(None));
        assert_eq!(revoke(None, BOC, Role::Approver), Ok(None));
    }

    #[test]
    fn an_account_never_changes_sides() {
        let boc = Caller {
            participant: BOC,
            roles: Roles::default(),
        };
        assert_eq!(
            grant(Some(boc), &gate(), CUP, Role::Auditor),
            Err(Error::AccountOfOtherParticipant)
        );
        assert_eq!(
            revoke(Some(boc), CUP, Role::Auditor),
            Err(Error::AccountOfOtherParticipant)
        );
    }

    #[test]
    fn who_is_suspended_binds_no_new_account_and_goes_on_with_those_it_has() {
        let mut gate = gate();
        gate.set_suspended(BOC, true).expect("admitted");
        let suspended = Err(Error::ParticipantSuspended);
        assert_eq!(grant(None, &gate, BOC, Role::Approver), suspended);
        let boc = Caller {
            participant: BOC,
            roles: Roles::default(),
        };
        let granted = grant(Some(boc), &gate, BOC, Role::Approver).expect("own account");
        assert!(granted.is_some_and(|caller| caller.roles.has(Role::Approver)));
        assert!(grant(None, &gate, CUP, Role::Approver).is_ok_and(|entry| entry.is_some()));
        let foreign = Err(Error::AccountOfOtherParticipant);
        assert_eq!(
            grant(
                Some(Caller {
                    participant: CUP,
                    ..boc
                }),
                &gate,
                BOC,
                Role::Approver
            ),
            foreign
        );
    }

    #[test]
    fn names_are_read_back() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert_eq!("owner".parse::<Role>(), Err(InvalidRole));
    }
}
