//! The whole portal as `portal serve` puts it together, over a database of its own: in this process, or as processes.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use clap::Parser;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use server::configuration::{Command as PortalCommand, CommandLine, ServeArguments};
use server::serve::{Foundations, router};
use service::{Services, Viewer};
use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::fixtures::{PASSWORD, TestApp};

/// Where the portal is reached in these tests.
pub const ORIGIN: &str = "http://portal.test";

/// What a browser asks for.
pub const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A portal with the fixtures around its use cases.
pub struct TestPortal {
    /// The use cases, their clock and the database.
    pub app: TestApp,
    router: Router,
    site: TempDir,
}

impl TestPortal {
    /// A portal over a migrated database, at an instant.
    pub fn start(options: PgConnectOptions, at: &str) -> Self {
        Self::over(TestApp::start(options, at), ORIGIN)
    }

    /// A portal over fixtures, reached at an origin.
    pub fn over(app: TestApp, origin: &str) -> Self {
        let site = site_folder();
        let router = put_together(&app.services, site.path(), origin);
        Self { app, router, site }
    }

    /// Somebody who has not signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// Somebody who signed in by the form.
    pub async fn sign_in(&self, viewer: &Viewer) -> Browser {
        // A portal that serves has read its brands.
        self.app.services.brands_in_force().await;
        let mut browser = self.browser();
        browser.sign_in(&viewer.email, PASSWORD).await;
        browser
    }

    /// The same browser at another process on the same database.
    pub fn at_another_process(&self, browser: &Browser) -> Browser {
        let router = put_together(&self.app.another_process(), self.site.path(), ORIGIN);
        Browser { router, cookies: browser.cookies.clone() }
    }
}

fn put_together(services: &Services, site: &Path, origin: &str) -> Router {
    let foundations = Foundations {
        arguments: arguments(site),
        database: services.database().clone(),
        origins: vec![origin.parse().expect("an origin")],
        tasks: TaskTracker::new(),
        stop: CancellationToken::new(),
    };
    let portal = server::portal::build(&foundations, services.clone()).expect("a portal");
    router(&foundations, portal)
}

fn arguments(site: &Path) -> ServeArguments {
    let line = [
        "portal",
        "serve",
        "--public-origin",
        ORIGIN,
        "--site-dir",
        site.to_str().expect("a path"),
        "--file-limit",
        "4MiB",
        "--files-per-request",
        "3",
    ];
    match CommandLine::try_parse_from(line).expect("arguments").command {
        PortalCommand::Serve(arguments) => *arguments,
        other => panic!("`serve` was asked for, not {other:?}"),
    }
}

/// A site of a few small files in the place of the built one.
pub fn site_folder() -> TempDir {
    let folder = TempDir::with_prefix("portal-site-").expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    std::fs::create_dir(folder.path().join("pkg")).expect("a folder");
    write(
        "manifest.json",
        r#"{"script":"/pkg/portal.1.js","wasm":"/pkg/portal.1.wasm","style":"/pkg/portal.1.css","islands":"/pkg/islands.1.js"}"#,
    );
    write("pkg/portal.1.js", "export default 1;");
    write("favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    write("robots.txt", "User-agent: *\nDisallow: /\n");
    folder
}

/// A browser without scripting: it keeps cookies and follows nothing by itself.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    /// Its cookies by name.
    pub cookies: BTreeMap<String, String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
    /// The body as it came: not everything is text.
    pub bytes: Bytes,
}

impl Answer {
    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// What a reader sees of the page: its text with single spaces.
    pub fn words(&self) -> String {
        let mut text = String::new();
        for piece in self.body.split('<') {
            text.push_str(piece.split_once('>').map_or(piece, |(_, words)| words));
            text.push(' ');
        }
        text.replace("&nbsp;", " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Browser {
    fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new() }
    }

    /// Signs in by the form.
    pub async fn sign_in(&mut self, email: &str, password: &str) {
        let answer = self.post("/api/sign-in", &[("email", email), ("password", password)]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.body);
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty()).expect("a request");
        self.send(request).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = fields.iter().fold(String::new(), |form, (name, value)| format!("{form}&{}={}", encoded(name), encoded(value)));
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form.trim_start_matches('&').to_owned())).expect("a request");
        self.send(request).await
    }

    /// A request as a page of the portal makes it.
    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder().method(method).uri(path).header(HOST, "portal.test").header(ACCEPT, PAGE);
        let request = request.header("sec-fetch-site", "same-origin");
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) }
    }

    /// Sends a request and keeps the cookies of the answer.
    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let (parts, body) = self.send_raw(request).await;
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned(), bytes: body }
    }

    /// The same where what comes back is no text.
    pub async fn send_raw(&mut self, request: Request<Body>) -> (http::response::Parts, axum::body::Bytes) {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 << 20).await.expect("a body");
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie");
            let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if value.is_empty() || text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        (parts, body)
    }
}

/// A text as it stands in a form.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded + &char::from(byte).to_string()
        } else {
            format!("{encoded}%{byte:02X}")
        }
    })
}

/// The address of a test's database, for another process.
pub fn database_address(options: &PgConnectOptions) -> String {
    let server = std::env::var("DATABASE_URL").expect("tests find their server by DATABASE_URL");
    let (server, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{server}/{}", options.get_database().expect("a database"))
}

/// `portal serve` as a process of its own.
pub struct Process {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub address: String,
    _site: TempDir,
}

impl Process {
    /// Starts one on a database and waits until it serves.
    pub fn start(database: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let site = site_folder();
        let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--demo", "--log", "warn", "--site-dir"]).arg(site.path()).args(arguments);
        let mut child = command
            .env("DATABASE_URL", database)
            .env("PORTAL_FILES_DIR", site.path().join("files"))
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the portal starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).expect("the portal serves");
        let address = format!("http://{}", line.split("http://").nth(1).unwrap_or_default());
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, _site: site }
    }

    /// Sends a form with a session's cookie, without following where it leads.
    pub async fn post(&self, path: &str, cookie: &str, fields: &[(String, String)]) -> reqwest::Response {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client");
        let form = fields.iter().fold(String::new(), |form, (name, value)| format!("{form}&{}={}", encoded(name), encoded(value)));
        client
            .post(format!("{}{path}", self.address))
            .header("accept", PAGE)
            .header("origin", &self.address)
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.trim_start_matches('&').to_owned())
            .send()
            .await
            .expect("an answer")
    }

    /// Opens a page with a session's cookie.
    pub async fn get(&self, path: &str, cookie: &str) -> (u16, String) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client");
        let request = client.get(format!("{}{path}", self.address)).header("accept", PAGE).header("cookie", cookie);
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.unwrap_or_default())
    }

    /// Signs in and gives the session's cookie.
    pub async fn sign_in(&self, email: &str, password: &str) -> String {
        let fields = [("email".to_owned(), email.to_owned()), ("password".to_owned(), password.to_owned())];
        let answer = self.post("/api/sign-in", "", &fields).await;
        assert_eq!(answer.status().as_u16(), 303);
        let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).expect("a session");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
