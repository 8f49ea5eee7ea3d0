//! One workload by the real Locust and by ragload, one after the other, against one server.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ragload::demo::{CountsSnapshot, Demo, DemoConfig, DemoHandle};
use tokio::runtime::Runtime;

use crate::locust::{LocustOutcome, LocustRun, forget_settings_of_the_machine};
use crate::tools::project;

/// Held while a test measures: two at a time would measure each other.
static ALONE: Mutex<()> = Mutex::new(());

/// Waits until no other test of this kind runs.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server in this process.
pub(super) struct Service {
    pub(super) host: String,
    demo: DemoHandle,
    // Its threads end with it.
    _runtime: Runtime,
}

impl Service {
    /// The demo service on a free port.
    pub(super) fn start(config: DemoConfig) -> Service {
        let runtime = Runtime::new().expect("threads");
        let listen = "127.0.0.1:0".parse().expect("an address");
        let config = DemoConfig { listen, ..config };
        let demo = runtime.block_on(Demo::bind(config)).expect("a free port");
        let host = format!("http://{}", demo.local_addr());
        let handle = demo.handle();
        runtime.spawn(demo.serve(std::future::pending()));
        Service {
            host,
            demo: handle,
            _runtime: runtime,
        }
    }

    /// What it answered since the last time this was asked.
    pub(super) fn counts(&self) -> CountsSnapshot {
        let counts = self.demo.counts();
        self.demo.reset_counts();
        counts
    }
}

/// What a load test is to do, in the words both programs know.
pub(super) struct Workload<'a> {
    pub(super) host: &'a str,
    /// The workload for Locust and the same for ragload.
    pub(super) files: [&'a str; 2],
    pub(super) users: u32,
    pub(super) spawn_rate: u32,
    pub(super) run_time: &'a str,
    /// Bounds of the time between tasks, in milliseconds.
    pub(super) wait: [u32; 2],
    pub(super) options: &'a [&'a str],
    /// Further variables of their environment.
    pub(super) variables: &'a [(&'a str, &'a str)],
}

impl Workload<'_> {
    /// By the real Locust.
    pub(super) fn by_locust(&self, folder: &Path) -> LocustOutcome {
        let run = LocustRun {
            locustfile: self.files[0],
            host: self.host,
            users: self.users,
            spawn_rate: f64::from(self.spawn_rate),
            run_time: self.run_time,
            wait_scale: f64::from(self.wait[0]) / 1000.0,
            full_history: true,
            options: self.options,
            variables: self.variables,
        };
        run.run(&folder.join("locust"))
    }

    /// By ragload, in Locust's words.
    pub(super) fn by_ragload(&self, folder: &Path) -> LocustOutcome {
        let prefix = folder.join("ragload");
        let [shortest, longest] = self.wait.map(|wait| format!("{wait}ms"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_ragload"));
        forget_settings_of_the_machine(&mut command);
        let output = command
            .current_dir(folder)
            .env("SHORTEST_WAIT", shortest)
            .env("LONGEST_WAIT", longest)
            .envs(self.variables.iter().copied())
            .args(["--headless", "--only-summary", "--csv-full-history"])
            .args(["-t", self.run_time, "-H", self.host])
            .args(["-u", &self.users.to_string()])
            .args(["-r", &self.spawn_rate.to_string()])
            .arg("-f")
            .arg(project(self.files[1]))
            .arg("--csv")
            .arg(&prefix)
            .args(self.options)
            .output()
            .expect("ragload starts");
        LocustOutcome::of(&output, &prefix)
    }
}

/// An address nobody listens on.
pub(super) fn nobody() -> String {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    format!("http://{}", free.expect("a free port"))
}
