//! The style sheet of a brand: names that stand here, and values that only a colour or a fixed text can be.

use super::{BrandContent, BrandFont, Colour, ColourScale, ThemeColours};

/// A value that can be written into a sheet. There is no variant for anything that was typed.
#[derive(Clone, Copy)]
enum Value {
    Colour(Colour),
    Fixed(&'static str),
}

/// A declaration: the name of a property and its value.
type Declaration = (&'static str, Value);

/// The names of the steps of [`ColourScale::STEPS`].
const PRIMARY_STEPS: [&str; 11] = [
    "--brand-primary-50",
    "--brand-primary-100",
    "--brand-primary-200",
    "--brand-primary-300",
    "--brand-primary-400",
    "--brand-primary-500",
    "--brand-primary-600",
    "--brand-primary-700",
    "--brand-primary-800",
    "--brand-primary-900",
    "--brand-primary-950",
];
const ACCENT_STEPS: [&str; 11] = [
    "--brand-accent-50",
    "--brand-accent-100",
    "--brand-accent-200",
    "--brand-accent-300",
    "--brand-accent-400",
    "--brand-accent-500",
    "--brand-accent-600",
    "--brand-accent-700",
    "--brand-accent-800",
    "--brand-accent-900",
    "--brand-accent-950",
];

/// The sheet served at `/brand/{id}/{version}.css`, to be loaded after the portal's own. It says what the tokens of
/// `style/tokens.css` are for this brand. The themes stand in `@media screen`, so that on paper the portal's black on white remains.
pub fn style_sheet(content: &BrandContent) -> String {
    let colours = content.colours();
    let radii = content.corners.radii();
    let mut everywhere = brand(&colours.light).to_vec();
    everywhere.extend([
        ("--radius-selector", Value::Fixed(radii.selector)),
        ("--radius-field", Value::Fixed(radii.field)),
        ("--radius-box", Value::Fixed(radii.card)),
    ]);
    if content.font != BrandFont::GolosText {
        everywhere.push(("--font-sans", Value::Fixed(content.font.families())));
    }
    everywhere.extend(steps(PRIMARY_STEPS, &colours.scale.primary));
    everywhere.extend(steps(ACCENT_STEPS, &colours.scale.accent));

    let (light, dark) = (theme(&colours.light), theme(&colours.dark));
    let mut sheet = String::new();
    rule(&mut sheet, ":root", &everywhere);
    media(&mut sheet, "@media screen", r#":root:not([data-theme="portal-dark"])"#, &light);
    media(&mut sheet, "@media screen and (prefers-color-scheme: dark)", ":root:not([data-theme])", &dark);
    media(&mut sheet, "@media screen", r#":root[data-theme="portal-dark"]"#, &dark);
    sheet
}

/// The brand's colours in a theme.
fn brand(colours: &ThemeColours) -> [Declaration; 5] {
    [
        ("--brand-primary", Value::Colour(colours.primary)),
        ("--brand-primary-hover", Value::Colour(colours.primary_hover)),
        ("--brand-accent", Value::Colour(colours.accent)),
        ("--on-brand-primary", Value::Colour(colours.on_primary)),
        ("--on-brand-accent", Value::Colour(colours.on_accent)),
    ]
}

/// The same, and the tokens made of them.
fn theme(colours: &ThemeColours) -> Vec<Declaration> {
    let mut declarations = brand(colours).to_vec();
    declarations.extend([
        ("--color-primary", Value::Colour(colours.primary)),
        ("--color-primary-content", Value::Colour(colours.on_primary)),
        ("--color-accent", Value::Colour(colours.accent)),
        ("--color-accent-content", Value::Colour(colours.on_accent)),
        ("--link", Value::Colour(colours.link)),
        ("--tint-brand", Value::Colour(colours.tint)),
        ("--data-used", Value::Colour(colours.data)),
    ]);
    declarations
}

fn steps(names: [&'static str; 11], scale: &ColourScale) -> impl Iterator<Item = Declaration> {
    names.into_iter().zip(scale.steps()).map(|(name, (_, colour))| (name, Value::Colour(colour)))
}

fn media(sheet: &mut String, query: &'static str, selector: &'static str, declarations: &[Declaration]) {
    sheet.push_str(query);
    sheet.push_str(" {\n");
    rule(sheet, selector, declarations);
    sheet.push_str("}\n");
}

fn rule(sheet: &mut String, selector: &'static str, declarations: &[Declaration]) {
    sheet.push_str(selector);
    sheet.push_str(" {\n");
    for (name, value) in declarations {
        sheet.push_str(name);
        sheet.push_str(": ");
        match value {
            Value::Colour(colour) => sheet.push_str(&colour.to_string()),
            Value::Fixed(text) => sheet.push_str(text),
        }
        sheet.push_str(";\n");
    }
    sheet.push_str("}\n");
}
