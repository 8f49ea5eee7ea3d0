//! What the operating system allows: files and so connections a process may have open.

#![cfg(unix)]

use super::program::{Folder, PROGRAM, Ran};
use super::running::ran;
use super::service::Service;

/// More users than the soft limits below, fewer than the hard one of any system.
const MANY: &str = "
users: 150
spawn_rate: 1000
run_time: 1s
user_classes: [{ name: A, wait_time: { constant: 200ms }, tasks: [{ name: a, get: /health }] }]
";

fn limited(folder: &Folder, limits: &str, host: &str) -> Ran {
    let mut command = folder.program("sh");
    let limited = format!("{limits}; exec \"$0\" \"$@\"");
    command.args(["-c", &limited, PROGRAM]);
    ran({
        command.args(["run", "many.yaml", "-H", host]);
        command
    })
}

#[test]
fn the_soft_limit_on_open_files_is_raised_by_itself() {
    let (folder, service) = (Folder::new(), Service::start());
    folder.write("many.yaml", MANY);
    let ran = limited(&folder, "ulimit -Sn 100", &service.host());
    assert!(!ran.stderr.contains("ulimit"), "{}", ran.stderr);
    ran.expect(0);
}

#[test]
fn a_hard_limit_below_the_users_is_told_before_and_named_as_the_generators_own() {
    let (folder, service) = (Folder::new(), Service::start());
    folder.write("many.yaml", MANY);
    let ran = limited(&folder, "ulimit -Sn 100; ulimit -Hn 100", &service.host());
    let ran = ran.expect(1).says("150 users need as many connections");
    ran.shows("this load generator ran out of file descriptors");
}
