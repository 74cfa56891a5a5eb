//! Symbols as text, for people who sit at a terminal.

/// How a terminal is to be drawn on. Blocks take the terminal's own text
/// colour, so plain text has to know which of the two colours is the light one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TerminalStyle {
    /// Plain text for light letters on a dark ground: blocks draw what is light.
    #[default]
    DarkGround,
    /// Plain text for dark letters on a light ground: blocks draw what is dark.
    LightGround,
    /// Black on white by ANSI escape sequences: right on every terminal that
    /// knows colours, and unreadable noise in a file.
    Colour,
}

const ANSI_BLACK_ON_WHITE: &str = "\u{1b}[30;107m";
const ANSI_RESET: &str = "\u{1b}[0m";

/// The four block characters of a cell with two halves: none, first, second, both.
pub(super) struct Blocks([char; 4]);

/// Upper and lower half.
pub(super) const STACKED: Blocks = Blocks([' ', '▀', '▄', '█']);
/// Left and right half.
pub(super) const SIDE_BY_SIDE: Blocks = Blocks([' ', '▌', '▐', '█']);

impl Blocks {
    fn pick(&self, first: bool, second: bool) -> char {
        let [none, only_first, only_second, both] = self.0;
        match (first, second) {
            (false, false) => none,
            (true, false) => only_first,
            (false, true) => only_second,
            (true, true) => both,
        }
    }
}

impl TerminalStyle {
    /// One line of text from pairs of modules (true is dark), with its line feed.
    pub(super) fn push_line(
        self,
        text: &mut String,
        blocks: &Blocks,
        pairs: impl Iterator<Item = (bool, bool)>,
    ) {
        let drawn_when_dark = self != Self::DarkGround;
        if self == Self::Colour {
            text.push_str(ANSI_BLACK_ON_WHITE);
        }
        text.extend(
            pairs.map(|(first, second)| blocks.pick(first == drawn_when_dark, second == drawn_when_dark)),
        );
        if self == Self::Colour {
            text.push_str(ANSI_RESET);
        }
        text.push('\n');
    }
}
