-- The brochure's numbers themselves (TERM-1): the first version said nothing, so that the program's defaults stood for them, and a
-- later program with other defaults would have told another story of old decisions.
update terms_versions set parameters = '{
  "minimum_monthly_revenue": "30000.00",
  "first_window_months": 6,
  "return_window_months": 6,
  "rates": {"referral": "0.10", "reseller": "0.12", "agent": "0.27", "white_label": "0.27"},
  "codes_per_quarter": 10,
  "codes_value_per_quarter": 30000,
  "codes_per_request": 10,
  "code_minimum_face": 1,
  "free_months_per_client": 2,
  "free_month_gap": 1,
  "free_month_horizon": 12,
  "rebate_kvm": "0.10",
  "rebate_mont_office": "0.10",
  "rebate_growth": "0.30",
  "case_bonus": "40000.00",
  "comment_bonus_minimum": "10000.00",
  "comment_bonus_maximum": "30000.00",
  "trial_days_basic": 14,
  "cloudovka_grace_months": 6,
  "comarketing_minimum_share": "0.50",
  "privileges": {
    "client_invoice": ["reseller", "white_label"],
    "cloudovka": ["agent", "white_label"],
    "presale": ["referral", "reseller", "agent", "white_label"],
    "trial": ["referral", "reseller", "agent", "white_label"],
    "warm_leads": ["agent", "white_label"],
    "comarketing": ["agent", "white_label"],
    "sales_bonus": ["agent", "white_label"],
    "branding": ["white_label"],
    "kvm_rebate": ["agent", "white_label"],
    "mont_office_rebate": ["agent", "white_label"],
    "growth_rebate": ["agent", "white_label"],
    "case_bonus": ["agent", "white_label"],
    "comment_bonus": ["agent", "white_label"],
    "knowledge_base": ["referral", "reseller", "agent", "white_label"],
    "bonus_codes": ["referral", "reseller", "agent", "white_label"],
    "free_months": ["referral", "reseller", "agent", "white_label"]
  },
  "service_rates": {}
}'
 where id = '00000000-0000-7000-8000-000000000001' and parameters = '{}';
