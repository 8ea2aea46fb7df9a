//! What must not go on: it ends in a trap, never in a guess.

use super::*;
use crate::host::{Host as _, Store};
use crate::operations::error::Attempt;
use crate::transcript::Transcript;

#[test]
#[should_panic(expected = "diverged")]
fn an_entry_of_another_effect_is_a_trap() {
    let machine = Clockwork::new();
    let mut call = Call::new("signIn", ALICE);
    let read = call.step(&machine);

    call.transcript.push(Value::from(vec![Value::Number(1.0), nothing(&read)]));
    call.step(&machine);
}

#[test]
#[should_panic(expected = "diverged")]
fn a_transcript_of_another_input_is_a_trap() {
    let machine = Clockwork::new();
    let mut call = Call::new("signIn", ALICE);
    call.until_send(&machine);

    call.input = Value::parse(r#"{"username":"bob","password":"secret"}"#).unwrap();
    call.step(&machine);
}

#[test]
#[should_panic(expected = "diverged")]
fn a_result_before_the_end_of_the_transcript_is_a_trap() {
    let machine = Clockwork::new();
    let mut call = Call::new("question", "{}");

    call.transcript.push(Value::from(vec![Value::Number(1.0), Value::Null]));
    call.step(&machine);
}

#[test]
#[should_panic(expected = "diverged")]
fn fewer_values_than_were_to_be_read_are_a_trap() {
    let machine = Clockwork::new();
    let mut call = Call::new("session", "{}");
    let read = call.step(&machine);

    call.go_on(&machine, &read, Value::from(vec![]));
}

#[test]
#[should_panic(expected = "diverged")]
fn random_bytes_of_another_length_are_a_trap() {
    let machine = Clockwork::new();
    let mut call = Call::new("signIn", ALICE);
    call.until_send(&machine);
    let drawn = call.transcript.iter_mut().find_map(|entry| match entry {
        Value::Array(parts) => match parts.as_mut_slice() {
            [_, Value::String(text)] if text.len() == 44 => Some(text),
            _ => None,
        },
        _ => None,
    });

    *drawn.unwrap() = String::from("AAAA");
    call.step(&machine);
}

/// One run of an operation over an empty transcript.
fn run<T>(operation: impl Fn(&Transcript<'_>) -> Attempt<T>) {
    let machine = Clockwork::new();
    let host = Transcript::new(&machine, &[], Value::object(), None);
    let result = operation(&host);
    host.end(result);
}

#[test]
#[should_panic(expected = "diverged")]
fn a_result_in_spite_of_a_suspension_is_a_trap() {
    run(|host| {
        let loaded = host.load(Store::Lasting, "key");
        Ok(loaded.is_ok())
    });
}

#[test]
#[should_panic(expected = "diverged")]
fn another_effect_in_spite_of_a_suspension_is_a_trap() {
    run(|host| {
        let _ = host.load(Store::Lasting, "key");
        let _ = host.sleep(10)?;
        Ok(())
    });
}

#[test]
fn an_operation_that_leaves_at_a_suspension_is_none() {
    run(|host| {
        let _ = host.load(Store::Lasting, "key")?;
        let _ = host.sleep(10)?;
        Ok(())
    });
}
