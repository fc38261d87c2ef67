//! What the page of the brand posts to.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::error::AppError;

/// Saves the draft of the brand as typed, and then does what the pressed button says.
#[server(prefix = "/api", endpoint = "brand/save")]
pub async fn brand_save(
    /// The fields of the brand, the version that the form was made of, and the gesture: `save`, `publish`, or `mend`, a field and its
    /// colour with colons between.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    use domain::brand::{BrandField, BrandForm};

    use crate::context::{services, viewer};
    use crate::form::{FormRefusal, FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let (services, viewer) = (services()?, viewer()?);
    let mut form = BrandForm::default();
    for field in BrandField::ALL {
        if let Some(text) = fields.get(field.name()) {
            field_of(&mut form, field).clone_from(text);
        }
    }
    let gesture = fields.get("gesture").map(String::as_str).unwrap_or_default();
    let mut mended = gesture.strip_prefix("mend:").and_then(|mend| mend.split_once(':'));
    if let Some((field, colour)) = mended.take() {
        let field = BrandField::ALL.into_iter().find(|known| known.name() == field).ok_or(AppError::BadRequest)?;
        colour.clone_into(field_of(&mut form, field));
    }
    let values = BrandField::ALL.into_iter().map(|field| (field.name().to_owned(), form.value(field).to_owned())).collect();
    let Some(seen) = fields.get("version").and_then(|version| version.parse().ok()) else {
        return FormState { values, refusal: Some(FormRefusal::Unreadable), ..FormState::default() }.send_back(paths::PARTNER_BRAND).await;
    };
    let done = match services.brand_save(&viewer, &form, seen).await {
        Ok(version) if gesture == "publish" => services.brand_publish(&viewer, version).await.map(|()| Notice::BrandPublished),
        Ok(_) => Ok(Notice::BrandSaved),
        Err(error) => Err(error),
    };
    match done {
        Ok(notice) => {
            redirect(&paths::with_query(paths::PARTNER_BRAND, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(values, error)?.send_back(paths::PARTNER_BRAND).await,
    }
}

#[cfg(feature = "ssr")]
fn field_of(form: &mut domain::brand::BrandForm, field: domain::brand::BrandField) -> &mut String {
    form.value_mut(field)
}

/// Takes a picture out of the draft.
#[server(prefix = "/api", endpoint = "brand/pictures/remove")]
pub async fn brand_picture_remove(
    /// `light`, `dark` or `favicon`.
    #[server(default)]
    place: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::redirect;
    use crate::layouts::Notice;
    use crate::paths;

    let place = service::brands::LogoPlace::from_code(&place).ok_or(AppError::BadRequest)?;
    services()?.brand_picture_remove(&viewer()?, place).await?;
    redirect(&paths::with_query(paths::PARTNER_BRAND, &[("notice", Notice::BrandPictureRemoved.code())]));
    Ok(())
}

/// Brings an older version back, or takes the brand off where none is named.
#[server(prefix = "/api", endpoint = "brand/version")]
pub async fn brand_version(
    /// The version; empty takes the brand off.
    #[server(default)]
    number: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let (services, viewer) = (services()?, viewer()?);
    let done = if number.is_empty() {
        services.brand_take_off(&viewer).await.map(|()| Notice::BrandTakenOff)
    } else {
        let number = number.parse().map_err(|_| AppError::NotFound)?;
        services.brand_restore(&viewer, number).await.map(|()| Notice::BrandRestored)
    };
    match done {
        Ok(notice) => {
            redirect(&paths::with_query(paths::PARTNER_BRAND, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(std::collections::BTreeMap::new(), error)?.send_back(paths::PARTNER_BRAND).await,
    }
}

/// Adds a name under which the portal is to be reached.
#[server(prefix = "/api", endpoint = "hosts/add")]
pub async fn host_add(
    /// The name.
    #[server(default)]
    host: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    match services()?.custom_host_add(&viewer()?, &host).await {
        Ok(()) => {
            redirect(&format!("{}#hosts", paths::with_query(paths::PARTNER_BRAND, &[("notice", Notice::HostAdded.code())])));
            Ok(())
        }
        Err(error) => FormState::refused([("host".to_owned(), host)].into(), error)?.send_back_to(paths::PARTNER_BRAND, "#hosts").await,
    }
}

/// Looks for the record of a name in DNS, or gives the name up.
#[server(prefix = "/api", endpoint = "hosts/check")]
pub async fn host_check(
    /// The name's id.
    #[server(default)]
    id: String,
    /// `check` or `remove`.
    #[server(default)]
    gesture: String,
) -> Result<(), AppError> {
    use domain::ids::CustomHostId;
    use service::custom_hosts::HostCheck;

    use crate::context::{services, viewer};
    use crate::form::{FormRefusal, FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let host: CustomHostId = id.parse().map_err(|_| AppError::NotFound)?;
    let (services, viewer) = (services()?, viewer()?);
    let done = if gesture == "remove" {
        services.custom_host_remove(&viewer, host).await.map(|()| Some(Notice::HostRemoved))
    } else {
        let check = services.custom_host_check(&viewer, host).await;
        check.map(|check| (check == HostCheck::Proven).then_some(Notice::HostProven))
    };
    let values = [("host_id".to_owned(), id)].into();
    match done {
        Ok(Some(notice)) => {
            redirect(&format!("{}#hosts", paths::with_query(paths::PARTNER_BRAND, &[("notice", notice.code())])));
            Ok(())
        }
        Ok(None) => {
            let refusal = Some(FormRefusal::HostNotProven);
            FormState { values, refusal, ..FormState::default() }.send_back_to(paths::PARTNER_BRAND, "#hosts").await
        }
        Err(error) => FormState::refused(values, error)?.send_back_to(paths::PARTNER_BRAND, "#hosts").await,
    }
}
