//! How well Paysera knows a user.

/// `identification_level` of a user, from least to most (wallet-api section 6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Unidentified,
    SemiIdentified,
    Identified,
    FullyIdentified,
}

impl Level {
    const ALL: [Self; 4] =
        [Self::Unidentified, Self::SemiIdentified, Self::Identified, Self::FullyIdentified];

    /// Name on the wire and in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unidentified => "unidentified",
            Self::SemiIdentified => "semi_identified",
            Self::Identified => "identified",
            Self::FullyIdentified => "fully_identified",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}
