//! From a stream to the store and back.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::convert::Infallible;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Method;
use bucket::Bucket;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use files::{
    Allowance, ContentHash, ExamineError, Examiner, Limits, LocalSettings, Put, ReceiveError, ReceiveLimits, Refusal, S3Settings, Store,
    StoreError, StoreSettings, Stored, Usage, fits, orphans, receive,
};
use futures::{StreamExt, TryStreamExt, stream};
use tempfile::TempDir;

#[path = "support/bucket.rs"]
mod bucket;
mod support;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn limits(bytes: u64) -> ReceiveLimits {
    ReceiveLimits { bytes, silence: Duration::from_millis(200), total: Duration::from_secs(2) }
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("a folder").count()
}

fn pieces(bytes: &[u8], size: usize) -> impl futures::Stream<Item = Result<Bytes, Infallible>> {
    stream::iter(bytes.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect::<Vec<_>>())
}

fn local(folder: &TempDir) -> Store {
    Store::open(&StoreSettings::Local(LocalSettings { folder: folder.path().join("files") })).expect("a store")
}

#[tokio::test]
async fn a_stream_is_counted_and_hashed_and_leaves_no_name() {
    let folder = folder();
    let bytes = vec![7; 100_000];
    let received = receive(pieces(&bytes, 999), folder.path(), limits(100_000)).await.expect("received");
    assert_eq!((received.size(), received.hash()), (100_000, ContentHash::of(&bytes)));
    assert_eq!(entries(folder.path()), 0, "the file has no name");
}

#[tokio::test]
async fn a_stream_is_broken_off_at_the_limit_however_long_it_goes_on() {
    let folder = folder();
    let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[0; 1000])));
    let refused = receive(endless, folder.path(), limits(10_500)).await.expect_err("too large");
    assert!(matches!(refused, ReceiveError::Refused(Refusal::TooLarge { limit: 10_500 })));
    assert_eq!(entries(folder.path()), 0);
}

#[tokio::test]
async fn a_stream_that_breaks_stalls_or_dawdles_leaves_nothing() {
    let folder = folder();
    let first = || stream::iter([Ok(Bytes::from_static(b"half"))]);
    let broken = first().chain(stream::iter([Err(io::Error::other("the line broke"))]));
    assert!(matches!(receive(broken, folder.path(), limits(100)).await, Err(ReceiveError::Broken(_))));
    let silent = first().chain(stream::pending::<io::Result<Bytes>>());
    assert!(matches!(receive(silent, folder.path(), limits(100)).await, Err(ReceiveError::TimedOut)));
    let slow = stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((io::Result::Ok(Bytes::from_static(b".")), ()))
    });
    assert!(matches!(receive(slow, folder.path(), limits(1000)).await, Err(ReceiveError::TimedOut)));
    let hollow = stream::repeat_with(|| io::Result::Ok(Bytes::new()));
    assert!(matches!(receive(hollow, folder.path(), limits(100)).await, Err(ReceiveError::TimedOut)), "always ready, never anything");
    let nothing = stream::empty::<io::Result<Bytes>>();
    assert!(matches!(receive(nothing, folder.path(), limits(100)).await, Err(ReceiveError::Refused(Refusal::Empty))));
    assert_eq!(entries(folder.path()), 0);
}

#[tokio::test]
async fn a_receiver_that_goes_away_leaves_nothing() {
    let folder = folder();
    let silent = stream::iter([io::Result::Ok(Bytes::from_static(b"half"))]).chain(stream::pending());
    let receiving = receive(silent, folder.path(), ReceiveLimits::default());
    assert!(tokio::time::timeout(Duration::from_millis(100), receiving).await.is_err());
    assert_eq!(entries(folder.path()), 0);
}

#[tokio::test]
async fn files_that_arrive_together_are_examined_one_or_two_at_a_time_and_all_answered() {
    let folder = folder();
    let examiner = Examiner::new(Limits::default(), 2);
    let verdicts = futures::future::join_all((0..12).map(|index| {
        let (examiner, folder) = (examiner.clone(), folder.path());
        async move {
            let bytes = if index % 3 == 0 { b"MZ\0\0".to_vec() } else { support::png() };
            let received = receive(pieces(&bytes, 7), folder, limits(10_000)).await.expect("received");
            examiner.examine(received, "photo.png").await
        }
    }))
    .await;
    let refused = |verdict: &&Result<_, ExamineError>| matches!(verdict, Err(ExamineError::Refused(Refusal::ForbiddenType { .. })));
    assert_eq!(verdicts.iter().filter(refused).count(), 4);
    assert_eq!(verdicts.iter().filter(|verdict| verdict.is_ok()).count(), 8);
    assert_eq!(entries(folder.path()), 0);
}

async fn read(store: &Store, hash: ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((size, pieces)) = store.get(hash).await? else { return Ok(None) };
    let bytes = pieces.try_fold(Vec::new(), |mut all, piece| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    });
    let bytes = bytes.await?;
    assert_eq!(bytes.len() as u64, size);
    Ok(Some(bytes))
}

async fn listed(store: &Store) -> Vec<Stored> {
    store.list().try_collect().await.expect("a list")
}

/// A store with a way past it to what it keeps.
struct Kept {
    store: Store,
    /// Of one in a bucket.
    bucket: Option<Bucket>,
    /// Of one in a folder.
    folder: TempDir,
}

impl Kept {
    /// The same store in a folder, in a bucket, and in a bucket whose service does not know conditions on writing.
    async fn everywhere() -> Vec<Self> {
        let first = folder();
        let mut everywhere = vec![Self { store: local(&first), bucket: None, folder: first }];
        for conditional_put in [true, false] {
            let (bucket, settings) = Bucket::serve(conditional_put).await;
            everywhere.push(Self { store: Store::open(&settings).expect("a store"), bucket: Some(bucket), folder: folder() });
        }
        everywhere
    }

    fn path(&self, hash: ContentHash) -> PathBuf {
        let name = hash.to_string();
        self.folder.path().join("files").join(&name[..2]).join(&name[2..4]).join(name)
    }

    fn key(hash: ContentHash) -> String {
        let name = hash.to_string();
        format!("files/of the portal/{}/{}/{name}", &name[..2], &name[2..4])
    }

    /// Puts something else in the place of a content.
    fn damage(&self, hash: ContentHash, content: &'static [u8]) {
        match &self.bucket {
            Some(bucket) => bucket.put(&Self::key(hash), content),
            None => std::fs::write(self.path(hash), content).expect("damaged"),
        }
    }

    /// Makes a content an old one.
    fn age(&self, hash: ContentHash) {
        let long_ago = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000);
        match &self.bucket {
            Some(bucket) => bucket.age(&Self::key(hash), DateTime::from_timestamp(1_000_000, 0).expect("an instant")),
            None => std::fs::File::options().write(true).open(self.path(hash)).expect("open").set_modified(long_ago).expect("aged"),
        }
    }
}

#[tokio::test]
async fn one_content_is_one_object_and_is_read_back_the_same() {
    for kept in Kept::everywhere().await {
        one_content_is_one_object(&kept.store).await;
    }
}

async fn one_content_is_one_object(store: &Store) {
    let bytes = Bytes::from_static(b"the same");
    let (hash, put) = store.put(bytes.clone()).await.expect("put");
    assert_eq!(put, Put::New);
    assert_eq!(store.put(bytes.clone()).await.expect("put"), (hash, Put::Known));
    assert_eq!(read(store, hash).await.expect("read"), Some(bytes.to_vec()));
    let all = listed(store).await;
    assert_eq!(all.iter().map(|stored| (stored.hash, stored.size)).collect::<Vec<_>>(), [(hash, 8)]);
    assert_eq!(store.stat(hash).await.expect("a fact").map(|stored| stored.size), Some(8));
    assert!(store.delete(hash).await.expect("deleted"));
    assert!(!store.delete(hash).await.expect("gone before"));
    assert_eq!(read(store, hash).await.expect("read"), None);
    assert!(listed(store).await.is_empty());
}

#[tokio::test]
async fn many_puts_of_one_content_at_once_make_one_object() {
    for kept in Kept::everywhere().await {
        let puts = futures::future::join_all((0..20).map(|_| kept.store.put(Bytes::from(vec![3; 50_000])))).await;
        assert!(puts.iter().all(Result::is_ok), "{puts:?}");
        // Who can't set a condition may take itself for the first.
        if kept.bucket.as_ref().is_none_or(Bucket::is_conditional) {
            assert_eq!(puts.iter().filter(|put| matches!(put, Ok((_, Put::New)))).count(), 1);
        }
        assert_eq!(listed(&kept.store).await.len(), 1);
    }
}

#[tokio::test]
async fn only_the_owner_can_reach_what_is_kept() {
    let folder = folder();
    let store = local(&folder);
    let (hash, _) = store.put(Bytes::from_static(b"private")).await.expect("put");
    let name = hash.to_string();
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let root = folder.path().join("files");
    let first = root.join(&name[..2]);
    let second = first.join(&name[2..4]);
    for folder in [&root, &first, &second] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    assert_eq!(mode(&second.join(&name)), 0o600);
    let _ = store.put(Bytes::from_static(b"private")).await.expect("put again");
    assert_eq!(mode(&second.join(&name)), 0o600);
}

#[tokio::test]
async fn a_damaged_content_is_noticed_and_healed_by_putting_it_again() {
    for kept in Kept::everywhere().await {
        let (hash, _) = kept.store.put(Bytes::from_static(b"original")).await.expect("put");
        kept.damage(hash, b"replaced");
        assert!(matches!(read(&kept.store, hash).await, Err(StoreError::Corrupt(found)) if found == hash));
        assert_eq!(kept.store.put(Bytes::from_static(b"original")).await.expect("put"), (hash, Put::Known));
        assert_eq!(read(&kept.store, hash).await.expect("read"), Some(b"original".to_vec()));
    }
}

#[tokio::test]
async fn what_else_lies_in_the_place_is_passed_over() {
    for kept in Kept::everywhere().await {
        let (hash, _) = kept.store.put(Bytes::from_static(b"ours")).await.expect("put");
        if let Some(bucket) = &kept.bucket {
            bucket.put("files/of the portal/notes.txt", b"theirs");
            bucket.put(&format!("files/of the portal/{hash}"), b"in the wrong place");
            bucket.put(&format!("elsewhere/{hash}"), b"of somebody else");
        } else {
            std::fs::write(kept.folder.path().join("files").join("notes.txt"), b"theirs").expect("written");
            std::fs::write(kept.folder.path().join("files").join(hash.to_string()), b"in the wrong place").expect("written");
        }
        assert_eq!(listed(&kept.store).await.iter().map(|stored| stored.hash).collect::<Vec<_>>(), [hash]);
    }
}

/// A bucket answers page by page, and large contents come in pieces.
#[tokio::test]
async fn many_contents_are_listed_whole_and_a_large_one_is_read_whole() {
    for kept in Kept::everywhere().await {
        let mut hashes = HashSet::new();
        for number in 0..9_u8 {
            hashes.insert(kept.store.put(Bytes::from(vec![number; 10])).await.expect("put").0);
        }
        let large = Bytes::from((0..3_000_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
        let (hash, _) = kept.store.put(large.clone()).await.expect("put");
        hashes.insert(hash);
        assert_eq!(listed(&kept.store).await.iter().map(|stored| stored.hash).collect::<HashSet<_>>(), hashes);
        assert_eq!(read(&kept.store, hash).await.expect("read").map(Bytes::from), Some(large));
    }
}

/// Nothing but what every service that speaks S3 knows is asked of it, each time with credentials.
#[tokio::test]
async fn a_bucket_that_refuses_is_a_failure_and_a_bucket_keeps_under_its_prefix() {
    let (bucket, settings) = Bucket::serve(true).await;
    let store = Store::open(&settings).expect("a store");
    let (hash, _) = store.put(Bytes::from_static(b"ours")).await.expect("put");
    assert_eq!(bucket.keys(), [Kept::key(hash)]);
    assert!(store.delete(hash).await.expect("deleted"));
    assert_eq!((bucket.keys().len(), bucket.asked(&Method::DELETE), bucket.asked(&Method::POST)), (0, 1, 0));

    let StoreSettings::S3(settings) = settings else { panic!("a bucket") };
    let stranger = S3Settings { access_key_id: "another".to_owned(), ..settings.clone() };
    let store = Store::open(&StoreSettings::S3(stranger)).expect("a store");
    assert!(matches!(store.put(Bytes::from_static(b"theirs")).await, Err(StoreError::Failed(_))));
    assert!(matches!(store.stat(hash).await, Err(StoreError::Failed(_))));
    // What may not go in the clear does not.
    let store = Store::open(&StoreSettings::S3(S3Settings { allow_http: false, ..settings }));
    let put = store.expect("a store").put(Bytes::from_static(b"in the clear")).await;
    assert!(matches!(put, Err(StoreError::Failed(_))), "{put:?}");
    assert_eq!(bucket.keys().len(), 0);
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600 + seconds, 0).expect("an instant")
}

#[test]
fn orphans_are_old_and_unknown() {
    let hash = |name: &str| ContentHash::of(name.as_bytes());
    let stored = |name: &str, seconds| Stored { hash: hash(name), size: 1, modified: at(seconds) };
    let all = [stored("old, known", 0), stored("old, unknown", 0), stored("new, unknown", 100), stored("just as old", 50)];
    let known = HashSet::from([hash("old, known"), hash("not stored")]);
    assert_eq!(orphans(&all, &known, at(50)), [hash("old, unknown")]);
    assert_eq!(orphans(&[], &known, at(50)), []);
}

#[tokio::test]
async fn a_content_that_is_put_again_is_no_orphan_any_more() {
    for kept in Kept::everywhere().await {
        let store = &kept.store;
        let (hash, _) = store.put(Bytes::from_static(b"returns")).await.expect("put");
        kept.age(hash);
        let before = listed(store).await[0].modified + TimeDelta::hours(1);
        assert_eq!(orphans(&listed(store).await, &HashSet::new(), before), [hash]);
        // Between the look and the deletion somebody sends it again.
        let _ = store.put(Bytes::from_static(b"returns")).await.expect("put");
        assert!(!store.delete_unchanged(hash, before).await.expect("looked at"));
        assert!(store.stat(hash).await.expect("a fact").is_some());
        kept.age(hash);
        assert!(store.delete_unchanged(hash, before).await.expect("deleted"));
    }
}

#[tokio::test]
async fn a_bucket_is_opened_without_asking_it_and_keeps_its_secret_to_itself() {
    let settings = StoreSettings::S3(S3Settings {
        endpoint: Some("https://storage.example.net".to_owned()),
        region: "ru-central1".to_owned(),
        bucket: "portal".to_owned(),
        prefix: "files".to_owned(),
        access_key_id: "key".to_owned(),
        secret_access_key: "very-secret".to_owned().into(),
        bucket_in_host: false,
        conditional_put: true,
        allow_http: false,
    });
    let store = Store::open(&settings).expect("opened");
    assert!(!format!("{settings:?} {store:?}").contains("very-secret"));
}

#[test]
fn a_quota_is_met_exactly_and_never_exceeded() {
    assert!(fits(0, 10, 10) && fits(10, 0, 10) && !fits(1, 10, 10) && !fits(u64::MAX, 1, u64::MAX));
    let allowance = Allowance { bytes: 100, files_per_request: 3 };
    let usage = Usage { bytes: 60, files_in_request: 2 };
    assert_eq!(usage.admit(40, allowance), Ok(()));
    assert_eq!(usage.admit(41, allowance), Err(Refusal::OverQuota { free: 40 }));
    assert_eq!(Usage { files_in_request: 3, ..usage }.admit(1, allowance), Err(Refusal::TooManyFiles { limit: 3 }));
    assert_eq!((usage.free(allowance), usage.percent(allowance)), (40, 60));
    let lowered = Allowance { bytes: 10, ..allowance };
    assert_eq!((usage.free(lowered), usage.percent(lowered)), (0, 100));
    assert_eq!(usage.percent(Allowance { bytes: 0, ..allowance }), 100);
}
