//! How exact the times of streams are: a server on a thread of its own notes when it writes each
//! piece, and the moments the reader tells are held against those. For quiet machines.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot set itself up has failed; its figures are for people"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use ragload::clock::RunClock;
use ragload::model::Offset;
use ragload::request::response::parts::{Condition, Place};
use ragload::request::response::{Format, Path, ResponseParts, ResponseReader, ResponseSpec};
use ragload::request::{AnswerReader, Prepared};
use ragload::transport::{Client, ClientSettings, Direct, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::{JoinSet, LocalSet};

/// What the streams are like.
#[derive(Clone, Copy)]
struct Streams {
    /// How many at once.
    users: u32,
    /// Tokens of each.
    tokens: u32,
    /// Between two tokens.
    gap: Duration,
    /// From the request to the first token.
    first: Duration,
}

/// When the pieces of one answer were written, or were read.
type Moments = Vec<Offset>;

/// By the number of the request.
type Noted = Arc<Mutex<BTreeMap<u32, Moments>>>;

/// Answers one request with a stream, and notes when it wrote its first and last token.
async fn answer(mut socket: TcpStream, streams: Streams, clock: RunClock, noted: Noted) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if socket.read_buf(&mut head).await.unwrap() == 0 {
            return;
        }
    }
    let asked = clock.now();
    let head = String::from_utf8(head).unwrap();
    let number = head
        .split(['/', ' '])
        .find_map(|part| part.parse().ok())
        .unwrap();
    let opening = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                   transfer-encoding: chunked\r\n\r\n";
    socket.write_all(opening.as_bytes()).await.unwrap();
    let mut moments = Moments::new();
    for token in 0..streams.tokens {
        clock
            .sleep_until(asked + streams.first + streams.gap * token)
            .await;
        moments.push(clock.now());
        socket
            .write_all(chunk("data: {\"t\": \"word \"}\n\n").as_bytes())
            .await
            .unwrap();
    }
    noted.lock().unwrap().insert(number, moments);
    let end = chunk("data: [DONE]\n\n") + "0\r\n\r\n";
    socket.write_all(end.as_bytes()).await.unwrap();
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

/// A server on a thread of its own, at a port of the system's choosing.
fn serve(streams: Streams, clock: RunClock, noted: Noted) -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        LocalSet::new().block_on(&runtime, async move {
            let listener = TcpListener::from_std(listener).unwrap();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                socket.set_nodelay(true).unwrap();
                tokio::task::spawn_local(answer(socket, streams, clock, Arc::clone(&noted)));
            }
        });
    });
    port
}

fn spec() -> Arc<ResponseSpec> {
    Arc::new(ResponseSpec::compile(ResponseParts {
        format: Format::Sse,
        answer: vec![Place {
            event: None,
            path: Some(Path::parse("$.t").unwrap()),
        }],
        done: vec![Condition {
            data: Some("[DONE]".to_owned()),
            ..Condition::default()
        }],
        ..ResponseParts::default()
    }))
}

/// One user's stream, as a user of a run reads it.
async fn read(
    mut client: impl Client,
    port: u16,
    number: u32,
    clock: RunClock,
    spec: Arc<ResponseSpec>,
) -> Moments {
    let reader = Rc::new(RefCell::new(ResponseReader::default()));
    reader.borrow_mut().begin(&spec, false);
    let request = Prepared {
        method: http::Method::GET,
        url: format!("http://127.0.0.1:{port}/{number}").parse().unwrap(),
        headers: http::HeaderMap::new(),
        body: bytes::Bytes::new(),
        timeout: Duration::from_secs(120),
        connect_timeout: None,
        follow_redirects: true,
        constant: false,
    };
    let mut answer = AnswerReader::new(false).along_with(Some(Rc::clone(&reader)));
    client.send(&request, &mut answer).await.unwrap();
    let mut reader = reader.borrow_mut();
    let reading = reader.finish(clock.now());
    let mut moments = vec![reading.first_token_at.unwrap()];
    for gap in reading.gaps.iter() {
        moments.push(*moments.last().unwrap() + gap);
    }
    // Gaps are whole microseconds: what they come to may be that much short for each.
    assert!(
        reading
            .last_token_at
            .unwrap()
            .since(*moments.last().unwrap())
            < Duration::from_millis(1)
    );
    moments
}

/// The 50th and 99th percentile, and the largest, of errors in microseconds.
fn spread(mut errors: Vec<u128>) -> [u128; 3] {
    errors.sort_unstable();
    let at = |percent: usize| errors[(errors.len() * percent / 100).min(errors.len() - 1)];
    [at(50), at(99), at(100)]
}

static ALONE: Mutex<()> = Mutex::new(());

/// Reads all streams at once, all on one thread, and says what their times were off by.
fn measured(streams: Streams) {
    // Two of these at once would each measure the other.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let clock = RunClock::start();
    let noted = Noted::default();
    let port = serve(streams, clock, Arc::clone(&noted));
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let seen = LocalSet::new().block_on(&runtime, async move {
        let mut users = JoinSet::new();
        let spec = spec();
        let transport = Direct::new(clock);
        for number in 0..streams.users {
            let spec = Arc::clone(&spec);
            let client = transport.client(&ClientSettings::default()).unwrap();
            users.spawn_local(async move {
                // Spread over a second, as no service has its users all at one moment.
                let start = Duration::from_secs(1) * number / streams.users;
                clock.sleep_until(Offset::from_duration(start)).await;
                (number, read(client, port, number, clock, spec).await)
            });
        }
        users.join_all().await
    });
    let noted = noted.lock().unwrap();
    let (mut first, mut every, mut per_token) = (Vec::new(), Vec::new(), Vec::new());
    for (number, read) in &seen {
        let written = &noted[number];
        assert_eq!(read.len(), written.len(), "every token is read once");
        let late = read
            .iter()
            .zip(written)
            .map(|(read, written)| read.since(*written).as_micros());
        let late: Vec<u128> = late.collect();
        first.push(late[0]);
        every.extend(&late);
        let span = |moments: &Moments| moments.last().unwrap().since(moments[0]);
        let steps = u128::from(streams.tokens - 1);
        per_token.push(span(read).abs_diff(span(written)).as_micros() / steps);
    }
    let Streams { users, tokens, .. } = streams;
    println!("{users} streams of {tokens} tokens, in µs (p50, p99, largest):");
    println!("  first token late by {:?}", spread(first));
    println!("  any token late by {:?}", spread(every));
    println!("  time per token off by {:?}", spread(per_token));
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn every_token_of_200_streams_is_read_and_how_late_is_told() {
    measured(Streams {
        users: 200,
        tokens: 100,
        gap: Duration::from_millis(20),
        first: Duration::from_millis(150),
    });
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn every_token_of_a_thousand_streams_is_read_and_how_late_is_told() {
    measured(Streams {
        users: 1_000,
        tokens: 200,
        gap: Duration::from_millis(50),
        first: Duration::from_millis(150),
    });
}
