//! Statements and reconciliation of a real chain, by the program: devnet, demo, index.

#[path = "../../corridor-indexer/tests/support/programs.rs"]
#[allow(dead_code)] // Shared with the index's tests.
mod programs;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread::sleep,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The configuration of one of the demo's institutions, and an index beside it.
struct Bank {
    home: PathBuf,
    config: &'static str,
}

impl Bank {
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
        command
            .args(["--config", self.config])
            .args(arguments)
            .current_dir(&self.home)
            .env_clear();
        command
            .env("CORRIDOR_INDEX", self.home.join("index.sqlite"))
            .output()
            .expect("runs")
    }

    /// Standard output of what has to end with this exit code.
    fn told(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    fn index(&self) {
        self.told(0, &["--quiet", "index", "--once", "--database", "index.sqlite"]);
    }
}

/// An offset from UTC by which it is midnight at the next full minute, and the day that ends then.
fn a_day_about_to_end() -> (String, String) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs() as i64;
    let next = now / 60 + 1;
    let east = match 1_440 - next.rem_euclid(1_440) {
        far if far > 720 => far - 1_440,
        near => near,
    };
    let sign = if east < 0 { '-' } else { '+' };
    let offset = format!("{sign}{:02}:{:02}", east.abs() / 60, east.abs() % 60);
    let day = (next + east).div_euclid(1_440) - 1;
    let date = corridor_iso20022::Date::from_days_since_epoch(day as u32).expect("a day");
    (offset, date.to_string())
}

fn changed(from: &Path, to: &Path, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(from).expect("written");
    let after = change(&text);
    assert_ne!(text, after);
    fs::write(to, after).expect("writable");
}

#[test]
fn a_day_of_the_demo_is_stated_checked_and_reconciled() {
    let directory = tempfile::tempdir().expect("a directory");
    let devnet = programs::Devnet::start(None);
    programs::demo(&devnet.url, directory.path()).end();
    let home = directory.path().join("demo");
    let boc = Bank {
        home: home.clone(),
        config: "boc.toml",
    };
    let cup = Bank {
        home: home.clone(),
        config: "cup.toml",
    };
    let (offset, date) = a_day_about_to_end();
    let of = |more: &[&'static str]| -> Vec<String> {
        let day = ["--date", &date, "--utc-offset", &offset].map(str::to_owned);
        more.iter().map(|text| (*text).to_owned()).chain(day).collect()
    };
    let ask = |bank: &Bank, code, more: &[&'static str]| {
        let arguments = of(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        bank.told(code, &arguments)
    };
    boc.index();

    // With evidence: anybody may check it, and nobody may change it.
    for (format, file) in [("camt052", "day.xml"), ("csv", "day.csv"), ("json", "day.json")] {
        let asked = [
            "statement",
            "--currency",
            "CNY",
            "--evidence",
            "--format",
            format,
            "--out",
            file,
        ];
        ask(&boc, 0, &asked);
        let told = boc.told(0, &["verify", file]);
        assert!(told.contains("proves what it ends with"), "{told}");
        assert!(told.contains("is NOT proven"), "{told}");
    }
    // In an envelope it is proven as well; the demo's clearing batch is in it, payment by payment.
    let asked = [
        "statement",
        "--currency",
        "CNY",
        "--evidence",
        "--header",
        "--servicer",
        "BKCHHKHH",
        "--format",
        "camt052",
        "--out",
        "enveloped.xml",
    ];
    ask(&boc, 0, &asked);
    let told = boc.told(0, &["verify", "enveloped.xml"]);
    assert!(told.contains("proves what it ends with"), "{told}");
    assert!(told.contains("is NOT proven"), "{told}");
    let enveloped = fs::read_to_string(home.join("enveloped.xml")).expect("written");
    assert!(enveloped.contains("<MsgDefIdr>camt.052.001.08</MsgDefIdr>"));
    assert!(enveloped.contains("<PmtInfId>BATCH-0-1</PmtInfId>"));
    assert!(enveloped.matches("<UETR>").count() >= 2_000);
    assert!(
        !home.join("day.json.evidence.json").exists(),
        "JSON carries its own"
    );
    changed(&home.join("day.json"), &home.join("forged.json"), |text| {
        text.replace("\"available\": \"", "\"available\": \"9")
    });
    boc.told(11, &["verify", "forged.json"]);
    fs::copy(
        home.join("day.xml.evidence.json"),
        home.join("forged.xml.evidence.json"),
    )
    .expect("copied");
    changed(&home.join("day.xml"), &home.join("forged.xml"), |text| {
        // Another first digit, whatever it is.
        match text.contains(" hash=0x0") {
            true => text.replacen(" hash=0x0", " hash=0x1", 1),
            false => {
                let digit = text.find(" hash=0x").expect("a hash") + " hash=0x".len();
                format!("{}0{}", &text[..digit], &text[digit + 1..])
            }
        }
    });
    let forged = boc.run(&["verify", "forged.xml"]);
    assert_ne!(forged.status.code(), Some(0), "another block");

    // So far: the contract says the same, for both, in both currencies.
    for bank in [&boc, &cup] {
        for currency in ["CNY", "HKD"] {
            let report = ask(
                bank,
                0,
                &[
                    "statement",
                    "--format",
                    "camt052",
                    "--check",
                    "--currency",
                    currency,
                ],
            );
            assert!(
                report.contains("<Cd>ITBD</Cd>") && report.contains("CORRIDOR/EXTRINSIC"),
                "{report}"
            );
            let cover = ask(
                bank,
                0,
                &[
                    "statement",
                    "--format",
                    "csv",
                    "--account",
                    "collateral",
                    "--currency",
                    currency,
                ],
            );
            assert!(cover.contains("closing"));
        }
    }

    // When the day is over.
    let until = Instant::now() + Duration::from_secs(150);
    let arguments = of(&["statement", "--currency", "CNY", "--check", "--out", "boc.xml"]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let summary = loop {
        boc.index();
        let output = boc.run(&arguments);
        match output.status.code() {
            Some(0) => break String::from_utf8(output.stdout).expect("UTF-8"),
            Some(4) if Instant::now() < until => sleep(Duration::from_secs(2)),
            _ => panic!("{output:?}"),
        }
    };
    assert!(
        summary.contains("CLBD") && summary.contains("the contract says the same at block"),
        "{summary}"
    );

    // The bank's ledger: the statement itself, as camt.053 and as CSV.
    let agreed = ask(
        &boc,
        0,
        &[
            "reconcile",
            "--currency",
            "CNY",
            "--ledger",
            "boc.xml",
            "--html",
            "agreed.html",
        ],
    );
    assert!(agreed.contains("ledger and chain agree"), "{agreed}");
    ask(
        &boc,
        0,
        &[
            "statement",
            "--currency",
            "CNY",
            "--format",
            "csv",
            "--out",
            "boc.csv",
        ],
    );
    ask(
        &boc,
        0,
        &["reconcile", "--currency", "CNY", "--ledger", "boc.csv"],
    );
    ask(
        &boc,
        11,
        &[
            "reconcile",
            "--currency",
            "CNY",
            "--ledger",
            "boc.csv",
            "--mirror",
        ],
    );

    // Another amount; a line less; no ledger at all.
    changed(&home.join("boc.csv"), &home.join("other.csv"), |text| {
        text.replacen("-12860.00", "-12860.01", 1)
    });
    let report = ask(
        &boc,
        11,
        &[
            "--json",
            "reconcile",
            "--currency",
            "CNY",
            "--ledger",
            "other.csv",
            "--html",
            "other.html",
        ],
    );
    assert!(
        report.contains("\"agrees\": false") && report.contains("\"kind\": \"amount\""),
        "{report}"
    );
    let page = fs::read_to_string(home.join("other.html")).expect("written");
    assert!(
        page.contains("amounts differ: 1") && page.contains("<svg"),
        "{page}"
    );
    changed(&home.join("boc.csv"), &home.join("less.csv"), |text| {
        text.lines()
            .filter(|line| !line.contains(",-88.80,"))
            .map(|line| format!("{line}\n"))
            .collect()
    });
    let less = ask(
        &boc,
        11,
        &["reconcile", "--currency", "CNY", "--ledger", "less.csv"],
    );
    assert!(less.contains("ledger and chain DIFFER"), "{less}");
    fs::write(home.join("no.csv"), "reference,amount\nA,1.005\n").expect("writable");
    ask(&boc, 7, &["reconcile", "--currency", "CNY", "--ledger", "no.csv"]);

    // An index that says something else than the contract: no statement.
    ask(&boc, 4, &["statement", "--currency", "USD", "--format", "csv"]);
    ask(
        &boc,
        4,
        &[
            "statement",
            "--currency",
            "CNY",
            "--format",
            "csv",
            "--participant",
            "HSBCHKHH",
        ],
    );
}
