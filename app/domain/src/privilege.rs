//! The privileges of the four models (the brochure's feature table, `PRIV-1`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{Model, stable_text};
use crate::terms::Terms;
use crate::verdict::Violation;

/// Something a model gives its partners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// Invoice the client in the partner's name.
    ClientInvoice,
    /// A free Cloudovka.
    Cloudovka,
    /// Technical presale.
    Presale,
    /// Trial of services for a client.
    Trial,
    /// Warm leads by specialisation.
    WarmLeads,
    /// Co-marketing.
    Comarketing,
    /// Bonus for the partner's sales managers.
    SalesBonus,
    /// Branding of the dashboard.
    Branding,
    /// KVM rebate.
    KvmRebate,
    /// MONT Office rebate.
    MontOfficeRebate,
    /// Growth rebate.
    GrowthRebate,
    /// Bonus for a published case.
    CaseBonus,
    /// Bonus for a published comment.
    CommentBonus,
    /// Knowledge base.
    KnowledgeBase,
    /// Bonus top-up codes.
    BonusCodes,
    /// Free months for a client.
    FreeMonths,
}

stable_text!(Privilege {
    ClientInvoice => "client_invoice",
    Cloudovka => "cloudovka",
    Presale => "presale",
    Trial => "trial",
    WarmLeads => "warm_leads",
    Comarketing => "comarketing",
    SalesBonus => "sales_bonus",
    Branding => "branding",
    KvmRebate => "kvm_rebate",
    MontOfficeRebate => "mont_office_rebate",
    GrowthRebate => "growth_rebate",
    CaseBonus => "case_bonus",
    CommentBonus => "comment_bonus",
    KnowledgeBase => "knowledge_base",
    BonusCodes => "bonus_codes",
    FreeMonths => "free_months",
});

impl Privilege {
    /// Every privilege, in the order of the brochure's rows.
    pub const ALL: [Self; 16] = [
        Self::ClientInvoice,
        Self::Cloudovka,
        Self::Presale,
        Self::Trial,
        Self::WarmLeads,
        Self::Comarketing,
        Self::SalesBonus,
        Self::Branding,
        Self::KvmRebate,
        Self::MontOfficeRebate,
        Self::GrowthRebate,
        Self::CaseBonus,
        Self::CommentBonus,
        Self::KnowledgeBase,
        Self::BonusCodes,
        Self::FreeMonths,
    ];
}

/// Which models have which privilege.
pub type PrivilegeTable = BTreeMap<Privilege, BTreeSet<Model>>;

/// The brochure's table as `programme.md` section 3 reads it.
pub fn brochure_table() -> PrivilegeTable {
    use Privilege::{BonusCodes, Branding, ClientInvoice, FreeMonths, KnowledgeBase, Presale, Trial};
    // One by one: a set made of a whole list sorts it first, and that is much code for a browser to load.
    let mut table = PrivilegeTable::new();
    for privilege in Privilege::ALL {
        let models: &[Model] = match privilege {
            Presale | Trial | KnowledgeBase | BonusCodes | FreeMonths => &Model::ALL,
            ClientInvoice => &[Model::Reseller, Model::WhiteLabel],
            Branding => &[Model::WhiteLabel],
            _ => &[Model::Agent, Model::WhiteLabel],
        };
        let having = table.entry(privilege).or_default();
        for model in models {
            having.insert(*model);
        }
    }
    table
}

/// Whether a model has a privilege under these terms.
pub fn has(terms: &Terms, model: Model, privilege: Privilege) -> bool {
    terms.privileges.get(&privilege).is_some_and(|models| models.contains(&model))
}

/// `PRIV-1`: a request needs its privilege in the model in force at its submission.
pub fn check(terms: &Terms, model: Model, privilege: Privilege) -> Option<Violation> {
    (!has(terms, model, privilege)).then_some(Violation::PrivilegeMissing { privilege, model })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of the table of section 3, each with what it gives, in the order of [`Privilege::ALL`]: some rows give two.
    const ROWS: [(&str, usize); 14] = [
        ("invoice the client", 1),
        ("free Cloudovka", 1),
        ("technical presale", 1),
        ("trial of services", 1),
        ("warm leads", 1),
        ("co-marketing", 1),
        ("bonus for the partner's sales managers", 1),
        ("branding of the dashboard", 1),
        ("KVM rebate [7], MONT Office rebate", 2),
        ("growth rebate", 1),
        ("case bonus 40 000 [10], Telegram comment bonus", 2),
        ("knowledge base", 1),
        ("bonus top-up codes", 1),
        ("free months", 1),
    ];

    #[test]
    fn the_table_is_that_of_the_rules_of_record() {
        let rules = include_str!("../../../docs/programme.md");
        let table = brochure_table();
        let mut privileges = Privilege::ALL.iter();
        for (row, count) in ROWS {
            let line = rules.lines().find(|line| line.starts_with(&format!("| {row}"))).expect(row);
            let cells: Vec<&str> = line.trim_matches('|').split('|').skip(1).map(str::trim).collect();
            let columns = [Model::Referral, Model::Reseller, Model::Agent, Model::WhiteLabel];
            let having: BTreeSet<Model> = columns.into_iter().zip(cells).filter(|(_, cell)| *cell != "-").map(|(model, _)| model).collect();
            for privilege in privileges.by_ref().take(count) {
                assert_eq!(table[privilege], having, "{privilege:?}");
            }
        }
        assert_eq!(privileges.next(), None);
        assert_eq!(table.len(), Privilege::ALL.len());
    }

    #[test]
    fn a_model_without_the_privilege_is_told_so_and_one_with_it_nothing() {
        let mut terms = Terms::default();
        let found = check(&terms, Model::Reseller, Privilege::KvmRebate);
        assert_eq!(found, Some(Violation::PrivilegeMissing { privilege: Privilege::KvmRebate, model: Model::Reseller }));
        assert_eq!(check(&terms, Model::Agent, Privilege::KvmRebate), None);
        // It is data: other terms give it to others.
        terms.privileges.entry(Privilege::KvmRebate).or_default().insert(Model::Reseller);
        assert_eq!(check(&terms, Model::Reseller, Privilege::KvmRebate), None);
        terms.privileges.remove(&Privilege::KvmRebate);
        assert!(!has(&terms, Model::Agent, Privilege::KvmRebate));
    }
}
