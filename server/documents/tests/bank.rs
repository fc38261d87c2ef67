//! Files for a bank.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use documents::bank::{
    BankAccountHolder, BankError, BankOrder, BankOrders, Fault, Field, Place, RegistryTitles, client_bank_exchange, registry_csv,
};
use documents::{DocumentError, Language};
use domain::bank_account::account_matches_bik;
use domain::money::Money;
use encoding_rs::WINDOWS_1251;
use proptest::prelude::*;

const BIK: &str = "044525225";
const CORRESPONDENT: &str = "30101810400000000225";

/// An account at the bank of that identifier: the one whose key fits.
fn account(bik: &str, serial: u32) -> String {
    (0..10).map(|key| format!("40702810{key}{serial:011}")).find(|account| account_matches_bik(account, bik)).expect("one of ten keys fits")
}

fn holder(name: &str, inn: &str, serial: u32) -> BankAccountHolder {
    BankAccountHolder {
        name: name.to_owned(),
        inn: inn.parse().expect("an INN"),
        kpp: (inn.len() == 10).then(|| "770101001".to_owned()),
        account: account(BIK, serial),
        bank_name: "ПАО СБЕРБАНК г. Москва".to_owned(),
        bik: BIK.to_owned(),
        correspondent_account: CORRESPONDENT.to_owned(),
    }
}

fn orders() -> BankOrders {
    let order = |number, date: &str, payee, kopecks, purpose: &str| BankOrder {
        number,
        date: date.parse().expect("a date"),
        payee,
        amount: Money::kopecks(kopecks),
        purpose: purpose.to_owned(),
    };
    BankOrders {
        sender: "Партнёрский портал".to_owned(),
        created_on: "2026-10-01".parse().expect("a date"),
        created_at: "09:05:00".to_owned(),
        payer: holder("ООО «Облачная платформа»", "7707083893", 1),
        orders: vec![
            order(
                17,
                "2026-10-02",
                holder("ООО «Северный ветер»", "7736050003", 20),
                4_821_055,
                "Рибейт за III квартал 2026 г. по договору № 15, 48 210,55\u{a0}₽. НДС не облагается",
            ),
            order(
                18,
                "2026-10-01",
                holder("ИП Иванов Иван Иванович", "500100732259", 21),
                100,
                "Корректировка \u{2212}1,00;\r\nСумма=999999.00\nКонецДокумента",
            ),
        ],
    }
}

fn file(orders: &BankOrders) -> String {
    let bytes = client_bank_exchange(orders).expect("they are sound");
    let (text, _, broken) = WINDOWS_1251.decode(&bytes);
    assert!(!broken);
    text.into_owned()
}

fn refused(change: impl FnOnce(&mut BankOrders)) -> BankError {
    let mut orders = orders();
    change(&mut orders);
    client_bank_exchange(&orders).expect_err("it is refused")
}

#[test]
fn orders_become_a_file_of_the_exchange_format() {
    let text = file(&orders());
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}

#[test]
fn orders_become_a_registry() {
    let titles = RegistryTitles {
        number: "№".to_owned(),
        date: "Дата".to_owned(),
        payee: "Получатель".to_owned(),
        inn: "ИНН".to_owned(),
        account: "Счёт".to_owned(),
        bik: "БИК".to_owned(),
        amount: "Сумма".to_owned(),
        purpose: "Назначение".to_owned(),
    };
    let mut orders = orders();
    "=1+1".clone_into(&mut orders.orders[1].payee.name);
    let text = String::from_utf8(registry_csv(&orders, &titles, Language::Russian).expect("they are sound")).expect("UTF-8");
    insta::assert_snapshot!(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
    orders.orders.clear();
    let error = registry_csv(&orders, &titles, Language::Russian).expect_err("there are none");
    assert!(matches!(error, DocumentError::Orders(BankError { place: Place::File, fault: Fault::NoOrders })));
}

#[test]
fn the_key_of_an_account_fits_its_bank_only() {
    // Accounts that their holders publish.
    for (account, bik) in [
        ("40702810638050013199", "044525225"),
        ("30101810400000000225", "044525225"),
        ("30101810145250000974", "044525974"),
        ("30101810200000000593", "044525593"),
        ("30101810500000000653", "044030653"),
        ("40102810545370000003", "004525988"),
        ("40101810045250010041", "044525000"),
    ] {
        assert!(account_matches_bik(account, bik), "{account} at {bik}");
    }
    for (account, bik) in [
        ("40702810638050013199", "044525974"),
        ("40702810638050013198", "044525225"),
        ("4070281063805001319", "044525225"),
        ("407028106380500131990", "044525225"),
        ("4070281063805001319A", "044525225"),
        ("40702810638050013199", "04452522"),
        ("40702810638050013199", "O44525225"),
        ("", ""),
    ] {
        assert!(!account_matches_bik(account, bik), "{account} at {bik}");
    }
}

#[test]
fn what_a_bank_would_refuse_is_refused_and_the_order_is_named() {
    let eighteen = |fault| BankError { place: Place::Order(18), fault };
    let payer = |fault| BankError { place: Place::Payer, fault };
    let whole = |fault| BankError { place: Place::File, fault };
    assert_eq!(refused(|orders| orders.orders.clear()), whole(Fault::NoOrders));
    assert_eq!(refused(|orders| orders.created_at = "9:05".to_owned()), whole(Fault::Time));
    assert_eq!(refused(|orders| orders.created_at = "09:05:00\r\n".to_owned()), whole(Fault::Time));
    assert_eq!(refused(|orders| orders.sender = " ".to_owned()), whole(Fault::Empty(Field::Sender)));
    assert_eq!(refused(|orders| orders.payer.account = account("044525974", 1)), payer(Fault::Account));
    assert_eq!(refused(|orders| orders.payer.kpp = Some("77010100".to_owned())), payer(Fault::Kpp));
    assert_eq!(refused(|orders| orders.payer.kpp = Some("7701\r\n001".to_owned())), payer(Fault::Kpp));
    assert_eq!(refused(|orders| orders.orders[1].amount = Money::ZERO), eighteen(Fault::Amount));
    assert_eq!(refused(|orders| orders.orders[1].amount = Money::kopecks(-1)), eighteen(Fault::Amount));
    assert_eq!(refused(|orders| orders.orders[1].payee.bik = "04452522".to_owned()), eighteen(Fault::BankIdentifier));
    assert_eq!(
        refused(|orders| orders.orders[1].payee.correspondent_account = "30101810400000000226".to_owned()),
        eighteen(Fault::CorrespondentAccount)
    );
    assert_eq!(refused(|orders| orders.orders[1].payee.name = "\r\n".to_owned()), eighteen(Fault::Empty(Field::Name)));
    let number = |number| move |orders: &mut BankOrders| orders.orders[1].number = number;
    assert_eq!(refused(number(0)).fault, Fault::Number);
    assert_eq!(refused(number(1_000_000)).fault, Fault::Number);
    let twice = refused(|orders| {
        orders.orders[1].number = 17;
        orders.orders[1].date = orders.orders[0].date;
    });
    assert_eq!(twice, BankError { place: Place::Order(17), fault: Fault::NumberTaken });
    assert_eq!(twice.to_string(), "order 17: another order of the day has the same number");
}

#[test]
fn a_purpose_is_never_cut() {
    let purpose = |length: usize| move |orders: &mut BankOrders| orders.orders[1].purpose = "я".repeat(length);
    let mut orders = orders();
    purpose(210)(&mut orders);
    assert!(file(&orders).contains(&format!("={}\r\n", "я".repeat(210))));
    let too_long = Fault::TooLong { field: Field::Purpose, length: 211, at_most: 210 };
    assert_eq!(refused(purpose(211)), BankError { place: Place::Order(18), fault: too_long });
    // The sign of the rouble becomes four letters.
    let with_sign = refused(|orders| orders.orders[1].purpose = format!("{}₽", "я".repeat(207)));
    assert_eq!(with_sign.fault, too_long);
}

#[test]
fn a_character_that_the_file_cannot_carry_is_named() {
    let error = refused(|orders| orders.orders[1].payee.name = "ТОО «Қазақ»".to_owned());
    assert_eq!(error, BankError { place: Place::Order(18), fault: Fault::Unencodable { field: Field::Name, character: 'Қ' } });
    assert_eq!(error.to_string(), "order 18: Name has a character that windows-1251 has not: 'Қ'");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_adds_a_line(text in prop_oneof![any::<String>(), "[а-яА-Я\r\n\u{85}\u{2028}\u{b}\t =₽]{1,40}"]) {
        let plain = file(&orders()).matches("\r\n").count();
        let mut orders = orders();
        text.clone_into(&mut orders.orders[0].purpose);
        text.clone_into(&mut orders.orders[0].payee.name);
        text.clone_into(&mut orders.orders[0].payee.bank_name);
        if let Ok(bytes) = client_bank_exchange(&orders) {
            let (read, _, _) = WINDOWS_1251.decode(&bytes);
            prop_assert_eq!(read.matches("\r\n").count(), plain);
            prop_assert_eq!(read.matches(['\r', '\n']).count(), 2 * plain);
            prop_assert!(read.split("\r\n").filter(|line| *line == "КонецДокумента").count() == 2);
            prop_assert!(!read.contains(['?', '&', '\0']) || text.contains(['?', '&']));
        }
    }
}

#[test]
fn what_a_line_for_the_bank_may_hold_is_what_its_encoding_has() {
    for character in (0..=0xffff).filter_map(char::from_u32).filter(|character| !character.is_control()) {
        let (_, _, unencodable) = encoding_rs::WINDOWS_1251.encode(character.encode_utf8(&mut [0; 4]));
        assert_eq!(domain::bank_account::is_windows_1251(character), !unencodable, "{character:?}");
    }
}
