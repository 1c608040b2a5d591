//! Clearing batches as anybody sees them on a chain: proofs of items without the debtor agent's record, payments that
//! would be made twice, the audit of a closed window. And the digest of all that is stored, and a pacs.009.

#[path = "../../corridor-indexer/tests/support/programs.rs"]
#[allow(dead_code)] // Shared with the index's tests.
mod programs;

use corridor_cli::audit::{faults, Audit};
use corridor_client::{
    core::{
        batch::{BatchHeader, Item},
        BatchChange, Currency, NetChange, ParticipantId, Uetr, WindowId,
    },
    AddressText, BatchEvent, Config, Corridor, KeySource, SettlementEvent, SubmitBatch,
};
use serde_json::{json, Value};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tokio::runtime::Runtime;

const BOC: ParticipantId = ParticipantId(0);
const CUP: ParticipantId = ParticipantId(1);
const CNY: Currency = Currency::CNY;

/// A transfer that the demo settles by itself.
const SETTLED: &str = "f3c95789-ace1-4954-ac5d-6baed2eac902";

/// An item of the demo's batch.
fn demo_item(index: u16) -> String {
    let mut seed = *b"demo-clearing-00";
    seed[14..].copy_from_slice(&index.to_be_bytes());
    Uetr::from_random_bytes(seed).to_string()
}

fn fresh(seed: u8) -> String {
    Uetr::from_random_bytes([seed; 16]).to_string()
}

/// The demo's chain and what it leaves.
struct World {
    devnet: programs::Devnet,
    settlement: AddressText,
    home: PathBuf,
    elsewhere: PathBuf,
    runtime: Runtime,
    _directory: tempfile::TempDir,
}

impl World {
    fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let devnet = programs::Devnet::start(None);
        let demo = programs::demo(&devnet.url, directory.path());
        let settlement = demo.settlement();
        demo.end();
        let elsewhere = directory.path().join("elsewhere");
        fs::create_dir_all(&elsewhere).expect("writable");
        Self {
            devnet,
            settlement,
            home: directory.path().join("demo"),
            elsewhere,
            runtime: Runtime::new().expect("threads"),
            _directory: directory,
        }
    }

    fn run(&self, who: &str, arguments: &[&str]) -> Output {
        let config = format!("{who}.toml");
        program(
            &self.home,
            &[&["--config", &config, "--yes", "--quiet", "--json"], arguments].concat(),
        )
    }

    /// What a command answers that ends well.
    fn done(&self, who: &str, arguments: &[&str]) -> Value {
        answer(&self.run(who, arguments), 0)
    }

    /// What a command says that does not.
    fn refused(&self, who: &str, code: i32, arguments: &[&str]) -> String {
        let output = self.run(who, arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        told
    }

    /// What `corridor verify` answers where there is no configuration, no key and no chain.
    fn verified(&self, code: i32, file: &str, more: &[&str]) -> Value {
        let path = self.home.join(file).display().to_string();
        let arguments = [&["--json", "verify", &path], more].concat();
        answer(&program(&self.elsewhere, &arguments), code)
    }

    fn connected(&self, key: Option<&str>) -> Corridor {
        let mut config = Config::new(&self.devnet.url).settlement(self.settlement.0);
        if let Some(key) = key {
            config = config.key(KeySource::DevSeed(key.into()));
        }
        self.runtime
            .block_on(Corridor::connect(config))
            .expect("connected")
    }

    /// A file of the demo's with a field replaced.
    fn changed(&self, from: &str, to: &str, change: impl Fn(&mut Value)) {
        let mut value: Value =
            serde_json::from_slice(&fs::read(self.home.join(from)).expect("written")).expect("JSON");
        let before = value.clone();
        change(&mut value);
        assert_ne!(value, before, "{to}");
        fs::write(self.home.join(to), value.to_string()).expect("writable");
    }
}

fn program(place: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
    command
        .args(arguments)
        .current_dir(place)
        .stdin(Stdio::null())
        .env_clear();
    command.output().expect("runs")
}

fn answer(output: &Output, code: i32) -> Value {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}");
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

#[test]
fn what_is_on_the_chain_can_be_proven_compared_and_audited_by_anybody() {
    let world = World::start();
    let window = items_are_proven_without_the_debtor_agents_record(&world);
    what_is_no_item_is_told_what_proves_it(&world);
    a_closed_window_is_audited_item_by_item(&world, window);
    the_digest_is_that_of_the_state(&world);
    institutions_transfer_their_own_money(&world);
    faulty_payments_are_listed_before_anything_is_submitted(&world);
    payments_made_otherwise_are_not_accepted_twice(&world);
    an_item_that_was_left_out_is_none(&world);
    assert_eq!(world.done("boc", &["conservation"])["holds"], true);
}

/// By the creditor agent, from the extrinsic; checked by somebody without a node. Answers the window it was booked in.
fn items_are_proven_without_the_debtor_agents_record(world: &World) -> WindowId {
    let uetr = demo_item(7);
    let proven = world.done("cup", &["prove", &uetr, "--out", "item.json"]);
    assert_eq!((&proven["batch"], &proven["index"]), (&json!(1), &json!(7)));
    assert_eq!(proven["standing"], "accepted");
    let window = u32::try_from(proven["window"].as_u64().expect("a window")).expect("a number");

    let verified = world.verified(0, "item.json", &[]);
    assert_eq!(
        (&verified["holds"], &verified["root_from"]),
        (&json!(true), &json!("evidence"))
    );
    assert_eq!(
        (&verified["window"], &verified["excepted"]),
        (&json!(window), &json!(false))
    );
    assert_eq!(verified["creditor_agent"], "CHUPCNSHXXX");
    assert!(verified["block"]["hash"]
        .as_str()
        .is_some_and(|hash| hash.len() == 66));

    // A word of the evidence changed, and the evidence left out: then nothing but the file says so.
    world.changed("item.json", "changed.json", |file| {
        file["evidence"]["claims"][0]["recorded"]["parts"][0]["items"] = json!(1_999);
    });
    world.verified(11, "changed.json", &[]);
    world.changed("item.json", "bare.json", |file| file["evidence"] = Value::Null);
    let bare = world.verified(11, "bare.json", &[]);
    assert_eq!(
        (&bare["holds"], &bare["root_from"]),
        (&json!(false), &json!("proof"))
    );
    let root = proven["root"].as_str().expect("a root");
    assert_eq!(
        world.verified(0, "bare.json", &["--root", root])["root_from"],
        "argument"
    );
    world.verified(11, "bare.json", &["--root", &root.replace(&root[2..6], "0000")]);
    assert_eq!(world.done("boc", &["verify", "bare.json"])["root_from"], "chain");

    // With an index nothing is searched; with the batch's name neither.
    world.done("cup", &["index", "--once", "--database", "index.sqlite"]);
    let indexed = ["prove", &uetr, "--index", "index.sqlite", "--out", "indexed.json"];
    assert_eq!(world.done("cup", &indexed)["root"], proven["root"]);
    let named = [
        "prove",
        &uetr,
        "--of",
        "BKCHCNBJ",
        "--number",
        "1",
        "--out",
        "named.json",
    ];
    assert_eq!(world.done("operator", &named)["root"], proven["root"]);
    fs::remove_file(world.home.join("index.sqlite")).expect("written");
    WindowId(window)
}

fn what_is_no_item_is_told_what_proves_it(world: &World) {
    let told = world.refused("cup", 2, &["prove", SETTLED]);
    assert!(told.contains("`corridor evidence transfer"), "{told}");
    let told = world.refused("cup", 4, &["prove", &fresh(0xee)]);
    assert!(told.contains("looked through blocks"), "{told}");
}

fn a_closed_window_is_audited_item_by_item(world: &World, window: WindowId) {
    let number = window.to_string();
    let audited = world.done("cup", &["audit", "window", &number, "--currency", "CNY"]);
    assert_eq!(
        (&audited["matches"], &audited["batches_not_recomputed"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(audited["gross"]["minor_units"], "2500000");

    // The same blocks with one figure changed, wherever that is: it is found.
    let corridor = world.connected(None);
    let audit = |change: &dyn Fn(&mut BatchEvent, &mut Option<SettlementEvent>)| {
        world.runtime.block_on(audited_with(&corridor, window, change))
    };
    assert_eq!(audit(&|_, _| {}), 0);
    let booked = |batch: &mut BatchEvent, _: &mut Option<SettlementEvent>| {
        if let BatchChange::Accepted { minor_units, .. } = &mut batch.change {
            *minor_units += 1;
        }
    };
    assert!(audit(&booked) > 0, "what an acceptance booked");
    let item = |batch: &mut BatchEvent, _: &mut Option<SettlementEvent>| {
        if let Some(contents) = &mut batch.contents {
            contents.items[16] ^= 1;
        }
    };
    assert!(audit(&item) > 0, "the amount of one item");
    let result = |_: &mut BatchEvent, event: &mut Option<SettlementEvent>| {
        if let Some(SettlementEvent::Netting(netting)) = event {
            if let NetChange::Results { results, .. } = &mut netting.change {
                results[0].net_minor_units += 1;
            }
        }
    };
    assert!(audit(&result) > 0, "a participant's result");
    let ended = |_: &mut BatchEvent, event: &mut Option<SettlementEvent>| {
        if let Some(SettlementEvent::Netting(netting)) = event {
            if let NetChange::Ended(record) = &mut netting.change {
                record.gross_minor_units += 1;
            }
        }
    };
    assert!(audit(&ended) > 0, "the gross sum of the window");
}

/// How many faults an audit of the chain's events finds when they are changed on the way.
async fn audited_with(
    corridor: &Corridor,
    window: WindowId,
    change: &dyn Fn(&mut BatchEvent, &mut Option<SettlementEvent>),
) -> usize {
    let contract = corridor.settlement().expect("a contract");
    let head = corridor.finalised_head().await.expect("a head").number;
    let mut audit = Audit::new(CNY);
    for number in 1..=head {
        let block = corridor.chain().block(number).await.expect("a block");
        let batches = corridor.batch_events_of(&block, contract).await.expect("read");
        for mut batch in batches {
            change(&mut batch, &mut None);
            let record = corridor
                .batch(batch.debtor_agent, batch.number)
                .await
                .expect("read");
            audit.take_batch(&batch, record.as_ref());
        }
        let mut nothing = dummy();
        for event in block.events.iter().filter(|event| event.contract == contract) {
            let mut event = SettlementEvent::decode(&event.topics, &event.data).expect("read");
            change(&mut nothing, &mut event);
            event.iter().for_each(|event| audit.take(event));
        }
    }
    let recomputed = audit.recomputed(window).expect("fits");
    let record = audit.ended(window).expect("ended");
    audit.batches().faults().len() + faults(&recomputed, &audit.reported(window), record).len()
}

/// An event that no change concerns.
fn dummy() -> BatchEvent {
    BatchEvent {
        block: corridor_client::BlockRef {
            number: 0,
            hash: [0; 32],
            time_ms: 0,
        },
        index: 0,
        debtor_agent: BOC,
        number: 0,
        currency: CNY,
        change: BatchChange::Cancelled(corridor_client::core::ReasonCode::CUST),
        contents: None,
    }
}

fn the_digest_is_that_of_the_state(world: &World) {
    let first = world.done("boc", &["digest"]);
    let block = first["block"].as_u64().expect("a block").to_string();
    assert_eq!(first["pieces"].as_array().map(Vec::len), Some(6));
    assert!(first["values"].as_u64() > Some(50), "{first}");
    assert_eq!(
        world.done("cup", &["digest", "--block", &block]),
        first,
        "whoever asks"
    );
    let one = [
        "instruct",
        "--to",
        "CHUPCNSH",
        "--amount",
        "1000",
        "--currency",
        "CNY",
    ];
    let uetr = fresh(0xd1);
    let one = [&one[..], &["--end-to-end-id", "DIGEST-1", "--uetr", &uetr]].concat();
    world.done("boc", &one);
    let after = world.done("boc", &["digest"]);
    assert_ne!(after["digest"], first["digest"], "one more transfer");
    assert_eq!(
        after["values"].as_u64(),
        first["values"].as_u64().map(|values| values + 1)
    );
    let again = world.done("boc", &["digest", "--block", &block]);
    assert_eq!(again, first, "the block's state is what it was");
    world.refused("boc", 6, &["digest", "--block", "4000000"]);
}

fn institutions_transfer_their_own_money(world: &World) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/boc-to-cup-own.pacs009.xml");
    fs::copy(data, world.home.join("own.xml")).expect("a sample");
    let told = world.refused("cup", 7, &["instruct", "--pacs009", "own.xml"]);
    assert!(told.contains("the debtor is BKCHCNBJXXX"), "{told}");
    let instruct = ["instruct", "--pacs009", "own.xml", "--pacs002", "own.pacs002.xml"];
    let instructed = world.done("boc", &instruct);
    assert_eq!(instructed["transfers"][0]["status"], "pending");
    let again = world.done("boc", &instruct);
    assert_eq!(again["transfers"][1]["outcome"]["repeated"], true);
    let report = fs::read_to_string(world.home.join("own.pacs002.xml")).expect("written");
    assert!(
        report.contains("<OrgnlMsgNmId>pacs.009.001.08</OrgnlMsgNmId>"),
        "{report}"
    );
    let accepted = world.done("cup", &["accept", "--pacs009", "own.xml"]);
    for transfer in accepted["transfers"].as_array().expect("two") {
        assert_eq!(transfer["status"], "settled");
    }
    assert_eq!(
        world.done("boc", &["verify", "own.xml"])["matches"],
        true,
        "the salts are its own"
    );
}

fn faulty_payments_are_listed_before_anything_is_submitted(world: &World) {
    let limits = [
        "limits",
        "set",
        "BKCHCNBJ",
        "--to",
        "CHUPCNSH",
        "--currency",
        "CNY",
    ];
    world.done("operator", &[&limits[..], &["--per-transfer", "100.00"]].concat());
    let mut csv = String::from("uetr,creditor_agent,amount\n");
    csv += &format!("{},CHUPCNSH,5.00\n", demo_item(3));
    csv += &format!("{SETTLED},CHUPCNSH,6.00\n");
    csv += &format!("{},CHUPCNSH,7.00\n", fresh(0xa1));
    // More than the contract would leave out of one batch.
    for seed in 0..70 {
        csv += &format!("{},CHUPCNSH,100.01\n", fresh(seed));
    }
    csv += ",CHUPCNSH,x\n";
    fs::write(world.home.join("pay.csv"), csv).expect("writable");
    let corridor = world.connected(None);
    let last = || {
        world
            .runtime
            .block_on(corridor.last_batch(BOC))
            .expect("an answer")
    };
    let before = last();
    let submit = ["batch", "submit", "pay.csv", "--currency", "CNY"];
    let told = world.refused("boc", 7, &submit);
    assert!(told.contains("71 of 74 payments cannot be submitted"), "{told}");
    for seed in 0..70 {
        assert!(
            told.contains(&format!("line {}, UETR {}: ", 5 + seed, fresh(seed))),
            "{told}"
        );
    }
    assert!(
        told.contains("line 75") && told.contains("--skip-invalid"),
        "{told}"
    );
    assert_eq!(last(), before);
    assert!(!world.home.join("pay.csv.batch.json").exists());

    let submitted = world.done("boc", &[&submit[..], &["--skip-invalid"]].concat());
    assert_eq!(submitted["batches"][0]["items"], 3);
    assert_eq!(submitted["batches"][0]["left_out"], json!([]));
    assert_eq!(submitted["skipped"].as_array().map(Vec::len), Some(71));
}

/// The batch has an item of an earlier one, a transfer that was settled by itself, and one that is new.
fn payments_made_otherwise_are_not_accepted_twice(world: &World) {
    let pledge = [
        "net",
        "pledge",
        "--amount",
        "100",
        "--currency",
        "CNY",
        "--reference",
        "C-1",
    ];
    world.done("boc", &pledge);
    let told = world.refused("cup", 11, &["batch", "accept", "BKCHCNBJ", "2"]);
    assert!(told.contains("2 items of batch 2 are paid otherwise"), "{told}");
    assert!(
        told.contains(&format!("{}: item 3 of batch 1 of BKCHCNBJXXX", demo_item(3))),
        "{told}"
    );
    assert!(
        told.contains(&format!("{SETTLED}: a transfer of its own, which is settled")),
        "{told}"
    );
    // Naming one of them leaves the other.
    let told = world.refused("cup", 11, &["batch", "accept", "BKCHCNBJ", "2", "--except", "0"]);
    assert!(told.contains("1 items of batch 2 are paid otherwise"), "{told}");
    world.done("cup", &["index", "--once", "--database", "index.sqlite"]);
    let by_index = ["batch", "accept", "BKCHCNBJ", "2", "--index", "index.sqlite"];
    let told = world.refused("cup", 11, &by_index);
    assert!(told.contains("2 items of batch 2 are paid otherwise"), "{told}");
    fs::remove_file(world.home.join("index.sqlite")).expect("written");

    let accept = ["batch", "accept", "BKCHCNBJ", "2", "--except-duplicates"];
    let accepted = world.done("cup", &accept);
    let part = &accepted["creditor_agents"][0];
    assert_eq!(
        (&part["status"], &part["excepted_items"]),
        (&json!("accepted"), &json!(2))
    );
    assert_eq!(part["excepted"]["decimal"], "11.00");
    let again = world.done("cup", &accept);
    assert_eq!(again["repeated"], true);

    let of = ["--of", "BKCHCNBJ", "--number", "2"];
    for (uetr, excepted) in [(SETTLED.to_owned(), true), (fresh(0xa1), false)] {
        world.done(
            "boc",
            &[&["prove", &uetr, "--out", "part.json"], &of[..]].concat(),
        );
        let verified = world.verified(0, "part.json", &[]);
        assert_eq!(verified["excepted"], excepted, "{uetr}");
        assert_eq!(
            verified["excepted_is_proven"], false,
            "the record has their number only"
        );
    }
}

fn an_item_that_was_left_out_is_none(world: &World) {
    let corridor = world.connected(Some("//BocInstructor"));
    let items = [(0xb1u8, 10_001u64), (0xb2, 10_000)];
    let bytes = items.iter().flat_map(|(seed, minor_units)| {
        let item = Item {
            uetr: Uetr::from_random_bytes([*seed; 16]),
            minor_units: *minor_units,
            counterparty: 0,
            message_digest: [0; 32],
        };
        item.to_bytes()
    });
    let now = world
        .runtime
        .block_on(corridor.finalised_head())
        .expect("a head")
        .time_ms
        / 1_000;
    let request = SubmitBatch {
        items: bytes.collect(),
        header: BatchHeader {
            debtor_agent: BOC,
            number: 3,
            currency: CNY,
            counterparties: vec![CUP],
            items: 2,
            control_sum: 20_001,
            all_or_nothing: false,
            expires_at: now + 3_600,
        },
    };
    let submitted = world
        .runtime
        .block_on(corridor.submit_batch(request))
        .expect("recorded");
    assert_eq!(submitted.receipt.rejected.len(), 1);
    world.done("cup", &["prove", &fresh(0xb1), "--out", "left-out.json"]);
    let verified = world.verified(11, "left-out.json", &[]);
    assert_eq!(
        (&verified["holds"], &verified["standing"]),
        (&json!(false), &json!("left_out"))
    );
    world.done("cup", &["prove", &fresh(0xb2), "--out", "pending.json"]);
    assert_eq!(world.verified(0, "pending.json", &[])["standing"], "pending");
}
