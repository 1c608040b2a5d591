//! The `corridor` program as a person and a script meet it, as far as no chain is needed.

use corridor_cli::clearing::{
    csv,
    plan::{split, Common, Payment},
    record::BatchFile,
};
use corridor_client::{
    core::{Currency, ParticipantId},
    AddressText,
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A directory of its own for a test, empty.
fn workplace(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("writable");
    path
}

/// The program with nothing of this machine's around it.
fn corridor(place: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
    command.args(arguments).current_dir(place).env_clear();
    command
}

fn run(place: &Path, arguments: &[&str]) -> Output {
    corridor(place, arguments).output().expect("runs")
}

/// Exit code, standard output and standard error as one text.
fn told(output: &Output) -> String {
    let code = output.status.code().expect("no signal");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    format!(
        "exit code {code}\n--- out\n{}--- err\n{}",
        text(&output.stdout),
        text(&output.stderr)
    )
}

fn sample(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data")
        .join(file);
    path.canonicalize().expect("a sample").display().to_string()
}

#[test]
fn help() {
    let place = workplace("help");
    for command in [
        "",
        "deploy",
        "participant",
        "currency",
        "role",
        "admin",
        "governor",
        "pause",
        "cash",
        "deposit",
        "withdraw",
        "instruct",
        "accept",
        "reject",
        "cancel",
        "expire",
        "return",
        "quote",
        "quote publish",
        "quote sign",
        "quote withdraw",
        "quote show",
        "queue",
        "queue show",
        "queue resolve",
        "tariff",
        "tariff set",
        "tariff show",
        "limits",
        "limits set",
        "limits lift",
        "limits show",
        "deploy settlement",
        "batch",
        "batch submit",
        "batch accept",
        "prove",
        "verify-item",
        "schedule",
        "schedule set",
        "net",
        "net cap",
        "net pledge",
        "net position",
        "window",
        "window close",
        "audit",
        "audit window",
        "status",
        "positions",
        "conservation",
        "digest",
        "watch",
        "evidence",
        "evidence batch",
        "evidence position",
        "evidence transfer",
        "index",
        "statement",
        "reconcile",
        "explore",
        "verify",
        "account",
        "key",
        "resume",
        "config",
        "explain",
        "completions",
    ] {
        let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let output = run(&place, &arguments);
        let name = if command.is_empty() { "corridor" } else { command };
        let name = name.replace([' ', '-'], "_");
        insta::assert_snapshot!(format!("help_{name}"), told(&output));
    }
}

#[test]
fn wrong_arguments_are_refused_in_words_and_in_json() {
    let place = workplace("arguments");
    insta::assert_snapshot!("unknown_command", told(&run(&place, &["setle"])));
    insta::assert_snapshot!(
        "wrong_uetr_json",
        told(&run(&place, &["--json", "status", "not-a-uetr"]))
    );
    insta::assert_snapshot!(
        "incomplete_transfer",
        told(&run(&place, &["instruct", "--to", "CHUPCNSH"]))
    );
    insta::assert_snapshot!(
        "file_and_flags",
        told(&run(
            &place,
            &["instruct", "--pacs008", "x.xml", "--to", "CHUPCNSH"]
        ))
    );
}

#[test]
fn statements_and_reconciliation_need_an_index_a_day_and_a_participant() {
    let place = workplace("books");
    let asks = |arguments: &[&str]| told(&run(&place, arguments));
    let statement = ["statement", "--currency", "CNY"];
    insta::assert_snapshot!("statement_without_date", asks(&statement));
    let dated = [&statement[..], &["--date", "2026-11-24"]].concat();
    insta::assert_snapshot!("statement_without_index", asks(&dated));
    insta::assert_snapshot!(
        "statement_format",
        asks(&[&dated[..], &["--format", "mt940"]].concat())
    );
    insta::assert_snapshot!(
        "statement_offset",
        asks(&[&dated[..], &["--utc-offset", "Asia/Shanghai"]].concat())
    );
    insta::assert_snapshot!(
        "statement_header",
        asks(&[&dated[..], &["--format", "csv", "--header"]].concat())
    );
    insta::assert_snapshot!(
        "statement_batch_items",
        asks(&[&dated[..], &["--batch-items", "1000001"]].concat())
    );
    insta::assert_snapshot!(
        "reconcile_without_ledger",
        asks(&["reconcile", "--currency", "CNY", "--date", "2026-11-24"])
    );
}

#[test]
fn the_chain_may_be_out_of_reach() {
    let place = workplace("unreachable");
    let arguments = [
        "--url",
        "ws://127.0.0.1:1",
        "--connect-timeout",
        "1s",
        "positions",
    ];
    insta::assert_snapshot!("unreachable", told(&run(&place, &arguments)));
    let arguments = [&["--json"][..], &arguments].concat();
    insta::assert_snapshot!("unreachable_json", told(&run(&place, &arguments)));
    insta::assert_snapshot!(
        "no_websocket",
        told(&run(&place, &["--url", "http://127.0.0.1:1", "positions"]))
    );
}

#[test]
fn an_invalid_message_is_refused_before_anything_else() {
    let place = workplace("message");
    let output = run(
        &place,
        &["instruct", "--pacs008", &sample("invalid/too-many-decimals.xml")],
    );
    let directory = sample("invalid");
    insta::assert_snapshot!("invalid_message", told(&output).replace(&directory, "DATA"));
    insta::assert_snapshot!(
        "missing_file",
        told(&run(&place, &["instruct", "--pacs008", "nothing.xml"]))
    );
}

#[test]
fn an_exchange_that_cannot_be_meant_is_refused_without_a_chain() {
    let place = workplace("exchange");
    let told = |arguments: &[&str]| told(&run(&place, arguments));
    let publish = |rate: &str, max: &str, reference: &str| {
        let flags = ["--buy", "CNY", "--sell", "HKD", "--key", "//Quoter"];
        let own = ["--rate", rate, "--max", max, "--reference", reference];
        told(&[&["quote", "publish"][..], &flags, &own].concat())
    };
    insta::assert_snapshot!("quote_rate", publish("0,92", "1000.00", "FX-1"));
    insta::assert_snapshot!(
        "quote_rate_too_fine",
        publish("0.0000000000000001", "1000.00", "FX-1")
    );
    insta::assert_snapshot!("quote_amount", publish("0.92", "1000.001", "FX-1"));
    insta::assert_snapshot!("quote_reference", publish("0.92", "1000.00", "FX:1"));
    insta::assert_snapshot!("quote_name", told(&["quote", "show", "FX-1"]));
    insta::assert_snapshot!(
        "no_limits",
        told(&["limits", "set", "BKCHCNBJ", "--currency", "CNY"])
    );
    let one = [
        "instruct",
        "--to",
        "CHUPCNSH",
        "--amount",
        "5.00",
        "--currency",
        "CNY",
        "--end-to-end-id",
        "INV-1",
    ];
    let instruct = |more: &[&str]| told(&[&one[..], more].concat());
    insta::assert_snapshot!("net_on_a_quote", instruct(&["--net", "--quote", "CHUPCNSH:FX-1"]));
    insta::assert_snapshot!(
        "queue_on_a_quote",
        instruct(&["--queue", "--quote", "CHUPCNSH:FX-1"])
    );
    insta::assert_snapshot!("credited_without_a_quote", instruct(&["--credited", "4.60"]));
    fs::write(place.join("quote.json"), "{\"settlement\": \"0x00\"}").expect("writable");
    insta::assert_snapshot!("no_signed_quote", instruct(&["--signed-quote", "quote.json"]));
    fs::write(place.join("there.json"), "").expect("writable");
    let sign = [
        "quote",
        "sign",
        "--reference",
        "FX-1",
        "--buy",
        "CNY",
        "--sell",
        "HKD",
        "--rate",
        "0.92",
        "--max",
        "5",
    ];
    insta::assert_snapshot!(
        "quote_file_exists",
        told(&[&sign[..], &["--out", "there.json"]].concat())
    );
}

/// A message of the library's golden files.
fn message(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../corridor-iso20022/tests/golden")
        .join(file);
    path.canonicalize().expect("a sample").display().to_string()
}

#[test]
fn each_command_takes_its_own_message_only() {
    let place = workplace("iso");
    let (funding, pledge) = (message("funding.pacs009.xml"), message("pledge.camt050.xml"));
    for (arguments, expected) in [
        (
            &["cancel", "--iso", &funding][..],
            "which is not a camt.056 message",
        ),
        (&["status", "--iso", &funding], "which is not a pacs.028 message"),
        (&["deposit", "--iso", &pledge], "which is not a pacs.009 message"),
        (&["withdraw", "--iso", &pledge], "which is not a pacs.009 message"),
        (
            &["net", "pledge", "--iso", &funding],
            "which is not a camt.050 message",
        ),
        (
            &["net", "release", "--iso", &funding],
            "which is not a camt.050 message",
        ),
    ] {
        let told = told(&run(&place, arguments));
        assert!(told.starts_with("exit code 7\n--- out\n--- err\n"), "{told}");
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn a_message_and_flags_that_say_the_same_are_not_taken_together() {
    let place = workplace("iso-flags");
    let (funding, request) = (message("funding.pacs009.xml"), message("three.camt056.xml"));
    for arguments in [
        &["deposit", "--iso", &funding, "--amount", "1", "--currency", "CNY"][..],
        &["withdraw", "--iso", &funding, "--reference", "W-1"],
        &["deposit", "--amount", "1"],
        &[
            "cancel",
            "8a562c67-ca16-48ba-b074-65581be6f001",
            "--iso",
            &request,
        ],
        &[
            "cancel",
            "8a562c67-ca16-48ba-b074-65581be6f001",
            "--camt029",
            "out.xml",
        ],
        &[
            "status",
            "8a562c67-ca16-48ba-b074-65581be6f001",
            "--iso",
            &request,
        ],
        &["status"],
    ] {
        let told = told(&run(&place, arguments));
        assert!(told.starts_with("exit code 2"), "{told}");
    }
}

/// A record of two batches, as `corridor batch submit` leaves it beside a CSV.
fn batch_record(place: &Path) -> PathBuf {
    let csv =
        "uetr,creditor_agent,amount\n8a562c67-ca16-48ba-b074-65581be6f001,CHUPCNSH,1250.50\n,CHUPCNSH,7\n";
    let (currency, debtor_agent) = (Currency::CNY, ParticipantId(0));
    let sheet = csv::read(csv.as_bytes(), currency, debtor_agent).expect("in order");
    let payments: Vec<Payment> = sheet
        .rows
        .iter()
        .map(|row| Payment {
            uetr: row.uetr,
            creditor_agent: ParticipantId(1),
            minor_units: row.minor_units,
            message_digest: row.message_digest,
        })
        .collect();
    let common = Common {
        debtor_agent,
        currency,
        number: 12,
        all_or_nothing: false,
        expires_at: 1_795_512_600,
    };
    let file = BatchFile {
        settlement: AddressText([0; 20]),
        file_digest: csv::file_digest(csv.as_bytes()),
        batches: split(&payments, common).expect("numbers"),
    };
    let path = BatchFile::path_of(&place.join("pay.csv"));
    file.write(&path).expect("writable");
    path
}

#[test]
fn an_item_of_a_batch_is_proven_and_checked_without_a_chain() {
    let place = workplace("proof");
    batch_record(&place);
    let uetr = "8a562c67-ca16-48ba-b074-65581be6f001";
    let prove = |uetr: &str| {
        let arguments = [
            "prove",
            uetr,
            "--offline",
            "--batch",
            "pay.csv.batch.json",
            "--out",
            "proof.json",
        ];
        told(&run(&place, &arguments))
    };
    insta::assert_snapshot!("prove", prove(uetr));
    // What only the file says is not checked, by whichever command.
    insta::assert_snapshot!("verify_item", told(&run(&place, &["verify-item", "proof.json"])));
    assert_eq!(
        told(&run(&place, &["verify", "proof.json"])),
        told(&run(&place, &["verify-item", "proof.json"]))
    );
    let record = BatchFile::read(&place.join("pay.csv.batch.json")).expect("written");
    let root = format!("0x{}", hex::encode(record.batches[0].root()));
    insta::assert_snapshot!(
        "verify_item_root",
        told(&run(&place, &["verify-item", "proof.json", "--root", &root]))
    );
    insta::assert_snapshot!(
        "verify_item_json",
        told(&run(
            &place,
            &["verify-item", "proof.json", "--root", &root, "--json"]
        ))
    );
    let other_root = "0x".to_owned() + &"11".repeat(32);
    insta::assert_snapshot!(
        "verify_item_other_root",
        told(&run(
            &place,
            &["verify-item", "proof.json", "--root", &other_root]
        ))
    );
    insta::assert_snapshot!("prove_stranger", prove("8a562c67-ca16-48ba-b074-65581be6f002"));
    insta::assert_snapshot!("prove_offline", told(&run(&place, &["prove", uetr, "--offline"])));
}

#[test]
fn configuration_comes_from_flags_then_environment_then_file() {
    let place = workplace("config");
    let file = r#"
        url = "ws://file:1"
        settlement = "0x0000000000000000000000000000000000000001"
        participant = "BKCHCNBJ"
        finality_timeout = "30s"
        [keys]
        instructor = "//BocInstructor"
        treasurer = "file:keys/treasurer.key"
    "#;
    fs::write(place.join("corridor.toml"), file).expect("writable");
    insta::assert_snapshot!("config_of_file", told(&run(&place, &["config"])));
    let output = corridor(&place, &["config", "--json", "--participant", "CHUPCNSH"])
        .env("CORRIDOR_URL", "ws://environment:1")
        .env("CORRIDOR_PARTICIPANT", "BKCHCNBJ")
        .env("CORRIDOR_KEY", "env:BOC_KEY")
        .output()
        .expect("runs");
    insta::assert_snapshot!("config_of_all", told(&output));
}

#[test]
fn a_wrong_configuration_says_where() {
    let place = workplace("wrong-config");
    let path = place.join("corridor.toml");
    let config = |text: &str| {
        fs::write(&path, text).expect("writable");
        told(&run(&place, &["config"]))
    };
    insta::assert_snapshot!("config_unknown_field", config("urls = \"ws://file:1\"\n"));
    insta::assert_snapshot!("config_wrong_value", config("participant = \"Bank of China\"\n"));
    insta::assert_snapshot!("config_wrong_key", config("[keys]\nadmin = \"//Admin of all\"\n"));
    insta::assert_snapshot!(
        "config_missing",
        told(&run(&place, &["--config", "nothing.toml", "config"]))
    );
}

#[test]
fn secrets_are_neither_taken_nor_repeated() {
    let place = workplace("secrets");
    let secret = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    for arguments in [
        &["--key", secret, "accept"][..],
        &["key", "show", secret],
        &["--key", "0x0123", "config"],
    ] {
        let output = told(&run(&place, &[arguments, &["--yes"]].concat()));
        assert!(output.starts_with("exit code 2"), "{output}");
        assert!(
            !output.contains("curtain") && !output.contains("0123"),
            "{output}"
        );
    }
    let file = place.join("open.key");
    fs::write(&file, "//Alice").expect("writable");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("own file");
    insta::assert_snapshot!(
        "key_file_too_open",
        told(&run(&place, &["key", "show", "file:open.key"]))
    );
}

#[test]
fn keys_are_made_for_their_owner_alone() {
    let place = workplace("keys");
    let output = run(&place, &["--json", "key", "generate", "--out", "operator.key"]);
    let told = told(&output);
    assert!(told.starts_with("exit code 0"), "{told}");
    let path = place.join("operator.key");
    let mode = fs::metadata(&path).expect("made").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let secret = fs::read_to_string(&path).expect("own file");
    assert!(!told.contains(secret.trim()));
    // A second time it is not touched.
    assert_eq!(
        run(&place, &["key", "generate", "--out", "operator.key"])
            .status
            .code(),
        Some(8)
    );
    assert_eq!(fs::read_to_string(&path).expect("own file"), secret);
    assert_eq!(
        run(&place, &["key", "show", "file:operator.key"]).status.code(),
        Some(0)
    );
}

#[test]
fn accounts_of_development_keys_are_the_known_ones() {
    let place = workplace("accounts");
    insta::assert_snapshot!("key_of_alice", told(&run(&place, &["key", "show", "//Alice"])));
    insta::assert_snapshot!(
        "key_of_alice_json",
        told(&run(&place, &["key", "show", "//Alice", "--json"]))
    );
    insta::assert_snapshot!("no_key", told(&run(&place, &["key", "show"])));
    insta::assert_snapshot!(
        "no_key_for_the_duty",
        told(&run(
            &place,
            &["accept", "8a562c67-ca16-48ba-b074-65581be6f001", "--yes"]
        ))
    );
}

#[test]
fn errors_are_explained() {
    let place = workplace("explain");
    insta::assert_snapshot!("explain_one", told(&run(&place, &["explain", "26"])));
    insta::assert_snapshot!(
        "explain_json",
        told(&run(&place, &["explain", "termsconflict", "--json"]))
    );
    insta::assert_snapshot!("explain_unknown", told(&run(&place, &["explain", "999"])));
}

#[test]
fn completions_know_every_command() {
    let place = workplace("completions");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(&place, &["completions", shell]);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(
            output.status.success() && text.contains("conservation"),
            "{shell}"
        );
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let place = workplace("pipe");
    let program = env!("CARGO_BIN_EXE_corridor");
    let script =
        format!("set -o pipefail; {program} explain | head -1; {program} completions bash | head -1");
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(&place)
        .output()
        .expect("bash");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}
