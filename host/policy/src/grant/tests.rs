//! Properties of the sum of all grants.

use proptest::prelude::*;

use super::*;
use crate::effect::Effect;
use crate::share::Share;

/// Few names, so that sets meet.
fn grants() -> impl Strategy<Value = Grants> {
    let scope = prop::sample::select(vec![
        "run",
        "agent",
        "read agent",
        "shared:a",
        "read shared:a",
        "shared:a/eu-*",
        "read shared:a/eu-*",
        "shared:b/eu*",
        "agent up to 1MiB",
        "read run/\"\\*",
        "shared:a/eu-* up to 1GiB",
    ]);
    let tool = prop::sample::select(vec![
        "crm/a",
        "read crm/a",
        "crm/i.b",
        "none billing/a",
        "crm/*",
        "read crm/*",
        "billing/*",
        "none billing/* as itself",
    ]);
    let agent = prop::sample::select(vec!["writer", "writer up to 25%", "reader up to 10% as itself", "reader"]);
    let mounts = prop::sample::select(vec!["", "'read a'", "'write a at x'", "'write a', 'read b at y'", "'read b'"]);
    let variables = prop::sample::select(vec!["", "'A'", "'A=1'", "'A', 'B=2'", "'B'"]);
    let secrets = prop::collection::vec(prop::sample::select(vec!["a-token", "b-token"]), 0..2);
    let people = prop::sample::select(vec!["ask", "ask partner", "ask clerk"]);
    let event =
        prop::sample::select(vec!["emit *", "emit order.*", "emit order.paid", "wait order.*", "wait order.paid"]);
    let told = (prop::collection::vec(people, 0..3), prop::collection::vec(event, 0..3));
    let callees = (prop::collection::vec(tool, 0..4), prop::collection::vec(agent, 0..3), told);
    let lists = (prop::collection::vec(scope, 0..4), callees, mounts, variables, secrets);
    lists.prop_map(|(state, (tools, agents, (people, events)), files, environment, secrets)| {
        let callees = format!("tools = {tools:?}\nagents = {agents:?}\npeople = {people:?}\nevents = {events:?}");
        let lists = format!("state = {state:?}\n{callees}\nsecrets = {secrets:?}");
        let text = format!("{lists}\nfiles = [{files}]\nenvironment = [{environment}]");
        toml::from_str(&text).unwrap()
    })
}

const fn state(scope: StateScope<'static>, access: StateAccess, keys: StateKeys<'static>) -> Request<'static> {
    Request::State { wanted: StateWanted { scope, access, keys } }
}

const fn tool(name: &'static str, effect: Effect) -> Request<'static> {
    Request::Tool { call: ToolCall { name, effect } }
}

const fn mount(name: &'static str, access: Access) -> Request<'static> {
    Request::Files { mount: WantedMount { name, access } }
}

const fn agent(name: &'static str, share: Share) -> Request<'static> {
    Request::Agent { call: AgentCall { name, share } }
}

const fn event(act: EventAct, name: &'static str) -> Request<'static> {
    Request::Event { wanted: EventWanted { act, name } }
}

const REQUESTS: [Request<'static>; 35] = [
    event(EventAct::Emit, "order.paid"),
    event(EventAct::Emit, "order.unheard-of"),
    event(EventAct::Emit, "stock"),
    event(EventAct::Wait, "order.paid"),
    event(EventAct::Wait, "order.unheard-of"),
    Request::People { asked: Asked::Roles(&[]) },
    Request::People { asked: Asked::Role("partner") },
    Request::People { asked: Asked::Role("clerk") },
    agent("writer", Share::LEAST),
    agent("writer", Share::WHOLE),
    agent("reader", Share::LEAST),
    agent("reader", Share::WHOLE),
    state(StateScope::Run, StateAccess::Read, StateKeys::One("\"\\")),
    state(StateScope::Run, StateAccess::Write, StateKeys::One("a")),
    state(StateScope::Agent, StateAccess::Read, StateKeys::Beginning("")),
    state(StateScope::Agent, StateAccess::Write, StateKeys::One("a")),
    state(StateScope::Shared("a"), StateAccess::Read, StateKeys::Beginning("eu-")),
    state(StateScope::Shared("a"), StateAccess::Write, StateKeys::One("eu-1")),
    state(StateScope::Shared("a"), StateAccess::Read, StateKeys::Beginning("")),
    tool("crm/a", Effect::None),
    tool("crm/a", Effect::Read),
    tool("crm/a", Effect::Write),
    tool("crm/i.b", Effect::Write),
    tool("crm/unheard-of", Effect::Read),
    tool("crm/unheard-of", Effect::Write),
    tool("billing/a", Effect::None),
    tool("billing/unheard-of", Effect::None),
    tool("billing/unheard-of", Effect::Write),
    mount("a", Access::Read),
    mount("a", Access::Write),
    mount("b", Access::Read),
    Request::Environment { name: "A" },
    Request::Environment { name: "B" },
    Request::Secret { name: "a-token" },
    Request::Secret { name: "b-token" },
];

/// Whether what is needed for the one covers the other: the same tool, folder or scope, and less of it.
fn is_part_of(part: &Request<'_>, whole: &Request<'_>) -> bool {
    match (part, whole) {
        (Request::State { wanted: part }, Request::State { wanted: whole }) => {
            part.scope == whole.scope && part.access <= whole.access
        }
        (Request::Tool { call: part }, Request::Tool { call: whole }) => {
            part.name == whole.name && part.effect <= whole.effect
        }
        (Request::Agent { call: part }, Request::Agent { call: whole }) => {
            part.name == whole.name && part.share <= whole.share
        }
        (Request::People { .. }, Request::People { asked: Asked::Roles([]) }) => true,
        (Request::Files { mount: part }, Request::Files { mount: whole }) => {
            part.name == whole.name && part.access <= whole.access
        }
        _ => part.describe() == whole.describe(),
    }
}

proptest! {
    #[test]
    fn effective_is_exactly_what_was_asked_and_granted(asked in grants(), granted in grants()) {
        let effective = Grants::effective(&asked, &granted);
        for request in REQUESTS {
            prop_assert_eq!(effective.allows(&request), asked.allows(&request) && granted.allows(&request));
        }
        prop_assert!(effective.except(&asked).is_empty() && effective.except(&granted).is_empty());
    }

    #[test]
    fn what_is_still_granted_was_granted_then_and_is_granted_now(asked in grants(), then in grants(), now in grants()) {
        let before = Grants::effective(&asked, &then);
        let still = before.still(&now);
        for request in REQUESTS {
            prop_assert_eq!(still.allows(&request), before.allows(&request) && now.allows(&request));
        }
        prop_assert_eq!(Grants::effective(&asked, &still), still.clone(), "asked for once more it is the same");
        let written: Grants = toml::from_str(&toml::to_string(&still).unwrap()).unwrap();
        prop_assert_eq!(written.settled(), still);
    }

    #[test]
    fn for_a_caller_is_what_both_may_and_what_is_its_own(callee in grants(), caller in grants()) {
        let bounded = callee.within(&caller);
        for request in REQUESTS {
            let own = matches!(request, Request::State { wanted } if wanted.scope == StateScope::Agent);
            let expected = callee.allows(&request) && (own || caller.allows(&request));
            prop_assert_eq!(bounded.allows(&request), expected);
        }
        prop_assert!(bounded.except(&callee).is_empty());
        let call = ToolCall { name: "billing/a", effect: Effect::None };
        prop_assert_eq!(bounded.tools.delegates(call), callee.tools.delegates(call) && caller.tools.delegates(call));
    }

    #[test]
    fn what_is_completed_can_be_granted(grants in grants()) {
        prop_assert!(grants.completed().is_complete().is_ok());
        prop_assert!(grants.completed().except(&grants).is_empty() && grants.except(&grants.completed()).is_empty());
    }

    #[test]
    fn a_union_is_exactly_what_either_allows(a in grants(), b in grants()) {
        for request in REQUESTS {
            prop_assert_eq!(a.union(&b).allows(&request), a.allows(&request) || b.allows(&request));
        }
    }

    #[test]
    fn a_surplus_is_empty_exactly_if_all_is_covered(a in grants(), b in grants()) {
        let covered = |a: &Grants| REQUESTS.iter().all(|request| !a.allows(request) || b.allows(request));
        prop_assert!(covered(&a) || !a.except(&b).is_empty());
        // No request tells how far a room may be filled, so that is proved with the grant of state.
        let a = Grants { state: StateGrant::default(), ..a };
        prop_assert_eq!(a.except(&b).is_empty(), covered(&a));
    }

    #[test]
    fn what_is_needed_allows_and_nothing_else(at in 0..REQUESTS.len()) {
        let needed = REQUESTS[at].needed().unwrap();
        for request in REQUESTS {
            prop_assert_eq!(needed.allows(&request), is_part_of(&request, &REQUESTS[at]));
        }
    }

    #[test]
    fn what_is_written_is_read_back(grants in grants()) {
        let written = format!("grants = {grants}");
        let read: std::collections::BTreeMap<String, Grants> = toml::from_str(&written).unwrap();
        prop_assert_eq!(&read["grants"], &grants);
        prop_assert_eq!(toml::from_str::<Grants>(&toml::to_string(&grants).unwrap()).unwrap(), grants);
    }
}

#[test]
fn a_request_that_is_none_is_told_what_is_wrong_with_it() {
    let fault = Request::fault("GET http://0x7f.1/").unwrap();
    assert!(fault.starts_with("`GET http://0x7f.1/` cannot be requested") && fault.contains("host"), "{fault}");
    assert_eq!(["the moon", "read rates", "crm/contacts.get"].map(Request::fault), [const { None }; 3]);
}

#[test]
fn nothing_is_allowed_by_default() {
    assert!(REQUESTS.iter().all(|request| !Grants::default().allows(request)));
}

#[test]
fn an_unknown_capability_is_an_error() {
    let error = toml::from_str::<Grants>("sockets = []").unwrap_err();
    assert!(error.message().contains("unknown field `sockets`"), "{error}");
}

#[test]
fn a_call_is_read_as_the_request_that_it_is() {
    let check = |text: &str, expect: &str| {
        assert_eq!(Request::read_call(text).map(|request| request.describe()).as_deref().unwrap_or("unknown"), expect);
    };
    check("crm/contacts.upsert", "the tool `crm/contacts.upsert`");
    check("crm/*", "the tool `crm/*`");
    check("delegate writer 5%", "the agent `writer` with 5% of what it has left");
    check("ask partner", "a question to `partner`");
    check("ask", "a question to whomever");
    check("emit order.paid", "events to emit `order.paid`");
    check("wait order.paid", "events to wait for `order.paid`");
    check("run", "state of scope `run` to write all keys");
    check("agent", "state of scope `agent` to write all keys");
    check("shared:a", "state of scope `shared:a` to write all keys");
    check("read shared:a/eu-1", "state of scope `shared:a` to read the key `eu-1`");
    check("agent/eu-*", "state of scope `agent` to write the keys that begin with `eu-`");
    check("read rates", &Request::Files { mount: WantedMount { name: "rates", access: Access::Read } }.describe());
    check("environment REGION", &Request::Environment { name: "REGION" }.describe());
    check("secret crm-token", "the secret `crm-token`");
    check("the moon", "unknown");
    check("", "unknown");
}
