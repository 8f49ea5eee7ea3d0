//! Everyone who is told what happens.
//!
//! Owns the promise that a slow or broken sink never slows the load: sinks run on threads of
//! their own behind bounded queues, and ticks they have no time for are dropped. Must not know
//! what a sink writes.

use std::collections::{BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use crate::event::{Event, Sink, SinkError};

/// Events that may wait for slow sinks.
const WAITING: usize = 16;
/// Errors that may wait to be told to the others: more than there are destinations.
const ERRORS: usize = 64;

/// The sinks of a run, in groups that do not wait for each other.
pub struct Audience {
    groups: Vec<Group>,
    dropped: u64,
    dropped_samples: u64,
}

enum Group {
    /// Told on the spot: for tests on a paused clock.
    Inline(Listeners),
    /// Told on a thread of its own.
    Thread(Post),
}

/// The way to a thread of sinks.
struct Post {
    events: SyncSender<Event>,
    /// What must not be missed and had no room yet, in order.
    backlog: VecDeque<Event>,
    /// Texts of new errors.
    errors: Receiver<String>,
    takes_samples: bool,
    thread: JoinHandle<Vec<SinkError>>,
}

impl Audience {
    /// Sinks that are told on the spot.
    #[must_use]
    pub fn inline(sinks: Vec<Box<dyn Sink>>) -> Self {
        Audience {
            groups: vec![Group::Inline(Listeners::new(sinks))],
            dropped: 0,
            dropped_samples: 0,
        }
    }

    /// Groups of sinks, each told on a thread of its own: a terminal that is held back must not
    /// hold back files.
    ///
    /// # Errors
    /// When the operating system refuses a thread.
    pub fn on_threads(groups: Vec<Vec<Box<dyn Sink>>>) -> std::io::Result<Self> {
        let groups = groups
            .into_iter()
            .map(|sinks| Ok(Group::Thread(Post::open(sinks)?)));
        Ok(Audience {
            groups: groups.collect::<std::io::Result<_>>()?,
            dropped: 0,
            dropped_samples: 0,
        })
    }

    /// Tells everyone, without ever waiting for them while the run goes on: a tick, or samples,
    /// for which there is no room are dropped, anything else is kept until there is.
    pub(super) fn tell(&mut self, event: &Event) {
        let samples = match event {
            Event::Sampled(sampled) => sampled.answers.len() as u64,
            _ => 0,
        };
        for group in &mut self.groups {
            if samples > 0 && !group.takes_samples() {
                continue;
            }
            let told = match group {
                Group::Inline(listeners) => {
                    listeners.tell(event);
                    true
                }
                Group::Thread(post) => post.tell(event.clone()),
            };
            if !told {
                self.dropped += u64::from(samples == 0);
                self.dropped_samples += samples;
            }
        }
    }

    /// What went wrong with sinks since this was last asked: one error per destination.
    pub(super) fn new_errors(&mut self) -> Vec<String> {
        let errors = self.groups.iter_mut().flat_map(|group| match group {
            Group::Inline(listeners) => std::mem::take(&mut listeners.new),
            Group::Thread(post) => post.errors.try_iter().collect(),
        });
        errors.collect()
    }

    /// How many ticks were dropped because sinks were too slow.
    pub(super) fn dropped_ticks(&self) -> u64 {
        self.dropped
    }

    /// How many kept answers were dropped because sinks were too slow.
    pub(super) fn dropped_samples(&self) -> u64 {
        self.dropped_samples
    }

    /// Waits until everyone has been told everything, and returns what went wrong: one error per
    /// destination.
    #[must_use]
    pub fn close(self) -> Vec<SinkError> {
        let errors = self.groups.into_iter().flat_map(|group| match group {
            Group::Inline(listeners) => listeners.errors,
            Group::Thread(post) => post.close(),
        });
        errors.collect()
    }
}

impl Group {
    fn takes_samples(&self) -> bool {
        match self {
            Group::Inline(listeners) => listeners.take_samples(),
            Group::Thread(post) => post.takes_samples,
        }
    }
}

impl Post {
    fn open(sinks: Vec<Box<dyn Sink>>) -> std::io::Result<Post> {
        let (events, queue) = sync_channel::<Event>(WAITING);
        let (report, errors) = sync_channel(ERRORS);
        let mut listeners = Listeners::new(sinks);
        let takes_samples = listeners.take_samples();
        let thread = std::thread::Builder::new()
            .name("sinks".to_owned())
            .spawn(move || {
                for event in queue {
                    listeners.tell(&event);
                    for error in std::mem::take(&mut listeners.new) {
                        // Whoever is told no more has ended the run.
                        let _ = report.try_send(error);
                    }
                }
                listeners.errors
            })?;
        Ok(Post {
            events,
            backlog: VecDeque::new(),
            errors,
            takes_samples,
            thread,
        })
    }

    /// Whether the event was told, or will be.
    fn tell(&mut self, event: Event) -> bool {
        if matches!(event, Event::Finished(_)) {
            // The load is over: now there is time.
            for event in self.backlog.drain(..).chain([event]) {
                // The thread lives until this sender is dropped.
                let _ = self.events.send(event);
            }
            return true;
        }
        while let Some(waiting) = self.backlog.pop_front() {
            if let Err(TrySendError::Full(waiting)) = self.events.try_send(waiting) {
                self.backlog.push_front(waiting);
                break;
            }
        }
        let may_be_missed = matches!(event, Event::Tick(_) | Event::Sampled(_));
        if !self.backlog.is_empty() {
            if !may_be_missed {
                self.backlog.push_back(event);
            }
            return !may_be_missed;
        }
        match self.events.try_send(event) {
            Err(TrySendError::Full(event)) if !may_be_missed => {
                self.backlog.push_back(event);
                true
            }
            Err(TrySendError::Full(_)) => false,
            Ok(()) | Err(TrySendError::Disconnected(_)) => true,
        }
    }

    fn close(self) -> Vec<SinkError> {
        drop(self.events);
        self.thread.join().unwrap_or_else(|_| {
            let problem = "the thread that writes them panicked".to_owned();
            vec![SinkError {
                destination: "results".to_owned(),
                problem,
            }]
        })
    }
}

struct Listeners {
    sinks: Vec<Box<dyn Sink>>,
    errors: Vec<SinkError>,
    broken: BTreeSet<String>,
    /// Texts of errors that nobody was told of yet.
    new: Vec<String>,
}

impl Listeners {
    fn new(sinks: Vec<Box<dyn Sink>>) -> Self {
        Listeners {
            sinks,
            errors: Vec::new(),
            broken: BTreeSet::new(),
            new: Vec::new(),
        }
    }

    fn take_samples(&self) -> bool {
        self.sinks.iter().any(|sink| sink.takes_samples())
    }

    fn tell(&mut self, event: &Event) {
        let errors = self
            .sinks
            .iter_mut()
            .filter_map(|sink| sink.on(event).err());
        for error in errors {
            if self.broken.insert(error.destination.clone()) {
                self.new.push(error.to_string());
                self.errors.push(error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::event::{
        Notice, Sampled, SampledAnswer, SampledOutcome, SampledTimes, SampledTokens, Severity,
    };
    use crate::model::{Endpoint, Offset};

    /// A sink that does nothing until it is let go.
    struct Held {
        key: Arc<Mutex<()>>,
        told: Arc<Mutex<Vec<String>>>,
        takes_samples: bool,
    }

    impl Sink for Held {
        fn on(&mut self, event: &Event) -> Result<(), SinkError> {
            let _open = self.key.lock().unwrap();
            if let Event::Notice(notice) = event {
                self.told.lock().unwrap().push(notice.text.clone());
            }
            if let Event::Sampled(sampled) = event {
                let answers = sampled.answers.iter().map(|_| String::new());
                self.told.lock().unwrap().extend(answers);
            }
            Ok(())
        }

        fn takes_samples(&self) -> bool {
            self.takes_samples
        }
    }

    fn sampled() -> Event {
        let answer = SampledAnswer {
            sent: Offset::ZERO,
            endpoint: Endpoint::new("POST", "/q"),
            question: None,
            answer: None,
            answer_chars: 0,
            sources: Vec::new(),
            expected_sources: None,
            outcome: SampledOutcome::Ok,
            failure_kind: None,
            reason: None,
            status: None,
            completion: None,
            finish_reason: None,
            cache: None,
            tokens: SampledTokens::default(),
            timings: SampledTimes::default(),
            stages: [].into(),
        };
        Event::Sampled(Arc::new(Sampled {
            answers: vec![answer.clone(), answer],
            ..Sampled::default()
        }))
    }

    #[test]
    fn samples_that_a_sink_has_no_time_for_are_counted_and_others_are_not_told_of_them() {
        let (key, told) = (Arc::default(), Arc::default());
        let held = |takes_samples| Held {
            key: Arc::clone(&key),
            told: Arc::clone(&told),
            takes_samples,
        };
        let groups: Vec<Vec<Box<dyn Sink>>> =
            vec![vec![Box::new(held(true))], vec![Box::new(held(false))]];
        let mut audience = Audience::on_threads(groups).unwrap();
        let hold = key.lock().unwrap();
        let event = sampled();
        let many = WAITING as u64 + 10;
        (0..many).for_each(|_| audience.tell(&event));
        drop(hold);
        let dropped = audience.dropped_samples();
        assert!(dropped.is_multiple_of(2) && (9 * 2..=10 * 2).contains(&dropped));
        assert_eq!(audience.dropped_ticks(), 0);
        assert!(audience.close().is_empty());
        assert_eq!(told.lock().unwrap().len() as u64, 2 * many - dropped);
    }

    #[test]
    fn a_sink_that_is_held_back_holds_nobody_back_and_misses_no_notice() {
        let (key, told) = (Arc::new(Mutex::new(())), Arc::new(Mutex::new(Vec::new())));
        let held = Held {
            key: Arc::clone(&key),
            told: Arc::clone(&told),
            takes_samples: false,
        };
        let mut audience = Audience::on_threads(vec![vec![Box::new(held)]]).unwrap();
        let texts: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        let hold = key.lock().unwrap();
        for text in &texts {
            let (at, severity) = (Offset::ZERO, Severity::Info);
            audience.tell(&Event::Notice(Notice {
                at,
                severity,
                text: text.clone(),
            }));
        }
        drop(hold);
        // The run would end with `Finished`; without it the backlog goes with the next event.
        while told.lock().unwrap().len() < texts.len() - 1 {
            audience.tell(&Event::Notice(Notice {
                at: Offset::ZERO,
                severity: Severity::Info,
                text: String::new(),
            }));
            std::thread::yield_now();
        }
        assert!(audience.close().is_empty());
        let told = told.lock().unwrap();
        assert_eq!(told[..texts.len() - 1], texts[..texts.len() - 1]);
    }
}
