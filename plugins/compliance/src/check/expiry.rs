//! Whether documents are valid on the day: not expired, not about to, and not from the future.

use jiff::civil::Date;

use super::Case;
use crate::day;
use crate::input::{self, DateRole, Mention, Summary};
use crate::output::{Evidence, Finding, Severity};

/// A finding for each date that makes a document doubtful.
#[must_use]
pub fn check(case: &Case<'_>) -> Vec<Finding> {
    let dates = case.summaries.iter().flat_map(|summary| summary.dates.iter().map(move |date| (*summary, date)));
    dates.filter_map(|(summary, date)| judge(case, summary, date)).collect()
}

fn judge(case: &Case<'_>, summary: &Summary, date: &Mention<input::Date>) -> Option<Finding> {
    let day = day::parse(&date.what.value)?;
    let name = &summary.document;
    let (code, severity, message) = match date.what.role? {
        DateRole::Expires if expires(case, summary) => expiry(case, name, day)?,
        DateRole::Issued | DateRole::Signed if day > case.as_of => (
            "document.postdated",
            Severity::Medium,
            format!("{name} bears the date {day}, after the day of this check"),
        ),
        _ => return None,
    };
    let mut evidence = vec![Evidence::place(summary, date)];
    if code == "document.expiring" {
        evidence.push(Evidence::rule("expiry_warning_days", case.input.rules.expiry_warning_days));
    }
    Some(Finding { code: code.to_owned(), severity, message, evidence })
}

/// Whether the expiry of such a document matters.
fn expires(case: &Case<'_>, summary: &Summary) -> bool {
    summary.kind.as_ref().is_some_and(|kind| case.input.rules.expiring_documents.contains(kind))
}

fn expiry(case: &Case<'_>, name: &str, day: Date) -> Option<(&'static str, Severity, String)> {
    let days = day::between(case.as_of, day);
    if days < 0 {
        return Some(("document.expired", Severity::High, format!("{name} expired on {day}")));
    }
    let soon = days <= i64::from(case.input.rules.expiry_warning_days);
    soon.then(|| ("document.expiring", Severity::Low, format!("{name} expires on {day}, in {days} days")))
}
