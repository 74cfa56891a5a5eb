//! Repeatable chance: `SplitMix64`, the same on every machine.

/// A stream of numbers that a seed determines. Not for secrets.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own, so that what follows does not depend on how much
    /// of it is used.
    #[must_use]
    pub const fn fork(&mut self) -> Self {
        Self(self.bits())
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Evenly from `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.bits() >> 40) as f32 / (1_u32 << 24) as f32;
        low + (high - low) * unit
    }

    /// Evenly from the whole numbers `low` to `high`, both included.
    pub const fn whole(&mut self, low: u32, high: u32) -> u32 {
        let span = high.saturating_sub(low) as u64 + 1;
        low.saturating_add((self.bits() % span) as u32)
    }

    /// True in this part of all cases.
    pub fn happens(&mut self, part: f32) -> bool {
        self.between(0.0, 1.0) < part
    }

    /// Nearly normal, with mean 0 and standard deviation 1: the sum of four
    /// evenly drawn 16-bit numbers.
    pub fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
        // Four numbers below 65536: mean 131070, standard deviation 65536 / sqrt(3).
        (sum as f32 - 131_070.0) / 37_837.0
    }
}
