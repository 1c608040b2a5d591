//! The index of blocks that the contract's own rules made, on both databases.

mod support;

use corridor_client::{
    chain::{ContractCall, FinalisedBlock},
    contract::CashContract,
    core::{
        BatchHeader, Charges, Currency, FxTerms, Item, Money, ParticipantId, Quote, QuoteId, ReasonCode,
        Reference, SettlementMethod, Tariff, Terms, Transfer, TransferStatus, Uetr, Unwind,
    },
};
use corridor_indexer::{
    query::{
        blocks::{EventRow, ExtrinsicRow},
        movements::{Bucket, LegFilter, LegRow},
        quotes::QuoteFilter,
        search::SearchHit,
        transfers::{Side, TransferFilter},
    },
    EventId, Index, IndexError, IndexLocation, Order, PageRequest, Source, Status, Writer,
};
use std::collections::BTreeSet;
use support::{
    databases::{assert_equal, on_both, Databases},
    ledger::{Ledger, SETTLEMENT},
    story::{self, play, source, CURRENCIES, PARTICIPANTS, TOKENS},
};

async fn index(location: &IndexLocation, blocks: &[FinalisedBlock], bunch: usize) -> Writer {
    let mut writer = Writer::open(location, source()).await.expect("a writer");
    for blocks in blocks.chunks(bunch) {
        writer.write(blocks).await.expect("blocks in order");
    }
    writer
}

/// An index of which every event is in the books.
async fn sound(databases: &Databases, ledger: &Ledger, bunch: usize) -> Index {
    let writer = index(&databases.make("sound"), &ledger.blocks, bunch).await;
    assert_eq!(writer.index().count_problems().await.expect("a count"), 0);
    writer.index().clone()
}

#[tokio::test]
async fn positions_and_transfers_are_those_of_the_rules() {
    on_both(|databases| async move {
        let ledger = play(1, 300);
        let index = &sound(&databases, &ledger, 7).await;
        let positions = index.positions().await.expect("positions");
        assert_eq!(positions.len(), 6);
        for row in positions {
            let recorded = ledger.position(row.participant, row.currency);
            let net = ledger.net(row.currency).get(row.participant);
            assert_eq!(row.balances.available, recorded.available as i128);
            assert_eq!(row.balances.reserved, recorded.reserved as i128);
            assert_eq!(row.balances.collateral, i128::from(net.collateral));
            assert_eq!(row.balances.net, i128::from(net.open) + i128::from(net.closing));
        }
        for (uetr, transfer) in &ledger.transfers {
            let row = index.transfer(*uetr).await.expect("a query").expect("indexed");
            assert_eq!(row.status, transfer.status.name());
            assert_eq!(row.returned_minor_units, transfer.returned_minor_units);
            assert_eq!(row.reason, transfer.reason);
            assert_eq!(
                row.interbank_settlement_amount,
                transfer.terms.interbank_settlement_amount
            );
            assert_eq!(row.updated_at, transfer.updated_at);
            let life = index.transfer_life(*uetr).await.expect("a life");
            assert_eq!(life[0].change, "instructed");
            assert_eq!(life.last().expect("a line").status, row.status);
            if let TransferStatus::Netted(window) = transfer.status {
                let booked = row.window.expect("a window");
                assert_eq!(booked.window, window);
                let paid = ledger.final_record(row.interbank_settlement_amount.currency, window);
                assert_eq!(booked.settled_at, paid.map(|record| record.closed_at));
            }
        }
        assert!(ledger.transfers.len() > 50 && ledger.windows.len() > 5);
    })
    .await;
}

#[tokio::test]
async fn exchanges_fees_and_quotes_are_those_of_the_rules() {
    on_both(|databases| async move {
        let ledger = play(16, 500);
        let index = &sound(&databases, &ledger, 9).await;
        let mut ends = BTreeSet::new();
        for (uetr, record) in &ledger.exchanges {
            let row = index.transfer(*uetr).await.expect("a query").expect("indexed");
            let exchange = row.exchange.expect("in two currencies");
            assert_eq!(exchange.quote, record.fx.quote);
            assert_eq!(exchange.credited, record.fx.credited);
            assert_eq!(exchange.remainder, record.remainder);
            assert_eq!(exchange.sent_back_minor_units, record.sent_back_minor_units);
            assert_eq!(exchange.unwind, record.fx.unwind);
            let quote = ledger.quotes[&record.fx.quote].quote;
            let spread = quote
                .exchange(record.transfer.terms.minor_units())
                .expect("a rate");
            assert_eq!(exchange.spread_minor_units, spread.spread_minor_units);
            compare_fees(
                index,
                *uetr,
                &record.transfer,
                record.charges,
                record.fx.credited.currency,
            )
            .await;
            ends.insert(row.status);
        }
        assert!(ends.len() >= 4, "{ends:?}");
        for (uetr, charges) in &ledger.charges {
            let transfer = &ledger.transfers[uetr];
            compare_fees(index, *uetr, transfer, *charges, transfer.terms.currency()).await;
        }
        assert!(!ledger.quoted_returns.is_empty());
        for (uetr, reference, command) in &ledger.quoted_returns {
            let rows = index.quoted_returns(*uetr).await.expect("a query");
            let row = rows
                .iter()
                .find(|row| row.reference == *reference)
                .expect("indexed");
            let minor_units = command.transfer_return.minor_units;
            let exchange = ledger.quotes[&command.quote]
                .quote
                .exchange(minor_units)
                .expect("a rate");
            assert_eq!(row.quote, command.quote);
            assert_eq!(row.sent_back_minor_units, minor_units);
            assert_eq!(row.given_back_minor_units, command.given_back.minor_units);
            assert_eq!(row.remainder, exchange.remainder);
            assert_eq!(row.spread_minor_units, exchange.spread_minor_units);
        }
        for (id, state) in &ledger.quotes {
            let row = index.quote(*id).await.expect("a query").expect("indexed");
            assert_eq!(row.terms, Some(state.quote), "published or from the call");
            assert_eq!(row.used_minor_units, state.used_minor_units);
            assert_eq!(row.withdrawn, state.withdrawn);
        }
        let signed = QuoteFilter {
            provider: Some(PARTICIPANTS[0]),
            ..QuoteFilter::default()
        };
        let page = index
            .quotes(&signed, PageRequest::first(1_000))
            .await
            .expect("quotes");
        assert!(page.items.iter().any(|row| row.published) && page.items.iter().any(|row| !row.published));
        let resolutions = index
            .queue_resolutions(None, PageRequest::first(1_000))
            .await
            .expect("resolutions")
            .items;
        let found: Vec<_> = resolutions.iter().map(|row| (row.currency, row.report)).collect();
        assert_eq!(found, ledger.resolutions);
        assert!(found.iter().any(|(_, report)| report.settled > 1));
        assert!(found.iter().any(|(_, report)| report.expired > 0));
        let tariffs = index
            .tariffs(None, PageRequest::first(10))
            .await
            .expect("tariffs");
        assert_eq!(tariffs.items.len(), 4);
        let limits = index
            .limits(Some(PARTICIPANTS[0]), PageRequest::first(10))
            .await
            .expect("limits");
        let set: Vec<bool> = limits.items.iter().map(|row| row.limits.is_some()).collect();
        assert_eq!(set, [true, true, false]);
        assert_eq!(limits.items[0].scope.creditor_agent, None);
    })
    .await;
}

/// A transfer's fees in the index against those of the contract.
async fn compare_fees(index: &Index, uetr: Uetr, transfer: &Transfer, charges: Charges, credited: Currency) {
    let (reserved, due) = match transfer.status {
        TransferStatus::Pending => ("reserved", "due"),
        TransferStatus::Queued => ("reserved", "reserved"),
        TransferStatus::Rejected | TransferStatus::Cancelled | TransferStatus::Expired => {
            ("released", "released")
        }
        _ => ("paid", "paid"),
    };
    let terms = &transfer.terms;
    let debtor = charges
        .debtor
        .map(|fee| ("debtor", terms.debtor_agent, fee, terms.currency(), reserved));
    let creditor = charges
        .creditor
        .map(|fee| ("creditor", terms.creditor_agent, fee, credited, due));
    let expected: Vec<_> = debtor.into_iter().chain(creditor).collect();
    let rows = index.fees(uetr).await.expect("fees");
    assert_eq!(rows.len(), expected.len());
    for (row, (side, payer, fee, currency, status)) in rows.iter().zip(expected) {
        assert_eq!((row.side.as_str(), row.status.as_str()), (side, status), "{uetr}");
        assert_eq!((row.payer, row.payee), (payer, fee.to));
        assert_eq!(row.amount, Money::new(currency, fee.minor_units.into()));
    }
}

/// A transfer of 1,000 yuan into dollars of the third participant's.
fn instruct_on_a_signed_quote(ledger: &mut Ledger) -> (Uetr, Terms, Quote) {
    let [boc, cup, bank] = PARTICIPANTS;
    let mut dice = story::Dice::new(21);
    let quote = Quote {
        id: QuoteId {
            provider: bank,
            reference: ledger.reference(),
        },
        ..story::new_quote(ledger, &mut dice, Currency::CNY)
    };
    // An even number: it unwinds at the original rate.
    let mut uetr = dice.uetr();
    uetr.0[0] &= 0xFE;
    let terms = Terms {
        expires_at: ledger.now + 60,
        ..story::terms(
            ledger,
            boc,
            cup,
            Money::new(Currency::CNY, 1_000),
            SettlementMethod::PaymentVersusPayment,
        )
    };
    assert!(ledger.instruct_fx(uetr, terms, quote, true));
    (uetr, terms, quote)
}

#[tokio::test]
async fn a_transfer_in_two_currencies_moves_both_with_a_purpose_for_every_leg() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        let [boc, cup, bank] = PARTICIPANTS;
        let tariff = Tariff {
            version: 1,
            effective_from: ledger.now,
            fixed_minor_units: 10,
            basis_points: 0,
            minimum_minor_units: 0,
            maximum_minor_units: 10,
        };
        for currency in CURRENCIES {
            ledger.set_tariff((boc, cup, currency), bank, tariff);
        }
        let (uetr, _, quote) = instruct_on_a_signed_quote(&mut ledger);
        ledger.seal(6);
        assert!(ledger.accept(uetr));
        ledger.seal(6);
        assert!(ledger.give_back(uetr, 500));
        ledger.seal(6);
        let index = &sound(&databases, &ledger, 1).await;
        let legs = index.legs_of_transfer(uetr).await.expect("legs");
        let settled: Vec<_> = legs
            .iter()
            .filter(|leg| matches!(leg.kind.as_str(), "exchange" | "fee"))
            .map(|leg| {
                (
                    leg.participant,
                    leg.currency,
                    leg.bucket,
                    leg.purpose.as_deref(),
                    leg.amount,
                )
            })
            .collect();
        use Bucket::{Available, Reserved};
        let (yuan, dollars) = (Currency::CNY, Currency::HKD);
        // 1000 at 1.09 less 10 basis points is 1088.91; the fees are shared.
        assert_eq!(
            settled,
            [
                (boc, yuan, Reserved, Some("debited"), -1_000),
                (bank, yuan, Available, Some("debited"), 1_000),
                (bank, dollars, Reserved, Some("credited"), -1_088),
                (cup, dollars, Available, Some("credited"), 1_088),
                (boc, yuan, Reserved, Some("debtor_fee"), -5),
                (bank, yuan, Available, Some("debtor_fee"), 5),
                (cup, dollars, Available, Some("creditor_fee"), -5),
                (bank, dollars, Available, Some("creditor_fee"), 5),
            ]
        );
        let life = index.transfer_life(uetr).await.expect("a life");
        let lines: Vec<_> = life
            .iter()
            .map(|line| (line.change.as_str(), line.status.as_str(), line.minor_units))
            .collect();
        assert_eq!(
            lines,
            [
                ("instructed", "pending", Some(1_000)),
                ("settled", "settled", None),
                ("returned", "partly returned", Some(459)),
            ]
        );
        let operation = index
            .operation(cup, life[2].reference.expect("a return"))
            .await
            .expect("a query")
            .expect("an operation");
        assert_eq!(operation.amount, Money::new(dollars, 500));
        let row = index
            .quote(quote.id)
            .await
            .expect("a query")
            .expect("its first use");
        assert!(!row.published && row.terms == Some(quote) && row.used_minor_units == 1_000);
        let fees = index.fees_for(bank, PageRequest::first(1)).await.expect("fees");
        assert_eq!(
            (fees.items[0].side.as_str(), fees.items[0].status.as_str()),
            ("debtor", "paid")
        );
        let request = PageRequest::first(1).after(fees.next.expect("the creditor agent's"));
        let fees = index.fees_for(bank, request).await.expect("fees");
        assert_eq!((fees.items[0].side.as_str(), fees.next), ("creditor", None));
    })
    .await;
}

#[tokio::test]
async fn what_settles_together_from_a_queue_moves_at_once_and_leaves_nobody_below_zero() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        let [boc, cup, _] = PARTICIPANTS;
        let mut dice = story::Dice::new(22);
        // Neither can pay: 950,000 each.
        let waiting = [(boc, cup), (cup, boc)].map(|(from, to)| {
            let (uetr, amount) = (dice.uetr(), Money::new(Currency::CNY, 5_000_000));
            let terms = story::terms(&ledger, from, to, amount, SettlementMethod::QueuedGross);
            assert!(ledger.instruct(uetr, terms) && ledger.accept(uetr));
            uetr
        });
        ledger.seal(6);
        let before = ledger.blocks.len();
        ledger.resolve_queue(Currency::CNY);
        ledger.seal(6);
        let mut writer = index(&databases.make("a"), &ledger.blocks[..before], 1).await;
        let queued = TransferFilter {
            status: Some("queued".into()),
            ..TransferFilter::default()
        };
        let page = writer
            .index()
            .transfers(&queued, PageRequest::first(10))
            .await
            .expect("a page");
        assert_eq!(page.items.iter().map(|row| row.uetr).collect::<Vec<_>>(), waiting);
        assert_eq!(page.items[0].settlement_method, "queued");
        let legs = writer.index().legs_of_transfer(waiting[0]).await.expect("legs");
        assert_eq!(legs, [], "nothing is reserved for it");
        writer
            .write(&ledger.blocks[before..])
            .await
            .expect("the resolution");
        let index = writer.index();
        assert_eq!(index.count_problems().await.expect("a count"), 0);
        for row in index.positions().await.expect("positions") {
            let recorded = ledger.position(row.participant, row.currency);
            assert_eq!(row.balances.available, recorded.available as i128);
        }
        let row = index
            .transfer(waiting[0])
            .await
            .expect("a query")
            .expect("indexed");
        assert_eq!(row.status, "settled");
        let resolutions = index
            .queue_resolutions(Some(Currency::CNY), PageRequest::first(10))
            .await
            .expect("resolutions");
        let report = resolutions.items[0].report;
        assert_eq!((report.settled, report.liquidity_minor_units), (2, 0));

        // One of the two events is lost: somebody would have less than nothing, which is said.
        let mut torn = ledger.blocks[before..].to_vec();
        let lost = torn[0]
            .events
            .iter()
            .position(|event| event.data.starts_with(&waiting[1].0));
        torn[0].events.remove(lost.expect("its event"));
        let mut writer = index_of(&databases, "torn", &ledger.blocks[..before]).await;
        writer.write(&torn).await.expect("blocks in order");
        let problems = writer
            .index()
            .problems(PageRequest::first(10))
            .await
            .expect("problems")
            .items;
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].kind.as_deref(), Some("queue"));
        // The books of that currency, and no others.
        assert_eq!(problems[0].doubtful.as_deref(), Some("CNY"));
        for (currency, doubtful) in [(Currency::CNY, true), (Currency::HKD, false)] {
            let first = writer
                .index()
                .first_problem(currency, u64::MAX >> 30)
                .await
                .expect("a query");
            assert_eq!(first.is_some(), doubtful);
            let count = writer.index().count_problems_of(currency).await.expect("a count");
            assert_eq!(count, u64::from(doubtful));
        }
    })
    .await;
}

async fn index_of(
    databases: &support::databases::Databases,
    name: &str,
    blocks: &[FinalisedBlock],
) -> Writer {
    index(&databases.make(name), blocks, 10).await
}

#[tokio::test]
async fn windows_and_batches_are_those_of_the_rules() {
    on_both(|databases| async move {
        let ledger = play(2, 300);
        let writer = index(&databases.make("a"), &ledger.blocks, 50).await;
        let index = writer.index();
        let mut aborted = 0;
        for ((currency, window), record) in &ledger.windows {
            let row = index
                .window(*currency, *window)
                .await
                .expect("a query")
                .expect("indexed");
            assert_eq!(row.status, record.status.name());
            assert_eq!(row.net_minor_units, Some(record.net_minor_units));
            assert_eq!(row.gross_minor_units, Some(record.gross_minor_units));
            let positions = index
                .window_positions(*currency, *window)
                .await
                .expect("positions");
            assert_eq!(positions.iter().map(|row| row.net).sum::<i128>(), 0);
            aborted += usize::from(!record.has_settled());
        }
        assert!(aborted > 0 && aborted < ledger.windows.len());
        assert!(ledger.batches.len() > 5);
        for ((agent, number), (record, items)) in &ledger.batches {
            let row = index
                .batch(*agent, *number)
                .await
                .expect("a query")
                .expect("indexed");
            let header = row.header.expect("its call is in the block");
            assert_eq!(
                (header.currency, usize::from(header.items)),
                (record.currency, items.len())
            );
            assert_eq!((row.root, row.rejected_items), (record.root, 1));
            let parts = index.batch_parts(row.id).await.expect("parts");
            assert_eq!(parts.len(), 1);
            assert_eq!(parts[0].minor_units, u128::from(record.legs[0].total.minor_units));
            let page = index
                .batch_items(row.id, PageRequest::first(1_000))
                .await
                .expect("items");
            assert_eq!(page.items.len(), items.len());
            assert_eq!(page.items[2].fault.as_deref(), Some("zero_amount"));
            let accepted = parts[0].status == "accepted";
            assert_eq!(page.items[0].excepted, accepted);
            assert!(!page.items[1].excepted);
            for (row, item) in page.items.iter().zip(items) {
                assert_eq!(
                    (row.uetr, row.minor_units),
                    (item.uetr, u128::from(item.minor_units))
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn opening_balance_and_movements_give_the_closing_balance_for_every_range_and_bucket() {
    on_both(|databases| async move {
        let ledger = play(3, 200);
        let writer = index(&databases.make("a"), &ledger.blocks, 16).await;
        let index = writer.index();
        let last = ledger.blocks.last().expect("blocks").block.number;
        for range in [
            0..u64::MAX,
            100..101,
            105..120,
            110..last,
            last..last + 1,
            std::ops::Range { start: 120, end: 110 },
        ] {
            for id in PARTICIPANTS {
                for currency in CURRENCIES {
                    let request = PageRequest::first(1_000);
                    let moved = index
                        .movements(id, currency, range.clone(), request)
                        .await
                        .expect("movements");
                    assert_eq!(moved.legs.next, None);
                    for bucket in Bucket::ALL {
                        let legs = moved.legs.items.iter().filter(|leg| leg.bucket == bucket);
                        let mut balance = moved.opening.get(bucket);
                        for leg in legs {
                            balance += leg.amount;
                            assert_eq!(leg.balance, balance);
                        }
                        assert_eq!(balance, moved.closing.get(bucket));
                    }
                }
            }
        }
        // A statement by date: the second half by block time.
        let middle = &ledger.blocks[ledger.blocks.len() / 2].block;
        let blocks = index
            .blocks_between(middle.time_ms / 1_000 + 1..u64::MAX)
            .await
            .expect("blocks");
        assert_eq!(blocks, middle.number + 1..last + 1);
    })
    .await;
}

#[tokio::test]
async fn an_index_rebuilt_in_other_bunches_or_in_the_other_database_is_equal() {
    let ledger = play(4, 250);
    let mut digests = Vec::new();
    for databases in [
        support::databases::Databases::sqlite(),
        support::databases::Databases::postgres(),
    ] {
        for bunch in [1, 13, 1_000] {
            let writer = index(&databases.make(&format!("by{bunch}")), &ledger.blocks, bunch).await;
            digests.push(writer.index().digest().await.expect("a digest"));
        }
    }
    assert!(digests[0].tables.iter().filter(|(_, rows, _)| *rows > 0).count() > 26);
    for digest in &digests {
        assert_eq!(digest, &digests[0]);
    }
    let other = play(5, 250);
    let databases = support::databases::Databases::sqlite();
    let writer = index(&databases.make("other"), &other.blocks, 13).await;
    assert_ne!(
        writer.index().digest().await.expect("a digest").all(),
        digests[0].all()
    );
}

#[tokio::test]
async fn a_writer_that_comes_back_goes_on_where_the_last_one_was() {
    on_both(|databases| async move {
        let ledger = play(6, 200);
        let whole = index(&databases.make("whole"), &ledger.blocks, 1_000).await;
        let location = databases.make("parts");
        for blocks in ledger.blocks.chunks(9) {
            // A new writer each time: nothing may depend on what one has in memory.
            let mut writer = Writer::open(&location, source()).await.expect("a writer");
            assert_eq!(writer.next(), blocks[0].block.number);
            writer.write(blocks).await.expect("blocks in order");
        }
        let parts = Index::open(&location).await.expect("an index");
        assert_equal(&parts, whole.index()).await;
    })
    .await;
}

#[tokio::test]
async fn a_new_index_whose_filling_was_cut_off_is_completed_by_the_next_writer() {
    on_both(|databases| async move {
        let ledger = play(6, 200);
        let whole = index(&databases.make("whole"), &ledger.blocks, 1_000).await;
        assert!(!whole.is_filling().await.expect("known"));
        let location = databases.make("filled");
        let (first, rest) = ledger.blocks.split_at(ledger.blocks.len() / 2);
        let mut writer = Writer::open(&location, source()).await.expect("a writer");
        writer.begin_filling().await.expect("begun");
        writer.write(first).await.expect("blocks in order");
        drop(writer);
        let mut writer = Writer::open(&location, source()).await.expect("a writer");
        assert!(writer.is_filling().await.expect("known"));
        writer.write(rest).await.expect("blocks in order");
        assert_equal(writer.index(), whole.index()).await;
        for _ in 0..2 {
            writer.end_filling().await.expect("ended");
            assert!(!writer.is_filling().await.expect("known"));
        }
        assert_equal(writer.index(), whole.index()).await;
    })
    .await;
}

#[tokio::test]
async fn what_does_not_follow_is_refused_and_changes_nothing() {
    on_both(|databases| async move {
        let ledger = play(7, 80);
        let location = databases.make("a");
        let mut writer = index(&location, &ledger.blocks[..10], 4).await;
        let before = writer.index().digest().await.expect("a digest");
        let mut forked = ledger.blocks[10].clone();
        forked.parent = [0xff; 32];
        for blocks in [&ledger.blocks[11..13], &ledger.blocks[9..12], &[forked]] {
            let refused = writer.write(blocks).await.expect_err("it does not follow");
            assert_eq!(refused.code(), "index.other_source");
        }
        assert_eq!(writer.index().digest().await.expect("a digest"), before);
        writer.write(&ledger.blocks[10..]).await.expect("the right ones");
    })
    .await;
}

#[tokio::test]
async fn a_failure_in_the_middle_of_a_bunch_leaves_the_writer_as_it_was() {
    on_both(|databases| async move {
        let ledger = play(8, 80);
        let whole = index(&databases.make("whole"), &ledger.blocks, 1_000).await;
        let mut writer = index(&databases.make("a"), &ledger.blocks[..10], 4).await;
        let before = writer.index().digest().await.expect("a digest");
        // The same event twice: its row cannot be added, when much of the bunch is written already.
        let mut broken = ledger.blocks[10..].to_vec();
        let twice = broken
            .iter_mut()
            .rev()
            .find(|block| !block.events.is_empty())
            .expect("events");
        twice.events.push(twice.events[0].clone());
        writer.write(&broken).await.expect_err("a row of the same key");
        assert_eq!(writer.index().digest().await.expect("a digest"), before);
        writer.write(&ledger.blocks[10..]).await.expect("the right ones");
        assert_equal(writer.index(), whole.index()).await;
    })
    .await;
}

#[tokio::test]
async fn one_process_writes_and_others_read() {
    on_both(|databases| async move {
        let ledger = play(9, 40);
        let location = databases.make("a");
        let empty = Index::open(&location).await.expect_err("nothing there");
        assert_eq!(empty.code(), "index.empty");
        let mut writer = index(&location, &ledger.blocks[..5], 4).await;
        let busy = Writer::open(&location, source())
            .await
            .expect_err("somebody writes");
        assert_eq!(busy.code(), "index.busy");
        let reader = Index::open(&location).await.expect("a reader");
        assert_eq!(
            reader.head().await.expect("a head").expect("some").block,
            ledger.blocks[4].block
        );
        writer.write(&ledger.blocks[5..7]).await.expect("blocks");
        assert_eq!(
            reader.head().await.expect("a head").expect("some").block,
            ledger.blocks[6].block
        );
        let status = Status::at(&reader, ledger.blocks[9].block)
            .await
            .expect("a status");
        assert_eq!((status.lag_blocks, status.problems), (3, 0));
        let seconds = (ledger.blocks[9].block.time_ms - ledger.blocks[6].block.time_ms) / 1_000;
        assert_eq!(status.lag_seconds, Some(seconds));
        // A block of the same number that is another one is of another chain.
        let mut other = ledger.blocks[6].block;
        other.hash[0] ^= 1;
        let refused = Status::at(&reader, other).await.expect_err("another chain");
        assert_eq!(refused.code(), "index.other_source", "{refused}");
        drop(writer);
        Writer::open(&location, source()).await.expect("it is free again");
    })
    .await;
}

#[tokio::test]
async fn an_index_of_another_chain_or_contract_is_refused() {
    on_both(|databases| async move {
        let ledger = play(10, 20);
        let location = databases.make("a");
        drop(index(&location, &ledger.blocks, 4).await);
        let chain = Source {
            genesis: [8; 32],
            ..source()
        };
        let contract = Source {
            settlement: [8; 20],
            ..source()
        };
        for other in [chain, contract] {
            let refused = Writer::open(&location, other).await.expect_err("another source");
            assert_eq!(refused.code(), "index.other_source");
        }
        // The first block is the recorded one, whatever is asked for.
        let later = Source {
            first_block: 1_000,
            ..source()
        };
        let writer = Writer::open(&location, later)
            .await
            .expect("the same chain and contract");
        assert_eq!(writer.source(), source());
    })
    .await;
}

#[tokio::test]
async fn pages_neither_repeat_nor_skip() {
    on_both(|databases| async move {
        let ledger = play(11, 150);
        let writer = index(&databases.make("a"), &ledger.blocks, 40).await;
        let index = writer.index();
        let all = index
            .legs(&LegFilter::default(), PageRequest::first(1_000))
            .await
            .expect("legs")
            .items;
        assert!(all.len() > 200 && all.len() < 1_000);
        let (participant, currency) = (Some(PARTICIPANTS[1]), Some(Currency::CNY));
        let of_one = LegFilter {
            participant,
            ..LegFilter::default()
        };
        let in_one = LegFilter {
            currency,
            ..of_one.clone()
        };
        let middle = all[all.len() / 2].id.block();
        for filter in [
            LegFilter::default(),
            LegFilter {
                blocks: Some(middle - 20..middle + 20),
                ..in_one.clone()
            },
            LegFilter {
                bucket: Some(Bucket::Reserved),
                ..in_one.clone()
            },
            LegFilter {
                currency,
                bucket: Some(Bucket::Net),
                ..LegFilter::default()
            },
            of_one,
            in_one,
        ] {
            let mut wanted = all.clone();
            wanted.retain(|leg| {
                filter.participant.is_none_or(|of| leg.participant == of)
                    && filter.currency.is_none_or(|of| leg.currency == of)
                    && filter.bucket.is_none_or(|of| leg.bucket == of)
                    && filter
                        .blocks
                        .as_ref()
                        .is_none_or(|blocks| blocks.contains(&leg.id.block()))
            });
            assert!(wanted.len() > 7, "{filter:?}");
            for order in [Order::OldestFirst, Order::NewestFirst] {
                let mut seen = every_leg(index, &filter, order).await;
                if order == Order::NewestFirst {
                    seen.reverse();
                }
                assert_eq!(seen, wanted, "{filter:?}");
            }
        }
        let nobody = LegFilter {
            participant: Some(ParticipantId(9)),
            ..LegFilter::default()
        };
        assert_eq!(every_leg(index, &nobody, Order::OldestFirst).await, []);
    })
    .await;
}

/// A few at a time.
async fn every_leg(index: &Index, filter: &LegFilter, order: Order) -> Vec<LegRow> {
    let mut request = PageRequest {
        after: None,
        limit: 7,
        order,
    };
    let mut seen = Vec::new();
    loop {
        let page = index.legs(filter, request).await.expect("a page");
        seen.extend(page.items);
        let Some(next) = page.next else { return seen };
        // As a caller hands it back.
        request = request.after(next.to_string().parse().expect("a cursor"));
    }
}

#[tokio::test]
async fn transfers_are_listed_by_participant_side_status_currency_and_time() {
    on_both(|databases| async move {
        let ledger = play(12, 200);
        let writer = index(&databases.make("a"), &ledger.blocks, 40).await;
        let index = writer.index();
        let count = |wanted: fn(&corridor_client::core::Transfer) -> bool| {
            ledger
                .transfers
                .values()
                .filter(|transfer| wanted(transfer))
                .count()
        };
        let cup = Some(ParticipantId(1));
        let provided = ledger
            .exchanges
            .values()
            .filter(|record| record.fx.quote.provider.0 == 1);
        let only_provider = provided.clone().filter(|record| {
            let terms = &record.transfer.terms;
            terms.debtor_agent.0 != 1 && terms.creditor_agent.0 != 1
        });
        let only_provider = only_provider.count();
        let middle = ledger.blocks[ledger.blocks.len() / 2].block.time_ms / 1_000;
        for (filter, expected) in [
            (TransferFilter::default(), ledger.transfers.len()),
            (
                TransferFilter {
                    participant: cup,
                    ..TransferFilter::default()
                },
                count(|t| t.terms.debtor_agent.0 == 1 || t.terms.creditor_agent.0 == 1) + only_provider,
            ),
            (
                TransferFilter {
                    participant: cup,
                    side: Side::Provider,
                    ..TransferFilter::default()
                },
                provided.clone().count(),
            ),
            (
                TransferFilter {
                    participant: cup,
                    side: Side::CreditorAgent,
                    status: Some("pending".into()),
                    ..TransferFilter::default()
                },
                count(|t| t.terms.creditor_agent.0 == 1 && t.status == TransferStatus::Pending),
            ),
            (
                TransferFilter {
                    side: Side::DebtorAgent,
                    participant: cup,
                    currency: Some(Currency::HKD),
                    ..TransferFilter::default()
                },
                count(|t| t.terms.debtor_agent.0 == 1 && t.terms.currency() == Currency::HKD),
            ),
        ] {
            let page = index
                .transfers(&filter, PageRequest::newest(1_000))
                .await
                .expect("transfers");
            assert_eq!(page.items.len(), expected, "{filter:?}");
            assert!(expected > 0);
        }
        let early = TransferFilter {
            instructed_until: Some(middle),
            ..TransferFilter::default()
        };
        let late = TransferFilter {
            instructed_from: Some(middle),
            ..TransferFilter::default()
        };
        let early = index
            .transfers(&early, PageRequest::first(1_000))
            .await
            .expect("transfers")
            .items;
        let late = index
            .transfers(&late, PageRequest::first(1_000))
            .await
            .expect("transfers")
            .items;
        assert!(!early.is_empty() && !late.is_empty());
        assert_eq!(early.len() + late.len(), ledger.transfers.len());
    })
    .await;
}

#[tokio::test]
async fn one_word_finds_what_it_stands_for() {
    on_both(|databases| async move {
        let mut ledger = play(13, 100);
        let reference = ledger.reference();
        let writer = index(&databases.make("a"), &ledger.blocks, 40).await;
        let index = writer.index();
        let block = &ledger.blocks[3];
        let uetr = *ledger.transfers.keys().next().expect("transfers");
        let ((agent, number), (_, items)) = ledger.batches.iter().next().expect("batches");
        let batch = index
            .batch(*agent, *number)
            .await
            .expect("a query")
            .expect("indexed");
        let account = corridor_client::AccountId([1; 32]).address();
        for (word, hit) in [
            (uetr.to_string().to_uppercase(), SearchHit::Transfer(uetr)),
            (items[1].uetr.to_string(), SearchHit::BatchItem(batch.id, 1)),
            (
                block.block.number.to_string(),
                SearchHit::Block(block.block.number),
            ),
            (
                hex::encode(block.block.hash),
                SearchHit::Block(block.block.number),
            ),
            (
                format!("0x{}", hex::encode(block.extrinsics[0].hash)),
                SearchHit::Extrinsic(EventId::new(block.block.number, 0).expect("an id")),
            ),
            ("chupcnsh".into(), SearchHit::Participant(ParticipantId(1))),
            (
                "CNAPS:104100000004".into(),
                SearchHit::Participant(ParticipantId(0)),
            ),
            (
                hex::encode(account),
                SearchHit::Account(account, ParticipantId(0)),
            ),
            (
                format!("0x{:032x}", 1),
                SearchHit::Operation(ParticipantId(0), 1u128.to_be_bytes()),
            ),
        ] {
            assert_eq!(index.search(&word).await.expect("a search"), [hit], "{word}");
        }
        for word in [
            "",
            "%",
            "' OR 1 = 1 --",
            &hex::encode(reference.0),
            "99999999999999999999",
        ] {
            assert_eq!(index.search(word).await.expect("a search"), [], "{word}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_this_version_does_not_know_is_kept_and_what_it_cannot_read_is_counted() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        // A later version's event, and one of a known kind that ends too early.
        ledger.emit_raw(SETTLEMENT, vec![[0xee; 32]], vec![1, 2, 3]);
        let known = ledger
            .blocks
            .last()
            .expect("blocks")
            .events
            .last()
            .expect("events")
            .clone();
        ledger.emit_raw(SETTLEMENT, known.topics, known.data[..5].to_vec());
        ledger.emit_raw(SETTLEMENT, vec![], vec![]);
        ledger.seal(6);
        // Business goes on.
        let amount = Money::new(Currency::CNY, u128::from(u64::MAX) + 1);
        let uetr = story::Dice::new(3).uetr();
        let rich = Money::new(Currency::CNY, 1 << 70);
        assert!(ledger.move_escrow(
            PARTICIPANTS[0],
            corridor_client::core::MovementKind::Deposit,
            rich
        ));
        let terms = story::terms(
            &ledger,
            PARTICIPANTS[0],
            PARTICIPANTS[1],
            amount,
            SettlementMethod::Gross,
        );
        assert!(ledger.instruct(uetr, terms));
        assert!(ledger.accept(uetr));
        ledger.seal(6);
        let writer = index(&databases.make("a"), &ledger.blocks, 3).await;
        let index = writer.index();
        assert_eq!(index.count_problems().await.expect("a count"), 1);
        let problems = index
            .problems(PageRequest::first(10))
            .await
            .expect("problems")
            .items;
        assert!(problems[0]
            .problem
            .as_deref()
            .expect("a reason")
            .contains("decoded"));
        assert_eq!(problems[0].data, known.data[..5]);
        let block = ledger.blocks[ledger.blocks.len() - 2].block.number;
        let events = index
            .events(Some(block), PageRequest::first(10))
            .await
            .expect("events")
            .items;
        assert_eq!(
            events
                .iter()
                .map(|event| event.kind.as_deref())
                .collect::<Vec<_>>(),
            [None, None, None]
        );
        assert_eq!(events[0].topics, [[0xee; 32]]);
        // Amounts beyond 64 bits keep every digit.
        let row = index.transfer(uetr).await.expect("a query").expect("indexed");
        assert_eq!(row.interbank_settlement_amount, amount);
        let position = index
            .position_at(PARTICIPANTS[0], Currency::CNY, u64::MAX >> 30)
            .await
            .expect("a position");
        let recorded = ledger.position(PARTICIPANTS[0], Currency::CNY);
        assert_eq!(position.available, recorded.available as i128);
        assert!(position.available > i128::from(u64::MAX));
    })
    .await;
}

/// A batch of two items of BOC's for CUP.
fn submit_two(ledger: &mut Ledger, number: u32) -> Vec<Item> {
    let item = |minor_units: u64| Item {
        uetr: story::Dice::new(u64::from(number) * 10 + minor_units).uetr(),
        minor_units,
        counterparty: 0,
        message_digest: [7; 32],
    };
    let items = vec![item(5), item(7)];
    let header = BatchHeader {
        debtor_agent: PARTICIPANTS[0],
        number,
        currency: Currency::CNY,
        counterparties: vec![PARTICIPANTS[1]],
        items: 2,
        control_sum: 12,
        all_or_nothing: false,
        expires_at: ledger.now + 3_600,
    };
    ledger.submit_batch(header, items.clone());
    items
}

#[tokio::test]
async fn what_an_event_does_not_bring_is_noted_and_leaves_the_books_right() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        submit_two(&mut ledger, 1);
        ledger.by_a_contract();
        ledger.seal(6);
        assert!(ledger.accept_batch((PARTICIPANTS[0], 1), PARTICIPANTS[1], &[]));
        ledger.seal(6);
        // What a registered token emits is nobody's book.
        let topic = sp_crypto_hashing::keccak_256(b"Transfer(address,address,uint256)");
        ledger.emit_raw(story::TOKENS[0], vec![topic], vec![1; 3]);
        ledger.seal(6);
        let index = &sound(&databases, &ledger, 3).await;
        assert_eq!(index.count_incomplete().await.expect("a count"), 2);
        let noted = index
            .incomplete(PageRequest::first(10))
            .await
            .expect("notes")
            .items;
        let notes: Vec<&str> = noted.iter().filter_map(|event| event.note.as_deref()).collect();
        assert!(notes[0].contains("items are not in the extrinsic"), "{notes:?}");
        assert!(notes[1].contains("a token's Transfer"), "{notes:?}");
        let row = index
            .batch(PARTICIPANTS[0], 1)
            .await
            .expect("a query")
            .expect("indexed");
        assert!(row.header.is_none());
        let items = index
            .batch_items(row.id, PageRequest::first(10))
            .await
            .expect("items");
        assert!(items.items.is_empty());
        let net = index
            .position_at(PARTICIPANTS[1], Currency::CNY, u64::MAX >> 30)
            .await
            .expect("a position")
            .net;
        assert_eq!(net, 12);
    })
    .await;
}

#[tokio::test]
async fn calls_that_others_carry_out_are_kept_with_what_they_say() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        let items = submit_two(&mut ledger, 1);
        // In a batch of calls, behind an attempt of the same number that failed, and behind a payment of tokens.
        let mut calls = std::mem::take(ledger.last_calls());
        let mut failed = calls[0].clone();
        let last = failed.data.len() - 1;
        failed.data[last] ^= 1;
        let token = CashContract::at(story::TOKENS[0]).transfer([7; 20], 5);
        let paid = ContractCall {
            dest: token.dest(),
            data: token.data().to_vec(),
            ..failed.clone()
        };
        calls.splice(0..0, [paid, failed]);
        for call in &mut calls {
            call.via = vec!["Proxy.proxy".into(), "Utility.force_batch".into()];
        }
        let (signer, data) = (calls[2].signer, calls[2].data.clone());
        *ledger.last_calls() = calls;
        ledger.seal(6);
        let writer = index(&databases.make("a"), &ledger.blocks, 3).await;
        let index = writer.index();
        let row = index
            .batch(PARTICIPANTS[0], 1)
            .await
            .expect("a query")
            .expect("indexed");
        let read = index
            .batch_items(row.id, PageRequest::first(10))
            .await
            .expect("items")
            .items;
        let uetrs: Vec<Uetr> = read.iter().map(|item| item.uetr).collect();
        assert_eq!(uetrs, items.iter().map(|item| item.uetr).collect::<Vec<_>>());
        assert_eq!(read[1].message_digest, items[1].message_digest);
        let block = ledger.blocks.last().expect("a block").block.number;
        let rows = index
            .extrinsics(Some(block), PageRequest::first(10))
            .await
            .expect("calls")
            .items;
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.message.as_deref(), row.fee.is_some()))
            .collect();
        let batch = Some("submit_batch");
        assert_eq!(told, [(Some("transfer"), true), (batch, false), (batch, false)]);
        for row in &rows {
            assert_eq!(row.via.as_deref(), Some("Proxy.proxy Utility.force_batch"));
            assert_eq!(row.signer, signer.map(|signer| signer.to_string()));
        }
        assert_eq!(rows[2].data.as_deref(), Some(&data[..]));
        let said: serde_json::Value =
            serde_json::from_str(rows[2].arguments.as_deref().expect("arguments")).expect("JSON");
        assert_eq!(
            (&said["header"]["number"], &said["header"]["currency"]),
            (&1.into(), &"CNY".into())
        );
        let of_token = rows[0].arguments.as_deref().expect("arguments");
        assert!(of_token.contains("\"value\":\"5\""), "{of_token}");
        // The extrinsic by its place and by its hash is its first call.
        let first = index
            .extrinsic(rows[0].id)
            .await
            .expect("a query")
            .expect("indexed");
        let by_hash = index
            .extrinsic_by_hash(rows[2].hash)
            .await
            .expect("a query")
            .expect("indexed");
        assert_eq!((&first, &by_hash), (&rows[0], &rows[0]));
    })
    .await;
}

#[tokio::test]
async fn an_extrinsic_of_more_calls_than_an_index_numbers_stops_nothing() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        let amount = Money::new(Currency::CNY, 250);
        let deposit = corridor_client::core::MovementKind::Deposit;
        assert!(ledger.move_escrow(PARTICIPANTS[0], deposit, amount));
        // Anybody may ask for the same again and again.
        let call = ledger.last_calls()[0].clone();
        *ledger.last_calls() = vec![call; 1_025];
        ledger.seal(6);
        let crowded = ledger.blocks.last().expect("a block").block.number;
        assert!(ledger.move_escrow(PARTICIPANTS[0], deposit, amount));
        ledger.seal(6);
        let writer = index(&databases.make("a"), &ledger.blocks, 3).await;
        let index = writer.index();
        assert_eq!(writer.last().expect("a block").0, crowded + 1);
        assert_eq!(index.count_problems().await.expect("a count"), 0);
        let rows = every_call(index, crowded).await;
        assert_eq!(rows.len(), 1_024);
        assert!(rows.iter().all(|row| row.message.as_deref() == Some("deposit")));
        let noted = index
            .incomplete(PageRequest::first(10))
            .await
            .expect("notes")
            .items;
        let notes: Vec<_> = noted
            .iter()
            .map(|event| (event.id.block(), event.note.as_deref().unwrap_or_default()))
            .collect();
        let note = "its extrinsic carries out more calls of the contracts than are kept";
        assert_eq!(notes, [(crowded, note)]);
    })
    .await;
}

async fn every_call(index: &Index, block: u64) -> Vec<ExtrinsicRow> {
    let mut request = PageRequest::first(1_000);
    let mut rows = Vec::new();
    loop {
        let page = index.extrinsics(Some(block), request).await.expect("calls");
        rows.extend(page.items);
        let Some(next) = page.next else { return rows };
        request = request.after(next);
    }
}

#[tokio::test]
async fn events_beyond_what_a_block_numbers_are_in_the_books() {
    on_both(|databases| async move {
        let mut ledger = play(3, 60);
        let plain = index(&databases.make("plain"), &ledger.blocks, 9).await;
        // As if another contract had emitted so many before them, in every other block.
        for block in ledger.blocks.iter_mut().step_by(2) {
            for event in &mut block.events {
                event.index += 1 << 18;
            }
        }
        let crowded = index(&databases.make("crowded"), &ledger.blocks, 9).await;
        let (plain, crowded) = (plain.index(), crowded.index());
        assert_eq!(crowded.count_problems().await.expect("a count"), 0);
        assert_eq!(
            crowded.positions().await.expect("positions"),
            plain.positions().await.expect("positions")
        );
        let request = PageRequest::first(1_000);
        let told = |events: Vec<EventRow>| {
            let event = |event: EventRow| (event.id.block(), event.contract, event.data);
            events.into_iter().map(event).collect::<Vec<_>>()
        };
        let events = told(crowded.events(None, request).await.expect("events").items);
        assert!(events.len() > 20);
        assert_eq!(
            events,
            told(plain.events(None, request).await.expect("events").items)
        );
    })
    .await;
}

/// Who signs a list of calls can hide one of them from a reader, by a contract of his or deep in others, beside one that fails.
#[tokio::test]
async fn what_a_list_of_calls_shows_is_not_taken_for_what_was_done() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        let amount = Money::new(Currency::CNY, 250);
        let deposit = corridor_client::core::MovementKind::Deposit;
        assert!(ledger.move_escrow(PARTICIPANTS[0], deposit, amount));
        let reference = ledger.last_calls()[0].data[4..20].try_into();
        let deposited = Reference(reference.expect("16 bytes"));
        let pledge = corridor_client::core::CollateralKind::Pledge;
        assert!(ledger.pledge(PARTICIPANTS[0], pledge, amount));
        // What is seen is a pledge of the deposit's reference.
        let shown = ledger.contract().pledge(deposited, amount).data().to_vec();
        let call = &mut ledger.last_calls()[0];
        (call.data, call.via) = (shown, vec!["Utility.force_batch".into()]);
        ledger.seal(6);
        // What is seen is a transfer on a published quote.
        let (uetr, terms, quote) = instruct_on_a_signed_quote(&mut ledger);
        let on_published = FxTerms {
            quote: QuoteId {
                reference: Reference([0xee; 16]),
                ..quote.id
            },
            credited: Money::new(Currency::HKD, 1),
            unwind: Unwind::OriginalRate,
        };
        let shown = ledger.contract().instruct_fx(uetr, terms, on_published, None);
        let call = &mut ledger.last_calls()[0];
        (call.data, call.via) = (shown.data().to_vec(), vec!["Utility.batch".into()]);
        ledger.seal(6);
        let index = &sound(&databases, &ledger, 3).await;
        assert_eq!(index.count_incomplete().await.expect("a count"), 2);
        let known = index.operation(PARTICIPANTS[0], deposited.0).await;
        assert_eq!(known.expect("a query").expect("the deposit").kind, "deposit");
        let used = index.quote(quote.id).await.expect("a query").expect("listed");
        assert_eq!((used.terms, used.used_minor_units), (None, 1_000));
    })
    .await;
}

#[tokio::test]
async fn what_a_block_does_by_itself_is_in_the_books() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        let before = ledger.position(PARTICIPANTS[0], Currency::CNY).available;
        ledger.in_hook = true;
        let amount = Money::new(Currency::CNY, 250);
        assert!(ledger.move_escrow(
            PARTICIPANTS[0],
            corridor_client::core::MovementKind::Withdrawal,
            amount
        ));
        let uetr = story::Dice::new(3).uetr();
        let terms = story::terms(
            &ledger,
            PARTICIPANTS[0],
            PARTICIPANTS[1],
            amount,
            SettlementMethod::Gross,
        );
        assert!(ledger.instruct(uetr, terms) && ledger.accept(uetr));
        ledger.seal(6);
        let writer = index(&databases.make("a"), &ledger.blocks, 3).await;
        let index = writer.index();
        let position = index
            .position_at(PARTICIPANTS[0], Currency::CNY, u64::MAX >> 30)
            .await
            .expect("a position");
        assert_eq!(position.available, before as i128 - 500);
        let block = ledger.blocks.last().expect("a block").block.number;
        let events = index
            .events(Some(block), PageRequest::first(10))
            .await
            .expect("events")
            .items;
        assert!(events.len() > 2 && events.iter().all(|event| event.extrinsic_index.is_none()));
        let history = index.transfer_life(uetr).await.expect("a history");
        assert!(history
            .iter()
            .all(|event| event.extrinsic_index.is_none() && event.caller.is_none()));
        assert_eq!(index.count_problems().await.expect("a count"), 0);
    })
    .await;
}

#[tokio::test]
async fn what_a_tokens_issuer_and_guardian_do_can_be_asked_for() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        let topic = |signature: &str| sp_crypto_hashing::keccak_256(signature.as_bytes());
        let account = |byte: u8| -> [u8; 32] {
            [[0; 12].to_vec(), [byte; 20].to_vec()]
                .concat()
                .try_into()
                .expect("a word")
        };
        let word = |number: u8| {
            let mut word = [0; 32];
            word[31] = number;
            word
        };
        let id = [0xaa; 32];
        for (topics, data) in [
            (
                vec![topic("Approval(address,address,uint256)"), account(1), account(2)],
                vec![word(9)],
            ),
            (
                vec![
                    topic("RequestDone(bytes32,address,uint8,uint256)"),
                    id,
                    account(3),
                ],
                vec![word(1), word(8)],
            ),
            (vec![topic("PauseChanged(bool)")], vec![word(1)]),
            (
                vec![topic("FreezeChanged(address,bool)"), account(4)],
                vec![word(1)],
            ),
            (
                vec![
                    topic("RoleChanged(uint8,address,address)"),
                    word(3),
                    account(5),
                    account(6),
                ],
                vec![],
            ),
        ] {
            ledger.emit_raw(story::TOKENS[0], topics, data.concat());
        }
        ledger.seal(6);
        let writer = index(&databases.make("a"), &ledger.blocks, 3).await;
        let index = writer.index();
        let rows = index
            .token_events(Currency::CNY, PageRequest::first(10))
            .await
            .expect("events")
            .items;
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.event.as_str(), row.account, row.other, row.minor_units))
            .collect();
        assert_eq!(
            told,
            [
                ("approval", Some([1; 20]), Some([2; 20]), Some(9)),
                ("issued", Some([3; 20]), None, Some(8)),
                ("paused", None, None, None),
                ("frozen", Some([4; 20]), None, None),
                ("guardian", Some([6; 20]), Some([5; 20]), None),
            ]
        );
        assert_eq!(rows[1].request_id, Some(id));
        assert_eq!(
            index
                .token_events(Currency::HKD, PageRequest::first(10))
                .await
                .expect("events")
                .items,
            []
        );
        assert_eq!(index.count_incomplete().await.expect("a count"), 0);
        let raw = index
            .events(Some(rows[0].id.block()), PageRequest::first(10))
            .await
            .expect("events")
            .items;
        assert!(raw
            .iter()
            .all(|event| event.kind.as_deref() == Some("token") && event.decoded.is_some()));
    })
    .await;
}

#[tokio::test]
async fn an_index_that_begins_later_says_what_it_is_missing() {
    on_both(|databases| async move {
        let ledger = play(14, 120);
        let later = Source {
            first_block: 120,
            ..source()
        };
        let mut writer = Writer::open(&databases.make("a"), later).await.expect("a writer");
        writer.write(&ledger.blocks[20..]).await.expect("blocks");
        assert!(writer.index().count_problems().await.expect("a count") > 0);
    })
    .await;
}

#[tokio::test]
async fn registry_accounts_operations_and_calls_can_be_looked_up() {
    on_both(|databases| async move {
        let mut ledger = story::opening();
        let id = PARTICIPANTS[1];
        use corridor_client::core::registry::RegistryChange;
        ledger.register(RegistryChange::ParticipantSuspended { id, suspended: true });
        ledger.register(RegistryChange::AdminProposed { id, admin: [9; 20] });
        ledger.register(RegistryChange::Paused(true));
        ledger.seal(6);
        ledger.register(RegistryChange::AdminChanged { id, admin: [9; 20] });
        ledger.register(RegistryChange::GovernorChanged([8; 20]));
        ledger.seal(6);
        let location = databases.make("a");
        let writer = index(&location, &ledger.blocks, 2).await;
        let index = writer.index();
        let participants = index.participants().await.expect("participants");
        assert_eq!(participants[0].agents, ["BKCHCNBJXXX", "CNAPS:104100000004"]);
        assert_eq!(
            (participants[1].suspended, participants[1].admin),
            (true, [9; 20])
        );
        assert_eq!(participants[1].proposed_admin, None);
        assert_eq!(
            index.registry("paused").await.expect("a switch").as_deref(),
            Some("true")
        );
        assert_eq!(index.registry("unknown").await.expect("a switch"), None);
        let accounts = index.accounts(id).await.expect("accounts");
        assert_eq!(accounts[0].roles, ["instructor", "approver"]);
        let currencies = index.currencies().await.expect("currencies");
        assert_eq!(currencies.iter().map(|row| row.token).collect::<Vec<_>>(), TOKENS);
        let tokens = index
            .token_transfers(Currency::CNY, PageRequest::first(10))
            .await
            .expect("movements");
        assert_eq!(tokens.items.len(), 3);
        assert_eq!(tokens.items[0].amount, Money::new(Currency::CNY, 1_000_000));
        let operations = index
            .operations(Some(id), PageRequest::first(10))
            .await
            .expect("operations")
            .items;
        let kinds: Vec<&str> = operations.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(kinds, ["deposit", "pledge", "deposit", "pledge"]);
        let found = index
            .operation(id, operations[1].reference)
            .await
            .expect("a query");
        assert_eq!(found.as_ref(), Some(&operations[1]));
        let block = ledger.blocks[2].block.number;
        let calls = index
            .extrinsics(Some(block), PageRequest::first(100))
            .await
            .expect("calls")
            .items;
        let names: Vec<&str> = calls.iter().filter_map(|row| row.message.as_deref()).collect();
        assert_eq!(
            names,
            ["deposit", "pledge", "set_cap", "deposit", "pledge", "set_cap"]
        );
        assert_eq!(
            calls[0].caller,
            Some(corridor_client::AccountId([1; 32]).address())
        );
        assert_eq!(
            index.extrinsic(calls[3].id).await.expect("a query").as_ref(),
            Some(&calls[3])
        );
    })
    .await;
}

#[tokio::test]
async fn a_transfer_that_was_rejected_has_its_whole_life_and_its_legs() {
    on_both(|databases| async move {
        let mut ledger: Ledger = story::opening();
        let uetr = story::Dice::new(5).uetr();
        let amount = Money::new(Currency::HKD, 250);
        let terms = story::terms(
            &ledger,
            PARTICIPANTS[2],
            PARTICIPANTS[0],
            amount,
            SettlementMethod::Gross,
        );
        assert!(ledger.instruct(uetr, terms));
        ledger.seal(6);
        assert!(ledger.reject(uetr, ReasonCode::AC01));
        ledger.seal(6);
        let writer = index(&databases.make("a"), &ledger.blocks, 1).await;
        let index = writer.index();
        let life = index.transfer_life(uetr).await.expect("a life");
        let lines: Vec<(&str, &str)> = life
            .iter()
            .map(|line| (line.change.as_str(), line.status.as_str()))
            .collect();
        assert_eq!(lines, [("instructed", "pending"), ("rejected", "rejected")]);
        assert_eq!(life[1].reason, Some(ReasonCode::AC01));
        assert_eq!(
            life[0].caller,
            Some(corridor_client::AccountId([3; 32]).address())
        );
        assert_eq!(
            life[1].caller,
            Some(corridor_client::AccountId([1; 32]).address())
        );
        let legs = index.legs_of(life[1].id).await.expect("legs");
        let moved: Vec<(Bucket, i128, i128)> = legs
            .iter()
            .map(|leg| (leg.bucket, leg.amount, leg.balance))
            .collect();
        assert_eq!(
            moved,
            [(Bucket::Reserved, -250, 0), (Bucket::Available, 250, 950_000)]
        );
        assert!(legs
            .iter()
            .all(|leg| leg.uetr == Some(uetr) && leg.kind == "release"));
        let before = index
            .position_at(PARTICIPANTS[2], Currency::HKD, life[0].id.block())
            .await
            .expect("a position");
        assert_eq!((before.available, before.reserved), (949_750, 250));
    })
    .await;
}

#[tokio::test]
async fn a_cursor_somebody_else_moved_stops_the_writer() {
    on_both(|databases| async move {
        let ledger = play(15, 40);
        let location = databases.make("a");
        let mut writer = index(&location, &ledger.blocks[..5], 4).await;
        // As if a second writer had got past the lease.
        sqlx::any::install_default_drivers();
        let url = match &location {
            IndexLocation::Sqlite(path) => format!("sqlite:{}", path.display()),
            IndexLocation::Postgres(url) => url.clone(),
        };
        let pool = sqlx::AnyPool::connect(&url).await.expect("a connection");
        let moved = sqlx::query("UPDATE progress SET block_hash = 'elsewhere'")
            .execute(&pool)
            .await;
        moved.expect("moved");
        let refused = writer
            .write(&ledger.blocks[5..7])
            .await
            .expect_err("not where it was");
        assert!(
            matches!(refused, IndexError::Busy | IndexError::Damaged(_)),
            "{refused}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_server_that_goes_away_and_comes_back_loses_and_doubles_nothing() {
    let ledger = play(16, 120);
    let mut cluster = corridor_test_postgres::Cluster::start().expect("PostgreSQL starts");
    let location = IndexLocation::Postgres(cluster.database("a").expect("a database"));
    let mut writer = index(&location, &ledger.blocks[..10], 4).await;
    cluster.kill();
    let refused = writer
        .write(&ledger.blocks[10..12])
        .await
        .expect_err("nobody answers");
    assert!(refused.is_transient(), "{refused}");
    cluster.restart().expect("it starts again");
    // The last transactions may be lost.
    writer.refresh().await.expect("it answers again");
    let kept = ledger
        .blocks
        .iter()
        .position(|block| block.block.number == writer.next());
    let kept = kept.expect("a block that comes next");
    assert!(kept <= 10, "{kept}");
    for blocks in ledger.blocks[kept..].chunks(4) {
        writer.write(blocks).await.expect("blocks in order");
    }
    let databases = support::databases::Databases::sqlite();
    let whole = index(&databases.make("b"), &ledger.blocks, 1_000).await;
    assert_equal(writer.index(), whole.index()).await;
}

#[tokio::test]
async fn what_has_expired_of_a_batch_and_who_has_left_are_in_the_index() {
    use corridor_client::core::{batch_life::expire_batch, registry::RegistryChange, BatchChange, Outcome};
    on_both(|databases| async move {
        let mut ledger = play(2, 300);
        let open = |record: &corridor_client::core::BatchRecord| {
            matches!(expire_batch(record.clone(), u64::MAX), Ok(Outcome::Recorded(_)))
        };
        let pending = ledger.batches.iter().find(|(_, (record, _))| open(record));
        let ((agent, number), (record, _)) = pending.expect("some nobody has answered");
        let (agent, number, currency) = (*agent, *number, record.currency);
        let (id, account) = (
            PARTICIPANTS[1],
            support::ledger::account(PARTICIPANTS[1]).address(),
        );
        ledger.register(RegistryChange::AccountLeft { id, account });
        ledger.emit_batch(agent, number, currency, BatchChange::Expired);
        ledger.seal(6);
        let writer = index(&databases.make("a"), &ledger.blocks, 50).await;
        let index = writer.index();
        let batch = index
            .batch(agent, number)
            .await
            .expect("a query")
            .expect("indexed");
        let parts = index.batch_parts(batch.id).await.expect("parts");
        assert_eq!((parts[0].status.as_str(), parts[0].reason), ("expired", None));
        let accounts = index.accounts(id).await.expect("accounts");
        assert_eq!((accounts[0].account, accounts[0].roles.len()), (account, 0));
        assert_eq!(index.count_problems().await.expect("a count"), 0);
    })
    .await;
}
