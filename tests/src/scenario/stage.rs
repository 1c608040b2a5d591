//! The cast of the scenarios, and the assertions they share.

use crate::backend::{Account, Backend, Command, Token, GOVERNOR};
use corridor_core::{
    AgentId, ChargeBearer, Conservation, Currency, Error, Money, ParticipantId, Position, ReasonCode,
    Reference, Role, Seconds, SettlementMethod, Terms, Transfer, TransferChange, TransferReturn,
    TransferStatus, Uetr,
};

/// How long a scenario that needs time travel lets pass at once.
pub const SHORT: Seconds = 20;
/// The expiry of all other transfers.
pub const DAY: Seconds = 24 * 60 * 60;
/// What BOC holds in escrow in CNY and in HKD at the start. CUP holds nothing.
pub const FUNDS: u128 = 1_000_000;

/// Bank of China: the first participant registered.
pub const BOC: ParticipantId = ParticipantId(0);
/// China UnionPay: the second.
pub const CUP: ParticipantId = ParticipantId(1);

/// Chinese yuan.
pub const CNY: Currency = Currency::CNY;
/// Hong Kong dollar.
pub const HKD: Currency = Currency::HKD;
/// The money of [`CNY`].
pub const CNY_TOKEN: Token = Token("cny-token");
/// The money of [`HKD`].
pub const HKD_TOKEN: Token = Token("hkd-token");

/// One account for each role of an institution.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // The names say it.
pub struct Staff {
    pub admin: Account,
    pub instructor: Account,
    pub approver: Account,
    pub treasurer: Account,
    pub compliance: Account,
}

/// BOC's accounts.
pub const BOC_STAFF: Staff = Staff {
    admin: Account("boc-admin"),
    instructor: Account("boc-instructor"),
    approver: Account("boc-approver"),
    treasurer: Account("boc-treasurer"),
    compliance: Account("boc-compliance"),
};

/// CUP's accounts.
pub const CUP_STAFF: Staff = Staff {
    admin: Account("cup-admin"),
    instructor: Account("cup-instructor"),
    approver: Account("cup-approver"),
    treasurer: Account("cup-treasurer"),
    compliance: Account("cup-compliance"),
};

/// An account nobody has given a role.
pub const STRANGER: Account = Account("stranger");

/// A system with two institutions ready to settle, and what the scenario did so far.
pub struct Stage<'a> {
    /// The system.
    pub system: &'a mut dyn Backend,
    uetrs: Vec<Uetr>,
}

/// Everything a refused or repeated command must leave as it was.
#[derive(Debug, PartialEq)]
struct Snapshot {
    positions: Vec<Position>,
    transfers: Vec<Option<Transfer>>,
    changes: Vec<Vec<TransferChange>>,
    conservation: Vec<Result<Conservation, Error>>,
    outside: Vec<u128>,
}

impl<'a> Stage<'a> {
    /// Registers both currencies, both institutions and their staff, and deposits BOC's [`FUNDS`].
    pub fn open(system: &'a mut dyn Backend) -> Self {
        let mut stage = Self {
            system,
            uetrs: Vec::new(),
        };
        for (currency, token) in [(CNY, CNY_TOKEN), (HKD, HKD_TOKEN)] {
            stage.system.deploy_token(token, 2);
            stage.ok(
                GOVERNOR,
                Command::RegisterCurrency {
                    currency,
                    exponent: 2,
                    token,
                },
            );
        }
        for (participant, agent, staff) in [
            (BOC, "BKCHCNBJ", BOC_STAFF),
            (CUP, "CNAPS:105100000017", CUP_STAFF),
        ] {
            let agents = vec![agent_id(agent)];
            stage.ok(
                GOVERNOR,
                Command::RegisterParticipant {
                    agents,
                    admin: staff.admin,
                },
            );
            for (account, role) in [
                (staff.instructor, Role::Instructor),
                (staff.approver, Role::Approver),
                (staff.treasurer, Role::Treasurer),
                (staff.compliance, Role::Compliance),
            ] {
                stage.ok(
                    staff.admin,
                    Command::GrantRole {
                        participant,
                        account,
                        role,
                    },
                );
            }
        }
        for (number, currency, token) in [(254, CNY, CNY_TOKEN), (255, HKD, HKD_TOKEN)] {
            stage.system.fund(BOC_STAFF.treasurer, token, FUNDS);
            let amount = Money::new(currency, FUNDS);
            stage.ok(
                BOC_STAFF.treasurer,
                Command::Deposit {
                    reference: reference(number),
                    amount,
                },
            );
        }
        stage
    }

    /// The command succeeds, and the books are still covered.
    #[track_caller]
    pub fn ok(&mut self, caller: Account, command: Command) {
        self.note(&command);
        let answer = self.system.submit(caller, &command);
        assert_eq!(answer, Ok(()), "{} {command:?}", caller.0);
        self.covered();
    }

    /// The command is refused with `error` and changes nothing.
    #[track_caller]
    pub fn refused(&mut self, caller: Account, command: Command, error: Error) {
        self.note(&command);
        let before = self.snapshot();
        let answer = self.system.submit(caller, &command);
        assert_eq!(answer, Err(error), "{} {command:?}", caller.0);
        assert_eq!(self.snapshot(), before, "{} {command:?}", caller.0);
    }

    /// The command succeeds without any effect, as often as it is sent.
    #[track_caller]
    pub fn repeated(&mut self, caller: Account, command: Command) {
        self.note(&command);
        let before = self.snapshot();
        for _ in 0..2 {
            let answer = self.system.submit(caller, &command);
            assert_eq!(answer, Ok(()), "{} {command:?}", caller.0);
            assert_eq!(self.snapshot(), before, "{} {command:?}", caller.0);
        }
    }

    /// BOC's instructor instructs the usual transfer of `minor_units` fen to CUP.
    #[track_caller]
    pub fn instruct(&mut self, uetr: Uetr, minor_units: u128) -> Terms {
        let terms = self.terms(minor_units);
        self.ok(BOC_STAFF.instructor, Command::Instruct { uetr, terms });
        terms
    }

    /// Instructs the usual transfer and has CUP's approver accept it.
    #[track_caller]
    pub fn settle(&mut self, uetr: Uetr, minor_units: u128) -> Terms {
        let terms = self.instruct(uetr, minor_units);
        self.ok(CUP_STAFF.approver, Command::Accept { uetr });
        terms
    }

    /// The terms of the usual transfer: BOC pays CUP so many fen, to be accepted within a day.
    pub fn terms(&self, minor_units: u128) -> Terms {
        let now = self.system.now();
        Terms {
            debtor_agent: BOC,
            creditor_agent: CUP,
            interbank_settlement_amount: Money::new(CNY, minor_units),
            interbank_settlement_date: u32::try_from(now / DAY).expect("a date this century"),
            charge_bearer: ChargeBearer::Shar,
            settlement_method: SettlementMethod::Gross,
            expires_at: now + DAY,
            message_digest: [0xD1; 32],
        }
    }

    /// A participant's escrow in CNY is `available` and `reserved`.
    #[track_caller]
    pub fn holds(&self, participant: ParticipantId, available: u128, reserved: u128) {
        let position = self.system.position(participant, CNY);
        assert_eq!(
            position,
            Position { available, reserved },
            "participant {participant}"
        );
    }

    /// The transfer has this status, and its last event says so.
    #[track_caller]
    pub fn stands(&self, uetr: Uetr, status: TransferStatus, last: TransferChange) {
        let recorded = self.system.transfer(uetr).map(|transfer| transfer.status);
        assert_eq!(recorded, Some(status));
        assert_eq!(self.system.changes(uetr).last(), Some(&last));
    }

    /// Every currency's books are covered.
    #[track_caller]
    fn covered(&self) {
        for currency in [CNY, HKD] {
            match self.system.conservation(currency) {
                Ok(found) => assert!(found.holds, "{currency}: {found:?}"),
                Err(error) => assert_eq!(error, Error::UnknownCurrency),
            }
        }
    }

    fn note(&mut self, command: &Command) {
        let uetr = match command {
            Command::Instruct { uetr, .. } => *uetr,
            _ => return,
        };
        if !self.uetrs.contains(&uetr) {
            self.uetrs.push(uetr);
        }
    }

    fn snapshot(&self) -> Snapshot {
        let both = [(BOC, CNY), (BOC, HKD), (CUP, CNY), (CUP, HKD)];
        let outside = [
            (BOC_STAFF.treasurer, CNY_TOKEN),
            (BOC_STAFF.treasurer, HKD_TOKEN),
            (CUP_STAFF.treasurer, CNY_TOKEN),
        ];
        Snapshot {
            positions: both
                .map(|(id, currency)| self.system.position(id, currency))
                .into(),
            transfers: self
                .uetrs
                .iter()
                .map(|uetr| self.system.transfer(*uetr))
                .collect(),
            changes: self.uetrs.iter().map(|uetr| self.system.changes(*uetr)).collect(),
            conservation: [CNY, HKD]
                .map(|currency| self.system.conservation(currency))
                .into(),
            outside: outside
                .map(|(account, token)| self.system.token_balance(account, token))
                .into(),
        }
    }
}

/// The `number`th UETR of a scenario.
#[must_use]
pub fn uetr(number: u8) -> Uetr {
    Uetr::from_random_bytes([number; 16])
}

/// The `number`th reference of a scenario.
#[must_use]
pub fn reference(number: u8) -> Reference {
    Reference([number; 16])
}

/// A return under the `number`th reference.
#[must_use]
pub fn return_of(number: u8, uetr: Uetr, minor_units: u128) -> Command {
    let command = TransferReturn {
        uetr,
        minor_units,
        reason: ReasonCode::AC04,
    };
    Command::ReturnTransfer {
        reference: reference(number),
        command,
    }
}

/// An agent's identifier.
#[must_use]
pub fn agent_id(text: &str) -> AgentId {
    text.parse().expect("an agent identifier")
}
