//! The end of a run: users are asked to end, told to, and cut off.
//!
//! Must not know why the run ends, beyond whether someone wants it over.

use std::collections::VecDeque;
use std::time::Duration;

use crate::event::{Command, Ending, MarkKind, Phase, Severity, StopReason};
use crate::model::units::format_duration;

use crate::scenario::plan::Load;

use super::super::shard::ShardCommand;
use super::super::signal::Level;
use super::{Director, Orders};

/// How often a run that is stopping looks whether its users are gone.
const STOPPING_POLL: Duration = Duration::from_millis(20);
/// How long `on_stop` steps may take once users were killed.
const FAREWELL: Duration = Duration::from_secs(5);

impl Director {
    /// Lets users end: firmly when the stop timeout is over, at once when asked again.
    pub(super) async fn wind_down(&mut self, mut ending: Ending, commands: &mut Orders) -> Ending {
        self.phase = Phase::Stopping;
        self.next_step = None;
        self.target_users = 0;
        let mut measures = self.measures(&ending);
        // The last moment of the load: what follows is its end.
        let now = self.clock.now();
        self.cut_off_at = measures.front().map(|(_, patience)| now + *patience);
        if now.since(self.collector.last_tick()) > STOPPING_POLL {
            self.tick().await;
        }
        self.collector.load_ends(now);
        self.collector.mark(MarkKind::Ending, "users told to end");
        // A pause must not hold back users that are to end.
        self.paused = false;
        self.tell_all(|| ShardCommand::Pause(false)).await;
        self.announce_stop(&ending);
        while let Some((level, patience)) = measures.pop_front() {
            self.tell_all(|| ShardCommand::StopAll(level)).await;
            match self.until_gone(patience, commands).await {
                Gone::Yes => break,
                Gone::No => self.announce_impatience(level),
                // Who asked first decides what the run is called.
                Gone::Asked(_) if was_asked(&ending) => {
                    measures = VecDeque::from([(Level::Abort, FAREWELL)]);
                }
                Gone::Asked(reason) => {
                    ending = Ending::Stopped(reason);
                    measures = self.measures(&ending);
                    self.announce_stop(&ending);
                }
            }
        }
        ending
    }

    /// What users are told, one after the other, and how long each is given to work.
    fn measures(&self, ending: &Ending) -> VecDeque<(Level, Duration)> {
        // Whoever asks for the end wants no new requests, farewells included.
        let (gently, firmly) = if was_asked(ending) {
            (Level::Halt, Level::Abort)
        } else {
            (Level::Stop, Level::Kill)
        };
        let mut measures = VecDeque::from([(firmly, FAREWELL), (Level::Abort, FAREWELL)]);
        if !self.plan.stop_timeout.is_zero() {
            measures.push_front((gently, self.plan.stop_timeout));
        }
        measures
    }

    /// Tells why users are told to end; whoever asked for it, how to have it sooner.
    fn announce_stop(&mut self, ending: &Ending) {
        let sooner = match ending {
            Ending::Completed => {
                let over = match self.plan.load {
                    Load::Users { .. } => "--run-time limit reached, shutting down",
                    Load::Stages(_) => "the last stage is over, shutting down",
                };
                return self.collector.notice(Severity::Info, over);
            }
            Ending::Stopped(StopReason::Interrupt) => "Ctrl+C again ends at once",
            Ending::Stopped(StopReason::Terminate) => "a second SIGTERM ends at once",
            _ => return,
        };
        if !self.plan.stop_timeout.is_zero() {
            let time = format_duration(self.plan.stop_timeout);
            let text = format!("Stopping: requests in flight have {time} to finish; {sooner}");
            self.collector.notice(Severity::Info, text);
        }
    }

    fn announce_impatience(&mut self, level: Level) {
        if matches!(level, Level::Stop | Level::Halt) {
            let text = format!(
                "Not all users finished their tasks & terminated in {} seconds. Stopping them...",
                self.plan.stop_timeout.as_secs()
            );
            self.collector.notice(Severity::Info, text);
        }
    }

    async fn until_gone(&mut self, patience: Duration, commands: &mut Orders) -> Gone {
        let deadline = self.clock.now() + patience;
        self.cut_off_at = Some(deadline);
        loop {
            self.gather().await;
            self.share_out().await;
            if self.users.total() == 0 {
                return Gone::Yes;
            }
            let now = self.clock.now();
            if now >= deadline {
                return Gone::No;
            }
            if now >= self.next_tick {
                self.tick().await;
            }
            let wake = (now + STOPPING_POLL).min(deadline);
            tokio::select! {
                biased;
                command = commands.next() => match command {
                    Command::Stop(reason) => return Gone::Asked(reason),
                    Command::Abort => return Gone::Asked(StopReason::Interrupt),
                    Command::Record => self.collector.tell_record(),
                    // Too late for these.
                    Command::AddUsers(_)
                    | Command::SetUsers { .. }
                    | Command::ResetStats
                    | Command::Pause
                    | Command::Resume => {}
                },
                () = self.clock.sleep_until(wake) => {}
            }
        }
    }
}

/// Whether someone asked for the end by a signal.
fn was_asked(ending: &Ending) -> bool {
    matches!(
        ending,
        Ending::Stopped(StopReason::Interrupt | StopReason::Terminate)
    )
}

/// What became of users told to end.
enum Gone {
    Yes,
    No,
    /// Someone asked for the end meanwhile, for this reason.
    Asked(StopReason),
}
