//! A statement of rebates, as the site would hand it in.

use documents::{Brand, Cell, Column, ColumnKind, Document, Fact, Language, Table};
use domain::calendar::{BusinessDate, Month};
use domain::money::Money;
use rust_decimal::Decimal;

/// A name somebody could try out what a template does with it.
pub const HOSTILE: &str = "#eval(\"1+1\") *x* _y_ $z$ <l> @ref `raw` \\ // [a]";

fn pick(language: Language, russian: &str, english: &str) -> String {
    match language {
        Language::Russian => russian.to_owned(),
        Language::English => english.to_owned(),
    }
}

pub fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// `1 234,50 ₽` or `1,234.50 ₽`.
pub fn money(language: Language, amount: Money) -> Cell {
    let plain = amount.to_string();
    let (roubles, kopecks) = plain.trim_start_matches('-').split_once('.').expect("two decimals");
    let (group, point) = match language {
        Language::Russian => ('\u{a0}', ','),
        Language::English => (',', '.'),
    };
    let mut shown = if amount.is_negative() { "\u{2212}".to_owned() } else { String::new() };
    for (at, digit) in roubles.chars().enumerate() {
        if at > 0 && (roubles.len() - at).is_multiple_of(3) {
            shown.push(group);
        }
        shown.push(digit);
    }
    shown.push(point);
    shown.push_str(kopecks);
    shown.push_str("\u{a0}₽");
    Cell::Money { amount, shown }
}

fn date(date: BusinessDate) -> Cell {
    let (year, month, day) = (date.to_string(), date.month().number(), date.to_string());
    Cell::Date { date, shown: format!("{}.{month:02}.{}", &day[8..], &year[..4]) }
}

/// A statement of that many accruals.
pub fn statement(language: Language, rows: usize) -> Document {
    let words = |russian, english| pick(language, russian, english);
    let column = |russian, english, kind| Column { title: words(russian, english), kind };
    let clients = [
        "ООО «Северный ветер»",
        "АО «Производственно-строительная компания „Горизонт“»",
        "ИП Константинопольский Евгений Александрович",
        "Blue River Ltd",
        "ООО «Ромашка»",
    ];
    let first: BusinessDate = "2026-07-01".parse().expect("a date");
    let amounts = |at: usize| Money::kopecks(i64::try_from(at * 791_337 % 9_000_000).expect("small") + 12_345);
    let share = Decimal::new(10, 2);
    let accruals: Vec<Vec<Cell>> = (0..rows)
        .map(|at| {
            let revenue = if at % 23 == 7 { -amounts(at) } else { amounts(at) };
            vec![
                date(first.plus_days((at % 92) as u64)),
                text(if at == 3 { HOSTILE } else { clients[at % clients.len()] }),
                text(["Облако", "KVM", "vGPU"][at % 3]),
                money(language, revenue),
                Cell::Rate { share, shown: words("10 %", "10%") },
                money(language, revenue.times(share)),
            ]
        })
        .collect();
    let revenue: Money = (0..rows).map(|at| if at % 23 == 7 { -amounts(at) } else { amounts(at) }).sum();
    let months = "2026-07".parse::<Month>().expect("a month").through("2026-09".parse().expect("a month"));
    Document {
        title: words("Отчёт о начисленных рибейтах", "Statement of accrued rebates"),
        subtitle: words("III квартал 2026 · ООО «Партнёр»", "Q3 2026 · Partner LLC"),
        language,
        brand: Brand {
            name: words("Облачная платформа", "Cloud Platform"), primary: "#2f4bb8".parse().expect("a colour"), logo: None
        },
        facts: [
            ("Партнёр", "Partner", "ООО «Партнёр», ИНН 7707083893"),
            ("Уровень", "Level", "Professional · White Label"),
            ("Период", "Period", "01.07.2026 – 30.09.2026"),
            ("Начислено", "Accrued", "1 042 310,55 ₽"),
            ("К выплате", "To be paid", "1 031 870,00 ₽"),
            ("Данные биллинга на", "Billing data as of", "01.10.2026, 03:10"),
        ]
        .into_iter()
        .map(|(russian, english, value)| Fact {
            label: words(russian, english),
            value: value.replace(' ', "\u{a0}").replace(",\u{a0}", ", "),
        })
        .collect(),
        tables: vec![
            Table {
                caption: words("По месяцам", "By month"),
                columns: vec![
                    column("Месяц", "Month", ColumnKind::Words),
                    column("Клиентов", "Clients", ColumnKind::Figures),
                    column("Выручка", "Revenue", ColumnKind::Figures),
                    column("Рибейт", "Rebate", ColumnKind::Figures),
                ],
                rows: months
                    .zip([(12, 120_450_050), (14, 98_700_000), (13, 112_041_005)])
                    .map(|(month, (count, kopecks))| {
                        vec![
                            Cell::Month { month, shown: month.to_string() },
                            Cell::Count { count, shown: count.to_string() },
                            money(language, Money::kopecks(kopecks)),
                            money(language, Money::kopecks(kopecks / 10)),
                        ]
                    })
                    .collect(),
                total: None,
                empty: words("Начислений нет", "No accruals"),
            },
            Table {
                caption: words("Начисления по клиентам", "Accruals by client"),
                columns: vec![
                    column("Дата", "Date", ColumnKind::Label),
                    column("Клиент", "Client", ColumnKind::Words),
                    column("Услуга", "Service", ColumnKind::Label),
                    column("Выручка без НДС", "Revenue before tax", ColumnKind::Figures),
                    column("Ставка", "Rate", ColumnKind::Figures),
                    column("Рибейт", "Rebate", ColumnKind::Figures),
                ],
                rows: accruals,
                total: Some(vec![
                    text(&words("Итого", "Total")),
                    Cell::Empty,
                    Cell::Empty,
                    money(language, revenue),
                    Cell::Empty,
                    money(language, revenue.times(share)),
                ]),
                empty: words("Начислений нет", "No accruals"),
            },
            Table {
                caption: words("Корректировки", "Corrections"),
                columns: vec![
                    column("Дата", "Date", ColumnKind::Label),
                    column("Основание", "Reason", ColumnKind::Words),
                    column("Сумма", "Amount", ColumnKind::Figures),
                ],
                rows: Vec::new(),
                total: None,
                empty: words("За период корректировок не было.", "There were no corrections in this period."),
            },
        ],
        notes: vec![
            words(
                "Рибейт начисляется на выручку клиента без НДС, оплаченную до последнего дня квартала (правило RBT-1).",
                "The rebate is accrued on what clients paid before tax until the last day of the quarter (rule RBT-1).",
            ),
            words("Отрицательные суммы — возвраты клиентам.", "Negative amounts are refunds to clients."),
        ],
        generated: words("Сформировано 01.10.2026, 09:00", "Made on 01.10.2026, 09:00"),
        issued: "2026-10-01".parse().expect("a date"),
    }
}
