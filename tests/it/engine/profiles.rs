//! The five profiles in full, from the first user to the verdict.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose figures do not fit has failed"
)]

use std::time::Duration;

use ragload::event::{Ending, RunOutcome};

use super::harness::{Ran, Simulation, answer};

/// What the profile table says, and what follows from it.
struct Profile {
    name: &'static str,
    users: u32,
    spawn_rate: u32,
    run_time: u64,
}

impl Profile {
    fn runs(&self) -> Ran {
        let ran = Simulation::shipped(self.name).run(|request| {
            answer(if request.prepared.method == http::Method::POST {
                120
            } else {
                15
            })
        });
        self.reaches_its_users_at_its_rate(&ran);
        self.sends_what_its_users_send(&ran);
        assert_eq!(
            ran.record.verdict.outcome,
            RunOutcome::Passed,
            "{:?}",
            ran.record.verdict
        );
        assert_eq!(ran.record.ending, Ending::Completed);
        let lasted = ran.record.duration.as_secs_f64();
        let run_time = Duration::from_secs(self.run_time).as_secs_f64();
        assert!((run_time..run_time + 1.0).contains(&lasted), "{lasted}");
        assert!(
            ran.record.timeline.len() <= 700,
            "{}",
            ran.record.timeline.len()
        );
        ran
    }

    /// Locust spawns `rate` users at once and then every second: so many are there just after
    /// each whole second; a tick may come just before or after the step of its second.
    fn reaches_its_users_at_its_rate(&self, ran: &Ran) {
        for second in 1..=(self.users / self.spawn_rate) as usize {
            let users = ran.users_at(second);
            let before = (self.spawn_rate * u32::try_from(second).unwrap()).min(self.users);
            let after = (before + self.spawn_rate).min(self.users);
            assert!(
                users == before || users == after,
                "{users} users after {second} s"
            );
        }
        assert_eq!(ran.record.peak_users, self.users);
        let last = ran.ticks.last().unwrap();
        assert_eq!(last.snapshot.users, 0);
    }

    fn sends_what_its_users_send(&self, ran: &Ran) {
        let all = ran.record.aggregated.row.requests;
        assert_eq!(all + ran.record.aggregated.row.interrupted, ran.arrived());
        // Mean wait 2 s, mean answer 10/14 · 0.12 + 4/14 · 0.015 = 0.09 s.
        let ramp = f64::from(self.users) / f64::from(self.spawn_rate) / 2.0;
        let run_time = Duration::from_secs(self.run_time).as_secs_f64();
        let expected = f64::from(self.users) * ((run_time - ramp) / 2.09 + 0.5);
        let all = f64::from(u32::try_from(all).unwrap());
        assert!(
            (all / expected - 1.0).abs() < 0.04,
            "{all} requests, expected {expected}"
        );
        for (endpoint, weight) in [
            ("POST /query", 10.0),
            ("GET /retrieval", 3.0),
            ("GET /health", 1.0),
        ] {
            let share = f64::from(u32::try_from(ran.requests(endpoint)).unwrap()) / all;
            let wanted = weight / 14.0;
            // Four standard deviations of a binomial share.
            let tolerance = 4.0 * (wanted * (1.0 - wanted) / all).sqrt();
            assert!(
                (share - wanted).abs() < tolerance,
                "{endpoint}: {share}, wanted {wanted}"
            );
        }
    }
}

#[test]
fn smoke_runs_in_full() {
    Profile {
        name: "smoke",
        users: 10,
        spawn_rate: 2,
        run_time: 120,
    }
    .runs();
}

#[test]
fn load_runs_in_full() {
    Profile {
        name: "load",
        users: 100,
        spawn_rate: 10,
        run_time: 600,
    }
    .runs();
}

#[test]
fn stress_runs_in_full() {
    Profile {
        name: "stress",
        users: 1000,
        spawn_rate: 50,
        run_time: 900,
    }
    .runs();
}

#[test]
fn spike_runs_in_full() {
    Profile {
        name: "spike",
        users: 500,
        spawn_rate: 500,
        run_time: 300,
    }
    .runs();
}

#[test]
fn soak_runs_its_four_hours() {
    Profile {
        name: "soak",
        users: 50,
        spawn_rate: 5,
        run_time: 14_400,
    }
    .runs();
}

#[test]
fn the_same_seed_gives_the_same_record_and_another_one_another() {
    let scenario = "
users: 7
spawn_rate: 3
run_time: 40s
user_classes:
  - name: A
    wait_time: { between: [1s, 3s] }
    tasks:
      - { name: one, weight: 3, get: '/one/{{ random_int(1, 9) }}' }
      - { name: two, get: /two }
";
    let run = |seed| {
        let simulation = Simulation::seeded(scenario, seed);
        simulation
            .run(|request| answer(10 + request.count % 7))
            .record
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).aggregated.histogram, run(2).aggregated.histogram);
}
