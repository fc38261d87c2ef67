//! `/partner/brand`: the brand as a form, what comes of it beside it, its pictures, its versions, the names of the portal.

use domain::brand::{BrandField, BrandFont, BrandTheme, ContrastPair, CornerStyle, PairContrast};
use domain::rule::Rule;
use domain::verdict::Verdict;
use leptos::prelude::*;
use service::brands::{BrandPage as Loaded, LogoPlace, Published};

use crate::brand::ends_view;
use crate::components::data_table::{Column, DataTable};
use crate::components::date::InstantText;
use crate::components::icon::lucide;
use crate::components::notice::NoticeView;
use crate::components::status::{Status, Tone};
use crate::components::verdict::{RuleLink, VerdictView};
use crate::context::{form_state, query, services};
use crate::form::{Choice, Control, Field, FormState, HiddenField, error_summary};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::brand::brand_island::BrandEditor;
use crate::partner::brand::hosts_view::hosts_view;
use crate::paths;

/// The name of the query in which a refused picture comes back: its code.
pub const PICTURE_PROBLEM: &str = "picture";

/// The brand of the viewer's partner.
#[component]
pub fn BrandPage() -> impl IntoView {
    partner_page(PartnerSection::Brand, async |partner, state| {
        let locale = state.locale;
        let loaded = services()?.brand_page(&partner.viewer).await?;
        let form = form_state().await?;
        let title = td_string!(locale, brand.title);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, brand.lead)} " " <RuleLink locale rule=Rule::Privilege1/></p>
                    </div>
                </div>
                {standing_view(locale, &loaded)}
                <div class="brand-editor">
                    <div class="stack">{form_view(locale, &loaded, &form)}</div>
                    <div class="stack brand-editor__beside">{previews_view(locale, &loaded)}</div>
                </div>
                {contrasts_view(locale, &loaded)}
                {pictures_view(locale, &loaded)}
                {hosts_view(locale, &loaded, &form)}
                {versions_view(locale, &loaded)}
            },
        ))
    })
}

/// Whether the brand is shown, and until when.
fn standing_view(locale: Locale, loaded: &Loaded) -> AnyView {
    if let Some(missing) = &loaded.missing {
        let kept = (!loaded.versions.is_empty()).then(|| view! { <NoticeView tone=Tone::Neutral text=td_string!(locale, brand.kept)/> });
        let verdict = Verdict { violations: vec![missing.clone()] };
        return view! { <VerdictView locale verdict/> {kept} }.into_any();
    }
    let published = loaded.versions.first().is_some_and(|newest| newest.content.is_some());
    let warning = ends_view(locale, loaded.ends_on.filter(|_| published)).map(|warning| {
        view! { {warning} <p><a href=paths::PARTNER_LEVEL>{td_string!(locale, brand.to_level)}</a></p> }
    });
    warning.into_any()
}

/// The fields, and the buttons that save and publish.
fn form_view(locale: Locale, loaded: &Loaded, came_back: &FormState) -> AnyView {
    // What the names of the portal brought back is told beside them.
    let of_hosts = came_back.values.contains_key("host") || came_back.values.contains_key("host_id");
    let mut state = if of_hosts { FormState::default() } else { came_back.clone() };
    for field in BrandField::ALL {
        state.values.entry(field.name().to_owned()).or_insert_with(|| loaded.form.value(field).to_owned());
    }
    let labels = BrandField::ALL.map(|field| (field.name().to_owned(), label(locale, field).to_owned())).to_vec();
    let text = |field: BrandField, hint: Option<&'static str>, optional: bool, autocomplete: &'static str| {
        let control = if field == BrandField::SupportEmail { Control::Email } else { Control::Text };
        let (state, label) = (state.field(field.name()), label(locale, field));
        match hint {
            Some(hint) => {
                view! { <Field locale field=state label hint=hint.to_owned() control optional condition=!optional autocomplete/> }
                    .into_any()
            }
            None => view! { <Field locale field=state label control optional condition=!optional autocomplete/> }.into_any(),
        }
    };
    let colour = |field: BrandField, hint: &'static str| {
        let control = format!("field-{}", field.name());
        let shown = state.values.get(field.name()).filter(|colour| colour.parse::<domain::brand::Colour>().is_ok());
        let shown = shown.cloned().unwrap_or_else(|| "#3d5398".to_owned());
        let pick = td_string!(locale, brand.pick, field = label(locale, field));
        view! {
            <div class="brand-colour">
                {text(field, Some(hint), false, "off")}
                <input class="brand-colour__pick" r#type="color" value=shown data-colour=control aria-label=pick/>
            </div>
        }
    };
    let corners = CornerStyle::ALL.map(|style| Choice::new(style.code(), corner_name(locale, style))).to_vec();
    let fonts = BrandFont::ALL.map(|font| Choice::new(font.code(), font_name(locale, font))).to_vec();
    view! {
        <form class="form" id="brand-form" method="post" action=paths::API_BRAND_SAVE>
            {error_summary(locale, &state, labels)}
            // Enter in a field saves: the first button of a form is the one that Enter presses.
            <button class="visually-hidden" type="submit" name="gesture" value="save" tabindex="-1" aria-hidden="true"></button>
            <input type="hidden" id="brand-version" name="version" value=loaded.version.to_string()/>
            {text(BrandField::Name, Some(td_string!(locale, brand.hint.name)), false, "off")}
            {colour(BrandField::Primary, td_string!(locale, brand.hint.primary))}
            {colour(BrandField::Accent, td_string!(locale, brand.hint.accent))}
            <Field locale field=state.field(BrandField::Corners.name()).or_value("soft") label=label(locale, BrandField::Corners) control=Control::Radio(corners)/>
            <Field locale field=state.field(BrandField::Font.name()).or_value("golos_text") label=label(locale, BrandField::Font) control=Control::Select(fonts)/>
            {text(BrandField::SupportEmail, None, true, "off")}
            {text(BrandField::SupportPhone, None, true, "off")}
            {text(BrandField::Site, Some(td_string!(locale, brand.hint.site)), true, "off")}
            {text(BrandField::Agreement, Some(td_string!(locale, brand.hint.agreement)), true, "off")}
            {text(BrandField::SenderName, Some(td_string!(locale, brand.hint.sender_name)), true, "off")}
            {text(BrandField::Footer, Some(td_string!(locale, brand.hint.footer)), true, "off")}
            <div id="brand-state">{state_view(locale, loaded)}</div>
            <div class="actions">
                {(loaded.missing.is_none()).then(|| view! { <button class="btn btn-primary" type="submit" name="gesture" value="publish">{td_string!(locale, brand.publish)}</button> })}
                <button class="btn" type="submit" name="gesture" value="save">{td_string!(locale, brand.save)}</button>
            </div>
            <BrandEditor locale/>
        </form>
    }
    .into_any()
}

/// Whether what is edited is what is shown, and what keeps it from being published.
fn state_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let number = loaded.versions.first().filter(|newest| newest.content.is_some()).map(|newest| newest.number);
    let standing = match (number, loaded.changed) {
        (Some(number), _) if loaded.missing.is_some() => td_string!(locale, brand.state.off, number = number),
        (None, _) if !loaded.versions.is_empty() => td_string!(locale, brand.state.taken_off).to_owned(),
        (None, _) => td_string!(locale, brand.state.never).to_owned(),
        (Some(number), true) => td_string!(locale, brand.state.changed, number = number),
        (Some(number), false) => td_string!(locale, brand.state.published, number = number),
    };
    let failing = loaded.colours.as_ref().map_or(0, |(_, pairs)| pairs.iter().filter(|pair| !pair.passes).count());
    let failing = (failing > 0).then(|| {
        let count = u32::try_from(failing).unwrap_or(u32::MAX);
        let text = td_string!(locale, brand.state.failing, count = count);
        let about = Some(("#brand-contrasts".to_owned(), td_string!(locale, brand.state.to_contrasts).to_owned()));
        view! { <NoticeView tone=Tone::Bad text about/> }
    });
    view! { <p class="muted">{standing}</p> {failing} }.into_any()
}

/// The draft on a page, light and dark; as on a phone or as on a desk.
fn previews_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let frame = |theme: BrandTheme, id: &'static str, name: &'static str| {
        let address = paths::brand_preview(theme_name(theme), loaded.version);
        view! {
            <figure class="brand-preview__frame">
                <figcaption><a href=address.clone()>{name}</a></figcaption>
                <div class="brand-preview__window"><iframe id=id src=address title=name inert></iframe></div>
            </figure>
        }
    };
    view! {
        <section class="card stack brand-preview" aria-labelledby="preview-title">
            <h2 class="card-title" id="preview-title">{td_string!(locale, brand.preview.title)}</h2>
            <fieldset class="row brand-preview__widths">
                <legend class="visually-hidden">{td_string!(locale, brand.preview.width)}</legend>
                <label class="choice"><input class="radio" type="radio" name="preview-width" id="preview-phone" checked/><span>{td_string!(locale, brand.preview.phone)}</span></label>
                <label class="choice"><input class="radio" type="radio" name="preview-width" id="preview-desk"/><span>{td_string!(locale, brand.preview.desk)}</span></label>
            </fieldset>
            <div class="brand-preview__frames">
                {frame(BrandTheme::Light, "preview-light", td_string!(locale, brand.preview.light))}
                {frame(BrandTheme::Dark, "preview-dark", td_string!(locale, brand.preview.dark))}
            </div>
        </section>
    }
    .into_any()
}

/// Every pair of colours that is in use, with its contrast; beside a failing one the nearest colour that passes.
fn contrasts_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let Some((_, pairs)) = &loaded.colours else {
        let text = td_string!(locale, brand.contrast.no_colours);
        return view! { <section class="card stack" id="brand-contrasts"><h2 class="card-title">{td_string!(locale, brand.contrast.title)}</h2><p class="muted">{text}</p></section> }
            .into_any();
    };
    let (passing, failing): (Vec<&PairContrast>, Vec<&PairContrast>) = pairs.iter().partition(|pair| pair.passes);
    let table = |caption: &'static str, pairs: &[&PairContrast]| {
        let rows: Vec<_> = pairs.iter().map(|pair| pair_row(locale, pair)).collect();
        let columns = vec![
            Column::text(td_string!(locale, brand.contrast.column.pair)),
            Column::text(td_string!(locale, brand.contrast.column.verdict)),
            Column::text(td_string!(locale, brand.contrast.column.sample)),
            Column::figure(td_string!(locale, brand.contrast.column.ratio)),
            Column::figure(td_string!(locale, brand.contrast.column.required)),
        ];
        view! { <DataTable caption columns>{rows}</DataTable> }
    };
    let failures = (!failing.is_empty()).then(|| table(td_string!(locale, brand.contrast.failing), &failing));
    let count = u32::try_from(passing.len()).unwrap_or(u32::MAX);
    view! {
        <section class="card stack" id="brand-contrasts" aria-labelledby="contrasts-title">
            <h2 class="card-title" id="contrasts-title">{td_string!(locale, brand.contrast.title)}</h2>
            <p class="muted">{td_string!(locale, brand.contrast.lead)}</p>
            {failures}
            <details class="disclosure">
                <summary>{td_string!(locale, brand.contrast.passing, count = count)}</summary>
                {table(td_string!(locale, brand.contrast.title), &passing)}
            </details>
        </section>
    }
    .into_any()
}

fn pair_row(locale: Locale, pair: &PairContrast) -> impl IntoView + use<> {
    let theme = match pair.theme {
        BrandTheme::Light => td_string!(locale, brand.contrast.in_light),
        BrandTheme::Dark => td_string!(locale, brand.contrast.in_dark),
    };
    let verdict = if pair.passes {
        view! { <Status tone=Tone::Good icon=lucide::LuCheck label=td_string!(locale, brand.contrast.passes)/> }.into_any()
    } else {
        let mend = pair.mends.map(|mend| {
            let field = mend.field.field();
            let value = format!("mend:{}:{}", field.name(), mend.colour);
            let words = td_string!(locale, brand.contrast.mend, field = label(locale, field), colour = mend.colour.to_string());
            view! {
                <button class="btn btn-sm" type="submit" form="brand-form" name="gesture" value=value>
                    {swatch(&[mend.colour.to_string()])}
                    {words}
                </button>
            }
        });
        view! { <Status tone=Tone::Bad icon=lucide::LuX label=td_string!(locale, brand.contrast.fails)/> {mend} }.into_any()
    };
    let sample = swatch(&[pair.foreground.to_string(), pair.background.to_string()]);
    view! {
        <tr>
            <td class="data-table__main">{pair_name(locale, pair.pair)}<span class="muted small block">{theme}</span></td>
            <td>{verdict}</td>
            <td>{sample}<span class="small figures">{pair.foreground.to_string()}" / "{pair.background.to_string()}</span></td>
            <td class="money">{ratio(locale, pair.ratio)}</td>
            <td class="money">{ratio(locale, pair.required)}</td>
        </tr>
    }
}

/// Colours beside each other. A drawing's `fill` is no style: nothing of it needs `style-src`.
fn swatch(colours: &[String]) -> impl IntoView + use<> {
    let parts: Vec<_> = colours
        .iter()
        .enumerate()
        .map(|(at, colour)| view! { <rect x=(at * 16).to_string() y="0" width="16" height="16" fill=colour.clone()/> })
        .collect();
    let width = (colours.len() * 16).to_string();
    view! { <svg class="brand-swatch" width=width height="16" aria-hidden="true">{parts}</svg> }
}

/// `4,52 : 1`, cut and not rounded: what is below the bound is not shown as if it reached it.
fn ratio(locale: Locale, ratio: f64) -> String {
    format!("{}\u{a0}:\u{a0}1", format::ratio(locale, ratio))
}

/// The pictures: each with the form that replaces it and the button that takes it away.
fn pictures_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let problem =
        query(PICTURE_PROBLEM).and_then(|code| picture_problem(locale, &code)).map(|text| view! { <NoticeView tone=Tone::Bad text/> });
    let cards: Vec<_> = LogoPlace::ALL
        .into_iter()
        .map(|place| {
            let (name, hint, hash) = match place {
                LogoPlace::Light => (td_string!(locale, brand.picture.light), td_string!(locale, brand.picture.light_hint), &loaded.pictures.logo_light),
                LogoPlace::Dark => (td_string!(locale, brand.picture.dark), td_string!(locale, brand.picture.dark_hint), &loaded.pictures.logo_dark),
                LogoPlace::Favicon => (td_string!(locale, brand.picture.favicon), td_string!(locale, brand.picture.favicon_hint), &loaded.pictures.favicon),
            };
            let plate = if place == LogoPlace::Dark { "brand-plate brand-plate--dark" } else { "brand-plate" };
            let shown = hash.as_ref().map(|hash| {
                view! {
                    <p class=plate><img src=paths::brand_picture(loaded.partner_id, hash) alt=name/></p>
                    <form method="post" action=paths::API_BRAND_PICTURE_REMOVE>
                        <HiddenField name="place" value=place.code()/>
                        <button class="btn btn-sm btn-ghost" type="submit">{td_string!(locale, brand.picture.remove, name = name)}</button>
                    </form>
                }
            });
            let control = format!("picture-{}", place.code());
            view! {
                <div class="stack">
                    <h3>{name}</h3>
                    {shown}
                    <form class="row" method="post" action=paths::BRAND_PICTURE_UPLOAD enctype="multipart/form-data">
                        <HiddenField name="place" value=place.code()/>
                        <label class="field__label" r#for=control.clone()>{hint}</label>
                        <input class="file-input" type="file" id=control name="picture" required accept=".svg,.png,.webp,image/svg+xml,image/png,image/webp"/>
                        <button class="btn btn-sm" type="submit">{td_string!(locale, brand.picture.upload, name = name)}</button>
                    </form>
                </div>
            }
        })
        .collect();
    view! {
        <section class="card stack" id="pictures" aria-labelledby="pictures-title">
            <h2 class="card-title" id="pictures-title">{td_string!(locale, brand.picture.title)}</h2>
            <p class="muted">{td_string!(locale, brand.picture.lead)}</p>
            {problem}
            {cards}
        </section>
    }
    .into_any()
}

/// What was published, newest first; each older one can be brought back.
fn versions_view(locale: Locale, loaded: &Loaded) -> AnyView {
    if loaded.versions.is_empty() {
        return ().into_any();
    }
    let newest = loaded.versions.first().map(|version| version.number);
    let rows: Vec<_> = loaded.versions.iter().map(|version| version_row(locale, version, newest, loaded)).collect();
    let columns = vec![
        Column::figure(td_string!(locale, brand.version.column.number)),
        Column::text(td_string!(locale, brand.version.column.published)),
        Column::text(td_string!(locale, brand.version.column.what)),
        Column::text(td_string!(locale, brand.version.column.act)),
    ];
    let shown = loaded.versions.first().is_some_and(|newest| newest.content.is_some());
    let take_off = shown.then(|| {
        view! {
            <details class="disclosure">
                <summary>{td_string!(locale, brand.version.take_off)}</summary>
                <form class="stack" method="post" action=paths::API_BRAND_VERSION>
                    <p>{td_string!(locale, brand.version.take_off_what)}</p>
                    <button class="btn btn-error" type="submit" name="number" value="">{td_string!(locale, brand.version.take_off_button)}</button>
                </form>
            </details>
        }
    });
    view! {
        <section class="card stack" id="versions" aria-labelledby="versions-title">
            <h2 class="card-title" id="versions-title">{td_string!(locale, brand.version.title)}</h2>
            <DataTable caption=td_string!(locale, brand.version.title) columns>{rows}</DataTable>
            {take_off}
        </section>
    }
    .into_any()
}

fn version_row(locale: Locale, version: &Published, newest: Option<i32>, loaded: &Loaded) -> impl IntoView + use<> {
    let entitled = loaded.missing.is_none();
    let what = match (&version.content, version.restores) {
        (None, _) => td_string!(locale, brand.version.taken_off).to_owned(),
        (Some(content), None) => format!("{}, {} / {}", content.name, content.primary, content.accent),
        (Some(content), Some(restored)) => td_string!(locale, brand.version.restored, number = restored, name = content.name.to_string()),
    };
    let is_newest = newest == Some(version.number);
    let act = if is_newest && version.content.is_some() {
        if entitled {
            view! { <Status tone=Tone::Good icon=lucide::LuCheck label=td_string!(locale, brand.version.shown)/> }.into_any()
        } else {
            view! { <Status tone=Tone::Neutral icon=lucide::LuMinus label=td_string!(locale, brand.version.off)/> }.into_any()
        }
    } else if version.content.is_some() && entitled {
        let words = td_string!(locale, brand.version.restore, number = version.number);
        let form = view! {
            <form method="post" action=paths::API_BRAND_VERSION>
                <button class="btn btn-sm" type="submit" name="number" value=version.number.to_string()>{words.clone()}</button>
            </form>
        };
        if loaded.changed {
            // What is written and not published yet would be gone: asked once, in the page.
            view! {
                <details class="disclosure">
                    <summary>{words}</summary>
                    <p>{td_string!(locale, brand.version.restore_what)}</p>
                    {form}
                </details>
            }
            .into_any()
        } else {
            form.into_any()
        }
    } else {
        ().into_any()
    };
    let author = version.published_by_name.clone().unwrap_or_default();
    view! {
        <tr>
            <td class="money">{version.number}</td>
            <td><InstantText locale at=version.published_at/><span class="muted small block">{author}</span></td>
            <td class="data-table__main">{what}</td>
            <td>{act}</td>
        </tr>
    }
}

pub(super) fn theme_name(theme: BrandTheme) -> &'static str {
    match theme {
        BrandTheme::Light => "light",
        BrandTheme::Dark => "dark",
    }
}

fn label(locale: Locale, field: BrandField) -> &'static str {
    match field {
        BrandField::Name => td_string!(locale, brand.field.name),
        BrandField::Primary => td_string!(locale, brand.field.primary),
        BrandField::Accent => td_string!(locale, brand.field.accent),
        BrandField::Corners => td_string!(locale, brand.field.corners),
        BrandField::Font => td_string!(locale, brand.field.font),
        BrandField::SupportEmail => td_string!(locale, brand.field.support_email),
        BrandField::SupportPhone => td_string!(locale, brand.field.support_phone),
        BrandField::Site => td_string!(locale, brand.field.site),
        BrandField::Agreement => td_string!(locale, brand.field.agreement),
        BrandField::SenderName => td_string!(locale, brand.field.sender_name),
        BrandField::Footer => td_string!(locale, brand.field.footer),
    }
}

fn corner_name(locale: Locale, style: CornerStyle) -> &'static str {
    match style {
        CornerStyle::Square => td_string!(locale, brand.corners.square),
        CornerStyle::Soft => td_string!(locale, brand.corners.soft),
        CornerStyle::Round => td_string!(locale, brand.corners.round),
    }
}

fn font_name(locale: Locale, font: BrandFont) -> &'static str {
    match font {
        // The names of fonts are the same in every language.
        BrandFont::GolosText => "Golos Text",
        BrandFont::Onest => "Onest",
        BrandFont::System => td_string!(locale, brand.font.system),
        BrandFont::Serif => td_string!(locale, brand.font.serif),
    }
}

fn pair_name(locale: Locale, pair: ContrastPair) -> &'static str {
    match pair {
        ContrastPair::TextOnPrimary => td_string!(locale, brand.pair.text_on_primary),
        ContrastPair::TextOnPrimaryHover => td_string!(locale, brand.pair.text_on_primary_hover),
        ContrastPair::TextOnAccent => td_string!(locale, brand.pair.text_on_accent),
        ContrastPair::LinkOnBase100 => td_string!(locale, brand.pair.link_on_card),
        ContrastPair::LinkOnBase200 => td_string!(locale, brand.pair.link_on_page),
        ContrastPair::LinkOnBase300 => td_string!(locale, brand.pair.link_on_ground),
        ContrastPair::LinkOnTint => td_string!(locale, brand.pair.link_on_tint),
        ContrastPair::TextOnTint => td_string!(locale, brand.pair.text_on_tint),
        ContrastPair::QuietTextOnTint => td_string!(locale, brand.pair.quiet_text_on_tint),
        ContrastPair::PrimaryOnBase100 => td_string!(locale, brand.pair.primary_on_card),
        ContrastPair::PrimaryOnBase200 => td_string!(locale, brand.pair.primary_on_page),
        ContrastPair::AccentOnBase100 => td_string!(locale, brand.pair.accent_on_card),
        ContrastPair::DataOnBase100 => td_string!(locale, brand.pair.data_on_card),
        ContrastPair::NameOnWhite => td_string!(locale, brand.pair.name_on_white),
    }
}

/// What is wrong with a picture, by its code; nothing for a code that there is not.
fn picture_problem(locale: Locale, code: &str) -> Option<&'static str> {
    Some(match code {
        "too_large" => td_string!(locale, brand.picture.problem.too_large),
        "empty" => td_string!(locale, brand.picture.problem.empty),
        "forbidden_type" => td_string!(locale, brand.picture.problem.forbidden_type),
        "not_a_picture" => td_string!(locale, brand.picture.problem.not_a_picture),
        "animated" => td_string!(locale, brand.picture.problem.animated),
        "too_many_pixels" => td_string!(locale, brand.picture.problem.too_many_pixels),
        "archive_bomb" => td_string!(locale, brand.picture.problem.archive_bomb),
        "damaged" => td_string!(locale, brand.picture.problem.damaged),
        "external_entity" => td_string!(locale, brand.picture.problem.external_entity),
        "script" => td_string!(locale, brand.picture.problem.script),
        "external_reference" => td_string!(locale, brand.picture.problem.external_reference),
        "text" => td_string!(locale, brand.picture.problem.text),
        "embedded_picture" => td_string!(locale, brand.picture.problem.embedded_picture),
        "unsupported" => td_string!(locale, brand.picture.problem.unsupported),
        "too_complex" => td_string!(locale, brand.picture.problem.too_complex),
        "measures" => td_string!(locale, brand.picture.problem.measures),
        "blank" => td_string!(locale, brand.picture.problem.blank),
        _ => return None,
    })
}
