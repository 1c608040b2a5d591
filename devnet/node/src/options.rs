use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

/// When blocks are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seal {
    /// As soon as there is a transaction; an empty block when the chain has stood still for six seconds, so that its
    /// time goes on.
    #[default]
    Instant,
    /// One after each interval, empty or not.
    Every(Duration),
}

/// A way of sealing that is neither `instant` nor a number of seconds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `instant` nor a number of seconds above zero, such as `6s`")]
pub struct ParseSealError(String);

impl FromStr for Seal {
    type Err = ParseSealError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "instant" {
            return Ok(Self::Instant);
        }
        let seconds = text.strip_suffix('s').and_then(|number| number.parse().ok());
        match seconds {
            Some(seconds) if seconds > 0 => Ok(Self::Every(Duration::from_secs(seconds))),
            _ => Err(ParseSealError(text.to_owned())),
        }
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant => formatter.write_str("instant"),
            Self::Every(interval) => write!(formatter, "{}s", interval.as_secs()),
        }
    }
}

/// How to run the chain. The default suits tests: instant sealing, in memory, on a free port of this machine.
#[derive(Clone, Debug)]
pub struct Options {
    /// When blocks are made.
    pub seal: Seal,
    /// Where the chain is kept. Without it, it lives in memory and is gone when it stops.
    pub base_path: Option<PathBuf>,
    /// The address that JSON-RPC is served on. Beyond this machine, methods that can harm the node are denied.
    pub rpc_host: IpAddr,
    /// The port that JSON-RPC is served on; 0 takes a free one.
    pub rpc_port: u16,
    /// How many JSON-RPC connections may be open at once.
    pub rpc_max_connections: u32,
    /// The port that Prometheus metrics are served on, at `/metrics` on `rpc_host`; 0 takes a free one.
    pub prometheus_port: Option<u16>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seal: Seal::default(),
            base_path: None,
            rpc_host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            rpc_port: 0,
            rpc_max_connections: 1_024,
            prometheus_port: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seal_is_read_and_written_the_same_way() {
        for text in ["instant", "1s", "6s", "3600s"] {
            assert_eq!(text.parse::<Seal>().expect("valid").to_string(), text);
        }
    }

    #[test]
    fn other_seals_are_refused() {
        for text in ["", "0s", "6", "-1s", "1.5s", "6 s", "Instant", "s"] {
            assert_eq!(text.parse::<Seal>(), Err(ParseSealError(text.to_owned())));
        }
    }
}
