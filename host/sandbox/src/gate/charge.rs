//! What a guest spends by calling, by being answered, and by handing part of what it has to others. It does not know what
//! the calls do.

use baton_journal::Limit;
use baton_policy::{Amounts, Exhausted, Resource};

use super::reply::text;
use super::{Answer, Behind, Gate, Operation, Stop};
use crate::call_error::CallError;

/// What a gate has counted beside its meter.
#[derive(Default)]
pub(super) struct Counted {
    /// Fuel that host calls have cost and the engine has not yet taken.
    surcharge: u64,
    /// What others spent of what this invocation has.
    handed_on: Amounts,
}

impl Gate {
    pub(super) fn charge_all(&mut self, operations: &[impl Operation]) -> Result<Vec<String>, Stop> {
        let mut requests = Vec::with_capacity(operations.len());
        for operation in operations {
            match self.charge(operation) {
                Ok(request) => requests.push(request),
                Err(stop) => {
                    requests.iter().for_each(|request: &String| self.count(request.len() as u64));
                    return Err(stop.after(requests.len()));
                }
            }
        }
        Ok(requests)
    }

    /// What the guest spends by calling.
    pub(super) fn charge(&mut self, operation: &impl Operation) -> Result<String, Stop> {
        let request = text(operation)?;
        self.charge_call(request.len() as u64)?;
        Ok(request)
    }

    /// What the guest spends by being answered.
    pub(super) fn settle<T>(&mut self, answer: Answer<T>) -> Result<Result<T, CallError>, Stop> {
        self.charge_reply(answer.bytes)?;
        Ok(answer.reply.into())
    }

    pub(super) fn charge_reply(&mut self, bytes: u64) -> Result<(), Stop> {
        let fuel = self.meter.charge_reply(bytes).map_err(|out| self.exhausted(&out))?;
        self.add_surcharge(fuel);
        Ok(())
    }

    /// A call that was made before, by an earlier host, is counted like any other, and never refused for those that others made.
    pub(super) fn charge_call(&mut self, bytes: u64) -> Result<(), Stop> {
        let account = &self.invocation.account;
        match &self.behind {
            Behind::Journal(steps) if steps.is_playing() => account.take_anyway(),
            _ => account.take().map_err(|empty| Stop::Unpaid(0, empty.to_string()))?,
        }
        self.charge_taken_call(bytes)
    }

    /// The same for a call that needed no step and is over: its worker tells of it.
    pub(super) fn charge_made_call(&mut self, bytes: u64) -> Result<(), Stop> {
        self.invocation.account.take_anyway();
        self.charge_taken_call(bytes)
    }

    fn charge_taken_call(&mut self, bytes: u64) -> Result<(), Stop> {
        let charged = self.meter.charge_call(bytes).inspect_err(|_| self.invocation.account.put_back());
        let fuel = charged.map_err(|out| self.exhausted(&out))?;
        self.add_surcharge(fuel);
        Ok(())
    }

    /// In a worker: fuel that was charged for calls that are not made after all.
    pub(super) fn refund(&mut self, fuel: u64) {
        self.counted.surcharge = self.counted.surcharge.saturating_sub(fuel);
    }

    /// What others spent of what was set aside for them: it is there.
    pub(super) fn charge_spent(&mut self, spent: Amounts) -> Result<(), Stop> {
        let fuel = self.meter.charge_spent(spent).map_err(|out| self.exhausted(&out))?;
        self.counted.handed_on = self.counted.handed_on.plus(spent);
        self.add_surcharge(fuel);
        Ok(())
    }

    pub(super) fn exhausted(&self, out: &Exhausted) -> Stop {
        let limit = if out.resource == Resource::Calls { Limit::Calls } else { Limit::Bytes };
        Stop::Exhausted(limit, self.invocation.exhausted(out.resource))
    }

    /// What the guest has left at this moment: what it can hand on.
    pub(super) fn amounts_left(&self) -> Amounts {
        let host = self.meter.remaining();
        let fuel = self.fuel_left.saturating_sub(self.counted.surcharge).min(self.fuel_told);
        Amounts { fuel, calls: host.calls, bytes: host.bytes, ..Amounts::default() }
    }

    /// What others spent of what this invocation has: they account for it themselves.
    pub(crate) fn handed_on(&self) -> Amounts {
        self.counted.handed_on
    }

    /// The fuel that host calls have cost and the engine has not yet taken.
    pub(crate) fn take_surcharge(&mut self) -> u64 {
        std::mem::take(&mut self.counted.surcharge)
    }

    /// Adds fuel that the engine has to take.
    pub(crate) fn add_surcharge(&mut self, fuel: u64) {
        self.counted.surcharge = self.counted.surcharge.saturating_add(fuel);
    }
}
