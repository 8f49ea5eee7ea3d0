//! The page in a real browser: what it shows, what it does when it is clicked and typed at, and that it stays inert
//! whatever a target answered.

mod downloads;
mod hostile;
mod limits;
mod looks;
mod paid;
mod several;
mod steering;

use std::ops::{Deref, DerefMut};

use super::site::Site;
use crate::browser::Browser;

/// A browser with the page in it.
struct Page(Browser);

impl Page {
    /// The page of this site, once it shows how things stand.
    fn of(site: &Site) -> Page {
        Page::at(&format!("http://{}/", site.address))
    }

    /// The page at this address, once it shows how things stand.
    fn at(address: &str) -> Page {
        let mut page = Page(Browser::start());
        page.visit(address);
        page.until_connected();
        page
    }

    /// Waits until it has heard of the server.
    fn until_connected(&mut self) {
        self.until("document.querySelector('#state').textContent !== '…'");
    }

    /// Waits until the state at its top is this one.
    fn until_state(&mut self, state: &str) {
        self.until(&format!(
            "document.querySelector('#state').textContent === {state:?}"
        ));
    }

    /// Waits until an element is there and can be seen.
    fn until_shown(&mut self, selector: &str) {
        self.until(&format!(
            "document.querySelector({selector:?})?.checkVisibility()"
        ));
    }

    /// Waits until an element that can be seen has this text in it.
    fn until_says(&mut self, selector: &str, text: &str) {
        self.until(&format!(
            "document.querySelector({selector:?})?.innerText?.includes({text:?})"
        ));
    }

    /// Whether an element can be seen.
    fn is_shown(&mut self, selector: &str) -> bool {
        let shown = format!("document.querySelector({selector:?})?.checkVisibility() ?? false");
        self.evaluate(&shown) == true
    }

    /// The text of the first element a selector finds, as a reader sees it.
    fn shown(&mut self, selector: &str) -> String {
        self.text(&format!("document.querySelector({selector:?}).innerText"))
    }

    /// How many elements a selector finds.
    fn count(&mut self, selector: &str) -> f64 {
        self.number(&format!("document.querySelectorAll({selector:?}).length"))
    }

    /// Starts a run by the form, with what is typed into its fields, and waits until its users are there.
    fn start(&mut self, fields: &[(&str, &str)]) {
        self.until_shown("#plan p");
        for (name, text) in fields {
            self.fill(&format!("#order [name={name}]"), text);
        }
        self.click("#go");
        self.until_state("running");
    }

    /// How many seconds the first line of the first chart shows.
    fn seconds_drawn(&mut self) -> f64 {
        self.number(
            "(document.querySelector('#charts .plot .line')?.getAttribute('d') ?? '').split('L').length",
        )
    }

    /// Waits until so many seconds are drawn.
    fn until_drawn(&mut self, seconds: u32) {
        self.until(&format!(
            "(document.querySelector('#charts .plot .line')?.getAttribute('d') ?? '').split('L').length >= {seconds}"
        ));
    }

    /// Says what went wrong, if anything did.
    fn ends_well(mut self) {
        let problems = self.problems();
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

impl Deref for Page {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.0
    }
}

impl DerefMut for Page {
    fn deref_mut(&mut self) -> &mut Browser {
        &mut self.0
    }
}
