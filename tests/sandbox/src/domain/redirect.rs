//! Where a browser may be sent with an authorization.

use serde::{Deserialize, Serialize};
use url::Url;

/// Longest address in bytes.
const MAX_LENGTH: usize = 2000;

/// Schemes that a browser runs, reads or dials itself instead of handing the
/// address to a site or an app.
const NEVER: &[&str] = &[
    "javascript",
    "vbscript",
    "data",
    "blob",
    "file",
    "filesystem",
    "about",
    "view-source",
    "jar",
    "ftp",
    "ws",
    "wss",
    "mailto",
    "tel",
    "sms",
];

/// A place that a client registered (wallet-api section 3.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Host {
    pub(crate) host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
    /// What the path begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) any_port: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) any_subdomain: Option<bool>,
}

impl Host {
    fn covers(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let below = |domain: &str| domain.strip_suffix(&self.host).is_some_and(|rest| rest.ends_with('.'));
        let host_fits = host == self.host || (self.any_subdomain == Some(true) && below(host));
        let port_fits = self.any_port == Some(true)
            || match self.port {
                Some(port) => url.port_or_known_default() == Some(port),
                None => url.port().is_none(),
            };
        let protocol_fits = self.protocol.as_deref().is_none_or(|protocol| protocol == url.scheme());
        let path_fits = self.path.as_deref().is_none_or(|path| {
            let path = path.trim_end_matches('/');
            url.path().strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        host_fits && port_fits && protocol_fits && path_fits
    }
}

/// Reads a `redirect_uri`. With registered hosts it must be at one of them;
/// PROPOSAL: without any it may be anywhere, as the sandbox guards nothing.
pub(crate) fn parse(text: &str, hosts: &[Host]) -> Result<Url, &'static str> {
    if text.len() > MAX_LENGTH {
        return Err("redirect_uri is too long");
    }
    let url = Url::parse(text).map_err(|_| "redirect_uri is not an absolute address")?;
    if NEVER.contains(&url.scheme()) {
        return Err("redirect_uri should be of http, https or an app's own scheme");
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err("redirect_uri should have no fragment and no user name");
    }
    if hosts.is_empty() || hosts.iter().any(|host| host.covers(&url)) {
        Ok(url)
    } else {
        Err("redirect_uri is not at a host that the client registered")
    }
}

/// The address with more parameters.
pub(crate) fn with(mut url: Url, parameters: &[(&str, Option<&str>)]) -> String {
    {
        let mut query = url.query_pairs_mut();
        for (name, value) in parameters {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(json: &str) -> Host {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_a_browser_would_run_is_never_an_address() {
        for text in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//elsewhere.example/",
            "/relative",
            "",
            "https://user@shop.example/",
            "https://shop.example/#fragment",
        ] {
            assert!(parse(text, &[]).is_err(), "{text}");
        }
        assert!(parse(&format!("https://a.example/{}", "x".repeat(MAX_LENGTH)), &[]).is_err());
        for text in
            ["https://shop.example/back?a=1", "http://127.0.0.1:5000/", "ge.shop.app:/back", "shop://b"]
        {
            assert!(parse(text, &[]).is_ok(), "{text}");
        }
    }

    #[test]
    fn registered_hosts_bind() {
        let plain = [host(r#"{"host":"shop.example","protocol":"https","path":"/oauth"}"#)];
        let wide = [host(r#"{"host":"shop.example","any_port":true,"any_subdomain":true}"#)];
        let port = [host(r#"{"host":"shop.example","port":8443}"#)];
        for (hosts, text, fits) in [
            (&plain, "https://shop.example/oauth", true),
            (&plain, "https://shop.example/oauth/back?x=1", true),
            (&plain, "https://shop.example/oauthx", false),
            (&plain, "http://shop.example/oauth", false),
            (&plain, "https://shop.example:8443/oauth", false),
            (&plain, "https://www.shop.example/oauth", false),
            (&plain, "https://shop.example.evil.example/oauth", false),
            (&plain, "https://shop.example/oauth/../admin", false),
            (&wide, "http://www.shop.example:99/", true),
            (&wide, "http://notshop.example/", false),
            (&port, "https://shop.example:8443/", true),
            (&port, "https://shop.example/", false),
        ] {
            assert_eq!(parse(text, hosts).is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn parameters_are_added_and_escaped() {
        let url = parse("https://shop.example/back?a=1", &[]).unwrap();
        let text = with(url, &[("code", Some("x&y=z")), ("state", None), ("error", Some("<é>"))]);
        assert_eq!(text, "https://shop.example/back?a=1&code=x%26y%3Dz&error=%3C%C3%A9%3E");
        assert_eq!(with(parse("app:/b", &[]).unwrap(), &[("state", Some("1"))]), "app:/b?state=1");
    }
}
