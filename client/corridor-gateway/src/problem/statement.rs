//! Why there is no statement, or no webhook, as a problem.

use super::Problem;
use axum::http::StatusCode;
use corridor_client::{core::ReasonCode, BlockRef};
use corridor_indexer::IndexError;
use corridor_statements::StatementError;

impl Problem {
    /// 404: not configured for this.
    #[must_use]
    pub fn no_index() -> Self {
        let hint = "Name the index that `corridor index` keeps as url under [index] in the configuration.";
        Self::new(
            StatusCode::NOT_FOUND,
            "gateway.no_index",
            "Not configured",
            "this gateway has no index, which statements are made from",
            hint,
        )
    }

    /// 503: the index has not come as far as the chain has.
    #[must_use]
    pub fn index_behind(index: BlockRef, chain: BlockRef) -> Self {
        let blocks = chain.number.saturating_sub(index.number);
        let seconds = chain.time_ms.saturating_sub(index.time_ms) / 1_000;
        let detail = format!(
            "the index is at block {}, the chain's last finalised block is {}: {blocks} blocks and {seconds} s behind",
            index.number, chain.number
        );
        let hint = "Try again when the index has caught up; see that its `corridor index` process runs.";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "gateway.index_behind",
            "The index is behind",
            detail,
            hint,
        )
        .because(ReasonCode::AG09)
        .after(1)
    }

    /// 503: the index is of something else than this gateway.
    #[must_use]
    pub fn other_index() -> Self {
        let hint = "Name the index of this gateway's own settlement contract as url under [index].";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "index.other_source",
            "Index unavailable",
            "the index is of another settlement contract",
            hint,
        )
    }
}

impl Problem {
    /// 409: what an idempotency key stands for is gone, and would not be made again by it.
    #[must_use]
    pub fn deleted_webhook(idempotency_key: &str, id: &str) -> Self {
        let detail =
            format!("the idempotency key {idempotency_key} made the webhook {id}, which was deleted since");
        let hint = "Use another Idempotency-Key to make another webhook.";
        Self::new(
            StatusCode::CONFLICT,
            "gateway.webhook_deleted",
            "The webhook was deleted",
            detail,
            hint,
        )
        .because(ReasonCode::DUPL)
    }
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        tracing::error!(%error, code = error.code(), "the index failed");
        let detail = "the index does not answer as it should";
        let problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            error.code(),
            "Index unavailable",
            detail,
            error.advice(),
        );
        let problem = problem.because(ReasonCode::AG09);
        match error.is_transient() {
            true => problem.after(1),
            false => problem,
        }
    }
}

impl From<StatementError> for Problem {
    fn from(error: StatementError) -> Self {
        let status = match &error {
            StatementError::Participant(_)
            | StatementError::Currency(_)
            | StatementError::NotBegun { .. }
            | StatementError::NotOver { .. }
            | StatementError::BeforeIndex { .. } => StatusCode::NOT_FOUND,
            StatementError::NoHeader(_) | StatementError::TooMany(_) => StatusCode::UNPROCESSABLE_ENTITY,
            // Not the asker's doing: the index is damaged, or not to be relied on.
            StatementError::Message(_) | StatementError::Problems { .. } | StatementError::TooLarge(_) => {
                tracing::error!(%error, "a statement cannot be relied on");
                StatusCode::SERVICE_UNAVAILABLE
            }
            StatementError::Index(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        match error {
            StatementError::Index(error) => error.into(),
            error => Self::new(
                status,
                error.code(),
                "No such statement",
                error.to_string(),
                error.advice(),
            )
            .because(ReasonCode::DT01),
        }
    }
}
