//! What the peer of the interop matrix, the benchmark's peer and the churning peers share.

pub mod arguments;
pub mod lines;
pub mod perf;
pub mod transport;
