//! The memory that argon2id works in: 19 MiB and more, of its own mapping.
//!
//! In:  how many blocks a hash needs.
//! Out: so many, used again: taking them fresh costs a millisecond of page faults.
//! Never: of the allocator, which would keep for itself what is given back; here the system has it at once, and clears it.

#![expect(
    unsafe_code,
    reason = "octets of a mapping are read as blocks, which are whole numbers and nothing else"
)]

use argon2::Block;
use memmap2::MmapMut;

use crate::hash::PARAMETERS;

/// Memory of one thread; none until it is needed.
#[derive(Default)]
pub(crate) struct Memory(Option<MmapMut>);

impl Memory {
    /// So many blocks. More than ours need are given back with the next use. None where the system has no memory left: then no
    /// hash is computed, and nothing fits.
    pub(crate) fn blocks(&mut self, count: usize) -> &mut [Block] {
        let needed = count.saturating_mul(Block::SIZE);
        let kept = count.max(PARAMETERS.block_count()).saturating_mul(Block::SIZE);
        if self.0.as_ref().is_none_or(|map| map.len() < needed || map.len() > kept) {
            self.0 = None;
            self.0 = MmapMut::map_anon(kept).ok();
        }
        let Some(map) = self.0.as_mut() else { return &mut [] };
        // SAFETY: a block is an array of u64: every pattern of bits is one, and writing one leaves octets.
        let (_, blocks, _) = unsafe { map.align_to_mut::<Block>() };
        blocks.get_mut(..count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_beyond_ours_is_given_back() {
        let mut memory = Memory::default();
        assert_eq!(memory.blocks(65_536).len(), 65_536);
        assert_eq!(memory.blocks(8).len(), 8);
        let kept = memory.0.as_ref().map(|map| map.len());
        assert_eq!(kept, Some(PARAMETERS.block_count() * Block::SIZE));
    }

    #[test]
    fn memory_is_used_again() {
        let mut memory = Memory::default();
        let first = memory.blocks(PARAMETERS.block_count()).as_ptr();
        assert_eq!(memory.blocks(8).as_ptr(), first);
    }
}
