//! The form of a brand: what was typed, and what comes of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BrandContent, BrandName, Colour, SenderName};
use crate::form::{self, FieldProblem, required};
use crate::model::stable_text;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrandField {
    /// The name of the brand.
    Name,
    /// The primary colour.
    Primary,
    /// The accent colour.
    Accent,
    /// The style of corners.
    Corners,
    /// The font.
    Font,
    /// The support's e-mail address.
    SupportEmail,
    /// The support's telephone number.
    SupportPhone,
    /// The site.
    Site,
    /// The agreement with clients.
    Agreement,
    /// The name that e-mails come from.
    SenderName,
    /// The line below pages and e-mails.
    Footer,
}

stable_text!(BrandField {
    Name => "name",
    Primary => "primary",
    Accent => "accent",
    Corners => "corners",
    Font => "font",
    SupportEmail => "support_email",
    SupportPhone => "support_phone",
    Site => "site",
    Agreement => "agreement",
    SenderName => "sender_name",
    Footer => "footer",
});

impl BrandField {
    /// Every field, in the order of the form.
    pub const ALL: [Self; 11] = [
        Self::Name,
        Self::Primary,
        Self::Accent,
        Self::Corners,
        Self::Font,
        Self::SupportEmail,
        Self::SupportPhone,
        Self::Site,
        Self::Agreement,
        Self::SenderName,
        Self::Footer,
    ];

    /// The name of the field in the form.
    pub fn name(self) -> &'static str {
        self.as_str()
    }
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrandForm {
    /// The name of the brand.
    pub name: String,
    /// The primary colour, `#rrggbb`.
    pub primary: String,
    /// The accent colour, `#rrggbb`.
    pub accent: String,
    /// The code of a [`super::CornerStyle`].
    pub corners: String,
    /// The code of a [`super::BrandFont`].
    pub font: String,
    /// The support's e-mail address; may be empty.
    pub support_email: String,
    /// The support's telephone number; may be empty.
    pub support_phone: String,
    /// The site; may be empty.
    pub site: String,
    /// The agreement with clients; may be empty.
    pub agreement: String,
    /// The name that e-mails come from; the brand's own where it is empty.
    pub sender_name: String,
    /// The line below pages and e-mails; may be empty.
    pub footer: String,
}

/// What is wrong with the form, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BrandProblems(BTreeMap<BrandField, FieldProblem>);

impl BrandProblems {
    /// What is wrong with a field.
    pub fn of(&self, field: BrandField) -> Option<FieldProblem> {
        self.0.get(&field).copied()
    }

    /// Every field with a problem, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = (BrandField, FieldProblem)> {
        self.0.iter().map(|(field, problem)| (*field, *problem))
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, or nothing and a problem more.
    fn take<Value>(&mut self, field: BrandField, read: Result<Value, FieldProblem>) -> Option<Value> {
        read.map_err(|problem| self.0.insert(field, problem)).ok()
    }
}

impl BrandForm {
    /// What was typed into a field.
    pub fn value(&self, field: BrandField) -> &str {
        match field {
            BrandField::Name => &self.name,
            BrandField::Primary => &self.primary,
            BrandField::Accent => &self.accent,
            BrandField::Corners => &self.corners,
            BrandField::Font => &self.font,
            BrandField::SupportEmail => &self.support_email,
            BrandField::SupportPhone => &self.support_phone,
            BrandField::Site => &self.site,
            BrandField::Agreement => &self.agreement,
            BrandField::SenderName => &self.sender_name,
            BrandField::Footer => &self.footer,
        }
    }

    /// The same, to be changed.
    pub fn value_mut(&mut self, field: BrandField) -> &mut String {
        match field {
            BrandField::Name => &mut self.name,
            BrandField::Primary => &mut self.primary,
            BrandField::Accent => &mut self.accent,
            BrandField::Corners => &mut self.corners,
            BrandField::Font => &mut self.font,
            BrandField::SupportEmail => &mut self.support_email,
            BrandField::SupportPhone => &mut self.support_phone,
            BrandField::Site => &mut self.site,
            BrandField::Agreement => &mut self.agreement,
            BrandField::SenderName => &mut self.sender_name,
            BrandField::Footer => &mut self.footer,
        }
    }

    /// What there is before anything was typed.
    pub fn first(name: &str) -> Self {
        let (corners, font) = (super::CornerStyle::Soft.code().to_owned(), super::BrandFont::GolosText.code().to_owned());
        Self { name: name.to_owned(), corners, font, ..Self::default() }
    }

    /// What can be shown of a form while it is written: a field that can't be read is as it was at first. None as long as a colour
    /// can't be read.
    pub fn readable(&self, name: &str) -> Option<BrandContent> {
        let problems = match self.parse() {
            Ok(content) => return Some(content),
            Err(problems) => problems,
        };
        let (first, mut readable) = (Self::first(name), self.clone());
        for (field, _) in problems.iter() {
            first.value(field).clone_into(readable.value_mut(field));
        }
        readable.parse().ok()
    }

    /// Reads the form: every problem at once. Whether the colours are legible is another question
    /// ([`super::BrandColours::check_publishable`]): a draft may be worse.
    pub fn parse(&self) -> Result<BrandContent, BrandProblems> {
        let mut problems = BrandProblems::default();
        let name: Option<BrandName> = problems.take(BrandField::Name, self.name.parse());
        let primary = problems.take(BrandField::Primary, colour(&self.primary));
        let accent = problems.take(BrandField::Accent, colour(&self.accent));
        let corners = problems.take(BrandField::Corners, form::choice(&self.corners));
        let font = problems.take(BrandField::Font, form::choice(&self.font));
        let support_email = problems.take(BrandField::SupportEmail, optional(&self.support_email));
        let support_phone = problems.take(BrandField::SupportPhone, optional(&self.support_phone));
        let site = problems.take(BrandField::Site, optional(&self.site));
        let agreement = problems.take(BrandField::Agreement, optional(&self.agreement));
        let chosen: Option<Option<SenderName>> = problems.take(BrandField::SenderName, optional(&self.sender_name));
        let sender_name = match (chosen, &name) {
            (Some(None), Some(name)) => problems.take(BrandField::SenderName, SenderName::of(name)),
            (chosen, _) => chosen.flatten(),
        };
        let footer = problems.take(BrandField::Footer, optional(&self.footer));
        let content = || {
            Some(BrandContent {
                name: name?,
                primary: primary?,
                accent: accent?,
                corners: corners?,
                font: font?,
                support_email: support_email?,
                support_phone: support_phone?,
                site: site?,
                agreement: agreement?,
                sender_name: sender_name?,
                footer: footer?,
            })
        };
        content().ok_or(problems)
    }
}

impl From<&BrandContent> for BrandForm {
    fn from(content: &BrandContent) -> Self {
        // A sender that follows the name goes on following it.
        let is_own = SenderName::of(&content.name).as_ref() != Ok(&content.sender_name);
        Self {
            name: content.name.to_string(),
            primary: content.primary.to_string(),
            accent: content.accent.to_string(),
            corners: content.corners.code().to_owned(),
            font: content.font.code().to_owned(),
            support_email: content.support_email.as_ref().map(ToString::to_string).unwrap_or_default(),
            support_phone: content.support_phone.as_ref().map(ToString::to_string).unwrap_or_default(),
            site: content.site.as_ref().map(ToString::to_string).unwrap_or_default(),
            agreement: content.agreement.as_ref().map(ToString::to_string).unwrap_or_default(),
            sender_name: if is_own { content.sender_name.to_string() } else { String::new() },
            footer: content.footer.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }
}

fn colour(text: &str) -> Result<Colour, FieldProblem> {
    required(text)?.parse()
}

/// A value that may be left out: `None` where there are only spaces.
fn optional<Value: std::str::FromStr<Err = FieldProblem>>(text: &str) -> Result<Option<Value>, FieldProblem> {
    if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) }
}
