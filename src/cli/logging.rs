//! Log lines, in Locust's form: `[time] host/LEVEL/logger: message`.
//!
//! Must not know what is logged.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::field::MakeVisitor;
use tracing_subscriber::fmt::format::{DefaultFields, FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::writer::MakeWriterExt;
use tracing_subscriber::fmt::{FmtContext, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use crate::event::{self, Severity, Sink, SinkError};
use crate::web::Logs;

/// The logger of what happens in a run, named after Locust's `locust.runners`.
const RUNNERS: &str = "ragload.runners";
/// The logger of the program's start and end, named after Locust's `locust.main`.
pub(super) const MAIN: &str = "ragload.main";

/// Locust's names of the levels, and ours.
pub(super) fn parse_level(text: &str) -> Result<Level, String> {
    Ok(match text.to_ascii_uppercase().as_str() {
        "DEBUG" => Level::DEBUG,
        "INFO" => Level::INFO,
        "WARNING" | "WARN" => Level::WARN,
        "ERROR" | "CRITICAL" => Level::ERROR,
        _ => return Err("must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL".to_owned()),
    })
}

/// Sends log lines from `level` up to a file, else to `otherwise`.
///
/// # Errors
/// When the file cannot be opened.
pub(super) fn set_up(
    level: Level,
    logfile: Option<&Path>,
    otherwise: impl Write + Send + 'static,
) -> anyhow::Result<()> {
    match logfile {
        Some(path) => subscribe(level, Mutex::new(open(path)?)),
        None => subscribe(level, Mutex::new(otherwise)),
    }
    Ok(())
}

/// The same, and the last lines are kept for viewers.
///
/// # Errors
/// When the file cannot be opened.
pub(super) fn set_up_kept(
    level: Level,
    logfile: Option<&Path>,
    otherwise: impl Write + Send + 'static,
    logs: &Logs,
) -> anyhow::Result<()> {
    let kept = Mutex::new(logs.clone());
    match logfile {
        Some(path) => subscribe(level, Mutex::new(open(path)?).and(kept)),
        None => subscribe(level, Mutex::new(otherwise).and(kept)),
    }
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.with_context(|| format!("cannot open log file {}", path.display()))
}

fn subscribe<W>(level: Level, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = tracing_subscriber::EnvFilter::new(format!("warn,ragload={level}"));
    // A second call (tests in one process) keeps the first subscriber.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .event_format(LocustLines { host: host_name() })
        .try_init();
}

/// The host's name up to its first dot.
fn host_name() -> String {
    let name = own_host_name().unwrap_or_else(|| "localhost".to_owned());
    name.split('.').next().unwrap_or("localhost").to_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the host's name has no other portable source"
)]
fn own_host_name() -> Option<String> {
    let from_environment = || {
        std::env::var("COMPUTERNAME")
            .or_else(|_| std::env::var("HOSTNAME"))
            .ok()
    };
    let from_file = || {
        std::fs::read_to_string("/etc/hostname")
            .ok()
            .map(|s| s.trim().to_owned())
    };
    from_environment()
        .or_else(from_file)
        .filter(|name| !name.is_empty())
}

struct LocustLines {
    host: String,
}

impl<S, N> FormatEvent<S, N> for LocustLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let time = jiff::ZonedDateTime::now().strftime("%Y-%m-%d %H:%M:%S,%3f");
        let level = match *event.metadata().level() {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            Level::INFO => "INFO",
            Level::DEBUG | Level::TRACE => "DEBUG",
        };
        write!(
            writer,
            "[{time}] {}/{level}/{}: ",
            self.host,
            event.metadata().target()
        )?;
        event.record(&mut DefaultFields::new().make_visitor(writer.by_ref()));
        writeln!(writer)
    }
}

/// Writes every notice of a run to the log.
pub(super) struct LogSink;

impl Sink for LogSink {
    fn on(&mut self, event: &event::Event) -> Result<(), SinkError> {
        if let event::Event::Notice(notice) = event {
            match notice.severity {
                Severity::Info => tracing::info!(target: RUNNERS, "{}", notice.text),
                Severity::Warning => tracing::warn!(target: RUNNERS, "{}", notice.text),
                Severity::Error => tracing::error!(target: RUNNERS, "{}", notice.text),
            }
        }
        Ok(())
    }
}
