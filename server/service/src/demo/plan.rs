//! Who is in the demo and what happens to them, relative to the running month.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::bank_account::with_fitting_key;
use domain::calendar::{BusinessDate, Month};
use domain::inn::Inn;
use domain::model::BillingSide;
use domain::money::Money;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::names;
use crate::bank_accounts::BankAccountFields;

/// Months of usage before the running one.
pub(super) const MONTHS: i32 = 18;
/// Clients of each partner.
pub(super) const CLIENTS: usize = 6;

/// A partner and its story. Months are counted back from the running one: 1 is the last month.
pub(super) struct Story {
    /// In e-mail addresses and texts.
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    /// Its member.
    pub(super) member: &'static str,
    pub(super) billing: BillingSide,
    /// Month and day of the contract.
    pub(super) contract: (i32, u32),
    /// Revenue in roubles from a month on, until the next entry.
    revenue: &'static [(i32, i64)],
    /// Month and day of a passed exam.
    pub(super) exam: Option<(i32, u32)>,
    /// Month, day and reason of a decision for Basic.
    pub(super) held: Option<(i32, u32, &'static str)>,
}

const fn story(
    slug: &'static str,
    name: &'static str,
    member: &'static str,
    billing: BillingSide,
    contract: (i32, u32),
    revenue: &'static [(i32, i64)],
) -> Story {
    Story { slug, name, member, billing, contract, revenue, exam: None, held: None }
}

use BillingSide::{Partner, Provider};

/// One partner for every state a level can be in once all months but the last are closed. Amounts stay clear of the minimum.
pub(super) const STORIES: [Story; 11] = [
    // In the first window, the requirement not met.
    story("sever", "ООО «Северный контур»", "Анна Морозова", Provider, (2, 10), &[(2, 9_000)]),
    // In the first window, met by a month.
    story("volna", "ООО «Волна Телеком»", "Игорь Лебедев", Partner, (4, 5), &[(4, 12_000), (3, 46_000), (2, 15_000)]),
    // Safe by an exam, whatever the revenue.
    Story {
        exam: Some((15, 14)),
        ..story("gorizont", "АО «Горизонт Интеграция»", "Мария Соколова", Provider, (17, 6), &[(17, 22_000), (12, 64_000), (5, 24_000)])
    },
    // Watched month by month, and safe so far.
    story("kvadrat", "ООО «Квадрат Системы»", "Павел Орлов", Partner, (18, 1), &[(18, 58_000), (9, 84_000), (4, 112_000)]),
    // About to fall: the last month is too low and not closed.
    story("lotos", "ООО «Лотос Диджитал»", "Елена Крылова", Provider, (14, 20), &[(14, 48_000), (6, 37_000), (1, 21_000)]),
    // Fallen, with the return window open.
    story("ruchey", "ООО «Ручей»", "Сергей Антонов", Provider, (16, 8), &[(16, 52_000), (3, 18_000)]),
    // Fallen, and the last month restores the level once it is closed.
    story("orion", "ООО «Орион Консалт»", "Дарья Белова", Partner, (15, 3), &[(15, 55_000), (4, 16_000), (1, 41_000)]),
    // The first window was missed, and the return window is over.
    story("granit", "ООО «Гранит Софт»", "Виктор Никитин", Provider, (18, 12), &[(18, 8_000)]),
    // Held at Basic by staff.
    Story {
        held: Some((5, 12, "Нарушение правил работы с клиентами: счета выставлялись от имени провайдера.")),
        ..story("almaz", "АО «Алмаз Технологии»", "Олег Фролов", Partner, (13, 15), &[(13, 61_000)])
    },
    // Fallen and returned by revenue.
    story("vega", "ООО «Вега Облачные решения»", "Наталья Гусева", Partner, (16, 2), &[(16, 50_000), (9, 14_000), (7, 56_000)]),
    // Fallen after the first window and returned by an exam.
    Story {
        exam: Some((4, 18)), ..story("iskra", "ООО «Искра Сервис»", "Роман Зайцев", Provider, (12, 25), &[(12, 11_000), (3, 33_000)])
    },
];

impl Story {
    /// Revenue planned for a month so many months ago, RUB; none before the contract.
    fn roubles(&self, months_ago: i32) -> Option<i64> {
        self.revenue.iter().rev().find(|(from, _)| months_ago <= *from).map(|(_, roubles)| *roubles)
    }
}

/// Banks that do not exist: name, BIK, correspondent account up to its key.
const BANKS: [(&str, &str, &str); 3] = [
    ("АО «Первый демонстрационный банк»", "044525901", "30101810000000000901"),
    ("ПАО «Банк Пример»", "044525902", "30101810000000000902"),
    ("ООО «Образцовый банк»", "044030903", "30101810000000000903"),
];

/// What a client uses: service, resource and share.
type Use = (&'static str, &'static str, i64);

/// Services beside the first virtual machine that every client has.
const USES: [Use; 9] = [
    ("kvm", "vm-2", 20),
    ("kvm_vgpu", "gpu-1", 26),
    ("hyperv", "hv-1", 18),
    ("databases", "pg-main", 15),
    ("kubernetes", "k8s-prod", 24),
    ("mont_office", "office-25", 9),
    ("backup", "backup-1", 5),
    ("object_storage", "bucket-files", 4),
    ("network", "ip-block", 3),
];

/// A client of the demo.
pub(super) struct PlannedClient {
    pub(super) name: String,
    pub(super) inn: Inn,
    uses: Vec<Use>,
    /// How large it is beside the partner's others.
    weight: i64,
}

/// The demo's figures: the same for the same seed and running month.
pub(super) struct Plan {
    /// The running month.
    month: Month,
    seed: u64,
    pub(super) partner_inns: Vec<Inn>,
    /// By partner.
    pub(super) clients: Vec<Vec<PlannedClient>>,
    /// A client that only tries.
    pub(super) newcomer: Option<PlannedClient>,
    /// Of the provider.
    pub(super) payer_inn: Option<Inn>,
}

impl Plan {
    pub(super) fn new(seed: u64, today: BusinessDate) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut inns = BTreeSet::new();
        let partner_inns = STORIES.iter().filter_map(|_| new_inn(&mut random, &mut inns, false)).collect();
        let mut number = 0;
        let mut client = |random: &mut StdRng, inns: &mut BTreeSet<String>, place: usize| {
            let (name, is_person) = names::client(number);
            let first = number * 2;
            number += 1;
            let mut uses = vec![("kvm", "vm-1", 30)];
            uses.extend((0..=(place % 3)).map(|more| USES[(first + more) % USES.len()]));
            new_inn(random, inns, is_person).map(|inn| PlannedClient { name, inn, uses, weight: random.random_range(2..=9) })
        };
        let clients = STORIES.iter().map(|_| (0..CLIENTS).filter_map(|place| client(&mut random, &mut inns, place)).collect()).collect();
        let newcomer = client(&mut random, &mut inns, 0);
        let payer_inn = new_inn(&mut random, &mut inns, false);
        Self { month: today.month(), seed, partner_inns, clients, newcomer, payer_inn }
    }

    /// The month so many months ago.
    pub(super) fn month(&self, months_ago: i32) -> Month {
        self.month.plus(-months_ago)
    }

    /// A day of the month so many months ago.
    pub(super) fn day(&self, (months_ago, day): (i32, u32)) -> BusinessDate {
        self.month(months_ago).first_day().plus_days(u64::from(day) - 1)
    }

    /// The billing file of a month, as the provider's billing writes it in Russian.
    pub(super) fn billing_file(&self, months_ago: i32) -> String {
        let mut file = "\u{feff}Партнёр;ИНН клиента;Клиент;Услуга;Ресурс;Месяц;Сумма\r\n".to_owned();
        let month = self.month(months_ago);
        for (number, (story, clients)) in STORIES.iter().zip(&self.clients).enumerate() {
            let age = story.contract.0 - months_ago;
            let Some(roubles) = story.roubles(months_ago).filter(|_| age >= 0) else { continue };
            let mut random =
                StdRng::seed_from_u64(self.seed ^ (u64::try_from(number).unwrap_or_default() << 32) ^ u64::from(month.number()));
            // Half of the clients are there from the first month on, the others come with the second.
            let active = clients.iter().take(if age == 0 { CLIENTS / 2 } else { CLIENTS });
            let shares: Vec<(&PlannedClient, Use, i64)> = active
                .flat_map(|client| client.uses.iter().map(move |used| (client, *used)))
                .map(|(client, used)| (client, used, client.weight * used.2 * random.random_range(90..=110)))
                .collect();
            let whole: i64 = shares.iter().map(|(_, _, share)| share).sum();
            // A tenth up or down never passes the minimum.
            let kopecks = roubles * random.random_range(92..=108);
            for (client, (service, resource, _), share) in shares {
                let gross = Money::kopecks(kopecks * share / whole).to_string().replace('.', ",");
                let code = code(number);
                // Writing to a string can't fail.
                let _ = write!(
                    file,
                    "{code};{};{};{service};{resource};{:02}.{};{gross}\r\n",
                    client.inn,
                    quoted(&client.name),
                    month.number(),
                    month.year()
                );
            }
        }
        file
    }
}

/// The code of a partner by its place.
pub(super) fn code(place: usize) -> String {
    format!("P-{:04}", place + 1)
}

/// An account whose keys fit its bank; of the provider behind the last partner.
pub(super) fn bank_account(place: usize) -> BankAccountFields {
    let (bank_name, bik, correspondent_account) = BANKS[place % BANKS.len()];
    let stem = format!("407028100{:011}", 1_500_042_700 + place * 1_309);
    BankAccountFields {
        kpp: format!("77{:02}01001", place + 1),
        account: with_fitting_key(&stem, bik).map(String::from).unwrap_or_default(),
        bank_name: bank_name.to_owned(),
        bik: bik.to_owned(),
        correspondent_account: with_fitting_key(correspondent_account, bik).map(String::from).unwrap_or_default(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// An INN that was not drawn before: of 12 digits for a person, of 10 for a company.
fn new_inn(random: &mut StdRng, drawn: &mut BTreeSet<String>, is_person: bool) -> Option<Inn> {
    let regions = ["7701", "7714", "7728", "7802", "7813", "5402", "6670", "1655", "5024", "2310"];
    loop {
        let region = regions.choose(random)?;
        let rest = random.random_range(0..100_000_u32);
        let stem = if is_person { format!("{region}{rest:05}{}", random.random_range(0..10_u32)) } else { format!("{region}{rest:05}") };
        let inn = Inn::complete(&stem)?;
        if drawn.insert(inn.as_str().to_owned()) {
            return Some(inn);
        }
    }
}

/// Client ids by INN.
pub(super) type ClientIds = BTreeMap<String, domain::ids::ClientId>;
