//! The plugins we ship, each called through the host as a stranger would call it.

use baton_journal::{Failure, Outcome, Payload};
use baton_policy::Grants;
use baton_sandbox::Ended;
use baton_tests::{Bench, Call, shipped};
use serde_json::{Value, json};

async fn invoke(
    bench: &Bench,
    plugin: &'static str,
    function: Option<&'static str>,
    attempt: u32,
    input: Value,
) -> Ended {
    let loaded = bench.load(&shipped(plugin));
    let grants: Grants = serde_json::from_str(r#"{"state": ["agent"]}"#).unwrap();
    let call = Call { plugin, function, attempt, input: input.to_string(), grants, ..Call::default() };
    bench.call(&loaded, call).await.unwrap()
}

fn output(ended: &Ended) -> Value {
    match &ended.outcome {
        Outcome::Completed { output: Payload::Text(text) } => serde_json::from_str(text).unwrap(),
        other => panic!("{other}"),
    }
}

fn invalid(ended: &Ended) -> &str {
    match &ended.outcome {
        Outcome::Failed { failure: Failure::Invalid(text) } => text,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_summariser_finds_things_where_they_are() {
    let text =
        "Meridian Ltd was incorporated on 6 September 2018 in Ireland.\nIts capital is EUR 100,000.00, fully paid.";
    let input = json!({ "document": { "name": "deed.txt", "text": text } });
    let found = output(&invoke(&Bench::new().await, "summariser", None, 1, input).await);
    for (kind, value) in [("dates", "2018-09-06"), ("countries", "IE"), ("parties", "Meridian Ltd")] {
        let finding = found[kind].as_array().unwrap().iter().find(|finding| finding["value"] == value);
        let finding = finding.unwrap_or_else(|| panic!("no {value} among {}", found[kind]));
        let place = |key: &str| usize::try_from(finding[key].as_u64().unwrap()).unwrap();
        assert_eq!(&text[place("start")..place("end")], finding["text"].as_str().unwrap());
    }
    assert_eq!((&found["amounts"][0]["currency"], &found["amounts"][0]["line"]), (&json!("EUR"), &json!(2)));
}

#[tokio::test]
async fn the_summariser_refuses_an_empty_document() {
    let ended =
        invoke(&Bench::new().await, "summariser", None, 1, json!({ "document": { "name": "a.txt", "text": "  " } }))
            .await;
    assert!(invalid(&ended).contains("a.txt"), "{}", ended.outcome);
}

#[tokio::test]
async fn compliance_screens_names_however_they_are_written() {
    let input = json!({
        "applicant": { "name": "Jose Munoz Garcia", "kind": "person", "country": "ES" },
        "summaries": [],
        "rules": {
            "required_documents": { "person": ["passport"], "company": [] }, "expiring_documents": [], "expiry_warning_days": 30,
            "jurisdictions": { "low": ["ES"], "high": [], "prohibited": [], "default": "low" }, "name_match": 0.94, "near_match": 0.85
        },
        "screening": [{ "name": "GARCÍA, José Muñoz", "program": "TEST" }],
        "as_of": "2026-01-01"
    });
    let found = output(&invoke(&Bench::new().await, "compliance", None, 1, input).await);
    assert_eq!(
        (&found["decision"], &found["risk"], &found["missing"]),
        (&json!("refuse"), &json!("high"), &json!(["passport"]))
    );
    assert!(
        found["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|finding| finding["evidence"].as_array().is_some_and(|e| !e.is_empty()))
    );
}

#[tokio::test]
async fn the_letter_writer_names_what_a_template_misses() {
    let applicant = json!({ "name": "Ada", "kind": "person", "country": "DE" });
    let bench = Bench::new().await;
    let letter = |template: &str| json!({ "template": template, "applicant": applicant, "date": "2026-01-01" });
    let good = output(&invoke(&bench, "letter-writer", None, 1, letter("# Letter\n\nDear {{ applicant.name }}")).await);
    assert_eq!(good["text"], "# Letter\n\nDear Ada");
    let bad = invoke(&bench, "letter-writer", None, 2, letter("# Letter\n\nDear {{ applicant.nam }}")).await;
    assert!(invalid(&bad).contains("line 3") && invalid(&bad).contains("applicant.nam"), "{}", bad.outcome);
}

#[tokio::test]
async fn the_crm_is_idempotent() {
    let bench = Bench::new().await;
    let client = json!({ "client": { "name": "Ada", "kind": "person", "country": "DE" } });
    let first = output(&invoke(&bench, "crm", Some("contacts.upsert"), 1, client.clone()).await);
    let second = output(&invoke(&bench, "crm", Some("contacts.upsert"), 2, client).await);
    assert_eq!((&first["created"], &second["created"]), (&json!(true), &json!(false)));
    assert_eq!((&first["id"], &first["revision"]), (&second["id"], &second["revision"]));
    let id = json!({ "id": first["id"] });
    assert_eq!(output(&invoke(&bench, "crm", Some("contacts.remove"), 3, id.clone()).await), true);
    assert_eq!(output(&invoke(&bench, "crm", Some("contacts.remove"), 4, id).await), false);
}

#[tokio::test]
async fn billing_calculates_exactly_and_issues_one_invoice_for_one_key() {
    let bench = Bench::new().await;
    let account = json!({ "client": "C-1", "name": "Ada", "currency": "EUR" });
    let account = output(&invoke(&bench, "billing", Some("accounts.open"), 1, account).await);
    let lines = json!([{ "description": "Work", "quantity": "0.1", "unit_price": "0.2" }, { "description": "More", "quantity": "3", "unit_price": "0.1" }]);
    let fees = json!({ "account": account["id"], "fees": { "currency": "EUR", "tax_rate": "19", "lines": lines } });
    let first = output(&invoke(&bench, "billing", Some("invoices.issue"), 2, fees.clone()).await);
    assert_eq!((&first["net"], &first["tax"], &first["total"]), (&json!("0.32"), &json!("0.06"), &json!("0.38")));
    let again = output(&invoke(&bench, "billing", Some("invoices.issue"), 3, fees).await);
    assert_eq!(first["number"], again["number"], "the bench's idempotency key is the same for every call");
}
