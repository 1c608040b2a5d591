//! Reading back what is in memory: all that is small at the start, transfers and batches when an event speaks of them.

use super::{
    books::{
        Batch, BatchPart, Books, Exchange, Fee, FeeSide, ListedQuote, Participant, Position, Transfer,
        Window, WindowPosition,
    },
    take::Needed,
    transfer::method_of_name,
};
use crate::{
    query::{
        movements::{Balances, Bucket},
        quotes,
    },
    sql::{damaged, Columns, Sql},
    EventId, IndexError,
};
use corridor_client::core::{
    registry::CurrencyEntry, ChargeBearer, Currency, Money, ParticipantId, QuoteId, Reference, Terms, Uetr,
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

    /// Windows that are not settled, nor carried over to one that is: later events may speak of these only.
    async fn load_windows(&mut self, connection: &mut AnyConnection) -> Result<(), IndexError> {
        let sql = Sql::new(
            "SELECT w.currency, w.window_id, w.status, w.postings, CAST(w.posted_minor_units AS TEXT) AS posted_minor_units, \
             CAST(w.net_minor_units AS TEXT) AS net_minor_units, CAST(w.gross_minor_units AS TEXT) AS gross_minor_units, \
             w.participants, w.closed_at, w.settled_in, w.opened_id, w.ended_id FROM windows w WHERE NOT EXISTS \
             (SELECT 1 FROM windows s WHERE s.currency = w.currency AND s.window_id = w.settled_in AND s.status = 'settled')",
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
            let positions = self.window_positions.loaded((currency(&row)?, window));
            positions.insert(participant, position);
        }
        Ok(())
    }

    /// Reads the transfers, quotes and batches that events are going to change. Those that are not there are new.
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
            one_of(&mut sql, chunk);
            for row in sql.all(connection).await? {
                self.transfers.put(row.parsed("uetr")?, transfer(&row)?);
            }
        }
        let mut quotes: Vec<QuoteId> = needed.quotes.iter().copied().collect();
        for chunk in uetrs.chunks(AT_A_TIME) {
            self.fetch_exchanges(connection, chunk, &mut quotes).await?;
            self.fetch_fees(connection, chunk).await?;
        }
        for id in quotes {
            // Another transfer on it may have brought it, and changed it.
            if self.quotes.get(&id).is_none() {
                self.fetch_quote(connection, id).await?;
            }
        }
        for (agent, number) in &needed.batches {
            self.fetch_batch(connection, *agent, *number).await?;
        }
        Ok(())
    }

    /// What transfers in two currencies have besides; adds the quotes they use.
    async fn fetch_exchanges(
        &mut self,
        connection: &mut AnyConnection,
        uetrs: &[Uetr],
        quotes: &mut Vec<QuoteId>,
    ) -> Result<(), IndexError> {
        let mut sql = Sql::new(
            "SELECT uetr, provider, quote_reference, credited_currency AS currency, \
             CAST(credited_minor_units AS TEXT) AS minor_units, CAST(remainder AS TEXT) AS remainder, \
             CAST(spread_minor_units AS TEXT) AS spread_minor_units, \
             CAST(sent_back_minor_units AS TEXT) AS sent_back_minor_units, unwind FROM exchanges WHERE uetr IN",
        );
        one_of(&mut sql, uetrs);
        for row in sql.all(connection).await? {
            let quote = QuoteId {
                provider: ParticipantId(row.number("provider")?),
                reference: Reference(row.hex("quote_reference")?),
            };
            quotes.push(quote);
            let exchange = Exchange {
                quote,
                credited: Money::new(currency(&row)?, row.parsed("minor_units")?),
                remainder: row.parsed("remainder")?,
                spread_minor_units: row.parsed("spread_minor_units")?,
                sent_back_minor_units: row.parsed("sent_back_minor_units")?,
                unwind: row.parsed("unwind")?,
            };
            self.exchanges.put(row.parsed("uetr")?, exchange);
        }
        Ok(())
    }

    async fn fetch_fees(&mut self, connection: &mut AnyConnection, uetrs: &[Uetr]) -> Result<(), IndexError> {
        let mut sql = Sql::new(
            "SELECT id, uetr, side, payer, payee, currency, CAST(minor_units AS TEXT) AS minor_units, status, updated_id, \
             updated_at FROM fees WHERE uetr IN",
        );
        one_of(&mut sql, uetrs);
        for row in sql.all(connection).await? {
            let name = row.text("side")?;
            let named = |side: &FeeSide| side.name() == name;
            let side = FeeSide::BOTH.into_iter().find(named);
            let side = side.ok_or_else(|| damaged("side", &name))?;
            let fee = Fee {
                payer: ParticipantId(row.number("payer")?),
                payee: ParticipantId(row.number("payee")?),
                amount: Money::new(currency(&row)?, row.parsed("minor_units")?),
                status: row.text("status")?,
                id: id(&row, "id")?,
                updated: id(&row, "updated_id")?,
                updated_at: row.number("updated_at")?,
            };
            self.fees.put((row.parsed("uetr")?, side), fee);
        }
        Ok(())
    }

    async fn fetch_quote(&mut self, connection: &mut AnyConnection, id: QuoteId) -> Result<(), IndexError> {
        let Some(row) = quotes::one(id).optional(connection).await? else {
            return Ok(());
        };
        let row = quotes::quote(&row)?;
        let quote = ListedQuote {
            id: row.listed,
            published: row.published,
            withdrawn: row.withdrawn,
            used_minor_units: row.used_minor_units,
            terms: row.terms,
            updated: row.updated,
            updated_at: row.updated_at,
        };
        self.quotes.put(id, quote);
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
            currency: currency(&row)?,
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

/// ` (…)` after an `IN`.
fn one_of(sql: &mut Sql, uetrs: &[Uetr]) {
    for (index, uetr) in uetrs.iter().enumerate() {
        sql.bind(if index == 0 { " (" } else { ", " }, uetr.to_string());
    }
    sql.push(")");
}

fn transfer(row: &AnyRow) -> Result<Transfer, IndexError> {
    let method = row.text("settlement_method")?;
    let terms = Terms {
        debtor_agent: ParticipantId(row.number("debtor_agent")?),
        creditor_agent: ParticipantId(row.number("creditor_agent")?),
        interbank_settlement_amount: Money::new(currency(row)?, row.parsed("minor_units")?),
        interbank_settlement_date: row.number("settlement_date")?,
        charge_bearer: row.parsed::<ChargeBearer>("charge_bearer")?,
        settlement_method: method_of_name(&method).ok_or_else(|| damaged("settlement_method", &method))?,
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
