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
