//! What the pages say, of an index that the contract's own rules made.

mod support;

use axum::{
    http::{Method, StatusCode},
    Router,
};
use corridor_client::{
    core::{Currency, Money, ParticipantId, ReasonCode, SettlementMethod, TransferStatus, Uetr, WindowId},
    BlockRef,
};
use corridor_explorer::Explorer;
use corridor_indexer::{Index, IndexLocation};
use futures::FutureExt;
use std::collections::BTreeSet;
use support::{
    ask, crawl, get,
    ledger::{Ledger, SETTLEMENT},
    story::{self, opening, play, CURRENCIES, PARTICIPANTS, TOKENS},
    Indexed,
};

const UNKNOWN: &str = "8a562c67-ca16-48ba-b074-65581be6f001";

/// A transfer of 1,250.50 that the creditor agent accepts and half returns, and its UETR.
fn one_returned(ledger: &mut Ledger) -> Uetr {
    let uetr = Uetr::from_random_bytes([0x42; 16]);
    let terms = story::terms(
        ledger,
        PARTICIPANTS[0],
        PARTICIPANTS[1],
        Money::new(Currency::CNY, 125_050),
        SettlementMethod::Gross,
    );
    assert!(ledger.instruct(uetr, terms));
    ledger.seal(6);
    assert!(ledger.accept(uetr));
    ledger.seal(6);
    assert!(ledger.give_back(uetr, 25_050));
    ledger.seal(6);
    uetr
}

#[tokio::test]
async fn every_link_leads_to_a_page_and_none_leads_elsewhere() {
    let indexed = Indexed::of(&play(1, 60)).await;
    let inner = Explorer::new(indexed.index()).mounted_at("/explorer/").router();
    let router = Router::new().nest("/explorer", inner);
    let visited = crawl(&router, "/explorer", 12, |path, page| {
        assert!(
            page.header("content-security-policy")
                .starts_with("default-src 'none'"),
            "{path}"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        for link in page.links() {
            assert!(
                link.starts_with("/explorer") || link.starts_with('#'),
                "{path} leads to {link}"
            );
        }
        for forbidden in ["<script", "style=", "onclick", "http://", "https://"] {
            let found = page.header("content-type").starts_with("text/html") && page.text.contains(forbidden);
            assert!(!found, "{path} has {forbidden}");
        }
    })
    .await;
    assert!(visited > 100, "{visited}");
    assert_eq!(
        get(&router, "/explorer/nothing").await.status,
        StatusCode::NOT_FOUND
    );
    assert!(get(&router, "/explorer/nothing")
        .await
        .text
        .contains("role=\"search\""));
}

#[tokio::test]
async fn a_transfer_tells_its_life_with_amounts_times_blocks_and_who() {
    let mut ledger = opening();
    let uetr = one_returned(&mut ledger);
    let indexed = Indexed::of(&ledger).await;
    let page = get(&indexed.router(), &format!("/transfers/{uetr}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.plain();
    for fact in [
        "CNY 1,250.50",
        "partly returned",
        "Returned: CNY 250.50",
        "BKCHCNBJ",
        "CHUPCNSH",
        "Reason AC04",
        "instruct",
        "accept",
        "return_transfer",
        "for BKCHCNBJ",
        "UTC",
        "Beijing",
        "Network fees of 3 calls",
        "shared",
    ] {
        assert!(text.contains(fact), "no {fact} in {text}");
    }
    let life = text.split("Life line").nth(1).expect("a life line");
    let places = ["instructed", "settled", "returned"].map(|change| life.find(change));
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?}"
    );
    for block in &ledger.blocks[ledger.blocks.len() - 3..] {
        assert!(page.links().contains(&format!("/blocks/{}", block.block.number)));
    }
    // Reserved, taken from the reserve and paid, returned on both sides.
    let legs = text.split_once("Legs").expect("legs").1;
    for kind in ["reservation", "settlement", "return"] {
        assert!(legs.contains(kind), "no {kind} in {legs}");
    }
}

#[tokio::test]
async fn a_quote_tells_its_terms_what_is_used_of_it_and_by_which_transfers() {
    let ledger = play(16, 500);
    let indexed = Indexed::of(&ledger).await;
    let router = indexed.router();
    let (id, state) = ledger
        .quotes
        .iter()
        .find(|(_, state)| state.used_minor_units > 0 && !state.withdrawn)
        .expect("a used quote");
    let directory = get(&router, "/quotes").await;
    assert_eq!(directory.status, StatusCode::OK);
    for fact in ["Provider", "Rate", "Of at most"] {
        assert!(directory.plain().contains(fact), "no {fact}");
    }
    let reference: String = id.reference.0.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = format!("/quotes/{}/0x{reference}", id.provider.0);
    let page = get(&router, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.plain();
    for fact in [
        "Rate, before the spread",
        "10 basis points",
        "left",
        "Transfers on it",
    ] {
        assert!(text.contains(fact), "no {fact} in {text}");
    }
    let used = amount(state.used_minor_units);
    assert!(
        text.contains(&format!("{} {used}", state.quote.provider_buys)),
        "no {used} in {text}"
    );
    let on_it = ledger
        .exchanges
        .iter()
        .filter(|(_, record)| record.fx.quote == *id);
    let linked = page.links();
    let mut count = 0;
    for (uetr, _) in on_it {
        assert!(linked.contains(&format!("/transfers/{uetr}")), "{uetr}");
        count += 1;
    }
    assert!(count > 0);
    // Its reference leads to it; an unknown one to a sentence.
    let found = get(&router, &format!("/search?q={reference}")).await;
    assert!(
        found.status.is_redirection() || found.links().contains(&path),
        "{}",
        found.text
    );
    let unknown = get(&router, &format!("/quotes/0/0x{}", "ee".repeat(16))).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

/// Minor units of a currency with two digits after the point, below a thousand units without separators.
fn amount(minor_units: u128) -> String {
    let (whole, fraction) = (minor_units / 100, minor_units % 100);
    assert!(whole < 1_000);
    format!("{whole}.{fraction:02}")
}

#[tokio::test]
async fn an_exchange_shows_both_currencies_what_each_leg_is_for_and_its_fees() {
    let ledger = play(16, 500);
    let indexed = Indexed::of(&ledger).await;
    let router = indexed.router();
    let settled = ledger
        .exchanges
        .iter()
        .find(|(_, record)| record.transfer.status == TransferStatus::Settled && !record.charges.is_empty());
    let (uetr, record) = settled.expect("a settled exchange with fees");
    let text = get(&router, &format!("/transfers/{uetr}")).await.plain();
    let credited = record.fx.credited;
    let facts = [
        "both currencies at once, or neither".to_owned(),
        format!("{} {}", credited.currency, amount(credited.minor_units)),
        "On quote".into(),
        "what the debtor agent pays".into(),
        "what the creditor agent is paid".into(),
        "Borne by".into(),
        "paid with the settlement".into(),
    ];
    for fact in facts {
        assert!(text.contains(&fact), "no {fact} in {text}");
    }
}

#[tokio::test]
async fn tariffs_limits_and_queues_have_pages() {
    let ledger = play(16, 500);
    let indexed = Indexed::of(&ledger).await;
    let router = indexed.router();
    let tariffs = get(&router, "/tariffs").await.plain();
    for fact in ["25 bp", "40 bp", "9.00", "Paid to"] {
        assert!(tariffs.contains(fact), "no {fact} in {tariffs}");
    }
    let limits = get(&router, "/limits").await.plain();
    for fact in ["lifted", "anyone", "1,000,000", "5 min"] {
        assert!(limits.contains(fact), "no {fact} in {limits}");
    }
    let (currency, report) = ledger
        .resolutions
        .iter()
        .find(|(_, report)| report.settled > 0)
        .expect("a resolution");
    let page = get(&router, &format!("/queue?currency={currency}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.plain();
    assert!(
        text.contains("Liquidity used") && text.contains("Gross"),
        "{text}"
    );
    assert!(text.contains(&currency.to_string()) && report.gross_minor_units >= report.liquidity_minor_units);
    let waiting = ledger.transfers.iter().filter(|(_, transfer)| {
        transfer.status == TransferStatus::Queued && transfer.terms.currency() == *currency
    });
    for (uetr, _) in waiting {
        assert!(
            page.links().contains(&format!("/transfers/{uetr}")),
            "{uetr} waits"
        );
    }
    assert_eq!(
        get(&router, "/queue?currency=XYZW").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn lists_are_filtered_and_paged_without_gaps_or_repetition() {
    let ledger = play(2, 500);
    let indexed = Indexed::of(&ledger).await;
    let router = indexed.router();
    let wanted: BTreeSet<String> = ledger
        .transfers
        .iter()
        .filter(|(_, transfer)| {
            let terms = transfer.terms;
            terms.currency() == Currency::CNY && terms.debtor_agent == ParticipantId(1)
        })
        .map(|(uetr, _)| uetr.to_string())
        .collect();
    assert!(wanted.len() > 10);
    let all: BTreeSet<String> = ledger.transfers.keys().map(Uetr::to_string).collect();
    assert!(all.len() > 100);
    for (start, wanted) in [
        (
            "/transfers?currency=CNY&participant=CHUPCNSH&side=debtor&status=",
            wanted,
        ),
        ("/transfers", all),
    ] {
        let (mut found, mut next) = (Vec::new(), Some(start.to_owned()));
        while let Some(path) = next {
            let page = get(&router, &path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let here = page
                .links()
                .into_iter()
                .filter_map(|link| link.strip_prefix("/transfers/").map(String::from));
            found.extend(here);
            next = page.links().into_iter().find(|link| link.contains("after="));
        }
        assert_eq!(found.len(), wanted.len(), "{start}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted, "{start}");
    }
}

#[tokio::test]
async fn days_are_those_of_beijing() {
    let mut ledger = opening();
    // 2026-11-23 17:00 UTC, which is the 24th in Beijing.
    ledger.now = 1_795_453_200;
    let uetr = one_returned(&mut ledger);
    let router = Indexed::of(&ledger).await;
    let router = router.router();
    for (query, listed) in [
        ("from=2026-11-24", true),
        ("from=2026-11-24&until=2026-11-24", true),
        ("until=2026-11-23", false),
        ("from=2026-11-25", false),
    ] {
        let page = get(&router, &format!("/transfers?{query}")).await;
        assert_eq!(page.text.contains(&uetr.to_string()), listed, "{query}");
    }
}

#[tokio::test]
async fn filters_that_make_no_sense_are_refused_with_a_hint() {
    let router = Indexed::of(&play(3, 20)).await;
    let router = router.router();
    for (query, hint) in [
        ("from=tomorrow", "2026-11-24"),
        ("side=both", "debtor or creditor"),
        ("window=x", "number"),
        ("after=%22%3E", "first page"),
        ("after=c1;DROP", "first page"),
    ] {
        let page = get(&router, &format!("/transfers?{query}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(page.text.contains(hint), "{query}: {}", page.text);
    }
    for query in [
        "currency=cny",
        "currency=CN",
        "participant=NOBODYXX",
        "participant=-1",
    ] {
        let page = get(&router, &format!("/transfers?{query}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{query}");
    }
}

#[tokio::test]
async fn a_search_leads_straight_to_what_it_finds() {
    let mut ledger = play(4, 120);
    let uetr = one_returned(&mut ledger);
    let indexed = Indexed::of(&ledger).await;
    let (router, index) = (indexed.router(), indexed.index());
    let block = &ledger.blocks[5].block;
    let ((agent, number), (_, items)) = ledger.batches.iter().next_back().expect("a batch");
    let page = corridor_indexer::PageRequest::first(1);
    let operation = &index.operations(None, page).await.expect("a query").items[0];
    let reference = operation
        .reference
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    let call = &index.extrinsics(None, page).await.expect("a query").items[0];
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for (word, target) in [
        (uetr.to_string(), format!("/transfers/{uetr}")),
        (
            format!("  {}  ", uetr.to_string().to_uppercase()),
            format!("/transfers/{uetr}"),
        ),
        (block.number.to_string(), format!("/blocks/{}", block.number)),
        (hex(&block.hash), format!("/blocks/{}", block.number)),
        (
            format!("0x{}", hex(&call.hash)),
            format!("/extrinsics/{}", call.id),
        ),
        ("bkchcnbj".into(), "/participants/0".into()),
        ("CNAPS:104100000004".into(), "/participants/0".into()),
        (
            reference.clone(),
            format!(
                "/participants/{}/operations/0x{reference}",
                operation.participant.0
            ),
        ),
        (
            items[1].uetr.to_string(),
            format!("/batches/{}/{number}?item=1", agent.0),
        ),
        (
            format!(
                "{}/{number}",
                ["BKCHCNBJ", "CHUPCNSH", "HSBCHKHH"][usize::from(agent.0)]
            ),
            format!("/batches/{}/{number}", agent.0),
        ),
        (number.to_string(), format!("/batches/{}/{number}", agent.0)),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(word.as_bytes()).collect();
        let page = get(&router, &format!("/search?q={query}")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{word}: {}", page.plain());
        assert_eq!(page.location(), target, "{word}");
        assert_eq!(
            get(&router, page.location()).await.status,
            StatusCode::OK,
            "{target}"
        );
    }
    assert_eq!(get(&router, "/search?q=").await.location(), "/");
    assert_eq!(
        get(&router, "/participants/hsbchkhh").await.location(),
        "/participants/2"
    );
}

#[tokio::test]
async fn what_is_not_known_is_said_with_a_hint_and_a_way_on() {
    let router = Indexed::of(&play(5, 40)).await;
    let router = router.router();
    for path in [
        "/nothing".to_owned(),
        format!("/transfers/{UNKNOWN}"),
        "/transfers/abc".into(),
        "/participants/77".into(),
        "/participants/99999999".into(),
        "/participants/NOBODYXX".into(),
        "/participants/77/legs".into(),
        format!("/participants/0/operations/0x{}", "f".repeat(32)),
        "/participants/0/operations/short".into(),
        "/currencies/USD".into(),
        "/currencies/yuan".into(),
        "/windows/CNY/4000000000".into(),
        "/windows/CNY/x".into(),
        "/batches/0/4000000000".into(),
        "/batches/0/-1".into(),
        "/blocks/99999999".into(),
        "/blocks/1".into(),
        format!("/blocks/0x{}", "0".repeat(64)),
        "/extrinsics/100-999".into(),
        "/extrinsics/x".into(),
        "/events/100-999".into(),
        "/events/999999999999999999999-1".into(),
        "/search?q=nothing+like+that".into(),
        "/search?q=%00".into(),
    ] {
        let page = get(&router, &path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(
            page.text.contains("role=\"search\"") && page.links().contains(&"/transfers".to_owned()),
            "{path}"
        );
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
    let refused = ask(&router, Method::POST, "/transfers", &[]).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    let not_text = get(&router, "/blocks/%ff").await;
    assert_eq!(not_text.status, StatusCode::BAD_REQUEST);
    assert!(not_text.text.contains("role=\"search\""));
}

#[tokio::test]
async fn positions_and_net_positions_are_those_of_the_rules() {
    let ledger = play(6, 200);
    let indexed = Indexed::of(&ledger).await;
    let router = indexed.router();
    let decimal = |minor_units: u128| {
        let text = format!("{minor_units:03}");
        let (whole, cents) = text.split_at(text.len() - 2);
        match whole.len() {
            0..4 => format!("{whole}.{cents}"),
            length => format!("{},{}.{cents}", &whole[..length - 3], &whole[length - 3..]),
        }
    };
    for id in PARTICIPANTS {
        let text = get(&router, &format!("/participants/{}", id.0)).await.plain();
        for currency in CURRENCIES {
            let held = ledger.position(id, currency);
            let collateral = ledger.net(currency).get(id).collateral;
            let row = format!(
                "{currency} {} {} {}",
                decimal(held.available),
                decimal(held.reserved),
                decimal(collateral.into())
            );
            assert!(text.contains(&row), "no {row} in {text}");
        }
    }
    let ((currency, window), record) = ledger.windows.iter().next_back().expect("a window");
    let page = get(&router, &format!("/windows/{currency}/{window}"))
        .await
        .plain();
    assert!(page.contains(record.status.name()), "{page}");
    assert!(page.contains("add up to zero"), "{page}");
    assert!(
        page.contains(&format!(
            "Sum of net debits {currency} {}",
            decimal(record.net_minor_units)
        )),
        "{page}"
    );
}

#[tokio::test]
async fn an_event_nobody_knows_yet_is_shown_as_it_was_emitted() {
    let mut ledger = opening();
    ledger.call(
        PARTICIPANTS[0],
        &corridor_client::contract::SettlementContract::at(SETTLEMENT).set_paused(true),
    );
    ledger.emit_raw(SETTLEMENT, vec![[0xab; 32]], vec![0xde, 0xad, 0xbe, 0xef]);
    ledger.seal(6);
    ledger.seal(6);
    let block = ledger.blocks[ledger.blocks.len() - 2].block.number;
    let router = Indexed::of(&ledger).await;
    let router = router.router();
    for path in [
        format!("/blocks/{block}"),
        format!("/events/{block}-0"),
        format!("/extrinsics/{block}-0"),
    ] {
        let text = get(&router, &path).await.text;
        for fact in ["unknown event", "0xdeadbeef", &format!("0x{}", "ab".repeat(32))] {
            assert!(text.contains(fact), "{path}: no {fact}");
        }
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_a_warning_on_the_overview() {
    let mut ledger = opening();
    let topic = sp_crypto_hashing::blake2_256(b"corridor/event/v1/TransferRecorded");
    ledger.emit_raw(SETTLEMENT, vec![topic], vec![1]);
    ledger.seal(6);
    let indexed = Indexed::of(&ledger).await;
    let home = get(&indexed.router(), "/").await;
    assert!(
        home.plain().contains("1 event could not be taken into the books"),
        "{}",
        home.plain()
    );
    assert!(home.links().contains(&"/problems".to_owned()));
    let problems = get(&indexed.router(), "/problems").await.plain();
    assert!(problems.contains("Not taken into the books"), "{problems}");
}

#[tokio::test]
async fn what_is_final_may_be_kept_and_the_rest_is_asked_for_again() {
    let mut ledger = play(7, 40);
    let mut indexed = Indexed::of(&ledger).await;
    let router = indexed.router();
    let head = ledger.blocks.last().expect("blocks").block.number;
    let old = get(&router, &format!("/blocks/{}", head - 1)).await;
    assert_eq!(old.header("cache-control"), "private, max-age=86400");
    let newest = get(&router, &format!("/blocks/{head}")).await;
    assert_eq!(newest.header("cache-control"), "private, no-cache");
    let list = get(&router, "/transfers").await;
    assert_eq!(list.header("cache-control"), "private, no-cache");
    let tag = list.header("etag");
    let same = ask(&router, Method::GET, "/transfers", &[("if-none-match", tag)]).await;
    assert_eq!((same.status, same.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let other = ask(
        &router,
        Method::GET,
        "/transfers",
        &[("if-none-match", "W/\"other\"")],
    )
    .await;
    assert_eq!(other.status, StatusCode::OK);
    let home = get(&router, "/").await;
    assert_eq!(
        (home.header("cache-control"), home.header("etag")),
        ("no-store", "")
    );
    // A new block makes everything but final pages new.
    let before = ledger.blocks.len();
    one_returned(&mut ledger);
    indexed
        .writer
        .write(&ledger.blocks[before..])
        .await
        .expect("blocks in order");
    let again = ask(&router, Method::GET, "/transfers", &[("if-none-match", tag)]).await;
    assert_eq!(again.status, StatusCode::OK);
    let style = list
        .links()
        .into_iter()
        .find(|link| link.ends_with(".css"))
        .expect("a style sheet");
    let style = get(&router, &style).await;
    assert!(style.header("cache-control").contains("immutable"));
    assert!(style.text.contains("prefers-color-scheme: dark"));
}

#[tokio::test]
async fn a_node_of_another_chain_is_told_as_such_and_no_lag_with_it() {
    let ledger = play(8, 20);
    let indexed = Indexed::of(&ledger).await;
    let mut other = ledger.blocks[5].block;
    other.hash = [0xee; 32];
    let told = Explorer::new(indexed.index()).finalised(move || async move { Some(other) }.boxed());
    let text = get(&told.router(), "/").await.plain();
    assert!(
        text.contains("Another chain.") && !text.contains("0 blocks"),
        "{text}"
    );
}

#[tokio::test]
async fn details_that_an_event_does_not_bring_are_told_with_it() {
    let mut ledger = opening();
    let topic = sp_crypto_hashing::keccak_256(b"Transfer(address,address,uint256)");
    ledger.emit_raw(TOKENS[0], vec![topic], vec![1]);
    ledger.seal(6);
    let block = ledger.blocks.last().expect("blocks").block.number;
    let indexed = Indexed::of(&ledger).await;
    let home = get(&indexed.router(), "/").await.plain();
    assert!(!home.contains("could not be taken into the books"), "{home}");
    let event = get(&indexed.router(), &format!("/events/{block}-0"))
        .await
        .plain();
    assert!(event.contains("Details are missing: "), "{event}");
}

#[tokio::test]
async fn the_lag_is_told_where_the_chain_answers_and_its_absence_where_not() {
    let ledger = play(8, 20);
    let head = ledger.blocks.last().expect("blocks").block;
    let indexed = Indexed::of(&ledger).await;
    let ahead = BlockRef {
        number: head.number + 1_234,
        ..head
    };
    let told = Explorer::new(indexed.index()).finalised(move || async move { Some(ahead) }.boxed());
    let text = get(&told.router(), "/").await.plain();
    assert!(text.contains("1,234 blocks"), "{text}");
    let silent = Explorer::new(indexed.index()).finalised(|| async { None }.boxed());
    let text = get(&silent.router(), "/").await.plain();
    assert!(text.contains("does not answer"), "{text}");
}

#[tokio::test]
async fn an_index_without_blocks_says_so() {
    let directory = tempfile::tempdir().expect("a directory");
    let location = IndexLocation::Sqlite(directory.path().join("empty.sqlite"));
    let index = Index::create(&location).await.expect("an index");
    let router = Explorer::new(index).router();
    assert!(get(&router, "/").await.plain().contains("Nothing is indexed yet"));
    let blocks = get(&router, "/blocks").await;
    assert_eq!(blocks.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(blocks.text.contains("index.empty"), "{}", blocks.text);
    for path in ["/transfers", "/participants", "/windows", "/batches"] {
        assert_eq!(get(&router, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_rejection_and_a_netted_transfer_tell_why_and_where() {
    let mut ledger = opening();
    let [rejected, netted] = [[1; 16], [2; 16]].map(Uetr::from_random_bytes);
    let amount = Money::new(Currency::HKD, 4_200);
    let gross = story::terms(
        &ledger,
        PARTICIPANTS[0],
        PARTICIPANTS[1],
        amount,
        SettlementMethod::Gross,
    );
    let net = story::terms(
        &ledger,
        PARTICIPANTS[1],
        PARTICIPANTS[2],
        amount,
        SettlementMethod::Net,
    );
    assert!(ledger.instruct(rejected, gross) && ledger.instruct(netted, net));
    assert!(ledger.reject(rejected, ReasonCode::AC01) && ledger.accept(netted));
    ledger.seal(6);
    let window: WindowId = ledger.net(Currency::HKD).open_window();
    let router = Indexed::of(&ledger).await;
    let router = router.router();
    let text = get(&router, &format!("/transfers/{rejected}")).await.plain();
    assert!(
        text.contains("rejected") && text.contains("Reason AC01"),
        "{text}"
    );
    let page = get(&router, &format!("/transfers/{netted}")).await;
    assert!(page.links().contains(&format!("/windows/HKD/{window}")));
    assert!(page.plain().contains("not settled yet"), "{}", page.plain());
    let listed = get(&router, &format!("/transfers?currency=HKD&window={window}")).await;
    assert!(listed.text.contains(&netted.to_string()) && !listed.text.contains(&rejected.to_string()));
}
