//! Everyone who is told what happens.
//!
//! Owns the promise that a slow or broken sink never slows the load: sinks run on a thread of
//! their own behind a bounded queue, and ticks they have no time for are dropped. Must not know
//! what a sink writes.

use std::collections::BTreeSet;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use crate::event::{Event, Notice, Severity, Sink, SinkError};
use crate::model::Offset;

/// Events that may wait for slow sinks.
const WAITING: usize = 16;

/// The sinks of a run.
pub struct Audience {
    way: Way,
    dropped: u64,
}

enum Way {
    /// Told on the spot: for tests on a paused clock.
    Inline(Listeners),
    /// Told on a thread of their own.
    Thread {
        events: SyncSender<Event>,
        thread: JoinHandle<Listeners>,
    },
}

impl Audience {
    /// Sinks that are told on the spot.
    #[must_use]
    pub fn inline(sinks: Vec<Box<dyn Sink>>) -> Self {
        Audience {
            way: Way::Inline(Listeners::new(sinks)),
            dropped: 0,
        }
    }

    /// Sinks that are told on a thread of their own.
    ///
    /// # Errors
    /// When the operating system refuses the thread.
    pub fn on_thread(sinks: Vec<Box<dyn Sink>>) -> std::io::Result<Self> {
        let (events, queue) = sync_channel::<Event>(WAITING);
        let mut listeners = Listeners::new(sinks);
        let thread = std::thread::Builder::new()
            .name("sinks".to_owned())
            .spawn(move || {
                for event in queue {
                    listeners.tell(&event);
                }
                listeners
            })?;
        Ok(Audience {
            way: Way::Thread { events, thread },
            dropped: 0,
        })
    }

    /// Tells everyone. A tick for which there is no room is dropped; anything else waits.
    pub(super) fn tell(&mut self, event: Event) {
        match &mut self.way {
            Way::Inline(listeners) => listeners.tell(&event),
            Way::Thread { events, .. } => {
                if matches!(event, Event::Tick(_)) {
                    if let Err(TrySendError::Full(_)) = events.try_send(event) {
                        self.dropped += 1;
                    }
                } else {
                    // The thread lives until this sender is dropped.
                    let _ = events.send(event);
                }
            }
        }
    }

    /// How many ticks were dropped because sinks were too slow.
    pub(super) fn dropped_ticks(&self) -> u64 {
        self.dropped
    }

    /// Waits until everyone has been told everything, and returns what went wrong: one error per
    /// destination.
    #[must_use]
    pub fn close(self) -> Vec<SinkError> {
        match self.way {
            Way::Inline(listeners) => listeners.errors,
            Way::Thread { events, thread } => {
                drop(events);
                thread.join().map_or_else(
                    |_| {
                        let problem = "the thread that writes results panicked".to_owned();
                        vec![SinkError {
                            destination: "results".to_owned(),
                            problem,
                        }]
                    },
                    |listeners| listeners.errors,
                )
            }
        }
    }
}

struct Listeners {
    sinks: Vec<Box<dyn Sink>>,
    errors: Vec<SinkError>,
    broken: BTreeSet<String>,
}

impl Listeners {
    fn new(sinks: Vec<Box<dyn Sink>>) -> Self {
        Listeners {
            sinks,
            errors: Vec::new(),
            broken: BTreeSet::new(),
        }
    }

    fn tell(&mut self, event: &Event) {
        let new: Vec<SinkError> = (self.sinks.iter_mut())
            .filter_map(|sink| sink.on(event).err())
            .filter(|error| self.broken.insert(error.destination.clone()))
            .collect();
        for error in new {
            let text = format!("cannot write {error}; the run goes on");
            let notice = Notice {
                at: moment(event),
                severity: Severity::Error,
                text,
            };
            for sink in &mut self.sinks {
                // A sink that cannot even take this has been reported, or will be.
                let _ = sink.on(&Event::Notice(notice.clone()));
            }
            self.errors.push(error);
        }
    }
}

fn moment(event: &Event) -> Offset {
    match event {
        Event::Started(_) => Offset::ZERO,
        Event::Tick(tick) => tick.snapshot.at,
        Event::Notice(notice) => notice.at,
        Event::Finished(record) => Offset::from_duration(record.duration),
    }
}
