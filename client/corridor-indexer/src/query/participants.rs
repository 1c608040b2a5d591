//! Who takes part, in which currencies, and what their references stand for.

use super::{
    page::{Page, PageRequest},
    transfers::{currency, reference_text},
};
use crate::{
    sql::{hex, Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{Address, Currency, Money, ParticipantId, Seconds, Uetr};
use sqlx::any::AnyRow;

/// A participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantRow {
    /// Its number.
    pub id: ParticipantId,
    /// The identifiers it goes by; the first is the one reports show.
    pub agents: Vec<String>,
    /// Who administers its roles.
    pub admin: Address,
    /// Who is asked to take over from the admin.
    pub proposed_admin: Option<Address>,
    /// Whether it is suspended.
    pub suspended: bool,
    /// The event that admitted it.
    pub registered: EventId,
}

/// An account that acts for a participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// The account as contracts see it.
    pub account: Address,
    /// For whom it acts.
    pub participant: ParticipantId,
    /// Its roles by name; none when all were revoked, or it has left.
    pub roles: Vec<String>,
}

/// A currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrencyRow {
    /// ISO 4217 code.
    pub currency: Currency,
    /// Digits after the decimal point.
    pub exponent: u8,
    /// Its token.
    pub token: Address,
    /// The event that admitted it.
    pub registered: EventId,
}

/// What a participant's reference stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRow {
    /// Whose reference.
    pub participant: ParticipantId,
    /// The reference.
    pub reference: [u8; 16],
    /// `deposit`, `withdrawal`, `pledge`, `release` or `return`.
    pub kind: String,
    /// How much.
    pub amount: Money,
    /// Of a return: the transfer.
    pub uetr: Option<Uetr>,
    /// Block time.
    pub at: Seconds,
    /// The event.
    pub event: EventId,
}

const OPERATION: &str =
    "SELECT participant, reference, kind, currency, CAST(minor_units AS TEXT) AS minor_units, uetr, at, \
    event_id FROM operations WHERE 1 = 1";

impl Index {
    /// Every participant, by number. There are at most 256.
    ///
    /// # Errors
    /// The database's.
    pub async fn participants(&self) -> Result<Vec<ParticipantRow>, IndexError> {
        let sql = Sql::new(
            "SELECT id, admin, proposed_admin, suspended, registered_id FROM participants ORDER BY id",
        );
        let mut participants: Vec<ParticipantRow> = self
            .all(sql)
            .await?
            .iter()
            .map(participant)
            .collect::<Result<_, _>>()?;
        let sql = Sql::new("SELECT agent, participant FROM agents ORDER BY participant, place");
        for row in self.all(sql).await? {
            let id = ParticipantId(row.number("participant")?);
            if let Some(participant) = participants.iter_mut().find(|participant| participant.id == id) {
                participant.agents.push(row.text("agent")?);
            }
        }
        Ok(participants)
    }

    /// The participant that goes by an identifier, written as `AgentId` is.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_participant(&self, agent: &str) -> Result<Option<ParticipantId>, IndexError> {
        let mut sql = Sql::new("SELECT participant FROM agents");
        sql.bind(" WHERE agent = ", agent.to_owned());
        let row = self.optional(sql).await?;
        row.map(|row| row.number("participant").map(ParticipantId))
            .transpose()
    }

    /// A participant's accounts.
    ///
    /// # Errors
    /// The database's.
    pub async fn accounts(&self, participant: ParticipantId) -> Result<Vec<AccountRow>, IndexError> {
        let mut sql = Sql::new("SELECT account, participant, roles FROM accounts");
        sql.bind(" WHERE participant = ", i64::from(participant.0))
            .push(" ORDER BY account");
        self.all(sql).await?.iter().map(account).collect()
    }

    /// For whom an account acts.
    ///
    /// # Errors
    /// The database's.
    pub async fn account(&self, account: Address) -> Result<Option<AccountRow>, IndexError> {
        let mut sql = Sql::new("SELECT account, participant, roles FROM accounts");
        sql.bind(" WHERE account = ", hex(&account));
        self.optional(sql)
            .await?
            .map(|row| self::account(&row))
            .transpose()
    }

    /// Every currency, in order of registration. There are at most 64.
    ///
    /// # Errors
    /// The database's.
    pub async fn currencies(&self) -> Result<Vec<CurrencyRow>, IndexError> {
        let sql = Sql::new(
            "SELECT currency, exponent, token, registered_id FROM currencies ORDER BY registered_id",
        );
        self.all(sql).await?.iter().map(currency_row).collect()
    }

    /// One of the contract's switches as text: `paused` (`true`, `false`), `governor`, `proposed_governor`, `schedule` (JSON); `None`
    /// until it was first changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn registry(&self, name: &str) -> Result<Option<String>, IndexError> {
        let mut sql = Sql::new("SELECT value FROM registry");
        sql.bind(" WHERE name = ", name.to_owned());
        self.optional(sql).await?.map(|row| row.text("value")).transpose()
    }

    /// What a participant's reference stands for.
    ///
    /// # Errors
    /// The database's.
    pub async fn operation(
        &self,
        participant: ParticipantId,
        reference: [u8; 16],
    ) -> Result<Option<OperationRow>, IndexError> {
        let mut sql = Sql::new(OPERATION);
        sql.bind(" AND participant = ", i64::from(participant.0));
        sql.bind(" AND reference = ", reference_text(&reference));
        self.optional(sql).await?.map(|row| operation(&row)).transpose()
    }

    /// Deposits, withdrawals, pledges, releases and returns by when they happened, of one participant or all.
    ///
    /// # Errors
    /// The database's.
    pub async fn operations(
        &self,
        participant: Option<ParticipantId>,
        page: PageRequest,
    ) -> Result<Page<OperationRow>, IndexError> {
        let mut sql = Sql::new(OPERATION);
        if let Some(participant) = participant {
            sql.bind(" AND participant = ", i64::from(participant.0));
        }
        page.apply(&mut sql, "event_id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(operation).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.event.into()))
    }
}

fn participant(row: &AnyRow) -> Result<ParticipantRow, IndexError> {
    Ok(ParticipantRow {
        id: ParticipantId(row.number("id")?),
        agents: Vec::new(),
        admin: row.hex("admin")?,
        proposed_admin: row.maybe_hex("proposed_admin")?,
        suspended: row.int("suspended")? != 0,
        registered: EventId(row.int("registered_id")?),
    })
}

fn account(row: &AnyRow) -> Result<AccountRow, IndexError> {
    let roles = row.text("roles")?;
    let roles = roles.split(',').filter(|role| !role.is_empty());
    Ok(AccountRow {
        account: row.hex("account")?,
        participant: ParticipantId(row.number("participant")?),
        roles: roles.map(String::from).collect(),
    })
}

fn currency_row(row: &AnyRow) -> Result<CurrencyRow, IndexError> {
    Ok(CurrencyRow {
        currency: currency(row, "currency")?,
        exponent: row.number("exponent")?,
        token: row.hex("token")?,
        registered: EventId(row.int("registered_id")?),
    })
}

fn operation(row: &AnyRow) -> Result<OperationRow, IndexError> {
    Ok(OperationRow {
        participant: ParticipantId(row.number("participant")?),
        reference: row.hex("reference")?,
        kind: row.text("kind")?,
        amount: Money::new(currency(row, "currency")?, row.parsed("minor_units")?),
        uetr: row.maybe_parsed("uetr")?,
        at: row.number("at")?,
        event: EventId(row.int("event_id")?),
    })
}
