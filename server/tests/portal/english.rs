//! English pages are English: no Russian word but those that people and billing wrote.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::permission::Role;
use leptos_axum::generate_route_list;
use service::demo::{DEMO_PASSWORD, DEMO_SEED, demo_accounts};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::{Browser, TestPortal};

/// What English pages may hold: the name of the other language in its own words.
const ALLOWED: [&str; 1] = ["русский"];
/// Addresses looked at of one kind, for one person.
const OF_A_KIND: usize = 3;

fn cyrillic_words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().any(|letter| ('\u{400}'..='\u{4ff}').contains(&letter)))
        .map(str::to_lowercase)
}

/// Every word that stands in the database: names, notes, reasons. Names of services are there in both languages, so they don't count.
async fn words_of_the_data(owner: &mut PgConnection) -> BTreeSet<String> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns
          where table_schema = 'public' and data_type in ('text', 'jsonb') and table_name not in ('services', 'form_states', 'user_sessions')",
    )
    .fetch_all(&mut *owner)
    .await
    .expect("columns");
    let mut words = BTreeSet::new();
    for (table, column) in columns {
        let statement = AssertSqlSafe(format!("select distinct {column}::text from {table} where {column} is not null"));
        let texts: Vec<String> = sqlx::query_scalar(statement).fetch_all(&mut *owner).await.expect("texts");
        words.extend(texts.iter().flat_map(|text| cyrillic_words(text).collect::<Vec<_>>()));
    }
    words
}

/// The pattern of the site's routes that an address fits.
fn pattern(address: &str, patterns: &[String]) -> Option<String> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let fits = |pattern: &&String| {
        let (own, asked): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
        own.len() == asked.len() && own.iter().zip(&asked).all(|(own, asked)| own == asked || own.starts_with('{'))
    };
    // A page with a name of its own comes before one that takes any name.
    patterns.iter().filter(fits).min_by_key(|pattern| pattern.matches('{').count()).cloned()
}

/// Whether an address is one of a file to take away, which is no page.
fn is_file(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.starts_with("/files/") || path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

/// Walks from page to page by their links; what is left in Russian, by the address.
async fn walk(
    browser: &mut Browser,
    first: &str,
    allowed: &BTreeSet<String>,
    seen: &mut BTreeSet<String>,
) -> BTreeMap<String, BTreeSet<String>> {
    let patterns: Vec<String> = generate_route_list(app::App).into_iter().map(|route| route.path().to_owned()).collect();
    let mut waiting = VecDeque::from([first.to_owned(), "/rules".to_owned(), format!("{first}/nowhere")]);
    let mut visited: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut left = BTreeMap::new();
    while let Some(address) = waiting.pop_front() {
        let kind = pattern(&address, &patterns).unwrap_or_else(|| "nowhere".to_owned());
        let of_kind = visited.entry(kind.clone()).or_default();
        if of_kind.len() >= OF_A_KIND || !of_kind.insert(address.clone()) {
            continue;
        }
        seen.insert(kind);
        let page = browser.get(&address).await;
        // A notice leads on to what it is about.
        if page.status == 303 {
            waiting.push_back(page.location().to_owned());
            continue;
        }
        assert!([200, 404].contains(&page.status.as_u16()), "{address}: {}", page.status);
        assert!(page.body.contains(r#"lang="en""#), "{address}");
        let words: BTreeSet<String> = cyrillic_words(&page.body).filter(|word| !allowed.contains(word)).collect();
        if !words.is_empty() {
            left.insert(address, words);
        }
        let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let pages = links
            .filter(|link| (link.starts_with("/partner") || link.starts_with("/staff")) && !is_file(link) && !link.contains("/registry."));
        waiting.extend(pages.map(|link| link.replace("&amp;", "&")));
    }
    left
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_russian_word_is_left_on_an_english_page(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-11-22T15:00:00+03:00");
    portal.app.services.demo_load(DEMO_SEED).await.expect("a demo");
    let mut allowed = words_of_the_data(&mut portal.app.owner().await).await;
    allowed.extend(ALLOWED.map(ToOwned::to_owned));
    let mut seen = BTreeSet::new();
    let mut left = BTreeMap::new();
    let mut stranger = portal.browser();
    stranger.cookies.insert("locale".to_owned(), "en".to_owned());
    left.extend(walk(&mut stranger, "/sign-in", &allowed, &mut seen).await);
    for account in demo_accounts() {
        let mut browser = portal.browser();
        browser.sign_in(&account.email, DEMO_PASSWORD).await;
        browser.cookies.insert("locale".to_owned(), "en".to_owned());
        let first = if account.role == Role::PartnerMember { "/partner" } else { "/staff/inbox" };
        left.extend(walk(&mut browser, first, &allowed, &mut seen).await);
    }
    assert_eq!(left, BTreeMap::new());
    // The start only leads on, and what became of an approval is shown after a form.
    let missed: Vec<String> = generate_route_list(app::App)
        .into_iter()
        .map(|route| route.path().to_owned())
        .filter(|path| path != "/" && path != app::paths::STAFF_LEDGER_APPROVED && !seen.contains(path))
        .collect();
    assert_eq!(missed, [""; 0], "pages that no link led to");
}
