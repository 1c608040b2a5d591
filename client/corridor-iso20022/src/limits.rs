//! How much of a message is read before it is refused.

/// Bounds on a message, so that no file can exhaust the reader's memory or time.
///
/// The defaults admit any file two banks would exchange; lower them for an interface open to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the whole file.
    pub bytes: usize,
    /// Elements inside one another, the root included.
    pub depth: usize,
    /// Transactions in one message.
    pub transactions: usize,
    /// Elements in one transaction, in a group header or in a business application header.
    pub elements_per_part: usize,
    /// Size of one element's text. The longest text of the messages read here has 2048 characters;
    /// supplementary data may hold more.
    pub text_bytes: usize,
    /// Attributes of one element, namespace declarations included.
    pub attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024 * 1024,
            depth: 32,
            transactions: 100_000,
            elements_per_part: 10_000,
            text_bytes: 64 * 1024,
            attributes: 16,
        }
    }
}
