//! The API that wants AWS credentials.

use super::call::{Call, reply};
use crate::refusal::Refusal;
use crate::server::Server;
use crate::signers;
use crate::sigv4::{self, Signer};
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// Echoes a request whose signer may do it; refuses as API Gateway does.
pub(super) fn answer(server: &Server, call: &Call<'_>) -> Response<Body> {
    match admit(server, call) {
        Ok(signer) => call.echo(&caller(&signer)),
        Err(refusal) if is_for_storage(call) => storage_error(&refusal),
        Err(refusal) => {
            let body = json!({ "message": refusal.message });
            // API Gateway has 403 for a missing signature, too.
            reply(StatusCode::FORBIDDEN, &body, &[("x-amzn-errortype", refusal.name)])
        }
    }
}

/// Whether the caller says that it speaks to S3, and so reads its errors.
fn is_for_storage(call: &Call<'_>) -> bool {
    let scope = "/s3/aws4_request";
    call.header("authorization").is_some_and(|text| text.contains(scope))
        || call.query.contains(&scope.replace('/', "%2F"))
}

/// The refusal in S3's own names, in XML.
fn storage_error(refusal: &Refusal) -> Response<Body> {
    let name = match refusal.name {
        "InvalidSignatureException"
            if refusal.message.contains(" is now earlier than ")
                || refusal.message.contains(" is still later than ") =>
        {
            "RequestTimeTooSkewed"
        }
        "InvalidSignatureException" => "SignatureDoesNotMatch",
        "UnrecognizedClientException" => "InvalidAccessKeyId",
        "ExpiredTokenException" => "ExpiredToken",
        _ => "AccessDenied",
    };
    let message = refusal.message.replace('&', "&amp;").replace('<', "&lt;");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Error><Code>{name}</Code><Message>{message}</Message></Error>"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::FORBIDDEN;
    let xml = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(header::CONTENT_TYPE, xml);
    response
}

fn admit(server: &Server, call: &Call<'_>) -> Result<Signer, Refusal> {
    let signer = signers::verify(server, call.request, &["execute-api", "s3"])?;
    let (action, resource) = if signer.service == "s3" {
        let verb = if call.request.method == "GET" { "s3:GetObject" } else { "s3:PutObject" };
        (verb, format!("arn:aws:s3::{}", call.path))
    } else {
        let (region, account) = (&signer.region, signer.account());
        let method = &call.request.method;
        let api = format!("arn:aws:execute-api:{region}:{account}:sample/dev");
        ("execute-api:Invoke", format!("{api}/{method}{}", call.path))
    };
    sigv4::allow(&server.config.roles, &signer, action, &resource)?;
    Ok(signer)
}

/// The members of API Gateway's `requestContext.identity`.
fn caller(signer: &Signer) -> Value {
    let role = signer.role.as_ref();
    json!({
        "accessKey": signer.access_key,
        "accountId": signer.account(),
        "userArn": signer.arn(),
        "cognitoIdentityId": role.map(|role| &role.identity_id),
        "cognitoIdentityPoolId": role.map(|role| &role.identity_pool_id),
        "cognitoAuthenticationType": role.map(|role| match role.provider {
            Some(_) => "authenticated",
            None => "unauthenticated",
        }),
        "cognitoAuthenticationProvider": role.and_then(|role| role.provider.as_ref()),
    })
}
