//! CSV files as tables, and the convention every number in them follows.
//!
//! Must not know which program wrote them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A CSV file, its rows below the header as texts.
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// How a field is written; Python's `repr` of a float always has a point or an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Empty,
    NotAvailable,
    Int,
    /// Exactly six decimals.
    Fixed,
    Float,
    Time,
    Text,
}

/// Columns that always have six decimals, zeros included.
const FIXED: [&str; 2] = ["Requests/s", "Failures/s"];

impl Table {
    pub(super) fn read(path: &Path) -> Table {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(
            text.matches('\n').count(),
            text.matches("\r\n").count(),
            "{}: a line end without a carriage return",
            path.display()
        );
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let list = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let columns = list(reader.headers().expect("a header"));
        let rows = reader
            .records()
            .map(|record| list(&record.expect("rows as long as the header")))
            .collect();
        Table { columns, rows }
    }

    fn index(&self, column: &str) -> usize {
        let found = self.columns.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("no column {column}"))
    }

    /// Some columns of every row, in the order of the rows.
    pub(super) fn select<'a>(&'a self, columns: &[&str]) -> Vec<Vec<&'a str>> {
        let places: Vec<usize> = columns.iter().map(|name| self.index(name)).collect();
        let fields = |row: &'a Vec<String>| places.iter().map(|at| row[*at].as_str()).collect();
        self.rows.iter().map(fields).collect()
    }

    /// The number in a row's column; the row is the one of that name.
    pub(super) fn number(&self, name: &str, column: &str) -> f64 {
        let (names, column) = (self.index("Name"), self.index(column));
        let row = self.rows.iter().find(|row| row[names] == name);
        let row = row.unwrap_or_else(|| panic!("no row {name}"));
        row[column].parse().expect("a number")
    }

    /// Every form a column's fields have.
    pub(super) fn forms(&self, column: &str, is_history: bool) -> BTreeSet<Form> {
        let place = self.index(column);
        let is_fixed = is_history && FIXED.contains(&column);
        self.rows
            .iter()
            .map(|row| form(&row[place], is_fixed))
            .collect()
    }
}

fn form(field: &str, is_fixed: bool) -> Form {
    let matches = |pattern: &str| {
        regex::Regex::new(pattern)
            .expect("a pattern")
            .is_match(field)
    };
    match field {
        "" => Form::Empty,
        "N/A" => Form::NotAvailable,
        _ if is_fixed && matches(r"^\d+\.\d{6}$") => Form::Fixed,
        _ if matches(r"^(0|[1-9]\d*)$") => Form::Int,
        _ if matches(r"^(0|[1-9]\d*)\.(0|\d*[1-9])$|^\d(\.\d+)?e[+-]\d\d+$") => Form::Float,
        _ if matches(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$") => Form::Time,
        _ => Form::Text,
    }
}
