//! The node as a program: what it prints, how it ends, and what survives when it is killed.

mod common;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

use common::{connect, finalized_height, genesis_hash, signed_transfer, submit_and_finalize};
use corridor_devnet_runtime::config::UNIT;
use polkadot_sdk::sp_keyring::Sr25519Keyring::{Alice, Bob};
use subxt::rpcs::rpc_params;

struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    url: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_corridor-devnet"))
            .args(["--rpc-port", "0"])
            .args(arguments)
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut program = Self {
            child,
            output,
            url: String::new(),
        };
        program.url = program
            .line()
            .strip_prefix("RPC ")
            .expect("the RPC line comes first")
            .to_owned();
        program
    }

    fn keeping(base_path: &Path) -> Self {
        Self::start(&["--base-path", base_path.to_str().expect("a path in UTF-8")])
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .expect("standard output can be read");
        line.trim_end().to_owned()
    }

    fn end_with(mut self, signal: &str) -> ExitStatus {
        let kill = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(kill.success());
        self.child.wait().expect("the program ends")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, unless a test failed half-way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn signals_end_it_with_code_0_even_with_a_client_connected() {
    for signal in ["-TERM", "-INT"] {
        let program = Program::start(&[]);
        let rpc = connect(&program.url).await;
        let genesis = genesis_hash(&rpc).await;
        submit_and_finalize(
            &rpc,
            signed_transfer(Alice, 0, Bob.to_account_id(), UNIT, genesis),
        )
        .await;
        assert_eq!(program.end_with(signal).code(), Some(0), "{signal}");
    }
}

#[tokio::test]
async fn a_killed_program_loses_no_block_that_was_called_final() {
    let directory = tempfile::tempdir().expect("a directory");
    for nonce in 0..10 {
        let program = Program::keeping(directory.path());
        let rpc = connect(&program.url).await;
        assert_eq!(finalized_height(&rpc).await, nonce, "after {nonce} kills");
        let genesis = genesis_hash(&rpc).await;
        let transfer = signed_transfer(Alice, nonce, Bob.to_account_id(), UNIT, genesis);
        let told = submit_and_finalize(&rpc, transfer).await;
        assert!(!program.end_with("-KILL").success());

        let program = Program::keeping(directory.path());
        let rpc = connect(&program.url).await;
        let kept: String = rpc
            .request("chain_getBlockHash", rpc_params![nonce + 1])
            .await
            .expect("known");
        assert_eq!(kept, told);
        program.end_with("-KILL");
    }
}

#[test]
fn prometheus_is_served_on_the_port_that_is_printed() {
    let mut program = Program::start(&["--prometheus-port", "0"]);
    let line = program.line();
    let address = line
        .strip_prefix("PROMETHEUS http://")
        .and_then(|rest| rest.strip_suffix("/metrics"))
        .expect("the address is printed");
    let mut connection = TcpStream::connect(address).expect("listens");
    connection
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .expect("can be asked");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("answers");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("substrate_block_height{status=\"finalized\"} 0"),
        "{answer}"
    );
}

#[test]
fn a_wrong_argument_is_refused_with_code_2() {
    let program = Command::new(env!("CARGO_BIN_EXE_corridor-devnet"))
        .args(["--seal", "soon"])
        .output()
        .expect("runs");
    assert_eq!(program.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&program.stderr).contains("6s"),
        "the message gives an example"
    );
}
