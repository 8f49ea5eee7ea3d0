//! A target behind TLS: certificates are checked unless the user says otherwise.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use crate::transport::secure::{Manner, SecureServer};

use super::program::Folder;
use super::running::ran;

const ASK: &str = "
users: 1
spawn_rate: 1
run_time: 1s
user_classes: [{ name: A, wait_time: { constant: 50ms }, tasks: [{ name: a, get: /a }] }]
";

/// A server whose certificate nobody knows, and the runtime it lives on.
fn unknown_to_all() -> (SecureServer, tokio::runtime::Runtime) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let manner = Manner {
        expired: false,
        asks_for_certificate: false,
    };
    (runtime.block_on(SecureServer::start(manner)), runtime)
}

#[test]
fn an_unknown_certificate_is_refused_and_the_remedies_work() {
    let (server, _runtime) = unknown_to_all();
    let host = server.url("");
    let folder = Folder::new();
    folder.write("ask.yaml", ASK);
    let run = ["run", "ask.yaml", "-H", &host, "-t", "1s", "-s", "1s"];
    ran(folder.ragload(&run)).expect(3).says("certificate");
    let insecure = [&run[..], &["--insecure"]].concat();
    ran(folder.ragload(&insecure)).expect(0);
    let trusted = format!("ca_cert={}", server.file("ca.pem").display());
    let known = [&run[..], &["--set", &trusted]].concat();
    ran(folder.ragload(&known)).expect(0);
}
