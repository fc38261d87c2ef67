//! Puts the portal together: use cases, sessions, the site, static files.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::brand::PageBrand;
use app::components::error_view::{self, Look};
use app::context::{Manifest, RequestContext};
use app::error::AppError;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use hosts::{DnsLookup, ProofLookup};
use http::header::{CACHE_CONTROL, RETRY_AFTER, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list_with_exclusions};
use service::demo::{DEMO_PASSWORD, DEMO_SEED};
use service::emails::Mailer;
use service::request_files::FileKeeping;
use service::sessions::{Sessions, VIEWER_KEY};
use service::{Clock, Passwords, Services, ShiftedClock, SystemClock, Viewer};
use tower_http::services::{ServeDir, ServeFile};
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use crate::configuration::ServeArguments;
use crate::layers::client_address::ClientAddress;
use crate::layers::error_pages::{BrandFound, ErrorOccasion, ErrorPages};
use crate::layers::known_host::{HostOrigin, HostPartner, PartnerHosts};
use crate::layers::request_identity::{RequestId, name_route};
use crate::mail::SmtpMailer;
use crate::serve::{Failure, Foundations, Portal};
use crate::{brand_files, interview_file, jobs, registry_download, request_files, server_functions, statement, usage_upload};

/// How often sessions that ended long ago are forgotten.
const CLEAN_UP: Duration = Duration::from_hours(1);

/// How often brands are read anew.
const BRANDS: Duration = Duration::from_secs(5);
/// How often names of partners' portals that were not looked for of late are.
const HOSTS: Duration = Duration::from_mins(10);

/// The use cases over a migrated database.
pub fn services(foundations: &Foundations) -> Result<Services, Failure> {
    let clock: Arc<dyn Clock> = match foundations.arguments.clock_start {
        Some(start) => Arc::new(ShiftedClock::starting_at(start.to_utc())),
        None => Arc::new(SystemClock),
    };
    let turns = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let passwords = Passwords::new(turns).map_err(|error| Failure::refused("passwords can't be hashed", &error))?;
    let settings = foundations.arguments.files.settings(&foundations.arguments.database.data_dir)?;
    let files = FileKeeping::open(&settings)
        .map_err(|error| Failure::refused("files can't be kept where --files-dir (PORTAL_FILES_DIR) or --files-s3-bucket says", &error))?;
    let services = Services::new(foundations.database.clone(), clock, passwords).with_files(files);
    let own = foundations.origins.iter().filter_map(|origin| origin.host.parse().ok()).collect();
    Ok(match proof_lookup(&foundations.arguments)? {
        Some(lookup) => services.with_host_proofs(lookup, own),
        None => services,
    })
}

/// The way to look into DNS for the names of partners' portals; none where the machine has no server of DNS to ask.
fn proof_lookup(arguments: &ServeArguments) -> Result<Option<Arc<dyn ProofLookup>>, Failure> {
    if arguments.dns_server.is_empty() {
        return Ok(match DnsLookup::from_system() {
            Ok(lookup) => Some(Arc::new(lookup)),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "no server of DNS is known: names of partners' portals can't be proven"
                );
                None
            }
        });
    }
    let lookup = DnsLookup::to(&arguments.dns_server)
        .map_err(|error| Failure::refused("DNS can't be asked as --dns-server (PORTAL_DNS_SERVER) says", &error))?;
    Ok(Some(Arc::new(lookup)))
}

/// The portal over a migrated database.
pub async fn open(foundations: &Foundations) -> Result<Portal, Failure> {
    let services = services(foundations)?;
    if foundations.arguments.demo {
        let outcome = services.demo_load(DEMO_SEED).await.map_err(|error| Failure::refused("the demo data can't be loaded", &error))?;
        let accounts: Vec<&str> = outcome.accounts.iter().map(|account| account.email.as_str()).collect();
        if accounts.is_empty() {
            tracing::warn!("the database holds data that are not the demo's: none were added");
        } else {
            let _ = writeln!(std::io::stdout(), "Demo accounts, password {DEMO_PASSWORD}:\n  {}", accounts.join("\n  "));
        }
    }
    // So that no page waits for them.
    services.brands_in_force().await;
    work_on_jobs(foundations, services.clone())?;
    read_brands_regularly(services.clone(), foundations);
    look_for_hosts_regularly(services.clone(), foundations);
    build(foundations, services)
}

/// Begins the worker of jobs, which sends e-mails.
fn work_on_jobs(foundations: &Foundations, services: Services) -> Result<(), Failure> {
    let mailer = match foundations.origins.first() {
        Some(origin) => SmtpMailer::configured(&foundations.arguments.mail, origin)?,
        None => None,
    };
    if mailer.is_none() {
        tracing::info!("no mail server is configured (PORTAL_SMTP_URL): e-mails are recorded as not sent");
    }
    let mailer = mailer.map(|mailer| Arc::new(mailer) as Arc<dyn Mailer>);
    foundations.tasks.spawn(jobs::work(services, mailer, foundations.stop.clone()));
    Ok(())
}

/// The routes of the portal with everything they need.
pub fn build(foundations: &Foundations, services: Services) -> Result<Portal, Failure> {
    let site_folder = foundations.arguments.site_folder();
    let manifest = Arc::new(manifest(&site_folder)?);
    let error_pages = ErrorPages::new(error_page(manifest.clone(), services.clone()));
    let secure = foundations.origins.first().is_some_and(|origin| origin.secure);

    let origin = foundations.origins.first().map(ToString::to_string).unwrap_or_default();
    let site = Site { services: services.clone(), manifest: manifest.clone(), origin };
    let context = move || site.provide();
    let options = LeptosOptions::builder().output_name("portal").build();
    // The framework would put its own handler before ours for every server function it knows.
    let functions = server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let pages: Router = Router::new()
        .leptos_routes_with_context(&options, generate_route_list_with_exclusions(app::App, Some(functions)), context.clone(), app::shell)
        .fallback(leptos_axum::render_app_async_with_context(context.clone(), app::shell))
        .with_state(options);

    let portal = pages
        .merge(server_functions::routes(context, error_pages.clone(), foundations.tasks.clone()))
        .merge(registry_download::routes(services.clone()))
        .merge(usage_upload::routes(services.clone(), foundations.tasks.clone()))
        .merge(request_files::routes(services.clone(), foundations.tasks.clone(), manifest))
        .merge(statement::routes(services.clone()))
        .merge(interview_file::routes(services.clone()))
        .merge(brand_files::routes(services.clone()))
        .layer(from_fn_with_state(services.clone(), find_viewer))
        .layer(from_fn(name_route))
        .layer(sessions(services.clone(), secure))
        .layer(from_fn_with_state(secure, keep_removals_secure));
    let hosts = services.clone();
    clean_up_regularly(services, foundations);
    Ok(Portal { routes: static_files(&site_folder).fallback_service(portal), error_pages, partner_hosts: PartnerHosts::new(hosts) })
}

/// What every page and server function finds in its context.
#[derive(Clone)]
struct Site {
    services: Services,
    manifest: Arc<Manifest>,
    /// Where people reach the portal.
    origin: String,
}

impl Site {
    fn provide(&self) {
        // The request's parts hold what the layers found out about it.
        let Some(parts) = use_context::<Parts>() else { return };
        let request_id = parts.extensions.get::<RequestId>().map_or_else(uuid::Uuid::nil, |id| id.0);
        let mut viewer = parts.extensions.get::<Viewer>().cloned();
        if let Some(viewer) = &mut viewer {
            viewer.request_identity = Some(request_id);
        }
        provide_context(RequestContext {
            viewer,
            services: self.services.clone(),
            manifest: self.manifest.clone(),
            request_id,
            moved_clock: self.services.clock_is_shifted().then(|| self.services.now()),
            brand: parts.extensions.get::<Arc<PageBrand>>().cloned(),
            origin: parts.extensions.get::<HostOrigin>().map_or_else(|| self.origin.clone(), |origin| origin.0.clone()),
            host_partner: parts.extensions.get::<HostPartner>().map(|host| host.0),
            session: parts.extensions.get::<Session>().cloned(),
            client_address: parts.extensions.get::<ClientAddress>().map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |address| address.0),
        });
    }
}

/// Sessions over our own table. The cookie lives as long as the browser; how long a session does is decided by the database.
fn sessions(services: Services, secure: bool) -> SessionManagerLayer<Sessions> {
    // A name with this prefix binds the cookie to the host; browsers take it over https only.
    let name = if secure { "__Host-session" } else { "session" };
    SessionManagerLayer::new(Sessions::new(services))
        .with_name(name)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
}

/// The layer removes a cookie without `Secure`, and browsers ignore that for names that demand it.
async fn keep_removals_secure(State(secure): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if secure {
        let cookies: Vec<HeaderValue> = response.headers().get_all(SET_COOKIE).iter().cloned().collect();
        response.headers_mut().remove(SET_COOKIE);
        for cookie in cookies {
            let complete = match cookie.to_str() {
                Ok(text) if !text.contains("; Secure") => HeaderValue::try_from(format!("{text}; Secure")).unwrap_or(cookie),
                _ => cookie,
            };
            response.headers_mut().append(SET_COOKIE, complete);
        }
    }
    response
}

/// Finds out who asks. A request without a session's cookie asks the database nothing.
///
/// Under a partner's own name only that partner's people are anybody: a session of others is no session there.
async fn find_viewer(State(services): State<Services>, session: Session, mut request: Request, next: Next) -> Response {
    let host = request.extensions().get::<HostPartner>().map(|host| host.0);
    match session.get::<Viewer>(VIEWER_KEY).await {
        Ok(Some(viewer)) if host.is_none_or(|partner| viewer.partner_id() == Some(partner)) => {
            if let (None, Some(partner)) = (host, viewer.partner_id())
                && let Some(brand) = services.brands_in_force().await.of_partner(partner)
            {
                let brand = Arc::new(PageBrand::of(&brand));
                BrandFound::tell(&request, &brand);
                request.extensions_mut().insert(brand);
            }
            request.extensions_mut().insert(viewer);
        }
        Ok(_) => {}
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "sessions are not available");
            return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "2")]).into_response();
        }
    }
    next.run(request).await
}

/// The names of the site's files, written by `bundle`.
fn manifest(site_folder: &Path) -> Result<Manifest, Failure> {
    let file = site_folder.join("manifest.json");
    let words = |error: &dyn std::fmt::Display| {
        Failure::Refused(format!("{}: {error}; `make run` builds the site, --site-dir (PORTAL_SITE_DIR) says where it is", file.display()))
    };
    let text = std::fs::read_to_string(&file).map_err(|error| words(&error))?;
    serde_json::from_str(&text).map_err(|error| words(&error))
}

/// Files whose names hold a hash never change; the few others are asked for again after an hour.
fn static_files(site_folder: &Path) -> Router {
    let hashed = Router::new()
        .nest_service("/pkg", ServeDir::new(site_folder.join("pkg")).precompressed_br().precompressed_gzip())
        .layer(from_fn_with_state("public, max-age=31536000, immutable", keep_for));
    let named = ["favicon.svg", "robots.txt"]
        .into_iter()
        .fold(Router::new(), |router, name| router.route_service(&format!("/{name}"), ServeFile::new(site_folder.join(name))))
        .layer(from_fn_with_state("public, max-age=3600", keep_for));
    hashed.merge(named)
}

/// Says how long a browser may keep a file.
async fn keep_for(State(value): State<&'static str>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    // The confirmation of a file that is there already says the same as the file did.
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response
}

/// The page of a failure outside of the site's own pages.
fn error_page(manifest: Arc<Manifest>, services: Services) -> impl Fn(&ErrorOccasion<'_>) -> String + Send + Sync + 'static {
    move |occasion| {
        let error = AppError::from_code(occasion.code.as_str());
        let request_id = occasion.request_id.parse().unwrap_or_default();
        let moved_clock = services.clock_is_shifted().then(|| services.now());
        let look = Look { style: &manifest.style, brand: occasion.brand, moved_clock };
        error_view::error_page(app::context::locale_of(occasion.headers), &error, request_id, look)
    }
}

/// What another process of the portal publishes, and a level that changes, is seen after a moment.
fn read_brands_regularly(services: Services, foundations: &Foundations) {
    let stop = foundations.stop.clone();
    foundations.tasks.spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(BRANDS)).await.is_some() {
            if let Err(error) = services.brands_reload().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "brands could not be read anew");
            }
        }
    });
}

/// Looks for the records of partners' names: apart from the brands, for DNS may let wait.
fn look_for_hosts_regularly(services: Services, foundations: &Foundations) {
    let stop = foundations.stop.clone();
    foundations.tasks.spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(HOSTS)).await.is_some() {
            if let Some(Err(error)) = stop.run_until_cancelled(services.custom_hosts_recheck()).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "names of partners' portals could not be looked for");
            }
        }
    });
}

fn clean_up_regularly(services: Services, foundations: &Foundations) {
    let stop = foundations.stop.clone();
    foundations.tasks.spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(CLEAN_UP)).await.is_some() {
            if let Err(error) = services.sessions_clean_up().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "old sessions could not be forgotten");
            }
        }
    });
}
