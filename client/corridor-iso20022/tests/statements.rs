//! A statement ties or is refused, whichever way it goes; other banks' statements are read.

mod common;

use common::statements::{a_statement, a_statement_message};
use corridor_core::{Currency, Money};
use corridor_iso20022::statement::{
    to_csv, to_json, BalanceKind, CreditDebit, EntryBatch, EntryKind, EntryStatus, Statement,
    StatementMessage,
};
use corridor_iso20022::{camt052, camt053, camt054, Account, Iso20022Error, Limits};
use proptest::prelude::*;

fn golden() -> String {
    let path = format!("{}/tests/golden/day.camt053.xml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("there")
}

fn read(text: &str) -> Result<StatementMessage, Iso20022Error> {
    camt053::read(text.as_bytes(), &Limits::default())
}

fn day() -> StatementMessage {
    read(&golden()).expect("valid")
}

#[test]
fn a_wrong_statement_is_refused_at_its_element() {
    for (from, to, code, path) in [
        // One digit of any amount, and an entry less.
        ("2252091.45", "2252091.46", "balances-do-not-tie", "Stmt[1]"),
        (
            "<Amt Ccy=\"CNY\">88.80",
            "<Amt Ccy=\"CNY\">88.81",
            "control-sum",
            "TxsSummry/TtlNtries/Sum",
        ),
        (
            "<Sum>784389.55",
            "<Sum>784389.56",
            "control-sum",
            "TxsSummry/TtlNtries/Sum",
        ),
        (
            "<NbOfNtries>4<",
            "<NbOfNtries>5<",
            "number-of-entries",
            "TxsSummry/TtlDbtNtries/NbOfNtries",
        ),
        ("<Cd>PDNG<", "<Cd>BOOK<", "balances-do-not-tie", "Stmt[1]"),
        // Which balance is which.
        ("<Cd>CLBD<", "<Cd>XPCD<", "missing-element", "Stmt[1]/Bal"),
        ("<Cd>OPBD<", "<Cd>OPAV<", "missing-element", "Stmt[1]/Bal"),
        // One currency.
        (
            "<Amt Ccy=\"CNY\">500000.00",
            "<Amt Ccy=\"HKD\">500000.00",
            "other-currency",
            "Stmt[1]",
        ),
        ("<Ccy>CNY<", "<Ccy>HKD<", "other-currency", "Stmt[1]"),
        ("<Ccy>CNY<", "<Ccy>cny<", "invalid-currency", "Stmt[1]/Acct/Ccy"),
        (
            "<Amt Ccy=\"CNY\">88.80",
            "<Amt Ccy=\"CNY\">88.805",
            "invalid-amount",
            "Stmt[1]/Ntry[3]/Amt",
        ),
        // Types and places.
        (">DBIT<", ">DEBT<", "invalid-value", "Stmt[1]/Ntry[2]/CdtDbtInd"),
        (
            "<NtryRef>2-2</NtryRef>",
            "<NtryRef>2-2</NtryRef><X/>",
            "unexpected-element",
            "Stmt[1]/Ntry[2]/X",
        ),
        (
            "<ElctrncSeqNb>328",
            "<ElctrncSeqNb>3.28",
            "invalid-value",
            "Stmt[1]/ElctrncSeqNb",
        ),
        (
            "<Id>ESCROW-1-CNY-20261124</Id>",
            "",
            "missing-element",
            "Stmt[1]/Id",
        ),
        ("<Acct>", "<Acct/><Acct>", "missing-element", "Stmt[1]/Acct/Id"),
        (
            "<MsgId>STMT-20261124-1</MsgId>",
            "",
            "missing-element",
            "GrpHdr/MsgId",
        ),
        // Evidence of ours is read exactly.
        (
            "<Ref>2-2<",
            "<Ref>3-2<",
            "invalid-value",
            "Stmt[1]/Ntry[2]/NtryDtls/TxDtls/Refs/Prtry[2]/Ref",
        ),
        (
            "<Ref>2<",
            "<Ref>02<",
            "invalid-value",
            "Stmt[1]/Ntry[2]/NtryDtls/TxDtls/Refs/Prtry[1]/Ref",
        ),
        (
            "<Tp>CORRIDOR/BLOCKHASH/2<",
            "<Tp>OTHER<",
            "missing-element",
            "Stmt[1]/Ntry[1]/NtryDtls/TxDtls/Refs/Prtry",
        ),
    ] {
        let text = golden().replacen(from, to, 1);
        assert!(text != golden(), "{from} is not in the sample");
        let error = read(&text).expect_err(to);
        assert_eq!(error.code(), code, "{from} -> {to}: {error}");
        let place = error.path().trim_start_matches("Document/BkToCstmrStmt/");
        assert!(
            place == path || place.ends_with(&format!("/{path}")),
            "{from} -> {to}: {error}"
        );
    }
}

#[test]
fn an_error_names_line_and_transfer() {
    let text = golden().replacen("<Amt Ccy=\"CNY\">88.80", "<Amt Ccy=\"CNY\">88.805", 1);
    let error = read(&text).expect_err("three decimals");
    let line = error.position().expect("a place").line;
    assert!(text
        .lines()
        .nth(line - 1)
        .is_some_and(|line| line.contains("88.805")));
    let transaction = error.transaction().expect("an entry");
    assert_eq!(transaction.index, 3);
    assert_eq!(transaction.end_to_end_id.as_deref(), Some("=1+1, \"quoted\""));
    let tie = read(&golden().replacen("2252091.45", "2252091.46", 1)).expect_err("does not tie");
    assert_eq!(
        tie.to_string().split(": ").nth(1),
        Some(
            "the opening balance is CNY 2000000.00, the booked entries add up to CNY 252091.45, and the closing \
             balance is CNY 2252091.46. Check that no entry is missing or doubled, then correct the balance."
        )
    );
}

/// A statement as another bank may write it: overdrawn, in pages of its own words, no currency of the account,
/// no summary.
const FOREIGN: &str = r#"<c:Document xmlns:c="urn:iso:std:iso:20022:tech:xsd:camt.053.001.10"><c:BkToCstmrStmt>
  <c:GrpHdr><c:MsgId>M1</c:MsgId><c:CreDtTm>2026-11-24T18:00:00+08:00</c:CreDtTm></c:GrpHdr>
  <c:Stmt>
    <c:Id>S1</c:Id>
    <c:Acct><c:Id><c:IBAN>GB82WEST12345698765432</c:IBAN></c:Id>
      <c:Ownr><c:Nm>Harbour Bank</c:Nm><c:Id><c:OrgId><c:Othr><c:Id>104100000004</c:Id><c:Issr>CNAPS</c:Issr></c:Othr></c:OrgId></c:Id></c:Ownr>
    </c:Acct>
    <c:Bal><c:Tp><c:CdOrPrtry><c:Cd>PRCD</c:Cd></c:CdOrPrtry></c:Tp><c:Amt Ccy="HKD">10.00</c:Amt><c:CdtDbtInd>CRDT</c:CdtDbtInd><c:Dt><c:Dt>2026-11-23</c:Dt></c:Dt></c:Bal>
    <c:Bal><c:Tp><c:CdOrPrtry><c:Cd>CLBD</c:Cd></c:CdOrPrtry></c:Tp><c:Amt Ccy="HKD">15.50</c:Amt><c:CdtDbtInd>DBIT</c:CdtDbtInd><c:Dt><c:Dt>2026-11-24</c:Dt></c:Dt></c:Bal>
    <c:Ntry><c:Amt Ccy="HKD">25.50</c:Amt><c:CdtDbtInd>DBIT</c:CdtDbtInd><c:Sts><c:Cd>BOOK</c:Cd></c:Sts>
      <c:BkTxCd><c:Prtry><c:Cd>NTRF</c:Cd></c:Prtry></c:BkTxCd>
      <c:NtryDtls><c:Btch><c:NbOfTxs>2</c:NbOfTxs></c:Btch>
        <c:TxDtls><c:Refs><c:UETR>8a562c67-ca16-48ba-b074-65581be6f001</c:UETR></c:Refs><c:RltdPties><c:Dbtr><c:Pty><c:Nm>A</c:Nm></c:Pty></c:Dbtr></c:RltdPties></c:TxDtls>
        <c:TxDtls><c:Refs><c:Prtry><c:Tp>OWN</c:Tp><c:Ref>7</c:Ref></c:Prtry></c:Refs></c:TxDtls></c:NtryDtls>
    </c:Ntry>
    <c:AddtlStmtInf>[block=1] is no evidence</c:AddtlStmtInf>
  </c:Stmt>
</c:BkToCstmrStmt></c:Document>"#;

#[test]
fn another_banks_statement_is_read() {
    let message = read(FOREIGN).expect("valid");
    let [statement] = &message.statements[..] else {
        panic!("one statement");
    };
    assert_eq!(message.version, 10);
    assert_eq!(statement.account.currency.as_str(), "HKD");
    assert_eq!(
        statement.account.id,
        Account::Iban("GB82WEST12345698765432".into())
    );
    let owner = statement.account.owner.as_ref().expect("an owner");
    assert_eq!(owner.identifiers()[0].to_string(), "CNAPS:104100000004");
    let opening = statement.opening.as_ref().expect("one");
    assert_eq!(opening.kind, BalanceKind::PreviouslyClosedBooked);
    assert_eq!(
        statement.closing.as_ref().and_then(|one| one.signed()),
        Some(-1_550)
    );
    assert_eq!(statement.entries[0].details.len(), 2);
    // Its batch is read as it is: what it does not say is not missed.
    let batch = statement.entries[0].batch.as_ref().expect("a batch");
    assert_eq!((batch.transactions, batch.total), (Some(2), None));
    assert_eq!(statement.entries[0].code.kind(), None);
    assert_eq!(statement.evidence, None);
    assert_eq!(statement.additional.as_deref(), Some("[block=1] is no evidence"));
    assert!(to_csv(statement).expect("ties").contains("NTRF"));
}

#[test]
fn another_banks_batch_need_not_add_up_and_in_pieces_is_none() {
    let other = FOREIGN.replacen("<c:NbOfTxs>2<", "<c:NbOfTxs>7<", 1);
    let message = read(&other).expect("its own customs");
    let batch = message.statements[0].entries[0].batch.as_ref().expect("a batch");
    assert_eq!(batch.transactions, Some(7));
    let pieces = FOREIGN.replacen(
        "</c:NtryDtls>",
        "</c:NtryDtls><c:NtryDtls><c:Btch><c:NbOfTxs>3</c:NbOfTxs></c:Btch></c:NtryDtls>",
        1,
    );
    let message = read(&pieces).expect("valid");
    assert_eq!(message.statements[0].entries[0].batch, None);
    assert_eq!(message.statements[0].entries[0].details.len(), 2);
    let late = FOREIGN.replacen(
        "<c:NbOfTxs>2</c:NbOfTxs>",
        "<c:NbOfTxs>2</c:NbOfTxs><c:MsgId>1</c:MsgId>",
        1,
    );
    assert_eq!(read(&late).expect_err("order").code(), "wrong-order");
    let long = FOREIGN.replacen("<c:NbOfTxs>2<", "<c:NbOfTxs>1234567890123456<", 1);
    assert_eq!(read(&long).expect_err("16 digits").code(), "text-too-long");
}

#[test]
fn a_batch_that_does_not_fit_or_tie_is_not_written() {
    type Change = fn(&mut EntryBatch);
    let changes: [(&str, &str, Change); 6] = [
        ("text-too-long", "PmtInfId", |batch| {
            batch.reference = Some("x".repeat(36))
        }),
        ("text-too-long", "MsgId", |batch| {
            batch.message_id = Some("x".repeat(36))
        }),
        ("invalid-value", "NbOfTxs", |batch| {
            batch.transactions = Some(u64::MAX)
        }),
        ("batch-total", "NtryDtls", |batch| {
            batch.total = Some(Money::new(Currency::CNY, 1))
        }),
        ("batch-total", "NtryDtls", |batch| {
            batch.side = Some(CreditDebit::Debit)
        }),
        ("other-currency", "NtryDtls", |batch| {
            batch.total = Some(Money::new(Currency::HKD, 1))
        }),
    ];
    let mut message = day();
    let entry = &mut message.statements[0].entries[0];
    entry.batch = Some(EntryBatch {
        message_id: Some("M".into()),
        reference: Some("BATCH-0-1".into()),
        transactions: Some(1),
        total: Some(entry.amount),
        side: Some(CreditDebit::Credit),
    });
    let text = camt053::write(&message).expect("ties");
    assert_eq!(read(&text).as_ref(), Ok(&message));
    for (code, place, change) in changes {
        let mut wrong = message.clone();
        change(wrong.statements[0].entries[0].batch.as_mut().expect("one"));
        let error = camt053::write(&wrong).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.path().ends_with(place), "{error}");
    }
}

#[test]
fn many_entries_fit_where_each_part_is_small() {
    let one = FOREIGN.find("    <c:Ntry>").expect("there");
    let end = FOREIGN.find("    <c:AddtlStmtInf>").expect("there");
    let entry = FOREIGN[one..end].replace("25.50", "0.00");
    let text = format!("{}{}{}", &FOREIGN[..end], entry.repeat(2_000), &FOREIGN[end..]);
    let few = Limits {
        elements_per_part: 40,
        ..Limits::default()
    };
    let message = camt053::read(text.as_bytes(), &few).expect("each entry is small");
    assert_eq!(message.statements[0].entries.len(), 2_001);
    let fewer = Limits {
        transactions: 2_000,
        ..Limits::default()
    };
    let error = camt053::read(text.as_bytes(), &fewer).expect_err("too many");
    assert_eq!(error.code(), "limit-passed");
}

#[test]
fn what_does_not_tie_is_not_written() {
    type Change = fn(&mut Statement);
    let changes: [(&str, Change); 10] = [
        ("balances-do-not-tie", |one| {
            one.entries[0].amount.minor_units += 1
        }),
        ("balances-do-not-tie", |one| {
            one.entries[0].side = CreditDebit::Debit
        }),
        ("balances-do-not-tie", |one| {
            one.entries.pop();
            one.entries.pop();
        }),
        ("balances-do-not-tie", |one| {
            one.entries[0].status = EntryStatus::Pending
        }),
        ("other-currency", |one| {
            one.entries[0].amount = Money::new(Currency::HKD, 1)
        }),
        ("other-currency", |one| one.account.currency = Currency::HKD),
        ("other-currency", |one| {
            one.further_balances[0].amount.currency = Currency::HKD
        }),
        ("sum-too-large", |one| {
            one.entries[5].amount.minor_units = u128::MAX
        }),
        ("missing-element", |one| one.opening = None),
        ("missing-element", |one| one.closing = None),
    ];
    for (at, (code, change)) in changes.into_iter().enumerate() {
        let mut message = day();
        change(&mut message.statements[0]);
        // A pending entry is summed up all the same.
        if at == 7 {
            message.statements[0].entries[5].status = EntryStatus::Booked;
        }
        let error = camt053::write(&message).expect_err(code);
        assert_eq!(error.code(), code, "{at}: {error}");
        if code != "missing-element" {
            let statement = &message.statements[0];
            assert_eq!(to_csv(statement).expect_err(code).code(), code, "{at}");
            assert_eq!(to_json(statement).expect_err(code).code(), code, "{at}");
        }
    }
}

#[test]
fn what_could_not_be_read_is_not_written() {
    type Change = fn(&mut StatementMessage);
    let changes: [(&str, Change); 9] = [
        ("missing-element", |message| message.statements.clear()),
        ("text-too-long", |message| {
            message.statements[0].id = "x".repeat(36)
        }),
        ("text-too-long", |message| {
            message.statements[0].additional = Some("x".repeat(300));
        }),
        ("invalid-value", |message| {
            message.statements[0].sequence_number = Some(u64::MAX)
        }),
        ("invalid-value", |message| {
            let kind = BalanceKind::ClosingAvailable;
            message.statements[0].closing.as_mut().expect("one").kind = kind;
        }),
        ("invalid-value", |message| {
            let kind = BalanceKind::ClosingBooked;
            message.statements[0].opening.as_mut().expect("one").kind = kind;
        }),
        ("text-too-long", |message| {
            message.statements[0].entries[5].status = EntryStatus::Other("BOOKED".into());
        }),
        ("header-mismatch", |message| message.version = 9),
        ("unsupported-version", |message| message.version = 2),
    ];
    for (code, change) in changes {
        let mut message = day();
        change(&mut message);
        let error = camt053::write(&message).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
    }
    let mut notification = day();
    notification.business_header = None;
    let error = camt054::write(&notification).expect_err("balances");
    assert_eq!(error.code(), "unexpected-element");
    let mut report = day();
    report.business_header = None;
    report.statements[0].closing = None;
    report.statements[0].further_balances[0].kind = BalanceKind::InterimBooked;
    let error = camt052::write(&report).expect_err("the closing balance among the others");
    assert_eq!(error.code(), "invalid-value");
}

#[test]
fn each_kind_of_entry_is_known_again() {
    for kind in EntryKind::ALL {
        for side in [CreditDebit::Credit, CreditDebit::Debit] {
            let mut code = kind.code(side);
            assert_eq!(code.kind(), Some(kind));
            code.proprietary.as_mut().expect("ours").issuer = Some("OTHER".into());
            assert_eq!(code.kind(), None, "another issuer's code");
        }
    }
}

/// Reads what [`to_csv`] writes, as RFC 4180 has it.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let (mut quoted, mut characters) = (false, csv.chars().peekable());
    while let Some(character) = characters.next() {
        let row = rows.last_mut().expect("one");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                row.last_mut().expect("one").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => rows.push(vec![String::new()]),
            other => row.last_mut().expect("one").push(other),
        }
    }
    rows.pop();
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_statement_off_by_anything_is_refused(
        mut message in a_statement_message("camt.053"),
        off in 1u128..1_000_000,
        which in any::<prop::sample::Index>(),
    ) {
        let which = which.index(message.statements.len());
        let closing = message.statements[which].closing.as_mut().expect("one");
        closing.amount.minor_units += off;
        let error = camt053::write(&message).expect_err("does not tie");
        prop_assert_eq!(error.code(), "balances-do-not-tie");
    }

    #[test]
    fn the_csv_adds_up_line_by_line(statement in a_statement()) {
        let csv = to_csv(&statement).expect("ties");
        let rows = rows(&csv);
        prop_assert_eq!(rows.len(), statement.entries.len() + 3);
        let column = |name: &str| rows[0].iter().position(|one| one == name).expect("a column");
        let units = |text: &str| text.replace('.', "").parse::<i128>().expect("an amount");
        let mut balance = None;
        for row in &rows[1..] {
            prop_assert_eq!(row.len(), rows[0].len());
            let shown = units(&row[column("balance")]);
            let moved = row[column("record")] == "entry" && row[column("status")] == "BOOK";
            let amount = if moved { units(&row[column("amount")]) } else { 0 };
            prop_assert_eq!(balance.unwrap_or(shown) + amount, shown);
            balance = Some(shown);
        }
        prop_assert_eq!(balance, statement.closing.and_then(|one| one.signed()));
    }

    #[test]
    fn the_json_says_every_entry(statement in a_statement()) {
        let json = to_json(&statement).expect("ties");
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let entries = value["entries"].as_array().expect("a list");
        prop_assert_eq!(entries.len(), statement.entries.len());
        for (entry, shown) in statement.entries.iter().zip(entries) {
            let amount = entry.amount.to_decimal();
            prop_assert_eq!(shown["amount"].as_str(), Some(&*amount));
            prop_assert_eq!(shown["side"].as_str(), Some(entry.side.code()));
            let transactions = shown["transactions"].as_array().map_or(0, Vec::len);
            prop_assert_eq!(transactions, entry.details.len());
        }
    }
}
