//! What a command ends with when it did not do what was asked: a code for programs, a sentence for people,
//! what to do about it, and the exit code.

use corridor_client::core::Error as Refusal;
use corridor_iso20022::Iso20022Error;
use serde::Serialize;
use std::{fmt::Display, path::Path};

/// How the process ends. The numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything asked for was done, or had been done before.
    Done = 0,
    /// A fault of this program.
    Internal = 1,
    /// Wrong arguments or a wrong configuration file.
    Usage = 2,
    /// The settlement or the token contract refuses: nothing was changed.
    Refused = 3,
    /// What was asked for does not exist.
    NotFound = 4,
    /// Sent, and not seen to be final in time.
    Unknown = 5,
    /// The node cannot be reached, or does not answer as it should.
    Chain = 6,
    /// A message file cannot be read, is invalid, or does not fit what is recorded.
    Message = 7,
    /// The signing key cannot be used.
    Key = 8,
    /// The client's store cannot be used.
    Store = 9,
    /// The chain did not carry it out.
    Failed = 10,
    /// A check did not hold.
    Mismatch = 11,
    /// Stopped by Ctrl-C or SIGTERM.
    Interrupted = 130,
}

impl Exit {
    /// Every exit code with what it means, as `corridor --help` lists them.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Done, "done, or had been done before"),
        (Self::Internal, "a fault of this program: please report it"),
        (Self::Usage, "wrong arguments or configuration"),
        (Self::Refused, "refused by a contract; nothing was changed"),
        (
            Self::NotFound,
            "no such transfer, participant, currency or contract",
        ),
        (
            Self::Unknown,
            "outcome unknown: sent, but not seen to be final in time; `corridor resume` finds out",
        ),
        (Self::Chain, "the node cannot be reached or does not fit"),
        (
            Self::Message,
            "a message file is invalid or does not fit what is recorded; nothing was submitted",
        ),
        (Self::Key, "the signing key cannot be used"),
        (Self::Store, "the client's store cannot be used"),
        (Self::Failed, "the chain did not carry it out"),
        (
            Self::Mismatch,
            "a check did not hold (conservation, verify, audit window, batch accept, statement, reconcile, demo)",
        ),
        (Self::Interrupted, "stopped by Ctrl-C or SIGTERM"),
    ];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The list for `--help`.
    #[must_use]
    pub fn help() -> String {
        let lines = Self::ALL.map(|(exit, meaning)| format!("  {:>3}  {meaning}", exit.code()));
        format!("Exit codes:\n{}", lines.join("\n"))
    }
}

/// Why a command did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The stable code, such as `contract.refused`.
    pub code: String,
    /// What was wrong.
    pub message: String,
    /// What to do about it.
    pub advice: String,
    /// Whether the same command may succeed later.
    pub transient: bool,
    /// The contract's own refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalView>,
    /// How the process ends.
    #[serde(rename = "exit_code", serialize_with = "exit_number")]
    pub exit: Exit,
}

/// A refusal of the settlement contract, as JSON shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RefusalView {
    /// The stable number.
    pub number: u8,
    /// The stable name.
    pub name: &'static str,
    /// The ISO 20022 reason; four characters.
    #[serde(serialize_with = "reason_text")]
    pub iso_reason: corridor_client::core::ReasonCode,
}

fn exit_number<S: serde::Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(exit.code())
}

fn reason_text<S: serde::Serializer>(
    reason: &corridor_client::core::ReasonCode,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(reason.as_str())
}

impl From<Refusal> for RefusalView {
    fn from(error: Refusal) -> Self {
        Self {
            number: error.number(),
            name: error.name(),
            iso_reason: error.iso_reason(),
        }
    }
}

impl Failure {
    /// A failure that will not mend itself.
    pub fn new(exit: Exit, code: &str, message: impl Display, advice: impl Display) -> Self {
        Self {
            code: code.into(),
            message: message.to_string(),
            advice: advice.to_string(),
            transient: false,
            refusal: None,
            exit,
        }
    }

    /// Wrong arguments or configuration.
    pub fn usage(code: &str, message: impl Display, advice: impl Display) -> Self {
        Self::new(Exit::Usage, code, message, advice)
    }

    /// Something that does not exist.
    pub fn not_found(code: &str, message: impl Display, advice: impl Display) -> Self {
        Self::new(Exit::NotFound, code, message, advice)
    }

    /// A message that does not fit.
    pub fn message(code: &str, message: impl Display, advice: impl Display) -> Self {
        Self::new(Exit::Message, code, message, advice)
    }

    /// A file that cannot be read or written.
    pub fn file(exit: Exit, verb: &str, path: &Path, error: &std::io::Error) -> Self {
        let message = format!("{} cannot be {verb}: {error}", path.display());
        Self::new(exit, "cli.file", message, "Check the path and its permissions.")
    }

    /// A fault of this program.
    pub fn internal(error: impl Display) -> Self {
        Self::new(Exit::Internal, "cli.internal", error, "Please report this.")
    }

    /// Stopped by a signal.
    #[must_use]
    pub fn interrupted() -> Self {
        let advice = "`corridor resume` completes what was signed, and says what became of it. Run it before you repeat a \
             command that has no reference, UETR or number, such as `account fund` or `deploy`.";
        Self::new(Exit::Interrupted, "cli.interrupted", "interrupted", advice)
    }

    /// What people look it up by: the contract's name for its refusal, else the code.
    #[must_use]
    pub fn name(&self) -> &str {
        self.refusal.map_or(self.code.as_str(), |refusal| refusal.name)
    }

    /// The same with the place it concerns in front.
    #[must_use]
    pub fn about(mut self, place: impl Display) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }
}

impl From<corridor_client::Error> for Failure {
    fn from(error: corridor_client::Error) -> Self {
        let code = error.code();
        let advice = match code {
            "corridor.no_key" => "Name a key with --key, CORRIDOR_KEY or [keys] in corridor.toml.",
            "corridor.no_settlement" => {
                "Name the contract with --settlement, CORRIDOR_SETTLEMENT or `settlement` in corridor.toml; \
                 `corridor deploy settlement` makes one."
            }
            "submit.unknown" | "submit.rejected" if !error.is_repeatable() => {
                "Do not assume it failed. Run `corridor resume`; do not repeat the command: that would be carried out as well."
            }
            "submit.unknown" => {
                "Do not assume it failed. Repeat the same command, or run `corridor resume`: both are safe."
            }
            "chain.unreachable" => {
                "Check that the node runs, and --url, CORRIDOR_URL or `url` in corridor.toml."
            }
            _ => error.advice(),
        };
        Self {
            code: code.into(),
            message: error.to_string(),
            advice: advice.into(),
            transient: error.is_transient(),
            refusal: error.refusal().map(RefusalView::from),
            exit: exit_of(code),
        }
    }
}

/// The exit code for one of the client library's stable codes.
fn exit_of(code: &str) -> Exit {
    match code {
        // It may have happened, or happen yet.
        "submit.unknown" | "submit.rejected" | "submit.unseen" | "submit.stopped" => Exit::Unknown,
        "contract.refused" => Exit::Refused,
        "contract.none" => Exit::NotFound,
        "chain.invalid_url" | "corridor.no_key" | "corridor.no_settlement" => Exit::Usage,
        _ => match code.split('.').next() {
            Some("chain") => Exit::Chain,
            Some("token") => Exit::Refused,
            Some("store") => Exit::Store,
            Some("key") => Exit::Key,
            Some("contract" | "submit") => Exit::Failed,
            _ => Exit::Internal,
        },
    }
}

impl From<corridor_client::KeyError> for Failure {
    fn from(error: corridor_client::KeyError) -> Self {
        corridor_client::Error::Key(error).into()
    }
}

impl From<&Iso20022Error> for Failure {
    fn from(error: &Iso20022Error) -> Self {
        // The message's own text ends with its advice; it is said once.
        let text = error.to_string();
        let message = text.strip_suffix(error.advice()).unwrap_or(&text).trim_end();
        let code = format!("iso20022.{}", error.code());
        Self::message(&code, message.trim_end_matches('.'), error.advice())
    }
}

impl From<Iso20022Error> for Failure {
    fn from(error: Iso20022Error) -> Self {
        Self::from(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::{ContractError, Error, SubmitError};
    use std::time::Duration;

    #[test]
    fn exit_codes_follow_the_library_codes() {
        let refused = Failure::from(Error::Contract(ContractError::Refused(
            Refusal::InsufficientFunds,
        )));
        assert_eq!(refused.exit, Exit::Refused);
        assert_eq!(refused.refusal.map(|refusal| refusal.number), Some(26));
        assert!(refused.transient);

        let unknown = Failure::from(Error::Submit(SubmitError::Unknown {
            operation: "accept".into(),
            waited: Duration::from_secs(120),
        }));
        assert_eq!(unknown.exit, Exit::Unknown);
        assert!(unknown.advice.contains("corridor resume"));
        assert!(unknown.advice.contains("both are safe"));
        let funded_perhaps = Failure::from(Error::Submit(SubmitError::Unknown {
            operation: "once:fund:2a".into(),
            waited: Duration::from_secs(120),
        }));
        assert_eq!(funded_perhaps.exit, Exit::Unknown);
        assert!(funded_perhaps.advice.contains("do not repeat"));
        assert_eq!(exit_of("submit.stopped"), Exit::Unknown);
        assert_eq!(exit_of("submit.never_signed"), Exit::Failed);

        assert_eq!(Failure::from(Error::NoKey).exit, Exit::Usage);
        assert_eq!(exit_of("chain.disconnected"), Exit::Chain);
        assert_eq!(exit_of("store.key_in_use"), Exit::Store);
        assert_eq!(exit_of("submit.failed"), Exit::Failed);
    }

    #[test]
    fn every_exit_code_is_documented_once() {
        let mut codes: Vec<u8> = Exit::ALL.map(|(exit, _)| exit.code()).to_vec();
        codes.dedup();
        assert_eq!(codes.len(), Exit::ALL.len());
        assert!(Exit::help().contains("130"));
    }
}
