//! Chances that come again with the same seed.

/// SplitMix64: small, and the same everywhere.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Where the row of that number begins.
    pub(super) const fn row(seed: u64, number: u64) -> Self {
        Self(Self(seed).next() ^ Self(number).next())
    }

    /// Whether the next draw falls into so many of a thousand; what is certain
    /// draws nothing.
    pub(super) fn falls_on(&mut self, per_mille: u16) -> bool {
        per_mille >= 1000 || self.next() % 1000 < u64::from(per_mille)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_come_as_often_as_they_say() {
        for (per_mille, least, most) in
            [(0, 0, 0), (100, 800, 1200), (500, 4700, 5300), (1000, 10_000, 10_000)]
        {
            let mut random = Random::row(1, 1);
            let hits = (0..10_000).filter(|_| random.falls_on(per_mille)).count();
            assert!((least..=most).contains(&hits), "{per_mille}: {hits}");
        }
    }
}
