//! Files of requests: attached while the request is the partner's to change, looked at, kept, shown to both sides, taken away; and what
//! nobody needs any more, collected.
//!
//! An upload takes its place and its room first (state `received`), so that two at once never take more than there is; then it is looked
//! at without holding the database; then it is `ready`, or ended with the reason. What dies in between is found by [`Services::files_collect`].

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{PartnerId, RequestFileId, RequestId};
use domain::permission::Action;
pub use domain::request::{FileProblem, FileState, FileUse};
use domain::request::{Position, RequestKind};
use files::logo::{Logo, LogoPlace, LogoRefusal};
use files::{Accepted, ContentHash, ExamineError, Examiner, Received};
pub use files::{
    Allowance, ArchiveLimits, Disposition, Kind, Limits, LocalSettings, PdfLimits, PictureLimits, ReceiveLimits, S3Settings, SafeName,
    StoreSettings,
};
use serde::{Deserialize, Serialize};
use store::request_files::{KeptFile, ReceivedFile, RequestFile};
use store::sign_in_buckets::Bucket;
use store::{Connection, Scope};
use thiserror::Error;

use crate::audit::{self, Actor, Change};
use crate::requests::inconsistent;
use crate::{Error, Result, Services, Viewer};

/// Uploads of one person, forms and not files.
const UPLOADS: Bucket = Bucket { burst: 30.0, per_second: 0.2 };
/// When the next upload is worth a try, in seconds.
const RETRY_AFTER_SECONDS: u64 = 5;
/// How long a file may be looked at before what looks at it counts as dead.
const EXAMINED_WITHIN: TimeDelta = TimeDelta::hours(1);

/// Where files are kept and how much is taken.
#[derive(Clone, Debug)]
pub struct FileSettings {
    /// Where contents are kept.
    pub store: StoreSettings,
    /// Where files are received: a folder that is made where it is not there.
    pub received_folder: PathBuf,
    /// Of one file.
    pub limits: Limits,
    /// Of receiving one.
    pub receiving: ReceiveLimits,
    /// Of a company and of a request.
    pub allowance: Allowance,
    /// Files that are looked at at the same time.
    pub at_once: usize,
    /// How long a content that nobody needs is left alone.
    pub grace: Duration,
}

/// The settings lead nowhere.
#[derive(Debug, Error)]
pub enum FileSettingsError {
    /// The folder in which files are received can't be made.
    #[error("the folder for files on their way, {folder}, can't be used")]
    Folder {
        /// Which.
        folder: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Where contents are kept can't be opened.
    #[error("the store of files can't be opened")]
    Store(#[source] files::StoreError),
}

/// Where files are kept, open.
#[derive(Clone, Debug)]
pub struct FileKeeping {
    store: files::Store,
    examiner: Examiner,
    receiving: ReceiveLimits,
    received_folder: Arc<Path>,
    allowance: Allowance,
    grace: TimeDelta,
}

impl FileKeeping {
    /// Opens it; folders are made, for this user alone.
    ///
    /// # Errors
    /// See [`FileSettingsError`].
    pub fn open(settings: &FileSettings) -> std::result::Result<Self, FileSettingsError> {
        let folder = &settings.received_folder;
        let failed = |source| FileSettingsError::Folder { folder: folder.display().to_string(), source };
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder).map_err(failed)?;
        Ok(Self {
            store: files::Store::open(&settings.store).map_err(FileSettingsError::Store)?,
            examiner: Examiner::new(settings.limits, settings.at_once),
            receiving: settings.receiving,
            received_folder: folder.as_path().into(),
            allowance: settings.allowance,
            grace: TimeDelta::from_std(settings.grace).unwrap_or(TimeDelta::MAX),
        })
    }

    /// Draws a picture of a brand anew ([`Examiner::draw_logo`]).
    pub(crate) async fn draw_logo(&self, sent: Vec<u8>, place: LogoPlace) -> std::result::Result<Logo, LogoRefusal> {
        self.examiner.draw_logo(sent, place).await
    }

    /// The limits as people are told them.
    pub fn limits(&self) -> FileLimits {
        FileLimits {
            bytes: self.examiner.limits().bytes,
            pixels: self.examiner.limits().picture.pixels,
            files_per_request: u32::try_from(self.allowance.files_per_request).unwrap_or(u32::MAX),
            company_bytes: self.allowance.bytes,
        }
    }

    /// Receives one file from a stream, within the limits. Nothing is left of one that breaks off.
    ///
    /// # Errors
    /// See [`files::ReceiveError`].
    pub async fn receive<S, E>(&self, stream: S) -> std::result::Result<Received, files::ReceiveError>
    where
        S: futures::Stream<Item = std::result::Result<bytes::Bytes, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        files::receive(stream, &self.received_folder, self.receiving).await
    }
}

/// Limits, as people are told them before they choose a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLimits {
    /// The largest file, in bytes.
    pub bytes: u64,
    /// The most pixels of a picture.
    pub pixels: u64,
    /// Files of one request.
    pub files_per_request: u32,
    /// Bytes of all files of a company.
    pub company_bytes: u64,
}

/// The files of a request, as its page shows them.
#[derive(Clone, Debug)]
pub struct RequestFiles {
    /// What they are for.
    pub used_as: FileUse,
    /// Those that are looked at or ready, in order.
    pub files: Vec<AttachedFile>,
    /// Whether the viewer may attach and remove.
    pub changeable: bool,
    /// Bytes that the company's files take.
    pub used: u64,
    /// The limits.
    pub limits: FileLimits,
}

impl RequestFiles {
    /// Bytes that are free to the company.
    pub fn free(&self) -> u64 {
        self.limits.company_bytes.saturating_sub(self.used)
    }

    /// Whether the request may have one more file.
    pub fn has_place(&self) -> bool {
        self.files.len() < usize::try_from(self.limits.files_per_request).unwrap_or(usize::MAX)
    }
}

/// A file of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedFile {
    /// Which file.
    pub id: RequestFileId,
    /// How it stands.
    pub state: FileState,
    /// Its name; none before it is ready.
    pub name: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
    /// Of a picture that is ready: width and height in pixels.
    pub dimensions: Option<(u32, u32)>,
    /// When it came.
    pub uploaded_at: DateTime<Utc>,
}

impl TryFrom<RequestFile> for AttachedFile {
    type Error = Error;

    fn try_from(record: RequestFile) -> Result<Self> {
        let side = |side: i32| u32::try_from(side).ok();
        Ok(Self {
            id: record.id,
            state: record.state.parse().map_err(|_| unreadable("state"))?,
            name: record.name,
            bytes: u64::try_from(record.bytes).map_err(|_| unreadable("bytes"))?,
            dimensions: record.width.and_then(side).zip(record.height.and_then(side)),
            uploaded_at: record.uploaded_at,
        })
    }
}

/// What became of the files of one form, kept for the page that follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// How many were attached.
    pub attached: u32,
    /// Those that were not, in order.
    pub refused: Vec<RefusedFile>,
}

/// A file that was not attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFile {
    /// Its name as it was sent, made readable; empty where it had none.
    pub name: String,
    /// Why.
    #[serde(flatten)]
    pub problem: FileProblem,
}

impl RefusedFile {
    /// Of a name as it was sent.
    pub fn new(sent_name: &str, problem: FileProblem) -> Self {
        Self { name: files::readable_name(sent_name), problem }
    }
}

/// Which copy of a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileCopy {
    /// The file itself.
    Whole,
    /// The small picture of it.
    Preview,
}

/// A file to be handed out.
pub struct OpenFile {
    /// What it is.
    pub kind: Kind,
    /// The name it is saved under.
    pub name: SafeName,
    /// How many bytes follow.
    pub size: u64,
    /// Its content, broken off where it is not what was kept.
    pub content: futures::stream::BoxStream<'static, std::result::Result<bytes::Bytes, files::StoreError>>,
}

impl OpenFile {
    /// The headers it is served with.
    pub fn headers(&self, disposition: Disposition) -> [(&'static str, String); 5] {
        files::headers(self.kind, &self.name, disposition)
    }
}

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Contents deleted that nobody needs.
    pub contents: usize,
    /// Uploads ended whose process died.
    pub abandoned: usize,
}

fn unreadable(column: &'static str) -> Error {
    Error::unexpected(store::Error::Inconsistent { table: "request_files", column })
}

/// A problem in the words of the rules.
fn problem(refusal: files::Refusal) -> FileProblem {
    use files::Refusal as R;
    match refusal {
        R::TooLarge { limit } => FileProblem::TooLarge { limit },
        R::Empty => FileProblem::Empty,
        R::UnknownType => FileProblem::UnknownType,
        R::ForbiddenType { .. } => FileProblem::ForbiddenType,
        R::NameMismatch { .. } => FileProblem::NameMismatch,
        R::TooManyPixels { width, height } => FileProblem::TooManyPixels { width, height },
        R::Animated => FileProblem::Animated,
        R::Damaged => FileProblem::Damaged,
        R::ArchiveBomb => FileProblem::ArchiveBomb,
        R::UnsafePath | R::ActiveContent { .. } | R::ExternalEntity => FileProblem::ActiveContent,
        R::Encrypted => FileProblem::Encrypted,
        R::Polyglot => FileProblem::Polyglot,
        R::TooManyFiles { limit } => FileProblem::TooManyFiles { limit: u32::try_from(limit).unwrap_or(u32::MAX) },
        R::OverQuota { free } => FileProblem::OverQuota { free },
    }
}

/// What is wrong with a file that was not received; none where it is no fault of the file.
pub fn receive_problem(error: &files::ReceiveError) -> Option<FileProblem> {
    match error {
        files::ReceiveError::Refused(refusal) => Some(problem(*refusal)),
        _ => None,
    }
}

/// Bytes as the database counts them; what does not fit is more than any limit.
fn stored(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// An attachment on its way.
struct Underway {
    id: RequestFileId,
    partner_id: PartnerId,
    request_id: RequestId,
    reference: String,
    used_as: FileUse,
}

impl Services {
    /// The same use cases with a place where files are kept.
    #[must_use]
    pub fn with_files(self, files: FileKeeping) -> Self {
        Self { files: Some(Arc::new(files)), ..self }
    }

    /// Where files are kept; none in a process that keeps none, such as a command.
    pub fn files(&self) -> Option<&FileKeeping> {
        self.files.as_deref()
    }

    fn keeping(&self) -> Result<&FileKeeping> {
        self.files().ok_or(Error::NotFound)
    }

    /// Whether files may be attached to a request at all, asked before any is received; what speaks against it otherwise.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the request is another's or its kind takes no files; [`Error::TooMany`] after too many uploads.
    pub async fn request_files_admit(&self, viewer: &Viewer, reference: &str) -> Result<Option<FileProblem>> {
        let partner_id = viewer.partner_for(Action::AttachFile)?;
        let allowance = self.keeping()?.allowance;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let record = store::requests::find(&mut transaction, Some(partner_id), reference).await?.ok_or(Error::NotFound)?;
        let (_, position) = kind_and_position(&record)?;
        let count = store::request_files::count(&mut transaction, partner_id, record.id).await?;
        let used = store::request_files::used_room(&mut transaction, partner_id).await?;
        drop(transaction);

        let mut transaction = self.database.begin(Scope::Application).await?;
        let key = format!("upload:{}", viewer.user_id);
        let admitted = store::sign_in_buckets::take(&mut transaction, &key, UPLOADS, self.now()).await?;
        transaction.commit().await?;
        if !admitted {
            return Err(Error::TooMany { retry_after_seconds: RETRY_AFTER_SECONDS });
        }
        if !position.files_may_change() {
            return Ok(Some(FileProblem::Closed));
        }
        // A file has at least one byte.
        let usage = usage(used, count);
        Ok(usage.admit(1, allowance).err().map(problem))
    }

    /// Attaches a file that came; the problem where it is not taken. The same content again is the file that is there already.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the request is another's or its kind takes no files.
    pub async fn request_file_attach(
        &self,
        viewer: &Viewer,
        reference: &str,
        sent_name: &str,
        received: Received,
    ) -> Result<std::result::Result<RequestFileId, FileProblem>> {
        let keeping = self.keeping()?;
        let underway = match self.begin_attaching(keeping, viewer, reference, received.size()).await? {
            Ok(underway) => underway,
            Err(problem) => return Ok(Err(problem)),
        };
        let kept = match keeping.examiner.examine(received, sent_name).await {
            Ok(accepted) if !underway.used_as.takes(accepted.kind.is_picture()) => Ok(Err(FileProblem::NotAPicture)),
            Ok(accepted) => self.keep(keeping, viewer, &underway, &accepted).await,
            Err(ExamineError::Refused(refusal)) => Ok(Err(problem(refusal))),
            Err(error @ ExamineError::Disk(_)) => Err(Error::unexpected(error)),
        };
        match &kept {
            Ok(Ok(_)) => {}
            Ok(Err(problem)) => self.end_attaching(&underway, problem.code()).await?,
            Err(_) => self.end_attaching(&underway, "failed").await?,
        }
        kept
    }

    /// Takes a place in the request and room of the company for a file that came.
    async fn begin_attaching(
        &self,
        keeping: &FileKeeping,
        viewer: &Viewer,
        reference: &str,
        size: u64,
    ) -> Result<std::result::Result<Underway, FileProblem>> {
        let partner_id = viewer.partner_for(Action::AttachFile)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        // Locked: of uploads at the same instant each sees the places that the ones before it took.
        let record = store::requests::find_for_update(&mut transaction, Some(partner_id), reference).await?.ok_or(Error::NotFound)?;
        let (used_as, position) = kind_and_position(&record)?;
        if !position.files_may_change() {
            return Ok(Err(FileProblem::Closed));
        }
        let count = store::request_files::count(&mut transaction, partner_id, record.id).await?;
        let used = store::request_files::used_room(&mut transaction, partner_id).await?;
        if let Err(refusal) = usage(used, count).admit(size, keeping.allowance) {
            return Ok(Err(problem(refusal)));
        }
        let underway =
            Underway { id: crate::secrets::id(), partner_id, request_id: record.id, reference: record.reference.clone(), used_as };
        let file = ReceivedFile {
            id: underway.id,
            partner_id,
            request_id: record.id,
            bytes: stored(size),
            uploaded_by: viewer.user_id,
            uploaded_at: self.now(),
        };
        store::request_files::insert(&mut transaction, &file).await?;
        if !store::request_files::take_room(&mut transaction, partner_id, stored(size), stored(keeping.allowance.bytes)).await? {
            // Another request of the company took it a moment ago.
            return Ok(Err(FileProblem::OverQuota { free: usage(used, count).free(keeping.allowance).min(size - 1) }));
        }
        transaction.commit().await?;
        Ok(Ok(underway))
    }

    /// Keeps what was accepted. The contents first: a row never names what is not there.
    async fn keep(
        &self,
        keeping: &FileKeeping,
        viewer: &Viewer,
        underway: &Underway,
        accepted: &Accepted,
    ) -> Result<std::result::Result<RequestFileId, FileProblem>> {
        let Underway { id, partner_id, request_id, .. } = *underway;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        // Until the row says that they are needed, nobody collects them.
        store::request_files::keep_contents(&mut transaction).await?;
        let (hash, _) = keeping.store.put(accepted.bytes.clone()).await.map_err(Error::unexpected)?;
        let preview = match &accepted.preview {
            Some(preview) => Some(keeping.store.put(preview.clone()).await.map_err(Error::unexpected)?.0),
            None => None,
        };
        let (hash, preview) = (hash.to_string(), preview.map(|hash| hash.to_string()));
        let now = self.now();
        store::requests::find_for_update(&mut transaction, Some(partner_id), &underway.reference).await?.ok_or(Error::NotFound)?;
        if let Some(twin) = store::request_files::find_twin(&mut transaction, partner_id, request_id, &hash).await? {
            if let Some(bytes) = store::request_files::mark_refused(&mut transaction, partner_id, id, "twin", now).await? {
                store::request_files::give_room_back(&mut transaction, partner_id, bytes).await?;
            }
            transaction.commit().await?;
            return Ok(Ok(twin));
        }
        let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        let kept = KeptFile {
            id,
            partner_id,
            content_hash: &hash,
            preview_hash: preview.as_deref(),
            name: accepted.name.as_str(),
            kind: accepted.kind.code(),
            bytes: stored(accepted.size()),
            dimensions: accepted.dimensions.map(|of| (side(of.width), side(of.height))),
        };
        // A picture that was drawn anew is another size than it came in.
        let came: i64 = store::request_files::size_underway(&mut transaction, partner_id, id).await?.ok_or_else(|| unreadable("state"))?;
        if !store::request_files::mark_ready(&mut transaction, &kept).await? {
            return Err(unreadable("state"));
        }
        if kept.bytes > came {
            if !store::request_files::take_room(&mut transaction, partner_id, kept.bytes - came, stored(keeping.allowance.bytes)).await? {
                let used = store::request_files::used_room(&mut transaction, partner_id).await?;
                return Ok(Err(FileProblem::OverQuota { free: usage(used - came, 0).free(keeping.allowance) }));
            }
        } else {
            store::request_files::give_room_back(&mut transaction, partner_id, came - kept.bytes).await?;
        }
        let change = Change {
            action: "request_file.attach",
            object_kind: "request",
            object_id: &underway.reference,
            partner_id: Some(partner_id),
            before: None,
            after: Some(
                serde_json::json!({ "file": id, "name": accepted.name.as_str(), "kind": accepted.kind.code(), "bytes": kept.bytes }),
            ),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(Ok(id))
    }

    /// Gives back the place and the room of an attachment that came to nothing.
    async fn end_attaching(&self, underway: &Underway, problem: &str) -> Result<()> {
        let mut transaction = self.database.begin(Scope::Partner(underway.partner_id)).await?;
        let ended = store::request_files::mark_refused(&mut transaction, underway.partner_id, underway.id, problem, self.now()).await?;
        if let Some(bytes) = ended {
            store::request_files::give_room_back(&mut transaction, underway.partner_id, bytes).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Takes a file of a request away. One that is away already stays so.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such file or it is another's; [`crate::Refusal::FilesClosed`] where files can't change any more.
    pub async fn request_file_remove(&self, viewer: &Viewer, reference: &str, id: RequestFileId) -> Result<()> {
        let partner_id = viewer.partner_for(Action::AttachFile)?;
        let now = self.now();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let record = store::requests::find_for_update(&mut transaction, Some(partner_id), reference).await?.ok_or(Error::NotFound)?;
        let (_, position) = kind_and_position(&record)?;
        let file = (partner_id, record.id);
        if store::request_files::is_removed(&mut transaction, file, id).await? {
            return Ok(());
        }
        if !position.files_may_change() {
            return Err(crate::Refusal::FilesClosed.into());
        }
        let removed = store::request_files::mark_removed(&mut transaction, file, id, viewer.user_id, now).await?;
        let (name, bytes) = removed.ok_or(Error::NotFound)?;
        store::request_files::give_room_back(&mut transaction, partner_id, bytes).await?;
        let change = Change {
            action: "request_file.remove",
            object_kind: "request",
            object_id: &record.reference,
            partner_id: Some(partner_id),
            before: Some(serde_json::json!({ "file": id, "name": name, "bytes": bytes })),
            after: None,
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Opens a file for reading: a partner its own, staff any.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, it is another's, or it has no such copy.
    pub async fn request_file_open(&self, viewer: &Viewer, id: RequestFileId, copy: FileCopy) -> Result<OpenFile> {
        let partner_id = if viewer.role.is_staff() {
            viewer.require(Action::ViewInbox)?;
            None
        } else {
            Some(viewer.partner_for(Action::ViewOwnPages)?)
        };
        let keeping = self.keeping()?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let file = store::request_files::find_ready(&mut transaction, partner_id, id).await?.ok_or(Error::NotFound)?;
        // Whoever reads slowly holds no connection.
        drop(transaction);
        let kind = file.kind.as_deref().and_then(Kind::from_code).ok_or_else(|| unreadable("kind"))?;
        let name = SafeName::new(file.name.as_deref().unwrap_or_default(), kind);
        let hash = match copy {
            FileCopy::Whole => file.content_hash.ok_or_else(|| unreadable("content_hash"))?,
            FileCopy::Preview => file.preview_hash.ok_or(Error::NotFound)?,
        };
        let hash: ContentHash = hash.parse().map_err(|_| unreadable("content_hash"))?;
        let found = keeping.store.get(hash).await.map_err(Error::unexpected)?;
        let (size, content) = found.ok_or_else(|| Error::unexpected(LostContent(hash)))?;
        Ok(OpenFile { kind, name, size, content })
    }

    /// Deletes contents that no file needs and nobody put of late, and ends uploads whose process died. Doing it again, or in two processes
    /// at once, changes nothing more.
    pub async fn files_collect(&self) -> Result<Collected> {
        let Some(keeping) = self.files() else { return Ok(Collected::default()) };
        let now = self.now();
        let mut collected = Collected::default();

        let mut transaction = self.database.begin(Scope::Staff).await?;
        for (partner_id, id) in store::request_files::abandoned(&mut transaction, now - EXAMINED_WITHIN).await? {
            if let Some(bytes) = store::request_files::mark_refused(&mut transaction, partner_id, id, "abandoned", now).await? {
                store::request_files::give_room_back(&mut transaction, partner_id, bytes).await?;
                collected.abandoned += 1;
            }
        }
        transaction.commit().await?;

        let before = now.checked_sub_signed(keeping.grace).unwrap_or(DateTime::<Utc>::MIN_UTC);
        // The store first: what is put from here on is either known below or not in this list.
        let stored: Vec<_> = futures::TryStreamExt::try_collect(keeping.store.list()).await.map_err(Error::unexpected)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let needed = store::request_files::needed_hashes(&mut transaction).await?;
        drop(transaction);
        let needed: HashSet<ContentHash> =
            needed.into_iter().map(|hash| hash.parse()).collect::<std::result::Result<_, _>>().map_err(|_| unreadable("content_hash"))?;
        for hash in files::orphans(&stored, &needed, before) {
            let mut transaction = self.database.begin(Scope::Staff).await?;
            store::request_files::stop_keeping(&mut transaction).await?;
            // It may have been put again since the list was made.
            if store::request_files::is_needed(&mut transaction, &hash.to_string()).await? {
                continue;
            }
            if keeping.store.delete_unchanged(hash, before).await.map_err(Error::unexpected)? {
                collected.contents += 1;
            }
        }
        Ok(collected)
    }

    /// The files of a request for its page; none where its kind takes no files or this process keeps none.
    pub(crate) async fn request_files_shown(
        &self,
        connection: &mut Connection,
        viewer: &Viewer,
        (partner_id, request_id): (PartnerId, RequestId),
        kind: RequestKind,
        position: Position,
    ) -> Result<Option<RequestFiles>> {
        let (Some(keeping), Some(used_as)) = (self.files(), kind.takes_files()) else { return Ok(None) };
        let files = store::request_files::list(connection, partner_id, request_id).await?;
        let used = store::request_files::used_room(connection, partner_id).await?;
        Ok(Some(RequestFiles {
            used_as,
            files: files.into_iter().map(TryInto::try_into).collect::<Result<_>>()?,
            changeable: viewer.require(Action::AttachFile).is_ok() && position.files_may_change(),
            used: u64::try_from(used).unwrap_or(0),
            limits: keeping.limits(),
        }))
    }
}

/// A row names a content that is not kept.
#[derive(Debug, Error)]
#[error("the content {0} is gone")]
struct LostContent(ContentHash);

fn usage(used: i64, count: i64) -> files::Usage {
    files::Usage { bytes: u64::try_from(used).unwrap_or(0), files_in_request: usize::try_from(count).unwrap_or(usize::MAX) }
}

/// What files of a request are for, and where it is. A kind that takes none has no such page.
fn kind_and_position(record: &store::requests::RequestRecord) -> Result<(FileUse, Position)> {
    let kind: RequestKind = record.kind.parse().map_err(|_| inconsistent("kind"))?;
    let status = record.status.parse().map_err(|_| inconsistent("status"))?;
    let stage = record.stage.as_deref().map(str::parse).transpose().map_err(|_| inconsistent("stage"))?;
    Ok((kind.takes_files().ok_or(Error::NotFound)?, Position { status, stage }))
}
