//! What is wrong with an ISO 20022 message, as a problem.

use super::Problem;
use axum::http::StatusCode;
use corridor_client::core::ReasonCode;
use corridor_iso20022::Iso20022Error;

impl Problem {
    /// 422: transactions of a message that read well and cannot be carried out. Nothing of the message is stored.
    #[must_use]
    pub fn transactions(faults: &[String], total: usize) -> Self {
        let (count, list) = (faults.len(), faults.join("; "));
        let detail = format!("{count} of {total} transactions cannot be carried out: {list}");
        let hint = "Nothing of the message was stored. Correct it, or have what is missing registered.";
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "gateway.transactions",
            "Not to be carried out",
            detail,
            hint,
        )
        .because(ReasonCode::FF01)
    }
}

impl From<Iso20022Error> for Problem {
    fn from(error: Iso20022Error) -> Self {
        // The message's own text ends with its advice; it is said once.
        let text = error.to_string();
        let detail = text.strip_suffix(error.advice()).unwrap_or(&text).trim_end();
        let code = format!("iso20022.{}", error.code());
        let title = "Not a valid message";
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            &code,
            title,
            detail,
            error.advice(),
        )
        .because(error.iso_reason());
        problem.0.element = Some(error.path().to_owned()).filter(|path| !path.is_empty());
        problem.0.line = error.position().map(|position| position.line);
        problem.0.transaction = error.transaction().map(|transaction| transaction.index);
        problem
    }
}
