//! What pages, e-mails and statements show of a White Label partner's brand (`PRIV-1`) in place of the provider's look.

use std::sync::Arc;

use domain::brand::{BrandContent, BrandTheme};
use domain::calendar::BusinessDate;
use leptos::prelude::*;
use service::brands::{Brand, BrandPreview, Picture, PictureHashes};

use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// A picture on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePicture {
    /// Its address.
    pub address: String,
    /// Pixels; none of a draft's, which may be any.
    pub size: Option<(i32, i32)>,
}

/// A brand as a page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct PageBrand {
    /// The name: in the title, and where there is no logo.
    pub name: String,
    /// The address of its style sheet.
    pub style_sheet: String,
    /// Logo on a light ground.
    pub logo_light: Option<PagePicture>,
    /// Logo on a dark ground.
    pub logo_dark: Option<PagePicture>,
    /// Icon of the browser's tab; without one it has none.
    pub favicon: Option<PagePicture>,
    /// Everything else; none of a draft that can't be read whole.
    pub content: Option<BrandContent>,
}

impl PageBrand {
    /// A published brand.
    pub fn of(brand: &Brand) -> Self {
        let picture = |picture: &Option<Arc<Picture>>| {
            picture.as_ref().map(|picture| PagePicture {
                address: paths::brand_picture(brand.partner_id, &picture.content_hash),
                size: Some((picture.width, picture.height)),
            })
        };
        Self {
            name: brand.content.name.to_string(),
            style_sheet: paths::brand_style_sheet(brand.partner_id, brand.number, &brand.style_sheet_mark),
            logo_light: picture(&brand.logo_light),
            logo_dark: picture(&brand.logo_dark),
            favicon: picture(&brand.favicon),
            content: Some(brand.content.clone()),
        }
    }

    /// A draft, for its preview.
    pub fn of_draft(draft: &BrandPreview) -> Self {
        let picture = |hash: &Option<String>| {
            hash.as_ref().map(|hash| PagePicture { address: paths::brand_picture(draft.partner_id, hash), size: None })
        };
        let PictureHashes { logo_light, logo_dark, favicon } = &draft.pictures;
        Self {
            name: draft.name.clone(),
            style_sheet: paths::brand_draft_sheet(draft.version),
            logo_light: picture(logo_light),
            logo_dark: picture(logo_dark),
            favicon: picture(favicon),
            content: draft.content.clone(),
        }
    }

    /// The colour of the browser's own frame.
    pub fn frame_colour(&self, theme: BrandTheme) -> Option<String> {
        self.content.as_ref().map(|content| content.theme_colour(theme).to_string())
    }
}

/// Logo or name, as the link to the start shows it.
pub fn mark_view(brand: &PageBrand) -> AnyView {
    let image = |picture: &PagePicture, class: &'static str| {
        let (width, height) = picture.size.unzip();
        view! { <img class=class src=picture.address.clone() alt=brand.name.clone() width=width height=height/> }
    };
    match (&brand.logo_light, &brand.logo_dark) {
        (Some(light), Some(dark)) => (image(light, "app-brand__light"), image(dark, "app-brand__dark")).into_any(),
        // A logo made for one ground keeps that ground wherever it stands.
        (Some(light), None) => image(light, "app-brand__plate-light").into_any(),
        (None, Some(dark)) => image(dark, "app-brand__plate-dark").into_any(),
        (None, None) => view! { <span>{brand.name.clone()}</span> }.into_any(),
    }
}

/// What stands at the foot of a branded page: the partner's own words and where to ask.
pub fn foot_view(locale: Locale, brand: &PageBrand) -> Option<AnyView> {
    let content = brand.content.as_ref()?;
    let words = content.footer.as_ref().map(|footer| view! { <span>{footer.to_string()}</span> });
    let email = content.support_email.as_ref().map(|email| {
        view! { <a href=email.href()>{email.to_string()}</a> }
    });
    let phone = content.support_phone.as_ref().map(|phone| {
        view! { <a href=phone.href()>{phone.to_string()}</a> }
    });
    let site = content.site.as_ref().map(|site| {
        view! { <a href=site.to_string() rel="noopener noreferrer">{td_string!(locale, layout.brand.site)}</a> }
    });
    let agreement = content.agreement.as_ref().map(|agreement| {
        view! { <a href=agreement.to_string() rel="noopener noreferrer">{td_string!(locale, layout.brand.agreement)}</a> }
    });
    Some((words, email, phone, site, agreement).into_any())
}

/// That the brand is switched off on a day, and where to see what its people will see then; nothing where it stays.
pub fn ends_view(locale: Locale, ends_on: Option<BusinessDate>) -> Option<AnyView> {
    let text = td_string!(locale, brand.ends_on, date = format::date_long(locale, ends_on?));
    let about = Some((paths::brand_preview_without(), td_string!(locale, brand.see_without).to_owned()));
    Some(view! { <NoticeView tone=Tone::Warning text about/> }.into_any())
}

/// Beside what the title names, whose pages these are.
pub fn site_name(locale: Locale, brand: Option<&PageBrand>) -> String {
    brand.map_or_else(|| td_string!(locale, common.portal).to_owned(), |brand| brand.name.clone())
}
