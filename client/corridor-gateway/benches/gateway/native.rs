//! Native transfers through subxt as it comes: what there is to compare with.

use futures::{stream, StreamExt, TryStreamExt};
use std::{
    error::Error,
    time::{Duration, Instant},
};
use subxt::{
    config::{substrate::SubstrateConfig, DefaultExtrinsicParamsBuilder},
    dynamic,
    utils::{AccountId32, MultiAddress},
    OnlineClient,
};
use subxt_signer::sr25519::{dev, Keypair};

/// Sends transfers from several keys, so many at a time in all, until all are finalised.
pub async fn transfers(url: &str, count: usize, at_a_time: usize) -> Result<Duration, Box<dyn Error>> {
    let client = OnlineClient::<SubstrateConfig>::from_insecure_url(url).await?;
    let keys = [dev::bob(), dev::charlie(), dev::dave(), dev::eve()];
    let mut jobs = Vec::new();
    for key in &keys {
        let account = AccountId32(key.public_key().0);
        let first = client
            .at_current_block()
            .await?
            .transactions()
            .account_nonce(&account)
            .await?;
        let each = u64::try_from(count / keys.len())?;
        jobs.extend((first..first + each).map(|nonce| (nonce, key)));
    }
    // Each key's in order, the keys side by side.
    jobs.sort_by_key(|(nonce, _)| *nonce);
    let started = Instant::now();
    stream::iter(jobs.into_iter().map(|(nonce, key)| transfer(&client, key, nonce)))
        .buffered(at_a_time)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(started.elapsed())
}

async fn transfer(
    client: &OnlineClient<SubstrateConfig>,
    key: &Keypair,
    nonce: u64,
) -> Result<(), Box<dyn Error>> {
    let to = MultiAddress::<AccountId32, u32>::Id(AccountId32(dev::ferdie().public_key().0));
    let call = dynamic::tx("Balances", "transfer_keep_alive", (to, 1_000_000_000u128));
    let params = DefaultExtrinsicParamsBuilder::new().nonce(nonce).build();
    let block = client.at_current_block().await?;
    let sent = block
        .transactions()
        .sign_and_submit_then_watch(&call, key, params)
        .await?;
    sent.wait_for_finalized_success().await?;
    Ok(())
}
