//! A web UI on a free port, and a client that sends exactly what it is told.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use super::super::program::{Folder, Ran};
use super::super::running::{Running, start, until};

/// A program that serves the web UI.
pub(super) struct Site {
    running: Option<Running>,
    /// `127.0.0.1:PORT`
    pub(super) address: String,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts the status.
    #[track_caller]
    pub(super) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// The text of an error in JSON.
    #[track_caller]
    pub(super) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }
}

impl Site {
    /// The program with these arguments, once it serves.
    pub(super) fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let arguments = [arguments, &["--web-port", "0"]].concat();
        Self::of(start(folder.ragload(&arguments)))
    }

    /// `ragload web quick.yaml` aimed at `host`, with more arguments.
    pub(super) fn quick(folder: &Folder, host: &str, more: &[&str]) -> Self {
        Self::start(folder, &[&["web", "quick.yaml", "-H", host], more].concat())
    }

    /// A program on its way, once it serves.
    pub(super) fn of(mut running: Running) -> Self {
        let start = "Starting web interface at http://";
        running.until_says(start);
        let mut address = None;
        until("the address is said whole", || {
            let said = running.said();
            let rest = said.split(start).nth(1).unwrap().to_owned();
            let whole = rest.contains('\n');
            address = rest
                .split(['/', '\n'])
                .next()
                .filter(|_| whole)
                .map(str::to_owned);
            address.is_some()
        });
        Site {
            running: Some(running),
            address: address.unwrap(),
        }
    }

    /// Sends a request as it stands.
    pub(super) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut reader = self.open(method, path, headers, body);
        let (status, headers) = head(&mut reader);
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status,
            headers,
            body,
        }
    }

    fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let has = |wanted: &str| {
            headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
        };
        if !has("host") {
            let _ = write!(request, "Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            let _ = write!(request, "{name}: {value}\r\n");
        }
        let _ = write!(request, "Content-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).unwrap();
        BufReader::new(stream)
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// A form, as `requests.post(url, data={…})` sends it.
    pub(super) fn post(&self, path: &str, form: &str) -> Answer {
        let form_type = ("Content-Type", "application/x-www-form-urlencoded");
        self.send("POST", path, &[form_type], form)
    }

    /// JSON.
    pub(super) fn post_json(&self, path: &str, body: &Value) -> Answer {
        let json_type = ("Content-Type", "application/json");
        self.send("POST", path, &[json_type], &body.to_string())
    }

    /// How things stand, by our own API.
    pub(super) fn state(&self) -> Value {
        self.get("/api/v1/state").expect(200).json()
    }

    /// Waits until the state is of this kind, and gives it.
    pub(super) fn until(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let mut state = Value::Null;
        until(what, || {
            state = self.state();
            is(&state)
        });
        state
    }

    /// Waits until so many requests were counted.
    pub(super) fn until_requests(&self, wanted: u64) -> Value {
        self.until(&format!("{wanted} requests were counted"), |state| {
            state["aggregated"]["requests"].as_u64() >= Some(wanted)
        })
    }

    /// Follows the events.
    pub(super) fn follow(&self) -> Follower {
        let mut reader = self.open("GET", "/api/v1/events", &[], "");
        let (status, headers) = head(&mut reader);
        assert_eq!(status, 200);
        assert_eq!(headers["content-type"], "text/event-stream");
        Follower(reader)
    }

    /// Sends a signal by its name: `INT`.
    pub(super) fn signal(&self, name: &str) {
        self.running.as_ref().unwrap().signal(name);
    }

    /// Waits for its end.
    pub(super) fn end(mut self) -> Ran {
        self.running.take().unwrap().end()
    }

    /// What was said on stderr until now.
    pub(super) fn said(&self) -> String {
        self.running.as_ref().unwrap().said()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(running) = &mut self.running {
            running.kill();
        }
    }
}

/// The status and the headers of an answer.
fn head(reader: &mut impl BufRead) -> (u16, BTreeMap<String, String>) {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return (status.unwrap_or_default(), headers);
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
}

/// Someone who follows the events.
pub(super) struct Follower(BufReader<TcpStream>);

impl Follower {
    /// The next state; none when the stream has ended.
    pub(super) fn next(&mut self) -> Option<Value> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            }
        }
    }

    /// The next state of this kind.
    pub(super) fn until(&mut self, is: impl Fn(&Value) -> bool) -> Value {
        std::iter::from_fn(|| self.next()).find(is).unwrap()
    }
}
