//! `/staff/news/new`: a news item is written, checked with how many partners it would reach, and posted.

use domain::telegram_comment::NewsItem;
use leptos::prelude::*;
use service::news_items::NewsForm;

use crate::components::topics::TopicBoxes;
use crate::context::{form_state, services};
use crate::form::{Control, ErrorSummary, Field, FormRefusal, FormState, HiddenField, IdempotencyKey, entries_of};
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::news::server_fns::{CHECKED, REACH};

/// The form.
#[component]
pub fn NewNewsPage() -> impl IntoView {
    staff_page(StaffSection::News, async |viewer, state| {
        let locale = state.locale;
        let form = form_state().await?;
        let loaded = services()?.news_form(&viewer, &NewsItem::topics_in(&entries_of(&form.values))).await?;
        let title = td_string!(locale, telegram_comments.staff.new_title);
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, telegram_comments.staff.path)>
                    <a href=paths::STAFF_NEWS>{td_string!(locale, telegram_comments.staff.title)}</a>
                </nav>
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, telegram_comments.staff.new_lead)}</p></div></div>
                {form_view(locale, loaded, &form)}
            },
        ))
    })
}

fn form_view(locale: Locale, loaded: NewsForm, form: &FormState) -> impl IntoView + use<> {
    let fields = [
        (NewsItem::TITLE, td_string!(locale, telegram_comments.staff.field.title)),
        (NewsItem::TEXT, td_string!(locale, telegram_comments.staff.field.text)),
        (NewsItem::LINK, td_string!(locale, telegram_comments.staff.field.link)),
        (NewsItem::TOPICS, td_string!(locale, telegram_comments.staff.field.topics)),
        (NewsItem::DEADLINE, td_string!(locale, telegram_comments.staff.field.deadline)),
    ];
    let labels = fields.map(|(name, label)| (name, label.to_owned())).to_vec();
    let [(_, title), (_, text), (_, link), (_, topics), (_, deadline)] = fields;
    let chosen = NewsItem::topics_in(&entries_of(&form.values));
    // What was checked can be posted; what came back because it would reach others now can be, too.
    let checked = form.problems.is_empty()
        && form.values.contains_key(CHECKED)
        && matches!(form.refusal, None | Some(FormRefusal::AudienceChanged { .. }));
    let reach = loaded.reach;
    let post = checked.then(|| {
        let words = td_string!(locale, telegram_comments.staff.reach, count = reach);
        let button = (reach > 0).then(|| {
            let label = td_string!(locale, telegram_comments.staff.post, count = reach);
            view! { <button class="btn btn-primary" type="submit" name="gesture" value="post">{label}</button> }
        });
        let nobody = (reach == 0).then(|| view! { <p class="muted">{td_string!(locale, telegram_comments.staff.nobody)}</p> });
        view! {
            <div class="notice" id="reach" role="status">
                <div class="stack">
                    <p><strong>{words}</strong></p>
                    {nobody}
                    <HiddenField name=REACH value=reach.to_string()/>
                    <div class="actions">{button}</div>
                </div>
            </div>
        }
    });
    let check =
        if checked { td_string!(locale, telegram_comments.staff.check_again) } else { td_string!(locale, telegram_comments.staff.check) };
    view! {
        <form class="form card" method="post" action=paths::API_NEWS_POST>
            <ErrorSummary locale form=form.clone() labels/>
            <IdempotencyKey key=loaded.key/>
            <Field locale field=form.field(NewsItem::TITLE) label=title control=Control::Text maximum_length=150/>
            <Field
                locale
                field=form.field(NewsItem::TEXT)
                label=text
                hint=td_string!(locale, telegram_comments.staff.field.text_hint).to_owned()
                control=Control::TextArea
                maximum_length=4000
            />
            <Field
                locale
                field=form.field(NewsItem::LINK)
                label=link
                hint=td_string!(locale, telegram_comments.staff.field.link_hint).to_owned()
                control=Control::Text
                maximum_length=500
            />
            <TopicBoxes locale label=topics chosen reach=loaded.by_topic problem=form.problems.get(NewsItem::TOPICS).copied()/>
            <Field
                locale
                field=form.field(NewsItem::DEADLINE)
                label=deadline
                hint=td_string!(locale, telegram_comments.staff.field.deadline_hint, days = NewsItem::MOST_DAYS)
                control=Control::Date
            />
            {post}
            <div class="actions"><button class="btn" type="submit" name="gesture" value="check">{check}</button></div>
        </form>
    }
}
