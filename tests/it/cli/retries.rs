//! Requests sent again against a real service, and what is asked before anything is paid for.

use ragload::demo::Faults;

use super::program::Folder;
use super::running::ran;
use super::service::Service;

#[test]
fn every_attempt_the_client_counts_is_a_request_the_server_saw() {
    let service = Service::with(Faults {
        rate_limit: Some(20.0),
        ..Faults::default()
    });
    let folder = Folder::new();
    let scenario = "
users: 12
spawn_rate: 100
run_time: 4s
user_classes:
  - name: A
    wait_time: { constant: 100ms }
    tasks:
      - post: /query
        json: { query: What is BM25? }
        retry: { attempts: 3, longest: 5s }
        slo: { response_time: 10s }
";
    folder.write("again.yaml", scenario);
    ran(folder.ragload(&["run", "again.yaml", "-H", &service.host()]))
        .expect(1)
        .shows("lowest remaining budget: 0 of 20 requests at 00:0")
        .shows("0 of 20 000 tokens at 00:0")
        .shows("longest Retry-After ")
        .shows("sent again as retries");
    let record = folder.record("again");
    let all = &record["aggregated"];
    let told = |name: &str| all[name].as_u64().expect("a count");
    let counts = &service.handle.counts()["POST /query"];
    assert_eq!(
        counts.values().sum::<u64>(),
        told("requests") + told("interrupted")
    );
    assert_eq!(counts.get("429").copied(), Some(told("rate_limited")));
    assert!(told("retries") > 0);
    // Judged once each, and not where the end of the run came before a retry.
    let judged = all["goodput"]["judged"].as_u64().expect("objectives");
    assert!(judged <= told("requests") - told("retries"), "{judged}");
    assert!(
        judged + 12 >= told("requests") - told("retries"),
        "{judged}"
    );
}

#[test]
fn a_stream_reset_in_its_midst_is_a_failure_on_both_sides() {
    let service = Service::with(Faults {
        stream_reset_rate: Some(0.3),
        ..Faults::default()
    });
    let folder = Folder::new();
    let scenario = "
preset: openai-chat
questions: [What is BM25?]
users: 4
run_time: 2s
";
    folder.write("reset.yaml", scenario);
    ran(folder.ragload(&["run", "reset.yaml", "-r", "100", "-H", &service.host()])).expect(1);
    let record = folder.record("reset");
    let all = &record["aggregated"];
    let counts = &service.handle.counts()["POST /v1/chat/completions"];
    let reset = counts.get("stream_reset").copied();
    assert!(reset > Some(0), "{counts:?}");
    assert_eq!(all["failures"].as_u64(), reset, "{counts:?}");
    assert_eq!(all["answers"]["truncated"].as_u64(), reset, "{counts:?}");
}

#[test]
fn what_is_paid_for_is_not_run_without_a_budget_unless_somebody_says_so() {
    let folder = Folder::new();
    let price = "price: { input: 1/M, output: 1/M }";
    let scenario = |budget: &str| {
        format!(
            "host: http://gateway.invalid\npreflight: off\nusers: 1\nrun_time: 1s\n\
             preset: openai-chat\nquestions: [What?]\n{price}\n{budget}\n"
        )
    };
    folder.write("paid.yaml", &scenario(""));
    folder.write("limited.yaml", &scenario("budget: { cost: 5.00 }"));
    let run = |arguments: &[&str]| ran(folder.ragload(arguments));
    let approved = ["--approve-host", "gateway.invalid"];
    let refused = run(&[&["run", "paid.yaml"][..], &approved].concat()).expect(3);
    refused
        .says("nothing limits what the run spends")
        .says("--approve-cost");
    run(&[&["run", "paid.yaml", "--approve-cost"][..], &approved].concat()).expect(1);
    run(&[&["run", "limited.yaml"][..], &approved].concat()).expect(1);
    // A service on this machine is nobody's bill.
    let service = Service::start();
    run(&["run", "paid.yaml", "-H", &service.host()]).expect(0);
}
