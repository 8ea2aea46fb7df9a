//! Constant-time exponentiation modulo the 3072-bit prime of RFC 3526, group 15.
