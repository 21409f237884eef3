//! Everything that looks random in an answer comes from here, so that it is not.

/// FNV-1a: short, and the same on every machine and in every release.
pub(super) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The sixteen digits that identify an answer.
pub(super) fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

/// SplitMix64, a stream of well-spread numbers from one seed.
pub(super) struct Mix(pub u64);

impl Mix {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in -1..1; 24 bits are all an `f32` can hold.
    pub(super) fn unit(&mut self) -> f32 {
        let bits = (self.next() >> 40) as f32;
        bits / 8_388_608.0 - 1.0
    }
}
