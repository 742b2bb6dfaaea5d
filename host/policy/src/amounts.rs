//! Amounts of what invocations share, and what is left of them. It does not know who spends them.

use serde::{Deserialize, Serialize};

/// What invocations share, and a budget bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spendable {
    /// Computing.
    Fuel,
    /// Host calls.
    Calls,
    /// Bytes in and out.
    Bytes,
    /// Money.
    Usd,
    /// Tokens of models.
    Tokens,
}

impl Spendable {
    /// All of them.
    pub const ALL: [Spendable; 5] =
        [Spendable::Fuel, Spendable::Calls, Spendable::Bytes, Spendable::Usd, Spendable::Tokens];

    /// The key of a budget.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Spendable::Fuel => "fuel",
            Spendable::Calls => "calls",
            Spendable::Bytes => "bytes",
            Spendable::Usd => "usd",
            Spendable::Tokens => "tokens",
        }
    }
}

/// Amounts of what invocations share: what a run or a step has left of it, or what one of them may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amounts {
    /// Units of computing.
    pub fuel: u64,
    /// Host calls.
    pub calls: u64,
    /// Bytes in and out.
    pub bytes: u64,
    /// Money, in millionths of a dollar.
    #[serde(default, skip_serializing_if = "is_none")]
    pub micro_usd: u64,
    /// Tokens of models.
    #[serde(default, skip_serializing_if = "is_none")]
    pub tokens: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(amount: &u64) -> bool {
    *amount == 0
}

impl Amounts {
    /// More than anybody can use: where nothing bounds.
    pub const ALL: Amounts =
        Amounts { fuel: u64::MAX, calls: u64::MAX, bytes: u64::MAX, micro_usd: u64::MAX, tokens: u64::MAX };

    /// So much of one, and nothing of the others.
    #[must_use]
    pub fn only(what: Spendable, amount: u64) -> Amounts {
        let mut amounts = Amounts::default();
        *amounts.of_mut(what) = amount;
        amounts
    }

    /// How much of one.
    #[must_use]
    pub fn of(mut self, what: Spendable) -> u64 {
        *self.of_mut(what)
    }

    fn of_mut(&mut self, what: Spendable) -> &mut u64 {
        match what {
            Spendable::Fuel => &mut self.fuel,
            Spendable::Calls => &mut self.calls,
            Spendable::Bytes => &mut self.bytes,
            Spendable::Usd => &mut self.micro_usd,
            Spendable::Tokens => &mut self.tokens,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Amounts) -> Amounts {
        self.each(other, u64::saturating_add)
    }

    /// What is left of these without the other.
    #[must_use]
    pub fn without(self, other: Amounts) -> Amounts {
        self.each(other, u64::saturating_sub)
    }

    /// These, none above the other.
    #[must_use]
    pub fn at_most(self, most: Amounts) -> Amounts {
        self.each(most, u64::min)
    }

    /// These, none below the other.
    #[must_use]
    pub fn at_least(self, least: Amounts) -> Amounts {
        self.each(least, u64::max)
    }

    /// Half of each; of what is odd, the greater half.
    #[must_use]
    pub fn half(self) -> Amounts {
        self.each(self, |amount, _| amount.div_ceil(2))
    }

    /// Whether there is enough of each for the other.
    #[must_use]
    pub fn covers(self, other: Amounts) -> bool {
        other.at_most(self) == other
    }

    /// Puts each of one together with each of the other.
    pub(crate) fn each(self, other: Amounts, of: impl Fn(u64, u64) -> u64) -> Amounts {
        Amounts {
            fuel: of(self.fuel, other.fuel),
            calls: of(self.calls, other.calls),
            bytes: of(self.bytes, other.bytes),
            micro_usd: of(self.micro_usd, other.micro_usd),
            tokens: of(self.tokens, other.tokens),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amounts() -> impl Strategy<Value = Amounts> {
        let amount = || prop_oneof![0_u64..100, Just(u64::MAX), any::<u64>()];
        (amount(), amount(), amount(), amount(), amount()).prop_map(|(fuel, calls, bytes, micro_usd, tokens)| Amounts {
            fuel,
            calls,
            bytes,
            micro_usd,
            tokens,
        })
    }

    proptest! {
        #[test]
        fn what_is_taken_and_what_is_left_are_what_was_there(had in amounts(), wanted in amounts()) {
            let taken = wanted.at_most(had);
            prop_assert!(had.covers(taken));
            prop_assert_eq!(had.without(taken).plus(taken), had);
            prop_assert_eq!(had.covers(wanted), taken == wanted);
        }

        #[test]
        fn two_halves_cover_the_whole(amounts in amounts()) {
            prop_assert!(amounts.half().plus(amounts.half()).covers(amounts));
            prop_assert!(amounts.covers(amounts.half()));
        }
    }
}
