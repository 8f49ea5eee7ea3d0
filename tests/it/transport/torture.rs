//! A server that answers as no server should, and what comes of it, case by case.
//!
//! Must not know how the transports under test are built.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Method;
use ragload::request::{Answer, Prepared};
use ragload::transport::{Transport, TransportError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{request, send, user};

/// What the server does once it has the head of a request.
#[derive(Clone, Copy)]
enum Act {
    /// Sends these bytes.
    Say(&'static [u8]),
    /// Sends these bytes one by one.
    Drip(&'static [u8]),
    /// Sends a piece so many times.
    Repeat(&'static [u8], usize),
    /// Reads the body, which has so many bytes.
    Take(usize),
    /// Closes the connection.
    HangUp,
    /// Breaks the connection off once what was said has arrived.
    Reset,
}

use Act::{Drip, HangUp, Repeat, Reset, Say, Take};

/// What is asked in a case.
#[derive(Clone, Copy)]
enum Ask {
    Get,
    Head,
    /// With a body of so many bytes.
    Post(usize),
}

/// A name, a question, and how it is answered.
type Case = (&'static str, Ask, &'static [Act]);

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const GZIP_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n";
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\x48\xce\xcf\x2d\x28\x4a\x2d\x2e\x4e\x4d\x51\x28\xcf\x2f\xca\x49\x01\x00\xa1\x2d\x94\x53\x16\x00\x00\x00";
const GZIP_CUT: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9";
/// So little that nothing comes of it.
const GZIP_BEGINS: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03";
const BIG: usize = 5_000_000;

const CASES: &[Case] = &[
    ("informational answers first", Ask::Get, &[
        Say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        Say(OK),
    ]),
    ("byte by byte", Ask::Get, &[Drip(OK)]),
    ("blank lines before the status", Ask::Get, &[Say(b"\r\n\r\n"), Say(OK)]),
    ("bare newlines", Ask::Get, &[Say(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok")]),
    ("no reason", Ask::Get, &[Say(b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok")]),
    ("an unheard-of status", Ask::Get, &[Say(b"HTTP/1.1 799 What\r\nContent-Length: 0\r\n\r\n")]),
    ("switching protocols", Ask::Get, &[Say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")]),
    ("chunks with extensions and trailers", Ask::Get, &[
        Say(CHUNKED), Say(b"2;a=b\r\nok\r\n"), Say(b"0\r\nX-Sum: 1\r\n\r\n"),
    ]),
    ("chunks byte by byte", Ask::Get, &[Drip(CHUNKED), Drip(b"2\r\nok\r\n0\r\n\r\n")]),
    ("no chunk at all", Ask::Get, &[Say(CHUNKED), Say(b"0\r\n\r\n")]),
    ("a chunk size that is none", Ask::Get, &[Say(CHUNKED), Say(b"zz\r\nok\r\n"), HangUp]),
    ("a chunk without a size", Ask::Get, &[Say(CHUNKED), Say(b"\r\nok\r\n"), HangUp]),
    ("a chunk without its end", Ask::Get, &[Say(CHUNKED), Say(b"2\r\noknext"), HangUp]),
    ("chunks without the last", Ask::Get, &[Say(CHUNKED), Say(b"2\r\nok\r\n"), HangUp]),
    ("a length and chunks", Ask::Get, &[
        Say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    ]),
    ("chunks that are not the last coding", Ask::Get, &[
        Say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\nok"), HangUp,
    ]),
    ("chunks of HTTP/1.0", Ask::Get, &[
        Say(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), HangUp,
    ]),
    ("bare newlines between chunks", Ask::Get, &[Say(CHUNKED), Say(b"2\nok\n0\n\n"), HangUp]),
    ("HEAD with a length", Ask::Head, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")]),
    ("HEAD with chunks", Ask::Head, &[Say(CHUNKED)]),
    ("HEAD that is encoded", Ask::Head, &[Say(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 42\r\n\r\n")]),
    ("204 with a length", Ask::Get, &[Say(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n")]),
    ("304 with a length", Ask::Get, &[Say(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")]),
    ("HTTP/1.0", Ask::Get, &[Say(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]),
    ("HTTP/1.0 kept alive", Ask::Get, &[Say(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok")]),
    ("keeping and closing", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok")]),
    ("until the connection ends", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\n\r\nok"), HangUp]),
    ("closing in so many words", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok")]),
    ("closing without a word", Ask::Get, &[Say(OK), HangUp]),
    ("a timeout said to nobody", Ask::Get, &[Say(OK), Say(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), HangUp]),
    ("more than was told", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more")]),
    ("less than was told", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"), HangUp]),
    ("nothing of what was told", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), HangUp]),
    ("the same length twice", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")]),
    ("two lengths", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"), HangUp]),
    ("the same length twice in one line", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok")]),
    ("an empty length", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok"), HangUp]),
    ("a length that is none", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok"), HangUp]),
    ("a length below zero", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok"), HangUp]),
    ("a long header", Ask::Get, &[
        Say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Long: "), Repeat(b"0123456789", 6000), Say(b"\r\n\r\nok"),
    ]),
    ("a head without end", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nX-Long: "), Repeat(b"0123456789", 100_000), HangUp]),
    ("too many headers", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\n"), Repeat(b"X-A: b\r\n", 101), Say(b"\r\n"), HangUp]),
    ("a header without a colon", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\nok"), HangUp]),
    ("half a head", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Le"), HangUp]),
    ("no answer", Ask::Get, &[HangUp]),
    ("reset before an answer", Ask::Get, &[Reset]),
    ("reset within the head", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Le"), Reset]),
    ("reset within a body of known length", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"), Reset]),
    ("reset within chunks", Ask::Get, &[Say(CHUNKED), Say(b"2\r\nok\r\n"), Reset]),
    ("reset within a body until the end", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\n\r\nok"), Reset]),
    ("blank lines and no answer", Ask::Get, &[Say(b"\r\n\r\n"), HangUp]),
    ("no HTTP", Ask::Get, &[Say(b"220 mail.example ESMTP\r\n"), HangUp]),
    ("no text", Ask::Get, &[Say(b"\x15\x03\x01\x00\x02\x02\x50"), HangUp]),
    ("no status", Ask::Get, &[Say(b"HTTP/1.1 yes OK\r\n\r\n"), HangUp]),
    ("another version", Ask::Get, &[Say(b"HTTP/3.0 200 OK\r\n\r\n"), HangUp]),
    ("a long line that is no HTTP", Ask::Get, &[Repeat(b"0123456789", 20), Say(b"\r\n"), HangUp]),
    ("encoded", Ask::Get, &[Say(GZIP_HEAD), Say(GZIP), HangUp]),
    ("encoded in chunks", Ask::Get, &[
        Say(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2a\r\n"), Say(GZIP), Say(b"\r\n0\r\n\r\n"),
    ]),
    ("encoded, byte by byte", Ask::Get, &[Say(GZIP_HEAD), Drip(GZIP), HangUp]),
    ("encoded and cut short", Ask::Get, &[Say(GZIP_HEAD), Say(GZIP_CUT), HangUp]),
    ("encoded with something behind", Ask::Get, &[Say(GZIP_HEAD), Say(GZIP), Say(b"more"), HangUp]),
    ("encoded and empty", Ask::Get, &[Say(GZIP_HEAD), HangUp]),
    ("encoded and shorter than told", Ask::Get, &[
        Say(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n"), Say(GZIP_BEGINS), HangUp,
    ]),
    ("an encoding nobody knows", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 2\r\n\r\nbx")]),
    ("a big answer", Ask::Get, &[Say(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"), Repeat(b"0123456789", BIG / 10)]),
    ("a big question", Ask::Post(BIG), &[Take(BIG), Say(OK)]),
    ("an answer before the question is over", Ask::Post(BIG), &[
        Say(b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\n\r\nno"), Take(BIG),
    ]),
    ("a question without a body", Ask::Post(0), &[Say(OK)]),
];

/// Plays every case and tells what came of each: the answer or the error, and whether the
/// connection served another request, `meanwhile` having been done between the two.
pub(super) async fn play<T: Transport>(transport: &T, meanwhile: fn(&mut T::Client)) -> String {
    let mut told = String::new();
    for (name, ask, acts) in CASES {
        let server = Server::start(acts).await;
        let mut client = user(transport);
        let question = server.question(*ask);
        let (result, answer) = send(&mut client, &question).await;
        write!(told, "{name}: {}", outcome(&result, &answer)).unwrap();
        meanwhile(&mut client);
        // A connection that is closed is so when the system has told.
        tokio::time::sleep(Duration::from_millis(10)).await;
        let (result, _) = send(&mut client, &server.next()).await;
        let connections = server.connections.load(Ordering::Relaxed);
        let again = match (result, connections) {
            (Ok(()), 1) => "kept",
            (Ok(()), 2) => "closed",
            other => panic!("{name}: then {other:?}"),
        };
        writeln!(told, "; {again}").unwrap();
    }
    told
}

fn outcome(result: &Result<(), TransportError>, answer: &Answer) -> String {
    let body = match answer.body.len() {
        0..30 => format!("{:?}", String::from_utf8_lossy(&answer.body)),
        long => format!("{long} bytes"),
    };
    let head = match answer.status {
        Some(status) => format!("{} {body}", status.as_u16()),
        None => "nothing".to_owned(),
    };
    match result {
        Ok(()) => head,
        Err(error) => format!("{head}, {}: {}", error.kind, error.text),
    }
}

struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(acts: &'static [Act]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, acts));
            }
        });
        Server {
            address,
            connections,
        }
    }

    fn question(&self, ask: Ask) -> Prepared {
        let url = format!("http://{}/case", self.address);
        match ask {
            Ask::Get => request(Method::GET, &url),
            Ask::Head => request(Method::HEAD, &url),
            Ask::Post(length) => Prepared {
                body: vec![b'x'; length].into(),
                ..request(Method::POST, &url)
            },
        }
    }

    /// A request that is answered as it should be.
    fn next(&self) -> Prepared {
        request(Method::GET, &format!("http://{}/next", self.address))
    }
}

async fn serve(mut stream: TcpStream, acts: &[Act]) {
    let mut bytes = Vec::new();
    loop {
        let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else {
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
            continue;
        };
        let is_case = bytes[..end].windows(5).any(|part| part == b"/case");
        bytes.drain(..end + 4);
        for act in if is_case { acts } else { &[Say(OK)][..] } {
            if perform(*act, &mut stream, &mut bytes).await.is_err() {
                return;
            }
        }
    }
}

/// Fails when the connection is over.
async fn perform(
    act: Act,
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
) -> Result<(), std::io::Error> {
    match act {
        Say(said) => stream.write_all(said).await,
        Drip(said) => {
            for byte in said {
                stream.write_all(&[*byte]).await?;
                tokio::task::yield_now().await;
            }
            Ok(())
        }
        Repeat(piece, times) => stream.write_all(&piece.repeat(times)).await,
        Take(length) => {
            while bytes.len() < length {
                if stream.read_buf(bytes).await? == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
            }
            bytes.drain(..length);
            Ok(())
        }
        Reset => {
            // What lies unread is lost to a reset: the other side needs a moment to read it.
            tokio::time::sleep(Duration::from_millis(50)).await;
            stream.set_zero_linger()?;
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
        HangUp => {
            stream.shutdown().await?;
            // Read to its end, so that what was said is not lost to a reset.
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await?;
            Err(std::io::ErrorKind::UnexpectedEof.into())
        }
    }
}
