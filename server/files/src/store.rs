//! Where files are kept: under the hash of what they hold, in a folder or in a bucket.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, PutMode, PutPayload, RetryConfig};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::content_hash::ContentHash;

/// Where files are kept.
#[derive(Clone, Debug)]
pub enum StoreSettings {
    /// In a folder of this machine.
    Local(LocalSettings),
    /// In a bucket that speaks S3.
    S3(S3Settings),
}

/// A folder.
#[derive(Clone, Debug)]
pub struct LocalSettings {
    /// Made when it is not there. Nobody else may read it (0700).
    pub folder: PathBuf,
}

/// A bucket.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// `https://storage.example.net`; none means Amazon's own.
    pub endpoint: Option<String>,
    /// `ru-central1`; what the service calls its place.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// What stands before every key, without slashes at its ends; may be empty.
    pub prefix: String,
    /// The public half of the credentials.
    pub access_key_id: String,
    /// The secret half.
    pub secret_access_key: SecretString,
    /// Whether the bucket is part of the host's name rather than of the path.
    pub bucket_in_host: bool,
    /// Whether the service knows `If-None-Match` on writing. Without it a content that is there already is simply written again.
    pub conditional_put: bool,
    /// Whether plain HTTP will do. For a service on the same machine only.
    pub allow_http: bool,
}

/// Something went wrong with what keeps the files.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The settings lead nowhere.
    #[error("the store of files could not be opened")]
    Settings(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder or the service did not answer as it should.
    #[error("the store of files failed")]
    Failed(#[source] object_store::Error),
    /// The permissions of a file could not be set.
    #[error("the permissions of a stored file could not be set")]
    Permissions(#[source] std::io::Error),
    /// What is kept under a hash is something else.
    #[error("the content of {0} is damaged")]
    Corrupt(ContentHash),
}

/// What putting did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// The content is new.
    New,
    /// It was there already. It counts as fresh again, so that nobody collects it meanwhile.
    Known,
}

/// A content that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What it holds.
    pub hash: ContentHash,
    /// In bytes.
    pub size: u64,
    /// When it was last put.
    pub modified: DateTime<Utc>,
}

/// Which contents nobody knows and were last put before an instant: some hours ago, so that a file whose row is just being written stays.
///
/// List the store first and read what is `known` after that: what is put in between is then either known or not listed. What this names is
/// deleted with [`Store::delete_unchanged`], which looks once more.
pub fn orphans(stored: &[Stored], known: &HashSet<ContentHash>, before: DateTime<Utc>) -> Vec<ContentHash> {
    let orphan = |stored: &&Stored| stored.modified < before && !known.contains(&stored.hash);
    stored.iter().filter(orphan).map(|stored| stored.hash).collect()
}

/// Keeps contents under their hashes: `ab/cd/abcd..`.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    prefix: Path,
    /// Of a local one.
    folder: Option<PathBuf>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("folder", &self.folder).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// TLS with ring and the roots browsers trust: the same library as the database's connections.
#[derive(Debug)]
struct Connector {
    allow_http: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| object_store::Error::Generic { store: "S3", source };
        let mut roots = rustls::RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.into()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = object_store_client::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(!self.allow_http)
            // Credentials go where the settings say and nowhere else.
            .redirect(object_store_client::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| failed(error.into()))?;
        Ok(HttpClient::new(client))
    }
}

impl Store {
    /// Opens it. A folder is made; a bucket is not asked for before it is used.
    ///
    /// # Errors
    ///
    /// [`StoreError::Settings`].
    pub fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        match settings {
            StoreSettings::Local(settings) => Self::local(settings),
            StoreSettings::S3(settings) => Self::s3(settings),
        }
    }

    fn local(settings: &LocalSettings) -> Result<Self, StoreError> {
        let folder = &settings.folder;
        private_folder(folder).map_err(|error| StoreError::Settings(error.into()))?;
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(|error| StoreError::Settings(error.into()))?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), prefix: Path::default(), folder: Some(folder.clone()) })
    }

    fn s3(settings: &S3Settings) -> Result<Self, StoreError> {
        let conditional_put = if settings.conditional_put {
            object_store::aws::S3ConditionalPut::ETagMatch
        } else {
            object_store::aws::S3ConditionalPut::Disabled
        };
        let mut builder = AmazonS3Builder::new()
            .with_http_connector(Connector { allow_http: settings.allow_http })
            .with_region(&settings.region)
            .with_bucket_name(&settings.bucket)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(settings.secret_access_key.expose_secret())
            .with_virtual_hosted_style_request(settings.bucket_in_host)
            .with_conditional_put(conditional_put)
            .with_allow_http(settings.allow_http)
            // One content is deleted at a time, and not every service knows how to delete several.
            .with_disable_bulk_delete(true)
            // Somebody waits for the answer.
            .with_retry(RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() });
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let objects = builder.build().map_err(|error| StoreError::Settings(error.into()))?;
        Ok(Self { objects: Arc::new(objects), prefix: Path::from(settings.prefix.as_str()), folder: None })
    }

    fn path(&self, hash: ContentHash) -> Path {
        let hash = hash.to_string();
        self.prefix.clone().join(&hash[..2]).join(&hash[2..4]).join(hash.as_str())
    }

    fn hash_of(&self, path: &Path) -> Option<ContentHash> {
        let hash = path.filename()?.parse().ok()?;
        (self.path(hash) == *path).then_some(hash)
    }

    /// Keeps a content. Putting it twice keeps it once; it is durable when this returns.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`], [`StoreError::Permissions`].
    pub async fn put(&self, bytes: Bytes) -> Result<(ContentHash, Put), StoreError> {
        let hash = ContentHash::of(&bytes);
        let path = self.path(hash);
        self.prepare(hash).await?;
        let payload = PutPayload::from(bytes);
        let put = match self.objects.put_opts(&path, payload.clone(), PutMode::Create.into()).await {
            Ok(_) => Put::New,
            // Written again, not left: the collector may be on its way to it, and what is there may be damaged.
            Err(object_store::Error::AlreadyExists { .. }) => {
                self.objects.put(&path, payload).await.map_err(StoreError::Failed)?;
                Put::Known
            }
            Err(object_store::Error::NotImplemented { .. }) => {
                let known = self.stat(hash).await?.is_some();
                self.objects.put(&path, payload).await.map_err(StoreError::Failed)?;
                if known { Put::Known } else { Put::New }
            }
            Err(error) => return Err(StoreError::Failed(error)),
        };
        self.protect(hash).await?;
        Ok((hash, put))
    }

    /// What is known of a content; none when it is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`].
    pub async fn stat(&self, hash: ContentHash) -> Result<Option<Stored>, StoreError> {
        match self.objects.head(&self.path(hash)).await {
            Ok(found) => Ok(Some(Stored { hash, size: found.size, modified: found.last_modified })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(StoreError::Failed(error)),
        }
    }

    /// A content, piece by piece, and its size in bytes; none when it is not there. The last piece is followed by
    /// [`StoreError::Corrupt`] when the whole was not what it is called: a response that is then broken off is not taken for the file.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`].
    pub async fn get(&self, hash: ContentHash) -> Result<Option<(u64, BoxStream<'static, Result<Bytes, StoreError>>)>, StoreError> {
        let found = match self.objects.get(&self.path(hash)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(StoreError::Failed(error)),
        };
        let size = found.meta.size;
        let state = Some((found.into_stream(), Sha256::new()));
        let checked = futures::stream::try_unfold(state, move |state| async move {
            let Some((mut stream, mut digest)) = state else { return Ok(None) };
            if let Some(piece) = stream.try_next().await.map_err(StoreError::Failed)? {
                digest.update(&piece);
                return Ok(Some((piece, Some((stream, digest)))));
            }
            let whole = ContentHash::from_bytes(digest.finalize().into());
            if whole == hash { Ok(None) } else { Err(StoreError::Corrupt(hash)) }
        });
        Ok(Some((size, checked.boxed())))
    }

    /// All contents that are kept; what else lies there is passed over.
    ///
    /// # Errors
    ///
    /// Each item may be a [`StoreError::Failed`].
    pub fn list(&self) -> BoxStream<'_, Result<Stored, StoreError>> {
        let found = self.objects.list(Some(&self.prefix)).map_err(StoreError::Failed);
        found
            .try_filter_map(move |found| async move {
                let hash = self.hash_of(&found.location);
                Ok(hash.map(|hash| Stored { hash, size: found.size, modified: found.last_modified }))
            })
            .boxed()
    }

    /// Deletes a content; whether it was there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`].
    pub async fn delete(&self, hash: ContentHash) -> Result<bool, StoreError> {
        // A bucket does not say whether there was anything.
        if self.stat(hash).await?.is_none() {
            return Ok(false);
        }
        match self.objects.delete(&self.path(hash)).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(StoreError::Failed(error)),
        }
    }

    /// Deletes an orphan, unless it was put again since `before`; whether it was deleted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`].
    pub async fn delete_unchanged(&self, hash: ContentHash, before: DateTime<Utc>) -> Result<bool, StoreError> {
        match self.stat(hash).await? {
            Some(found) if found.modified < before => self.delete(hash).await,
            _ => Ok(false),
        }
    }

    /// Makes the folders of a content, for the owner alone.
    async fn prepare(&self, hash: ContentHash) -> Result<(), StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let hash = hash.to_string();
        blocking(move || {
            let first = folder.join(&hash[..2]);
            private_folder(&first)?;
            private_folder(&first.join(&hash[2..4]))
        })
        .await
    }

    /// Takes a content's file from everyone but its owner. Nobody else could reach it before, either: the folders are closed.
    async fn protect(&self, hash: ContentHash) -> Result<(), StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let path = self.path(hash).to_string();
        blocking(move || set_mode(&folder.join(path), 0o600)).await
    }
}

async fn blocking(work: impl FnOnce() -> std::io::Result<()> + Send + 'static) -> Result<(), StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(std::io::Error::other(error))).map_err(StoreError::Permissions)
}

fn private_folder(folder: &Folder) -> std::io::Result<()> {
    if !folder.is_dir() {
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder)?;
    }
    set_mode(folder, 0o700)
}

#[cfg(unix)]
fn set_mode(path: &Folder, mode: u32) -> std::io::Result<()> {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Folder, _: u32) -> std::io::Result<()> {
    Ok(())
}
