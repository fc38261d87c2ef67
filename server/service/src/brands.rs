//! The brand of a White Label partner: edited as a draft, looked at, published, brought back; and the brands that pages show,
//! kept at hand so that no page asks the database for them.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use domain::brand::{self, BrandColours, BrandContent, BrandField, BrandForm, PairContrast, style_sheet};
use domain::calendar::BusinessDate;
use domain::custom_host::HostName;
use domain::form::FieldProblem;
use domain::ids::PartnerId;
use domain::level::outlook;
use domain::permission::Action;
use domain::privilege::{self, Privilege};
use domain::verdict::{Verdict, Violation};
pub use files::logo::{LogoPlace, LogoRefusal, PICTURE_BYTES};
use serde_json::json;
use store::Scope;
use store::brands::{Draft, NewVersion};
pub use store::brands::{Picture, PictureHashes, Published};

use crate::audit::{self, Actor, Change};
use crate::custom_hosts::{CustomHost, MOST_HOSTS};
use crate::error::FormProblems;
use crate::{Error, Refusal, Result, Services, Standing, Viewer, model_on};

/// The longest text of a field that a draft keeps, in characters.
const LONGEST_ENTRY: usize = 500;
/// As many versions are listed, newest first.
const VERSIONS_SHOWN: i64 = 20;

/// A published brand, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Brand {
    /// Whose.
    pub partner_id: PartnerId,
    /// Which version: it stands in the address of the style sheet, which never changes.
    pub number: i32,
    /// Name, addresses and the rest.
    pub content: BrandContent,
    /// The scale of colours made of the brand's two.
    pub colours: BrandColours,
    /// What stands at the address of its style sheet.
    pub style_sheet: String,
    /// Another one for another sheet: a release that writes a version's sheet otherwise gives it another address.
    pub style_sheet_mark: String,
    /// Logo on a light ground.
    pub logo_light: Option<Arc<Picture>>,
    /// Logo on a dark ground.
    pub logo_dark: Option<Arc<Picture>>,
    /// Icon of the browser's tab.
    pub favicon: Option<Arc<Picture>>,
}

/// The brands in force on a day, and the names under which partners' portals are reached.
#[derive(Clone, Debug, Default)]
pub struct BrandsInForce {
    day: Option<BusinessDate>,
    by_partner: BTreeMap<PartnerId, Arc<Brand>>,
    hosts: BTreeMap<HostName, PartnerId>,
    pictures: BTreeMap<(PartnerId, String), Arc<Picture>>,
}

impl BrandsInForce {
    /// Whether they were ever read.
    pub(crate) fn is_known(&self) -> bool {
        self.day.is_some()
    }

    /// The brand that a partner's people see; none where it has none, or its model is not White Label (`PRIV-1`).
    pub fn of_partner(&self, partner_id: PartnerId) -> Option<Arc<Brand>> {
        self.by_partner.get(&partner_id).cloned()
    }

    /// Whose portal is reached under a name; none where the name is nobody's.
    pub fn partner_of_host(&self, host: &HostName) -> Option<PartnerId> {
        self.hosts.get(host).copied()
    }

    /// The name under which a partner with a brand is reached; the first one where it has several, none where the portal's own will do.
    pub fn host_of(&self, partner_id: PartnerId) -> Option<HostName> {
        self.by_partner.get(&partner_id)?;
        self.hosts.iter().find(|(_, owner)| **owner == partner_id).map(|(host, _)| host.clone())
    }

    /// A picture that a brand in force shows.
    pub fn picture(&self, partner_id: PartnerId, content_hash: &str) -> Option<Arc<Picture>> {
        self.pictures.get(&(partner_id, content_hash.to_owned())).cloned()
    }
}

/// Keeps [`BrandsInForce`] at hand for a process.
#[derive(Debug, Default)]
pub(crate) struct BrandDirectory {
    present: RwLock<Arc<BrandsInForce>>,
    loading: tokio::sync::Mutex<()>,
}

impl BrandDirectory {
    fn present(&self) -> Arc<BrandsInForce> {
        // Nothing panics while it is held, and what stands there is whole.
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, brands: BrandsInForce) {
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(brands);
    }
}

/// The page on which a partner edits its brand.
#[derive(Clone, Debug)]
pub struct BrandPage {
    /// Whose.
    pub partner_id: PartnerId,
    /// Why the brand is not shown and can't be published today (`PRIV-1`); none where it can.
    pub missing: Option<Violation>,
    /// From this day on the brand would not be shown, as the level stands today; none where it stays.
    pub ends_on: Option<BusinessDate>,
    /// The draft as typed.
    pub form: BrandForm,
    /// Its pictures.
    pub pictures: PictureHashes,
    /// How often the draft was changed; 0 before the first time.
    pub version: i32,
    /// What is wrong with the draft.
    pub problems: FormProblems,
    /// The draft's colours and every pair of them, where both colours can be read.
    pub colours: Option<(BrandColours, Vec<PairContrast>)>,
    /// What was published, newest first.
    pub versions: Vec<Published>,
    /// Whether the draft differs from what is published.
    pub changed: bool,
    /// The names of the partner's portal, newest first.
    pub hosts: Vec<CustomHost>,
    /// The portal's own name, to which they have to lead; none of a portal that has none.
    pub portal_host: Option<HostName>,
}

/// What of a brand's draft is looked at.
#[derive(Clone, Debug)]
pub struct BrandPreview {
    /// Whose.
    pub partner_id: PartnerId,
    /// The name as it would be shown.
    pub name: String,
    /// The draft, as far as it can be read; none where a colour can't.
    pub content: Option<BrandContent>,
    /// Its pictures.
    pub pictures: PictureHashes,
    /// How often the draft was changed.
    pub version: i32,
}

/// The fields of a form with what is wrong with each.
fn by_field(problems: &brand::BrandProblems) -> FormProblems {
    problems.iter().map(|(field, problem)| (field.name().to_owned(), problem)).collect()
}

/// The colours of a draft, where both can be read.
fn colours_of(form: &BrandForm) -> Option<BrandColours> {
    Some(BrandColours::derive(form.primary.trim().parse().ok()?, form.accent.trim().parse().ok()?))
}

/// The same for the same sheet.
fn mark(style_sheet: &str) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    style_sheet.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn first_draft(partner_name: &str, at: chrono::DateTime<chrono::Utc>) -> Draft {
    Draft { form: BrandForm::first(partner_name), pictures: PictureHashes::default(), version: 0, changed_at: at }
}

impl Services {
    /// The brands in force today.
    pub async fn brands_in_force(&self) -> Arc<BrandsInForce> {
        let present = self.brands.present();
        if present.day == Some(self.today()) {
            return present;
        }
        let turn = self.brands.loading.lock().await;
        // Who waited for the turn finds that somebody else has done it.
        if self.brands.present().day != Some(self.today())
            && let Err(error) = self.brands_read(&turn).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "brands could not be read anew");
        }
        self.brands.present()
    }

    /// Reads the brands in force anew: regularly, for the changes of other processes.
    pub async fn brands_reload(&self) -> Result<()> {
        let turn = self.brands.loading.lock().await;
        self.brands_read(&turn).await
    }

    /// The same after a change of this process, which is done whether it is seen at once or at the next regular look.
    pub(crate) async fn brands_show_change(&self) {
        if let Err(error) = self.brands_reload().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a change of a brand is recorded and not shown yet");
        }
    }

    async fn brands_read(&self, _turn: &tokio::sync::MutexGuard<'_, ()>) -> Result<()> {
        let before = self.brands.present();
        let today = self.today();
        let mut transaction = self.database.begin_snapshot(Scope::Staff).await?;
        let published = store::brands::newest_of_all(&mut transaction).await?;
        let shown: Vec<(Published, BrandContent)> = published
            .into_iter()
            .filter_map(|mut version| {
                let content = version.content.take()?;
                Some((version, content))
            })
            .collect();
        let ids: Vec<PartnerId> = shown.iter().map(|(version, _)| version.partner_id).collect();
        let terms = store::terms_versions::schedule(&mut transaction).await?;
        let facts = store::partners::facts(&mut transaction, &ids).await?;
        let entitled = |partner_id: PartnerId| {
            facts
                .iter()
                .find(|facts| facts.partner.id == partner_id)
                .is_some_and(|facts| brand::in_force(terms.on(today), model_on(&facts.level, &terms, today)))
        };
        let mut brands = BrandsInForce { day: Some(today), ..BrandsInForce::default() };
        for (version, content) in shown {
            let partner_id = version.partner_id;
            let mut picture = async |hash: Option<&String>| -> Result<Option<Arc<Picture>>> {
                let Some(hash) = hash else { return Ok(None) };
                let key = (partner_id, hash.clone());
                let picture = match before.pictures.get(&key) {
                    Some(picture) => picture.clone(),
                    None => match store::brands::find_picture(&mut transaction, partner_id, hash).await? {
                        Some(picture) => Arc::new(picture),
                        None => return Ok(None),
                    },
                };
                brands.pictures.insert(key, picture.clone());
                Ok(Some(picture))
            };
            let logo_light = picture(version.pictures.logo_light.as_ref()).await?;
            let logo_dark = picture(version.pictures.logo_dark.as_ref()).await?;
            let favicon = picture(version.pictures.favicon.as_ref()).await?;
            if !entitled(partner_id) {
                continue;
            }
            let style_sheet = style_sheet(&content);
            let brand = Brand {
                partner_id,
                number: version.number,
                colours: content.colours(),
                style_sheet_mark: mark(&style_sheet),
                style_sheet,
                content,
                logo_light,
                logo_dark,
                favicon,
            };
            brands.by_partner.insert(partner_id, Arc::new(brand));
        }
        brands.hosts = store::custom_hosts::proven(&mut transaction).await?.into_iter().collect();
        self.brands.replace(brands);
        Ok(())
    }

    /// The style sheet of a published version; it never changes. None where there is no such version.
    pub async fn brand_style_sheet(&self, partner_id: PartnerId, number: i32) -> Result<Option<String>> {
        if let Some(brand) = self.brands_in_force().await.of_partner(partner_id).filter(|brand| brand.number == number) {
            return Ok(Some(brand.style_sheet.clone()));
        }
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let version = store::brands::find_version(&mut transaction, partner_id, number).await?;
        Ok(version.and_then(|version| version.content).map(|content| style_sheet(&content)))
    }

    /// A picture of a published version; what only a draft shows is for the partner's own people.
    pub async fn brand_picture(&self, viewer: Option<&Viewer>, partner_id: PartnerId, content_hash: &str) -> Result<Option<Arc<Picture>>> {
        if let Some(picture) = self.brands_in_force().await.picture(partner_id, content_hash) {
            return Ok(Some(picture));
        }
        let Some(viewer) = viewer.filter(|viewer| viewer.partner_id() == Some(partner_id)) else { return Ok(None) };
        let mut transaction = self.database.begin(viewer.scope()).await?;
        Ok(store::brands::find_picture(&mut transaction, partner_id, content_hash).await?.map(Arc::new))
    }

    /// The page on which a partner edits its brand.
    pub async fn brand_page(&self, viewer: &Viewer) -> Result<BrandPage> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let draft = store::brands::find_draft(&mut transaction, partner_id).await?;
        let versions = store::brands::versions(&mut transaction, partner_id, VERSIONS_SHOWN).await?;
        let hosts = store::custom_hosts::of_partner(&mut transaction, partner_id, i64::from(MOST_HOSTS) * 4).await?;
        let draft = draft.unwrap_or_else(|| first_draft(&standing.facts.partner.name, self.now()));
        let parsed = draft.form.parse();
        let changed = match (&parsed, versions.first()) {
            (Ok(content), Some(newest)) => newest.content.as_ref() != Some(content) || newest.pictures != draft.pictures,
            _ => draft.version > 0,
        };
        let outlook = outlook(&standing.facts.level, &standing.terms, today);
        Ok(BrandPage {
            partner_id,
            missing: privilege::check(standing.terms.on(today), standing.model_on(today), Privilege::Branding),
            ends_on: brand::ends_on(&standing.terms, &outlook),
            colours: colours_of(&draft.form).map(|colours| {
                let contrasts = colours.contrasts();
                (colours, contrasts)
            }),
            problems: parsed.err().map(|problems| by_field(&problems)).unwrap_or_default(),
            form: draft.form,
            pictures: draft.pictures,
            version: draft.version,
            versions,
            changed,
            hosts,
            portal_host: self.host_proofs.iter().flat_map(|proofs| &proofs.own).next().cloned(),
        })
    }

    /// What the partner's people would see if the draft were published.
    pub async fn brand_preview(&self, viewer: &Viewer) -> Result<BrandPreview> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let draft = store::brands::find_draft(&mut transaction, partner_id).await?;
        let draft = draft.unwrap_or_else(|| first_draft(&standing.facts.partner.name, self.now()));
        let partner_name = &standing.facts.partner.name;
        Ok(BrandPreview {
            partner_id,
            name: if draft.form.name.trim().is_empty() { partner_name.clone() } else { draft.form.name.clone() },
            content: draft.form.readable(partner_name),
            pictures: draft.pictures,
            version: draft.version,
        })
    }

    /// Saves the draft as typed, right or wrong. `seen` is the version that the form was made of; gives the new one.
    ///
    /// # Errors
    /// [`Refusal::BrandChanged`] where it was changed since; [`Error::Invalid`] where a text is too long to be kept.
    pub async fn brand_save(&self, viewer: &Viewer, form: &BrandForm, seen: i32) -> Result<i32> {
        let too_long = |text: &str| text.chars().count() > LONGEST_ENTRY;
        let problem = FieldProblem::TooLong { maximum: u32::try_from(LONGEST_ENTRY).unwrap_or(u32::MAX) };
        let problems: FormProblems = BrandField::ALL
            .into_iter()
            .filter(|field| too_long(form.value(*field)))
            .map(|field| (field.name().to_owned(), problem))
            .collect();
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        self.change_draft(viewer, Some(seen), |draft| {
            let changed = draft.form != *form;
            draft.form = form.clone();
            changed
        })
        .await
    }

    /// Draws a picture anew and puts it into the draft; the one before goes, unless a version shows it.
    ///
    /// # Errors
    /// The inner one says why the picture is not taken.
    pub async fn brand_picture_save(
        &self,
        viewer: &Viewer,
        place: LogoPlace,
        sent: Vec<u8>,
    ) -> Result<std::result::Result<i32, LogoRefusal>> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let keeping = self.files().ok_or(Error::NotFound)?;
        let logo = match keeping.draw_logo(sent, place).await {
            Ok(logo) => logo,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let dimension = |side: u32| i32::try_from(side).map_err(Error::unexpected);
        let picture = Picture {
            content_hash: logo.hash.to_string(),
            width: dimension(logo.dimensions.width)?,
            height: dimension(logo.dimensions.height)?,
            bytes: logo.bytes,
        };
        let mut transaction = self.database.begin(viewer.scope()).await?;
        store::brands::insert_picture(&mut transaction, partner_id, &picture, viewer.user_id, self.now()).await?;
        let version = self
            .change_draft_in(&mut transaction, viewer, partner_id, None, |draft| {
                *place_of(&mut draft.pictures, place) = Some(picture.content_hash.clone());
                true
            })
            .await?;
        store::brands::forget_unused_pictures(&mut transaction, partner_id).await?;
        transaction.commit().await?;
        Ok(Ok(version))
    }

    /// Takes a picture out of the draft.
    pub async fn brand_picture_remove(&self, viewer: &Viewer, place: LogoPlace) -> Result<i32> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let version = self
            .change_draft_in(&mut transaction, viewer, partner_id, None, |draft| place_of(&mut draft.pictures, place).take().is_some())
            .await?;
        store::brands::forget_unused_pictures(&mut transaction, partner_id).await?;
        transaction.commit().await?;
        Ok(version)
    }

    async fn change_draft(&self, viewer: &Viewer, seen: Option<i32>, change: impl FnOnce(&mut Draft) -> bool) -> Result<i32> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let version = self.change_draft_in(&mut transaction, viewer, partner_id, seen, change).await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// Changes the draft where `change` says that it did, with the record of it.
    async fn change_draft_in(
        &self,
        connection: &mut store::Connection,
        viewer: &Viewer,
        partner_id: PartnerId,
        seen: Option<i32>,
        change: impl FnOnce(&mut Draft) -> bool,
    ) -> Result<i32> {
        let now = self.now();
        store::brands::lock(connection, partner_id).await?;
        let before = store::brands::find_draft_for_update(connection, partner_id).await?;
        let mut draft = match &before {
            Some(draft) => draft.clone(),
            None => first_draft(viewer.partner.as_ref().map_or("", |partner| &partner.name), now),
        };
        let known = draft.version;
        // What changes nothing is out of date nowhere: the same form, saved while it was written, comes again with a press.
        if !change(&mut draft) && before.is_some() {
            return Ok(known);
        }
        if seen.is_some_and(|seen| seen != known) {
            return Err(Refusal::BrandChanged.into());
        }
        draft.version += 1;
        draft.changed_at = now;
        store::brands::save_draft(connection, partner_id, &draft, viewer.user_id).await?;
        let shown = |draft: &Draft| json!({ "form": draft.form, "logo_light": draft.pictures.logo_light, "logo_dark": draft.pictures.logo_dark, "favicon": draft.pictures.favicon });
        let record = Change {
            action: "brand.edit",
            object_kind: "brand",
            object_id: &partner_id.to_string(),
            partner_id: Some(partner_id),
            before: before.as_ref().map(shown),
            after: Some(shown(&draft)),
        };
        audit::record(connection, Actor::Person(viewer), now, record).await?;
        Ok(draft.version)
    }

    /// Publishes the draft: from now on the partner's people see it. What is published already is not published again.
    ///
    /// # Errors
    /// [`Refusal::Rules`] (`PRIV-1`); [`Refusal::BrandChanged`] where the draft is another than was seen; [`Error::Invalid`] by field;
    /// [`Refusal::BrandContrast`] where a pair of colours is not legible.
    pub async fn brand_publish(&self, viewer: &Viewer, seen: i32) -> Result<()> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        store::brands::lock(&mut transaction, partner_id).await?;
        self.require_branding(&mut transaction, partner_id).await?;
        let draft = store::brands::find_draft_for_update(&mut transaction, partner_id).await?;
        let draft = draft.filter(|draft| draft.version == seen).ok_or(Refusal::BrandChanged)?;
        let content = draft.form.parse().map_err(|problems| Error::Invalid(by_field(&problems)))?;
        content.colours().check_publishable().map_err(Refusal::BrandContrast)?;
        self.record_version(&mut transaction, viewer, partner_id, Some(&content), &draft.pictures, None).await?;
        transaction.commit().await?;
        self.brands_show_change().await;
        Ok(())
    }

    /// Publishes an older version again, and makes it the draft.
    ///
    /// # Errors
    /// Those of [`Services::brand_publish`]; [`Error::NotFound`] where there is no such version, or nothing was shown with it.
    pub async fn brand_restore(&self, viewer: &Viewer, number: i32) -> Result<()> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        store::brands::lock(&mut transaction, partner_id).await?;
        self.require_branding(&mut transaction, partner_id).await?;
        let version = store::brands::find_version(&mut transaction, partner_id, number).await?.ok_or(Error::NotFound)?;
        let content = version.content.ok_or(Error::NotFound)?;
        // The rule may be stricter than it was then.
        content.colours().check_publishable().map_err(Refusal::BrandContrast)?;
        self.record_version(&mut transaction, viewer, partner_id, Some(&content), &version.pictures, Some(number)).await?;
        self.change_draft_in(&mut transaction, viewer, partner_id, None, |draft| {
            draft.form = BrandForm::from(&content);
            draft.pictures = version.pictures.clone();
            true
        })
        .await?;
        transaction.commit().await?;
        self.brands_show_change().await;
        Ok(())
    }

    /// Takes the brand off: the partner's people see the provider's look again. The draft and the versions stay.
    pub async fn brand_take_off(&self, viewer: &Viewer) -> Result<()> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        store::brands::lock(&mut transaction, partner_id).await?;
        self.record_version(&mut transaction, viewer, partner_id, None, &PictureHashes::default(), None).await?;
        transaction.commit().await?;
        self.brands_show_change().await;
        Ok(())
    }

    pub(crate) async fn require_branding(&self, connection: &mut store::Connection, partner_id: PartnerId) -> Result<()> {
        let today = self.today();
        let standing = Standing::load(connection, partner_id).await?;
        let missing = privilege::check(standing.terms.on(today), standing.model_on(today), Privilege::Branding);
        missing.map_or(Ok(()), |violation| Err(Refusal::Rules(Verdict { violations: vec![violation] }).into()))
    }

    async fn record_version(
        &self,
        connection: &mut store::Connection,
        viewer: &Viewer,
        partner_id: PartnerId,
        content: Option<&BrandContent>,
        pictures: &PictureHashes,
        restores: Option<i32>,
    ) -> Result<()> {
        let now = self.now();
        let newest = store::brands::versions(connection, partner_id, 1).await?.into_iter().next();
        let same = match &newest {
            Some(newest) => newest.content.as_ref() == content && newest.pictures == *pictures,
            None => content.is_none(),
        };
        if same {
            return Ok(());
        }
        let number = newest.as_ref().map_or(1, |newest| newest.number + 1);
        let version = NewVersion { partner_id, number, content, pictures, restores, published_by: viewer.user_id, published_at: now };
        if !store::brands::insert_version(connection, version).await? {
            return Err(Refusal::BrandChanged.into());
        }
        let change = Change {
            action: if content.is_none() { "brand.take_off" } else { "brand.publish" },
            object_kind: "brand",
            object_id: &partner_id.to_string(),
            partner_id: Some(partner_id),
            before: newest.map(|newest| json!({ "number": newest.number, "content": newest.content })),
            after: Some(json!({ "number": number, "content": content, "restores": restores })),
        };
        audit::record(connection, Actor::Person(viewer), now, change).await
    }
}

fn place_of(pictures: &mut PictureHashes, place: LogoPlace) -> &mut Option<String> {
    match place {
        LogoPlace::Light => &mut pictures.logo_light,
        LogoPlace::Dark => &mut pictures.logo_dark,
        LogoPlace::Favicon => &mut pictures.favicon,
    }
}
