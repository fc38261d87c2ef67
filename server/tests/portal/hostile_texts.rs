//! What people type stays text: hostile texts through every field of cases, comments, threads and notes, and every page that shows them read
//! the way a browser reads it.

use std::collections::BTreeSet;

use domain::case_study::{Brief, Quote, Section};
use domain::permission::Role;
use domain::request::RequestKind;
use domain::telegram_comment::Topic;
use service::Viewer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::TestPartner;
use crate::html::{Element, elements};
use crate::support::{Answer, Browser, TestPortal, encoded};

/// Stands in every hostile text, and in nothing of the portal's own.
const MARK: &str = "xss";

/// What ends the place that a text stands in.
const ENDS: [&str; 14] = [
    "",
    "\">",
    "'>",
    "\" ",
    "</textarea>",
    "</title>",
    "</script>",
    "</style>",
    "</option></select>",
    "-->",
    "]]>",
    "`\">",
    "</noscript>",
    "&quot;&gt;",
];

/// What would do harm there.
const HARMS: [&str; 12] = [
    "<script>alert('xss')</script>",
    "<img src=xss onerror=alert(1)>",
    "<svg/onload=alert('xss')>",
    "<iframe src=javascript:alert('xss')>",
    "<a href=javascript:alert('xss')>xss</a>",
    "<body onload=alert('xss')>",
    "<input autofocus onfocus=alert('xss') name=xss>",
    "<details open ontoggle=alert('xss')>",
    "<form action=javascript:alert('xss')><button>xss",
    "<style>@import'//xss.example'</style>",
    "<base href=//xss.example/>",
    "<meta http-equiv=refresh content=0;url=//xss.example>",
];

/// Others: after the list of OWASP against filters, by what the portal makes of a text (Markdown, attributes, addresses), and of its own.
const OTHERS: [&str; 82] = [
    "javascript:alert('xss')",
    "JaVaScRiPt:alert('xss')",
    "java\tscript:alert('xss')",
    "&#106;&#97;vascript:alert('xss')",
    "&#x6A&#x61vascript&colon;alert('xss')",
    "data:text/html;base64,PHNjcmlwdD54c3M8L3NjcmlwdD4=#xss",
    "vbscript:msgbox(\"xss\")",
    "[xss](javascript:alert(1))",
    "[xss](JAVASCRIPT:alert(1))",
    "[xss](java&Tab;script:alert(1))",
    "[xss](javascript&colon;alert(1))",
    "[xss](&#x6A;avascript:alert(1))",
    "[xss](\u{1}javascript:alert(1))",
    "[xss](<javascript:alert(1)>)",
    "[xss](< javascript:alert(1)>)",
    "[xss](data:text/html,<script>alert(1)</script>)",
    "[xss](vbscript:alert(1))",
    "[xss](file:///etc/passwd)",
    "[xss](//xss.example)",
    "[xss](/api/sign-out)",
    "[xss](\\\\xss.example)",
    "[xss](https:xss.example)",
    "[xss](https://xss.example/\"onmouseover=\"alert(1))",
    "[xss](https://xss.example/'onmouseover='alert(1))",
    "[xss](https://xss.example \"t\\\" onmouseover=alert(1) \\\"\")",
    "[xss](https://a@xss.example/%0d%0aSet-Cookie:x)",
    "![xss](https://xss.example/pixel.png)",
    "![xss](javascript:alert(1))",
    "![xss\" onerror=\"alert(1)](x)",
    "[![xss](x)](javascript:alert(1))",
    "[xss]: javascript:alert(1)\n\n[xss]",
    "[xss]: https://xss.example \"'><script>alert(1)</script>\"\n\n[xss]",
    "<javascript:alert('xss')>",
    "<https://xss.example/><script>alert(1)</script>",
    "<xss@xss.example>",
    "```xss onload=alert(1)\n<script>\n```",
    "```\"><script>alert('xss')</script>\n",
    "~~~xss\" style=\"color:red\n~~~",
    "| xss | b |\n|:-:|--:|\n| <b>1 | <i onclick=x> |",
    "# xss {#id .class onclick=alert(1)}",
    "xss\n===\n<script>alert(1)</script>",
    "> <script>alert('xss')</script>",
    "- <img src=xss onerror=alert(1)>\n  1. <svg onload=alert(1)>",
    "`<script>alert('xss')</script>`",
    "**<b onmouseover=alert('xss')>**",
    "[^xss]: <script>alert(1)</script>\n\n[^xss]",
    "---\nxss: <script>\n---",
    "&lt;script&gt;alert('xss')&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert('xss')",
    "\\<script\\>alert('xss')",
    "<<script>alert('xss');//<</script>",
    "<script\u{b}>alert('xss')</script>",
    "<script/xss src=//xss.example></script>",
    "<script x>alert('xss')</script x>",
    "<ScRiPt >alert('xss')</sCrIpT >",
    "<scr<script>ipt>alert('xss')</scr</script>ipt>",
    "<img \"\"\"><script>alert('xss')</script>\">",
    "<img src=`x`onerror=alert('xss')>",
    "<img/src='x'/onerror=alert('xss')//",
    "<img src=x:x onerror\n=\nalert('xss')>",
    "<svg><animate onbegin=alert('xss') attributeName=x>",
    "<svg><a xlink:href='javascript:alert(1)'><text>xss",
    "<svg><script href=data:,alert('xss')>",
    "<svg><style><img src=xss onerror=alert(1)></style>",
    "<math><mtext></form><form><mglyph><style></math><img src=xss onerror=alert(1)>",
    "<math href=javascript:alert('xss')>x",
    "<noscript><p title=\"</noscript><img src=xss onerror=alert(1)>\">",
    "<!--><img src=xss onerror=alert(1)>-->",
    "<!-- --!><img src=xss onerror=alert(1)>",
    "<![CDATA[<script>alert('xss')</script>]]>",
    "<?xml-stylesheet href='javascript:alert(\"xss\")'?>",
    "<object data=javascript:alert('xss')><embed src=//xss.example>",
    "<template><script>alert('xss')</script></template>",
    "<leptos-island data-component='xss' data-props='{}'></leptos-island>",
    "<link rel=stylesheet href=//xss.example>",
    "<div style=background:url(//xss.example)>",
    "<marquee onstart=alert('xss')>",
    "<video><source onerror=alert('xss')></video>",
    "{{constructor.constructor('alert(\"xss\")')()}}",
    "{\"props\":\"</script><script>alert('xss')</script>\"}",
    "\u{202e}<script>alert('xss')</script>\u{2028}\u{feff}",
    "％３Cscript＞xss＜/script＞ %3Cscript%3Exss%3C/script%3E +ADw-script+AD4-xss",
];

/// Texts with nothing in them.
fn harmless() -> Vec<String> {
    vec!["Обычный текст без затей".to_owned(); 2]
}

fn hostile() -> Vec<String> {
    let ended = ENDS.iter().flat_map(|end| HARMS.iter().map(move |harm| format!("{end}{harm}")));
    let mut texts: Vec<String> = ended.chain(OTHERS.iter().map(|text| (*text).to_owned())).collect();
    // A text may also hold what no text holds.
    texts.push("\u{7f}\u{85}<script\u{1f}>alert('xss')".to_owned());
    texts
}

#[test]
fn there_are_enough_texts_and_each_is_marked() {
    let texts = hostile();
    assert!(texts.iter().collect::<BTreeSet<_>>().len() >= 200, "{}", texts.len());
    for text in texts {
        assert!(text.to_lowercase().contains(MARK) && text.chars().count() <= 110, "{text:?}");
    }
}

/// What Markdown makes besides: elements with the attributes that they may have.
const OF_MARKDOWN: [(&str, &[&str]); 23] = [
    ("p", &[]),
    ("h3", &[]),
    ("h4", &[]),
    ("h5", &[]),
    ("h6", &[]),
    ("ul", &[]),
    ("ol", &["start"]),
    ("li", &[]),
    ("em", &[]),
    ("strong", &[]),
    ("del", &[]),
    ("code", &[]),
    ("pre", &[]),
    ("blockquote", &[]),
    ("hr", &[]),
    ("br", &[]),
    ("table", &[]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &[]),
    ("td", &[]),
    ("a", &["href", "rel"]),
];

/// Values of attributes that are words for a person: what was typed may stand there.
const WORDS: [&str; 6] = ["value", "title", "alt", "aria-label", "placeholder", "data-props"];

/// Attributes that are addresses.
const ADDRESSES: [&str; 12] =
    ["href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "ping", "background", "cite", "manifest"];

/// The elements of pages, each with an attribute of it.
#[derive(Default)]
struct Shape(BTreeSet<(String, String)>);

impl Shape {
    fn add(&mut self, page: &Answer) {
        for element in elements(&page.body) {
            self.0.insert((element.name.clone(), String::new()));
            self.0.extend(element.attributes.into_iter().map(|(attribute, _)| (element.name.clone(), attribute)));
        }
    }

    fn has(&self, element: &str, attribute: &str) -> bool {
        let made = OF_MARKDOWN.iter().find(|(name, _)| *name == element);
        made.is_some_and(|(_, attributes)| attribute.is_empty() || attributes.contains(&attribute))
            || self.0.contains(&(element.to_owned(), attribute.to_owned()))
    }
}

/// Whether an address leads into the portal, or, as a link that people typed, to a public page that learns nothing of it.
fn may_lead(element: &Element, address: &str) -> bool {
    let inside = address.starts_with(['/', '#', '?']) && !address.starts_with("//") && !address.starts_with("/\\");
    let scheme = ["https://", "http://", "mailto:"].iter().any(|scheme| address.to_ascii_lowercase().starts_with(scheme));
    let careful = element.attribute("rel").is_some_and(|rel| rel.contains("noopener"));
    if address.to_lowercase().contains(MARK) {
        // What people typed stands in the address as the query of a page, too.
        return inside || element.name == "a" && scheme && careful;
    }
    inside || address.is_empty() || scheme
}

/// Looks for anything in a page that came from what was typed and is no text.
fn inspect(page: &Answer, place: &str, shape: &Shape) {
    assert_eq!(page.status, 200, "{place}: {}", page.words());
    let fault = |what: String| panic!("{place}: {what}");
    for element in elements(&page.body) {
        if !shape.has(&element.name, "") {
            fault(format!("an element of what was typed: {element:?}"));
        }
        if element.raw.to_lowercase().contains(MARK) {
            fault(format!("typed into a program: {element:?}"));
        }
        for (name, value) in &element.attributes {
            if name.starts_with("on") || !shape.has(&element.name, name) {
                fault(format!("an attribute of what was typed: {element:?}"));
            }
            if ADDRESSES.contains(&name.as_str()) && !may_lead(&element, value) {
                fault(format!("an address that leads elsewhere: {element:?}"));
            }
            if name == "nonce" {
                // Drawn by chance, it may hold the mark.
                assert!(page.header("content-security-policy").contains(&format!("'nonce-{value}'")), "{place}: {element:?}");
                continue;
            }
            let marked = value.to_lowercase().contains(MARK);
            if marked && !WORDS.contains(&name.as_str()) && !ADDRESSES.contains(&name.as_str()) {
                fault(format!("typed into an attribute that is no text: {element:?}"));
            }
        }
    }
}

/// One walk through the portal with some texts: what it sees is learnt from harmless ones and inspected with hostile ones.
struct Walk<'a> {
    portal: &'a TestPortal,
    partner: TestPartner,
    reviewer: Viewer,
    own: Browser,
    staff: Browser,
    texts: Vec<String>,
    /// What the harmless walk saw, for the hostile one.
    known: Option<Shape>,
    learnt: Shape,
    inspected: usize,
}

impl<'a> Walk<'a> {
    async fn begin(portal: &'a TestPortal, texts: Vec<String>, known: Option<Shape>) -> Self {
        let partner = portal.app.create_partner("2026-09-01").await;
        let reviewer = portal.app.create_staff(Role::StaffAdmin).await;
        let (own, staff) = (portal.sign_in(&partner.viewer).await, portal.sign_in(&reviewer).await);
        Self { portal, partner, reviewer, own, staff, texts, known, learnt: Shape::default(), inspected: 0 }
    }

    /// A text by its number, from the beginning again after the last.
    fn text(&self, number: usize) -> &str {
        &self.texts[number % self.texts.len()]
    }

    /// Texts with others before and after them, each a paragraph of its own.
    fn packs(&self) -> Vec<String> {
        self.texts.chunks(9).map(|texts| texts.join("\n\n")).collect()
    }

    fn see(&mut self, page: &Answer, place: &str) {
        self.inspected += 1;
        match &self.known {
            Some(known) => inspect(page, place, known),
            None => self.learnt.add(page),
        }
    }

    async fn see_own(&mut self, path: &str) {
        let page = self.own.get(path).await;
        self.see(&page, path);
    }

    async fn see_staff(&mut self, path: &str) {
        let page = self.staff.get(path).await;
        self.see(&page, path);
    }

    /// Both sides of a request.
    async fn see_request(&mut self, reference: &str, own: &str) {
        self.see_own(&format!("{own}/{reference}")).await;
        self.see_staff(&format!("/staff/inbox/{reference}")).await;
    }

    /// Posts a form about a request, with its version, and sees where that leads. Of the same side.
    async fn post(&mut self, staff: bool, path: &str, reference: &str, fields: &[(&str, &str)]) -> String {
        let version: i64 = sqlx::query_scalar("select version::bigint from requests where reference = $1")
            .bind(reference)
            .fetch_one(&mut self.portal.app.owner().await)
            .await
            .expect("a version");
        let (version, key) = (version.to_string(), Uuid::new_v4().to_string());
        let about = [("reference", reference), ("version", version.as_str()), ("idempotency_key", key.as_str())];
        let form = [&about[..], fields].concat();
        let browser = if staff { &mut self.staff } else { &mut self.own };
        let answer = browser.post(path, &form).await;
        assert_eq!(answer.status, 303, "{path} {fields:?}: {}", answer.words());
        answer.location().to_owned()
    }

    /// The same where it has to be taken.
    async fn done(&mut self, staff: bool, path: &str, reference: &str, fields: &[(&str, &str)]) {
        let location = self.post(staff, path, reference, fields).await;
        if location.contains("form=") {
            let browser = if staff { &mut self.staff } else { &mut self.own };
            panic!("{path} {fields:?}: {}", browser.get(&location).await.words());
        }
    }

    /// A case that waits for the decision, around two short texts and two long ones.
    async fn submitted(&self, texts: [&str; 4]) -> String {
        let [title, client, done, result] = texts;
        let (title, client) = (format!("{title} {}", "кейс ".repeat(2)), format!("{client} и партнёры"));
        let (done, result) = (format!("{done}\n\n{}", "сделали ".repeat(15)), format!("{result}\n\n{}", "получили ".repeat(10)));
        let typed = [
            (Brief::TITLE, title.trim()),
            (Brief::CLIENT, &client),
            (Brief::INDUSTRY, "retail"),
            ("brief.services.kvm", "true"),
            (Brief::DONE, &done),
            (Brief::RESULT, &result),
        ];
        let typed: Vec<(String, String)> = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let services = &self.portal.app.services;
        let viewer = &self.partner.viewer;
        let saved =
            services.request_draft_save(viewer, RequestKind::CaseStudy, Uuid::new_v4(), typed.clone(), None).await.expect("a draft");
        services
            .request_submit(viewer, &saved.reference, typed, saved.version)
            .await
            .unwrap_or_else(|error| panic!("{error:?}: {texts:?}"));
        saved.reference
    }
}

/// Walks with harmless texts, then with hostile ones.
async fn walk_twice(options: PgConnectOptions, walk: impl AsyncFn(&mut Walk<'_>), at_least: usize) {
    let portal = TestPortal::start(options, "2026-10-05");
    let mut first = Walk::begin(&portal, harmless(), None).await;
    walk(&mut first).await;
    let mut second = Walk::begin(&portal, hostile(), Some(first.learnt)).await;
    walk(&mut second).await;
    assert!(second.inspected >= at_least, "only {} pages were inspected", second.inspected);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_a_partner_types_into_a_case_stays_text_in_its_form_and_preview(_: PgPoolOptions, options: PgConnectOptions) {
    let walk = async |walk: &mut Walk<'_>| {
        for number in 0..walk.texts.len() {
            let texts: [String; 4] = std::array::from_fn(|field| walk.text(number + field * 7).to_owned());
            let key = Uuid::new_v4().to_string();
            // The preview shows Markdown; what is submitted too short comes back with the words of its problems.
            let gesture = if number % 2 == 0 { "preview" } else { "submit" };
            let form = [
                ("idempotency_key", key.as_str()),
                ("gesture", gesture),
                (Brief::TITLE, &texts[0]),
                (Brief::CLIENT, &texts[1]),
                (Brief::DONE, &texts[2]),
                (Brief::RESULT, &texts[3]),
                (Brief::INDUSTRY, &texts[1]),
            ];
            let answer = walk.own.post("/api/cases/save", &form).await;
            let location = answer.location().split('#').next().unwrap_or_default().to_owned();
            assert!(answer.status == 303 && location.starts_with("/partner/"), "{location} {}", answer.words());
            walk.see_own(&location).await;
        }
        for path in ["/partner/cases", "/partner/requests?kind=case_study", "/partner"] {
            walk.see_own(path).await;
        }
    };
    walk_twice(options, walk, 200).await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_in_a_case_stays_text_on_the_desk(_: PgPoolOptions, options: PgConnectOptions) {
    let walk = async |walk: &mut Walk<'_>| {
        let mut references = Vec::new();
        for number in 0..walk.texts.len() {
            let texts: [&str; 4] = std::array::from_fn(|field| walk.text(number + field * 7));
            references.push(walk.submitted(texts).await);
        }
        for reference in &references {
            walk.see_staff(&format!("/staff/inbox/{reference}?kind=case_study")).await;
        }
        // Words that a page looks for are typed, too, and a page may be led to with any.
        for text in walk.texts.clone() {
            let words = text.chars().map(|letter| encoded(&letter.to_string())).collect::<String>();
            walk.see_staff(&format!("/staff/inbox?q={words}&kind={words}&notice=request_approved&about={words}")).await;
        }
        let lists = ["/staff/inbox?kind=case_study", "/staff/inbox?queue=with_partner", "/staff/inbox/report", "/staff/audit"];
        for path in lists {
            walk.see_staff(path).await;
        }
    };
    walk_twice(options, walk, 400).await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_both_sides_write_about_a_case_stays_text(_: PgPoolOptions, options: PgConnectOptions) {
    let walk = async |walk: &mut Walk<'_>| {
        for pack in walk.packs() {
            let plain = "Обычный текст без затей";
            let reference = walk.submitted([plain, plain, &pack, plain]).await;
            let long = format!("{pack}\n\n{}", "Достаточно длинный текст. ".repeat(8));
            walk.done(false, "/api/requests/comment", &reference, &[("words", &pack)]).await;
            walk.done(true, "/api/requests/comment", &reference, &[("words", &pack)]).await;
            walk.done(true, "/api/requests/note", &reference, &[("note", &pack)]).await;
            walk.done(true, "/api/requests/refuse", &reference, &[("reason", "other"), ("text", &pack)]).await;
            walk.see_request(&reference, "/partner/cases").await;
            walk.done(true, "/api/requests/reopen", &reference, &[("reopen_words", &pack)]).await;
            let notes = [("notes[brief.title]", pack.as_str()), ("notes[brief.done]", &pack), ("notes[brief.services]", &pack)];
            walk.done(true, "/api/requests/ask", &reference, &notes).await;
            walk.see_request(&reference, "/partner/cases").await;
            // What is corrected too short comes back, then it is taken.
            let typed = [("gesture", "answer"), (Brief::TITLE, "коротко"), (Brief::DONE, &pack)];
            let back = walk.post(false, "/api/cases/save", &reference, &typed).await;
            walk.see_own(&back).await;
            let typed =
                [("gesture", "answer"), (Brief::TITLE, "Снова обычное название"), (Brief::DONE, &long), ("brief.services.kvm", "true")];
            walk.done(false, "/api/cases/save", &reference, &typed).await;
            walk.done(true, "/api/requests/approve", &reference, &[]).await;
            // The long form: every field of it.
            let sections: Vec<(String, &str)> = Section::ALL.iter().map(|section| (section.field(), pack.as_str())).collect();
            let figures =
                (1..=2).flat_map(|row| ["what", "before", "after"].map(|part| (format!("details.figures.{row}.{part}"), pack.as_str())));
            let quote = [Quote::TEXT, Quote::AUTHOR, Quote::POSITION].map(|name| (name.to_owned(), pack.as_str()));
            let typed: Vec<(String, &str)> = sections.into_iter().chain(figures).chain(quote).collect();
            for gesture in ["preview", "send"] {
                let mut form: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), *value)).collect();
                form.push(("gesture", gesture));
                let back = walk.post(false, "/api/cases/save", &reference, &form).await;
                walk.see_own(back.split('#').next().unwrap_or_default()).await;
            }
            // Handed in.
            let section = format!("{pack}\n\n{}", "слово ".repeat(60));
            let short = "Короткий <b>xss</b>";
            let sections = Section::ALL.map(Section::field);
            let mut form: Vec<(&str, &str)> = sections.iter().map(|name| (name.as_str(), section.as_str())).collect();
            form.extend([
                ("gesture", "send"),
                ("details.figures.1.what", short),
                ("details.figures.1.before", short),
                ("details.figures.1.after", short),
                ("details.figures.2.what", ""),
                ("details.figures.2.before", ""),
                ("details.figures.2.after", ""),
                (Quote::TEXT, "Мы забыли, <script>alert('xss')</script>"),
                (Quote::AUTHOR, short),
                (Quote::POSITION, short),
                (Quote::CONSENT, "true"),
            ]);
            walk.done(false, "/api/cases/save", &reference, &form).await;
            walk.see_request(&reference, "/partner/cases").await;
            // Two versions of the text, with the words by which the first came back, and what differs between them.
            walk.done(true, "/api/requests/text", &reference, &[("text_version", &long), ("gesture", "offer")]).await;
            walk.see_request(&reference, "/partner/cases").await;
            walk.done(false, "/api/requests/text-answer", &reference, &[("gesture", "return"), ("return_words", &pack)]).await;
            let other = format!("{}\n\n{long}", walk.text(3));
            walk.done(true, "/api/requests/text", &reference, &[("text_version", &other), ("gesture", "offer")]).await;
            walk.see_request(&reference, "/partner/cases").await;
            walk.done(false, "/api/requests/text-answer", &reference, &[("gesture", "agree")]).await;
            let link = [("channel", "press"), ("link", pack.as_str()), ("published_on", &pack)];
            let back = walk.post(true, "/api/requests/publish", &reference, &link).await;
            walk.see_staff(&back).await;
            let link = format!("https://press.example.com/{reference}/\"><script>alert('xss')</script>");
            let back = walk
                .post(true, "/api/requests/publish", &reference, &[("channel", "press"), ("link", &link), ("published_on", "2026-10-05")])
                .await;
            walk.see_staff(&back).await;
            walk.see_request(&reference, "/partner/cases").await;
        }
        for path in ["/partner/notices", "/partner/money", "/partner/cases", "/partner"] {
            walk.see_own(path).await;
        }
        for path in ["/staff/inbox?queue=ended", "/staff/audit", "/staff/ledger"] {
            walk.see_staff(path).await;
        }
    };
    walk_twice(options, walk, 300).await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_written_about_an_interview_stays_text(_: PgPoolOptions, options: PgConnectOptions) {
    let walk = async |walk: &mut Walk<'_>| {
        let plain = "Обычный текст без затей";
        let reference = walk.submitted([plain; 4]).await;
        walk.done(true, "/api/requests/approve", &reference, &[]).await;
        walk.done(false, "/api/requests/prepare", &reference, &[("gesture", "interview")]).await;
        let slot = [("slot_1_day", "2026-10-08"), ("slot_1_time", "12:00"), ("slot_1_minutes", "30")];
        for pack in walk.packs() {
            let typed = [("slot_1_day", pack.as_str()), ("slot_1_time", &pack), ("slot_1_minutes", &pack)];
            let back = walk.post(true, "/api/requests/slots-offer", &reference, &typed).await;
            walk.see_staff(&back).await;
            walk.done(true, "/api/requests/slots-offer", &reference, &slot).await;
            walk.done(false, "/api/requests/slot", &reference, &[("slot_words", &pack)]).await;
        }
        walk.see_request(&reference, "/partner/cases").await;
    };
    walk_twice(options, walk, 20).await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_in_news_and_comments_on_it_stays_text(_: PgPoolOptions, options: PgConnectOptions) {
    let walk = async |walk: &mut Walk<'_>| {
        let services = &walk.portal.app.services;
        services.comment_topics_choose(&walk.partner.viewer, &[Topic::Market].into()).await.expect("topics");
        for number in 0..walk.texts.len() {
            let (title, text) =
                (format!("{} новость", walk.text(number)), format!("{}\n\n{}", walk.text(number + 5), "Что скажете? ".repeat(5)));
            let link = format!("https://habr.com/ru/news/{number}/");
            let fields = [("title", &*title), ("text", &text), ("link", &link), ("topics.market", "true"), ("deadline", "2026-10-09")];
            let entries = fields.iter().map(|(name, value)| (name.parse().expect("a field"), (*value).to_owned())).collect();
            let reach = services.news_form(&walk.reviewer, &[Topic::Market].into()).await.expect("the form").reach;
            let posted = services.news_post(&walk.reviewer, &entries, reach, Uuid::new_v4()).await;
            posted.unwrap_or_else(|error| panic!("{error:?}: {title:?} {text:?}"));
            let lines = services.telegram_comments_page(&walk.partner.viewer, None).await.expect("the page").requests.lines;
            let reference = lines[0].reference.clone();
            // Too short, it comes back; long enough, staff read it.
            let answer = walk.text(number + 11).to_owned();
            if number % 5 == 0 {
                let typed = [("gesture", "submit"), ("answer.text", answer.as_str())];
                let back = walk.post(false, "/api/telegram-comments/answer", &reference, &typed).await;
                walk.see_own(&back).await;
            }
            let long = format!("{answer}\n\n{}", "Достаточно длинный ответ. ".repeat(14));
            walk.done(false, "/api/telegram-comments/answer", &reference, &[("gesture", "submit"), ("answer.text", &long)]).await;
            walk.see_request(&reference, "/partner/requests").await;
        }
        for pack in walk.packs() {
            // A check of news shows everything again.
            let typed = [("title", pack.as_str()), ("text", &pack), ("link", &pack), ("deadline", &pack), ("gesture", "check")];
            let answer = walk.staff.post("/api/news/post", &typed).await;
            assert_eq!(answer.status, 303, "{}", answer.words());
            walk.see_staff(answer.location()).await;
        }
        for path in ["/partner/telegram-comments", "/partner/notices", "/partner/requests", "/partner"] {
            walk.see_own(path).await;
        }
        for path in ["/staff/news", "/staff/inbox?kind=telegram_comment", "/staff/audit"] {
            walk.see_staff(path).await;
        }
    };
    walk_twice(options, walk, 500).await;
}
