//! Reading back what is in memory: all that is small at the start, transfers and batches when an event speaks of them.

use super::{
    books::{Batch, BatchPart, Books, Participant, Position, Transfer, Window, WindowPosition},
    take::Needed,
};
use crate::{
    query::movements::{Balances, Bucket},
    sql::{damaged, Columns, Sql},
    EventId, IndexError,
};
use corridor_client::core::{
    registry::CurrencyEntry, ChargeBearer, Currency, Money, ParticipantId, SettlementMethod, Terms, Uetr,
    WindowId,
};
use sqlx::{any::AnyRow, AnyConnection};

/// Keys looked up in one statement.
const AT_A_TIME: usize = 128;

impl Books {
    /// The books as the index has them.
    pub(crate) async fn load(connection: &mut AnyConnection) -> Result<Self, IndexError> {
        let mut books = Self::default();
        books.load_registry(connection).await?;
        books.load_positions(connection).await?;
        books.load_windows(connection).await?;
        Ok(books)
    }

    async fn load_registry(&mut self, connection: &mut AnyConnection) -> Result<(), IndexError> {
        let sql = Sql::new("SELECT currency, exponent, token, registered_id FROM currencies");
        for row in sql.all(connection).await? {
            let entry = CurrencyEntry {
                currency: currency(&row)?,
                exponent: row.number("exponent")?,
                token: row.hex("token")?,
            };
            self.tokens.insert(entry.token, entry.currency);
            self.currencies
                .put(entry.currency, (entry, id(&row, "registered_id")?));
        }
        let sql =
            Sql::new("SELECT id, name, admin, proposed_admin, suspended, registered_id FROM participants");
        for row in sql.all(connection).await? {
            let participant = Participant {
                name: row.text("name")?,
                admin: row.hex("admin")?,
                proposed_admin: row.maybe_hex("proposed_admin")?,
                suspended: row.int("suspended")? != 0,
                registered: id(&row, "registered_id")?,
            };
            self.participants
                .put(ParticipantId(row.number("id")?), participant);
        }
        Ok(())
    }

    async fn load_positions(&mut self, connection: &mut AnyConnection) -> Result<(), IndexError> {
        let sql = Sql::new(
            "SELECT participant, currency, CAST(available AS TEXT) AS available, CAST(reserved AS TEXT) AS reserved, \
             CAST(collateral AS TEXT) AS collateral, CAST(net AS TEXT) AS net, CAST(cap AS TEXT) AS cap, updated_id \
             FROM positions",
        );
        for row in sql.all(connection).await? {
            let mut balances = Balances::default();
            for bucket in Bucket::ALL {
                *balances.get_mut(bucket) = row.parsed(bucket.name())?;
            }
            let position = Position {
                balances,
                cap: row.parsed("cap")?,
                updated: id(&row, "updated_id")?,
            };
            let key = (ParticipantId(row.number("participant")?), currency(&row)?);
            self.positions.put(key, position);
        }
        Ok(())
    }

    /// Windows that are not settled: later events may speak of these only.
    async fn load_windows(&mut self, connection: &mut AnyConnection) -> Result<(), IndexError> {
        let sql = Sql::new(
            "SELECT currency, window_id, status, postings, CAST(posted_minor_units AS TEXT) AS posted_minor_units, \
             CAST(net_minor_units AS TEXT) AS net_minor_units, CAST(gross_minor_units AS TEXT) AS gross_minor_units, \
             participants, closed_at, settled_in, opened_id, ended_id FROM windows WHERE status <> 'settled'",
        );
        for row in sql.all(connection).await? {
            let window = Window {
                status: row.text("status")?,
                postings: row.number("postings")?,
                posted_minor_units: row.parsed("posted_minor_units")?,
                net_minor_units: row.maybe_parsed("net_minor_units")?,
                gross_minor_units: row.maybe_parsed("gross_minor_units")?,
                participants: row.maybe_number("participants")?,
                closed_at: row.maybe_number("closed_at")?,
                settled_in: WindowId(row.number("settled_in")?),
                opened: id(&row, "opened_id")?,
                ended: row.maybe_int("ended_id")?.map(EventId),
            };
            self.windows
                .put((currency(&row)?, WindowId(row.number("window_id")?)), window);
        }
        let sql = Sql::new(
            "SELECT p.currency, p.window_id, p.participant, CAST(p.debits AS TEXT) AS debits, \
             CAST(p.credits AS TEXT) AS credits, CAST(p.carried_over AS TEXT) AS carried_over, \
             CAST(p.net AS TEXT) AS net FROM window_positions p \
             JOIN windows w ON w.currency = p.currency AND w.window_id = p.window_id WHERE w.status = 'open'",
        );
        for row in sql.all(connection).await? {
            let position = WindowPosition {
                debits: row.parsed("debits")?,
                credits: row.parsed("credits")?,
                carried_over: row.parsed("carried_over")?,
                net: row.parsed("net")?,
            };
            let window = WindowId(row.number("window_id")?);
            let participant = ParticipantId(row.number("participant")?);
            self.window_positions
                .put((currency(&row)?, window, participant), position);
        }
        Ok(())
    }

    /// Reads the transfers and batches that events are going to change. Those that are not there are new.
    pub(crate) async fn fetch(
        &mut self,
        connection: &mut AnyConnection,
        needed: &Needed,
    ) -> Result<(), IndexError> {
        let uetrs: Vec<Uetr> = needed.transfers.iter().copied().collect();
        for chunk in uetrs.chunks(AT_A_TIME) {
            let mut sql = Sql::new(
                "SELECT uetr, debtor_agent, creditor_agent, currency, CAST(minor_units AS TEXT) AS minor_units, \
                 settlement_date, charge_bearer, settlement_method, expires_at, message_digest, status, reason, \
                 CAST(returned_minor_units AS TEXT) AS returned_minor_units, window_id, instructed_id, instructed_at, \
                 updated_id, updated_at FROM transfers WHERE uetr IN",
            );
            for (index, uetr) in chunk.iter().enumerate() {
                sql.bind(if index == 0 { " (" } else { ", " }, uetr.to_string());
            }
            sql.push(")");
            for row in sql.all(connection).await? {
                self.transfers.put(row.parsed("uetr")?, transfer(&row)?);
            }
        }
        for (agent, number) in &needed.batches {
            self.fetch_batch(connection, *agent, *number).await?;
        }
        Ok(())
    }

    async fn fetch_batch(
        &mut self,
        connection: &mut AnyConnection,
        agent: ParticipantId,
        number: u32,
    ) -> Result<(), IndexError> {
        let mut sql = Sql::new("SELECT id, currency FROM batches");
        sql.bind(" WHERE debtor_agent = ", i64::from(agent.0));
        sql.bind(" AND number = ", i64::from(number));
        let Some(row) = sql.optional(connection).await? else {
            return Ok(());
        };
        let mut batch = Batch {
            id: id(&row, "id")?,
            currency: row.maybe_text("currency")?.map(|_| currency(&row)).transpose()?,
            parts: Vec::new(),
        };
        let mut sql = Sql::new(
            "SELECT creditor_agent, items, CAST(minor_units AS TEXT) AS minor_units, status, reason, window_id, \
             CAST(booked_minor_units AS TEXT) AS booked_minor_units, excepted_items, updated_id, updated_at FROM batch_parts",
        );
        sql.bind(" WHERE batch_id = ", batch.id.0).push(" ORDER BY place");
        for row in sql.all(connection).await? {
            batch.parts.push(BatchPart {
                creditor_agent: ParticipantId(row.number("creditor_agent")?),
                items: row.number("items")?,
                minor_units: row.parsed("minor_units")?,
                status: row.text("status")?,
                reason: row.maybe_parsed("reason")?,
                window: row.maybe_number("window_id")?.map(WindowId),
                booked_minor_units: row.maybe_parsed("booked_minor_units")?,
                excepted_items: row.number("excepted_items")?,
                updated: id(&row, "updated_id")?,
                updated_at: row.number("updated_at")?,
            });
        }
        self.batches.put((agent, number), batch);
        Ok(())
    }
}

fn transfer(row: &AnyRow) -> Result<Transfer, IndexError> {
    let method = row.text("settlement_method")?;
    let terms = Terms {
        debtor_agent: ParticipantId(row.number("debtor_agent")?),
        creditor_agent: ParticipantId(row.number("creditor_agent")?),
        interbank_settlement_amount: Money::new(currency(row)?, row.parsed("minor_units")?),
        interbank_settlement_date: row.number("settlement_date")?,
        charge_bearer: row.parsed::<ChargeBearer>("charge_bearer")?,
        settlement_method: match method.as_str() {
            "gross" => SettlementMethod::Gross,
            "net" => SettlementMethod::Net,
            _ => return Err(damaged("settlement_method", &method)),
        },
        expires_at: row.number("expires_at")?,
        message_digest: row.hex("message_digest")?,
    };
    Ok(Transfer {
        terms,
        status: row.text("status")?,
        reason: row.maybe_parsed("reason")?,
        returned_minor_units: row.parsed("returned_minor_units")?,
        window: row.maybe_number("window_id")?.map(WindowId),
        instructed: id(row, "instructed_id")?,
        instructed_at: row.number("instructed_at")?,
        updated: id(row, "updated_id")?,
        updated_at: row.number("updated_at")?,
    })
}

fn currency(row: &AnyRow) -> Result<Currency, IndexError> {
    row.parsed("currency")
}

fn id(row: &AnyRow, column: &str) -> Result<EventId, IndexError> {
    row.int(column).map(EventId)
}
