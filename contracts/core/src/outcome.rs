//! What a command did: recorded something new, or found that it had been done before.

/// The answer of an idempotent rule.
///
/// A bank may repeat any command for ever (a lost reply, a crash, a resend by the network). The first
/// time the rule returns what to write; every later time, with the same terms, it returns what was
/// recorded and nothing is written.
#[must_use = "a recorded change has to be written and its event emitted"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<New, Known> {
    /// First time: write this.
    Recorded(New),
    /// Done before with the same terms: this is what was recorded.
    Repeated(Known),
}
