//! What only the direct transport does, and can tell.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use ragload::model::{Connections, Phases};
use ragload::request::Prepared;
use ragload::transport::{ClientSettings, Transport};
use rustls::HandshakeKind;

use super::secure::SecureServer;
use super::server::{SLOW, Server};
use super::{PROPER, answer, direct, general, get, post, request, send, user};

fn connections(made: u32, again: u32) -> Option<Connections> {
    Some(Connections { made, again })
}

#[tokio::test]
async fn the_phases_of_a_request_are_told() {
    let server = Server::start().await;
    let (direct, general) = (direct(), general());
    let mut client = user(&direct);
    let first = send(&mut client, &get(&server.url("/slow"))).await.1.phases;
    assert!(first.connect.is_some() && first.sending.is_some());
    assert!(first.waiting >= Some(SLOW) && first.receiving >= Some(SLOW));
    assert_eq!((first.blocked, first.dns, first.tls), (None, None, None));
    let second = send(&mut client, &get(&server.url("/ok"))).await.1.phases;
    assert_eq!(second.connect, None, "the connection was there");
    assert!(second.sending.is_some() && second.waiting.is_some() && second.receiving.is_some());
    let redirected = send(&mut client, &get(&server.url("/to?/slow")))
        .await
        .1
        .phases;
    assert!(redirected.waiting >= Some(SLOW) && redirected.receiving >= Some(SLOW));
    let less = send(&mut user(&general), &get(&server.url("/slow")))
        .await
        .1
        .phases;
    assert!(less.waiting >= Some(SLOW) && less.receiving >= Some(SLOW));
    let (waiting, receiving) = (less.waiting, less.receiving);
    let known = Phases {
        waiting,
        receiving,
        ..Phases::default()
    };
    assert_eq!(less, known, "reqwest tells no more");
}

#[tokio::test]
async fn a_name_is_looked_up_once_for_all_users() {
    let server = Server::start().await;
    let direct = direct();
    let url = format!("http://localhost:{}/ok", server.address.port());
    let first = send(&mut user(&direct), &get(&url)).await.1.phases;
    assert!(first.dns.is_some());
    let second = send(&mut user(&direct), &get(&url)).await.1.phases;
    assert!(second.dns.is_none() && second.connect.is_some());
}

#[tokio::test]
async fn connections_made_and_made_again_are_counted() {
    let server = Server::start().await;
    let direct = direct();
    let mut client = user(&direct);
    let mut took = Vec::new();
    for path in [
        "/ok",
        "/close-after",
        "/close-after",
        "/ok",
        "/to?/close-after",
    ] {
        let answer = send(&mut client, &get(&server.url(path))).await.1;
        took.push(answer.connections);
    }
    let expected = [(1, 0), (0, 0), (1, 1), (1, 1), (0, 0)];
    assert_eq!(took, expected.map(|(made, again)| connections(made, again)));
    let untold = send(&mut user(&general()), &get(&server.url("/ok")))
        .await
        .1;
    assert_eq!(untold.connections, None);
}

#[tokio::test]
async fn a_user_resumes_its_own_tls_sessions_and_no_other_users() {
    let server = SecureServer::start(PROPER).await;
    let settings = ClientSettings {
        ca_cert: Some(server.file("ca.pem")),
        ..ClientSettings::default()
    };
    let direct = direct();
    let request = get(&server.url("/"));
    for _ in 0..2 {
        let mut client = direct.client(&settings).unwrap();
        for again in [false, true] {
            // The server hangs up after each answer.
            let answer = send(&mut client, &request).await.1;
            assert_eq!(answer.connections, connections(1, again.into()));
            assert!(answer.phases.tls > Some(Duration::ZERO));
        }
    }
    let expected = [HandshakeKind::Full, HandshakeKind::Resumed].repeat(2);
    assert_eq!(server.handshakes(), expected);
}

#[tokio::test]
async fn both_transports_send_the_same() {
    let server = Server::start().await;
    let (direct, general) = (direct(), general());
    let (mut one, mut other) = (user(&direct), user(&general));
    let url = server.url("/echo?a=b&c=%20d");
    let named = |name, value| {
        let mut request = get(&url);
        let name = HeaderName::from_static(name);
        request
            .headers
            .insert(name, HeaderValue::from_static(value));
        request
    };
    let requests = [
        get(&url),
        post(&url),
        request(Method::POST, &url),
        request(Method::DELETE, &url),
        request(Method::PATCH, &url),
        named("range", "bytes=0-9"),
        named("accept-encoding", "br"),
        named("accept", "text/html"),
        named("host", "elsewhere"),
        named("user-agent", "mine/1"),
        named("cookie", "own=1"),
        named("x-own", "1"),
    ];
    for cookies in [false, true] {
        for request in &requests {
            let (direct, general) = (
                sorted(&answer(&mut one, request).await.1),
                sorted(&answer(&mut other, request).await.1),
            );
            assert_eq!(direct, general, "{request:?}, cookies {cookies}");
        }
        let set = get(&server.url("/cookie"));
        answer(&mut one, &set).await;
        answer(&mut other, &set).await;
    }
}

/// A request as the server saw it, the order of its headers aside.
fn sorted(echoed: &str) -> Vec<String> {
    let mut lines: Vec<String> = echoed.split("\r\n").map(str::to_owned).collect();
    lines[1..].sort_unstable();
    lines
}

/// Many users at once, each with answers of every kind: no request is lost or doubled.
#[tokio::test]
async fn the_server_sees_each_request_once() {
    let server = Server::start().await;
    let direct = direct();
    let paths = [
        "/ok",
        "/chunked",
        "/close-after",
        "/gzip",
        "/204",
        "/until-close",
        "/429",
    ];
    let users = (0..20).map(|_| async {
        let mut client = user(&direct);
        for path in paths.iter().cycle().take(50) {
            let request = Prepared {
                timeout: Duration::from_secs(30),
                ..post(&server.url(path))
            };
            assert_eq!(send(&mut client, &request).await.0, Ok(()), "{path}");
        }
    });
    futures_util::future::join_all(users).await;
    assert_eq!(server.requests().len(), 20 * 50);
}
