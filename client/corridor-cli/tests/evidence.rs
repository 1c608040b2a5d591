//! `corridor evidence` and `corridor verify`: on a chain of its own, and then without any.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// A directory of its own for a test, empty.
fn workplace(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evidence").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("writable");
    path
}

fn root() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    path.canonicalize().expect("the checkout")
}

fn recorded(file: &str) -> String {
    let path = root().join("client/corridor-proof/tests/data").join(file);
    path.display().to_string()
}

/// The program with nothing of this machine's around it.
fn corridor(place: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
    command.args(arguments).current_dir(place).env_clear();
    command.output().expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn told(output: &Output) -> String {
    let code = output.status.code().expect("no signal");
    format!(
        "exit code {code}\n--- out\n{}--- err\n{}",
        text(&output.stdout),
        text(&output.stderr)
    )
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

#[test]
fn recorded_evidence_is_checked_without_a_chain() {
    let place = workplace("recorded");
    let verify = |file: &str| told(&corridor(&place, &["verify", &recorded(file)]));
    insta::assert_snapshot!("verify_positions", verify("positions.json"));
    insta::assert_snapshot!("verify_transfers", verify("transfers.json"));
    let json = corridor(&place, &["--json", "verify", &recorded("transfers.json")]);
    insta::assert_snapshot!("verify_transfers_json", told(&json));
}

#[test]
fn whoever_requires_finality_is_told_where_it_is_not_proven() {
    let place = workplace("finality");
    // The chain it was recorded on gives no justification.
    let file = recorded("positions.json");
    assert_eq!(code(&corridor(&place, &["verify", &file])), 0);
    let required = corridor(&place, &["verify", &file, "--require-finality"]);
    assert_eq!(code(&required), 11);
    let told = text(&required.stderr);
    assert!(told.contains("not proven to be final"), "{told}");
    // What holds is told all the same.
    assert!(text(&required.stdout).contains("the evidence holds"));
}

#[test]
fn what_does_not_hold_ends_with_exit_code_11() {
    let place = workplace("broken");
    let file = fs::read_to_string(recorded("positions.json")).expect("recorded");
    fs::write(
        place.join("more.json"),
        file.replace("\"355615886\"", "\"955615886\""),
    )
    .expect("writable");
    fs::write(
        place.join("other.json"),
        file.replace("evidence/v1", "evidence/v9"),
    )
    .expect("writable");
    fs::write(place.join("half.json"), &file[..file.len() / 2]).expect("writable");
    let verify = |arguments: &[&str]| corridor(&place, &[&["verify"], arguments].concat());
    let more = verify(&["more.json"]);
    assert_eq!(code(&more), 11);
    insta::assert_snapshot!("verify_changed", text(&more.stderr));
    assert_eq!(code(&verify(&["other.json"])), 7);
    assert_eq!(code(&verify(&["half.json"])), 7);
    assert_eq!(code(&verify(&["missing.json"])), 7);
    let elsewhere = "0x0000000000000000000000000000000000000001";
    let other = verify(&[&recorded("positions.json"), "--settlement", elsewhere]);
    assert_eq!(
        code(&other),
        11,
        "evidence of another contract than the one meant"
    );
}

/// A development chain on a free port; ends with the test.
struct Devnet {
    process: Child,
    url: String,
}

impl Devnet {
    fn start() -> Self {
        let program = std::env::var_os("CORRIDOR_DEVNET").map_or_else(beside, PathBuf::from);
        let mut process = Command::new(&program)
            .args(["--rpc-port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start ({error}): build it with `cargo build --release --workspace --bins`, or name \
                     one in CORRIDOR_DEVNET",
                    program.display()
                )
            });
        let lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("RPC ").map(String::from));
        Self {
            process,
            url: url.expect("the chain tells its URL"),
        }
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn beside() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_corridor")).with_file_name("corridor-devnet")
}

/// Plays the demo on a chain: the directory with the configuration it leaves, and the block in which all money is in
/// escrow and nothing has been transferred.
fn play(place: &Path, url: &str) -> (PathBuf, String) {
    let out = place.join("demo");
    let demo = Command::new(env!("CARGO_BIN_EXE_corridor-demo"))
        .current_dir(root())
        .args(["--url", url, "--out", out.to_str().expect("UTF-8")])
        .output()
        .expect("runs");
    assert!(demo.status.success(), "{}", text(&demo.stderr));
    let said = text(&[demo.stdout, demo.stderr].concat());
    let (_, rest) = said
        .split_once("Positions before (block ")
        .expect("the demo says which");
    let (funded, _) = rest.split_once(')').expect("the demo says which");
    (out, funded.to_owned())
}

#[test]
fn a_bank_proves_its_position_and_transfers_to_somebody_without_a_node() {
    let place = workplace("node");
    let devnet = Devnet::start();
    let (demo, funded) = play(&place, &devnet.url);
    let [config, other] = ["boc.toml", "cup.toml"].map(|file| demo.join(file).display().to_string());
    let make = |arguments: &[&str]| {
        let output = corridor(
            &place,
            &[&["--config", &config, "--json", "evidence"], arguments].concat(),
        );
        assert_eq!(code(&output), 0, "{}", told(&output));
    };
    let settled = "f3c95789-ace1-4954-ac5d-6baed2eac902";
    make(&["position", "--out", "position.json"]);
    make(&["position", "--block", &funded, "--out", "earlier.json"]);
    make(&["transfer", settled, "--out", "transfer.json"]);
    let elsewhere = corridor(
        &place,
        &[
            "--config",
            &config,
            "evidence",
            "position",
            "--block",
            "4000000",
            "--out",
            "none.json",
        ],
    );
    assert_eq!(code(&elsewhere), 6, "a block that is not final yet");
    assert!(!place.join("none.json").exists());
    // Both banks' files about the same block are the same: their digest can be signed off.
    let of_both = ["evidence", "position", "--all", "--block", &funded, "--out"];
    for (config, file) in [(&config, "ours.json"), (&other, "theirs.json")] {
        let arguments = [&["--config", config][..], &of_both, &[file]].concat();
        assert_eq!(code(&corridor(&place, &arguments)), 0);
    }
    let [ours, theirs] =
        ["ours.json", "theirs.json"].map(|file| fs::read(place.join(file)).expect("written"));
    assert_eq!(ours, theirs);
    // From here on there is no chain.
    drop(devnet);
    let verify = |file: &str| {
        let output = corridor(&place, &["--json", "verify", file]);
        assert_eq!(code(&output), 0, "{}", told(&output));
        text(&output.stdout)
    };
    let now = verify("position.json");
    assert!(now.contains("\"available\": \"355615886\""), "{now}");
    assert!(!now.contains("CHUPCNSHXXX"), "only the configured participant's");
    assert!(
        verify("earlier.json").contains("\"available\": \"500000000\""),
        "before any transfer"
    );
    assert!(verify("transfer.json").contains("\"status\": \"settled\""));
    let mut changed = fs::read_to_string(place.join("transfer.json")).expect("written");
    changed = changed.replace("\"settled\"", "\"returned\"");
    fs::write(place.join("transfer.json"), changed).expect("writable");
    assert_eq!(code(&corridor(&place, &["verify", "transfer.json"])), 11);
}
