//! Whether what is recorded of a question to people is what the plan leads to: what is asked, of whom, and when something was
//! due. It does not know what they answer.

use baton_journal::{Event, Quorum, Site, Timestamp, Turn};

use super::super::{Ask, Run};
use super::{NotFollowing, differs, not_before, quoted, same};

impl Run {
    /// A question. Which calls are in doubt follows from the journal, not from the plan: what is said of those that are
    /// shown does.
    pub(super) fn follows_question(&self, at: Timestamp, step: &str, event: &Event) -> Result<(), NotFollowing> {
        let Event::ApprovalRequested { show, deadline, .. } = event else { return Ok(()) };
        if let Some(ask) = self.outstanding.ask(step) {
            return follows_ask(ask, event);
        }
        let expected = match step.contains('#') {
            true => self.short_shown(step, show, at),
            false => self.doubt_shown(&Site::read(step), show.clone(), at),
        };
        let Some(expected) = expected else { return Ok(()) };
        let latest = (*deadline).min(expected.deadline); // the clock that set it was read before the entry was made
        follows_ask(&Ask { deadline: latest, ..expected }, event)
    }

    /// What the plan says is due, is recorded when it is.
    pub(super) fn follows_turn(&self, at: Timestamp, step: &str, turn: &Turn) -> Result<(), NotFollowing> {
        let Some(ask) = self.outstanding.ask(step) else { return Ok(()) };
        match turn {
            Turn::Reminded { reminder } => match ask.reminder(*reminder) {
                Some(moment) => not_before(format!("reminder {reminder} of `{step}`"), at, moment),
                None => Ok(()),
            },
            Turn::Escalated { roles, assignees, deadline, .. } => {
                follows_escalation(at, ask, (roles, assignees), *deadline)
            }
            Turn::Voted { .. } | Turn::Delegated { .. } => Ok(()),
        }
    }

    /// Time is over when the plan says.
    pub(super) fn follows_expiry(&self, at: Timestamp, step: &str) -> Result<(), NotFollowing> {
        match self.outstanding.ask(step) {
            Some(ask) => not_before(format!("the end of the question of `{step}`"), at, ask.deadline),
            None => Ok(()),
        }
    }
}

fn follows_escalation(
    at: Timestamp,
    ask: &Ask,
    (roles, assignees): (&[String], &[String]),
    deadline: Timestamp,
) -> Result<(), NotFollowing> {
    let Some(level) = ask.next_level() else { return Ok(()) };
    let step = &ask.step;
    not_before(format!("the escalation of `{step}`"), at, ask.deadline)?;
    if (roles, assignees) != (&level.roles, &level.assignees) {
        let told = |roles: &[String], names: &[String]| [roles, names].concat().join(", ");
        let what = format!("to whom `{step}` is escalated");
        return differs(what, told(roles, assignees), told(&level.roles, &level.assignees));
    }
    let latest = at.0.saturating_add(level.timeout.0); // the clock that set it was read before the entry was made
    let earliest = ask.deadline.0.saturating_add(level.timeout.0);
    if (earliest..=latest).contains(&deadline.0) {
        return Ok(());
    }
    differs(format!("the deadline of `{step}`"), deadline.0.to_string(), latest.to_string())
}

fn follows_ask(ask: &Ask, event: &Event) -> Result<(), NotFollowing> {
    let Event::ApprovalRequested { question, show, roles, assignees, quorum, deadline, .. } = event else {
        return Ok(());
    };
    let step = &ask.step;
    if *question != ask.question {
        return differs(format!("the question of `{step}`"), quoted(question), quoted(&ask.question));
    }
    if (roles, assignees) != (&ask.roles, &ask.ballot.assignees) {
        let told = |roles: &[String], names: &[String]| [names, roles].concat().join(", ");
        let expected = told(&ask.roles, &ask.ballot.assignees);
        return differs(format!("who may answer `{step}`"), told(roles, assignees), expected);
    }
    if *quorum != ask.ballot.quorum {
        let (recorded, expected) = (told_quorum(quorum), told_quorum(&ask.ballot.quorum));
        return differs(format!("how many must answer `{step}`"), recorded, expected);
    }
    if *deadline != ask.deadline {
        return differs(format!("the deadline of `{step}`"), deadline.0.to_string(), ask.deadline.0.to_string());
    }
    same(format!("what `{step}` shows"), show.digest(), ask.show.digest())
}

fn told_quorum(quorum: &Quorum) -> String {
    let of_role = quorum.of_role.iter().map(|(role, votes)| format!("{votes} of {role}"));
    let others = (quorum.votes > 0).then(|| quorum.votes.to_string());
    let yes: Vec<String> = others.into_iter().chain(of_role).collect();
    format!("{} to say yes, {} to say no", yes.join(" and "), quorum.rejections)
}
