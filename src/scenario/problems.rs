//! What is wrong with a scenario, all of it at once.
//!
//! Owns the form of a problem as people read it and the collecting of problems, warnings and
//! secrets while a scenario is resolved. Must not know any key.

use std::fmt;

use crate::model::{Masker, Secret};

use super::origin::{Location, Mark};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, flag or variable it was found in: `scenarios/smoke.yaml`, `--users`.
    pub place: String,
    /// The line, from 1; 0 where there is none.
    pub line: usize,
    /// The YAML path: `user_classes[0].tasks[2].weight`; empty where there is none.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        for part in [&self.path, &self.message] {
            if !part.is_empty() {
                write!(f, ": {part}")?;
            }
        }
        Ok(())
    }
}

/// Everything that is wrong, sorted by place and line; never empty. Prints one problem a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Collects what is found while a scenario is resolved.
#[derive(Debug, Default)]
pub(super) struct Report {
    locations: Vec<Location>,
    problems: Vec<Problem>,
    secrets: Vec<Secret>,
    pub(super) warnings: Vec<String>,
    /// Those that matter where load is sent.
    pub(super) load_warnings: Vec<String>,
}

impl Report {
    /// Makes a location known, so that marks can refer to it.
    pub(super) fn add_location(&mut self, location: Location) -> usize {
        self.locations.push(location);
        self.locations.len() - 1
    }

    /// The location of a mark.
    pub(super) fn location(&self, mark: Mark) -> &Location {
        &self.locations[mark.location]
    }

    /// A mark as an origin: `scenarios/smoke.yaml:4`.
    pub(super) fn origin(&self, mark: Mark) -> String {
        let location = self.location(mark);
        if mark.line == 0 || matches!(location, Location::Set(_)) {
            location.to_string()
        } else {
            format!("{location}:{}", mark.line)
        }
    }

    /// A problem at a place in a file.
    pub(super) fn problem(&mut self, mark: Mark, path: &str, message: impl Into<String>) {
        let location = self.location(mark);
        let line = match location {
            Location::Set(_) => 0,
            Location::Disk(_) | Location::Shipped(_) => mark.line,
        };
        let place = location.to_string();
        self.push(Problem {
            place,
            line,
            path: path.to_owned(),
            message: message.into(),
        });
    }

    /// A problem with a flag, a variable or a whole file.
    pub(super) fn problem_with(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.push(Problem {
            place: place.into(),
            line: 0,
            path: String::new(),
            message: message.into(),
        });
    }

    fn push(&mut self, problem: Problem) {
        // A value used in several places (an alias) would be reported once for each.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        add_new(&mut self.warnings, warning.into());
    }

    /// Warns of what makes a difference only where load is sent.
    pub(super) fn warn_of_load(&mut self, warning: impl Into<String>) {
        add_new(&mut self.load_warnings, warning.into());
    }

    /// Remembers a value that must never be shown.
    pub(super) fn secret(&mut self, value: &str) {
        // Masking these words would riddle every text and hide nothing.
        let telling = ["true", "false", "null", "none", "bearer", "basic"];
        let value = value.trim();
        if !value.is_empty() && !telling.contains(&value.to_ascii_lowercase().as_str()) {
            self.secrets.push(Secret::new(value));
        }
    }

    pub(super) fn masker(&self) -> Masker {
        Masker::new(self.secrets.iter().cloned())
    }

    pub(super) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// The problems found, secrets masked, by place and line.
    pub(super) fn into_problems(self) -> Problems {
        let masker = self.masker();
        let mut problems = self.problems;
        for problem in &mut problems {
            problem.message = masker.mask(&problem.message);
            problem.path = masker.mask(&problem.path);
            problem.place = masker.mask(&problem.place);
        }
        problems.sort_by(|a, b| (&a.place, a.line).cmp(&(&b.place, b.line)));
        Problems(problems)
    }
}

fn add_new(warnings: &mut Vec<String>, warning: String) {
    if !warnings.contains(&warning) {
        warnings.push(warning);
    }
}

/// The candidate nearest to a mistyped name, when one is near enough to be meant.
pub(super) fn nearest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The remedy for an unknown name: the nearest known one, else all of them.
pub(super) fn suggestion(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => format!("known: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let known = ["weight", "name", "wait_time"];
        assert_eq!(nearest("wieght", known), Some("weight"));
        assert_eq!(nearest("banana", known), None);
        assert_eq!(nearest("nme", known), Some("name"));
    }

    #[test]
    fn a_problem_prints_file_line_path_and_message() {
        let mut report = Report::default();
        let location = report.add_location(Location::Disk("scenarios/smoke.yaml".into()));
        let mark = Mark {
            location,
            line: 14,
            column: 3,
        };
        report.problem(mark, "users", "must be at least 1, found 0");
        report.problem_with("--users", "must be at least 1, found -2");
        assert_eq!(
            report.into_problems().to_string(),
            "--users: must be at least 1, found -2\n\
             scenarios/smoke.yaml:14: users: must be at least 1, found 0"
        );
    }
}
