//! Where the web UI is served, and who may come: Locust's options and ours.
//!
//! Owns the rule that nobody but this machine comes in unasked. Must not know what is served.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};

use clap::Args;

use crate::model::Secret;
use crate::web::{Access, Guard, Hosts};

/// The web UI; Locust's names.
#[derive(Debug, Args)]
#[command(next_help_heading = "Web UI")]
pub(super) struct WebUiArgs {
    /// Address to serve the web UI on; * for all, which needs --web-auth or --web-token
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(super) web_host: String,
    /// Port to serve the web UI on; 0 takes a free one
    #[arg(short = 'P', long, value_name = "PORT", default_value_t = 8089)]
    pub(super) web_port: u16,
    /// What every path begins with: /load
    #[arg(
        long,
        value_name = "PATH",
        default_value = "",
        hide_default_value = true
    )]
    pub(super) web_base_path: String,
    /// Ask for this user and password (better as LOCUST_WEB_AUTH, which no process list shows)
    #[arg(long, value_name = "USER:PASSWORD")]
    pub(super) web_auth: Option<String>,
    /// Ask for this token (better as LOCUST_WEB_TOKEN)
    #[arg(long, value_name = "TOKEN")]
    pub(super) web_token: Option<String>,
    /// A name the web UI is reached by, beside localhost and addresses; comma separated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(super) web_allowed_host: Vec<String>,
    /// Start the run at once
    #[arg(long)]
    pub(super) autostart: bool,
    /// With --autostart: end the program so many seconds after the run; -1 never
    #[arg(long, value_name = "SECONDS", default_value_t = -1, allow_negative_numbers = true)]
    pub(super) autoquit: i64,
    /// The web UI always lets you choose user classes; accepted and ignored
    #[arg(long, hide = true)]
    pub(super) class_picker: bool,
}

/// Where a server listens and whom it lets in.
pub(super) struct Door {
    pub(super) listen: SocketAddr,
    pub(super) guard: Guard,
}

impl WebUiArgs {
    /// The door that was asked for.
    ///
    /// # Errors
    /// What is wrong, with the remedy; no secret is in it.
    pub(super) fn door(&self) -> Result<Door, String> {
        let listen = SocketAddr::new(self.address()?, self.web_port);
        let password = self.password()?;
        let token = self.token()?;
        let access = Access::new(password.as_ref(), token.as_ref());
        if access.is_open() && !listen.ip().is_loopback() {
            return Err(format!(
                "--web-host {}: whoever reaches this address could put load on anything; add \
                 --web-auth USER:PASSWORD or --web-token TOKEN, or stay on 127.0.0.1",
                self.web_host
            ));
        }
        let own = Some(self.web_host.clone()).filter(|host| host.parse::<IpAddr>().is_err());
        let own = own.filter(|host| host != "*");
        let names = self.web_allowed_host.iter().cloned().chain(own);
        let guard = Guard {
            hosts: Hosts::new(names),
            access,
            base_path: self.base_path()?,
        };
        Ok(Door { listen, guard })
    }

    fn address(&self) -> Result<IpAddr, String> {
        let host = self.web_host.trim();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if matches!(host, "" | "*") {
            return Ok(Ipv4Addr::UNSPECIFIED.into());
        }
        if let Ok(address) = bare.parse() {
            return Ok(address);
        }
        let found = (host, 0).to_socket_addrs().ok().and_then(|mut all| {
            let all: Vec<IpAddr> = all.by_ref().map(|address| address.ip()).collect();
            // `localhost` is usually both; programs try the older form first.
            all.iter().find(|ip| ip.is_ipv4()).or(all.first()).copied()
        });
        found.ok_or_else(|| format!("--web-host {host}: there is no such address on this machine"))
    }

    fn password(&self) -> Result<Option<Secret>, String> {
        let is_pair = |text: &String| {
            let pair = text.split_once(':');
            pair.is_some_and(|(user, password)| !user.is_empty() && !password.is_empty())
        };
        match &self.web_auth {
            Some(text) if !is_pair(text) => {
                Err("--web-auth: must be USER:PASSWORD, neither of them empty".to_owned())
            }
            given => Ok(given.clone().map(Secret::new)),
        }
    }

    fn token(&self) -> Result<Option<Secret>, String> {
        match &self.web_token {
            Some(text) if text.trim().is_empty() => {
                Err("--web-token: must not be empty".to_owned())
            }
            given => Ok(given.clone().map(Secret::new)),
        }
    }

    fn base_path(&self) -> Result<String, String> {
        let path = self.web_base_path.trim_end_matches('/');
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
        if path.is_empty() || (path.starts_with('/') && path.chars().all(is_plain)) {
            return Ok(path.to_owned());
        }
        Err(format!(
            "--web-base-path {path:?}: must begin with / and hold letters, digits, - _ . ~ only"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(web_host: &str) -> WebUiArgs {
        WebUiArgs {
            web_host: web_host.to_owned(),
            web_port: 8089,
            web_base_path: String::new(),
            web_auth: None,
            web_token: None,
            web_allowed_host: Vec::new(),
            autostart: false,
            autoquit: -1,
            class_picker: false,
        }
    }

    #[test]
    fn other_machines_come_in_with_a_proof_only() {
        for host in ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2"] {
            assert!(args(host).door().is_ok(), "{host}");
        }
        for host in ["*", "", "0.0.0.0", "::", "192.0.2.1"] {
            let problem = args(host).door().err().unwrap();
            assert!(problem.contains("--web-auth"), "{host}: {problem}");
            let with_password = WebUiArgs {
                web_auth: Some("me:secret".to_owned()),
                ..args(host)
            };
            let door = with_password.door().ok().unwrap();
            assert!(!door.listen.ip().is_loopback());
            let with_token = WebUiArgs {
                web_token: Some("secret".to_owned()),
                ..args(host)
            };
            assert!(with_token.door().is_ok());
        }
    }

    #[test]
    fn a_bad_proof_is_refused_without_being_shown() {
        for bad in ["hunter2", ":hunter2", "hunter2:"] {
            let bad = WebUiArgs {
                web_auth: Some(bad.to_owned()),
                ..args("127.0.0.1")
            };
            let problem = bad.door().err().unwrap();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_base_path_is_a_path() {
        let path = |path: &str| {
            let args = WebUiArgs {
                web_base_path: path.to_owned(),
                ..args("127.0.0.1")
            };
            args.door().map(|door| door.guard.base_path)
        };
        assert_eq!(path("/load/").as_deref(), Ok("/load"));
        assert_eq!(path("/").as_deref(), Ok(""));
        for bad in ["load", "/{x}", "/a b", "/*"] {
            assert!(path(bad).is_err(), "{bad}");
        }
    }
}
