//! Orders of payment for a bank: the text format that 1C and clients of banks exchange (`1CClientBankExchange` 1.03),
//! and a registry of the same orders for people.
//!
//! Everything is checked before anything is written: an order that a bank would refuse, or that the file could not
//! carry letter by letter, is an error that names the order.

use std::collections::HashSet;
use std::fmt;

use chrono::Datelike;
use domain::bank_account::{BankLineError, Kpp, NAME_LENGTH, account_matches_bik, bank_line};
use domain::calendar::BusinessDate;
use domain::inn::Inn;
use domain::money::Money;
use encoding_rs::WINDOWS_1251;
use thiserror::Error;

use crate::csv::csv_of_table;
use crate::document::{Cell, Column, ColumnKind, DocumentError, Language, Table};

/// How many characters the purpose of a payment may have.
pub const PURPOSE_LENGTH: usize = 210;
/// Banks keep six digits for the number of an order.
const NUMBERS: std::ops::RangeInclusive<u32> = 1..=999_999;

/// Orders of payment from one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankOrders {
    /// The name of the program that wrote the file.
    pub sender: String,
    /// The day the file is made.
    pub created_on: BusinessDate,
    /// The time of that day, `12:30:00`.
    pub created_at: String,
    /// Who pays.
    pub payer: BankAccountHolder,
    /// At least one, each number once on a day.
    pub orders: Vec<BankOrder>,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankOrder {
    /// 1..=999999.
    pub number: u32,
    /// The day of the order.
    pub date: BusinessDate,
    /// Who gets the money.
    pub payee: BankAccountHolder,
    /// More than nothing.
    pub amount: Money,
    /// What for: at most [`PURPOSE_LENGTH`] characters.
    pub purpose: String,
}

/// Somebody with an account at a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankAccountHolder {
    /// At most [`NAME_LENGTH`] characters.
    pub name: String,
    /// The taxpayer number.
    pub inn: Inn,
    /// The reason code of a company; a person has none.
    pub kpp: Option<String>,
    /// 20 digits, the key among them.
    pub account: String,
    /// The bank's name.
    pub bank_name: String,
    /// The bank's identifier: 9 digits.
    pub bik: String,
    /// The bank's own account at the Bank of Russia: 20 digits.
    pub correspondent_account: String,
}

/// Why orders cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{place}: {fault}")]
pub struct BankError {
    /// Where it is.
    pub place: Place,
    /// What it is.
    pub fault: Fault,
}

/// A part of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// The payer.
    Payer,
    /// The order of this number, or its payee.
    Order(u32),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Payer => f.write_str("the payer"),
            Self::Order(number) => write!(f, "order {number}"),
        }
    }
}

/// What is wrong with a part of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// There are no orders.
    #[error("there are no orders")]
    NoOrders,
    /// The number of an order is not 1..=999999.
    #[error("the number has not 1 to 6 digits")]
    Number,
    /// Another order of the day has the same number.
    #[error("another order of the day has the same number")]
    NumberTaken,
    /// An amount is zero or less.
    #[error("the amount is not above zero")]
    Amount,
    /// The time is not written `12:30:00`.
    #[error("the time is not written 12:30:00")]
    Time,
    /// A text is missing.
    #[error("{0:?} is empty")]
    Empty(Field),
    /// A text is too long. It is not cut: the rest may be what matters.
    #[error("{field:?} has {length} characters, {at_most} are allowed")]
    TooLong {
        /// Which text.
        field: Field,
        /// How long it is.
        length: usize,
        /// How long it may be.
        at_most: usize,
    },
    /// A text has a character that the encoding of the file has not.
    #[error("{field:?} has a character that windows-1251 has not: {character:?}")]
    Unencodable {
        /// Which text.
        field: Field,
        /// The character.
        character: char,
    },
    /// The reason code is not of its form.
    #[error("the KPP is not of its form")]
    Kpp,
    /// The bank's identifier is not 9 digits.
    #[error("the BIK has not 9 digits")]
    BankIdentifier,
    /// The account is not 20 digits, or its key does not fit the bank.
    #[error("the account does not belong to the bank")]
    Account,
    /// The correspondent account is not 20 digits, or its key does not fit the bank.
    #[error("the correspondent account does not belong to the bank")]
    CorrespondentAccount,
}

/// A text of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The program that wrote the file.
    Sender,
    /// The name of a payer or payee.
    Name,
    /// The name of a bank.
    BankName,
    /// The purpose of a payment.
    Purpose,
}

/// The orders as a file for the bank: windows-1251, CRLF.
///
/// In texts, line breaks, tabs and runs of spaces become one space, `₽` becomes `руб.`, a true minus or an unbreakable
/// hyphen becomes `-`. Any other character that windows-1251 has not is an error.
pub fn client_bank_exchange(orders: &BankOrders) -> Result<Vec<u8>, BankError> {
    let Checked { sender, payer, orders: checked, first, last } = check(orders)?;
    let mut file = File::default();
    file.word("1CClientBankExchange");
    file.line("ВерсияФормата", "1.03");
    file.line("Кодировка", "Windows");
    file.line("Отправитель", &sender);
    file.line("Получатель", "");
    file.line("ДатаСоздания", &day(orders.created_on));
    file.line("ВремяСоздания", &orders.created_at);
    file.line("ДатаНачала", &day(first));
    file.line("ДатаКонца", &day(last));
    file.line("РасчСчет", &orders.payer.account);
    file.line("Документ", "Платежное поручение");
    for (order, CheckedOrder { payee, purpose }) in orders.orders.iter().zip(&checked) {
        file.line("СекцияДокумент", "Платежное поручение");
        file.line("Номер", &order.number.to_string());
        file.line("Дата", &day(order.date));
        file.line("Сумма", &order.amount.to_string());
        file.holder("Плательщик", &orders.payer, &payer);
        file.holder("Получатель", &order.payee, payee);
        file.line("ВидОплаты", "01");
        file.line("Очередность", "5");
        file.line("НазначениеПлатежа", purpose);
        file.word("КонецДокумента");
    }
    file.word("КонецФайла");
    Ok(WINDOWS_1251.encode(&file.0).0.into_owned())
}

/// The titles of the registry's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryTitles {
    /// Of the orders' numbers.
    pub number: String,
    /// Of their days.
    pub date: String,
    /// Of who gets the money.
    pub payee: String,
    /// Of the payees' taxpayer numbers.
    pub inn: String,
    /// Of their accounts.
    pub account: String,
    /// Of their banks' identifiers.
    pub bik: String,
    /// Of the amounts.
    pub amount: String,
    /// Of what it is for.
    pub purpose: String,
}

/// The orders as CSV by the conventions of [`crate::csv()`], checked as for the bank.
pub fn registry_csv(orders: &BankOrders, titles: &RegistryTitles, language: Language) -> Result<Vec<u8>, DocumentError> {
    check(orders)?;
    let columns = [&titles.number, &titles.date, &titles.payee, &titles.inn, &titles.account, &titles.bik, &titles.amount, &titles.purpose];
    let text = |text: &str| Cell::Text(text.to_owned());
    let rows = orders.orders.iter().map(|BankOrder { number, date, payee, amount, purpose }| {
        vec![
            Cell::Count { count: i64::from(*number), shown: String::new() },
            Cell::Date { date: *date, shown: String::new() },
            text(&payee.name),
            text(payee.inn.as_str()),
            text(&payee.account),
            text(&payee.bik),
            Cell::Money { amount: *amount, shown: String::new() },
            text(purpose),
        ]
    });
    let table = Table {
        caption: String::new(),
        columns: columns.into_iter().map(|title| Column { title: title.clone(), kind: ColumnKind::Label }).collect(),
        rows: rows.collect(),
        total: None,
        empty: String::new(),
    };
    csv_of_table(&table, language)
}

/// The texts of orders that have nothing wrong, as the file carries them.
struct Checked {
    sender: String,
    payer: CheckedHolder,
    orders: Vec<CheckedOrder>,
    first: BusinessDate,
    last: BusinessDate,
}

struct CheckedOrder {
    payee: CheckedHolder,
    purpose: String,
}

struct CheckedHolder {
    name: String,
    bank_name: String,
}

fn check(orders: &BankOrders) -> Result<Checked, BankError> {
    let at = |place| move |fault| BankError { place, fault };
    let dates = || orders.orders.iter().map(|order| order.date);
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return Err(at(Place::File)(Fault::NoOrders)) };
    if !is_time(&orders.created_at) {
        return Err(at(Place::File)(Fault::Time));
    }
    let sender = line_of(&orders.sender, Field::Sender, NAME_LENGTH).map_err(at(Place::File))?;
    let payer = check_holder(&orders.payer).map_err(at(Place::Payer))?;
    let mut numbers = HashSet::new();
    let checked = orders.orders.iter().map(|order| {
        if !numbers.insert((order.date, order.number)) {
            return Err(at(Place::Order(order.number))(Fault::NumberTaken));
        }
        check_order(order).map_err(at(Place::Order(order.number)))
    });
    Ok(Checked { sender, payer, orders: checked.collect::<Result<_, _>>()?, first, last })
}

fn check_order(order: &BankOrder) -> Result<CheckedOrder, Fault> {
    if !NUMBERS.contains(&order.number) {
        return Err(Fault::Number);
    }
    if order.amount <= Money::ZERO {
        return Err(Fault::Amount);
    }
    Ok(CheckedOrder { payee: check_holder(&order.payee)?, purpose: line_of(&order.purpose, Field::Purpose, PURPOSE_LENGTH)? })
}

fn check_holder(holder: &BankAccountHolder) -> Result<CheckedHolder, Fault> {
    if holder.kpp.as_deref().is_some_and(|kpp| kpp.parse::<Kpp>().is_err()) {
        return Err(Fault::Kpp);
    }
    if !digits(&holder.bik, 9) {
        return Err(Fault::BankIdentifier);
    }
    if !account_matches_bik(&holder.account, &holder.bik) {
        return Err(Fault::Account);
    }
    if !account_matches_bik(&holder.correspondent_account, &holder.bik) {
        return Err(Fault::CorrespondentAccount);
    }
    Ok(CheckedHolder {
        name: line_of(&holder.name, Field::Name, NAME_LENGTH)?,
        bank_name: line_of(&holder.bank_name, Field::BankName, NAME_LENGTH)?,
    })
}

/// A text as one line in the characters of windows-1251.
fn line_of(text: &str, field: Field, at_most: usize) -> Result<String, Fault> {
    bank_line(text, at_most).map_err(|error| match error {
        BankLineError::Empty => Fault::Empty(field),
        BankLineError::Unencodable { character } => Fault::Unencodable { field, character },
        BankLineError::TooLong { length, at_most } => Fault::TooLong { field, length, at_most },
    })
}

fn digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_time(text: &str) -> bool {
    text.len() == 8 && chrono::NaiveTime::parse_from_str(text, "%H:%M:%S").is_ok()
}

fn day(date: BusinessDate) -> String {
    let day = date.naive();
    format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year())
}

/// The text of the file.
#[derive(Default)]
struct File(String);

impl File {
    fn word(&mut self, word: &str) {
        self.0.push_str(word);
        self.0.push_str("\r\n");
    }

    fn line(&mut self, key: &str, value: &str) {
        self.0.push_str(key);
        self.0.push('=');
        self.word(value);
    }

    fn holder(&mut self, role: &str, holder: &BankAccountHolder, checked: &CheckedHolder) {
        self.line(&format!("{role}Счет"), &holder.account);
        self.line(role, &format!("ИНН {} {}", holder.inn.as_str(), checked.name));
        self.line(&format!("{role}ИНН"), holder.inn.as_str());
        self.line(&format!("{role}КПП"), holder.kpp.as_deref().unwrap_or_default());
        self.line(&format!("{role}1"), &checked.name);
        self.line(&format!("{role}РасчСчет"), &holder.account);
        self.line(&format!("{role}Банк1"), &checked.bank_name);
        self.line(&format!("{role}БИК"), &holder.bik);
        self.line(&format!("{role}Корсчет"), &holder.correspondent_account);
    }
}
