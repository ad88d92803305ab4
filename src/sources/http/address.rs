//! Which addresses are private: loopback, home and office networks, cloud metadata.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// A name or address that leads to a private place although it must not.
#[derive(Debug, thiserror::Error)]
#[error("{0} leads to a private address")]
pub(super) struct PrivateAddress(pub(super) String);

/// Whether this address cannot be reached from the internet.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    let [.., g, h] = address.segments();
    let embedded = || {
        let [high, low] = [g.to_be_bytes(), h.to_be_bytes()];
        is_private_v4(Ipv4Addr::new(high[0], high[1], low[0], low[1]))
    };
    let six_to_four = || {
        let [high, low] = [b.to_be_bytes(), c.to_be_bytes()];
        is_private_v4(Ipv4Addr::new(high[0], high[1], low[0], low[1]))
    };
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || (a & 0xfe00) == 0xfc00
        || (a & 0xffc0) == 0xfe80
        || address.to_ipv4_mapped().is_some_and(is_private_v4)
        || (a == 0x64 && b == 0xff9b && embedded())
        || (a == 0x2002 && six_to_four())
}

/// Whether the address names a private place by itself, without asking anybody.
pub(super) fn names_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_private_v4(address),
        Some(Host::Ipv6(address)) => is_private_v6(address),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

/// Resolves names and refuses those that lead to a private place: the check is made on the addresses that are
/// connected to, so that a name cannot say one thing and do another.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.into_iter().filter(|found| !is_private(found.ip())).collect();
            if public.is_empty() {
                return Err(Box::new(PrivateAddress(name)) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_places_are_known_in_every_dress() {
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
        ] {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
        for address in ["93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1", "64:ff9b::5db8:d822"] {
            assert!(!is_private(address.parse().unwrap()), "{address}");
        }
        for url in
            ["http://localhost:80/", "http://feeds.localhost/", "http://2130706433/", "http://[::1]/", "http://0x7f.1/"]
        {
            assert!(names_private(&url.parse().unwrap()), "{url}");
        }
        assert!(!names_private(&"http://localhost.example/".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused() {
        let refused = PublicOnly.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert!(refused.downcast_ref::<PrivateAddress>().is_some());
    }
}
