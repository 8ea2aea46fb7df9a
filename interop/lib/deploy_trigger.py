"""Makes a function of a Python file: deploy_trigger.py ENDPOINT NAME FILE prints its ARN. Runs in MiniStack's venv."""

import io
import json
import sys
import zipfile

from botocore.session import Session

endpoint, name, path = sys.argv[1:]


def client(service):
    return Session().create_client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def zipped(source):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(source, "trigger.py")
    return buffer.getvalue()


trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = client("iam").create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=json.dumps(trust))
function = client("lambda").create_function(
    FunctionName=name,
    Runtime=f"python3.{sys.version_info.minor}",
    Role=role["Role"]["Arn"],
    Handler="trigger.handler",
    Code={"ZipFile": zipped(path)},
    Timeout=10,
)
print(function["FunctionArn"])
