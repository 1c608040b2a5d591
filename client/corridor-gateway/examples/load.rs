//! How long a gateway takes to answer 202: transfers at a steady rate, with the percentiles printed.
//!
//! ```text
//! cargo run -p corridor-gateway --example load -- http://127.0.0.1:8080 CREDITOR_AGENT [RATE] [SECONDS] [CURRENCY]
//! ```
//!
//! The API key is read from `CORRIDOR_API_KEY`. Each answer counts from the moment its request was due, so that a
//! stall is not hidden by requests that were never sent.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

/// One amount for all: the smallest.
const AMOUNT: &str = "0.01";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments
        .next()
        .ok_or("usage: load URL CREDITOR_AGENT [RATE] [SECONDS] [CURRENCY]")?;
    let agent = arguments.next().ok_or("missing argument: the creditor agent")?;
    let rate: u32 = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let seconds: u32 = arguments.next().map_or(Ok(10), |text| text.parse())?;
    let currency = arguments.next().unwrap_or("CNY".into());
    let key: Arc<str> = std::env::var("CORRIDOR_API_KEY")?.into();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let target: Arc<str> = format!("{}/v1/transfers", url.trim_end_matches('/')).into();

    let (start, step) = (Instant::now(), Duration::from_secs(1) / rate.max(1));
    let mut answers = Vec::new();
    for count in 0..rate.saturating_mul(seconds) {
        let due = start + step * count;
        tokio::time::sleep_until(due.into()).await;
        let (client, key, target) = (client.clone(), key.clone(), target.clone());
        let body = format!(
            r#"{{"uetr":"{}","end_to_end_id":"LOAD-{count}","creditor_agent":"{agent}","interbank_settlement_amount":{{"currency":"{currency}","decimal":"{AMOUNT}"}}}}"#,
            corridor_client::new_uetr()
        );
        answers.push(tokio::spawn(async move {
            let sent = client
                .post(&*target)
                .bearer_auth(&*key)
                .header("content-type", "application/json")
                .body(body)
                .send()
                .await;
            (
                sent.map(|answer| answer.status().as_u16()).unwrap_or_default(),
                due.elapsed(),
            )
        }));
    }
    let (mut times, mut others) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer.await? {
            (202, time) => times.push(time),
            (status, _) => others.push(status),
        }
    }
    times.sort_unstable();
    let at = |percent: usize| {
        times
            .get(times.len().saturating_mul(percent) / 100)
            .or(times.last())
            .copied()
    };
    println!(
        "sent {} in {} s at {rate}/s",
        times.len() + others.len(),
        start.elapsed().as_secs()
    );
    println!("202: {}, other answers: {}", times.len(), others.len());
    for percent in [50, 90, 95, 99] {
        println!("p{percent}: {:?}", at(percent).unwrap_or_default());
    }
    println!("max: {:?}", times.last().copied().unwrap_or_default());
    if let Some(status) = others.first() {
        return Err(format!("not all were taken; the first other answer was {status}").into());
    }
    Ok(())
}
