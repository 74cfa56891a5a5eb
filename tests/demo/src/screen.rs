//! What a person sees in the terminal.

use std::io::Write as _;
use std::time::Duration;

use paysera_core::money::Money;
use paysera_core::qr::{Code128Symbol, QrSymbol, TerminalStyle};

use crate::report::{Flow, Report};

/// The terminal, with colours or without, or nothing at all.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    shown: bool,
    colour: bool,
}

impl Screen {
    /// A terminal; `colour` only where somebody looks at it.
    #[must_use]
    pub const fn terminal(colour: bool) -> Self {
        Self { shown: true, colour }
    }

    /// Shows nothing.
    #[must_use]
    pub const fn dark() -> Self {
        Self { shown: false, colour: false }
    }

    fn line(self, text: &str) {
        if self.shown {
            // Somebody who closed the pipe has seen enough; the demo goes on.
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    fn paint(self, ansi: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{ansi}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn style(self) -> TerminalStyle {
        if self.colour { TerminalStyle::Colour } else { TerminalStyle::DarkGround }
    }

    pub(crate) fn opening(self, base_url: &str, seed: u64) {
        self.line(&self.paint("1", "Paysera Retailer Core: from tap to settlement"));
        self.line(&format!("A merchant's phone, a customer's phone, and a Wallet API sandbox at {base_url}"));
        self.line(&format!("Every code travels as a photograph (camera seed {seed}).\n"));
    }

    pub(crate) fn chapter(self, title: &str) {
        self.line(&self.paint(
            "1;36",
            &format!("── {title} {}", "─".repeat(70_usize.saturating_sub(title.chars().count()))),
        ));
    }

    /// Says what somebody does.
    pub(crate) fn says(self, who: &str, what: &str) {
        self.line(&format!("  {} {what}", self.paint("1", &format!("{who:<9}"))));
    }

    pub(crate) fn qr(self, symbol: &QrSymbol) {
        self.block(&symbol.to_half_blocks(self.style()));
    }

    pub(crate) fn barcode(self, symbol: &Code128Symbol) {
        self.block(&symbol.to_blocks(self.style(), 3));
    }

    fn block(self, text: &str) {
        for line in text.lines() {
            self.line(&format!("            {line}"));
        }
    }

    pub(crate) fn timeline(self, steps: &[(Duration, &'static str, String)]) {
        let mut before = Duration::ZERO;
        for (at, who, state) in steps {
            let took = at.saturating_sub(before).as_millis();
            before = *at;
            let line = format!("  {:>7} ms  +{took:<5} {who:<9} {state}", at.as_millis());
            self.line(&self.paint("2", &line));
        }
    }

    pub(crate) fn balances(self, who: &str, before: Money, after: Money) {
        self.says(who, &format!("{} → {}", before, self.paint("1", &after.to_string())));
    }

    pub(crate) fn settled(self, flow: &Flow) {
        let line = format!("settled: {} {} in {} ms", flow.amount, flow.currency, flow.ms);
        self.line(&format!("  {}\n", self.paint("1;32", &line)));
    }

    pub(crate) fn refused(self, what: &str, code: &str, text: &str) {
        self.line(&format!("  {what}"));
        self.line(&format!("      {} {}", self.paint("33", text), self.paint("2", &format!("({code})"))));
    }

    pub(crate) fn closing(self, report: &Report) {
        let settled = report.flows.iter().filter(|flow| flow.outcome == "settled").count();
        self.line("");
        self.chapter("In the end");
        self.line(&format!(
            "  {settled} operations settled, {} refused as they should be, {} requests.",
            report.refusals.len(),
            report.requests
        ));
        let ledger = if report.ledger_balanced { "sums to zero" } else { "DOES NOT SUM TO ZERO" };
        self.line(&format!("  The sandbox's ledger {}.", self.paint("1", ledger)));
    }
}
