//! How the generator itself is doing: CPU and memory of this process.
//!
//! Must not know the load it makes.

use std::time::Duration;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::event::Generator;

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
    pub(super) fn read(&mut self, shards: Strain) -> Generator {
        let mut generator = self.of_process();
        generator.lag = shards.lag;
        generator.busy = shards.busy;
        generator.limited = generator.limit().is_some();
        generator
    }

    fn of_process(&mut self) -> Generator {
        let Some((system, pid)) = &mut self.source else {
            return Generator::default();
        };
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[*pid]), false, what);
        let Some(process) = system.process(*pid) else {
            return Generator::default();
        };
        let open_files = process.open_files();
        Generator {
            cpu: Some(f64::from(process.cpu_usage()) / 100.0),
            memory: Some(process.memory()),
            open_files: open_files.and_then(|files| u64::try_from(files).ok()),
            ..Generator::default()
        }
    }
}

/// What its shards say of the last second, at their worst.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strain {
    /// How late timers were.
    pub(super) lag: Duration,
    /// Share of the time a shard's thread was at work; none for shards without one.
    pub(super) busy: Option<f64>,
}
