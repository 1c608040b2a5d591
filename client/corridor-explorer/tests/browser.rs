//! What headless Chromium makes of the pages: light and dark, on a desk and on a phone.
//!
//! Screenshots are left in the target directory, under `tmp/screenshots`.

#[path = "support/browser.rs"]
mod chromium;
mod support;

use chromium::{Browser, Look};
use corridor_client::core::{Currency, Money, SettlementMethod, Uetr};
use corridor_explorer::Explorer;
use serde_json::Value;
use std::{fs, path::Path};
use support::{
    ledger::Ledger,
    story::{self, play, PARTICIPANTS},
    Indexed,
};

const LOOKS: [Look; 3] = [
    Look {
        name: "light",
        width: 1_280,
        height: 900,
        phone: false,
        scheme: "light",
    },
    Look {
        name: "dark",
        width: 1_280,
        height: 900,
        phone: false,
        scheme: "dark",
    },
    PHONE,
];

const PHONE: Look = Look {
    name: "phone",
    width: 390,
    height: 844,
    phone: true,
    scheme: "light",
};

/// What sticks out of the window, by element.
const OVERFLOW: &str = r#"(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter(node => node.getBoundingClientRect().right > clientWidth);
  return `${scrollWidth - clientWidth} pixels: ` + out.slice(-3).map(node => node.outerHTML.slice(0, 120)).join(" ");
})()"#;

/// Texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, level AA).
const PALE: &str = r#"(() => {
  const parse = text => { const n = text.match(/[\d.]+/g).map(Number); return { rgb: n.slice(0, 3), alpha: n[3] ?? 1 }; };
  const linear = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.alpha === 1) return colour.rgb;
    }
    return [255, 255, 255];
  };
  const pale = [];
  for (const node of document.body.querySelectorAll('*')) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility()) continue;
    const text = light(parse(getComputedStyle(node).color).rgb), back = light(behind(node));
    const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    if (contrast < 4.5) pale.push(`${node.tagName} ${node.className} "${node.textContent.trim().slice(0, 30)}" ${contrast.toFixed(2)}`);
  }
  return pale.join('; ');
})()"#;

/// Fields nobody can name, pictures nobody can describe, headings that skip a level.
const UNNAMED: &str = r#"(() => {
  const faults = [];
  for (const field of document.querySelectorAll('input:not([type=hidden]), select'))
    if (!field.labels.length) faults.push(`no label: ${field.name}`);
  for (const image of document.images) if (!image.hasAttribute('alt')) faults.push('no alt');
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
  if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(heading => Number(heading.tagName[1]));
  for (let i = 1; i < levels.length; i++) if (levels[i] > levels[i - 1] + 1) faults.push(`h${levels[i - 1]} to h${levels[i]}`);
  return faults.join('; ');
})()"#;

struct Seen {
    uetr: Uetr,
    window: String,
    batch: String,
    quote: String,
    head: u64,
}

/// Busy days of three participants, ended by a transfer of 1,250.50 of which a part is returned.
fn story() -> (Ledger, Seen) {
    let mut ledger = play(11, 160);
    let uetr = Uetr::from_random_bytes([0x42; 16]);
    let amount = Money::new(Currency::CNY, 125_050);
    let terms = story::terms(
        &ledger,
        PARTICIPANTS[0],
        PARTICIPANTS[1],
        amount,
        SettlementMethod::Gross,
    );
    assert!(ledger.instruct(uetr, terms));
    ledger.seal(6);
    assert!(ledger.accept(uetr));
    ledger.seal(6);
    assert!(ledger.give_back(uetr, 25_050));
    ledger.seal(6);
    ledger.seal(6);
    let (currency, window) = ledger.windows.keys().next_back().expect("a window");
    let (agent, number) = ledger.batches.keys().next_back().expect("a batch");
    let quote = ledger.quotes.keys().next_back().expect("a quote");
    let reference: String = quote
        .reference
        .0
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let seen = Seen {
        uetr,
        window: format!("/windows/{currency}/{window}"),
        batch: format!("/batches/{}/{number}", agent.0),
        quote: format!("/quotes/{}/0x{reference}", quote.provider.0),
        head: ledger.blocks.last().expect("blocks").block.number,
    };
    (ledger, seen)
}

/// The explorer at a port of its own, until the test ends.
async fn serve(indexed: &Indexed) -> String {
    let (tell, told) = tokio::sync::oneshot::channel();
    let explorer = Explorer::new(indexed.index());
    let address = ([127, 0, 0, 1], 0).into();
    tokio::spawn(explorer.serve(address, |address| tell.send(address).expect("somebody listens")));
    format!("http://{}", told.await.expect("it serves"))
}

fn keep(name: &str, picture: &[u8]) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    fs::create_dir_all(&directory).expect("a directory");
    fs::write(directory.join(name), picture).expect("written");
}

/// Width and height of a PNG.
fn size(picture: &[u8]) -> (u32, u32) {
    assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
    let number = |from: usize| u32::from_be_bytes(picture[from..from + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_readable_in_light_and_dark_on_a_desk_and_on_a_phone() {
    let (ledger, seen) = story();
    let indexed = Indexed::of(&ledger).await;
    let site = serve(&indexed).await;
    let mut browser = Browser::start();
    let head = seen.head.to_string();
    let transfer = format!("/transfers/{}", seen.uetr);
    let uetr = seen.uetr.to_string();
    let pages = [
        (
            "overview",
            "/",
            vec!["Last block", head.as_str(), "In escrow", "CNY", uetr.as_str()],
        ),
        (
            "transfer",
            transfer.as_str(),
            vec!["1,250.50", "BKCHCNBJ", "CHUPCNSH", "Life line", "AC04", "Beijing"],
        ),
        (
            "window",
            seen.window.as_str(),
            vec!["Net positions", "add up to zero", "HSBCHKHH"],
        ),
    ];
    let mut backgrounds = Vec::new();
    for look in LOOKS {
        for (name, path, facts) in &pages {
            let of = format!("{name}, {}", look.name);
            browser.open(&format!("{site}{path}"), look);
            let text = browser.evaluate("document.body.innerText");
            let text = text.as_str().expect("text");
            for fact in facts {
                assert!(text.contains(fact), "{of}: no {fact} in {text}");
            }
            assert_eq!(browser.evaluate(OVERFLOW), "", "{of} is wider than its window");
            assert_eq!(browser.evaluate(PALE), "", "{of}: too little contrast");
            assert_eq!(browser.evaluate(UNNAMED), "", "{of}");
            let picture = browser.screenshot();
            assert_eq!(size(&picture), (look.width, look.height), "{of}");
            // An empty page of this size has a few thousand bytes.
            assert!(picture.len() > 15_000, "{of}: {} bytes", picture.len());
            keep(&format!("{name}-{}.png", look.name), &picture);
        }
        backgrounds.push(browser.evaluate("getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(backgrounds[0], backgrounds[1], "dark is not light");
    assert_eq!(backgrounds[0], backgrounds[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_wider_than_a_phone() {
    let (ledger, seen) = story();
    let indexed = Indexed::of(&ledger).await;
    let site = serve(&indexed).await;
    let mut browser = Browser::start();
    let block = seen.head - 1;
    for path in [
        "/transfers".to_owned(),
        "/participants".into(),
        "/participants/0".into(),
        "/participants/0/legs?currency=CNY".into(),
        "/currencies/CNY".into(),
        "/windows".into(),
        "/batches".into(),
        seen.batch,
        "/quotes".into(),
        seen.quote,
        "/queue?currency=CNY".into(),
        "/tariffs".into(),
        "/limits".into(),
        "/blocks".into(),
        format!("/blocks/{block}"),
        "/extrinsics".into(),
        format!("/extrinsics/{block}-0"),
        format!("/events/{block}-0"),
        "/problems".into(),
        "/search?q=thiswordisverylongandhasnospacesandnobodyhasevercalledanythinglikethisbefore".into(),
    ] {
        for (scheme, width) in [("light", 320), ("light", PHONE.width), ("dark", PHONE.width)] {
            let look = Look {
                scheme,
                width,
                ..PHONE
            };
            browser.open(&format!("{site}{path}"), look);
            assert_eq!(browser.evaluate(OVERFLOW), "", "{path} at {width} pixels");
            assert_eq!(
                browser.evaluate(PALE),
                "",
                "{path}, {scheme}: too little contrast"
            );
            assert_eq!(browser.evaluate(UNNAMED), "", "{path}");
        }
        let name = path
            .split('?')
            .next()
            .unwrap_or_default()
            .trim_matches('/')
            .replace('/', "-");
        keep(&format!("phone-{name}.png"), &browser.screenshot());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_work_and_nothing_is_asked_of_anyone_else() {
    let (ledger, seen) = story();
    let indexed = Indexed::of(&ledger).await;
    let site = serve(&indexed).await;
    let mut browser = Browser::start();
    browser.open(&site, LOOKS[0]);
    let field = format!(
        "document.getElementById('q').value = '{}'; document.querySelector('form').submit()",
        seen.uetr
    );
    browser.evaluate(&field);
    browser.wait(&format!(
        "location.pathname === '/transfers/{}' && document.readyState === 'complete'",
        seen.uetr
    ));
    let asked =
        browser.evaluate("JSON.stringify(performance.getEntriesByType('resource').map(entry => entry.name))");
    let asked: Vec<String> = serde_json::from_str(asked.as_str().expect("text")).expect("JSON");
    assert!(
        !asked.is_empty() && asked.iter().all(|address| address.starts_with(&site)),
        "{asked:?}"
    );
    // The policy keeps scripts from running even where one were let in.
    let injected =
        "(() => { const script = document.createElement('script'); script.text = 'window.ran = true'; \
                    document.body.append(script); return window.ran === true; })()";
    assert_eq!(browser.evaluate(injected), Value::Bool(false));
}
