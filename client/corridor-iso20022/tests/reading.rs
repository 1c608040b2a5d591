//! What is taken: versions, envelopes, prefixes, agents, and UETRs that are derived.

mod common;

use common::{agent, sample_text, valid};
use corridor_core::Currency;
use corridor_iso20022::pacs008::{self, CustomerCreditTransfer, Purpose};
use corridor_iso20022::{Account, ErrorKind, Limits};

fn read(text: &str) -> CustomerCreditTransfer {
    pacs008::read(text.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn code(text: &str) -> &'static str {
    pacs008::read(text.as_bytes(), &Limits::default())
        .expect_err("to be refused")
        .code()
}

/// A transaction's text of `valid.xml` without its UETRs.
fn without_uetrs() -> String {
    let text = valid();
    let mut kept = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("<UETR>") {
        kept.push_str(before);
        rest = after.split_once("</UETR>").expect("an end").1;
    }
    kept + rest
}

#[test]
fn every_version_from_08_on_is_read() {
    for version in 8..=14 {
        let name = format!("pacs.008.001.{version:02}");
        assert_eq!(read(&valid().replace("pacs.008.001.08", &name)).version, version);
    }
    for name in [
        "pacs.008.001.07",
        "pacs.008.001.15",
        "pacs.008.001.99",
        "pacs.008.002.08",
        "pacs.008.001.8",
    ] {
        assert_eq!(
            code(&valid().replace("pacs.008.001.08", name)),
            "unsupported-version",
            "{name}"
        );
    }
    for name in ["pacs.009.001.08", "pacs.0081.001.08", "camt.056.001.08", ""] {
        assert_eq!(
            code(&valid().replace("pacs.008.001.08", name)),
            "unsupported-message",
            "{name}"
        );
    }
}

#[test]
fn a_version_newer_than_the_tables_may_have_elements_they_lack() {
    let text = valid().replace("<ChrgBr>DEBT", "<NewIn14><A>x</A></NewIn14><ChrgBr>DEBT");
    assert_eq!(code(&text), "unexpected-element");
    let newer = text.replace("pacs.008.001.08", "pacs.008.001.14");
    assert_eq!(read(&newer).transactions.len(), 2);
    let incomplete = newer.replace("<ChrgBr>DEBT</ChrgBr>", "");
    assert_eq!(code(&incomplete), "missing-element");
}

#[test]
fn the_way_it_is_written_does_not_matter() {
    let plain = read(&valid());
    let one_line: String = valid().lines().map(str::trim).collect();
    let bom = format!("\u{feff}{}", valid());
    let no_declaration = valid().split_once('\n').expect("lines").1.to_owned();
    let windows = valid().replace('\n', "\r\n");
    let comments = valid()
        .replace("<ChrgBr>", "<!-- who pays --><ChrgBr>")
        .replace(
            "<Nm>Bai Lu</Nm>",
            "<Nm><![CDATA[Bai]]> <!-- - -->&#76;&#x75;</Nm>",
        )
        .replace("<Document", "<?stylesheet none?><Document");
    let prefixed = {
        let text = valid().replace("<Document xmlns", "<Document xmlns:p");
        text.replace("</", "<//")
            .replace('<', "<p:")
            .replace("<p://", "</p:")
            .replace("<p:?", "<?")
    };
    for (name, text) in [
        ("one line", one_line),
        ("byte order mark", bom),
        ("no declaration", no_declaration),
        ("carriage returns", windows),
        ("comments", comments),
        ("prefixed", prefixed),
    ] {
        assert_eq!(read(&text), plain, "{name}");
    }
    let newer = read(&valid().replace("pacs.008.001.08", "pacs.008.001.13"));
    assert_eq!(
        newer.transactions, plain.transactions,
        "the version leaves no trace in the canonical form"
    );
}

#[test]
fn an_envelope_may_be_any() {
    let document = valid().split_once('\n').expect("lines").1.to_owned();
    let plain = read(&valid());
    for (open, close) in [
        ("<RequestPayload>", "</RequestPayload>"),
        (
            "<s:DataPDU xmlns:s=\"urn:swift:saa:xsd:saa.2.0\"><s:Body>",
            "</s:Body></s:DataPDU>",
        ),
        ("<Wrapper xmlns=\"urn:some:wrapper\"><Note>x</Note>", "</Wrapper>"),
    ] {
        assert_eq!(read(&format!("{open}{document}{close}")), plain, "{open}");
    }
}

#[test]
fn supplementary_data_of_another_namespace_is_passed_over_but_not_forgotten() {
    let extra = "<SplmtryData><Envlp><x:Any xmlns:x=\"urn:x\">a <x:b/> c</x:Any></Envlp></SplmtryData>";
    let with = |extra: &str| {
        valid().replace(
            "</Cdtr>\n    </CdtTrfTxInf>",
            &format!("</Cdtr>{extra}</CdtTrfTxInf>"),
        )
    };
    let plain = read(&valid());
    let extended = read(&with(extra));
    assert_eq!(extended.transactions[0].uetr, plain.transactions[0].uetr);
    assert_ne!(
        extended.transactions[0].canonical_form,
        plain.transactions[0].canonical_form
    );
    let changed = read(&with(&extra.replace(" c<", " d<")));
    assert_ne!(
        changed.transactions[0].canonical_form,
        extended.transactions[0].canonical_form
    );
    let other_prefix = read(&with(&extra.replace("x:", "y:").replace("xmlns:x", "xmlns:y")));
    assert_eq!(
        other_prefix.transactions[0].canonical_form,
        extended.transactions[0].canonical_form
    );
}

#[test]
fn the_canonical_form_is_that_of_one_transfer_not_of_its_message() {
    let plain = read(&valid());
    let again = read(&valid().replace("BOC-TEST-0001", "BOC-TEST-0002"));
    assert_eq!(
        again.transactions, plain.transactions,
        "sent again in another message"
    );
    let changes = [
        ("Qin Rui", "Qin Rue"),
        (">100.00<", ">100.01<"),
        ("<IntrBkSttlmDt>2026-11-24", "<IntrBkSttlmDt>2026-11-25"),
        ("<BICFI>CHUPCNSHXXX", "<BICFI>CHUPCNSH"),
        ("SHAR", "CRED"),
    ];
    for (from, to) in changes {
        let text = valid().replacen(from, to, 1).replace(">1350.50<", ">1350.51<");
        let text = if from.starts_with('>') {
            text
        } else {
            text.replace(">1350.51<", ">1350.50<")
        };
        let changed = read(&text);
        assert_ne!(
            changed.transactions[0].canonical_form, plain.transactions[0].canonical_form,
            "{from} -> {to}"
        );
    }
}

#[test]
fn parties_accounts_purpose_and_remittance_are_read() {
    let message = read(&sample_text("cup-to-boc-hkd.pacs008.xml"));
    let transaction = &message.transactions[2];
    assert_eq!(
        transaction.debtor_name.as_deref(),
        Some("Dalian Fisheries Cooperative")
    );
    assert_eq!(
        transaction.creditor_account,
        Some(Account::Iban("GB90BKCH40508412345678".into()))
    );
    assert_eq!(transaction.purpose, Some(Purpose::Code("GDDS".into())));
    assert_eq!(transaction.remittance, ["Nets and floats"]);
    assert_eq!(
        message.group_header.expires_at.as_ref().map(|time| time.as_str()),
        Some("2026-11-26T03:20:00Z")
    );
    let ordered = &read(&sample_text("boc-to-cup-hkd.pacs008.xml")).transactions[1];
    assert_eq!(
        ordered.instructed_amount.map(|amount| amount.currency),
        Some(Currency::CNY)
    );
    assert_eq!(ordered.interbank_settlement_amount.currency, Currency::HKD);
    assert_eq!(ordered.interbank_settlement_date.days_since_epoch(), 20_782);
}

#[test]
fn who_settles_is_the_instructing_and_instructed_agent_wherever_they_stand() {
    let from_header = read(&valid());
    let drop = |text: String, name: &str| {
        let start = text.find(&format!("<{name}>")).expect("there");
        let end = text.find(&format!("</{name}>")).expect("there") + name.len() + 3;
        format!("{}{}", &text[..start], &text[end..])
    };
    let bare = drop(drop(valid(), "InstgAgt"), "InstdAgt");
    let from_banks = read(&bare);
    assert_eq!(from_header.transactions[0].instructing_agent, agent("BKCHCNBJ"));
    assert_eq!(from_banks.transactions[0].instructing_agent, agent("BKCHCNBJ"));
    assert_eq!(from_banks.transactions[0].instructed_agent, agent("CHUPCNSH"));
    let inner = "<InstgAgt><FinInstnId><BICFI>ICBKCNBJ</BICFI></FinInstnId></InstgAgt><Dbtr>";
    let from_transaction = read(&bare.replacen("<Dbtr>", inner, 1));
    assert_eq!(
        from_transaction.transactions[0].instructing_agent,
        agent("ICBKCNBJ")
    );
    assert_eq!(from_transaction.transactions[0].debtor_agent, agent("BKCHCNBJ"));
    assert_eq!(
        from_transaction.transactions[1].instructing_agent,
        agent("BKCHCNBJ")
    );
}

#[test]
fn a_bank_behind_the_settling_one_may_be_only_named() {
    let named = "<CdtrAgt><FinInstnId><Nm>Village Credit Union</Nm></FinInstnId></CdtrAgt>";
    let text = valid().replace(
        "<CdtrAgt><FinInstnId><BICFI>CHUPCNSHXXX</BICFI></FinInstnId></CdtrAgt>",
        named,
    );
    let creditor_agent = &read(&text).transactions[0].creditor_agent;
    assert_eq!(creditor_agent.identifiers(), []);
    assert_eq!(creditor_agent.name(), Some("Village Credit Union"));
}

#[test]
fn a_derived_uetr_is_the_same_for_the_same_message_and_for_no_other() {
    let first = read(&without_uetrs());
    assert!(first
        .transactions
        .iter()
        .all(|one| one.uetr_derived && one.uetr.validate().is_ok()));
    assert_ne!(first.transactions[0].uetr, first.transactions[1].uetr);
    let again = read(
        &without_uetrs()
            .replace("09:30:00", "09:31:00")
            .replace("Qin Rui", "QIN RUI"),
    );
    assert_eq!(again.transactions[0].uetr, first.transactions[0].uetr);
    for (from, to) in [
        ("BOC-TEST-0001", "BOC-TEST-0002"),
        ("FIRST-1", "FIRST-2"),
        ("<EndToEndId>FIRST-1", "<InstrId>1</InstrId><EndToEndId>FIRST-1"),
        ("FIRST-1</EndToEndId>", "FIRST-1</EndToEndId><TxId>1</TxId>"),
        ("<IntrBkSttlmDt>2026-11-24", "<IntrBkSttlmDt>2026-11-25"),
        ("<BICFI>CHUPCNSHXXX", "<BICFI>CHUPCNSH300"),
    ] {
        let other = read(&without_uetrs().replacen(from, to, 1));
        assert_ne!(
            other.transactions[0].uetr, first.transactions[0].uetr,
            "{from} -> {to}"
        );
    }
}

#[test]
fn an_account_by_proxy_has_no_number() {
    let account = |inner: &str| {
        let text = valid().replacen("</Cdtr>", &format!("</Cdtr><CdtrAcct>{inner}</CdtrAcct>"), 1);
        pacs008::read(text.as_bytes(), &Limits::default())
            .map(|message| message.transactions[0].creditor_account.clone())
    };
    assert_eq!(account("<Prxy><Id>13800000000</Id></Prxy>"), Ok(None));
    let missing = account("<Nm>no number</Nm>").expect_err("nothing to pay to");
    assert_eq!(missing.kind(), &ErrorKind::MissingElement);
    let both = "<Id><IBAN>GB82WEST12345698765432</IBAN><Othr><Id>1</Id></Othr></Id>";
    assert!(account(both).is_err());
}
