//! A statement as JSON, which carries its evidence in `proof`.

use super::{
    claimed::{bytes, none, tie, with_side, Claimed, ClaimedBlock, Unreadable},
    time,
};
use corridor_client::{
    core::{AgentId, Currency},
    proof::Evidence,
};
use corridor_iso20022::{
    statement::{EntryStatus, Period},
    BookAccount,
};
use serde::Deserialize;

/// What counts here of such a file.
#[derive(Debug, Deserialize)]
struct File {
    account: String,
    currency: String,
    owner: Option<Vec<String>>,
    from: Option<String>,
    to: Option<String>,
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
    at: String,
}

impl File {
    fn owner(&self) -> Result<Option<Vec<AgentId>>, Unreadable> {
        let agent = |text: &String| {
            text.parse()
                .map_err(|_| none("its owner is named by no identifier"))
        };
        let owner = self.owner.as_ref().map(|owner| owner.iter().map(agent).collect());
        owner.transpose()
    }

    fn period(&self) -> Result<Option<Period>, Unreadable> {
        let (from, to) = match (&self.from, &self.to) {
            (Some(from), Some(to)) => (from.parse(), to.parse()),
            (None, None) => return Ok(None),
            _ => return Err(none("its period has one end only")),
        };
        let (Ok(from), Ok(to)) = (from, to) else {
            return Err(none("its period is not from one time to another"));
        };
        Ok(Some(Period { from, to }))
    }
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
    let state = file.evidence.as_ref().ok_or_else(|| none("it names no block"))?;
    let period = file.period()?;
    let claimed = Claimed {
        account,
        owner: file.owner()?,
        moments: time::moments(period.as_ref(), &time::read(&opening.at)?, &time::read(&last.at)?)?,
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
