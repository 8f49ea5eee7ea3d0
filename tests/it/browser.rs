//! A browser to drive: Chromium, by its `DevTools` protocol.
//!
//! Owns the process, the connection and what was reported on it. Must not know the pages.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot drive its browser has failed"
)]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

use crate::tools::tool;

/// A browser that neither asks nor tells anybody anything, on a port of its own choice.
const OPTIONS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
];

/// How long an answer of the browser may take: far longer than it ever should.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page. Ends with its value.
pub(crate) struct Browser {
    process: Child,
    socket: WebSocket<TcpStream>,
    /// The page's session; none until there is one.
    session: Option<String>,
    calls: u64,
    /// What the page told of itself and nobody has asked for yet.
    events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Starts one with an empty page.
    pub(crate) fn start() -> Browser {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(tool("chromium"))
            .args(OPTIONS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("chromium starts");
        let address = address(&mut process);
        let port = address.split('/').nth(2).unwrap();
        let stream = TcpStream::connect(port).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(address.as_str(), stream).unwrap();
        let mut browser = Browser {
            process,
            socket,
            session: None,
            calls: 0,
            events: Vec::new(),
            _profile: profile,
        };
        browser.attach();
        browser
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let asked = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", &asked);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
        self.size(1280, 900);
    }

    /// Asks the browser for something and waits for its answer.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.socket
            .send(Message::text(message.to_string()))
            .unwrap();
        loop {
            let mut told = self.next();
            if told["id"] == id {
                assert!(told["error"].is_null(), "{method}: {}", told["error"]);
                return told["result"].take();
            }
            self.events.push(told);
        }
    }

    /// The next thing it tells.
    fn next(&mut self) -> Value {
        loop {
            let message = self.socket.read().expect("the browser answers");
            if let Message::Text(text) = message {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Waits for an event, which may have come already.
    fn wait_for_event(&mut self, method: &str) {
        let of_this = |event: &Value| event["method"] == method;
        while !self.events.iter().any(of_this) {
            let told = self.next();
            self.events.push(told);
        }
        self.events.retain(|event| !of_this(event));
    }

    /// Opens a file, at a place in it if there is a `#` after its name, and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path, place: &str) {
        self.visit(&format!("file://{}{place}", file.display()));
    }

    /// Opens an address, and waits until it is loaded.
    pub(crate) fn visit(&mut self, url: &str) {
        // By way of an empty page: another place in the same file would not be loaded again.
        for url in ["about:blank", url] {
            self.load("Page.navigate", &json!({ "url": url }));
        }
    }

    /// Loads the page anew.
    pub(crate) fn reload(&mut self) {
        self.load("Page.reload", &json!({}));
    }

    /// Waits until a page is loaded that the one before has led to.
    pub(crate) fn until_loaded(&mut self) {
        self.wait_for_event("Page.loadEventFired");
    }

    fn load(&mut self, method: &str, params: &Value) {
        self.events
            .retain(|event| event["method"] != "Page.loadEventFired");
        self.call(method, params);
        self.wait_for_event("Page.loadEventFired");
    }

    /// The value of an expression in the page; a promise is waited for.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", &asked);
        let thrown = &answer["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}: {thrown}");
        answer["result"]["value"].take()
    }

    /// The value of an expression as text.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        let value = self.evaluate(expression);
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    }

    /// The value of an expression as a number.
    pub(crate) fn number(&mut self, expression: &str) -> f64 {
        let value = self.evaluate(expression);
        value
            .as_f64()
            .unwrap_or_else(|| panic!("{expression} is {value}, no number"))
    }

    /// Waits until an expression is true, looking once a frame. A page that goes on telling things keeps the
    /// connection busy: so it is the page that gives up.
    pub(crate) fn until(&mut self, expression: &str) {
        let patience = PATIENCE.as_millis() / 2;
        self.evaluate(&format!(
            "new Promise((done, fail) => {{ setTimeout(() => fail('still not so'), {patience}); \
             const look = () => ({expression}) ? done(true) : requestAnimationFrame(look); look(); }})"
        ));
    }

    /// The middle of the first element a selector finds, scrolled into view, once nothing moves it
    /// any more: what is drawn anew for another size of the window does so in a later frame.
    pub(crate) fn middle(&mut self, selector: &str) -> (f64, f64) {
        let place = self.evaluate(&format!(
            "(async () => {{ const found = document.querySelector({selector:?}); \
             for (let before = null; ;) {{ \
             found.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = found.getBoundingClientRect(); \
             const place = [box.x + box.width / 2, box.y + box.height / 2]; \
             if (String(place) === before) return place; \
             before = String(place); \
             await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))); }} }})()"
        ));
        (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
    }

    /// Clicks in the middle of an element, as a hand would.
    pub(crate) fn click(&mut self, selector: &str) {
        let at = self.middle(selector);
        self.mouse("mouseMoved", at, 0);
        self.mouse("mousePressed", at, 1);
        self.mouse("mouseReleased", at, 1);
    }

    /// Clicks twice.
    pub(crate) fn double_click(&mut self, at: (f64, f64)) {
        for count in [1, 2] {
            self.mouse("mousePressed", at, count);
            self.mouse("mouseReleased", at, count);
        }
    }

    /// Moves the pointer somewhere.
    pub(crate) fn point(&mut self, at: (f64, f64)) {
        self.mouse("mouseMoved", at, 0);
    }

    /// Drags from one place to another.
    pub(crate) fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.mouse("mouseMoved", from, 0);
        self.mouse("mousePressed", from, 1);
        self.mouse("mouseMoved", (f64::midpoint(from.0, to.0), to.1), 1);
        self.mouse("mouseMoved", to, 1);
        self.mouse("mouseReleased", to, 1);
    }

    fn mouse(&mut self, kind: &str, (x, y): (f64, f64), count: u32) {
        let held = count > 0;
        let event = json!({ "type": kind, "x": x, "y": y, "clickCount": count,
            "button": if held { "left" } else { "none" },
            "buttons": u32::from(held && kind != "mouseReleased") });
        self.call("Input.dispatchMouseEvent", &event);
    }

    /// Presses a key by its name: `Enter`, `ArrowLeft`, `a`.
    pub(crate) fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            one if one.chars().count() == 1 => one,
            _ => "",
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({ "type": kind, "key": key, "text": text, "code": key });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Types a text into a field, in place of what is there.
    pub(crate) fn fill(&mut self, selector: &str, text: &str) {
        self.click(selector);
        self.evaluate(&format!("document.querySelector({selector:?}).select()"));
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Keeps what is downloaded from now on in this folder.
    pub(crate) fn download_into(&mut self, folder: &Path) {
        let asked = json!({ "behavior": "allow", "downloadPath": folder.display().to_string() });
        self.call("Browser.setDownloadBehavior", &asked);
    }

    /// The addresses of everything the page asked for until now, and nobody has asked after yet.
    pub(crate) fn asked_for(&mut self) -> Vec<String> {
        // The answer to a call comes after all events before it.
        self.evaluate("0");
        let is_request = |event: &Value| event["method"] == "Network.requestWillBeSent";
        let asked = self.events.iter().filter(|event| is_request(event));
        let address = |event: &Value| {
            event["params"]["request"]["url"]
                .as_str()
                .map(str::to_owned)
        };
        let asked = asked.filter_map(address).collect();
        self.events.retain(|event| !is_request(event));
        asked
    }

    /// Sets the size of the window in CSS pixels.
    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Makes the page look as on this medium (`print`, or `` for the screen), in this scheme
    /// (`light`, `dark`).
    pub(crate) fn media(&mut self, medium: &str, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let asked = json!({ "media": medium, "features": features });
        self.call("Emulation.setEmulatedMedia", &asked);
    }

    /// Allows or forbids scripts from the next page on.
    pub(crate) fn scripts(&mut self, allowed: bool) {
        let asked = json!({ "value": !allowed });
        self.call("Emulation.setScriptExecutionDisabled", &asked);
    }

    /// What is in the window, as a PNG.
    pub(crate) fn screenshot(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()
    }

    /// The page printed, as a PDF.
    pub(crate) fn pdf(&mut self) -> Vec<u8> {
        let paper = self.call("Page.printToPDF", &json!({ "printBackground": true }));
        STANDARD.decode(paper["data"].as_str().unwrap()).unwrap()
    }

    /// What went wrong in the page until now: exceptions, errors on the console, broken policies.
    pub(crate) fn problems(&mut self) -> Vec<String> {
        // The answer to a call comes after all events before it.
        self.evaluate("0");
        let wrong = |event: &Value| {
            let params = &event["params"];
            match event["method"].as_str()? {
                "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
                "Log.entryAdded" if params["entry"]["level"] != "verbose" => {
                    Some(params["entry"].to_string())
                }
                "Runtime.consoleAPICalled" if params["type"] == "error" => Some(params.to_string()),
                _ => None,
            }
        };
        let problems = self.events.iter().filter_map(wrong).collect();
        self.events.clear();
        problems
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked, not killed: what was started may be a script that started it.
        let close = json!({ "id": 0, "method": "Browser.close" });
        if self.socket.send(Message::text(close.to_string())).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Where it says that it listens. The rest of what it says is read and dropped.
fn address(process: &mut Child) -> String {
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let listening = "DevTools listening on ";
    let address = (lines.by_ref())
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix(listening).map(str::to_owned))
        .expect("chromium says where it listens");
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    address
}
