//! A statement as JSON, which carries its evidence in `proof`.

use super::claimed::{bytes, none, tie, with_side, Claimed, ClaimedBlock, Unreadable};
use corridor_client::{core::Currency, proof::Evidence};
use corridor_iso20022::{statement::EntryStatus, BookAccount};
use serde::Deserialize;

/// What counts here of such a file.
#[derive(Debug, Deserialize)]
struct File {
    account: String,
    currency: String,
    opening: Option<Balance>,
    closing: Option<Balance>,
    #[serde(default)]
    further_balances: Vec<Balance>,
    entries: Vec<Entry>,
    evidence: Option<State>,
    proof: Option<Evidence>,
}

#[derive(Debug, Deserialize)]
struct Balance {
    kind: String,
    amount: String,
    side: String,
}

#[derive(Debug, Deserialize)]
struct Entry {
    amount: String,
    side: String,
    status: String,
}

#[derive(Debug, Deserialize)]
struct State {
    block_number: u64,
    block_hash: String,
    genesis_hash: String,
    contract: String,
}

pub(super) fn is_statement(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Marks {
        #[allow(dead_code)] // Its being there is all that is asked.
        account: String,
        #[allow(dead_code)]
        entries: serde::de::IgnoredAny,
    }
    serde_json::from_slice::<Marks>(bytes).is_ok()
}

pub(super) fn read(file: &[u8]) -> Result<(Claimed, Option<Evidence>), Unreadable> {
    let file: File =
        serde_json::from_slice(file).map_err(|error| Unreadable::Statement(error.to_string()))?;
    let account: BookAccount = file.account.parse().map_err(|_| none("its account is another"))?;
    let currency: Currency = file.currency.parse().map_err(|_| none("its currency is none"))?;
    if account.currency != currency {
        return Err(none("its account is of another currency"));
    }
    let signed = |balance: &Balance| with_side(currency, &balance.amount, &balance.side);
    let (Some(opening), Some(last)) = (&file.opening, &file.closing) else {
        return Err(none("it has no opening and closing balance"));
    };
    let booked = file
        .entries
        .iter()
        .filter(|entry| entry.status == EntryStatus::Booked.code());
    let entries = booked.map(|entry| with_side(currency, &entry.amount, &entry.side));
    let closing = signed(last)?;
    tie(
        signed(opening)?,
        &entries.collect::<Result<Vec<_>, _>>()?,
        closing,
    )?;
    let further = file.further_balances.iter();
    let further = further.map(|balance| Ok((balance.kind.clone(), signed(balance)?)));
    let state = file.evidence.ok_or_else(|| none("it names no block"))?;
    let claimed = Claimed {
        account,
        closing,
        further: further.collect::<Result<_, Unreadable>>()?,
        block: ClaimedBlock {
            number: state.block_number,
            hash: bytes(&state.block_hash)?,
            genesis: Some(bytes(&state.genesis_hash)?),
            contract: Some(bytes(&state.contract)?),
        },
    };
    Ok((claimed, file.proof))
}
