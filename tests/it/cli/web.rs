//! The web UI's server, over a real socket: Locust's routes, our own, who may come, runs that are started and ended.

mod api;
mod limits;
mod locust_routes;
mod metrics;
mod page;
mod runs;
mod safety;
mod site;
