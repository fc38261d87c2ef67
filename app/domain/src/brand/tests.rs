use std::collections::BTreeSet;

use palette::Oklch;
use proptest::prelude::*;

use super::hostile::HOSTILE;
use super::*;
use crate::form::FieldProblem;

fn colour(text: &str) -> Colour {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// A form whose every field is right.
fn form() -> BrandForm {
    BrandForm {
        name: "ООО \"Ромашка\"".to_owned(),
        primary: "#1A4fa0".to_owned(),
        accent: "#0e7c66".to_owned(),
        corners: "round".to_owned(),
        font: "onest".to_owned(),
        support_email: "help@romashka.example".to_owned(),
        support_phone: "+7 (495) 123-45-67".to_owned(),
        site: "https://romashka.example/cloud?from=portal".to_owned(),
        agreement: "https://romashka.example:8443/agreement.pdf".to_owned(),
        sender_name: "Облако Ромашки".to_owned(),
        footer: "© Ромашка, 2026 & друзья".to_owned(),
    }
}

fn content() -> BrandContent {
    form().parse().expect("a form whose every field is right")
}

/// The only problem of a form in which one field was changed.
fn problem(field: BrandField, typed: &str) -> Option<FieldProblem> {
    let mut form = form();
    typed.clone_into(form.value_mut(field));
    let problems = form.parse().err()?;
    assert_eq!(problems.iter().count(), 1, "{field}: {typed:?}");
    problems.of(field)
}

// Colours.

#[test]
fn a_colour_is_read_in_one_spelling_and_printed_in_one() {
    assert_eq!(colour("#1A4fA0").to_string(), "#1a4fa0");
    assert_eq!(colour("#000000"), Colour::BLACK);
    assert_eq!(serde_json::to_string(&Colour::WHITE).expect("a text"), r##""#ffffff""##);
    assert_eq!(serde_json::from_str::<Colour>(r##""#FFFFFF""##).ok(), Some(Colour::WHITE));
    for text in
        ["", "#", "#fff", "#12345", "#1234567", "#12345g", "123456", " #123456", "#123456 ", "#+12345", "#ééé", "#１２３４５６", "white"]
    {
        assert_eq!(text.parse::<Colour>(), Err(FieldProblem::NotAColour), "{text:?}");
        assert!(serde_json::from_value::<Colour>(text.into()).is_err(), "{text:?}");
    }
}

#[test]
fn contrasts_are_those_that_were_published() {
    // WebAIM and the techniques of WCAG (G18) give these for text on white.
    let on_white = [
        ("#000000", 21.0),
        ("#ffffff", 1.0),
        ("#777777", 4.48),
        ("#767676", 4.54),
        ("#949494", 3.03),
        ("#ff0000", 4.0),
        ("#0000ff", 8.59),
        ("#ffff00", 1.07),
        ("#00ff00", 1.37),
    ];
    for (text, ratio) in on_white {
        let measured = colour(text).contrast(Colour::WHITE);
        assert!((measured - ratio).abs() < 0.005, "{text}: {measured}");
        assert!((Colour::WHITE.contrast(colour(text)) - measured).abs() < 1e-12);
    }
}

/// Numbers in an order that only looks like chance, so that a failure comes again (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).expect("a small limit")).expect("below the limit")
    }
}

#[test]
fn a_hundred_thousand_texts_are_refused_or_printed_as_six_digits() {
    let letters: Vec<char> = "0123456789abcdefABCDEF#gG;}{/*\\\"'()+-_. \t\n\r\0\u{200b}\u{202e}а１é💥".chars().collect();
    let (mut numbers, mut accepted, mut refused) = (Numbers(1), 0, 0);
    for round in 0..100_000 {
        // Three kinds: anything, digits after a sign, and a colour with one letter changed, added or dropped.
        let any = |numbers: &mut Numbers, count| (0..count).map(|_| letters[numbers.below(letters.len())]).collect::<Vec<char>>();
        let digits = |numbers: &mut Numbers, count: usize| {
            std::iter::once('#').chain((0..count).map(|_| letters[numbers.below(22)])).collect::<Vec<char>>()
        };
        let text: String = match round % 3 {
            0 => {
                let count = numbers.below(12);
                any(&mut numbers, count).into_iter().collect()
            }
            1 => {
                let count = 5 + numbers.below(3);
                digits(&mut numbers, count).into_iter().collect()
            }
            _ => {
                let mut text = digits(&mut numbers, 6);
                let (at, letter) = (numbers.below(7), letters[numbers.below(letters.len())]);
                match numbers.below(3) {
                    0 => text[at] = letter,
                    1 => text.insert(at, letter),
                    _ => drop(text.remove(at)),
                }
                text.into_iter().collect()
            }
        };
        if let Ok(colour) = text.parse::<Colour>() {
            accepted += 1;
            assert!(is_colour(&colour.to_string()), "{text:?} became {colour}");
            assert_eq!(colour.to_string(), text.to_ascii_lowercase());
        } else {
            refused += 1;
        }
    }
    assert!(accepted > 10_000 && refused > 10_000, "both have to be tried: {accepted} and {refused}");
}

fn is_colour(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

// The portal's own sheet.

fn tokens() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../style/tokens.css");
    std::fs::read_to_string(path).expect("the tokens of the portal")
}

/// A colour of a theme of the portal, from its sheet.
fn token(sheet: &str, theme: &str, name: &str) -> Colour {
    let block = sheet.split(&format!("name: \"{theme}\";")).nth(1).expect("the theme");
    let value = block.split(&format!("{name}: oklch(")).nth(1).and_then(|rest| rest.split(')').next()).expect("the token");
    let numbers: Vec<f64> = value.split(' ').map(|number| number.trim_end_matches('%').parse().expect("a number")).collect();
    Colour::within_gamut(Oklch::new(numbers[0] / 100.0, numbers[1], numbers[2]))
}

#[test]
fn the_grounds_are_those_of_the_portals_sheet() {
    let sheet = tokens();
    for (theme, name) in [(BrandTheme::Light, "portal-light"), (BrandTheme::Dark, "portal-dark")] {
        let read = |token_name: &str| token(&sheet, name, token_name);
        let expected = Ground {
            base_100: read("--color-base-100"),
            base_200: read("--color-base-200"),
            base_300: read("--color-base-300"),
            text: read("--color-base-content"),
            quiet_text: read("--text-quiet"),
        };
        assert_eq!(*theme.ground(), expected, "{name}");
    }
}

#[test]
fn the_portals_own_font_and_corners_are_those_of_its_sheet() {
    let sheet = tokens();
    assert!(sheet.contains(&format!("--font-sans: {};", BrandFont::GolosText.families())));
    let CornerRadii { selector, field, card } = CornerStyle::Soft.radii();
    for token in [format!("--radius-selector: {selector};"), format!("--radius-field: {field};"), format!("--radius-box: {card};")] {
        assert_eq!(sheet.matches(&token).count(), 2, "{token}");
    }
}

#[test]
fn every_token_that_a_brand_sets_is_one_of_the_portal() {
    // These two are the brand's own.
    let is_new = |name: &str| name == "--brand-primary-hover" || name.rsplit('-').next().is_some_and(|step| step.parse::<u16>().is_ok());
    let sheet = tokens();
    for (_, declarations) in rules(&style_sheet(&content())) {
        for (name, _) in declarations.iter().filter(|(name, _)| !is_new(name)) {
            assert!(sheet.contains(&format!("{name}:")), "{name}");
        }
    }
}

// Derived colours.

fn any_colour() -> impl Strategy<Value = Colour> {
    let edge = prop_oneof![Just(0_u8), Just(255_u8), any::<u8>()];
    prop_oneof![any::<[u8; 3]>(), [edge.clone(), edge.clone(), edge]].prop_map(|[red, green, blue]| Colour::new(red, green, blue))
}

/// The hue of a colour in degrees, where it has one that eight bits can hold.
fn hue(colour: Colour) -> Option<f64> {
    let own = colour.oklch();
    (own.chroma > 0.06).then(|| own.hue.into_positive_degrees())
}

fn is_chosen(pair: &PairContrast) -> bool {
    use ContrastPair::{AccentOnBase100, NameOnWhite, PrimaryOnBase100, PrimaryOnBase200};
    pair.theme == BrandTheme::Light && matches!(pair.pair, AccentOnBase100 | NameOnWhite | PrimaryOnBase100 | PrimaryOnBase200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_pair_of_derived_colours_passes_with_any_two_colours(primary in any_colour(), accent in any_colour()) {
        let colours = BrandColours::derive(primary, accent);
        prop_assert_eq!((colours.light.primary, colours.light.accent), (primary, accent));
        for pair in colours.contrasts() {
            prop_assert_eq!(pair.passes, pair.ratio >= pair.required);
            prop_assert!(pair.passes || is_chosen(&pair), "{:?}", pair);
            prop_assert_eq!(pair.mends.is_some(), !pair.passes, "{:?}", pair);
        }
        for theme in BrandTheme::ALL {
            let of = colours.of(theme);
            prop_assert_ne!(of.primary_hover, of.primary);
        }
    }

    #[test]
    fn the_click_beside_any_failing_pair_mends_it_for_good(primary in any_colour(), accent in any_colour(), choice in any::<prop::sample::Index>()) {
        let (mut primary, mut accent, mut clicks) = (primary, accent, 0);
        while let Err(failing) = BrandColours::derive(primary, accent).check_publishable() {
            // Whichever of them is clicked.
            let Mend { field, colour } = failing[choice.index(failing.len())].mends.expect("every failing pair has its mend");
            prop_assert_ne!(colour, if field == ColourField::Primary { primary } else { accent });
            match field {
                ColourField::Primary => primary = colour,
                ColourField::Accent => accent = colour,
            }
            clicks += 1;
            prop_assert!(clicks <= 2);
        }
        prop_assert!(BrandColours::derive(primary, accent).publishable());
        prop_assert_eq!(nearest_passing(primary, accent), vec![]);
    }

    #[test]
    fn a_mend_keeps_the_hue_and_no_lesser_step_would_do(primary in any_colour(), accent in any_colour()) {
        for Mend { field, colour } in nearest_passing(primary, accent) {
            let chosen = if field == ColourField::Primary { primary } else { accent };
            let (before, after) = (chosen.oklch(), colour.oklch());
            if let (Some(before), Some(after)) = (hue(chosen), hue(colour)) {
                let away = (before - after).abs();
                prop_assert!(away.min(360.0 - away) < 3.0, "{} became {}", chosen, colour);
            }
            prop_assert!(after.chroma <= before.chroma + 0.005);
            // A step back of more than eight bits can hold, in either direction: nothing there passes.
            let reach = chosen.distance(colour) - 0.008;
            for share in 0..200_i32 {
                let candidate = Colour::within_gamut(Oklch::new(f64::from(share) / 200.0, before.chroma, before.hue));
                if candidate.distance(chosen) < reach {
                    prop_assert!(!super::contrast::passes(field, candidate), "{} became {}, though {} would do", chosen, colour, candidate);
                }
            }
        }
    }

    #[test]
    fn a_colour_that_a_screen_shows_comes_back_from_oklch_unchanged(colour in any_colour()) {
        prop_assert_eq!(Colour::within_gamut(colour.oklch()), colour);
    }

    #[test]
    fn a_scale_goes_from_light_to_dark_in_one_hue_through_the_colour_itself(colour in any_colour()) {
        let scale = BrandColours::derive(colour, colour).scale.primary;
        let steps: Vec<Colour> = scale.steps().map(|(_, step)| step).collect();
        prop_assert!(steps.contains(&colour));
        prop_assert!(steps.windows(2).all(|pair| pair[0].oklch().l > pair[1].oklch().l), "{:?}", steps);
        if let Some(own) = hue(colour) {
            for away in steps.iter().filter_map(|step| hue(*step)).map(|hue| (hue - own).abs()) {
                prop_assert!(away.min(360.0 - away) < 5.0, "{:?}", steps);
            }
        }
    }

    #[test]
    fn a_colour_may_be_lighter_than_light_without_leaving_the_screen(lightness in -0.5..1.5_f64, chroma in 0.0..0.6_f64, hue in 0.0..360.0_f64) {
        let shown = Colour::within_gamut(Oklch::new(lightness, chroma, hue)).oklch();
        // Near black one step of eight bits is 0.07 of lightness.
        let step = if lightness < 0.15 { 0.07 } else { 0.01 };
        prop_assert!((shown.l - lightness.clamp(0.0, 1.0)).abs() < step, "{:?}", shown);
    }
}

#[test]
fn the_dark_theme_keeps_a_colour_that_is_seen_there_and_lifts_one_that_is_not() {
    let seen = BrandColours::derive(colour("#f2a900"), colour("#3b82f6"));
    assert_eq!((seen.dark.primary, seen.dark.accent), (colour("#f2a900"), colour("#3b82f6")));
    let unseen = BrandColours::derive(colour("#0b1f4b"), Colour::BLACK);
    assert!(unseen.dark.primary.oklch().l > colour("#0b1f4b").oklch().l);
    assert_eq!(unseen.light.on_primary, Colour::WHITE);
    assert_eq!(BrandColours::derive(colour("#ffe600"), Colour::BLACK).light.on_primary, Colour::BLACK);
}

#[test]
fn a_brand_is_published_only_if_every_pair_passes() {
    assert!(content().colours().publishable());
    // Yellow on white: a button that nobody sees, and a name that nobody reads.
    let failing = BrandColours::derive(colour("#ffd400"), colour("#0e7c66")).check_publishable().expect_err("too light");
    let pairs: Vec<ContrastPair> = failing.iter().map(|pair| pair.pair).collect();
    assert_eq!(pairs, [ContrastPair::PrimaryOnBase100, ContrastPair::PrimaryOnBase200, ContrastPair::NameOnWhite]);
    let mends: BTreeSet<String> = failing.iter().filter_map(|pair| pair.mends).map(|mend| mend.colour.to_string()).collect();
    assert_eq!(mends.len(), 1, "one click for all of them: {mends:?}");
    assert_eq!(failing[0].foreground, colour("#ffd400"));
    assert_eq!(failing[0].background, Colour::WHITE);
    // The grey just below and the one just above the limit.
    assert!(!BrandColours::derive(colour("#777777"), Colour::BLACK).publishable());
    assert!(BrandColours::derive(colour("#767676"), colour("#949494")).publishable());
    assert_eq!(nearest_passing(colour("#777777"), Colour::BLACK), [Mend { field: ColourField::Primary, colour: colour("#767676") }]);
    assert_eq!(nearest_passing(Colour::BLACK, colour("#959595")), [Mend { field: ColourField::Accent, colour: colour("#949494") }]);
}

#[test]
fn every_pair_is_measured_in_every_theme_it_occurs_in() {
    let contrasts = content().colours().contrasts();
    assert_eq!(contrasts.len(), 2 * ContrastPair::ALL.len() - 1);
    for pair in ContrastPair::ALL {
        let themes: Vec<BrandTheme> = contrasts.iter().filter(|measured| measured.pair == pair).map(|measured| measured.theme).collect();
        let expected: &[BrandTheme] = if pair == ContrastPair::NameOnWhite { &[BrandTheme::Light] } else { &BrandTheme::ALL };
        assert_eq!(themes, expected, "{pair}");
        assert_eq!(pair.as_str().parse(), Ok(pair));
        let is_read = ["text", "link", "name"].iter().any(|read| pair.as_str().starts_with(read)) || pair == ContrastPair::QuietTextOnTint;
        assert!((pair.required() - if is_read { 4.5 } else { 3.0 }).abs() < 1e-12, "{pair}");
    }
}

// The form.

#[test]
fn a_form_becomes_a_brand_and_a_brand_its_form() {
    let content = content();
    assert_eq!(content.name.as_str(), "ООО \"Ромашка\"");
    assert_eq!(content.heading_colour(), colour("#1a4fa0"));
    assert_eq!(content.theme_colour(BrandTheme::Light), content.primary);
    assert_eq!(content.theme_colour(BrandTheme::Dark), content.colours().dark.primary);
    assert_eq!(content.support_phone.as_ref().map(SupportPhone::href), Some("tel:+74951234567".to_owned()));
    assert_eq!(content.support_email.as_ref().map(SupportEmail::href), Some("mailto:help@romashka.example".to_owned()));
    assert_eq!(BrandForm::from(&content).parse(), Ok(content.clone()));
    let json = serde_json::to_string(&content).expect("a value");
    assert_eq!(serde_json::from_str::<BrandContent>(&json).ok(), Some(content));
}

#[test]
fn what_may_be_left_out_is_and_the_sender_follows_the_name() {
    let least = BrandForm {
        name: " Ромашка: \"облако\" ".to_owned(),
        primary: " #1a4fa0 ".to_owned(),
        accent: "#0e7c66".to_owned(),
        corners: "soft".to_owned(),
        font: "golos_text".to_owned(),
        site: "  ".to_owned(),
        ..BrandForm::default()
    };
    let content = least.parse().expect("nothing else is required");
    assert_eq!(content.sender_name.as_str(), "Ромашка облако");
    assert_eq!((&content.support_email, &content.site, &content.footer), (&None, &None, &None));
    assert_eq!(BrandForm::from(&content).sender_name, "");
    assert_eq!(BrandForm::from(&content).parse(), Ok(content));
    // A name of which no sender can be made needs a sender of its own.
    let unsendable = BrandForm { name: "@@@".to_owned(), sender_name: String::new(), ..form() };
    assert_eq!(unsendable.parse().map_err(|problems| problems.of(BrandField::SenderName)), Err(Some(FieldProblem::Required)));
}

#[test]
fn an_empty_form_names_every_required_field_at_once() {
    let problems = BrandForm::default().parse().expect_err("nothing was typed");
    let required = [BrandField::Name, BrandField::Primary, BrandField::Accent, BrandField::Corners, BrandField::Font];
    assert_eq!(problems.iter().collect::<Vec<_>>(), required.map(|field| (field, FieldProblem::Required)));
    assert!(!problems.is_empty());
    assert_eq!(serde_json::to_value(&problems).expect("a value")["name"], serde_json::json!({ "problem": "required" }));
    assert_eq!(serde_json::from_str::<BrandForm>("{}").ok(), Some(BrandForm::default()));
}

#[test]
fn each_problem_stands_at_its_field() {
    use BrandField::{Accent, Agreement, Corners, Font, Footer, Name, Primary, Site, SupportEmail, SupportPhone};
    let cases = [
        (Name, "Я", FieldProblem::TooShort { minimum: 2 }),
        (Name, &"я".repeat(61), FieldProblem::TooLong { maximum: 60 }),
        (Name, "Ромашка\nоблако", FieldProblem::ForbiddenCharacter { character: '\n' }),
        (Name, "\u{202e}Ромашка", FieldProblem::ForbiddenCharacter { character: '\u{202e}' }),
        (BrandField::SenderName, "Ромашка <a>", FieldProblem::ForbiddenCharacter { character: '<' }),
        (Primary, "red", FieldProblem::NotAColour),
        (Accent, "#12345", FieldProblem::NotAColour),
        (Corners, "oval", FieldProblem::UnknownChoice),
        (Font, "Arial", FieldProblem::UnknownChoice),
        (SupportEmail, "help@romashka", FieldProblem::NotAnEmail),
        (SupportPhone, "1234", FieldProblem::NotAPhone),
        (Site, "http://romashka.example", FieldProblem::NotALink),
        (Agreement, "https://user@romashka.example", FieldProblem::NotALink),
        (Footer, &"я".repeat(201), FieldProblem::TooLong { maximum: 200 }),
    ];
    for (field, typed, expected) in cases {
        assert_eq!(problem(field, typed), Some(expected), "{field}: {typed}");
    }
    assert_eq!(problem(Name, &"я".repeat(60)), None);
    assert_eq!(problem(Footer, &"я".repeat(200)), None);
}

#[test]
fn ordinary_ways_to_reach_a_support_are_taken() {
    for typed in ["8 800 555-35-35", "+7(495)1234567", "(812) 123-45-67", "12345", "+7\u{a0}495\u{a0}123\u{2011}45\u{2011}67"] {
        assert_eq!(problem(BrandField::SupportPhone, typed), None, "{typed}");
    }
    for typed in ["a@b.ru", "first.last+cloud@mail.sub-domain.example", "A_B@xn--e1afmkfd.xn--p1ai"] {
        assert_eq!(problem(BrandField::SupportEmail, typed), None, "{typed}");
    }
    for typed in
        ["https://b.ru", "HTTPS://B.ru/", "https://облако.рф/договор?версия=2#начало", "https://b.ru:443", "https://b.ru/a%20b/(1),2;3"]
    {
        assert_eq!(problem(BrandField::Site, typed), None, "{typed}");
    }
    let long = format!("https://b.ru/{}", "a".repeat(287));
    assert_eq!(problem(BrandField::Site, &long), None);
    assert_eq!(problem(BrandField::Site, &format!("{long}a")), Some(FieldProblem::NotALink));
    let email = format!("a@{}.ru", ["b".repeat(60), "b".repeat(60), "b".repeat(60), "b".repeat(60)].join("."));
    assert_eq!(problem(BrandField::SupportEmail, &email), None);
    assert_eq!(problem(BrandField::SupportEmail, &format!("aaaaaaa{email}")), Some(FieldProblem::NotAnEmail));
}

#[test]
fn codes_are_read_back() {
    for style in CornerStyle::ALL {
        assert_eq!(CornerStyle::from_code(style.code()), Some(style));
        assert_eq!(serde_json::to_value(style).expect("a value"), style.code());
    }
    for font in BrandFont::ALL {
        assert_eq!(BrandFont::from_code(font.code()), Some(font));
        assert_eq!(serde_json::to_value(font).expect("a value"), font.code());
    }
    for field in BrandField::ALL {
        assert_eq!(serde_json::to_value(field).expect("a value"), field.name());
        assert_eq!(serde_json::to_value(form()).expect("a value")[field.name()], form().value(field));
    }
    assert_eq!((CornerStyle::from_code("Square"), BrandFont::from_code("")), (None, None));
}

#[test]
fn only_white_label_has_a_brand_in_force() {
    let terms = Terms::default();
    for model in Model::ALL {
        assert_eq!(in_force(&terms, model), model == Model::WhiteLabel, "{model}");
    }
}

// The sheet.

/// A selector, after the media query around it if there is one, and its declarations.
type Rule<'sheet> = (String, Vec<(&'sheet str, &'sheet str)>);

/// Reads a sheet of rules, perhaps in media queries, and nothing else.
fn rules(sheet: &str) -> Vec<Rule<'_>> {
    let (mut rules, mut open, mut declarations): (Vec<Rule<'_>>, Vec<&str>, Vec<(&str, &str)>) = Default::default();
    let mut rest = sheet.trim_end();
    while !rest.is_empty() {
        let at = rest.find(['{', '}', ';']).unwrap_or_else(|| panic!("what comes after the last rule: {rest:?}"));
        let (before, mark) = (rest[..at].trim(), &rest[at..=at]);
        rest = &rest[at + 1..];
        match mark {
            "{" => {
                assert!(open.iter().all(|outer| outer.starts_with("@media ")), "a rule in a rule: {before:?}");
                assert!(declarations.is_empty());
                open.push(before);
            }
            ";" => {
                assert!(open.last().is_some_and(|rule| !rule.starts_with('@')), "a declaration outside of a rule: {before:?}");
                declarations.push(before.split_once(": ").unwrap_or_else(|| panic!("no declaration: {before:?}")));
            }
            _ => {
                assert_eq!(before, "", "something before the end of a rule");
                let rule = open.pop().expect("an end without a beginning");
                if !rule.starts_with('@') {
                    rules.push((open.iter().chain([&rule]).copied().collect::<Vec<_>>().join(" | "), std::mem::take(&mut declarations)));
                }
            }
        }
    }
    assert!(open.is_empty(), "a rule without an end");
    rules
}

const SELECTORS: [&str; 4] = [
    ":root",
    r#"@media screen | :root:not([data-theme="portal-dark"])"#,
    "@media screen and (prefers-color-scheme: dark) | :root:not([data-theme])",
    r#"@media screen | :root[data-theme="portal-dark"]"#,
];

/// What each rule of a sheet declares, but for the scales and the font.
const EVERYWHERE: [&str; 8] = [
    "--brand-primary",
    "--brand-primary-hover",
    "--brand-accent",
    "--on-brand-primary",
    "--on-brand-accent",
    "--radius-selector",
    "--radius-field",
    "--radius-box",
];
const THEME: [&str; 12] = [
    "--brand-primary",
    "--brand-primary-hover",
    "--brand-accent",
    "--on-brand-primary",
    "--on-brand-accent",
    "--color-primary",
    "--color-primary-content",
    "--color-accent",
    "--color-accent-content",
    "--link",
    "--tint-brand",
    "--data-used",
];
const RADII: [&str; 6] = ["0rem", "0.25rem", "0.5rem", "0.75rem", "1.25rem", "2rem"];
const FONTS: [&str; 3] = [
    r#""Onest", "Onest Fallback", "Onest Fallback Wide", system-ui, sans-serif"#,
    "system-ui, sans-serif",
    r#"Georgia, "Times New Roman", serif"#,
];

/// Panics unless a sheet consists of the rules, names and kinds of values that it may consist of.
fn assert_fixed(sheet: &str) {
    assert!(sheet.is_ascii(), "{sheet}");
    let rules = rules(sheet);
    assert_eq!(rules.iter().map(|(selector, _)| selector.as_str()).collect::<Vec<_>>(), SELECTORS);
    for (selector, declarations) in &rules {
        let mut expected: Vec<String> =
            if selector == ":root" { EVERYWHERE.map(String::from).to_vec() } else { THEME.map(String::from).to_vec() };
        if selector == ":root" {
            if declarations.iter().any(|(name, _)| *name == "--font-sans") {
                expected.push("--font-sans".to_owned());
            }
            for scale in ["--brand-primary", "--brand-accent"] {
                expected.extend(ColourScale::STEPS.map(|step| format!("{scale}-{step}")));
            }
        }
        assert_eq!(declarations.iter().map(|(name, _)| *name).collect::<Vec<_>>(), expected, "{selector}");
        for (name, value) in declarations {
            let fits = match *name {
                "--font-sans" => FONTS.contains(value),
                radius if radius.starts_with("--radius-") => RADII.contains(value),
                _ => is_colour(value),
            };
            assert!(fits, "{name}: {value}");
        }
    }
}

#[test]
fn a_sheet_says_what_the_tokens_are_in_both_themes() {
    let content = content();
    let sheet = style_sheet(&content);
    assert_fixed(&sheet);
    let rules = rules(&sheet);
    let value = |rule: usize, name: &str| rules[rule].1.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned());
    let colours = content.colours();
    assert_eq!(value(0, "--brand-primary"), Some("#1a4fa0".to_owned()));
    assert_eq!(value(0, "--radius-field"), Some("1.25rem".to_owned()));
    assert_eq!(value(0, "--font-sans"), Some(FONTS[0].to_owned()));
    assert_eq!(value(1, "--color-primary"), Some("#1a4fa0".to_owned()));
    assert_eq!(value(1, "--link"), Some(colours.light.link.to_string()));
    for dark in [2, 3] {
        assert_eq!(value(dark, "--color-primary"), Some(colours.dark.primary.to_string()));
        assert_eq!(value(dark, "--data-used"), Some(colours.dark.data.to_string()));
    }
    // The portal's own font is in the portal's own sheet.
    assert!(!style_sheet(&BrandContent { font: BrandFont::GolosText, ..content }).contains("--font-sans"));
}

#[test]
fn every_choice_makes_a_sheet_of_fixed_values() {
    for corners in CornerStyle::ALL {
        for font in BrandFont::ALL {
            assert_fixed(&style_sheet(&BrandContent { corners, font, ..content() }));
        }
    }
}

#[test]
fn the_reader_of_sheets_sees_what_does_not_belong_there() {
    let sheet = style_sheet(&content());
    let spoilt = [
        format!("{sheet}body {{ display: none; }}"),
        format!("@import \"x\";{sheet}"),
        sheet.replacen("#1a4fa0", "red", 1),
        sheet.replacen("#1a4fa0", "#1a4fa0; --link: #ffffff", 1),
        sheet.replacen("1.25rem", "9rem", 1),
        sheet.replacen("#1a4fa0", "#1a4fa0/* */", 1),
        format!("{sheet}x"),
    ];
    for sheet in spoilt {
        assert!(std::panic::catch_unwind(|| assert_fixed(&sheet)).is_err(), "{sheet}");
    }
}

// Hostile texts.

/// Written apart from what reads the texts: no control, no line end, nothing invisible, nothing that turns the text.
fn is_clean(text: &str) -> bool {
    let hidden = "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2066}\u{2067}\u{2068}\u{2069}\u{206f}\u{2800}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{fffe}\u{e000}\u{e0041}\u{e0100}\u{10ffff}";
    text == text.trim() && !text.is_empty() && !text.chars().any(|letter| letter.is_control() || hidden.contains(letter))
}

/// Panics unless every value of a brand is one that can stand where brands stand.
fn assert_harmless(content: &BrandContent) {
    assert_fixed(&style_sheet(content));
    let BrandContent { name, support_email, support_phone, site, agreement, sender_name, footer, .. } = content;
    assert!(is_clean(name.as_str()) && (2..=60).contains(&name.as_str().chars().count()), "{name:?}");
    let sender = sender_name.as_str();
    assert!(
        is_clean(sender) && (2..=60).contains(&sender.chars().count()) && !sender.contains(['<', '>', '"', '@', ',', ';', ':', '\\']),
        "{sender:?}"
    );
    if let Some(footer) = footer {
        assert!(is_clean(footer.as_str()) && footer.as_str().chars().count() <= 200, "{footer:?}");
    }
    if let Some(email) = support_email {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._-+".contains(&byte);
        assert!(
            email.as_str().bytes().all(is_plain) && email.as_str().matches('@').count() == 1 && email.as_str().len() <= 254,
            "{email:?}"
        );
    }
    if let Some(phone) = support_phone {
        assert!(phone.as_str().bytes().all(|byte| byte.is_ascii_digit() || b" +()-".contains(&byte)), "{phone:?}");
        let dialled = phone.href();
        let digits = dialled.strip_prefix("tel:").expect("a number").trim_start_matches('+');
        assert!((5..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()), "{dialled}");
    }
    for address in [site, agreement].into_iter().flatten().map(WebAddress::as_str) {
        assert!(is_clean(address) && address.to_lowercase().starts_with("https://"), "{address:?}");
        let authority = address[8..].split(['/', '?', '#']).next().unwrap_or_default();
        assert!(authority.contains('.') && !authority.contains(['@', '%']), "{address:?}");
        assert!(!address.contains(|letter: char| letter.is_whitespace() || "<>\"'`\\".contains(letter)), "{address:?}");
        assert!(!["%0a", "%0d", "%00"].iter().any(|escape| address.to_lowercase().contains(escape)), "{address:?}");
    }
    // What was stored is read by the same rules.
    let json = serde_json::to_string(content).expect("a value");
    assert_eq!(serde_json::from_str::<BrandContent>(&json).ok().as_ref(), Some(content));
    assert_eq!(BrandForm::from(content).parse().as_ref(), Ok(content));
}

/// What can be done with a hostile text in a field.
fn placed(own: &str, hostile: &str) -> [String; 4] {
    let half = own.char_indices().nth(own.chars().count() / 2).map_or(0, |(at, _)| at);
    [hostile.to_owned(), format!("{own}{hostile}"), format!("{hostile}{own}"), format!("{}{hostile}{}", &own[..half], &own[half..])]
}

#[test]
fn no_hostile_text_gets_through_any_field() {
    assert_eq!(HOSTILE.iter().collect::<BTreeSet<_>>().len(), HOSTILE.len(), "each only once");
    assert!(HOSTILE.len() >= 200, "{}", HOSTILE.len());
    let (mut taken, mut refused) = (0, 0);
    for hostile in HOSTILE {
        for field in BrandField::ALL {
            for typed in placed(form().value(field), hostile) {
                let mut form = form();
                form.value_mut(field).clone_from(&typed);
                match form.parse() {
                    Ok(content) => {
                        taken += 1;
                        assert_harmless(&content);
                    }
                    Err(problems) => {
                        refused += 1;
                        assert!(problems.of(field).is_some(), "{field}: {typed:?}");
                    }
                }
            }
        }
    }
    // Words may be odd; both have to occur, or the test tests nothing.
    assert!(taken > 100 && refused > 10_000, "{taken} taken, {refused} refused");
}

#[test]
fn no_hostile_text_becomes_a_colour_or_a_choice() {
    let known: BTreeSet<&str> = CornerStyle::ALL.map(CornerStyle::code).into_iter().chain(BrandFont::ALL.map(BrandFont::code)).collect();
    for hostile in HOSTILE {
        assert!(hostile.parse::<Colour>().is_err(), "{hostile:?}");
        assert!(
            known.contains(hostile) || (CornerStyle::from_code(hostile).is_none() && BrandFont::from_code(hostile).is_none()),
            "{hostile:?}"
        );
        for field in [BrandField::Primary, BrandField::Accent, BrandField::Corners, BrandField::Font] {
            // Spaces around a value are dropped, line ends among them; whatever else is added spoils it.
            for typed in
                placed(form().value(field), hostile).iter().filter(|typed| typed.trim() != form().value(field) && !is_colour(typed.trim()))
            {
                assert!(problem(field, typed).is_some(), "{field}: {typed:?}");
            }
        }
    }
}

#[test]
fn no_hostile_text_comes_out_of_the_database_either() {
    let stored = serde_json::to_value(content()).expect("a value");
    for hostile in HOSTILE {
        for field in BrandField::ALL {
            let mut changed = stored.clone();
            changed[field.name()] = serde_json::Value::from(*hostile);
            if let Ok(content) = serde_json::from_value::<BrandContent>(changed) {
                assert_harmless(&content);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_form_panic_or_a_sheet_of_its_own(typed in prop::collection::vec(prop_oneof![any::<String>(), "[a-z#:/@.;{}\r\n]{0,30}"], 11), which in any::<prop::sample::Index>()) {
        // All fields at once, and one of them alone.
        let mut all = form();
        for (field, text) in BrandField::ALL.into_iter().zip(&typed) {
            all.value_mut(field).clone_from(text);
        }
        let mut one = form();
        let field = BrandField::ALL[which.index(11)];
        one.value_mut(field).clone_from(&typed[0]);
        for form in [all, one] {
            if let Ok(content) = form.parse() {
                assert_harmless(&content);
            }
        }
    }
}

#[test]
fn what_is_half_typed_takes_nothing_else_out_of_the_preview() {
    let whole = BrandForm {
        primary: "#1a5fb4".to_owned(),
        accent: "#1b6e3c".to_owned(),
        footer: "ООО «Акме»".to_owned(),
        ..BrandForm::first("Акме")
    };
    let content = whole.parse().expect("the first form and two colours are a brand");
    assert_eq!(whole.readable("Партнёр"), Some(content.clone()));
    let half = BrandForm { support_email: "help@".to_owned(), name: String::new(), ..whole.clone() };
    let shown = half.readable("Партнёр").expect("the colours can be read");
    assert_eq!((shown.name.to_string().as_str(), shown.primary, shown.footer), ("Партнёр", content.primary, content.footer));
    assert_eq!(BrandForm { primary: "#1a5".to_owned(), accent: "x".to_owned(), ..whole }.readable("Партнёр"), None);
}
