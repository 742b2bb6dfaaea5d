use super::*;
use PartyKind::{Organisation, Person};

fn check(text: &str, expect: &[(&str, PartyKind)]) {
    let found = find(&Scan::new(text, 0..text.len()));
    let values: Vec<_> = found.iter().map(|(party, _)| (party.value.as_str(), party.kind)).collect();
    assert_eq!(values, expect, "{text}");
}

#[test]
fn legal_forms_end_the_names_of_organisations() {
    check(
        "between Harbour & Vane LLP and Nordhavn Shipping Ltd.",
        &[("Harbour & Vane LLP", Organisation), ("Nordhavn Shipping Ltd", Organisation)],
    );
    check(
        "The director of Société Générale du Nord S.A. and of Holm-Berg GmbH & Co. KG",
        &[("Société Générale du Nord S.A.", Organisation), ("Holm-Berg GmbH & Co. KG", Organisation)],
    );
    check(
        "Bank of the North plc, Nordic Bank, the Holm Family Trust",
        &[("Bank of the North plc", Organisation), ("Nordic Bank", Organisation), ("Holm Family Trust", Organisation)],
    );
    check("Company name: NORDHAVN SHIPPING AS", &[("NORDHAVN SHIPPING AS", Organisation)]);
    check("The Limited liability. Limited", &[]);
    check("USE OF THIS BILL AS PROOF", &[]);
}

#[test]
fn titles_and_roles_tell_persons() {
    check("Dr. Ida M. van der Holm and Mr Berg met.", &[("Ida M. van der Holm", Person), ("Berg", Person)]);
    check("The sole director is Ida Holm.", &[("Ida Holm", Person)]);
    check("Mr Ida Holm (director)", &[("Ida Holm", Person)]);
    check("It was signed by Ana-Lucía O’Neill on Monday.", &[("Ana-Lucía O’Neill", Person)]);
    check("Ida Holm, born on 12 August 1985, and Jon Berg (director)", &[("Ida Holm", Person), ("Jon Berg", Person)]);
    check("Mr Holm and Berg Ltd", &[("Holm", Person), ("Berg Ltd", Organisation)]);
}

#[test]
fn a_person_vouches_for_the_one_named_with_them() {
    check("The directors are Ida Holm and Jon Berg, both born in Oslo.", &[]);
    check("signed by Ida Holm and Jon van Berg on Monday", &[("Ida Holm", Person), ("Jon van Berg", Person)]);
    check("Aoife Ní Bhroin and Jon Berg, born in Oslo", &[("Aoife Ní Bhroin", Person), ("Jon Berg", Person)]);
}

#[test]
fn labels_tell_persons() {
    check("Director: IDA MARIE HOLM\nSecretary: Jon Berg", &[("Ida Marie Holm", Person), ("Jon Berg", Person)]);
    check("Surname: VON HOLM\nGiven names: IDA MARIE", &[("Ida Marie Von Holm", Person)]);
    check("Surname / Nom (1): HOLM\nGiven names / Prénoms (2): IDA", &[("Ida Holm", Person)]);
    check("General manager: VON HOLM, Ida Marie", &[("Ida Marie Von Holm", Person)]);
    check("Account holder: HOLM, Ida", &[("Ida Holm", Person)]);
    check("Shareholder: Holm Invest AS", &[("Holm Invest AS", Organisation)]);
}

#[test]
fn other_capitals_are_no_persons() {
    check("Registered by the Registrar of Companies", &[]);
    check("owned by United Arab interests, House of Lords (director)", &[]);
    check("Street name: Karl Johans gate", &[]);
}
