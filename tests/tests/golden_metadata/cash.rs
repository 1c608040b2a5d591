//! The cash contract, by its Solidity ABI.

use crate::golden;
use corridor_api::cash::CashError;
use corridor_client::contract::CashContract;
use corridor_tests::blob::artefact;
use corridor_tests::blob::solidity::selector;
use ink::sol::SolErrorDecode;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the client sends to a token, by Solidity name.
fn sent() -> BTreeMap<&'static str, Vec<u8>> {
    let token = CashContract::at([1; 20]);
    let (owner, spender, id) = ([2; 20], [3; 20], [4; 32]);
    BTreeMap::from([
        ("name", token.name().data().to_vec()),
        ("symbol", token.symbol().data().to_vec()),
        ("decimals", token.decimals().data().to_vec()),
        ("totalSupply", token.total_supply().data().to_vec()),
        ("balanceOf", token.balance_of(owner).data().to_vec()),
        ("allowance", token.allowance(owner, spender).data().to_vec()),
        ("paused", token.paused().data().to_vec()),
        ("isFrozen", token.is_frozen(owner).data().to_vec()),
        ("requestValue", token.request_value(id).data().to_vec()),
        ("approve", token.approve(spender, 5).data().to_vec()),
        ("issue", token.issue(owner, 5, id).data().to_vec()),
        ("redeem", token.redeem(owner, 5, id).data().to_vec()),
        ("pause", token.pause().data().to_vec()),
        ("unpause", token.unpause().data().to_vec()),
        ("freeze", token.freeze(owner).data().to_vec()),
        ("unfreeze", token.unfreeze(owner).data().to_vec()),
    ])
}

fn items<'a>(abi: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    abi.as_array()
        .expect("a list")
        .iter()
        .filter(move |item| item["type"] == kind)
}

fn types(of: &Value) -> Vec<&str> {
    let list = of.as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .map(|one| one["type"].as_str().expect("a type"))
        .collect()
}

fn name(of: &Value) -> &str {
    of["name"].as_str().expect("a name")
}

fn signature(of: &Value) -> String {
    format!("{}({})", name(of), types(&of["inputs"]).join(","))
}

#[test]
fn every_message_the_client_sends_has_the_abis_selector_and_length() {
    let abi = artefact::solidity_abi("cash");
    let functions: BTreeMap<&str, &Value> = items(&abi, "function").map(|one| (name(one), one)).collect();
    for (name, data) in sent() {
        let function = functions
            .get(name)
            .unwrap_or_else(|| panic!("the token has no {name}"));
        assert_eq!(data[..4], selector(&signature(function)), "{name}");
        // Nothing but words of fixed length is sent.
        assert_eq!(data.len(), 4 + 32 * types(&function["inputs"]).len(), "{name}");
    }
}

#[test]
fn the_token_has_what_the_settlement_contract_calls() {
    let abi = artefact::solidity_abi("cash");
    for (wanted, output) in [
        ("decimals()", "uint8"),
        ("balanceOf(address)", "uint256"),
        ("transfer(address,uint256)", "bool"),
        ("transferFrom(address,address,uint256)", "bool"),
    ] {
        let found = items(&abi, "function").find(|function| signature(function) == wanted);
        let function = found.unwrap_or_else(|| panic!("the token has no {wanted}"));
        assert_eq!(types(&function["outputs"]), [output], "{wanted}");
    }
}

#[test]
fn the_client_reads_every_refusal_of_the_token() {
    let abi = artefact::solidity_abi("cash");
    for error in items(&abi, "error") {
        let mut data = selector(&signature(error)).to_vec();
        data.extend(vec![0; 32 * types(&error["inputs"]).len()]);
        assert!(CashError::decode(&data).is_ok(), "{}", signature(error));
    }
}

#[test]
fn the_interface_is_as_it_was() {
    let abi = artefact::solidity_abi("cash");
    let describe = |item: &Value| {
        let kind = item["type"].as_str().expect("a kind");
        let outputs = types(&item["outputs"]).join(",");
        let how = item["stateMutability"].as_str().unwrap_or_default();
        match kind {
            "constructor" => format!("constructor({})", types(&item["inputs"]).join(",")),
            "function" => {
                let signature = signature(item);
                format!(
                    "{} function {signature} {how} -> ({outputs})",
                    hex::encode(selector(&signature))
                )
            }
            _ => format!(
                "{} {kind} {}",
                hex::encode(selector(&signature(item))),
                signature(item)
            ),
        }
    };
    let mut lines: Vec<String> = abi.as_array().expect("a list").iter().map(describe).collect();
    lines.sort();
    golden("cash.txt", &(lines.join("\n") + "\n"));
}
