//! Who may come, what a page of another site gets, and where load may go.

use serde_json::json;

use super::super::program::Folder;
use super::super::running::ran;
use super::super::service::{Service, Tripwire};
use super::site::Site;

#[test]
fn a_name_that_others_own_gets_nothing() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(
        &folder,
        &service.host(),
        &["--web-allowed-host", "ui.example.com"],
    );
    let asked_as = |host: &str| site.send("GET", "/stats/requests", &[("Host", host)], "");
    assert!(
        asked_as("evil.example.com")
            .expect(403)
            .error()
            .contains("--web-allowed-host")
    );
    asked_as("localhost:1").expect(200);
    asked_as("ui.example.com").expect(200);
    let nothing = site.send("GET", "/", &[("Host", "")], "");
    assert!(
        nothing.status == 400 || nothing.status == 403,
        "{nothing:?}"
    );
}

#[test]
fn a_page_of_another_site_starts_and_ends_nothing() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let form = "user_count=1&spawn_rate=1";
    let swarm = |headers: &[(&str, &str)]| site.send("POST", "/swarm", headers, form);
    for headers in [
        [("Origin", "http://evil.example.com")],
        [("Origin", "null")],
        [("Origin", "http://localhost:3000")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
        [("Referer", "http://evil.example.com/")],
    ] {
        assert!(
            swarm(&headers).expect(403).error().contains("another site"),
            "{headers:?}"
        );
    }
    for path in ["/stop", "/stats/reset"] {
        let foreign = [("Sec-Fetch-Site", "cross-site")];
        site.send("GET", path, &foreign, "").expect(403);
        site.send("GET", path, &[("Sec-Fetch-Site", "none")], "")
            .expect(200);
    }
    site.send(
        "POST",
        "/api/v1/start",
        &[("Origin", "http://evil.example.com")],
        "",
    )
    .expect(403);
    assert_eq!(
        (site.state()["run"].clone(), service.requests()),
        (json!(0), 0)
    );
    let own = format!("http://{}", site.address);
    let own = [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(swarm(&own).expect(200).json()["success"], true);
}

#[test]
fn whoever_has_no_proof_sees_nothing() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let mut command = folder.ragload(&[
        "web",
        "quick.yaml",
        "-H",
        &service.host(),
        "--web-port",
        "0",
    ]);
    command.env("LOCUST_WEB_AUTH", "ada:correct horse");
    command.env("LOCUST_WEB_TOKEN", "tok-1234567890");
    let site = Site::of(super::super::running::start(command));
    for path in [
        "/",
        "/stats/requests",
        "/api/v1/state",
        "/api/v1/events",
        "/metrics",
        "/logs",
    ] {
        let refused = site.get(path).expect(401);
        assert!(refused.headers["www-authenticate"].starts_with("Basic realm="));
    }
    let with = |value: &str| site.send("GET", "/logs", &[("Authorization", value)], "");
    // ada:wrong horse
    with("Basic YWRhOndyb25nIGhvcnNl").expect(401);
    with("Bearer tok-0").expect(401);
    with("Bearer tok-1234567890").expect(200);
    // ada:correct horse
    let logs = with("Basic YWRhOmNvcnJlY3QgaG9yc2U=").expect(200).body;
    for secret in ["correct horse", "tok-1234567890"] {
        assert!(!logs.contains(secret) && !site.said().contains(secret));
    }
}

#[test]
fn a_token_typed_once_opens_the_page() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &["--web-token", "tok-1234567890"]);
    let page = ("Accept", "text/html");
    let sent_away = site.send("GET", "/", &[page], "").expect(302);
    assert_eq!(sent_away.headers["location"], "/login");
    let door = site.get("/login").expect(200).body;
    assert!(door.contains("type=\"password\""), "{door}");
    site.get("/assets/web.css").expect(200);
    assert!(
        site.post("/login", "token=wrong")
            .expect(401)
            .body
            .contains("not the token")
    );
    let opened = site.post("/login", "token=tok-1234567890").expect(302);
    let cookie = &opened.headers["set-cookie"];
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(
        !cookie.contains("tok-1234567890"),
        "the cookie holds the token"
    );
    let cookie = cookie.split(';').next().expect("a cookie");
    site.send("GET", "/", &[page, ("Cookie", cookie)], "")
        .expect(200);
    let forged = format!("{cookie}x");
    site.send("GET", "/", &[page, ("Cookie", &forged)], "")
        .expect(302);
}

#[test]
fn other_machines_are_let_in_with_a_proof_only() {
    let folder = Folder::quick("");
    let all = [
        "web",
        "quick.yaml",
        "--web-host",
        "0.0.0.0",
        "--web-port",
        "0",
    ];
    ran(folder.ragload(&all))
        .expect(2)
        .says("--web-auth USER:PASSWORD");
    let locust = ["-f", "quick.yaml", "--web-host", "*", "--web-port", "0"];
    ran(folder.ragload(&locust))
        .expect(2)
        .says("--web-auth USER:PASSWORD");
    let bad = [&all[..], &["--web-auth", "hunter2"]].concat();
    let bad = ran(folder.ragload(&bad)).expect(2);
    assert!(!bad.stderr.contains("hunter2"), "{}", bad.stderr);
}

#[test]
fn load_goes_where_it_may_and_nowhere_else() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let swarm = site
        .post(
            "/swarm",
            "user_count=1&spawn_rate=1&host=http://rag.invalid",
        )
        .json();
    assert_eq!(swarm["success"], false);
    assert!(
        swarm["message"]
            .as_str()
            .is_some_and(|m| m.contains("not approved")),
        "{swarm}"
    );
    let order = json!({ "host": "http://rag.invalid" });
    let refused = site.post_json("/api/v1/start", &order).expect(403).json();
    assert_eq!(refused["confirm_host"], "rag.invalid");
    let plan = site.post_json("/api/v1/plan", &order).expect(200).json();
    assert_eq!(
        (&plan["approved"], &plan["host_class"]),
        (&json!(false), &json!("public"))
    );
    let wrong = json!({ "host": "http://rag.invalid", "confirm_host": "yes" });
    site.post_json("/api/v1/start", &wrong).expect(403);
    // Approved by its name, it is asked before load: nobody is there.
    let typed = json!({ "host": "http://rag.invalid", "confirm_host": "RAG.invalid" });
    let not_there = site.post_json("/api/v1/start", &typed).expect(502).error();
    assert!(not_there.contains("was not answered"), "{not_there}");
    let state = site.state();
    assert_eq!(
        (&state["state"], &state["run"]),
        (&json!("stopped"), &json!(1))
    );
    assert!(
        state["problem"]
            .as_str()
            .is_some_and(|p| p.contains("was not answered"))
    );
}

/// A scenario that has a price and, with it, this line.
pub(super) fn paid(budget: &str) -> String {
    format!(
        "host: http://127.0.0.1:9\npreset: openai-chat\nquestions: [What?]\n\
         price: {{ input: 1/M, output: 1/M }}\n{budget}\n"
    )
}

#[test]
fn a_run_that_is_paid_for_without_a_budget_asks_for_the_hosts_name() {
    let folder = Folder::new();
    folder.write("quick.yaml", &paid(""));
    folder.write("scenarios/limited.yaml", &paid("budget: { cost: 5.00 }"));
    let host = "gateway.invalid";
    // Nobody asks about load on this host; about money somebody does.
    let site = Site::quick(&folder, "http://gateway.invalid", &["--approve-host", host]);
    let order = json!({ "run_time": "1s" });
    let plan = site.post_json("/api/v1/plan", &order).expect(200).json();
    assert_eq!(
        (&plan["approved"], &plan["paid"]),
        (&json!(false), &json!("its answers have a price"))
    );
    for typed in ["", "yes", "gateway"] {
        let order = json!({ "run_time": "1s", "confirm_host": typed });
        let refused = site.post_json("/api/v1/start", &order).expect(403);
        assert_eq!(refused.json()["confirm_host"], host);
        let why = refused.error();
        assert!(why.contains("nothing limits what the run spends"), "{why}");
    }
    // Confirmed, or with a budget, it goes on to ask whether anybody is there.
    for order in [
        json!({ "run_time": "1s", "confirm_host": host }),
        json!({ "run_time": "1s", "scenario": "limited" }),
    ] {
        let plan = site.post_json("/api/v1/plan", &order).expect(200).json();
        assert_eq!(plan["approved"], true, "{order}");
        site.post_json("/api/v1/start", &order).expect(502);
    }
}

#[test]
fn no_file_of_this_machine_is_read_for_a_stranger() {
    let (folder, service) = (Folder::quick(""), Service::start());
    folder.write("other/secret.yaml", "users: 1\n");
    let site = Site::quick(&folder, &service.host(), &[]);
    for scenario in ["other/secret.yaml", "/etc/passwd", "../quick.yaml"] {
        let order = json!({ "scenario": scenario });
        let refused = site.post_json("/api/v1/plan", &order).expect(422).error();
        assert!(refused.contains("in the list"), "{refused}");
    }
    let page = site.get("/assets/..%2f..%2fCargo.toml");
    assert_eq!(page.status, 404);
}

#[test]
fn a_body_without_measure_is_not_read() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let long = format!("user_count=1&spawn_rate=1&profile={}", "x".repeat(70_000));
    site.post("/swarm", &long).expect(413).error();
    let json = json!({ "scenario": "x".repeat(70_000) });
    site.post_json("/api/v1/start", &json).expect(413).error();
    let json_type = [("Content-Type", "application/json")];
    let broken = site.send("POST", "/api/v1/users", &json_type, "{\"users\": ");
    assert!(broken.expect(400).error().contains("cannot be read"));
    let deep = "[".repeat(60_000);
    site.send("POST", "/api/v1/start", &json_type, &deep)
        .expect(400);
}

#[test]
fn every_answer_tells_the_browser_to_take_nothing_from_elsewhere() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    for path in ["/", "/stats/requests", "/nothing", "/assets/web.js"] {
        let answer = site.get(path);
        let policy = &answer.headers["content-security-policy"];
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
}

#[test]
fn everything_is_below_the_base_path() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(
        &folder,
        &service.host(),
        &["--web-base-path", "/load", "--web-token", "t0k"],
    );
    site.get("/load/login").expect(200);
    let bearer = [("Authorization", "Bearer t0k")];
    let get = |path: &str| site.send("GET", path, &bearer, "");
    get("/").expect(404);
    assert_eq!(get("/load").expect(308).headers["location"], "/load/");
    get("/load/").expect(200);
    get("/load/stats/requests").expect(200);
    get("/load/api/v1/state").expect(200);
    get("/load/nothing").expect(404).error();
    let page = ("Accept", "text/html");
    let sent_away = site.send("GET", "/load/", &[page], "").expect(302);
    assert_eq!(sent_away.headers["location"], "/load/login");
    let opened = site.post("/load/login", "token=t0k").expect(302);
    assert!(opened.headers["set-cookie"].contains("Path=/load/;"));
    // Without this the guard would take the path for another one.
    let foreign = [bearer[0], ("Sec-Fetch-Site", "cross-site")];
    site.send("GET", "/load/stop", &foreign, "").expect(403);
}

#[test]
fn looking_at_a_plan_sends_nothing() {
    let (folder, tripwire) = (Folder::quick(""), Tripwire::new());
    let site = Site::quick(&folder, &tripwire.host(), &[]);
    site.post_json("/api/v1/plan", &json!({})).expect(200);
    site.get("/api/v1/scenarios").expect(200);
    assert_eq!(tripwire.touched(), 0);
}
