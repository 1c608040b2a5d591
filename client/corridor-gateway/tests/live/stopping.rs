//! A gateway that is told to stop before it serves anybody.

use crate::programs::{home, write_config};
use corridor_client::AddressText;
use std::{
    net::TcpListener,
    process::{Command, Stdio},
};

#[test]
fn told_to_stop_while_it_waits_for_a_node_it_ends_in_order() {
    let home = home("stopping");
    // A node that takes connections and says nothing.
    let node = TcpListener::bind("127.0.0.1:0").unwrap();
    let (url, settlement) = (node.local_addr().unwrap(), AddressText([7; 20]));
    let config = write_config(
        &home,
        "gateway",
        &format!(
            "name = \"g\"\nparticipant = \"BKCHCNBJXXX\"\nlisten = \"127.0.0.1:0\"\n[store]\nurl = \"sqlite:g.sqlite\"\n\
             [chain]\nurl = \"ws://{url}\"\nsettlement = \"{settlement}\"\nconnect_timeout = \"60s\"\n"
        ),
    );
    let mut gateway = Command::new(env!("CARGO_BIN_EXE_corridor-gateway"))
        .arg("--config")
        .arg(&config)
        .arg("serve")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _connection = node.accept().unwrap();
    let id = gateway.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(gateway.wait().unwrap().success());
    std::fs::remove_dir_all(home).unwrap();
}
