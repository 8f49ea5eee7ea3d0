//! A server of canned answers: one for each path, byte for byte as a test writes it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// What a path is answered with; no bytes close the connection.
pub(super) type Script = fn(path: &str) -> Vec<u8>;

/// The server; its threads end with the test program.
pub(super) struct Scripted {
    address: SocketAddr,
}

impl Scripted {
    pub(super) fn start(script: Script) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(script);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let script = Arc::clone(&script);
                std::thread::spawn(move || serve(&stream, *script));
            }
        });
        Scripted { address }
    }

    /// `127.0.0.1:` and the port.
    pub(super) fn authority(&self) -> String {
        self.address.to_string()
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(super) fn host(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(stream: &TcpStream, script: Script) {
    let mut reader = BufReader::new(stream);
    while let Some(path) = read_request(&mut reader) {
        let answer = script(&path);
        let mut writer = stream;
        if answer.is_empty() || writer.write_all(&answer).is_err() {
            return;
        }
    }
}

/// Reads a request to its end; gives its path without query.
fn read_request(reader: &mut impl BufRead) -> Option<String> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|&read| read > 0)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(told) = line.strip_prefix("content-length: ") {
            length = told.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let target = first.split(' ').nth(1)?;
    Some(target.split('?').next()?.to_owned())
}

/// An answer of this status line, with these headers and body.
pub(super) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
