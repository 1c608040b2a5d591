//! pacs.028: what became of transfers, answered from the finalised head.

use super::report::report_on;
use crate::{app::App, problem::Problem};
use corridor_client::core::{Seconds, Transfer, Uetr};
use corridor_iso20022::{
    pacs002::TransactionReport,
    pacs028::{self, PaymentStatusRequest},
    Limits, OriginalTransaction,
};
use futures::{stream, StreamExt, TryStreamExt};

/// Transfers asked for at a time.
const AT_A_TIME: usize = 16;

/// What is recorded of the transfers that a pacs.028 names.
pub struct Status {
    request: PaymentStatusRequest,
    /// The finalised block as of which it is.
    pub as_of: u64,
    /// Each transfer, as the request names it.
    pub transactions: Vec<TransactionReport>,
}

/// Reads a pacs.028 and what is recorded. Unknown is not failed: a transfer that is not recorded has no status.
///
/// # Errors
/// 422 for a message that cannot be read or names a transfer by anything but its UETR; 503 where the chain cannot be asked.
pub async fn answer(app: &App, body: &[u8], limits: &Limits) -> Result<Status, Problem> {
    let request = pacs028::read(body, limits)?;
    let asked = asked(&request)?;
    // First: what is not recorded now was not recorded at this block.
    let as_of = app.backend.head().await?.number;
    let uetrs = asked.iter().map(|(uetr, _)| Some(*uetr)).collect();
    let standings = standings(app, uetrs).await?;
    let transactions = asked.into_iter().zip(standings);
    let transactions = transactions.map(|((_, original), standing)| match standing {
        Some((transfer, paid_at)) => TransactionReport::of(original, &transfer).paid(paid_at),
        None => TransactionReport::unrecorded(original, as_of),
    });
    Ok(Status {
        transactions: transactions.collect(),
        request,
        as_of,
    })
}

impl Status {
    /// The pacs.002 that says it, to whoever asked.
    ///
    /// # Errors
    /// 500 for a field that does not fit the standard.
    pub fn into_xml(self, app: &App) -> Result<String, Problem> {
        let PaymentStatusRequest {
            instructing_agent,
            groups,
            ..
        } = self.request;
        report_on(
            &app.config.participant,
            instructing_agent,
            groups,
            self.transactions,
        )
    }
}

/// What is recorded under each UETR, in their order.
pub(super) async fn recorded(app: &App, uetrs: Vec<Uetr>) -> Result<Vec<Option<Transfer>>, Problem> {
    let queries = stream::iter(uetrs).map(|uetr| app.backend.transfer(uetr));
    Ok(queries.buffered(AT_A_TIME).try_collect().await?)
}

/// A recorded transfer, with when its window was settled where it is a netted one: then it is settled.
pub(super) type Standing = (Transfer, Option<Seconds>);

/// Where each of these transfers stands, in their order; `None` where it is not recorded, or none is asked for.
pub(super) async fn standings(app: &App, uetrs: Vec<Option<Uetr>>) -> Result<Vec<Option<Standing>>, Problem> {
    let standing = |uetr: Option<Uetr>| async move {
        let Some(uetr) = uetr else { return Ok(None) };
        let Some(transfer) = app.backend.transfer(uetr).await? else {
            return Ok(None);
        };
        let paid_at = app.backend.paid_at(&transfer).await?;
        Ok::<_, corridor_client::Error>(Some((transfer, paid_at)))
    };
    let queries = stream::iter(uetrs).map(standing);
    Ok(queries.buffered(AT_A_TIME).try_collect().await?)
}

/// The transfers a request names, each as it names it.
fn asked(request: &PaymentStatusRequest) -> Result<Vec<(Uetr, OriginalTransaction)>, Problem> {
    if request.transactions.is_empty() {
        return Err(Problem::invalid(
            "OrgnlGrpInf: whole messages are not recorded; name each transfer in a TxInf with its OrgnlUETR",
        ));
    }
    let (mut asked, mut faults) = (Vec::new(), Vec::new());
    for (index, one) in (1usize..).zip(&request.transactions) {
        match one.original.uetr {
            Some(uetr) => asked.push((uetr, one.original.clone())),
            None => faults.push(format!(
                "transaction {index}: it has no OrgnlUETR, so it names no transfer"
            )),
        }
    }
    match faults.is_empty() {
        true => Ok(asked),
        false => Err(Problem::transactions(&faults, request.transactions.len())),
    }
}
