//! What people say to a question from outside: it is recorded if nobody drives the run, and otherwise sent to whoever does. It does
//! not know how they were asked.

use baton_journal::{Claim, Decision, Digest, Event, RunId, Signal, StoreError, Timestamp, Turn};
use baton_workflow::{Ask, Run, RunError, Status};

use crate::error::Error;
use crate::held::holding;
use crate::host::Host;
use crate::proposal;
use crate::story::Story;

/// What a person says to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The step that asks, or the site that is asked about.
    pub step: String,
    /// The token of the question that they have seen, or its first twelve digits at least; none: whatever is asked by now.
    pub token: Option<String>,
    /// What they say.
    pub said: Said,
}

/// What a person says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Yes or no.
    Decision(Decision),
    /// Another one shall vote in their place.
    Delegation {
        /// Who hands the vote on.
        by: String,
        /// In which role.
        role: Option<String>,
        /// To whom.
        to: String,
        /// In their words.
        comment: Option<String>,
    },
}

impl Said {
    /// What is to be recorded of it.
    fn event(&self, run: &Run, step: &str) -> Result<Event, RunError> {
        match self.clone() {
            Said::Decision(decision) => run.answer(step, decision),
            Said::Delegation { by, role, to, comment } => run.delegate(step, (&by, role.as_deref()), &to, comment),
        }
    }

    /// What is sent to whoever drives the run.
    fn signal(&self, step: String, token: Digest) -> Signal {
        match self.clone() {
            Said::Decision(decision) => Signal::Decide { step, token, decision },
            Said::Delegation { by, role, to, comment } => Signal::Delegate { step, token, by, role, to, comment },
        }
    }
}

impl Host {
    /// Records a person's decision on whatever a step asks by now: [`Host::answer`] without a token.
    ///
    /// # Errors
    /// As [`Host::answer`].
    pub async fn decide(&self, id: &RunId, step: &str, decision: Decision) -> Result<Event, Error> {
        self.answer(id, &Answer { step: step.to_owned(), token: None, said: Said::Decision(decision) }).await
    }

    /// Records what a person says to a step that asks, and hands back what was recorded: a vote, a decision or a delegation.
    /// It does not go on with the run: [`Host::resume`] does, or whoever drives it.
    ///
    /// # Errors
    /// The step does not ask or was answered, it asks something else than what was seen, the time to answer is over, the person
    /// may not answer or has answered, or the answer does not fit.
    pub async fn answer(&self, id: &RunId, answer: &Answer) -> Result<Event, Error> {
        match self.shared().store.claim(id.clone()).await {
            Err(StoreError::Claimed(_)) => self.send_answer(id, answer).await,
            Err(StoreError::Ended(_)) => Err(not_asking(&self.story(id).await?, &answer.step)),
            claim => {
                let claim = claim?;
                holding(&self.shared().store, &claim, self.record_answer(&claim, answer)).await
            }
        }
    }

    async fn record_answer(&self, claim: &Claim, answer: &Answer) -> Result<Event, Error> {
        let mut story = self.take_mail(claim).await?; // what was sent before comes first
        self.escalate(claim, &mut story, &answer.step).await?;
        let ask = self.question(&story, answer).await?;
        let (event, now) = (answer.said.event(story.machine(), &ask.step)?, self.shared().clock.now());
        story.try_out(now, &event)?;
        self.shared().store.append(claim, now, event.clone()).await?;
        self.shared().store.flush().await?;
        Ok(event)
    }

    /// Records that a question was escalated while nobody was there: those who may answer by now may.
    async fn escalate(&self, claim: &Claim, story: &mut Story, step: &str) -> Result<(), Error> {
        let now = self.shared().clock.now();
        let overdue = story.machine().question(step).filter(|ask| ask.requested).and_then(|ask| ask.overdue(now));
        if let Some(event @ Event::ApprovalTurn { turn: Turn::Escalated { .. }, .. }) = overdue {
            story.add(self.shared().store.append(claim, now, event).await?)?;
        }
        Ok(())
    }

    /// Sends an answer to whoever drives the run, and waits until it is taken.
    async fn send_answer(&self, id: &RunId, answer: &Answer) -> Result<Event, Error> {
        let story = self.story(id).await?;
        let ask = self.question(&story, answer).await?;
        let event = answer.said.event(story.machine(), &ask.step)?;
        let number = self.send(id, answer.said.signal(ask.step.clone(), ask.token)).await?;
        if !self.is_taken(id, number).await? {
            return Ok(event); // it is in the mailbox, and is taken when the run is driven again
        }
        let story = self.story(id).await?;
        match story.entries().iter().rev().find(|entry| answer.said.is_in(&entry.event, ask.token)) {
            Some(entry) => Ok(entry.event.clone()),
            None => Err(not_taken(&story, &ask.step, &answer.said)),
        }
    }

    /// The question that an answer is for.
    async fn question(&self, story: &Story, answer: &Answer) -> Result<Ask, Error> {
        let ask = story.machine().question(&answer.step).cloned().ok_or_else(|| not_asking(story, &answer.step))?;
        if let Some(token) = answer.token.as_ref().filter(|token| !proposal::is_token(token, ask.token)) {
            return Err(self.another_proposal(story, &ask, token).await);
        }
        if self.shared().clock.now() >= ask.deadline {
            return Err(Error::TooLate(ask.step));
        }
        Ok(ask)
    }

    /// Why a token is not of what is asked by now: what was seen is looked for in the run, and in those that it was forked off.
    async fn another_proposal(&self, story: &Story, ask: &Ask, token: &str) -> Error {
        let mut changes = proposal::seen(story.entries(), token).map(|seen| proposal::changes(seen, ask));
        for fork in story.header().forks.iter().rev() {
            if changes.is_none()
                && let Ok(other) = self.story(&fork.from).await
            {
                changes = proposal::seen(other.entries(), token).map(|seen| proposal::changes(seen, ask));
            }
        }
        Error::AnotherProposal { step: ask.step.clone(), token: ask.token, changes }
    }
}

impl Said {
    /// Whether an event records it.
    fn is_in(&self, event: &Event, of: Digest) -> bool {
        match (self, event) {
            (Said::Decision(said), Event::ApprovalDecided { token, decision, .. }) => *token == of && said == decision,
            (Said::Decision(said), Event::ApprovalTurn { token, turn: Turn::Voted { vote }, .. }) => {
                *token == of && said == vote
            }
            (Said::Delegation { by, to, .. }, Event::ApprovalTurn { token, turn, .. }) => {
                let is_same =
                    matches!(turn, Turn::Delegated { by: from, to: other, .. } if from == by && other == to.trim());
                *token == of && is_same
            }
            _ => false,
        }
    }
}

/// Why an answer that was sent came to nothing: somebody was faster.
fn not_taken(story: &Story, step: &str, said: &Said) -> Error {
    match said.event(story.machine(), step) {
        Err(error) if story.machine().question(step).is_some() => error.into(),
        _ => not_asking(story, step),
    }
}

/// Why a step takes no answer: somebody was faster, the run ended, or it never asked.
fn not_asking(story: &Story, step: &str) -> Error {
    if let Some((by, at)) = answered(story, step) {
        return Error::Answered { step: step.to_owned(), by, at };
    }
    if story.machine().status() == Status::Ended {
        return StoreError::Ended(story.id().clone()).into();
    }
    let asking: Vec<String> = story.questions().into_iter().map(|ask| ask.step).collect();
    let waiting = if asking.is_empty() { "no step does".to_owned() } else { format!("{} does", asking.join(", ")) };
    Error::NotAsking { step: step.to_owned(), waiting }
}

/// Who answered a step last, and when.
fn answered(story: &Story, step: &str) -> Option<(String, Timestamp)> {
    story.entries().iter().rev().find_map(|entry| match &entry.event {
        Event::ApprovalDecided { step: of, decision, .. } if of == step => match decision {
            Decision::Approved { by, .. } | Decision::Rejected { by, .. } => Some((by.clone(), entry.at)),
            Decision::Expired => None,
        },
        _ => None,
    })
}
