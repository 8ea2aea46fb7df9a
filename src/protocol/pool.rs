//! Where a pool is and what its tokens must name: parsed once, wrong never.

use super::error::Misuse;
use super::text;

/// A user pool as one app client sees it.
#[derive(Clone, Debug)]
pub struct Pool {
    id: String,
    client_id: String,
    endpoint: String,
    issuers: Vec<String>,
}

impl Pool {
    /// Parses what the application configured.
    ///
    /// `endpoint` replaces the service's host: `https`, or `http` on this machine.
    ///
    /// # Errors
    /// `Misuse` with the fix, for a malformed pool id, client id or endpoint.
    pub fn parse(id: &str, client_id: &str, endpoint: Option<&str>) -> Result<Self, Misuse> {
        // Local pools call their region `local`; without an endpoint it must name a host.
        let region =
            region_of(id).filter(|region| endpoint.is_some() || text::has(region, "-")).ok_or(
                Misuse("userPoolId must look like region_name, for instance eu-west-1_Ab12Cd34E"),
            )?;
        let is_client_id = matches!(client_id.len(), 1..=128)
            && client_id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'+');
        if !is_client_id {
            return Err(Misuse(
                "clientId must be the id of an app client: letters and digits only",
            ));
        }
        let service = service_url("cognito-idp", region);
        let issuer = service_url("issuer-cognito-idp", region);
        let mut issuers = vec![[&service, "/", id].concat(), [&issuer, "/", id].concat()];
        let endpoint = match endpoint {
            None => service,
            Some(custom) => {
                let base = parse_endpoint(custom).ok_or(Misuse(
                    "endpoint must be an absolute https URL (http on localhost only) without query, fragment or password",
                ))?;
                issuers.push([base, "/", id].concat());
                String::from(base)
            }
        };
        Ok(Self { id: String::from(id), client_id: String::from(client_id), endpoint, issuers })
    }

    /// The pool id, `region_name`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The part after the first `_`, which goes into the SRP hash.
    pub fn name(&self) -> &str {
        text::cut(&self.id, b'_').map_or("", |(_, name)| name)
    }

    /// The app client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Where operations are posted, with a final slash.
    pub fn operations_url(&self) -> String {
        [&self.endpoint, "/"].concat()
    }

    /// The region.
    pub fn region(&self) -> &str {
        text::cut(&self.id, b'_').map_or("", |(region, _)| region)
    }

    /// What identity pools call it: the service's issuer without its scheme, whatever the endpoint.
    pub fn provider(&self) -> &str {
        let issuer = self.issuers.first().map_or("", String::as_str);
        issuer.strip_prefix("https://").unwrap_or(issuer)
    }

    /// Where the keys are that sign tokens of this issuer, which is one of the pool's: first to be
    /// asked is the custom endpoint, where there is one.
    pub fn key_addresses(&self, issuer: &str) -> Vec<String> {
        let address = |base: &str| [base, "/.well-known/jwks.json"].concat();
        let mut all = Vec::new();
        if let [_, _, custom] = self.issuers.as_slice()
            && custom != issuer
        {
            all.push(address(custom));
        }
        if self.is_issuer(issuer) {
            all.push(address(issuer));
        }
        all
    }

    /// Whether an `iss` claim names this pool: either form of the service's issuer, or the custom
    /// endpoint's own; where that is on this machine, by whichever of its names and ports.
    pub fn is_issuer(&self, issuer: &str) -> bool {
        let is_local = || {
            let (_, rest) = text::cut(issuer, b'/').filter(|(scheme, _)| *scheme == "http:")?;
            let (authority, id) = text::cut(rest.strip_prefix('/')?, b'/')?;
            Some(id == self.id && is_loopback(authority) && is_local(&self.endpoint))
        };
        self.issuers.iter().any(|known| known == issuer) || is_local() == Some(true)
    }
}

/// Where a service of a region is, without a final slash.
pub(super) fn service_url(service: &str, region: &str) -> String {
    ["https://", service, ".", region, ".", dns_suffix(region)].concat()
}

/// The region of a pool id of the form `[\w-]+_[0-9a-zA-Z]+`, at most 55 characters.
fn region_of(id: &str) -> Option<&str> {
    let (region, name) = text::cut(id, b'_')?;
    let is_region = !region.is_empty()
        && region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_region && is_name && id.len() <= 55).then_some(region)
}

/// DNS suffix of the partition a region belongs to.
fn dns_suffix(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else if region.starts_with("eusc-") {
        "amazonaws.eu"
    } else {
        "amazonaws.com"
    }
}

/// Whether a base URL may be sent to: `https`, or `http` on this machine, without query, fragment or
/// password.
pub(super) fn is_endpoint(url: &str) -> bool {
    parse_endpoint(url).is_some()
}

/// The endpoint without its final slash, if it may be used.
pub(super) fn parse_endpoint(url: &str) -> Option<&str> {
    let url = text::without_end(url, b'/');
    let (secure, rest) = match url.strip_prefix("https://") {
        Some(rest) => (true, rest),
        None => (false, url.strip_prefix("http://")?),
    };
    let authority = text::until(rest, b'/');
    let clean = !url
        .bytes()
        .any(|byte| byte <= b' ' || matches!(byte, b'?' | b'#' | b'@' | b'\\' | 0x7f..));
    let is_named = !authority.is_empty() && has_port_or_none(authority);
    (clean && is_named && (secure || is_loopback(authority))).then_some(url)
}

/// A port that is none is a setting that is missing: `http://localhost:undefined`.
fn has_port_or_none(authority: &str) -> bool {
    let rest = text::cut(authority, b']').map_or(authority, |(_, rest)| rest);
    text::cut(rest, b':').is_none_or(|(_, port)| {
        text::whole_number(port).is_some_and(|port| port <= u64::from(u16::MAX))
    })
}

/// Whether an endpoint is on this machine, without TLS.
fn is_local(endpoint: &str) -> bool {
    endpoint.strip_prefix("http://").is_some_and(|rest| is_loopback(text::until(rest, b'/')))
}

/// Whether an authority is this machine (RFC 6761, section 6.3; RFC 8252, section 8.3).
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix("[::1]") {
        Some("") => return true,
        Some(port) => return port.as_bytes().first() == Some(&b':'),
        None => text::until(authority, b':'),
    };
    host == "localhost" || host.ends_with(".localhost") || is_127(host)
}

fn is_127(host: &str) -> bool {
    let is_octet = |text: &str| text::whole_number(text).is_some_and(|octet| octet < 256);
    let rest = host.strip_prefix("127.").and_then(|rest| text::cut(rest, b'.'));
    rest.is_some_and(|(second, rest)| {
        is_octet(second)
            && text::cut(rest, b'.').is_some_and(|(third, last)| is_octet(third) && is_octet(last))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "1example23456789";

    #[test]
    fn a_local_pool_is_known_by_every_name_of_this_machine_and_a_remote_one_is_not() {
        let pool = |endpoint| Pool::parse("eu-west-1_Ab12", CLIENT, endpoint).unwrap();
        let local = pool(Some("http://127.0.0.1:9320"));
        for issuer in [
            "http://localhost:9320",
            "http://[::1]:1",
            "http://127.0.0.1:4000",
            "http://a.localhost",
        ] {
            assert!(local.is_issuer(&[issuer, "/eu-west-1_Ab12"].concat()), "{issuer}");
        }
        for issuer in [
            "http://localhost:9320/eu-west-1_Other",
            "http://localhost.example.com/eu-west-1_Ab12",
            "https://localhost:9320/eu-west-1_Ab12",
            "http://localhost:9320/x/eu-west-1_Ab12",
            "http:/localhost/eu-west-1_Ab12",
        ] {
            assert!(!local.is_issuer(issuer), "{issuer}");
        }
        for endpoint in [None, Some("https://auth.example.com"), Some("https://localhost")] {
            assert!(!pool(endpoint).is_issuer("http://localhost:9320/eu-west-1_Ab12"));
        }
    }

    #[test]
    fn every_partition_has_its_host() {
        for (id, url) in [
            ("eu-west-1_Ab12", "https://cognito-idp.eu-west-1.amazonaws.com/"),
            ("us-gov-west-1_Ab12", "https://cognito-idp.us-gov-west-1.amazonaws.com/"),
            ("cn-north-1_Ab12", "https://cognito-idp.cn-north-1.amazonaws.com.cn/"),
            ("eusc-de-east-1_Ab12", "https://cognito-idp.eusc-de-east-1.amazonaws.eu/"),
        ] {
            let pool = Pool::parse(id, CLIENT, None).unwrap();
            assert_eq!(pool.operations_url(), url);
            assert_eq!(pool.name(), "Ab12");
        }
    }

    #[test]
    fn both_forms_of_the_issuer_are_the_pools_and_no_other() {
        let pool = Pool::parse("eu-west-1_Ab12", CLIENT, Some("http://localhost:9320/")).unwrap();

        assert!(pool.is_issuer("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12"));
        assert!(
            pool.is_issuer("https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12")
        );
        assert!(pool.is_issuer("http://localhost:9320/eu-west-1_Ab12"));
        for other in [
            "http://localhost:9320/eu-west-1_Other",
            "https://cognito-idp.eu-west-1.amazonaws.com.evil.example/eu-west-1_Ab12",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12/",
            "",
        ] {
            assert!(!pool.is_issuer(other), "{other}");
        }
    }

    #[test]
    fn keys_come_from_configured_addresses_only() {
        let aws = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12";
        let other = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12";
        let local = "http://localhost:9320/eu-west-1_Ab12";
        let keys = |issuer: &str| [issuer, "/.well-known/jwks.json"].concat();
        let plain = Pool::parse("eu-west-1_Ab12", CLIENT, None).unwrap();
        let custom = Pool::parse("eu-west-1_Ab12", CLIENT, Some("http://localhost:9320")).unwrap();

        assert_eq!(plain.key_addresses(aws), [keys(aws)]);
        assert_eq!(plain.key_addresses(other), [keys(other)]);
        assert!(plain.key_addresses("https://evil.example/eu-west-1_Ab12").is_empty());
        assert_eq!(custom.key_addresses(aws), [keys(local), keys(aws)]);
        assert_eq!(custom.key_addresses(local), [keys(local)]);
        assert_eq!(custom.key_addresses("https://evil.example/x"), [keys(local)]);
    }

    #[test]
    fn malformed_ids_are_refused() {
        for id in [
            "",
            "x",
            "eu-west-1",
            "_Ab12",
            "eu-west-1_",
            "eu-west-1_Ab_12",
            "EU-WEST-1_Ab",
            "eu west_1",
            "evil.example/_x",
        ] {
            assert!(Pool::parse(id, CLIENT, None).is_err(), "{id}");
            assert!(Pool::parse(id, CLIENT, Some("http://localhost:9229")).is_err(), "{id}");
        }
        for client in ["", "a b", "a/b", &"x".repeat(129)] {
            assert!(Pool::parse("eu-west-1_Ab12", client, None).is_err(), "{client}");
        }
    }

    #[test]
    fn a_local_pool_needs_an_endpoint() {
        assert!(Pool::parse("local_3qRxk1Yb", CLIENT, Some("http://localhost:9229")).is_ok());
        assert!(Pool::parse("local_3qRxk1Yb", CLIENT, None).is_err());
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for endpoint in [
            "http://localhost",
            "http://127.0.0.1:4567/x",
            "http://[::1]:80",
            "https://proxy.example/idp/",
        ] {
            assert!(Pool::parse("eu-west-1_Ab12", CLIENT, Some(endpoint)).is_ok(), "{endpoint}");
        }
        for endpoint in [
            "http://example.com",
            "http://localhost.evil.example",
            "http://127.evil.example",
            "http://localhost@evil.example",
            "ftp://localhost",
            "//x",
            "https://",
            "https://a b",
            "https://x?y",
            "https://x#y",
            "javascript:alert(1)",
            "http://[::1].evil",
            "http://localhost:undefined",
            "http://[::1]:x",
            "https://proxy.example:/idp",
            "https://proxy.example:65536",
        ] {
            assert!(Pool::parse("eu-west-1_Ab12", CLIENT, Some(endpoint)).is_err(), "{endpoint}");
        }
    }
}
