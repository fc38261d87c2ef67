//! The header of a billing file.

use serde::{Deserialize, Serialize};

use super::problem::RowProblem;

/// A column of a billing file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The partner's code or INN.
    Partner,
    /// The client's INN.
    ClientInn,
    /// The client's name.
    ClientName,
    /// The service's code or name.
    Service,
    /// The resource, such as the name of a virtual machine.
    Resource,
    /// The month.
    Month,
    /// The amount before any discount, RUB.
    Gross,
}

impl Column {
    /// Every column, in the order of the documentation.
    pub const ALL: [Self; 7] = [Self::Partner, Self::ClientInn, Self::ClientName, Self::Service, Self::Resource, Self::Month, Self::Gross];

    /// What a header may call it, in small letters, with `е` for `ё` and a space for `_` and `-`.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Partner => &["партнер", "код партнера", "инн партнера", "partner", "partner code", "partner inn"],
            Self::ClientInn => &["инн клиента", "инн", "client inn", "inn"],
            Self::ClientName => &["клиент", "название клиента", "наименование клиента", "имя клиента", "client name", "client"],
            Self::Service => &["услуга", "код услуги", "сервис", "service", "service code"],
            Self::Resource => &["ресурс", "вм", "виртуальная машина", "resource", "resource id", "vm"],
            Self::Month => &["месяц", "период", "month", "period"],
            Self::Gross => &["сумма", "сумма до скидки", "начислено", "gross", "gross amount", "amount"],
        }
    }

    fn named(title: &str) -> Option<Self> {
        let plain: String = title
            .trim_start_matches('\u{feff}')
            .trim()
            .chars()
            .flat_map(char::to_lowercase)
            .map(|c| match c {
                'ё' => 'е',
                '_' | '-' | '\u{a0}' => ' ',
                other => other,
            })
            .collect();
        Self::ALL.into_iter().find(|column| column.names().contains(&plain.as_str()))
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

/// Where the columns of a file stand. Columns with other names are allowed and not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Place by column.
    pub(super) places: [usize; 7],
    /// Fields of the header.
    pub(super) width: usize,
}

impl Columns {
    /// Finds the columns by their names, Russian or English, in any order, whatever the case of letters.
    pub fn find(header: &[&str]) -> Result<Self, Vec<RowProblem>> {
        let mut places: [Option<usize>; 7] = [None; 7];
        let mut problems = Vec::new();
        for (place, title) in header.iter().enumerate() {
            if let Some(column) = Column::named(title) {
                match &mut places[column.index()] {
                    Some(_) => problems.push(RowProblem::RepeatedColumn { column }),
                    free => *free = Some(place),
                }
            }
        }
        problems.extend(
            Column::ALL.into_iter().filter(|column| places[column.index()].is_none()).map(|column| RowProblem::MissingColumn { column }),
        );
        if problems.is_empty() { Ok(Self { places: places.map(Option::unwrap_or_default), width: header.len() }) } else { Err(problems) }
    }
}

/// The character between fields, `;` or `,`, whichever the header has more of outside quotes.
pub fn delimiter_of(header: &[u8]) -> u8 {
    let mut quoted = false;
    let (mut semicolons, mut commas) = (0_usize, 0_usize);
    for byte in header {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            b';' if !quoted => semicolons += 1,
            b',' if !quoted => commas += 1,
            _ => {}
        }
    }
    if commas > semicolons { b',' } else { b';' }
}
