//! White Label over HTTP: the brand from its draft to every page, mail and statement; names of portals; what comes in through every field.

use std::collections::BTreeSet;
use std::io::Read;

use domain::brand::{BrandField, BrandForm};
use domain::custom_host::{proof_record, proof_value};
use domain::model::BillingSide;
use domain::permission::Role;
use domain::request::{Position, RequestStatus, Stage};
use http::header::{ACCEPT, HOST, ORIGIN};
use http::{Method, Request, StatusCode};
use service::Actor;
use service::bonus_codes::AskedCode;
use service::brands::LogoPlace;
use service::custom_hosts::HostCheck;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestApp, TestPartner, count_statements};
use crate::queries::OF_BRANDS;
use crate::support::{Answer, Browser, PAGE, TestPortal};

/// A logo: a bar of the brand's colour.
const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10" fill="#1a5fb4"/></svg>"##;

/// The provider's own colours and words: none of them may stand where a partner's brand is shown.
pub const PROVIDER: [&str; 7] = ["Партнёрский портал", "Partner portal", "Облакотек", "Oblakotek", "/favicon.svg", "#3d5398", "#3b4a8c"];

/// What a partner called so would enter.
pub fn form(name: &str, primary: &str) -> BrandForm {
    BrandForm {
        name: name.to_owned(),
        primary: primary.to_owned(),
        accent: "#1b6e3c".to_owned(),
        corners: "round".to_owned(),
        font: "system".to_owned(),
        support_email: "help@acme.example".to_owned(),
        support_phone: "+7 495 123-45-67".to_owned(),
        site: "https://acme.example".to_owned(),
        agreement: "https://acme.example/offer".to_owned(),
        sender_name: String::new(),
        footer: "ООО «Акме», ИНН 7707083893".to_owned(),
    }
}

fn fields<'a>(form: &'a BrandForm, version: &'a str, gesture: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = BrandField::ALL.into_iter().map(|field| (field.name(), form.value(field))).collect();
    fields.extend([("version", version), ("gesture", gesture)]);
    fields
}

/// A White Label partner with a published brand.
async fn branded(portal: &TestPortal, name: &str, primary: &str) -> TestPartner {
    let partner = portal.app.create_partner_billed("2026-09-01", BillingSide::Partner).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let answer = browser.post("/api/brand/save", &fields(&form(name, primary), "0", "publish")).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/partner/brand?notice=brand_published"), "{}", answer.body);
    partner
}

/// Publishes a brand by its use cases, with a logo where one is wanted.
pub async fn publish(app: &TestApp, partner: &TestPartner, form: &BrandForm, with_logo: bool) {
    let (services, viewer) = (&app.services, &partner.viewer);
    let mut version = services.brand_save(viewer, form, 0).await.expect("saved");
    if with_logo {
        let saved = services.brand_picture_save(viewer, LogoPlace::Light, LOGO.as_bytes().to_vec()).await.expect("an answer");
        version = saved.expect("a picture");
    }
    services.brand_publish(viewer, version).await.expect("published");
}

/// A partner adds a name for its portal and proves it.
pub async fn prove_host(app: &TestApp, partner: &TestPartner, host: &str) {
    let (services, viewer) = (&app.services, &partner.viewer);
    services.custom_host_add(viewer, host).await.expect("added");
    let added = services.brand_page(viewer).await.expect("the page").hosts.into_iter().next().expect("a name");
    app.dns.set(&proof_record(&added.host), [proof_value(&added.token)]);
    assert_eq!(services.custom_host_check(viewer, added.id).await.expect("an answer"), HostCheck::Proven);
}

fn assert_neutral(page: &Answer, what: &str) {
    assert!(!page.body.contains("/brand/"), "{what}: {}", page.body);
    assert!(page.body.contains("/favicon.svg") || !page.body.contains("<html"), "{what}");
}

/// The version of the draft that a page of the brand was made of.
fn version(page: &Answer) -> String {
    let rest = page.body.split_once("id=\"brand-version\"").expect("a version").1;
    rest.split_once("value=\"").expect("a value").1.split_once('"').expect("its end").0.to_owned()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_published_brand_is_on_every_page_of_its_partner_and_on_no_other(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = branded(&portal, "Акме Облако", "#1a5fb4").await;
    let other = branded(&portal, "Бета Хостинг", "#8a2be2").await;
    let plain = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut own = portal.sign_in(&partner.viewer).await;
    let sheet = format!("/brand/{}/1.css", partner.id);
    for address in [
        "/partner",
        "/partner/level",
        "/partner/what-if",
        "/partner/money",
        "/partner/rebates",
        "/partner/privileges",
        "/partner/clients",
        "/partner/bonus-codes",
        "/partner/free-months",
        "/partner/sales-bonuses",
        "/partner/telegram-comments",
        "/partner/cases",
        "/partner/cases/new",
        "/partner/requests",
        "/partner/notices",
        "/partner/brand",
        "/rules",
        "/no/such/page",
    ] {
        let page = own.get(address).await;
        assert!(page.body.contains(&format!("href=\"{sheet}?")), "{address}: the sheet");
        assert!(page.body.contains("Акме Облако</title>") || page.body.contains("· Акме Облако"), "{address}: the title");
        assert!(page.body.contains("ООО «Акме», ИНН 7707083893") && page.body.contains("mailto:help@acme.example"), "{address}: the foot");
        assert!(page.body.contains("og:site_name"), "{address}");
        for trace in PROVIDER.into_iter().chain(["Бета Хостинг", "#8a2be2"]) {
            assert!(!page.body.contains(trace), "{address} shows {trace}");
        }
        assert!(!page.body.contains(&other.id.to_string()), "{address}");
    }
    let answer = own.get(&sheet).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(answer.body.contains("--brand-primary:#1a5fb4") || answer.body.contains("--brand-primary: #1a5fb4"), "{}", answer.body);
    for (viewer, what) in [(&plain.viewer, "a partner without a brand"), (&reviewer, "staff")] {
        let mut browser = portal.sign_in(viewer).await;
        assert_neutral(&browser.get("/rules").await, what);
    }
    assert_neutral(&portal.browser().get("/sign-in").await, "nobody");
    // What a program asks for in vain is a page with the brand, too.
    let missing = own.get("/brand/nobody/1.css").await;
    assert!(missing.status == StatusCode::NOT_FOUND && missing.body.contains(&sheet), "{}", missing.body);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_not_legible_is_saved_and_not_published_and_the_offered_colour_mends_it(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner_billed("2026-09-01", BillingSide::Partner).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let pale = form("Акме", "#ffee88");
    let answer = browser.post("/api/brand/save", &fields(&pale, "0", "publish")).await;
    assert!(answer.location().starts_with("/partner/brand?form="), "{}", answer.location());
    let page = browser.get(answer.location()).await;
    assert!(page.words().contains("Некоторые пары цветов не читаются"), "{}", page.words());
    assert!(page.body.contains("value=\"#ffee88\""), "what was typed is kept");
    assert_neutral(&browser.get("/partner").await, "nothing is published");
    // The button beside the pair carries the colour.
    let gesture = page.body.split("value=\"mend:primary:").nth(1).expect("a mend").split('"').next().expect("its colour").to_owned();
    let gesture = format!("mend:primary:{gesture}");
    let mended = browser.post("/api/brand/save", &fields(&pale, &version(&page), &gesture)).await;
    assert_eq!(mended.location(), "/partner/brand?notice=brand_saved");
    let page = browser.get("/partner/brand").await;
    assert!(!page.body.contains("mend:") && !page.words().contains("Не читается"), "{}", page.words());
    let mended = BrandForm { primary: gesture.rsplit(':').next().expect("a colour").to_owned(), ..pale };
    let answer = browser.post("/api/brand/save", &fields(&mended, &version(&page), "publish")).await;
    assert_eq!(answer.location(), "/partner/brand?notice=brand_published");
    assert!(browser.get("/partner").await.body.contains(&format!("/brand/{}/1.css", partner.id)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn versions_are_kept_brought_back_and_taken_off(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = branded(&portal, "Первое имя", "#1a5fb4").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let second = form("Второе имя", "#7a1f5c");
    let seen = version(&browser.get("/partner/brand").await);
    // A draft is seen by nobody.
    browser.post("/api/brand/save", &fields(&second, &seen, "save")).await;
    assert!(!browser.get("/partner").await.body.contains("Второе имя"));
    // Who saves over what somebody else saved is told so, and keeps what was typed.
    let late = browser.post("/api/brand/save", &fields(&form("Третье имя", "#1a5fb4"), &seen, "save")).await;
    let page = browser.get(late.location()).await;
    assert!(page.words().contains("Черновик бренда изменился") && page.body.contains("Третье имя"), "{}", page.words());
    let seen = version(&browser.get("/partner/brand").await);
    browser.post("/api/brand/save", &fields(&second, &seen, "publish")).await;
    assert!(browser.get("/partner").await.body.contains("Второе имя"));
    let back = browser.post("/api/brand/version", &[("number", "1")]).await;
    assert_eq!(back.location(), "/partner/brand?notice=brand_restored");
    let page = browser.get("/partner/brand").await;
    assert!(page.body.contains("Первое имя") && page.words().contains("Возвращена версия 1"), "{}", page.words());
    assert!(browser.get("/partner").await.body.contains(&format!("/brand/{}/3.css", partner.id)));
    // What was published once is where it was.
    assert_eq!(browser.get(&format!("/brand/{}/2.css", partner.id)).await.status, StatusCode::OK);
    browser.post("/api/brand/version", &[("number", "")]).await;
    assert_neutral(&browser.get("/partner").await, "taken off");
    assert_eq!(browser.get(&format!("/brand/{}/4.css", partner.id)).await.status, StatusCode::NOT_FOUND);
    let audited = portal.app.audited().await;
    for action in ["brand.edit", "brand.publish", "brand.take_off"] {
        assert!(audited.iter().any(|audited| audited == action), "{action}: {audited:?}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_level_that_falls_switches_the_brand_off_and_its_return_on_again(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = branded(&portal, "Акме", "#1a5fb4").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let warned = browser.get("/partner/brand").await;
    assert!(warned.words().contains("бренд выключится"), "{}", warned.words());
    portal.app.let_fall(&partner).await;
    portal.app.services.brands_reload().await.expect("read anew");
    assert_neutral(&browser.get("/partner").await, "Basic");
    let page = browser.get("/partner/brand").await;
    assert!(page.words().contains("Всё настроенное сохранено") && page.body.contains("value=\"Акме\""), "{}", page.words());
    assert!(!page.body.contains("value=\"publish\""), "nothing to press");
    let refused = browser.post("/api/brand/save", &fields(&form("Акме", "#1a5fb4"), &version(&page), "publish")).await;
    assert!(browser.get(refused.location()).await.body.contains("PRIV-1"));
    portal.app.let_return(&partner).await;
    portal.app.services.brands_reload().await.expect("read anew");
    assert!(browser.get("/partner").await.body.contains("Акме"));
}

fn under(host: &str, method: Method, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(HOST, host).header(ACCEPT, PAGE).header("sec-fetch-site", "same-origin")
}

async fn open_under(browser: &mut Browser, host: &str, path: &str) -> Answer {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = under(host, Method::GET, path);
    if !cookies.is_empty() {
        request = request.header(http::header::COOKIE, cookies.join("; "));
    }
    browser.send(request.body(axum::body::Body::empty()).expect("a request")).await
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_proven_name_shows_its_brand_and_every_other_name_shows_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    const HOST_NAME: &str = "portal.acme.example";
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = branded(&portal, "Акме", "#1a5fb4").await;
    let other = branded(&portal, "Бета", "#7a1f5c").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    assert_eq!(open_under(&mut portal.browser(), HOST_NAME, "/sign-in").await.status, StatusCode::MISDIRECTED_REQUEST);
    let added = browser.post("/api/hosts/add", &[("host", " Portal.Acme.Example ")]).await;
    assert!(added.location().starts_with("/partner/brand?notice=host_added"), "{}", added.location());
    let page = browser.get("/partner/brand").await;
    let proof = page.body.split("portal-proof=").nth(1).expect("a proof").chars().take(32).collect::<String>();
    let id: uuid::Uuid = sqlx::query_scalar("select id from custom_hosts").fetch_one(&mut portal.app.owner().await).await.expect("a name");
    let check = [("id", id.to_string()), ("gesture", "check".to_owned())];
    let check: Vec<(&str, &str)> = check.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // Not there yet; then another's words; then no answer at all: nothing is proven by any of them.
    for records in [Vec::new(), vec!["portal-proof=00000000000000000000000000000000".to_owned()]] {
        portal.app.dns.set(&format!("_portal-proof.{HOST_NAME}"), records);
        let answer = browser.post("/api/hosts/check", &check).await;
        assert!(browser.get(answer.location()).await.words().contains("Записи в DNS пока нет"), "{}", answer.location());
    }
    portal.app.dns.fail(&format!("_portal-proof.{HOST_NAME}"), hosts::LookupError::TimedOut);
    let answer = browser.post("/api/hosts/check", &check).await;
    assert!(browser.get(answer.location()).await.words().contains("DNS не ответил"));
    assert_eq!(portal.browser().get(&format!("/hosts/ask?domain={HOST_NAME}")).await.status, StatusCode::NOT_FOUND);
    portal.app.dns.set(&format!("_portal-proof.{HOST_NAME}"), [format!("portal-proof={proof}")]);
    let answer = browser.post("/api/hosts/check", &check).await;
    assert!(answer.location().contains("notice=host_proven"), "{}", answer.location());
    for (domain, status) in [(HOST_NAME, 200), ("PORTAL.acme.example", 200), ("evil.example", 404), ("", 404), ("portal.test", 404)] {
        assert_eq!(portal.browser().get(&format!("/hosts/ask?domain={domain}")).await.status.as_u16(), status, "{domain}");
    }

    // The sign-in page under the name has the brand; its own people sign in, and others are strangers.
    let sign_in = open_under(&mut portal.browser(), HOST_NAME, "/sign-in").await;
    assert!(sign_in.status == StatusCode::OK && sign_in.body.contains(&format!("/brand/{}/1.css", partner.id)), "{}", sign_in.body);
    for trace in PROVIDER {
        assert!(!sign_in.body.contains(trace), "{trace}");
    }
    for (viewer, opens) in [(&partner.viewer, true), (&other.viewer, false)] {
        let mut guest = portal.browser();
        let form =
            format!("email={}&password={}", crate::support::encoded(&viewer.email), crate::support::encoded(crate::fixtures::PASSWORD));
        let request = under(HOST_NAME, Method::POST, "/api/sign-in").header("content-type", "application/x-www-form-urlencoded");
        let answer = guest.send(request.body(form.into()).expect("a request")).await;
        assert_eq!(answer.location() == "/", opens, "{}: {}", viewer.email, answer.location());
        // Nothing of an answer is made of the name that was asked for.
        assert!(!answer.location().contains("acme"), "{}", answer.location());
        let cookie = answer.headers.get("set-cookie").map(|cookie| cookie.to_str().expect("a cookie").to_owned()).unwrap_or_default();
        assert!(!cookie.to_ascii_lowercase().contains("domain="), "{cookie}");
    }
    // A session of another partner is none here; nor does the other's brand show up.
    let mut stranger = portal.sign_in(&other.viewer).await;
    let page = open_under(&mut stranger, HOST_NAME, "/partner").await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/sign-in?next=/partner"));
    // Writes come from the name's own origin.
    for (origin, status) in [
        ("http://portal.acme.example", StatusCode::SEE_OTHER),
        ("https://portal.acme.example", StatusCode::FORBIDDEN),
        ("http://portal.test", StatusCode::FORBIDDEN),
        ("https://evil.example", StatusCode::FORBIDDEN),
    ] {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/language")
            .header(HOST, HOST_NAME)
            .header(ORIGIN, origin)
            .header(ACCEPT, PAGE);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body("language=ru&return_to=/sign-in".into());
        assert_eq!(portal.browser().send(request.expect("a request")).await.status, status, "{origin}");
    }
    for host in [
        "evil.example",
        "acme.example",
        "x.portal.acme.example",
        "portal.acme.example.evil.example",
        "portal.acme.example:8443",
        "portal.acme.example.",
        "127.0.0.1",
    ] {
        let page = open_under(&mut portal.browser(), host, "/sign-in").await;
        assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        assert!(page.location().is_empty() && !page.body.contains("/brand/") && !page.body.contains(host), "{host}: {}", page.body);
    }

    // What the page that refuses is drawn with is there under any name.
    let style = open_under(&mut portal.browser(), "evil.example", "/pkg/portal.1.css").await;
    assert_ne!(style.status, StatusCode::MISDIRECTED_REQUEST);
    // Whoever makes certificates knows the portal by an address, not by a name.
    let question = open_under(&mut portal.browser(), "10.0.0.7:3000", &format!("/hosts/ask?domain={HOST_NAME}")).await;
    assert_eq!(question.status, StatusCode::OK);

    // Staff take the name back: it leads nowhere at once, and its partner reads why.
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut desk = portal.sign_in(&reviewer).await;
    assert!(desk.get("/staff/hosts").await.words().contains(HOST_NAME));
    let revoke = [("id", id.to_string()), ("words", "Имя похоже на чужое".to_owned()), ("gesture", "revoke".to_owned())];
    let revoke: Vec<(&str, &str)> = revoke.iter().map(|(name, value)| (*name, value.as_str())).collect();
    desk.post("/api/hosts/revoke", &revoke).await;
    // Pressed twice it is forbidden once.
    let again = desk.post("/api/hosts/revoke", &revoke).await;
    assert!(again.location().starts_with("/staff/hosts?form="), "{}", again.location());
    assert_eq!(open_under(&mut portal.browser(), HOST_NAME, "/sign-in").await.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(browser.get("/partner/brand").await.words().contains("Имя похоже на чужое"));
    let again = browser.post("/api/hosts/add", &[("host", HOST_NAME)]).await;
    assert!(browser.get(again.location()).await.words().contains("Это имя запретил сотрудник"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nothing_gets_in_through_any_field(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner_billed("2026-09-01", BillingSide::Partner).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let hostile = [
        "red;background:url(https://evil.example/x)",
        "#fff;}*{display:none}",
        "</style><script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://acme.example/\" onmouseover=\"alert(1)",
        "url(//evil.example)",
        "expression(alert(1))",
        "\u{202e}moc.live",
        "a\r\nBcc: all@evil.example",
        "<svg onload=alert(1)>",
        "{{ name }}",
        "@import url(//evil.example/x.css);",
        "\\0000023fff",
        "&#x3c;script&#x3e;",
        "'\"><base href=//evil.example>",
        "https://evil.example@acme.example/",
        "//evil.example",
    ];
    let mut version = "0".to_owned();
    for text in hostile {
        for field in BrandField::ALL {
            let mut form = form("Акме", "#1a5fb4");
            text.clone_into(form.value_mut(field));
            let answer = browser.post("/api/brand/save", &fields(&form, &version, "publish")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{field:?} {text:?}");
            browser.get(answer.location()).await;
            let page = browser.get("/partner/brand").await;
            version = self::version(&page);
            for page in [&page, &browser.get("/partner").await, &browser.get("/partner/brand/preview?theme=dark").await] {
                let elements = crate::html::elements(&page.body);
                for element in &elements {
                    // Nobody knows the nonce of a page before it is there.
                    let foreign = element.name == "script" && element.attribute("nonce").is_none();
                    assert!(!foreign && element.name != "base" && element.name != "style", "{field:?} {text:?}: {element:?}");
                    for name in ["onerror", "onload", "onmouseover", "style"] {
                        assert!(element.attribute(name).is_none(), "{field:?} {text:?}: {element:?}");
                    }
                    for name in ["href", "src"] {
                        let address = element.attribute(name).unwrap_or_default();
                        assert!(
                            !address.starts_with("javascript:") && !address.starts_with("data:text") && !address.starts_with("//"),
                            "{field:?} {text:?}: {element:?}"
                        );
                    }
                }
            }
            for sheet in ["/partner/brand/draft.css".to_owned(), format!("/brand/{}/1.css", partner.id)] {
                let sheet = browser.get(&sheet).await;
                for foreign in ["url(", "@import", "evil", "<", "expression", "\\"] {
                    assert!(sheet.status == StatusCode::NOT_FOUND || !sheet.body.contains(foreign), "{field:?} {text:?}: {foreign}");
                }
            }
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn pictures_are_drawn_anew_and_only_what_is_published_is_for_everybody(_: PgPoolOptions, options: PgConnectOptions) {
    const SVG: &str = LOGO;
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = branded(&portal, "Акме", "#1a5fb4").await;
    let other = branded(&portal, "Бета", "#7a1f5c").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let send = async |browser: &mut Browser, place: &str, content: &[u8]| {
        let mut body = format!("--xx\r\nContent-Disposition: form-data; name=\"place\"\r\n\r\n{place}\r\n--xx\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"logo.svg\"\r\n\r\n").into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--xx--\r\n");
        let request = browser.request(Method::POST, "/partner/brand/pictures").header("content-type", "multipart/form-data; boundary=xx");
        let request = request.body(body.into()).expect("a request");
        browser.send(request).await
    };
    let saved = send(&mut browser, "light", SVG.as_bytes()).await;
    assert!(saved.location().contains("notice=brand_picture_saved"), "{} {}", saved.status, saved.location());
    let page = browser.get("/partner/brand").await;
    let address = page.body.split("src=\"/brand/").nth(1).expect("a picture").split('"').next().expect("its address");
    let address = format!("/brand/{address}");
    let picture = browser.get(&address).await;
    assert_eq!(
        (picture.status, picture.header("content-type"), picture.header("cache-control")),
        (StatusCode::OK, "image/png", "private, no-store")
    );
    assert!(picture.bytes.starts_with(b"\x89PNG") && picture.header("content-security-policy").contains("sandbox"));
    // A draft's picture is its own people's.
    assert_eq!(portal.browser().get(&address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.sign_in(&other.viewer).await.get(&address).await.status, StatusCode::NOT_FOUND);
    for (content, code) in [
        (SVG.replace("<rect", "<script>alert(1)</script><rect"), "script"),
        (SVG.replace("<rect", r#"<image href="https://evil.example/x.png"/><rect"#), ""),
        ("<!DOCTYPE html><script>alert(1)</script>".to_owned(), ""),
        (String::new(), ""),
    ] {
        let refused = send(&mut browser, "light", content.as_bytes()).await;
        assert!(refused.location().starts_with("/partner/brand?picture="), "{} {}", refused.status, refused.location());
        assert!(refused.location().contains(code));
        let page = browser.get(refused.location().trim_end_matches("#pictures")).await;
        assert!(page.body.contains("notice--error"), "{}", refused.location());
    }
    assert_eq!(send(&mut browser, "elsewhere", SVG.as_bytes()).await.status, StatusCode::BAD_REQUEST);
    let seen = version(&browser.get("/partner/brand").await);
    browser.post("/api/brand/save", &fields(&form("Акме", "#1a5fb4"), &seen, "publish")).await;
    let home = browser.get("/partner").await;
    assert!(home.body.contains(&address) && home.body.contains("og:image"), "{}", home.body);
    assert_eq!(portal.browser().get(&address).await.header("cache-control"), "public, max-age=31536000, immutable");
}

/// The addresses behind the links of a page.
fn links(page: &Answer) -> Vec<String> {
    let elements = crate::html::elements(&page.body);
    elements.iter().filter(|element| element.name == "a").filter_map(|element| element.attribute("href")).map(str::to_owned).collect()
}

/// From the menu on, every page that a link leads to, in both languages; all that can be downloaded there; and a letter of each kind.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_walks_a_branded_portal_finds_no_trace_of_the_provider_or_of_another(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let app = &portal.app;
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner_billed("2026-07-10", BillingSide::Partner).await;
    let other = branded(&portal, "Бета Хостинг", "#8a2be2").await;
    publish(app, &partner, &form("Акме Облако", "#1a5fb4"), true).await;
    // Something on every page.
    let client = app.create_client(&partner, "ООО «Ромашка»").await;
    app.create_virtual_machines(&partner, client, &["vm-1"]).await;
    for month in ["2026-07", "2026-08"] {
        app.load_usage(&partner, client, month, "kvm", 90_000).await;
        app.services.month_close(Actor::Command("test"), crate::fixtures::month(month)).await.expect("a close");
    }
    let asked = AskedCode { face: 500, note: None, client_id: Some(client) };
    let codes = app.services.bonus_codes_submit(&partner.viewer, vec![asked], Uuid::new_v4()).await.expect("a request");
    app.services.request_approve(&reviewer, &codes).await.expect("approved");
    app.case_at(&partner, &reviewer, Position { stage: Some(Stage::Brief), status: RequestStatus::InReview }).await;
    app.ask_for_comment(&partner, &reviewer).await;

    let mut browser = portal.sign_in(&partner.viewer).await;
    let (sheet, foreign) = (format!("/brand/{}/1.css", partner.id), other.id.to_string());
    let mut walked = BTreeSet::new();
    for locale in ["ru", "en"] {
        browser.cookies.insert("locale".to_owned(), locale.to_owned());
        let mut seen = BTreeSet::new();
        let mut waiting = ["/partner", "/rules", "/no/such/page", "/partner/brand/preview?theme=dark"].map(str::to_owned).to_vec();
        while let Some(address) = waiting.pop() {
            // The same page with other filters is the same page.
            let path = address.split(['#', '?']).next().unwrap_or_default().to_owned();
            if !path.starts_with('/') || path.starts_with("/brand/") || !seen.insert(path.clone()) {
                continue;
            }
            let page = browser.get(address.split('#').next().unwrap_or_default()).await;
            for trace in PROVIDER.into_iter().chain(["Бета Хостинг", "#8a2be2", foreign.as_str()]) {
                assert!(!page.body.contains(trace), "{address} in {locale} shows {trace}");
            }
            if page.status.is_redirection() {
                waiting.push(page.location().to_owned());
                continue;
            }
            assert!(page.status == StatusCode::OK || path == "/no/such/page", "{address}: {}", page.status);
            if page.header("content-type").starts_with("text/html") {
                assert!(page.body.contains(&sheet) || path.ends_with("/preview"), "{address}: the sheet");
                waiting.extend(links(&page));
            }
        }
        walked.extend(seen);
    }
    let patterns: Vec<String> = crate::isolation::pages().into_iter().filter(|page| page.starts_with("/partner")).collect();
    let fits = |pattern: &str| {
        walked.iter().any(|path| {
            let (parts, wanted): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), pattern.split('/').collect());
            parts.len() == wanted.len() && parts.iter().zip(&wanted).all(|(part, wanted)| wanted.starts_with('{') || part == wanted)
        })
    };
    let left: Vec<&String> = patterns.iter().filter(|pattern| !fits(pattern)).collect();
    assert!(left.is_empty(), "these were not walked: {left:?}");

    // A statement, whatever it is made as.
    let pdf = browser.get("/partner/money/statement.pdf").await;
    assert_eq!(pdf.status, StatusCode::OK);
    assert!(pdf.header("content-disposition").contains("\"akme-oblako-statement."), "{}", pdf.header("content-disposition"));
    let said = String::from_utf8_lossy(&pdf.bytes).into_owned();
    assert!(said.contains("Акме Облако"), "the author");
    let streams = inflated(&pdf.bytes);
    let painted = |colour: [u8; 3]| {
        let [red, green, blue] = colour.map(|channel| f32::from(channel) / 255.0);
        streams.iter().any(|stream| stream.contains(&format!("{red} {green} {blue} scn")))
    };
    assert!(painted([0x1a, 0x5f, 0xb4]) && !painted([0x3d, 0x53, 0x98]));
    for trace in PROVIDER {
        assert!(!said.contains(trace) && !streams.iter().any(|stream| stream.contains(trace)), "{trace}");
    }
}

/// The streams of a PDF that can be unpacked.
fn inflated(pdf: &[u8]) -> Vec<String> {
    let mut streams = Vec::new();
    let mut rest = pdf;
    while let Some(place) = rest.windows(7).position(|window| window == b"stream\n" || window == b"stream\r") {
        rest = &rest[place + 7..];
        let mut text = Vec::new();
        let packed = rest.strip_prefix(b"\n").unwrap_or(rest);
        // A stream that is packed otherwise is no text of a page.
        if flate2::read::ZlibDecoder::new(packed).read_to_end(&mut text).is_ok() {
            streams.push(String::from_utf8_lossy(&text).into_owned());
        }
    }
    assert!(!streams.is_empty(), "a page");
    streams
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_brand_costs_no_statement(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner_billed("2026-09-01", BillingSide::Partner).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let pages = ["/partner", "/partner/level", "/partner/bonus-codes", "/partner/clients", "/rules"];
    let mut costs = Vec::new();
    for page in pages {
        costs.push(count_statements(browser.get(page)).await.1);
    }
    publish(&portal.app, &partner, &form("Акме", "#1a5fb4"), true).await;
    for (page, before) in pages.into_iter().zip(costs) {
        let (answer, after) = count_statements(browser.get(page)).await;
        assert!(answer.body.contains("/brand/"), "{page}");
        assert_eq!(after, before, "{page}");
    }
    prove_host(&portal.app, &partner, "portal.acme.example").await;
    let page = browser.get("/partner").await;
    let logo = page.body.split("src=\"/brand/").nth(1).expect("a logo").split('"').next().expect("its address");
    let addresses =
        [app::paths::brand_style_sheet(partner.id, 1, "0"), format!("/brand/{logo}"), "/hosts/ask?domain=portal.acme.example".to_owned()];
    for (address, pattern) in
        addresses.into_iter().zip([app::paths::BRAND_STYLE_SHEET, app::paths::BRAND_PICTURE, app::paths::HOST_QUESTION])
    {
        assert!(OF_BRANDS.contains(&pattern));
        let (answer, count) = count_statements(portal.browser().get(&address)).await;
        assert_eq!((answer.status, count), (StatusCode::OK, 0), "{address}");
    }
    let (answer, count) = count_statements(browser.get(app::paths::BRAND_DRAFT_SHEET)).await;
    assert!(answer.status == StatusCode::OK && count <= 6, "the sheet of a draft costs {count} statements");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
#[ignore = "a measurement: what a brand adds to a page"]
async fn what_a_brand_adds_to_a_page(_: PgPoolOptions, options: PgConnectOptions) {
    const TIMES: usize = 400;
    let portal = TestPortal::start(options, "2026-10-05");
    let mut browsers = Vec::new();
    for name in [None, Some("Акме")] {
        let partner = portal.app.create_partner_billed("2026-09-01", BillingSide::Partner).await;
        if let Some(name) = name {
            publish(&portal.app, &partner, &form(name, "#1a5fb4"), true).await;
        }
        browsers.push(portal.sign_in(&partner.viewer).await);
    }
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..TIMES {
        for (browser, took) in browsers.iter_mut().zip(&mut took) {
            let started = std::time::Instant::now();
            browser.get("/rules").await;
            took.push(started.elapsed());
        }
    }
    let [plain, branded] = took.map(|mut took| {
        took.sort();
        took[TIMES / 2]
    });
    println!("a page without a brand: {plain:?}, with one: {branded:?} (medians of {TIMES})");
}
