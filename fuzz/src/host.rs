//! A host for one call: a page with stores, locks and passkeys that work, and a service that the input plays.

use crate::fixture::{CLIENT_ID, NOW, POOL_ID};
use lifeguard::protocol::json::Value;
use lifeguard::step::step;
use lifeguard::transcript::Machine;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Values of the stores, by store and key.
pub(crate) type Stores = BTreeMap<(String, String), String>;

/// A call under way, and its page.
pub(crate) struct Run {
    config: Value,
    operation: String,
    input: Value,
    state: Value,
    transcript: Vec<Value>,
    /// What the page was told so far.
    pub(crate) notes: Vec<Value>,
    /// Addresses of the requests so far.
    pub(crate) urls: Vec<String>,
    stores: Stores,
    clock: Clock,
}

/// Time goes on by what is slept; random bytes count up, so that a crash comes again.
struct Clock {
    now: Cell<u64>,
    draws: Cell<u8>,
}

impl Machine for Clock {
    fn now(&self) -> u64 {
        self.now.get()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.draws.set(self.draws.get().wrapping_add(1));
        bytes.fill(self.draws.get());
    }
}

impl Run {
    pub(crate) fn new(operation: &str, input: Value) -> Self {
        let pools = Value::object()
            .with("id", "eu-west-1:01234567-89ab-cdef-0123-456789abcdef")
            .with("guests", true);
        let config = Value::object()
            .with("userPoolId", POOL_ID)
            .with("clientId", CLIENT_ID)
            .with("identityPool", pools);
        Self::with_config(operation, input, config)
    }

    pub(crate) fn with_config(operation: &str, input: Value, config: Value) -> Self {
        Self {
            config,
            operation: String::from(operation),
            input,
            state: Value::object(),
            transcript: Vec::new(),
            notes: Vec::new(),
            urls: Vec::new(),
            stores: Stores::new(),
            clock: Clock { now: Cell::new(NOW), draws: Cell::new(0) },
        }
    }

    pub(crate) fn store(&mut self, key: &str, value: &str) {
        self.stores.insert((String::from("local"), String::from(key)), String::from(value));
    }

    pub(crate) fn stores(&self) -> &Stores {
        &self.stores
    }

    /// Runs until a request is to be sent, or to the end; gives the last step's output.
    pub(crate) fn until_send(&mut self) -> Value {
        self.run(&mut |_| None)
    }

    /// Runs to the end: `service` answers each request, or ends it all with `None`.
    pub(crate) fn run(&mut self, service: &mut dyn FnMut(&Value) -> Option<Value>) -> Value {
        for _ in 0..MAX_STEPS {
            let output = self.step();
            let Some(effect) = output.get("effect") else { return output };
            let answer = match effect.str("kind").unwrap() {
                "send" => {
                    self.urls.push(effect.string("url").unwrap());
                    match service(effect) {
                        Some(answer) => answer,
                        None => return output,
                    }
                }
                _ => self.perform(effect),
            };
            let id = effect.get("id").unwrap().clone();
            self.transcript.push(Value::from(vec![id, answer]));
        }
        panic!("{} does not end", self.operation);
    }

    /// One step. Its output is one of a result, a failure and an effect.
    fn step(&mut self) -> Value {
        let message = Value::object()
            .with("config", self.config.clone())
            .with("operation", self.operation.as_str())
            .with("input", self.input.clone())
            .with("state", self.state.clone())
            .with("transcript", self.transcript.clone());
        let output = Value::parse(&step(&self.clock, &message.write())).expect("JSON");
        // By name: a result may be `null`.
        let ends = output.members().iter().map(|(name, _)| name.as_str());
        let ends = ends.filter(|name| matches!(*name, "done" | "failed" | "effect"));
        assert_eq!(ends.count(), 1, "one of done, failed and effect");
        self.transcript.extend(output.get("entries").unwrap().items().iter().cloned());
        self.notes.extend(output.get("notes").unwrap().items().iter().cloned());
        if let Some(state) = output.get("state") {
            self.state = state.clone();
        }
        output
    }

    fn perform(&mut self, effect: &Value) -> Value {
        let items = |name| effect.get(name).map(Value::items).unwrap_or_default();
        match effect.str("kind").unwrap() {
            "read" => {
                let load = |item: &Value| {
                    let [store, key] = item.strings().try_into().unwrap();
                    self.stores.get(&(store, key)).map_or(Value::Null, Value::from)
                };
                Value::from(items("items").iter().map(load).collect::<Vec<_>>())
            }
            "write" => {
                let store = effect.str("store").unwrap();
                let pair = |item: &Value| match item.items() {
                    [Value::String(key), value] => {
                        ((String::from(store), key.clone()), value.as_str().map(String::from))
                    }
                    _ => panic!("no pair: {}", item.write()),
                };
                let is_met = |item: &Value| {
                    let (place, value) = pair(item);
                    self.stores.get(&place) == value.as_ref()
                };
                if !items("expected").iter().all(is_met) {
                    return Value::Bool(false);
                }
                for (place, value) in items("changes").iter().map(pair) {
                    match value {
                        Some(value) => self.stores.insert(place, value),
                        None => self.stores.remove(&place),
                    };
                }
                Value::Bool(true)
            }
            "sleep" => {
                let ms = effect.number("ms").unwrap() as u64;
                self.clock.now.set(self.clock.now.get() + ms);
                Value::Null
            }
            "lock" => "held".into(),
            "verify" => Value::Bool(true),
            "passkeyGet" | "passkeyCreate" => Value::object().with("credential", CREDENTIAL),
            kind => panic!("an effect that no host knows: {kind}"),
        }
    }
}

/// No call takes more, whatever the service answers.
const MAX_STEPS: usize = 200;
const CREDENTIAL: &str = r#"{"id":"AQID","rawId":"AQID","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"AA","signature":"AA","transports":["internal"]}}"#;
