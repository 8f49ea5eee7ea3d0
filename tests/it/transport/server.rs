//! A server that misbehaves on request, byte by byte.
//!
//! Must not know how the transports under test are built.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long `/slow` keeps silent before its head, and twice within its body.
pub(super) const SLOW: Duration = Duration::from_millis(20);
/// What compressed answers hold.
pub(super) const PLAIN: &str = "hello compressed world";

const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\x48\xce\xcf\x2d\x28\x4a\x2d\x2e\x4e\x4d\x51\x28\xcf\x2f\xca\x49\x01\x00\xa1\x2d\x94\x53\x16\x00\x00\x00";
const DEFLATE: &[u8] = b"\x78\x9c\xcb\x48\xcd\xc9\xc9\x57\x48\xce\xcf\x2d\x28\x4a\x2d\x2e\x4e\x4d\x51\x28\xcf\x2f\xca\x49\x01\x00\x63\x85\x08\xb2";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x20\x16\xb1\x00\x00hello compressed world";
const BROTLI: &[u8] = b"\x50\x01\x10hello compressed world\x03";

/// What the server saw.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) connections: usize,
    /// Head and body of each request.
    pub(super) requests: Vec<String>,
}

/// A running server; it ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub(crate) async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Server { address, seen }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Seen>>) {
    while let Some(request) = read_request(&mut stream).await {
        seen.lock().unwrap().requests.push(request.clone());
        let mut line = request.split(' ');
        let (method, path) = (line.next().unwrap(), line.next().unwrap());
        match path {
            "/close" => return,
            "/reset" => {
                stream.set_zero_linger().unwrap();
                return;
            }
            "/hang" | "/hang-in-body" => {
                if path == "/hang-in-body" {
                    write(
                        &mut stream,
                        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                    )
                    .await;
                }
                std::future::pending::<()>().await;
            }
            "/slow" => {
                for part in [
                    &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"[..],
                    b"slow",
                    b" body",
                ] {
                    tokio::time::sleep(SLOW).await;
                    write(&mut stream, part).await;
                }
            }
            path => {
                let (bytes, keep) = answer(method, path, &request);
                write(&mut stream, &bytes).await;
                if !keep {
                    return;
                }
            }
        }
    }
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length: usize = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= head + 4 + length {
                return Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// The bytes of an answer, and whether the connection stays open.
fn answer(method: &str, path: &str, request: &str) -> (Vec<u8>, bool) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let text = |status: &str, extra: &str, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 {status}\r\n{extra}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let body = if method == "HEAD" { b"" } else { body };
        ([head.as_bytes(), body].concat(), true)
    };
    let encoded =
        |name: &str, body: &[u8]| text("200 OK", &format!("Content-Encoding: {name}\r\n"), body);
    let to = |status: &str, location: &str| {
        text(status, &format!("Location: {location}\r\n"), b"elsewhere")
    };
    let cut = |bytes: &[u8]| (bytes.to_vec(), false);
    match path {
        "/echo" => text("200 OK", "", request.as_bytes()),
        "/gzip" => encoded("gzip", GZIP),
        "/deflate" => encoded("deflate", DEFLATE),
        "/zstd" => encoded("zstd", ZSTD),
        "/br" => encoded("br", BROTLI),
        "/bad-gzip" => encoded("gzip", b"this is not gzip"),
        "/chunked" => (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"
                .to_vec(),
            true,
        ),
        "/until-close" => cut(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"),
        "/204" => (b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(), true),
        "/304" => (b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n".to_vec(), true),
        "/missing" => text("404 Not Found", "", b"nope"),
        "/429" => text("429 Too Many Requests", "Retry-After: 1\r\n", b"slow down"),
        "/500" => text("500 Internal Server Error", "", b"oops"),
        "/503" => text("503 Service Unavailable", "", b"busy"),
        "/odd" => text("404 Nobody (at all) Home", "", b""),
        "/cookie" => text("200 OK", "Set-Cookie: id=42; Path=/\r\n", b""),
        "/cookie-redirect" => text("302 Found", "Set-Cookie: id=7\r\nLocation: /echo\r\n", b""),
        "/301" => to("301 Moved Permanently", "/echo"),
        "/302" => to("302 Found", "echo?x=1"),
        "/303" => to("303 See Other", "/echo"),
        "/307" => to("307 Temporary Redirect", "/echo"),
        "/308" => to("308 Permanent Redirect", "/echo"),
        "/loop" => to("302 Found", "/loop"),
        "/to" => to("307 Temporary Redirect", query),
        "/close-after" => {
            let bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbye";
            cut(bytes)
        }
        // Ends the connection without having said so; some add what nobody asked for.
        "/gone" => cut(&text("200 OK", "", b"bye").0),
        "/gone-saying-more" => {
            let late = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n";
            cut(&[&text("200 OK", "", b"bye").0[..], late].concat())
        }
        "/old" => (
            b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nold".to_vec(),
            true,
        ),
        "/truncated" => cut(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello"),
        "/truncated-chunk" => {
            cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        }
        "/garbage" => cut(b"this is not http\r\n"),
        _ => text("200 OK", "", b"hello"),
    }
}
