//! `ragload once`: each request of a scenario once, shown as it goes.
//!
//! The wiring, and the words around each request. Must not know how a request is sent or judged.

use clap::{Args, ValueHint};

use crate::clock::RunClock;
use crate::engine::{self, Moment, Spot, Tally};
use crate::event::StopReason;
use crate::output::console::{Bodies, ReadAnswer, Screen, Transcript};
use crate::output::verdict::Tone;
use crate::scenario::plan::{Step, UserClass};
use crate::scenario::{Defaults, Environment, Plan};

use super::args::{AimArgs, TagArgs};
use super::run::style;
use super::screen::say;
use super::{approval, check, exit, plan, signals};

/// `ragload once`.
#[derive(Debug, Args)]
#[command(
    mut_args(|arg| arg.help_heading(None::<&str>)),
    after_help = "\
Of each user class one user goes through on_start, each task and on_stop, whatever their weights.
Waits are left out, nothing is counted and nothing is written; secrets are masked.

Exit codes: 0 all went well, 1 a request failed or could not be made, 2 wrong usage or scenario,
3 the target is not approved, 130 interrupted by Ctrl+C (143 by SIGTERM)"
)]
pub(super) struct OnceArgs {
    /// smoke, load, stress, spike, soak, any scenarios/NAME.yaml, or a path
    #[arg(value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub(super) scenario: String,
    /// Host to send to: http://localhost:8000
    #[arg(short = 'H', long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(super) host: Option<String>,
    #[command(flatten)]
    pub(super) tags: TagArgs,
    #[command(flatten)]
    pub(super) aim: AimArgs,
    /// Show bodies whole, however long
    #[arg(long)]
    pub(super) whole: bool,
}

/// Sends each request once.
pub(super) fn main(args: &OnceArgs, environment: &Environment) -> anyhow::Result<u8> {
    let demo = plan::demo_if(&args.aim)?;
    let overrides = plan::overrides_of_once(args, demo.as_ref());
    let defaults = Defaults::of_once(plan::seed());
    let plan = match plan::resolve(&args.scenario, environment, &overrides, defaults) {
        Ok(plan) => plan,
        Err(code) => return Ok(code),
    };
    for warning in &plan.warnings {
        say(&format!("warning: {warning}\n"));
    }
    let requests = requests(&plan);
    let mut screen = Screen::stdout(style(environment));
    screen.show(&announcement(&plan, requests))?;
    if let Err(problem) = approval::may_send(&plan, requests) {
        say(&format!("error: {problem}\n"));
        return Ok(exit::REFUSED);
    }
    let bodies = if args.whole {
        Bodies::Whole
    } else {
        Bodies::Short
    };
    let transcript = Transcript::new(plan.masker.clone(), screen.style(), bodies);
    let narrator = Narrator {
        screen,
        transcript,
        answered: false,
    };
    go_through(&plan, narrator)
}

/// Sends, shows and sums up; gives the exit code.
fn go_through(plan: &Plan, mut narrator: Narrator) -> anyhow::Result<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let clock = RunClock::start();
    let transport = approval::client(plan).transport(clock);
    let mut so_far = Tally::default();
    let stopped = runtime.block_on(async {
        let mut tell = |moment: Moment<'_>, tally: Tally| {
            so_far = tally;
            narrator.tell(&moment);
        };
        tokio::select! {
            _ = engine::once(plan, &transport, clock, &mut tell) => None,
            reason = signals::next_signal() => Some(reason),
        }
    });
    // A name still being looked up must not hold up the end.
    runtime.shutdown_background();
    narrator.show(&narrator.sum(so_far, stopped));
    Ok(match stopped {
        Some(StopReason::Interrupt) => 130,
        Some(_) => 143,
        None if so_far.failed + so_far.not_sent > 0 => exit::FAILED,
        None => 0,
    })
}

/// How many requests there are.
fn requests(plan: &Plan) -> usize {
    let of_class = |class: &UserClass| {
        let tasks = class.tasks.iter().flat_map(engine::turns).flatten();
        let own = class.on_start.iter().chain(&class.on_stop);
        let steps = tasks.chain(own);
        steps
            .filter(|step| matches!(step, Step::Request(_)))
            .count()
    };
    plan.classes.iter().map(of_class).sum()
}

fn announcement(plan: &Plan, requests: usize) -> String {
    format!(
        "{}Once    {}; waits are left out, nothing is counted (seed {})\n",
        approval::target(plan),
        counted(requests as u64, "request"),
        plan.seed
    )
}

/// Tells what happens, in words for whoever looks on.
struct Narrator {
    screen: Screen,
    transcript: Transcript,
    /// Whether anything answered at all.
    answered: bool,
}

impl Narrator {
    fn show(&mut self, text: &str) {
        // Whoever cannot be shown anything still gets an exit code.
        let _ = self.screen.show(text);
    }

    fn tell(&mut self, moment: &Moment<'_>) {
        let text = self.text(moment);
        self.show(&text);
    }

    fn text(&mut self, moment: &Moment<'_>) -> String {
        match moment {
            Moment::User(class) => format!("\n{}\n", self.heading(&user(class))),
            Moment::NoUser(problem) => self.problem("cannot begin: ", problem),
            Moment::Wait(wait) => self.aside(&format!("{}: left out", check::wait("wait", *wait))),
            Moment::Sending(sending) => {
                let title = self.title(&sending.place);
                let used = self.transcript.used(&sending.used);
                title + &used + &self.transcript.request(sending.request, &sending.added)
            }
            Moment::NotSent {
                place,
                used,
                problem,
            } => {
                let title = self.title(place);
                let used = self.transcript.used(used);
                title + &used + &self.problem("cannot be made: ", problem)
            }
            Moment::Answered(answered) => {
                self.answered |= answered.answer.status.is_some();
                let transcript = &mut self.transcript;
                transcript.keep_secrets(&answered.extracted);
                let mut text = transcript.answer(answered.answer, answered.sent, answered.done);
                if let Some(read) = &answered.read {
                    text += &transcript.declared(&ReadAnswer {
                        reading: &read.reading,
                        sent: answered.sent,
                        judged: &read.judged,
                        failed: answered.outcome.is_err(),
                        expected: read.expected,
                        unfound: &read.unfound,
                    });
                }
                text += &transcript.checks(&answered.checks);
                text += &transcript.extracted(&answered.extracted);
                if let Err(failure) = &answered.outcome {
                    text += &transcript.failure(failure);
                }
                text
            }
            Moment::LeftOut(steps) => self.aside(&format!(
                "{} of this task left out, as in a run",
                counted(*steps as u64, "more step")
            )),
            Moment::UserEnds => self
                .aside("on_start did not complete: the user ends without its tasks, as in a run"),
        }
    }

    fn title(&self, place: &Spot<'_>) -> String {
        let step = match place.steps {
            1 => String::new(),
            steps => format!(", step {} of {steps}", place.step),
        };
        let turn = match place.turn {
            None => String::new(),
            Some(turn) => format!(", turn {turn}"),
        };
        let title = format!("{}{turn}{step}: {}", place.task, place.endpoint);
        let title = self.transcript.text(&title);
        format!("\n{}\n", self.heading(&format!("--- {title} ---")))
    }

    fn heading(&self, text: &str) -> String {
        self.transcript.style().heading(text)
    }

    fn problem(&self, what: &str, problem: &str) -> String {
        let word = self.transcript.style().strong(Tone::Bad, "FAILED");
        format!("  {word} {what}{}\n", self.transcript.text(problem))
    }

    fn aside(&self, text: &str) -> String {
        let style = self.transcript.style();
        format!("{}\n", style.faint(&format!("  ({text})")))
    }

    /// The line at the end.
    fn sum(&self, tally: Tally, stopped: Option<StopReason>) -> String {
        let style = self.transcript.style();
        let bad = tally.failed + tally.not_sent;
        let tone = match (bad, stopped) {
            (_, Some(_)) => Tone::Open,
            (0, None) => Tone::Good,
            (_, None) => Tone::Bad,
        };
        let failed = match tally.failed {
            0 => "none failed".to_owned(),
            failed => format!("{failed} failed"),
        };
        let mut parts = vec![counted(tally.requests, "request"), failed];
        if tally.not_sent > 0 {
            parts.push(format!("{} could not be made", tally.not_sent));
        }
        if tally.left_out > 0 {
            parts.push(format!("{} left out", counted(tally.left_out, "step")));
        }
        if stopped.is_some() {
            parts.push("interrupted".to_owned());
        }
        let hint = if tally.failed > 0 && !self.answered {
            self.aside(
                "nothing answered: is the target running? -H aims elsewhere, --demo starts a \
                 service to try with",
            )
        } else {
            String::new()
        };
        format!("\n{hint}{}\n", style.strong(tone, &parts.join(", ")))
    }
}

fn user(class: &UserClass) -> String {
    let tasks = counted(class.tasks.len() as u64, "task");
    format!("=== user class {}: {tasks} ===", class.name)
}

fn counted(count: u64, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
