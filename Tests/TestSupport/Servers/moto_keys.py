"""An S3 by moto that verifies signatures, with a user who may do anything. Prints its port, the id and the secret."""
import json
import logging
import os
import sys
import threading
import time

# So many calls need no signature: those that make the user.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"
logging.getLogger("werkzeug").setLevel(logging.ERROR)
import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
port = server.get_host_and_port()[1]
place = dict(endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1")
iam = boto3.client("iam", aws_access_key_id="x", aws_secret_access_key="y", **place)
iam.create_user(UserName="tests")
policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
iam.put_user_policy(UserName="tests", PolicyName="all", PolicyDocument=json.dumps(policy))
key = iam.create_access_key(UserName="tests")["AccessKey"]
known = dict(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
s3 = boto3.client("s3", **known, **place)
for bucket in sys.argv[1:]:
    s3.create_bucket(Bucket=bucket)
print(port, key["AccessKeyId"], key["SecretAccessKey"], flush=True)
while True:
    time.sleep(3600)
