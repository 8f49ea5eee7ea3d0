//! A tiny HTTP server on a free port that answers everything and counts what was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Requests by `METHOD /path`.
type Counts = BTreeMap<String, u64>;

/// The running server; it stops accepting when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    counts: Arc<Mutex<Counts>>,
    is_over: Arc<AtomicBool>,
}

impl Server {
    /// Starts one on a free port of the loopback.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let counts = Arc::new(Mutex::new(Counts::new()));
        let is_over = Arc::new(AtomicBool::new(false));
        let (their_counts, their_end) = (Arc::clone(&counts), Arc::clone(&is_over));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if their_end.load(Ordering::Relaxed) {
                    break;
                }
                let counts = Arc::clone(&their_counts);
                // A client that goes away ends its own connection only.
                thread::spawn(move || serve(stream, &counts).ok());
            }
        });
        Self {
            address,
            counts,
            is_over,
        }
    }

    /// Its address, as one gives it to a load test.
    pub(crate) fn host(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often what was asked so far.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the accepting thread, which then sees that it is over.
        TcpStream::connect(self.address).ok();
    }
}

/// Answers one connection's requests until the client closes it.
fn serve(stream: TcpStream, counts: &Mutex<Counts>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut answers = stream.try_clone()?;
    let mut requests = BufReader::new(stream);
    while let Some(endpoint) = read_request(&mut requests)? {
        *counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(endpoint)
            .or_default() += 1;
        let body = r#"{"answer":"yes"}"#;
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}"
        );
        answers.write_all(format!("{head}\r\n\r\n{body}").as_bytes())?;
    }
    Ok(())
}

/// Reads one request to its end and says `METHOD /path`; none when the connection was closed.
fn read_request(from: &mut impl BufRead) -> Result<Option<String>> {
    let mut first = String::new();
    from.read_line(&mut first)?;
    let mut words = first.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let path = target.split('?').next().unwrap_or_default();
    let endpoint = format!("{method} {path}");
    let mut length = 0;
    loop {
        let mut header = String::new();
        from.read_line(&mut header)?;
        match header.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or_default();
            }
            Some(_) => {}
            None => break,
        }
    }
    from.read_exact(&mut vec![0; length])?;
    Ok(Some(endpoint))
}
