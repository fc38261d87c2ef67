//! The brand of a White Label partner of the demo.

use domain::brand::BrandForm;

use crate::brands::LogoPlace;

/// Its pictures: a drawing for each place.
pub(super) const LOGOS: [(LogoPlace, &[u8]); 3] = [
    (LogoPlace::Light, include_bytes!("vega-light.svg")),
    (LogoPlace::Dark, include_bytes!("vega-dark.svg")),
    (LogoPlace::Favicon, include_bytes!("vega-icon.svg")),
];

/// What it entered.
pub(super) fn form() -> BrandForm {
    let text = str::to_owned;
    BrandForm {
        name: text("Вега Облако"),
        primary: text("#5b2a9d"),
        accent: text("#b4480f"),
        corners: text("round"),
        font: text("onest"),
        support_email: text("help@vega.example"),
        support_phone: text("+7 495 000-12-34"),
        site: text("https://vega.example"),
        agreement: text("https://vega.example/offer"),
        sender_name: text("Вега Облако"),
        footer: text("ООО «Вега Облачные решения»"),
    }
}
