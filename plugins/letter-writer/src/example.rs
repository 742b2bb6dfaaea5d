//! An application and a template for the tests.

use serde_json::{Value, json};

use crate::input::Input;

pub(crate) const TEMPLATE: &str = "\
# Engagement of {{ applicant.name }}

{{ date }}

{{ applicant.address }}

{% if applicant.contact_person %}
Attention: {{ applicant.contact_person }}
{% endif %}
We will advise you on:
{% for service in applicant.services %}
- {{ service }}
{% endfor %}

{% for line in fees.lines %}
{{ line.quantity }} x {{ line.description }} at {{ line.unit_price }} {{ fees.currency }}
{% endfor %}
{% if sign_off %}
Agreed by {{ sign_off.by }}.
{% endif %}
";

/// An application for the template, with fields of it replaced.
pub(crate) fn input(replaced: Value) -> Input {
    let mut input = json!({
        "template": TEMPLATE,
        "applicant": {
            "name": "Hansewind Energie GmbH",
            "kind": "company",
            "country": "DE",
            "registration_number": "HRB 12345",
            "email": "office@hansewind.example",
            "address": "Am Sandtorkai 5\n20457 Hamburg",
            "services": ["tax", "audit"],
            "sector": "wind"
        },
        "findings": null,
        "fees": {
            "currency": "EUR",
            "lines": [{ "description": "Audit", "quantity": "1", "unit_price": "4800.00" }],
            "tax_rate": "19"
        },
        "date": "2026-03-31"
    });
    let Value::Object(replaced) = replaced else { panic!("an object replaces fields") };
    input.as_object_mut().unwrap().extend(replaced);
    serde_json::from_value(input).unwrap()
}
