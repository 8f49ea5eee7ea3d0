//! How the page looks: in the dark, on a phone, to those who hear it.

use ragload::demo::Faults;
use serde_json::json;

use super::super::super::program::Folder;
use super::super::super::service::Service;
use super::super::site::Site;
use super::Page;

/// A site with a run of a minute under way, of which some requests fail.
fn going(folder: &Folder) -> (Service, Site) {
    let service = Service::with(Faults {
        error_rate: Some(0.3),
        ..Faults::default()
    });
    let site = Site::quick(folder, &service.host(), &[]);
    site.post_json("/api/v1/start", &json!({ "run_time": "60s" }))
        .expect(200);
    site.until_requests(50);
    (service, site)
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_dark_is_dark_by_the_systems_wish_and_the_choice_outlives_a_reload() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    let ground = "getComputedStyle(document.body).backgroundColor";
    page.media("", "light");
    let light = page.text(ground);
    page.media("", "dark");
    let dark = page.text(ground);
    assert_ne!(light, dark);
    page.click("#theme");
    assert_eq!(
        page.text(ground),
        light,
        "the button goes before the system"
    );
    page.reload();
    assert_eq!(page.text(ground), light);
    page.click("#theme");
    assert_eq!(page.text(ground), dark);
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn nothing_scrolls_sideways_on_a_phone_but_tables() {
    let folder = Folder::quick("thresholds: [error_rate < 1%, p95 < 2s]");
    let (_service, site) = going(&folder);
    let mut page = Page::of(&site);
    page.until_drawn(2);
    for width in [320, 390, 768] {
        page.size(width, 800);
        page.until("document.querySelector('#charts .plot').clientWidth < innerWidth");
        let sideways = |page: &mut Page| page.number("document.documentElement.scrollWidth");
        let wide = sideways(&mut page);
        assert!(wide <= f64::from(width), "{wide} of {width}");
        page.click("#failure-table .opener");
        page.until_shown(".sample pre");
        let wide = sideways(&mut page);
        assert!(
            wide <= f64::from(width),
            "an answer open: {wide} of {width}"
        );
        page.click("#failure-table .opener");
    }
    page.size(320, 800);
    for button in ["#edit", "#pause", "#reset", "#stop", "#theme"] {
        let box_of = format!("document.querySelector('{button}').getBoundingClientRect()");
        assert!(page.number(&format!("{box_of}.right")) <= 320.0, "{button}");
    }
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn everything_that_can_be_used_has_a_name_for_those_who_hear_it() {
    let folder = Folder::quick("");
    let (_service, site) = going(&folder);
    let mut page = Page::of(&site);
    page.until_drawn(2);
    let mut unnamed = Vec::new();
    for dialog in ["", "users-dialog", "reset-dialog"] {
        if !dialog.is_empty() {
            page.evaluate(&format!("document.getElementById('{dialog}').showModal()"));
        }
        let tree = page.call("Accessibility.getFullAXTree", &json!({}));
        let nodes = tree["nodes"].as_array().expect("nodes").clone();
        let used = [
            "button",
            "link",
            "textbox",
            "combobox",
            "spinbutton",
            "checkbox",
            "slider",
        ];
        unnamed.extend(nodes.into_iter().filter(|node| {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            let name = node["name"]["value"].as_str().unwrap_or_default();
            used.contains(&role) && name.trim().is_empty() && node["ignored"] != true
        }));
        page.evaluate("document.querySelector('dialog[open]')?.close()");
    }
    assert!(unnamed.is_empty(), "{unnamed:#?}");
    page.ends_well();
}
