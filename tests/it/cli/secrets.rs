//! Tokens and passwords are used, and never shown.

use ragload::demo::Faults;

use super::program::{Folder, QUICK};
use super::running::ran;
use super::service::Service;

const TOKEN: &str = "s3cr3t-t0ken-of-mine";
const PASSWORD: &str = "p4ssw0rd-in-the-url";

#[test]
fn secrets_are_in_no_output_of_a_failing_run() {
    let service = Service::with(Faults {
        error_rate: Some(0.3),
        reset_rate: Some(0.3),
        truncate_rate: Some(0.3),
        ..Faults::default()
    });
    let folder = Folder::new();
    folder.write(".env", &format!("RAG_TOKEN={TOKEN}\n"));
    let headers = "headers: { Authorization: 'Bearer ${RAG_TOKEN}', X-Key: '${RAG_TOKEN}' }";
    folder.write("scenarios/quick.yaml", &format!("{QUICK}{headers}\n"));
    let host = service
        .host()
        .replace("http://", &format!("http://me:{PASSWORD}@"));
    let more = [
        "-L",
        "DEBUG",
        "--logfile",
        "log.txt",
        "--json-file",
        "stats",
    ];
    let runs: [&[&str]; 3] = [
        &["check", "quick", "-H", &host],
        &[&["run", "quick", "-H", &host][..], &more].concat(),
        &[
            "-f",
            "quick",
            "--headless",
            "-t",
            "300ms",
            "-L",
            "DEBUG",
            "--csv",
            "x",
            "-H",
            &host,
        ],
    ];
    let mut said = String::new();
    for arguments in runs {
        let ran = ran(folder.ragload(arguments));
        assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
        said += &(ran.stdout + &ran.stderr);
    }
    for secret in [TOKEN, PASSWORD] {
        assert!(!said.contains(secret), "{said}");
        for file in folder.files().iter().filter(|file| *file != ".env") {
            assert!(!folder.read(file).contains(secret), "{secret} in {file}");
        }
    }
    assert!(folder.has("results/quick.html") && folder.has("log.txt") && folder.has("x_stats.csv"));
}

#[test]
fn secrets_are_in_no_message_of_a_refusal() {
    let nobody = super::service::Nobody::new();
    let folder = Folder::quick(
        "headers: { Authorization: 'Bearer ${RAG_TOKEN}' }\nstop_timeout: ${RAG_TOKEN}",
    );
    let host = nobody
        .host()
        .replace("http://", &format!("http://me:{PASSWORD}@"));
    let unreachable = ["run", "smoke", "-H", &host];
    let unparsable = ["run", "quick.yaml", "-H", &host];
    let odd = format!("http://me:{PASSWORD}@:x");
    for (arguments, code) in [
        (&unreachable[..], 3),
        (&unparsable, 2),
        (&["run", "smoke", "-H", &odd], 2),
    ] {
        let mut command = folder.ragload(arguments);
        command.env("RAG_TOKEN", TOKEN);
        let ran = ran(command).expect(code);
        let said = ran.stdout + &ran.stderr;
        assert!(!said.contains(TOKEN) && !said.contains(PASSWORD), "{said}");
    }
}
