//! How the generator itself is doing: CPU and memory of this process.
//!
//! Must not know the load it makes.

use std::time::Duration;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::event::Generator;

/// A timer this late means that latencies of that second are the generator's as well.
const LAG_LIMIT: Duration = Duration::from_millis(100);

/// Reads this process's figures from the operating system.
pub struct Probe {
    source: Option<(System, Pid)>,
}

impl Probe {
    /// A probe of this process.
    #[must_use]
    pub fn of_this_process() -> Self {
        let source = System::new().ok().zip(sysinfo::get_current_pid().ok());
        Probe { source }
    }

    /// A probe that knows nothing: for tests whose record must be the same every time.
    #[must_use]
    pub fn none() -> Self {
        Probe { source: None }
    }

    /// The figures now; CPU since the last call.
    pub(super) fn read(&mut self, lag: Duration) -> Generator {
        let known = Generator {
            lag,
            limited: lag >= LAG_LIMIT,
            ..Generator::default()
        };
        let Some((system, pid)) = &mut self.source else {
            return known;
        };
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[*pid]), false, what);
        let process = system.process(*pid);
        Generator {
            cpu: process.map(|process| f64::from(process.cpu_usage()) / 100.0),
            memory: process.map(sysinfo::Process::memory),
            ..known
        }
    }
}
