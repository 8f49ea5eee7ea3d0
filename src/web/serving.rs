//! Connections: taken, given a while to ask, and ended together.
//!
//! Owns how long a client may keep a connection without asking. Must not know any route.

use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

/// How long the head of a request may take: whoever sends it byte by byte holds a place for ever.
const HEAD: Duration = Duration::from_secs(10);

/// Answers whoever connects until `ending` is cancelled, then until the last answer is out.
pub(super) async fn serve(mut listener: impl Listener, routes: Router, ending: CancellationToken) {
    let connections = GracefulShutdown::new();
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ending.cancelled() => break,
        };
        tokio::spawn(connection(stream, routes.clone(), &connections));
    }
    connections.shutdown().await;
}

/// One connection to its end.
fn connection<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    routes: Router,
    connections: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<S> {
    let serving = Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    let serving = connections.watch(serving);
    async move {
        // A client that is gone, or was too slow, is nobody's to tell.
        let _ = serving.await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    fn connected(connections: &GracefulShutdown) -> DuplexStream {
        let (client, server) = duplex(4096);
        let routes = Router::new().route("/", get(|| async { "here" }));
        tokio::spawn(connection(server, routes, connections));
        client
    }

    async fn rest(client: &mut DuplexStream) -> String {
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_is_answered_and_whoever_only_begins_to_is_cut_off() {
        let connections = GracefulShutdown::new();
        let mut whole = connected(&connections);
        let asked = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        whole.write_all(asked).await.unwrap();
        assert!(rest(&mut whole).await.ends_with("here"));
        for begun in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n"] {
            let mut half = connected(&connections);
            half.write_all(begun.as_bytes()).await.unwrap();
            assert!(!rest(&mut half).await.contains("here"), "{begun:?}");
        }
    }
}
