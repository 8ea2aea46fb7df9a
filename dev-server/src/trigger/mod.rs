//! Lambda triggers, as the service has them: each is an address of the developer's that the pool's `LambdaConfig`
//! names (`PreSignUp = "http://localhost:9000/pre-sign-up"`). It receives the documented event by POST and answers
//! with the event, its `response` filled in; an answer with `errorMessage`, or a status of 4xx or 5xx, is a
//! trigger that threw.

mod answer;
mod call;
mod kind;
#[cfg(test)]
mod tests;

pub(crate) use kind::Trigger;

pub(crate) use answer::{
    ClaimsOverride, CreateChallenge, CustomMessage, DefineChallenge, GroupOverride, Migration,
    Nothing, PreSignUp, TokenGeneration, TokenOverride, VerifyChallenge,
};

use crate::input;
use crate::refusal::Refusal;
use crate::store::Pool;
use call::Patience;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// One occasion on which a trigger is asked.
#[derive(Debug)]
pub(crate) struct Occasion<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client_id: &'a str,
    /// The real user name; for an unknown person the name as typed.
    pub(crate) username: &'a str,
    /// For instance `PreSignUp_SignUp`.
    pub(crate) source: &'a str,
    /// The event's `request`, without members that are not known.
    pub(crate) request: Value,
}

impl Trigger {
    /// Asks the trigger; `None` when the pool has none.
    ///
    /// # Errors
    /// `UserLambdaValidationException` when the trigger threw, `InvalidLambdaResponseException` when its answer has
    /// the wrong shape, `UnexpectedLambdaException` when it did not answer.
    pub(crate) async fn ask<T: DeserializeOwned + Default>(
        self,
        occasion: Occasion<'_>,
    ) -> Result<Option<T>, Refusal> {
        self.ask_with(occasion, Patience::OF_THE_SERVICE).await
    }

    async fn ask_with<T: DeserializeOwned + Default>(
        self,
        occasion: Occasion<'_>,
        patience: Patience,
    ) -> Result<Option<T>, Refusal> {
        let Some((address, version)) = self.configured(occasion.pool) else { return Ok(None) };
        let event = self.event(occasion, &version);
        let answer = call::post(self, &address, &event, patience).await?;
        self.read(answer).map(Some)
    }

    fn read<T: DeserializeOwned + Default>(self, mut answer: Value) -> Result<T, Refusal> {
        if let Some(text) = input::text(&answer, "errorMessage") {
            return Err(self.threw(text));
        }
        let wrong =
            || Refusal::new("InvalidLambdaResponseException", "Unrecognizable lambda output");
        match answer.get_mut("response").map(Value::take) {
            Some(Value::Object(mut response)) => {
                response.retain(|_, member| !member.is_null());
                serde_json::from_value(Value::Object(response)).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }

    /// Where the pool has this trigger and which version of its event. An ARN is kept and reported, but cannot be
    /// called.
    fn configured(self, pool: &Pool) -> Option<(String, String)> {
        let config = pool.policy().lambda_config;
        let versioned = config.get(&format!("{}Config", self.name()));
        let address =
            config.get(self.name()).or_else(|| versioned?.get("LambdaArn"))?.as_str().filter(
                |address| ["http://", "https://"].iter().any(|it| address.starts_with(it)),
            )?;
        let version = match versioned.and_then(|config| input::text(config, "LambdaVersion")) {
            Some("V2_0") => "2",
            Some("V3_0") => "3",
            _ => "1",
        };
        Some((address.to_owned(), version.to_owned()))
    }

    fn event(self, occasion: Occasion<'_>, version: &str) -> Value {
        json!({
            "version": version,
            "region": occasion.pool.region(),
            "userPoolId": occasion.pool.id,
            "userName": occasion.username,
            "callerContext": {
                "awsSdkVersion": "aws-sdk-unknown-unknown",
                "clientId": occasion.client_id,
            },
            "triggerSource": occasion.source,
            "request": occasion.request,
            "response": self.empty_response(version),
        })
    }

    /// The `response` a trigger finds in its event: each member it may fill in.
    fn empty_response(self, version: &str) -> Value {
        match self {
            Self::PreSignUp => {
                json!({"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false})
            }
            Self::DefineAuthChallenge => {
                json!({"challengeName": null, "issueTokens": null, "failAuthentication": null})
            }
            Self::CreateAuthChallenge => json!({
                "publicChallengeParameters": null,
                "privateChallengeParameters": null,
                "challengeMetadata": null,
            }),
            Self::VerifyAuthChallengeResponse => json!({"answerCorrect": null}),
            Self::PreTokenGeneration if version == "1" => json!({"claimsOverrideDetails": null}),
            Self::PreTokenGeneration => json!({"claimsAndScopeOverrideDetails": null}),
            Self::UserMigration => json!({
                "userAttributes": null,
                "forceAliasCreation": null,
                "enableSMSMFA": null,
                "finalUserStatus": null,
                "messageAction": null,
                "desiredDeliveryMediums": null,
            }),
            Self::CustomMessage => {
                json!({"smsMessage": null, "emailMessage": null, "emailSubject": null})
            }
            Self::PostConfirmation | Self::PreAuthentication | Self::PostAuthentication => {
                Value::Object(Map::new())
            }
        }
    }
}
