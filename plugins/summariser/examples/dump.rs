fn main() {
    for f in std::env::args().skip(1) {
        let v: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&f).unwrap()).unwrap();
        for d in v["documents"].as_array().unwrap() {
            let r = summariser::report::report(&serde_json::from_value(d.clone()).unwrap()).unwrap();
            println!("=== {f} {} {:?} s{} w{} omitted {}", r.document, r.language, r.sentences, r.words, r.omitted);
            for s in &r.summary {
                println!("  * {}", s.text);
            }
            println!(
                "  P {:?}",
                r.parties
                    .iter()
                    .map(|p| format!("{}/{:?}x{}", p.what.value, p.what.kind, p.mentions))
                    .collect::<Vec<_>>()
            );
            println!(
                "  D {:?}",
                r.dates
                    .iter()
                    .map(|p| format!("{}/{}", p.what.value, p.what.role.map(|r| format!("{r:?}")).unwrap_or_default()))
                    .collect::<Vec<_>>()
            );
            println!(
                "  A {:?}",
                r.amounts.iter().map(|p| format!("{} {}", p.what.value, p.what.currency)).collect::<Vec<_>>()
            );
            println!(
                "  R {:?}",
                r.registrations.iter().map(|p| format!("{:?} {}", p.what.scheme, p.what.value)).collect::<Vec<_>>()
            );
            println!("  C {:?}", r.countries.iter().map(|p| p.what.value.clone()).collect::<Vec<_>>());
        }
    }
}
