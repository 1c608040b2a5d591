//! Messages carried out on a chain: the demo's, left running, with both banks' configuration files.
//!
//! Needs the built contracts (`scripts/build-contracts`, or CORRIDOR_CONTRACTS) and the development chain
//! (`cargo build --release -p corridor-devnet`, or CORRIDOR_DEVNET).

use corridor_iso20022::camt029::CancellationStatus::{Accepted, Rejected};
use corridor_iso20022::{camt029, pacs002, Limits, TransactionStatus};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// A UETR nobody else uses.
const UETR: &str = "1c0ffee0-0909-4909-8909-090909090909";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A path from the environment, or the usual one; it must be there.
fn found(variable: &str, usual: PathBuf, how: &str) -> PathBuf {
    let path = std::env::var_os(variable).map_or(usual, PathBuf::from);
    assert!(
        path.exists(),
        "{} is missing. {how}, or set {variable}.",
        path.display()
    );
    path
}

/// The demo with its chain; both end with the test.
struct Demo {
    process: Child,
    out: PathBuf,
}

impl Demo {
    fn start() -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_corridor-demo"));
        let devnet = found(
            "CORRIDOR_DEVNET",
            program.with_file_name("corridor-devnet"),
            "Build it: cargo build --release -p corridor-devnet",
        );
        let contracts = found(
            "CORRIDOR_CONTRACTS",
            repository().join("target/contracts"),
            "Build them: scripts/build-contracts",
        );
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("iso-messages");
        let _ = fs::remove_dir_all(&out);
        fs::create_dir_all(&out).expect("writable");
        let mut process = Command::new(program)
            .args(["--keep".as_ref(), "--out".as_ref(), out.as_os_str()])
            .args(["--devnet".as_ref(), devnet.as_os_str()])
            .args(["--contracts".as_ref(), contracts.as_os_str()])
            .args(["--data".as_ref(), repository().join("tests/data").as_os_str()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let told = BufReader::new(process.stdout.take().expect("piped"));
        let demo = Self { process, out };
        let mut lines = told.lines().map(|line| line.expect("UTF-8"));
        let running = lines.any(|line| line.contains("The chain runs at"));
        assert!(running, "the demo ended before its chain was left running");
        // Whatever it still says is nobody's concern, but must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        demo
    }

    fn corridor(&self, bank: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_corridor"))
            .args(["--config", &format!("{bank}.toml"), "--yes", "--quiet", "--json"])
            .args(arguments)
            .current_dir(&self.out)
            .env_clear()
            .output()
            .expect("runs")
    }

    /// The answer of a command that does what it is told.
    fn done(&self, bank: &str, arguments: &[&str]) -> serde_json::Value {
        let output = self.corridor(bank, arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// A golden message with pieces replaced, as a file beside the configuration.
    fn message(&self, golden: &str, name: &str, changes: &[(&str, &str)]) -> String {
        let path = repository()
            .join("client/corridor-iso20022/tests/golden")
            .join(golden);
        let mut text = fs::read_to_string(path).expect("a sample");
        for (from, to) in changes {
            assert!(text.contains(from), "{golden} lacks {from}");
            text = text.replace(from, to);
        }
        fs::write(self.out.join(name), text).expect("writable");
        name.to_owned()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.out.join(name)).expect("written")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let id = self.process.id().to_string();
        // As Ctrl-C, so that it ends its chain, too.
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.process.wait();
    }
}

#[test]
fn messages_do_on_the_chain_what_they_say_and_are_answered() {
    let demo = Demo::start();
    funding_and_collateral(&demo);
    cancellation(&demo);
    cancellation_of_a_queued_transfer(&demo);
    status(&demo);
    assert_eq!(demo.done("boc", &["conservation"])["holds"], true);
}

/// BOC is participant 0 of the demo. What it draws it can put back.
fn funding_and_collateral(demo: &Demo) {
    let account = ("ESCROW-1-CNY", "ESCROW-0-CNY");
    let fund = demo.message("funding.pacs009.xml", "fund.xml", &[account, ("500000", "1000")]);
    let as_debtor = [
        account,
        ("500000", "1000"),
        ("<CdtrAcct>", "<Moved>"),
        ("09090909-0909-4909", "1c0ffee0-0909-4909"),
    ];
    demo.message("funding.pacs009.xml", "draw.xml", &as_debtor);
    let text = String::from_utf8(demo.read("draw.xml")).expect("UTF-8");
    let (before, rest) = text.split_once("<Moved>").expect("there");
    let (account, after) = rest.split_once("</CdtrAcct>").expect("there");
    let before = before.replace("</Dbtr>", &format!("</Dbtr><DbtrAcct>{account}</DbtrAcct>"));
    fs::write(demo.out.join("draw.xml"), format!("{before}{after}")).expect("writable");

    let drawn = demo.done("boc", &["withdraw", "--iso", "draw.xml"]);
    assert_eq!(drawn["movements"][0]["repeated"], false);
    let again = demo.done("boc", &["withdraw", "--iso", "draw.xml"]);
    assert_eq!(
        again["movements"][0]["repeated"], true,
        "the same message moves money once"
    );
    let funded = demo.done("boc", &["deposit", "--iso", &fund]);
    assert_eq!(funded["movements"][0]["amount"]["decimal"], "1000.00");
    let others = demo.corridor("cup", &["deposit", "--iso", &fund]);
    assert_eq!(others.status.code(), Some(7), "another's message");

    let pledge = demo.message(
        "pledge.camt050.xml",
        "pledge.xml",
        &[("-1-CNY", "-0-CNY"), ("200000", "10")],
    );
    let pledged = demo.done("boc", &["net", "pledge", "--iso", &pledge]);
    assert_eq!(pledged["amount"]["decimal"], "10.00");
    let wrong = demo.corridor("boc", &["net", "release", "--iso", &pledge]);
    assert_eq!(wrong.status.code(), Some(7), "it says pledge");
}

/// One pending, one settled, one never heard of.
fn cancellation(demo: &Demo) {
    let one = [
        "instruct",
        "--to",
        "CHUPCNSH",
        "--amount",
        "77",
        "--currency",
        "CNY",
    ];
    let one = [&one[..], &["--end-to-end-id", "E2E-C1", "--uetr", UETR]].concat();
    demo.done("boc", &one);
    let request = demo.message(
        "three.camt056.xml",
        "cancel.xml",
        &[
            ("f3c95789-ace1-4954-ac5d-6baed2eac902", UETR),
            (
                "e0a3a91f-2346-4c13-bc27-ed12b10877a9",
                "1c0ffee0-0000-4000-8000-000000000000",
            ),
            ("12860.00", "77.00"),
            ("1512948.8", "1500165.8"),
        ],
    );
    for answer in ["answer.xml", "again.xml"] {
        demo.done("boc", &["cancel", "--iso", &request, "--camt029", answer]);
        let answer = camt029::read(&demo.read(answer), &Limits::default()).expect("valid");
        assert_eq!(answer.confirmation, "PECR");
        let statuses: Vec<_> = answer.transactions.iter().map(|one| one.status).collect();
        assert_eq!(statuses, [Some(Accepted), Some(Rejected), Some(Rejected)]);
        let reason = |at: usize| answer.transactions[at].reasons[0].reason.code().to_string();
        assert_eq!((reason(1), reason(2)), ("PTNA".into(), "NOOR".into()));
    }
    let other = demo.message(
        "three.camt056.xml",
        "other.xml",
        &[("88.80", "88.00"), ("1512948.8", "1512948")],
    );
    let refused = demo.corridor("boc", &["cancel", "--iso", &other]);
    assert_eq!(
        refused.status.code(),
        Some(7),
        "another amount is another transfer"
    );
}

/// Accepted without cover, so that it waits: the contract lets it be cancelled, and so does a camt.056.
fn cancellation_of_a_queued_transfer(demo: &Demo) {
    let uetr = "1c0ffee0-0808-4808-8808-080808080808";
    let queued = [
        "instruct",
        "--to",
        "CHUPCNSH",
        "--amount",
        "900000000",
        "--currency",
        "CNY",
        "--queue",
        "--end-to-end-id",
        "QUEUED-1",
        "--uetr",
        uetr,
    ];
    demo.done("boc", &queued);
    demo.done("cup", &["accept", uetr]);
    let status = |word: &str| {
        let told = demo.done("boc", &["status", uetr]);
        assert_eq!(told["transfers"][0]["status"], word, "{told}");
    };
    status("queued");
    let changes = [
        ("f3c95789-ace1-4954-ac5d-6baed2eac902", uetr),
        ("12860.00", "900000000.00"),
        ("1512948.8", "901500088.8"),
    ];
    let request = demo.message("three.camt056.xml", "queued.xml", &changes);
    demo.done(
        "boc",
        &["cancel", "--iso", &request, "--camt029", "queued-answer.xml"],
    );
    let answer = camt029::read(&demo.read("queued-answer.xml"), &Limits::default()).expect("valid");
    assert_eq!(answer.transactions[0].status, Some(Accepted));
    status("cancelled");
}

fn status(demo: &Demo) {
    let request = demo.message("one.pacs028.xml", "status.xml", &[]);
    demo.done(
        "cup",
        &["status", "--iso", &request, "--pacs002", "status-answer.xml"],
    );
    let report = pacs002::read(&demo.read("status-answer.xml"), &Limits::default()).expect("valid");
    assert_eq!(report.transactions[0].status, Some(TransactionStatus::Settled));
    let lost = [(
        "cbf27734-ac10-4525-8b66-402800e03d2c",
        "1c0ffee0-0000-4000-8000-000000000000",
    )];
    let request = demo.message("one.pacs028.xml", "lost.xml", &lost);
    let told = demo.done(
        "cup",
        &["status", "--iso", &request, "--pacs002", "lost-answer.xml"],
    );
    assert_eq!(told["unrecorded"].as_array().map(Vec::len), Some(1));
    let report = pacs002::read(&demo.read("lost-answer.xml"), &Limits::default()).expect("valid");
    assert_eq!(report.transactions[0].status, None, "unknown is not failed");
}
