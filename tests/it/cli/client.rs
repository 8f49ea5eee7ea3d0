//! What requests are sent with: chosen, said, and counted alike.

use super::program::Folder;
use super::running::ran;
use super::service::Service;

#[test]
fn both_clients_count_what_the_service_counts() {
    for (client, said) in [
        ("auto", "direct, HTTP/1.1 (no proxy is set for the target)"),
        ("direct", "direct, HTTP/1.1 (as asked)"),
        ("general", "general, HTTP/1.1 or HTTP/2 (as asked)"),
    ] {
        let (folder, service) = (Folder::quick(""), Service::start());
        let set = format!("client={client}");
        let host = service.host();
        let check = ["check", "quick.yaml", "-H", &host, "--set", &set];
        ran(folder.ragload(&check)).expect(0).shows(said);
        let run = ["run", "quick.yaml", "-H", &host, "--set", &set];
        ran(folder.ragload(&run)).expect(0).says(said);
        let record = folder.record("quick");
        let sent = record["aggregated"]["requests"].as_u64().unwrap();
        // One more for the pre-flight.
        assert_eq!(service.requests(), sent + 1, "{client}");
        assert!(sent > 20, "{client}: {sent}");
    }
}

#[test]
fn a_proxy_of_the_environment_is_taken_and_named() {
    let (folder, proxy) = (
        Folder::quick("approved_hosts: [rag.invalid]"),
        Service::start(),
    );
    let run = ["run", "quick.yaml", "-H", "http://rag.invalid:8000"];
    let credentials = proxy.host().replace("http://", "http://me:proxy-pass@");
    let mut command = folder.ragload(&run);
    command.env("HTTP_PROXY", &credentials);
    let through = ran(command).expect(0);
    let said = format!(
        "general, HTTP/1.1 or HTTP/2 (rag.invalid is reached through the proxy {}/)",
        proxy.host()
    );
    let through = through.says(&said);
    assert!(!through.stderr.contains("proxy-pass"), "{}", through.stderr);
    let sent = folder.record("quick")["aggregated"]["requests"].as_u64();
    assert_eq!(Some(proxy.requests()), sent.map(|sent| sent + 1));
    let past = [&run[..], &["--set", "client=direct"]].concat();
    let mut command = folder.ragload(&past);
    command.env("HTTP_PROXY", &credentials);
    ran(command)
        .expect(3)
        .says("past the proxy")
        .says("gaierror");
}

#[test]
fn running_out_of_file_descriptors_is_not_the_targets_fault() {
    if cfg!(windows) {
        return;
    }
    let (folder, service) = (Folder::quick(""), Service::start());
    for client in ["direct", "general"] {
        let program = super::program::PROGRAM;
        let host = service.host();
        let line = format!(
            "ulimit -n 40 && exec {program} run quick.yaml -H {host} -u 60 -r 600 --threads 1 \
             --set client={client}"
        );
        let mut shell = folder.program("sh");
        shell.args(["-c", &line]);
        ran(shell).expect(1);
        let failures = folder.read("results/quick_failures.csv");
        let text = "this load generator ran out of file descriptors (raise ulimit -n)";
        assert!(failures.contains(text), "{client}: {failures}");
    }
}
