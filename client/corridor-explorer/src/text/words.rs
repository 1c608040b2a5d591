//! What codes of the index mean. One that a later version adds is shown as it is.

/// How good news something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Waiting,
    Bad,
    Neutral,
}

impl Tone {
    /// Its class in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Waiting => "waiting",
            Self::Bad => "bad",
            Self::Neutral => "neutral",
        }
    }

    /// Of a status of anything.
    pub(crate) fn of(status: &str) -> Self {
        match status {
            "settled" | "accepted" | "usable" | "paid" => Self::Good,
            "pending" | "netted" | "queued" | "open" | "reserved" | "due" => Self::Waiting,
            "rejected" | "cancelled" | "expired" | "aborted" | "failed" | "suspended" | "withdrawn" => {
                Self::Bad
            }
            _ => Self::Neutral,
        }
    }
}

/// Statuses of transfers, as filters offer them.
pub(crate) const STATUSES: [&str; 9] = [
    "pending",
    "settled",
    "netted",
    "queued",
    "rejected",
    "cancelled",
    "expired",
    "partly returned",
    "returned",
];

/// What a change of a transfer means.
pub(crate) fn change(change: &str) -> Option<&'static str> {
    Some(match change {
        "instructed" => "The debtor agent instructed the transfer.",
        "settled" => "The creditor agent accepted. The money moved: final.",
        "netted" => "The creditor agent accepted. Booked in a settlement window, and paid with it.",
        "queued" => "The creditor agent accepted, and the debtor agent\u{2019}s cover did not suffice: it waits in the queue.",
        "rejected" => "The creditor agent refused. Nothing moved.",
        "cancelled" => "The debtor agent took it back before it was accepted. Nothing moved.",
        "expired" => "Nobody accepted it in time. Nothing moved.",
        "returned" => "The creditor agent sent money back.",
        _ => return None,
    })
}

/// ISO 20022 charge bearer codes.
pub(crate) fn charge_bearer(code: &str) -> &'static str {
    match code {
        "DEBT" => "borne by the debtor",
        "CRED" => "borne by the creditor",
        "SHAR" => "shared",
        "SLEV" => "following the service level",
        _ => "",
    }
}

/// What settlement methods mean.
pub(crate) fn method(method: &str) -> &'static str {
    match method {
        "gross" => "each transfer by itself, at once",
        "net" => "with all others of its settlement window",
        "payment_versus_payment" => "both currencies at once, or neither",
        "queued" => "at once where there is cover, otherwise from the queue",
        _ => "",
    }
}

/// What a leg of an exchange or of a fee is for.
pub(crate) fn purpose(purpose: &str) -> String {
    let text = match purpose {
        "debited" => "what the debtor agent pays",
        "credited" => "what the creditor agent is paid",
        "debtor_fee" => "the debtor agent\u{2019}s fee",
        "creditor_fee" => "the creditor agent\u{2019}s fee",
        "sent_back" => "what the creditor agent sends back",
        "given_back" => "what the debtor agent gets back",
        other => return plain(other),
    };
    text.into()
}

/// What a fee's status means.
pub(crate) fn fee(status: &str) -> &'static str {
    match status {
        "due" => "to be paid out of what the creditor agent is credited",
        "reserved" => "held until settlement",
        "paid" => "paid with the settlement",
        "released" => "not paid: the transfer did not settle",
        _ => "",
    }
}

/// Names of the index as words: `window_settlement`.
pub(crate) fn plain(name: &str) -> String {
    name.replace('_', " ")
}
