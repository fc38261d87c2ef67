//! Names of the demo's clients.

const ROOTS: [&str; 34] = [
    "Вектор",
    "Сириус",
    "Меридиан",
    "Кедр",
    "Атлант",
    "Берег",
    "Вертикаль",
    "Галс",
    "Дельта",
    "Енисей",
    "Заря",
    "Исток",
    "Каскад",
    "Ладога",
    "Магнит",
    "Невский",
    "Оптима",
    "Парус",
    "Радуга",
    "Сокол",
    "Тайга",
    "Урал",
    "Фрегат",
    "Хронос",
    "Центр",
    "Чайка",
    "Шторм",
    "Эталон",
    "Юпитер",
    "Янтарь",
    "Акрополь",
    "Балтика",
    "Волга",
    "Гелиос",
];

const KINDS: [&str; 6] = ["Логистика", "Строй", "Мед", "Трейд", "Агро", "Финанс"];

const PERSONS: [&str; 7] = [
    "ИП Смирнова Ольга Павловна",
    "ИП Кузнецов Артём Игоревич",
    "ИП Попова Ирина Сергеевна",
    "ИП Васильев Денис Олегович",
    "ИП Новикова Алла Юрьевна",
    "ИП Фёдоров Максим Ильич",
    "ИП Егорова Светлана Викторовна",
];

/// The name of a client by its number, and whether it is a person. Each is given once for the first hundred numbers.
pub(super) fn client(number: usize) -> (String, bool) {
    if number % 11 == 7 {
        return (PERSONS[(number / 11) % PERSONS.len()].to_owned(), true);
    }
    let form = if number % 9 == 4 { "АО" } else { "ООО" };
    let root = ROOTS[number % ROOTS.len()];
    let kind = KINDS[(number + number / ROOTS.len()) % KINDS.len()];
    (format!("{form} «{root} {kind}»"), false)
}
