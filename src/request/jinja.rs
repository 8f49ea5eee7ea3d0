//! The template engine as scenarios see it: its functions, filters and the way values are put in.
//!
//! Owns the built-in functions. Randomness is given: each function draws from the generator of
//! the user whose request is being made. Must not know requests.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value as Jinja;
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rand::{Rng, RngExt};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::values::text_of_jinja;

/// What is percent-encoded in a path or by `urlencode`: all but the unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The functions that draw from the user's randomness.
pub(super) const RANDOM_FUNCTIONS: [&str; 4] = ["uuid", "random_int", "random_float", "choice"];

/// One user's generator, lent to the functions of one rendering.
pub(super) type Random = Arc<Mutex<Xoshiro256PlusPlus>>;

static TEXT: LazyLock<Environment<'static>> = LazyLock::new(|| environment(put_text));
static PATH: LazyLock<Environment<'static>> = LazyLock::new(|| environment(put_in_path));

/// The engine for values, headers and bodies.
pub(super) fn for_text() -> &'static Environment<'static> {
    &TEXT
}

/// The engine for paths: what templates put in is percent-encoded, unless marked `| safe`.
pub(super) fn for_paths() -> &'static Environment<'static> {
    &PATH
}

type Formatter = fn(&mut Output, &mut State, &Jinja) -> Result<(), Error>;

fn environment(put: Formatter) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    env.set_formatter(put);
    env.remove_global("debug");
    env.add_filter("urlencode", |value: &Jinja| -> Result<String, Error> {
        Ok(encode(&text_of_jinja(value)?))
    });
    // A text keeps its last line break: bodies are sent as written.
    if let Ok(syntax) = SyntaxConfig::builder().keep_trailing_newline(true).build() {
        env.set_syntax(syntax);
    }
    env
}

fn put_text(out: &mut Output, _: &mut State, value: &Jinja) -> Result<(), Error> {
    out.write_str(&text_of_jinja(value)?).map_err(Error::from)
}

fn put_in_path(out: &mut Output, state: &mut State, value: &Jinja) -> Result<(), Error> {
    if value.is_safe() {
        return put_text(out, state, value);
    }
    if value.is_none() {
        // An id that is null would ask for "/sessions/" and look like an answer's fault.
        return Err(refused("a null value cannot stand in a path"));
    }
    out.write_str(&encode(&text_of_jinja(value)?))
        .map_err(Error::from)
}

pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The random function of this name, drawing from this generator.
pub(super) fn random_function(name: &str, random: &Random) -> Option<Jinja> {
    let random = Arc::clone(random);
    Some(match name {
        "uuid" => Jinja::from_function(move || draw(&random, random_uuid)),
        "random_int" => Jinja::from_function(move |from: i64, to: i64| {
            if from > to {
                return Err(refused("random_int(a, b) needs a at most b"));
            }
            Ok(draw(&random, |random| random.random_range(from..=to)))
        }),
        "random_float" => Jinja::from_function(move |from: f64, to: f64| {
            if !(from.is_finite() && to.is_finite() && from <= to && (to - from).is_finite()) {
                return Err(refused(
                    "random_float(a, b) needs finite numbers, a at most b",
                ));
            }
            Ok(draw(&random, |random| random.random_range(from..=to)))
        }),
        "choice" => Jinja::from_function(move |items: &Jinja| choose(&random, items)),
        _ => return None,
    })
}

fn choose(random: &Random, items: &Jinja) -> Result<Jinja, Error> {
    let mut items: Vec<Jinja> = items
        .try_iter()
        .map_err(|_| refused("choice needs a list"))?
        .collect();
    if items.is_empty() {
        return Err(refused("choice needs at least one item"));
    }
    let index = draw(random, |random| random.random_range(0..items.len()));
    Ok(items.swap_remove(index))
}

fn draw<T>(random: &Random, from: impl FnOnce(&mut Xoshiro256PlusPlus) -> T) -> T {
    from(&mut random.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A UUID of version 4.
pub(super) fn random_uuid(random: &mut impl Rng) -> String {
    let bytes = random.random::<u128>().to_be_bytes();
    let uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
    uuid.to_string()
}

/// 32 hexadecimal digits, for boundaries.
pub(super) fn random_hex(random: &mut impl Rng) -> String {
    format!("{:032x}", random.random::<u128>())
}

fn refused(detail: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}
