//! The tables as the writer and the digest see them. Order and kinds of columns are those of `migrations/`.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Amount,
    Bytes,
}

/// A table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The first columns that identify a row.
    pub(crate) key: usize,
    /// Rows are only ever added: no row of the same key comes again.
    pub(crate) append_only: bool,
    pub(crate) columns: &'static [(&'static str, Kind)],
}

impl Table {
    /// The columns' names.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }
}

use Kind::{Amount, Bytes, Int, Text};

/// Declares a table; `+` adds rows only, `~` replaces rows of the same key.
macro_rules! tables {
    (@append +) => { true };
    (@append ~) => { false };
    ($($kind:tt $constant:ident $name:literal $key:literal: $($column:ident $type:ident),* ;)*) => {
        $(pub(crate) static $constant: Table = Table {
            name: $name,
            key: $key,
            append_only: tables!(@append $kind),
            columns: &[$((stringify!($column), $type)),*],
        };)*

        /// Every table, in the order they are written in.
        pub(crate) static ALL: &[&Table] = &[$(&$constant),*];
    };
}

tables! {
    ~ SOURCE "source" 1: one Int, genesis Text, settlement Text, first_block Int;
    ~ PROGRESS "progress" 1: one Int, block_number Int, block_hash Text;
    + BLOCKS "blocks" 1: number Int, hash Text, parent Text, time_ms Int, extrinsics Int, events Int;
    + EXTRINSICS "extrinsics" 1: id Int, block_number Int, extrinsic_index Int, hash Text, signer Text, caller Text,
        contract Text, selector Text, message Text, call_bytes Int, failure Text, fee Amount, ref_time Int, proof_size Int,
        via Text, data Bytes, arguments Text;
    + RAW_EVENTS "raw_events" 1: id Int, block_number Int, event_index Int, extrinsic_index Int, contract Text,
        topics Bytes, data Bytes, kind Text, decoded Text, problem Text, doubtful Text, note Text;
    ~ TRANSFERS "transfers" 1: uetr Text, debtor_agent Int, creditor_agent Int, currency Text, minor_units Amount,
        settlement_date Int, charge_bearer Text, settlement_method Text, expires_at Int, message_digest Text, status Text,
        reason Text, returned_minor_units Amount, window_id Int, instructed_id Int, instructed_at Int, updated_id Int,
        updated_at Int;
    + TRANSFER_EVENTS "transfer_events" 1: id Int, uetr Text, block_number Int, extrinsic_index Int, at Int, change Text,
        status Text, minor_units Amount, reason Text, reference Text, window_id Int, caller Text;
    ~ EXCHANGES "exchanges" 1: uetr Text, provider Int, quote_reference Text, credited_currency Text, credited_minor_units Amount,
        remainder Amount, spread_minor_units Amount, sent_back_minor_units Amount, unwind Text;
    + QUOTED_RETURNS "quoted_returns" 1: id Int, uetr Text, reference Text, provider Int, quote_reference Text,
        sent_back_minor_units Amount, given_back_minor_units Amount, remainder Amount, spread_minor_units Amount;
    ~ FEES "fees" 1: id Int, uetr Text, side Text, payer Int, payee Int, currency Text, minor_units Amount, status Text,
        updated_id Int, updated_at Int;
    ~ QUOTES "quotes" 1: id Int, provider Int, reference Text, origin Text, withdrawn Int, used_minor_units Amount,
        provider_buys Text, provider_sells Text, rate_numerator Int, rate_denominator Int, spread_basis_points Int,
        minimum_minor_units Amount, maximum_minor_units Amount, counterparty Int, expires_at Int, hold_seconds Int,
        unwind_seconds Int, updated_id Int, updated_at Int;
    + TARIFFS "tariffs" 1: id Int, debtor_agent Int, creditor_agent Int, currency Text, payee Int, version Int,
        effective_from Int, fixed_minor_units Amount, basis_points Int, minimum_minor_units Amount,
        maximum_minor_units Amount;
    + LIMITS "limits" 1: id Int, debtor_agent Int, creditor_agent Int, currency Text, per_transfer_minor_units Amount,
        period_minor_units Amount, period_count Int, bucket_seconds Int;
    + QUEUE_RESOLUTIONS "queue_resolutions" 1: id Int, at Int, currency Text, settled Int, expired Int, waiting Int,
        gross_minor_units Amount, liquidity_minor_units Amount;
    + LEGS "legs" 1: id Int, block_number Int, at Int, participant Int, currency Text, bucket Text, kind Text,
        purpose Text, amount Amount, balance Amount, counterparty Int, uetr Text, reference Text, batch_id Int, window_id Int;
    ~ POSITIONS "positions" 2: participant Int, currency Text, available Amount, reserved Amount, collateral Amount,
        net Amount, cap Amount, updated_id Int;
    ~ WINDOWS "windows" 2: currency Text, window_id Int, status Text, postings Int, posted_minor_units Amount,
        net_minor_units Amount, gross_minor_units Amount, participants Int, closed_at Int, settled_in Int, opened_id Int,
        ended_id Int;
    ~ WINDOW_POSITIONS "window_positions" 3: currency Text, window_id Int, participant Int, debits Amount, credits Amount,
        carried_over Amount, net Amount;
    + BATCHES "batches" 1: id Int, debtor_agent Int, number Int, root Text, currency Text, items Int, control_sum Amount,
        all_or_nothing Int, expires_at Int, submitted_at Int, rejected_items Int;
    ~ BATCH_PARTS "batch_parts" 2: batch_id Int, creditor_agent Int, place Int, items Int, minor_units Amount, status Text,
        reason Text, window_id Int, booked_minor_units Amount, excepted_items Int, updated_id Int, updated_at Int;
    + BATCH_ITEMS "batch_items" 2: batch_id Int, item_index Int, uetr Text, creditor_agent Int, minor_units Amount,
        message_digest Text, fault Text, excepted Int;
    + OPERATIONS "operations" 2: participant Int, reference Text, kind Text, currency Text, minor_units Amount, uetr Text,
        at Int, event_id Int;
    ~ PARTICIPANTS "participants" 1: id Int, name Text, admin Text, proposed_admin Text, suspended Int, registered_id Int;
    ~ AGENTS "agents" 1: agent Text, participant Int, place Int;
    ~ ACCOUNTS "accounts" 1: account Text, participant Int, roles Text, updated_id Int;
    ~ CURRENCIES "currencies" 1: currency Text, exponent Int, token Text, registered_id Int;
    ~ REGISTRY "registry" 1: name Text, value Text, updated_id Int;
    + TOKEN_TRANSFERS "token_transfers" 1: id Int, block_number Int, at Int, currency Text, kind Text, from_account Text,
        to_account Text, minor_units Amount;
    + TOKEN_EVENTS "token_events" 1: id Int, block_number Int, at Int, currency Text, event Text, account Text,
        other_account Text, minor_units Amount, request_id Text;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every migration, one after the other.
    fn migrations() -> String {
        crate::schema::MIGRATIONS.map(|(_, text)| text).concat()
    }

    /// What the migrations declare of a table, read from their text: it is as last created, with what was added later.
    fn declared(name: &str) -> Vec<(String, Kind)> {
        let text = migrations();
        let start = text.rfind(&format!("CREATE TABLE {name} (")).expect(name);
        let body = text[start..].lines().skip(1).take_while(|line| *line != ");");
        let adding = format!("ALTER TABLE {name} ADD COLUMN ");
        let added = text.lines().filter_map(|line| line.strip_prefix(&*adding));
        let body = body.chain(added.map(|line| line.trim_end_matches(';')));
        let columns = body.filter_map(|line| {
            let mut words = line.split_whitespace();
            let column = words.next()?.to_owned();
            let kind = match words.next()?.trim_end_matches(',') {
                "INTEGER" => Int,
                "TEXT" => Text,
                "AMOUNT" => Amount,
                "BYTES" => Bytes,
                _ => return None,
            };
            Some((column, kind))
        });
        columns.collect()
    }

    #[test]
    fn every_table_is_as_migrated() {
        for table in ALL {
            let columns = table
                .columns
                .iter()
                .map(|(name, kind)| ((*name).to_owned(), *kind));
            let (mut ours, mut theirs) = (columns.collect::<Vec<_>>(), declared(table.name));
            let name = |column: &(String, Kind)| column.0.clone();
            ours.sort_by_key(name);
            theirs.sort_by_key(name);
            assert_eq!(ours, theirs, "{}", table.name);
        }
        let text = migrations();
        let created = text.matches("CREATE TABLE").count() - text.matches("DROP TABLE").count();
        assert_eq!(created, ALL.len());
    }
}
