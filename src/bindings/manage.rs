//! Operations on what belongs to the signed-in person: factors, devices, passkeys.

use super::Core;
use super::types::{Input, Output, device, wishes};
use crate::browser::Page;
use crate::client::error::Error;
use crate::client::{devices, mfa, passkeys};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;

impl Core {
    pub(super) async fn manage(
        &self,
        operation: &str,
        input: &Input,
        page: &Page<'_>,
    ) -> Result<Value, Error> {
        let client = &self.client;
        let (key, next) = (input.optional("deviceKey"), input.optional("next"));
        let (key, next) = (key.as_deref(), next.as_deref());
        let limit = input.number("limit");
        Ok(match operation {
            "associateSoftwareToken" => {
                Value::object().with("secretCode", mfa::associate(client, page).await?)
            }
            "verifySoftwareToken" => {
                let name = input.optional("friendlyDeviceName");
                mfa::verify(client, page, &input.secret("code")?, name.as_deref()).await?;
                Value::Null
            }
            "setMfaPreference" => {
                mfa::set_preference(client, page, &wishes(input)?).await?;
                Value::Null
            }
            "mfaPreference" => mfa::factors(client, page, "GetUser").await?.output(),
            "authFactors" => mfa::factors(client, page, "GetUserAuthFactors").await?.output(),
            "listDevices" => devices::list(client, page, limit, next).await?.output(),
            "getDevice" => {
                let (info, this) = devices::device(client, page, key).await?;
                device(&info, this.as_deref())
            }
            "rememberDevice" | "notRememberDevice" => {
                devices::remember(client, page, key, operation == "rememberDevice").await?;
                Value::Null
            }
            "forgetDevice" => {
                devices::forget(client, page, key).await?;
                Value::Null
            }
            "registerPasskey" => {
                passkeys::register(client, page).await?;
                Value::Null
            }
            "listPasskeys" => passkeys::list(client, page, limit, next).await?.output(),
            "deletePasskey" => {
                passkeys::delete(client, page, &input.text("credentialId")?).await?;
                Value::Null
            }
            _ => return Err(Error::Misuse(Misuse("no such operation"))),
        })
    }
}
