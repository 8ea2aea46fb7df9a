//! Requests in, replies out: who may knock, the frame, CORS, faults, and the pages that are no operation.

pub(crate) mod cors;
pub(crate) mod dev;
pub(crate) mod discovery;
pub(crate) mod gate;
pub(crate) mod listen;
pub(crate) mod reply;
pub(crate) mod spoil;
pub(crate) mod trace;
