//! Where deliveries may go. A gateway stands in a bank's network: nobody may use it to reach what only it can reach.
//!
//! A target is checked when it is given, and again each time its name is resolved: the addresses the name leads to
//! are filtered, and only those that pass are connected to. There is no second look-up in between.

use crate::config::WebhookConfig;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// What is allowed beyond https to public addresses.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    allow_http: bool,
    allow_networks: Vec<IpNet>,
}

impl From<&WebhookConfig> for Rules {
    fn from(config: &WebhookConfig) -> Self {
        Self {
            allow_http: config.allow_http,
            allow_networks: config.allow_networks.clone(),
        }
    }
}

impl Rules {
    /// Reads a target.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn check(&self, text: &str) -> Result<Url, String> {
        if text.len() > 2_048 {
            return Err("it is longer than 2,048 characters".into());
        }
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            _ => return Err("use https".into()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("leave out user and password: deliveries are signed".into());
        }
        if url.fragment().is_some() {
            return Err("leave out the fragment".into());
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err("it has no host".into()),
        };
        match address.is_none_or(|address| self.allows(address)) {
            true => Ok(url),
            false => Err("its address is private, local or otherwise special".into()),
        }
    }

    /// Whether an address may be connected to.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let plain = address.to_canonical();
        let listed = self.allow_networks.iter().any(|network| network.contains(&plain));
        listed || is_public(plain)
    }
}

/// Whether an address is one of the public internet's.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_unspecified()
        || address.is_loopback()
        || address.is_private()
        // Cloud metadata lives here.
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        // Carrier-grade NAT; IETF protocol assignments; 6to4 relays; benchmarks; reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Of all IPv6, only 2000::/3 is given out; of that, tunnels carry an IPv4 address and documentation is nobody's.
    let global = first & 0xe000 == 0x2000;
    let tunnelled = first == 0x2002 || (first == 0x2001 && second == 0);
    let special =
        (first == 0x2001 && (second == 0x0db8 || second < 0x0200)) || (first == 0x3fff && second < 0x1000);
    global && !tunnelled && !special
}

/// Looks names up for the HTTP client, and passes on only what may be connected to.
#[derive(Clone, Debug)]
pub struct GuardedResolver {
    rules: Rules,
}

impl GuardedResolver {
    /// With these rules.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.rules.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| rules.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err("the name leads to no address that may be used".into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        let rules = Rules::default();
        for (address, allowed) in [
            ("8.8.8.8", true),
            ("203.0.114.1", true),
            ("2606:4700::1111", true),
            ("127.0.0.1", false),
            ("127.8.9.1", false),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("10.0.0.1", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("100.127.255.255", false),
            ("100.128.0.1", true),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("198.18.0.1", false),
            ("198.51.100.1", false),
            ("203.0.113.1", false),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("::ffff:8.8.8.8", true),
            ("::127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2001:0:7f00:1::", false),
            ("2001:db8::1", false),
            ("fe80::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("ff02::1", false),
        ] {
            let address: IpAddr = address.parse().expect("an address");
            assert_eq!(rules.allows(address), allowed, "{address}");
        }
    }

    #[test]
    fn targets_are_https_to_somewhere_public() {
        let rules = Rules::default();
        for (text, allowed) in [
            ("https://bank.example/hook?x=1", true),
            ("https://8.8.8.8/hook", true),
            ("http://bank.example/hook", false),
            ("https://127.0.0.1/hook", false),
            // The forms a URL parser reads as 127.0.0.1.
            ("https://127.1/hook", false),
            ("https://2130706433/hook", false),
            ("https://0x7f000001/hook", false),
            ("https://0177.0.0.1/hook", false),
            ("https://[::1]/hook", false),
            ("https://[::ffff:7f00:1]/hook", false),
            ("https://169.254.169.254/latest/meta-data", false),
            ("https://user:password@bank.example/hook", false),
            ("https://bank.example/hook#part", false),
            ("file:///etc/passwd", false),
            ("gopher://bank.example", false),
            ("unix:/run/x", false),
            ("https://", false),
            ("bank.example/hook", false),
        ] {
            assert_eq!(rules.check(text).is_ok(), allowed, "{text}");
        }
        assert!(rules
            .check(&format!("https://bank.example/{}", "x".repeat(2_048)))
            .is_err());
    }

    #[test]
    fn a_network_can_be_allowed_and_nothing_beside_it() {
        let rules = Rules {
            allow_http: true,
            allow_networks: vec!["10.1.0.0/16".parse().expect("a network")],
        };
        assert!(rules.check("http://10.1.2.3:8080/hook").is_ok());
        assert!(rules.check("http://10.2.2.3:8080/hook").is_err());
        assert!(rules.check("http://[::ffff:10.1.2.3]/hook").is_ok());
        assert!(rules.check("http://127.0.0.1/hook").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_followed() {
        let name = || "localhost".parse::<Name>().expect("a name");
        let refused = GuardedResolver::new(Rules::default()).resolve(name()).await;
        assert!(refused.is_err());
        let rules = Rules {
            allow_http: true,
            allow_networks: vec!["127.0.0.0/8".parse().expect("a network")],
        };
        let found = GuardedResolver::new(rules)
            .resolve(name())
            .await
            .expect("allowed");
        assert!(found.into_iter().all(|address| address.ip().is_loopback()));
    }
}
