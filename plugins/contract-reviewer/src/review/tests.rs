//! Reviews of the texts of the example.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::*;

fn file(path: &str) -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/human-in-the-loop");
    std::fs::read_to_string(example.join(path)).expect("the example has the file")
}

fn reviewed(name: &str) -> Review {
    let rules: serde_json::Value = serde_json::from_str(&file("data/clauses.json")).expect("the rules are JSON");
    let text = file(&format!("contracts/{name}"));
    let input = json!({ "contract": { "name": name, "text": text }, "rules": rules });
    review(&serde_json::from_value(input).expect("it is an input")).expect("it can be read")
}

fn risks(review: &Review) -> BTreeMap<&str, Risk> {
    review.clauses.iter().map(|clause| (clause.clause.as_str(), clause.risk)).collect()
}

fn quote<'r>(review: &'r Review, clause: &str) -> &'r Evidence {
    let found = review.clauses.iter().find(|found| found.clause == clause).expect("the clause is there");
    &found.evidence[0]
}

#[test]
fn open_licences_are_as_usual() {
    let mit = reviewed("mit.txt");
    let expect = ["grant", "liability", "notice", "warranty"].map(|clause| (clause, Risk::Low));
    assert_eq!((mit.risk, risks(&mit)), (Risk::Low, expect.into()));
    assert!(quote(&mit, "grant").quote.starts_with("Permission is hereby granted, free of charge, to any person"));
    let apache = reviewed("apache-2.0.txt");
    assert_eq!(apache.risk, Risk::Low, "{:?}", apache.clauses);
    let found = risks(&apache);
    for clause in ["grant", "patent", "termination", "warranty", "liability", "notice", "indemnity by choice"] {
        assert!(found.contains_key(clause), "{clause}: {found:?}");
    }
    assert!(!found.contains_key("indemnity") && !found.contains_key("governing law"));
}

#[test]
fn what_a_vendor_writes_is_found_and_quoted() {
    let terms = reviewed("vendor-terms.txt");
    assert_eq!(terms.risk, Risk::High);
    let grave: Vec<&str> =
        terms.clauses.iter().filter(|clause| clause.risk == Risk::High).map(|clause| clause.clause.as_str()).collect();
    assert_eq!(grave, ["restriction", "indemnity", "termination", "fees", "data", "audit"]);
    let indemnity = quote(&terms, "indemnity");
    assert!(indemnity.quote.ends_with("from the Customer's use of the Software, without limit."), "{indemnity:?}");
    assert_eq!(terms.missing, []);
}

#[test]
fn a_quote_is_where_it_says() {
    for name in ["mit.txt", "apache-2.0.txt", "vendor-terms.txt"] {
        let text: Vec<char> = file(&format!("contracts/{name}")).chars().collect();
        for evidence in reviewed(name).clauses.iter().flat_map(|clause| &clause.evidence) {
            let part: String = text[evidence.start as usize..evidence.end as usize].iter().collect();
            assert_eq!(part.split_whitespace().collect::<Vec<_>>().join(" "), evidence.quote);
            let line = text[..evidence.start as usize].iter().filter(|letter| **letter == '\n').count() + 1;
            assert_eq!(evidence.line as usize, line);
        }
    }
}

#[test]
fn a_clause_that_must_be_there_and_is_not_is_told() {
    let rule = json!({ "clause": "grant", "any": ["granted"], "risk": "low", "because": "x", "required": { "risk": "high", "because": "none" } });
    let input = |text: &str, rules: serde_json::Value| {
        serde_json::from_value(json!({ "contract": { "name": "c", "text": text }, "rules": rules })).expect("it fits")
    };
    let found = review(&input("All rights reserved.", json!([rule]))).expect("it is read");
    assert_eq!((found.risk, found.clauses.len(), found.missing.len()), (Risk::High, 0, 1));
    assert!(review(&input(" \n", json!([rule]))).is_err_and(|error| error.contains("has no text")));
    assert!(review(&input("x", json!([]))).is_err());
}
