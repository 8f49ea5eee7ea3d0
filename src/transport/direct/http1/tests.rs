//! Behaviour of the module above. What servers do to it is in the torture suite, which compares
//! it with another HTTP library.

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;
use url::Url;

use super::*;
use crate::request::Prepared;

/// What comes of bytes that arrive in pieces, at whose end the connection ends: the head and the
/// body, or how far it went; and what is left over.
fn read(bytes: &[u8], cut: usize) -> String {
    let mut pieces = bytes.chunks(cut.max(1));
    let mut buffer = BytesMut::new();
    let mut head = loop {
        match take(&mut buffer, &Method::GET) {
            Ok(Some(head)) => break head,
            Ok(None) => match pieces.next() {
                Some(piece) => buffer.extend_from_slice(piece),
                None => return "no head".to_owned(),
            },
            Err(error) => return error.kind.to_string(),
        }
    };
    let (mut body, mut trailers) = (Vec::new(), HeaderMap::new());
    let ended = loop {
        match head.framing.take(&mut buffer) {
            Ok(Piece::Data(data)) => body.extend_from_slice(&data),
            Ok(Piece::Trailers(came)) => trailers = came,
            Ok(Piece::End) => break "whole".to_owned(),
            Ok(Piece::More) => match pieces.next() {
                Some(piece) => buffer.extend_from_slice(piece),
                None => match head.framing.end() {
                    Ok(()) => {}
                    Err(error) => break error.to_string(),
                },
            },
            Err(error) => break error.to_string(),
        }
    };
    pieces.for_each(|piece| buffer.extend_from_slice(piece));
    let keeps = head.keep_alive;
    format!(
        "{} {:?} {body:?} {trailers:?} {ended} {keeps} {buffer:?}",
        head.status, head.headers
    )
}

/// A body in chunks of these sizes.
fn chunked(body: &[u8], sizes: &[usize]) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let (mut rest, mut sizes) = (body, sizes.iter().cycle());
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
        bytes.extend_from_slice(format!("{:X} ; a=\"b\"\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
        rest = after;
    }
    bytes.extend_from_slice(b"0\r\nX-Sum: 1\r\n\r\n");
    bytes
}

/// Bytes that begin like an answer more often than bytes at random do.
fn answers() -> impl Strategy<Value = Vec<u8>> {
    let parts = prop::sample::select(vec![
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.0 200\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: 18446744073709551615\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        "\r\n",
        "\n",
        "\r",
        "3\r\n",
        "abc",
        "0\r\n",
        "ffffffffffffffff\r\n",
        "11111111111111111\r\n",
        ":",
        "\u{0}",
        "ü",
    ]);
    prop::collection::vec(parts, 0..12).prop_map(|parts| parts.concat().into_bytes())
}

proptest! {
    #[test]
    fn it_does_not_matter_how_an_answer_is_cut(bytes in answers(), cut in 1_usize..40) {
        prop_assert_eq!(read(&bytes, cut), read(&bytes, usize::MAX));
    }

    #[test]
    fn whatever_comes_nothing_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        begins in answers(),
        cut in 1_usize..40,
    ) {
        read(&[begins, bytes].concat(), cut);
    }

    #[test]
    fn a_body_in_chunks_is_the_body(
        body in prop::collection::vec(any::<u8>(), 0..100),
        sizes in prop::collection::vec(1_usize..40, 1..5),
        cut in 1_usize..40,
    ) {
        let whole = read(&chunked(&body, &sizes), cut);
        let expected = format!("{body:?} {{\"x-sum\": \"1\"}} whole true b\"\"");
        prop_assert!(whole.ends_with(&expected), "{}", whole);
    }
}

#[test]
fn a_body_ends_where_the_head_says() {
    let ends = |lines: &str| {
        let answer = format!("HTTP/1.1 200 OK\r\n{lines}\r\n2\r\nok\r\n0\r\n\r\n");
        let read = read(answer.as_bytes(), usize::MAX);
        let body = ["[50, 13, 10] ", "[111, 107] ", "[50, 13, 10, 111"];
        body.iter().position(|body| read.contains(body))
    };
    let (length, chunks, connection) = (Some(0), Some(1), Some(2));
    for (lines, expected) in [
        ("Content-Length: 3\r\n", length),
        ("Content-Length: 3, 3\r\n", length),
        ("Content-Length: 3\r\nContent-Length: 3\r\n", length),
        ("Content-Length: 3, 4\r\n", None),
        ("Content-Length: +3\r\n", None),
        ("Content-Length: 99999999999999999999\r\n", None),
        ("Content-Length:\r\n", None),
        ("Transfer-Encoding: chunked\r\n", chunks),
        ("Transfer-Encoding: gzip, CHUNKED\r\n", chunks),
        (
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
            chunks,
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
            chunks,
        ),
        ("Transfer-Encoding: chunked, gzip\r\n", connection),
        ("", connection),
    ] {
        assert_eq!(ends(lines), expected, "{lines}");
    }
}

#[test]
fn a_connection_stays_unless_somebody_says_otherwise() {
    let stays = |version: &str, lines: &str| {
        let answer = format!("HTTP/{version} 200 OK\r\n{lines}Content-Length: 0\r\n\r\n");
        let head = take(&mut BytesMut::from(answer.as_bytes()), &Method::GET);
        head.unwrap().unwrap().keep_alive
    };
    assert!(stays("1.1", ""));
    assert!(stays("1.1", "Connection: upgrade, keep-alive\r\n"));
    assert!(!stays(
        "1.1",
        "Connection: Close\r\nConnection: keep-alive\r\n"
    ));
    assert!(!stays("1.0", ""));
    assert!(stays("1.0", "Connection: Keep-Alive\r\n"));
    assert!(!stays("1.0", "Connection: keep-alive, close\r\n"));
}

fn request(method: Method, url: &str, body: Bytes) -> Prepared {
    Prepared {
        method,
        url: Url::parse(url).unwrap(),
        headers: HeaderMap::new(),
        body,
        timeout: Duration::from_secs(1),
        connect_timeout: None,
        follow_redirects: true,
        constant: true,
    }
}

fn sent(request: &Prepared, host: &str) -> String {
    let mut outgoing = outgoing(request, &host.parse().unwrap(), None);
    let bytes = outgoing.copy_to_bytes(outgoing.remaining());
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_request_is_its_line_its_headers_and_its_body() {
    let mut asked = request(Method::POST, "http://h:1/a%20b?c=d#e", "{}".into());
    let own = HeaderValue::from_static("1");
    asked.headers.insert("x-own", own);
    let sent = sent(&asked, "h:1");
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    assert_eq!((lines.remove(0), body), ("POST /a%20b?c=d HTTP/1.1", "{}"));
    for line in ["host: h:1", "x-own: 1", "content-length: 2"] {
        assert!(lines.contains(&line), "{line} in {lines:?}");
    }
}

/// Kept bytes are those of the same request alone, however little another one differs.
#[test]
fn what_is_kept_is_what_would_be_made() {
    let long = Bytes::from("x".repeat(100_000));
    let plain = request(Method::GET, "http://h/a?b=c", Bytes::new());
    let mut own = plain.clone();
    own.headers.insert("x-own", HeaderValue::from_static("1"));
    let mut other = own.clone();
    other.headers.insert("x-own", HeaderValue::from_static("2"));
    let requests = [
        plain,
        own,
        other,
        request(Method::POST, "http://h/a?b=c", Bytes::new()),
        request(Method::POST, "http://h/a?b=c", "body".into()),
        request(Method::POST, "http://h/a?b=c", "BODY".into()),
        request(Method::PUT, "http://h/a?b=c", long.clone()),
        request(Method::PUT, "http://h/a?b=c", long.slice(1..)),
        request(Method::GET, "http://h/a?b=d", Bytes::new()),
    ];
    for _ in 0..2 {
        for request in &requests {
            for host in ["h", "i:1"] {
                let made = Prepared {
                    constant: false,
                    ..request.clone()
                };
                assert_eq!(sent(request, host), sent(&made, host));
            }
        }
    }
}
