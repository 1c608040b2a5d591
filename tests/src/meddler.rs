//! A way to a node on which its messages can be counted, kept back and changed.

use serde_json::{json, Value};
use std::collections::HashMap;
use std::io::{BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// Something the node says: an answer, with what it was asked, or a notification.
#[derive(Debug)]
pub struct Said {
    /// The method asked for, or the notification's name.
    pub method: String,
    /// What came with the question, or with the notification.
    pub params: Value,
    /// The message.
    pub message: Value,
}

/// What becomes of it.
#[derive(Debug)]
pub enum Fate {
    /// It passes as it is.
    Passes,
    /// It never arrives.
    Lost,
    /// Something else arrives.
    Becomes(Value),
}

type Rule = Box<dyn FnMut(Said) -> Fate + Send>;

/// Whether a question, by its method and parameters, reaches the node.
type Gate = Box<dyn FnMut(&str, &Value) -> bool + Send>;

/// Questions under way, by id.
type Asked = Arc<Mutex<HashMap<String, (String, Value)>>>;

/// The way. Everything passes until [`Meddler::rule`] is called.
pub struct Meddler {
    url: String,
    rule: Arc<Mutex<Rule>>,
    gate: Arc<Mutex<Gate>>,
}

impl Meddler {
    /// Opens a way to the node at a WebSocket URL.
    ///
    /// # Panics
    /// Where it cannot be opened: it is a failed test.
    #[must_use]
    pub fn before(node: &str) -> Self {
        let target = node.strip_prefix("ws://").expect("a WebSocket URL").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let rule: Arc<Mutex<Rule>> = Arc::new(Mutex::new(Box::new(|_| Fate::Passes)));
        let gate: Arc<Mutex<Gate>> = Arc::new(Mutex::new(Box::new(|_, _| true)));
        let (followed, guarded) = (rule.clone(), gate.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A node that is not there ends the connection, as it would without this.
                let Ok(node) = TcpStream::connect(&target) else {
                    continue;
                };
                // A connection that breaks is no news.
                let _ = carry(client, node, followed.clone(), guarded.clone());
            }
        });
        Self {
            url: format!("ws://{address}"),
            rule,
            gate,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on this decides what becomes of everything the node says.
    pub fn rule(&self, rule: impl FnMut(Said) -> Fate + Send + 'static) {
        *self.rule.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(rule);
    }

    /// From now on this decides which questions reach the node, by method and parameters. In place of another the node
    /// is asked for its name; the rule decides what becomes of the answer, as if it were the question's.
    pub fn gate(&self, gate: impl FnMut(&str, &Value) -> bool + Send + 'static) {
        *self.gate.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(gate);
    }

    /// From now on everything passes, both ways.
    pub fn let_pass(&self) {
        self.rule(|_| Fate::Passes);
        self.gate(|_, _| true);
    }
}

/// Carries a connection, both ways at once.
fn carry(client: TcpStream, node: TcpStream, rule: Arc<Mutex<Rule>>, gate: Arc<Mutex<Gate>>) -> Result<()> {
    client.set_nodelay(true)?;
    node.set_nodelay(true)?;
    let asked = Asked::default();
    let (to_node, to_client) = (node.try_clone()?, client.try_clone()?);
    let questions = asked.clone();
    std::thread::spawn(move || {
        let _ = pass(client, to_node, |text| Some(ask(&questions, &gate, text)));
    });
    std::thread::spawn(move || {
        let _ = pass(node, to_client, |text| decide(&asked, &rule, text));
    });
    Ok(())
}

/// Notes a question, and answers what the node is asked.
fn ask(asked: &Asked, gate: &Mutex<Gate>, text: &str) -> String {
    let question: Value = serde_json::from_str(text).unwrap_or_default();
    let method = question["method"].as_str().unwrap_or_default().to_owned();
    let (id, params) = (question["id"].clone(), question["params"].clone());
    let reaches = gate.lock().unwrap_or_else(PoisonError::into_inner)(&method, &params);
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    asked.insert(id.to_string(), (method, params));
    match reaches {
        true => text.to_owned(),
        false => json!({ "jsonrpc": "2.0", "id": id, "method": "system_name", "params": [] }).to_string(),
    }
}

fn decide(asked: &Asked, rule: &Mutex<Rule>, text: &str) -> Option<String> {
    let message: Value = serde_json::from_str(text).unwrap_or_default();
    let question = asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&message["id"].to_string());
    let (method, params) = question.unwrap_or_else(|| {
        let method = message["method"].as_str().unwrap_or_default().to_owned();
        (method, message["params"].clone())
    });
    let said = Said {
        method,
        params,
        message,
    };
    match rule.lock().unwrap_or_else(PoisonError::into_inner)(said) {
        Fate::Passes => Some(text.to_owned()),
        Fate::Lost => None,
        Fate::Becomes(message) => Some(message.to_string()),
    }
}

/// Passes on the handshake and then every frame; texts go through `change`.
fn pass(from: TcpStream, mut to: TcpStream, mut change: impl FnMut(&str) -> Option<String>) -> Result<()> {
    let mut from = BufReader::new(from);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        from.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    to.write_all(&head)?;
    loop {
        let frame = Frame::read(&mut from)?;
        let changed = match frame.text() {
            Some(text) => match change(&text) {
                Some(changed) if changed != text => Frame::saying(&changed, frame.is_masked()),
                Some(_) => frame,
                None => continue,
            },
            None => frame,
        };
        to.write_all(&changed.bytes)?;
    }
}

/// A frame as RFC 6455 has it.
struct Frame {
    bytes: Vec<u8>,
    /// Where its content starts.
    start: usize,
    mask: [u8; 4],
}

/// First byte of a whole text.
const TEXT: u8 = 0x81;

/// Bit of the second byte of what a client sends.
const MASKED: u8 = 0x80;

impl Frame {
    fn read(from: &mut impl Read) -> Result<Self> {
        let mut bytes = vec![0; 2];
        from.read_exact(&mut bytes)?;
        let (short, is_masked) = (bytes[1] & 0x7f, bytes[1] & MASKED != 0);
        let more = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mut length = vec![0; more];
        from.read_exact(&mut length)?;
        let long = length
            .iter()
            .fold(0, |sum: u64, byte| (sum << 8) | u64::from(*byte));
        bytes.extend(&length);
        let mut mask = [0; 4];
        if is_masked {
            from.read_exact(&mut mask)?;
            bytes.extend(mask);
        }
        let length = if more == 0 { u64::from(short) } else { long };
        let start = bytes.len();
        let end = start + usize::try_from(length).expect("a message fits into memory");
        bytes.resize(end, 0);
        from.read_exact(&mut bytes[start..])?;
        Ok(Self { bytes, start, mask })
    }

    fn text(&self) -> Option<String> {
        if self.bytes[0] != TEXT {
            return None;
        }
        let content = self.bytes[self.start..].iter().zip(self.mask.iter().cycle());
        String::from_utf8(content.map(|(byte, mask)| byte ^ mask).collect()).ok()
    }

    fn is_masked(&self) -> bool {
        self.bytes[1] & MASKED != 0
    }

    /// A frame as a node sends it, or a client: with a mask, of zeros here.
    fn saying(text: &str, masked: bool) -> Self {
        let length = u64::try_from(text.len()).expect("no longer than memory");
        let mut bytes = vec![TEXT, if masked { MASKED | 127 } else { 127 }];
        bytes.extend(length.to_be_bytes());
        if masked {
            bytes.extend([0; 4]);
        }
        let start = bytes.len();
        bytes.extend(text.as_bytes());
        Self {
            bytes,
            start,
            mask: [0; 4],
        }
    }
}
