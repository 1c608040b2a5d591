//! The CSV a batch comes from: `uetr,creditor_agent,amount[,message_digest]`.

use super::faults::Fault;
use crate::Failure;
use corridor_client::core::{AgentId, Currency, Money, ParticipantId, Uetr};
use sha2::{Digest, Sha256};
use std::collections::{hash_map::Entry, HashMap};

/// Separates derived UETRs from every other digest in the system.
const DOMAIN: &[u8] = b"corridor/batch-uetr/v1";

/// One payment of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its line, counted from 1; the heading is line 1.
    pub line: usize,
    /// As given, or derived from the file's content and the line.
    pub uetr: Uetr,
    /// Who is paid.
    pub creditor_agent: AgentId,
    /// How much: above zero, and within 64 bits of minor units.
    pub minor_units: u64,
    /// As given, or zeros.
    pub message_digest: [u8; 32],
}

/// What a file has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The payments that can be read.
    pub rows: Vec<Row>,
    /// The lines that cannot.
    pub faults: Vec<Fault>,
}

/// The digest a file is recognised by.
#[must_use]
pub fn file_digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Reads every row.
///
/// # Errors
/// [`Exit::Message`](crate::Exit::Message) for a file that is none of rows under a heading.
pub fn read(bytes: &[u8], currency: Currency, debtor: ParticipantId) -> Result<Sheet, Failure> {
    let digest = file_digest(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| refused(&format!("it is not UTF-8: {error}")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text
        .lines()
        .zip(1usize..)
        .filter(|(line, _)| !line.trim().is_empty());
    let (heading, _) = lines.next().ok_or_else(|| refused("it is empty"))?;
    let columns = Columns::read(heading).map_err(|fault| refused(&fault))?;
    let (mut rows, mut faults, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    for (text, line) in lines {
        let derived = || derive(&digest, debtor, line);
        let fault = |uetr, reason| Fault { line, uetr, reason };
        match columns.row(text, line, currency, derived) {
            Ok(row) => match seen.entry(row.uetr) {
                Entry::Vacant(entry) => {
                    entry.insert(line);
                    rows.push(row);
                }
                Entry::Occupied(first) => {
                    let reason = format!("its UETR is that of line {}", first.get());
                    faults.push(fault(Some(row.uetr), reason));
                }
            },
            Err(reason) => faults.push(fault(columns.uetr_of(text), reason)),
        }
    }
    if rows.is_empty() && faults.is_empty() {
        return Err(refused("it has a heading and no row"));
    }
    Ok(Sheet { rows, faults })
}

fn refused(fault: &str) -> Failure {
    let advice = "Nothing was submitted. The first line is uetr,creditor_agent,amount or \
                  uetr,creditor_agent,amount,message_digest; each further line is a payment.";
    Failure::message(
        "cli.batch_file",
        format!("the batch file cannot be used: {fault}"),
        advice,
    )
}

/// The UETR of a row that has none: the same file gives the same one each time.
///
/// As for a pacs.008 without UETRs: SHA-256, first 16 bytes, marked as a UUID of version 4.
#[must_use]
pub fn derive(file_digest: &[u8; 32], debtor: ParticipantId, line: usize) -> Uetr {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update([0]);
    hash.update(file_digest);
    hash.update(debtor.0.to_be_bytes());
    // A line number fits 64 bits on every platform there is.
    hash.update(u64::try_from(line).unwrap_or(u64::MAX).to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uetr::from_random_bytes(bytes)
}

/// Where each column is.
struct Columns {
    uetr: usize,
    creditor_agent: usize,
    amount: usize,
    message_digest: Option<usize>,
    count: usize,
}

impl Columns {
    fn read(heading: &str) -> Result<Self, String> {
        let names = fields(heading)?;
        let known = ["uetr", "creditor_agent", "amount", "message_digest"];
        for (at, name) in names.iter().enumerate() {
            let earlier = names.iter().take(at).any(|other| other == name);
            if !known.contains(&name.as_str()) || earlier {
                let kind = if earlier { "a repeated" } else { "an unknown" };
                return Err(format!("the heading has {kind} column {name:?}"));
            }
        }
        let at = |wanted: &str| names.iter().position(|name| name == wanted);
        let needed = |wanted: &str| at(wanted).ok_or_else(|| format!("the heading has no column {wanted}"));
        Ok(Self {
            uetr: needed("uetr")?,
            creditor_agent: needed("creditor_agent")?,
            amount: needed("amount")?,
            message_digest: at("message_digest"),
            count: names.len(),
        })
    }

    /// The UETR of a line that may have other faults.
    fn uetr_of(&self, text: &str) -> Option<Uetr> {
        fields(text).ok()?.get(self.uetr)?.parse().ok()
    }

    fn row(
        &self,
        text: &str,
        line: usize,
        currency: Currency,
        derived: impl Fn() -> Uetr,
    ) -> Result<Row, String> {
        let fields = fields(text)?;
        if fields.len() != self.count {
            return Err(format!("{} fields instead of {}", fields.len(), self.count));
        }
        let field = |at: usize| fields.get(at).map_or("", String::as_str);
        let uetr = match field(self.uetr) {
            "" => derived(),
            text => text.parse().map_err(|error| format!("{text:?}: {error}"))?,
        };
        let agent = field(self.creditor_agent);
        let amount = field(self.amount);
        let money = Money::parse_decimal(currency, amount)
            .map_err(|error| format!("{amount:?} is no amount of {currency}: {error}"))?;
        let minor_units = u64::try_from(money.minor_units).ok().filter(|units| *units > 0);
        let message_digest = match self.message_digest.map(field) {
            None | Some("") => [0; 32],
            Some(text) => {
                hash(text).ok_or_else(|| format!("{text:?} is no digest of 64 hexadecimal digits"))?
            }
        };
        Ok(Row {
            line,
            uetr,
            creditor_agent: agent.parse().map_err(|error| format!("{agent:?}: {error}"))?,
            minor_units: minor_units.ok_or_else(|| format!("an item cannot be {money}"))?,
            message_digest,
        })
    }
}

/// 32 bytes in hexadecimal digits, with or without `0x`.
#[must_use]
pub fn hash(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode_to_slice(digits, &mut bytes).ok().map(|()| bytes)
}

/// The fields of a line (RFC 4180, without line breaks inside of quotes), blanks around them left out.
fn fields(line: &str) -> Result<Vec<String>, String> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let start = rest.trim_start();
        let (field, after) = match start.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (field, after) = rest.split_at(end);
                (field.trim().to_owned(), after)
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// The text up to the closing quote, and what follows from the next comma on.
fn unquote(text: &str) -> Result<(String, &str), String> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"').ok_or("a quote is not closed")?;
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => {
                let after = after.trim_start();
                if after.is_empty() || after.starts_with(',') {
                    return Ok((field, after));
                }
                return Err("text follows a closing quote".into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearing::faults::list;

    const US: ParticipantId = ParticipantId(0);
    const UETR: &str = "8a562c67-ca16-48ba-b074-65581be6f001";

    fn rows(text: &str) -> Result<Vec<Row>, String> {
        let sheet = read(text.as_bytes(), Currency::CNY, US).map_err(|failure| failure.message)?;
        match sheet.faults.is_empty() {
            true => Ok(sheet.rows),
            false => Err(list(&sheet.faults)),
        }
    }

    fn fault(text: &str) -> String {
        rows(text).expect_err(text)
    }

    #[test]
    fn rows_are_read_in_any_order_of_columns() {
        let digest = "ab".repeat(32);
        let text = format!(
            "\u{feff}amount,uetr,creditor_agent,message_digest\r\n1250.50,{UETR},CHUPCNSH,0x{digest}\r\n\r\n\"7\", ,\" HSBCHKHH\",\n"
        );
        // A quoted field keeps its blanks.
        assert!(fault(&text).contains("line 4"));
        let rows = rows(&text.replace("\" H", "\"H")).expect("in order");
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].line, rows[0].minor_units), (2, 125_050));
        assert_eq!(rows[0].uetr.to_string(), UETR);
        assert_eq!(rows[0].message_digest, [0xab; 32]);
        assert_eq!((rows[1].line, rows[1].minor_units), (4, 700));
        assert_eq!(rows[1].message_digest, [0; 32]);
        assert_eq!(rows[1].uetr.validate(), Ok(()));
    }

    #[test]
    fn absent_uetrs_follow_from_the_file() {
        let text = "uetr,creditor_agent,amount\n,CHUPCNSH,1\n,CHUPCNSH,1\n";
        let uetrs = |text: &str, debtor| {
            let sheet = read(text.as_bytes(), Currency::CNY, debtor).expect("in order");
            sheet.rows.iter().map(|row| row.uetr).collect::<Vec<Uetr>>()
        };
        let first = uetrs(text, US);
        assert_ne!(first[0], first[1]);
        assert_eq!(first, uetrs(text, US));
        assert_ne!(first, uetrs(text, ParticipantId(1)));
        assert_ne!(first[0], uetrs(&text.replace(",1\n", ",2\n"), US)[0]);
    }

    #[test]
    fn what_is_wrong_is_named_by_line() {
        let head = "uetr,creditor_agent,amount\n";
        for (rows, expected) in [
            (format!("{UETR},CHUPCNSH,1.234\n"), "\"1.234\" is no amount"),
            (format!("{UETR},CHUPCNSH,0\n"), ": an item cannot be CNY 0.00"),
            (format!("{UETR},CHUPCNSH,-1\n"), "line 2, UETR"),
            (format!("{UETR},CHUPCNSH\n"), "2 fields instead of 3"),
            ("x,CHUPCNSH,1\n".into(), "line 2: \"x\""),
            (",nobody at all,1\n".into(), "line 2: \"nobody at all\""),
            (
                format!("{UETR},CHUPCNSH,1\n{UETR},CHUPCNSH,1\n"),
                "is that of line 2",
            ),
            (",\"CHUPCNSH,1\n".into(), "a quote is not closed"),
            (",\"CHUPCNSH\"x,1\n".into(), "text follows a closing quote"),
            (String::new(), "no row"),
        ] {
            let told = fault(&format!("{head}{rows}"));
            assert!(told.contains(expected), "{told}");
        }
        assert!(fault("").contains("it is empty"));
        assert!(fault("uetr,amount\n").contains("no column creditor_agent"));
        assert!(fault("uetr,uetr,creditor_agent,amount\n").contains("a repeated column"));
        assert!(fault("uetr,creditor_agent,amount,note\n").contains("an unknown column \"note\""));
    }

    #[test]
    fn every_faulty_line_is_named_and_the_others_are_read() {
        let bad = format!("{UETR},CHUPCNSH,x\n");
        let text = format!("uetr,creditor_agent,amount\n{},CHUPCNSH,1\n", bad.repeat(125));
        let sheet = read(text.as_bytes(), Currency::CNY, US).expect("a heading");
        assert_eq!((sheet.rows.len(), sheet.faults.len()), (1, 125));
        assert_eq!(sheet.faults[124].line, 126);
        assert_eq!(sheet.faults[124].uetr, UETR.parse().ok());
        assert_eq!(list(&sheet.faults).lines().count(), 125);
    }
}
