//! The program as people run it: the binary itself, in a folder of its own, with a clean environment, against a service on
//! the loopback.

mod answers;
mod bad_input;
mod ci;
mod client;
mod commands;
mod conversations;
mod counts;
mod durability;
mod environment;
mod exit_codes;
mod limits;
mod live;
mod locust_form;
mod once;
mod program;
mod report;
mod retries;
mod running;
mod scripted;
mod secrets;
mod service;
mod signals;
mod terminal;
mod tls;
mod web;
#[cfg(unix)]
mod window;
