//! A service that speaks S3 as far as the store asks: put, head, get with ranges, list page by page, delete; one bucket, addressed by path.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LAST_MODIFIED, RANGE,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use files::{S3Settings, StoreSettings};

/// The bucket's name.
const BUCKET: &str = "portal";
/// The public half of the credentials, which every request has to name. Nobody checks the signature.
const KEY_ID: &str = "the-key";
/// How many keys a page of a list holds: few, so that a list has several.
const KEYS_PER_PAGE: usize = 2;

/// An object.
#[derive(Clone, Debug)]
struct Object {
    content: Bytes,
    modified: DateTime<Utc>,
}

/// The bucket, for as long as its runtime.
#[derive(Clone, Debug, Default)]
pub struct Bucket {
    objects: Arc<Mutex<BTreeMap<String, Object>>>,
    /// What it was asked, as methods.
    asked: Arc<Mutex<Vec<Method>>>,
    /// Whether it knows conditions on writing.
    conditional_put: bool,
}

impl Bucket {
    /// Serves an empty bucket on a free port, and the settings of a store in it.
    pub async fn serve(conditional_put: bool) -> (Self, StoreSettings) {
        let bucket = Self { conditional_put, ..Self::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(bucket.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = S3Settings {
            endpoint: Some(endpoint),
            region: "ru-central1".to_owned(),
            bucket: BUCKET.to_owned(),
            prefix: "files/of the portal".to_owned(),
            access_key_id: KEY_ID.to_owned(),
            secret_access_key: "very-secret".to_owned().into(),
            bucket_in_host: false,
            conditional_put,
            allow_http: true,
        };
        (bucket, StoreSettings::S3(settings))
    }

    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Object>> {
        self.objects.lock().expect("the objects")
    }

    /// Whether it knows conditions on writing.
    pub fn is_conditional(&self) -> bool {
        self.conditional_put
    }

    /// The keys that there are.
    pub fn keys(&self) -> Vec<String> {
        self.objects().keys().cloned().collect()
    }

    /// Puts an object past the store.
    pub fn put(&self, key: &str, content: &'static [u8]) {
        self.objects().insert(key.to_owned(), Object { content: Bytes::from_static(content), modified: put_at() });
    }

    /// Makes an object as old as it is said to be.
    pub fn age(&self, key: &str, modified: DateTime<Utc>) {
        self.objects().get_mut(key).expect("the object").modified = modified;
    }

    /// How often it was asked by a method.
    pub fn asked(&self, method: &Method) -> usize {
        self.asked.lock().expect("what was asked").iter().filter(|asked| *asked == method).count()
    }
}

/// When everything was put that is not said to be old.
fn put_at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("an instant")
}

fn refused(status: StatusCode, code: &str) -> Response {
    (status, [(CONTENT_TYPE, "application/xml")], format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>")).into_response()
}

async fn answer(State(bucket): State<Bucket>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    bucket.asked.lock().expect("what was asked").push(parts.method.clone());
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = header(AUTHORIZATION);
    if !signed.starts_with(&format!("AWS4-HMAC-SHA256 Credential={KEY_ID}/")) || !signed.contains("Signature=") {
        return refused(StatusCode::FORBIDDEN, "AccessDenied");
    }
    let path = decoded(parts.uri.path());
    let Some(key) = path.strip_prefix(&format!("/{BUCKET}")) else { return refused(StatusCode::NOT_FOUND, "NoSuchBucket") };
    let key = key.trim_start_matches('/').to_owned();
    match parts.method {
        Method::GET if key.is_empty() => list(&bucket, parts.uri.query().unwrap_or_default()),
        Method::PUT => {
            let content = axum::body::to_bytes(body, 16 << 20).await.expect("a body");
            let mut objects = bucket.objects();
            match header(IF_NONE_MATCH) {
                "" => {}
                _ if !bucket.conditional_put => return refused(StatusCode::NOT_IMPLEMENTED, "NotImplemented"),
                _ if objects.contains_key(&key) => return refused(StatusCode::PRECONDITION_FAILED, "PreconditionFailed"),
                _ => {}
            }
            let tag = tag(&content);
            objects.insert(key, Object { content, modified: put_at() });
            (StatusCode::OK, [(ETAG, tag)]).into_response()
        }
        Method::GET | Method::HEAD => {
            let Some(object) = bucket.objects().get(&key).cloned() else { return refused(StatusCode::NOT_FOUND, "NoSuchKey") };
            get(&object, header(RANGE), parts.method == Method::HEAD)
        }
        Method::DELETE => {
            bucket.objects().remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => refused(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
    }
}

fn tag(content: &Bytes) -> String {
    format!("\"{}\"", files::ContentHash::of(content))
}

/// An object, or a range of it: `bytes=2-5`.
fn get(object: &Object, range: &str, only_facts: bool) -> Response {
    let size = object.content.len();
    let modified = object.modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let response = Response::builder().header(ETAG, tag(&object.content)).header(LAST_MODIFIED, modified).header(ACCEPT_RANGES, "bytes");
    let asked = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let (response, content) = match asked {
        Some((from, to)) => {
            let from: usize = from.parse().expect("a beginning");
            let to = to.parse().unwrap_or(size - 1).min(size - 1);
            let part = response.status(StatusCode::PARTIAL_CONTENT).header(CONTENT_RANGE, format!("bytes {from}-{to}/{size}"));
            (part, object.content.slice(from..=to))
        }
        None => (response, object.content.clone()),
    };
    let response = response.header(CONTENT_LENGTH, content.len());
    response.body(if only_facts { Body::empty() } else { Body::from(content) }).expect("an answer")
}

fn list(bucket: &Bucket, query: &str) -> Response {
    let asked: BTreeMap<String, String> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), decoded(value))).collect();
    assert_eq!(asked.get("list-type").map(String::as_str), Some("2"), "{query}");
    let prefix = asked.get("prefix").map_or("", String::as_str);
    let after = asked.get("continuation-token").map_or("", String::as_str);
    let objects = bucket.objects();
    let found: Vec<_> = objects.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after).collect();
    let page = found
        .iter()
        .take(KEYS_PER_PAGE)
        .map(|(key, object)| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
                object.modified.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                tag(&object.content).replace('"', "&quot;"),
                object.content.len()
            )
        })
        .collect::<Vec<String>>()
        .concat();
    let next = found.get(KEYS_PER_PAGE - 1).filter(|_| found.len() > KEYS_PER_PAGE);
    let next = next.map(|(key, _)| format!("<NextContinuationToken>{key}</NextContinuationToken>")).unwrap_or_default();
    let whole = format!("<?xml version=\"1.0\"?><ListBucketResult><Name>{BUCKET}</Name>{page}{next}</ListBucketResult>");
    ([(CONTENT_TYPE, "application/xml")], whole).into_response()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let encoded = (*first == b'%').then(|| after.get(..2)).flatten();
        let encoded = encoded.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        if let Some(byte) = encoded {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(if *first == b'+' { b' ' } else { *first });
            rest = after;
        }
    }
    String::from_utf8(bytes).expect("text")
}
