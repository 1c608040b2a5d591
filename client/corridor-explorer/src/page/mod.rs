//! One file for each page.

pub(crate) mod batch;
pub(crate) mod batches;
pub(crate) mod block;
pub(crate) mod blocks;
pub(crate) mod currency;
pub(crate) mod event;
pub(crate) mod extrinsic;
pub(crate) mod extrinsics;
pub(crate) mod filter;
pub(crate) mod home;
pub(crate) mod layout;
pub(crate) mod legs;
pub(crate) mod limits;
pub(crate) mod operation;
pub(crate) mod participant;
pub(crate) mod participants;
pub(crate) mod place;
pub(crate) mod problems;
pub(crate) mod queue;
pub(crate) mod quote;
pub(crate) mod quotes;
pub(crate) mod search;
pub(crate) mod tariffs;
pub(crate) mod transfer;
pub(crate) mod transfers;
pub(crate) mod window;
pub(crate) mod windows;

use crate::{document::Document, failure::Failure};
use serde::Deserialize;

/// What a handler answers.
pub(crate) type Answer = Result<Document, Failure>;

/// Parameters of a list without filters.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Paged {
    pub(crate) after: Option<String>,
}

/// There is no such page.
pub(crate) async fn missing() -> Failure {
    Failure::unknown(
        "There is no such page",
        "Check the address, or search for a UETR, a block, a participant, a reference or a batch number.",
    )
}
