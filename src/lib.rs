//! Lifeguard
