//! What the chain says in the end, and whether it is what was expected.

use super::{
    cast::Cast,
    chain::Devnet,
    configuration,
    play::{sides, Told},
    script::Script,
    setting::Setting,
    Stage,
};
use crate::{
    command::{ConservationView, PositionsView},
    message::{self, Reported},
    output::{colour, Answer, Cell, Page, Table, Tone},
    view::status_tone,
    Exit, Failure,
};
use corridor_client::{
    core::{Address, Money, ParticipantId, Transfer, TransferStatus, Uetr},
    AddressText, PositionEntry,
};
use corridor_iso20022::{pacs002, Limits, OriginalGroup, OriginalTransaction};
use std::{collections::HashMap, path::PathBuf};

/// Prints everybody's escrow and hands it on.
pub async fn positions(
    stage: &Stage,
    cast: &Cast,
    setting: &Setting,
    title: &str,
) -> Result<Vec<PositionEntry>, Failure> {
    let head = cast.governor.finalised_head().await?;
    let positions = cast.governor.positions().await?;
    stage.step(&format!("{title} (block {})", head.number));
    show(&PositionsView::new(&positions, &setting.directory, head));
    Ok(positions)
}

/// Tells how it ended, writes the status reports, and compares everything with what was expected.
pub async fn close(
    stage: &Stage,
    cast: &Cast,
    setting: &Setting,
    script: &Script,
    told: &Told,
    before: &[PositionEntry],
) -> Result<(), Failure> {
    let mut faults = Vec::new();
    let mut transfers = HashMap::new();
    for (transaction, _) in script.transfers() {
        let transfer = cast.governor.transfer(transaction.uetr).await?;
        transfers.extend(transfer.map(|transfer| (transaction.uetr, transfer)));
    }
    stage.step("Every transfer, as recorded");
    faults.extend(statuses(script, &transfers));

    let after = positions(stage, cast, setting, "Positions after").await?;
    faults.extend(check_positions(setting, told, before, &after, &transfers));

    stage.step("Conservation, as the contract answers");
    let conservation = ConservationView::read(&cast.governor, None).await?;
    show(&conservation);
    if !conservation.holds {
        faults.push("conservation does not hold".into());
    }
    for books in &conservation.currencies {
        if books.unallocated.0.minor_units != 0 || books.booked != books.held {
            faults.push(format!("{} booked, {} held", books.booked, books.held));
        }
    }

    stage.step("Status reports and configuration");
    for path in write_reports(stage, cast, setting, script, &transfers)? {
        stage.note(path.display());
    }
    for path in configuration::write(stage, cast, setting)? {
        stage.note(path.display());
    }
    verdict(stage, script, faults)
}

/// Prints a line for each transfer; answers what is not as it should be.
fn statuses(script: &Script, transfers: &HashMap<Uetr, Transfer>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut table = Table::new(&["file", "end-to-end id", "uetr", "amount>", "status", "reason", ""]);
    for file in &script.files {
        for (transaction, ending) in file.transfers() {
            let transfer = transfers.get(&transaction.uetr);
            let status = transfer.map(|transfer| transfer.status);
            let good = status == Some(ending.status());
            if !good {
                let found = status.map_or("not recorded", TransferStatus::name);
                faults.push(format!(
                    "{} is {found}, expected {}",
                    transaction.uetr,
                    ending.status()
                ));
            }
            let amount = transfer.map(|transfer| transfer.terms.interbank_settlement_amount);
            let reason = transfer.and_then(|transfer| transfer.reason);
            let text = |value: Option<String>| Cell::from(value.unwrap_or_default());
            table.row([
                file.name.trim_end_matches(".pacs008.xml").into(),
                transaction.end_to_end_id.clone().into(),
                transaction.uetr.into(),
                text(amount.map(|amount| amount.to_string())),
                status.map_or(Cell::toned("not recorded", Tone::Bad), |status| {
                    Cell::toned(status, status_tone(status))
                }),
                text(reason.map(|reason| reason.to_string())),
                if good {
                    Cell::toned("as expected", Tone::Faint)
                } else {
                    Cell::toned("WRONG", Tone::Bad)
                },
            ]);
        }
    }
    print_page(|page| page.table(&table));
    faults
}

/// Escrow in the end is escrow before, less what was settled, plus what was received, returns the other way.
fn check_positions(
    setting: &Setting,
    told: &Told,
    before: &[PositionEntry],
    after: &[PositionEntry],
    transfers: &HashMap<Uetr, Transfer>,
) -> Vec<String> {
    let mut faults = Vec::new();
    // What the contract counts as returned must be what was sent back.
    for (uetr, amount) in &told.returned {
        let returned = transfers.get(uetr).map(|transfer| transfer.returned_minor_units);
        if returned != Some(amount.minor_units) {
            faults.push(format!(
                "{uetr}: {amount} was sent back, the chain says {returned:?} minor units"
            ));
        }
    }
    for entry in after {
        let key = (entry.participant, entry.currency);
        let start = before
            .iter()
            .find(|entry| (entry.participant, entry.currency) == key);
        let start = start.map_or(0, |entry| entry.position.available);
        let moved = |side: fn(&Transfer) -> ParticipantId, amount: fn(&Transfer) -> u128| -> u128 {
            let theirs = transfers
                .values()
                .filter(|transfer| (side(transfer), transfer.terms.currency()) == key);
            theirs
                .filter(|transfer| transfer.status.has_settled())
                .map(amount)
                .sum()
        };
        let debtor = |transfer: &Transfer| transfer.terms.debtor_agent;
        let creditor = |transfer: &Transfer| transfer.terms.creditor_agent;
        let paid = moved(debtor, |transfer| transfer.terms.minor_units());
        let received = moved(creditor, |transfer| transfer.terms.minor_units());
        let got_back = moved(debtor, |transfer| transfer.returned_minor_units);
        let gave_back = moved(creditor, |transfer| transfer.returned_minor_units);
        let expected = (start + received + got_back).checked_sub(paid + gave_back);
        if expected != Some(entry.position.available) || entry.position.reserved != 0 {
            let name = setting.directory.name(entry.participant);
            let found = Money::new(entry.currency, entry.position.available);
            let reserved = Money::new(entry.currency, entry.position.reserved);
            faults.push(format!(
                "{name} has {found} and {reserved} reserved, expected {expected:?} minor units and none"
            ));
        }
    }
    let total = setting.deposits.len();
    if before.len() != total || after.len() != total {
        faults.push(format!(
            "{} positions before and {} after, expected {total}",
            before.len(),
            after.len()
        ));
    }
    faults
}

/// One pacs.002 from the creditor agent for each pacs.008, read back and compared.
fn write_reports(
    stage: &Stage,
    cast: &Cast,
    setting: &Setting,
    script: &Script,
    transfers: &HashMap<Uetr, Transfer>,
) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for side in sides(cast, setting, script)? {
        let transactions = &side.file.message.transactions;
        let reported = transactions.iter().map(|transaction| Reported {
            original: OriginalTransaction::of(transaction),
            transfer: transfers.get(&transaction.uetr).copied(),
            paid_at: None,
            refusal: None,
            unrecorded_at: None,
        });
        let from = setting.directory.agent(side.creditor.id);
        let to = setting.directory.agent(side.debtor.id);
        let about = vec![OriginalGroup::of(&side.file.message)];
        let text = message::status_report(from, to, about, reported.collect())?;
        let report = pacs002::read(text.as_bytes(), &Limits::default())?;
        for (transaction, ending) in side.file.transfers() {
            let line = report
                .transactions
                .iter()
                .find(|line| line.original.uetr == Some(transaction.uetr));
            let said = line
                .and_then(|line| line.status.as_ref())
                .map(|status| status.code());
            if said != Some(ending.status().iso_code()) {
                let text = format!("the report on {} says {said:?}", transaction.uetr);
                return Err(Failure::new(
                    Exit::Mismatch,
                    "demo.report",
                    text,
                    "Please report this.",
                ));
            }
        }
        let path = stage
            .demo
            .out
            .join(side.file.name.replace(".pacs008.", ".pacs002."));
        message::write(&path, &text)?;
        paths.push(path);
    }
    Ok(paths)
}

fn verdict(stage: &Stage, script: &Script, faults: Vec<String>) -> Result<(), Failure> {
    let seconds = stage.started.elapsed().as_secs();
    if faults.is_empty() {
        let total = script.transfers().count();
        stage.step(&format!(
            "All {total} transfers are as expected, conservation holds ({seconds} s in all)"
        ));
        return Ok(());
    }
    let text = format!(
        "{} things are not as they should be:\n  {}",
        faults.len(),
        faults.join("\n  ")
    );
    Err(Failure::new(
        Exit::Mismatch,
        "demo.mismatch",
        text,
        "Please report this.",
    ))
}

/// Where to look next.
pub fn hints(stage: &Stage, settlement: Address, devnet: Option<&Devnet>) {
    let (url, out) = (&stage.url, stage.demo.out.display());
    if devnet.is_some() && !stage.demo.keep {
        stage.note("With --keep the chain goes on, for an explorer and for the corridor command.");
        return;
    }
    stage.step("Where to look");
    stage.note(format!(
        "explorer  https://polkadot.js.org/apps/?rpc={url}#/explorer"
    ));
    stage.note(format!(
        "contract  {}, metadata {}",
        AddressText(settlement),
        stage.demo.contracts.join("settlement.json").display()
    ));
    if let Some(devnet) = devnet {
        stage.note(format!("log       {}", devnet.log().display()));
    }
    let corridor = std::env::current_exe().map_or("corridor".into(), |path| {
        path.with_file_name("corridor").display().to_string()
    });
    stage.note(format!("ask       {corridor} --config {out}/boc.toml positions"));
    stage.note(format!(
        "          {corridor} --config {out}/cup.toml watch --from-block 1"
    ));
}

fn show(answer: &impl Answer) {
    print_page(|page| answer.print(page));
}

fn print_page(write: impl FnOnce(&mut Page)) {
    let mut page = Page::new(colour(&std::io::stdout()));
    write(&mut page);
    for line in page.finish().lines() {
        println!("    {line}");
    }
}
