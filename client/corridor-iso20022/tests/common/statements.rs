//! Generators of statements: all of them tie.

use super::cases::a_book_account;
use super::values::*;
use corridor_core::{Currency, Money};
use corridor_iso20022::statement::{
    Balance, BalanceKind, BankTransactionCode, BlockEvidence, CreditDebit, DateOrTime, DomainCode, Entry,
    EntryBatch, EntryDetails, EntryKind, EntryStatus, Period, ProprietaryCode, StateEvidence, Statement,
    StatementAccount, StatementMessage,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

fn a_side() -> impl Strategy<Value = CreditDebit> {
    prop::sample::select(vec![CreditDebit::Credit, CreditDebit::Debit])
}

fn a_moment() -> impl Strategy<Value = DateOrTime> {
    prop_oneof![
        a_date().prop_map(DateOrTime::Date),
        a_time().prop_map(DateOrTime::Time)
    ]
}

fn a_code() -> impl Strategy<Value = BankTransactionCode> {
    let own =
        (prop::sample::select(EntryKind::ALL.to_vec()), a_side()).prop_map(|(kind, side)| kind.code(side));
    let domain =
        ("[A-Z]{1,4}", "[A-Z]{4}", "[A-Z0-9]{4}").prop_map(|(domain, family, sub_family)| DomainCode {
            domain,
            family,
            sub_family,
        });
    let proprietary = (text(35), of(text(35))).prop_map(|(code, issuer)| ProprietaryCode { code, issuer });
    let others = (of(domain), of(proprietary))
        .prop_map(|(domain, proprietary)| BankTransactionCode { domain, proprietary });
    prop_oneof![own, others]
}

fn an_entry_status() -> impl Strategy<Value = EntryStatus> {
    prop_oneof![
        4 => Just(EntryStatus::Booked),
        1 => prop::sample::select(vec!["PDNG", "INFO", "FUTR"]).prop_map(EntryStatus::from_code),
        1 => text(35).prop_map(EntryStatus::Proprietary),
    ]
}

fn evidence() -> impl Strategy<Value = BlockEvidence> {
    (any::<u64>(), any::<[u8; 32]>(), of(any::<u32>())).prop_map(
        |(block_number, block_hash, extrinsic_index)| BlockEvidence {
            block_number,
            block_hash,
            extrinsic_index,
        },
    )
}

prop_compose! {
    fn details()(
        ids in (of(text(35)), of(text(35)), of(text(35)), of(text(35)), of(a_uetr())),
        evidence in of(evidence()),
        amount in of(an_amount()),
        side in of(a_side()),
        agents in (of(an_agent()), of(an_agent())),
        remittance in vec(text(140), 0..2),
        interbank_settlement_date in of(a_date()),
        return_reason in of(a_reason()),
        additional in of(text(500)),
    ) -> EntryDetails {
        EntryDetails {
            message_id: ids.0,
            instruction_id: ids.1,
            end_to_end_id: ids.2,
            transaction_id: ids.3,
            uetr: ids.4,
            evidence,
            amount,
            side,
            debtor_agent: agents.0,
            creditor_agent: agents.1,
            remittance,
            interbank_settlement_date,
            return_reason,
            additional,
        }
    }
}

prop_compose! {
    fn a_batch()(
        ids in (of(text(35)), of(text(35))),
        transactions in of(0u64..1_000_000_000_000_000),
        total in of(an_amount()),
        side in of(a_side()),
    ) -> EntryBatch {
        EntryBatch {
            message_id: ids.0,
            reference: ids.1,
            transactions,
            total,
            side,
        }
    }
}

/// Corridor's own batches tie: the first item is the whole amount, the others are nothing.
fn tied(mut entry: Entry) -> Entry {
    if entry.code.kind().is_none() {
        return entry;
    }
    if let Some(batch) = &mut entry.batch {
        (batch.total, batch.side) = (Some(entry.amount), Some(entry.side));
        batch.transactions = Some(entry.details.len() as u64);
        let mut left = entry.amount.minor_units;
        for item in &mut entry.details {
            item.amount = Some(Money::new(entry.amount.currency, std::mem::take(&mut left)));
            item.side = None;
        }
    }
    entry
}

prop_compose! {
    fn an_entry(currency: Currency)(
        minor_units in 0u128..1_000_000_000_000,
        side in a_side(),
        status in an_entry_status(),
        code in a_code(),
        moments in (of(a_moment()), of(a_moment())),
        ids in (of(text(35)), of(text(35))),
        batch in of(a_batch()),
        details in vec(details(), 0..3),
        reversal in any::<bool>(),
        additional in of(text(500)),
    ) -> Entry {
        tied(Entry {
            reference: ids.0,
            amount: Money::new(currency, minor_units),
            side,
            reversal,
            status,
            booked_at: moments.0,
            value_date: moments.1,
            servicer_reference: ids.1,
            code,
            batch,
            details,
            additional,
        })
    }
}

fn state() -> impl Strategy<Value = StateEvidence> {
    (
        any::<u64>(),
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
        any::<[u8; 20]>(),
    )
        .prop_map(
            |(block_number, block_hash, genesis_hash, contract)| StateEvidence {
                block_number,
                block_hash,
                genesis_hash,
                contract,
            },
        )
}

fn signed(kind: BalanceKind, currency: Currency, units: i128, at: DateOrTime) -> Balance {
    Balance {
        kind,
        amount: Money::new(currency, units.unsigned_abs()),
        side: CreditDebit::of(units),
        at,
    }
}

/// A statement that ties, in one of a few currencies.
pub fn a_statement() -> impl Strategy<Value = Statement> {
    let code = prop::sample::select(vec!["CNY", "HKD", "JPY", "KWD"]);
    code.prop_flat_map(|code| a_statement_in(code.parse().expect("a currency")))
}

prop_compose! {
    fn a_statement_in(currency: Currency)(
        ids in (text(35), of(0u64..1_000_000_000_000_000_000), of(a_time())),
        period in of((a_time(), a_time())),
        account in (a_book_account(), of(text(70)), of(an_agent()), of(an_agent())),
        opening in -1_000_000_000_000i128..1_000_000_000_000,
        moments in (a_moment(), a_moment()),
        kinds in prop::sample::select(vec![
            (BalanceKind::OpeningBooked, BalanceKind::ClosingBooked),
            (BalanceKind::PreviouslyClosedBooked, BalanceKind::InterimBooked),
        ]),
        available in of(0i128..1_000_000_000_000),
        entries in vec(an_entry(currency), 0..6),
        evidence in of(state()),
        additional in of(text(230)),
    ) -> Statement {
        let further = available.map(|units| {
            signed(BalanceKind::ClosingAvailable, currency, units, moments.1.clone())
        });
        let mut statement = Statement {
            id: ids.0,
            sequence_number: ids.1,
            created_at: ids.2,
            period: period.map(|(from, to)| Period { from, to }),
            account: StatementAccount {
                id: account.0,
                currency,
                name: account.1,
                owner: account.2,
                servicer: account.3,
            },
            opening: Some(signed(kinds.0, currency, opening, moments.0)),
            closing: None,
            further_balances: further.into_iter().collect(),
            entries,
            evidence,
            additional,
        };
        let closing = opening + statement.net_booked().expect("small");
        statement.closing = Some(signed(kinds.1, currency, closing, moments.1));
        statement
    }
}

prop_compose! {
    /// A camt.052, camt.053 or camt.054 of a version from 8 on.
    pub fn a_statement_message(name: &'static str)(
        version in 8u8..=11,
        message_id in text(35),
        created_at in a_time(),
        mut statements in vec(a_statement(), 1..4),
        with_header in any::<bool>(),
        without_balances in any::<bool>(),
    ) -> StatementMessage {
        if name == "camt.054" || (name == "camt.052" && without_balances) {
            for statement in &mut statements {
                (statement.opening, statement.closing) = (None, None);
                statement.further_balances.clear();
            }
        }
        StatementMessage {
            version,
            business_header: with_header.then(|| business_header(&format!("{name}.001.{version:02}"))),
            message_id,
            created_at,
            statements,
        }
    }
}
