"""What a user of the vendor's SDK would write: ten workers, each creates an instance, asks for its job every 6 s
until it ends, and goes on with the next server. A look that fails is made again; a create that fails is noted,
and not sent again: who would know whether it was carried out?

Takes a file of JSON (endpoint, projectId, pollSeconds, workers, servers); prints {serverId: why it failed}.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdksdrs import v1 as sdrs

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)

config = HttpConfig.get_default_config()
config.pool_maxsize = given["workers"]
client = (
    sdrs.SdrsClient.new_builder()
    .with_credentials(BasicCredentials("AK", "SK", given["projectId"]))
    .with_http_config(config)
    .with_endpoint(given["endpoint"])
    .build()
)


def protect(server):
    """None: its job ended well."""
    params = sdrs.CreateProtectedInstanceRequestParams(
        server_group_id=server["groupId"], server_id=server["id"], name=server["name"]
    )
    body = sdrs.CreateProtectedInstanceRequestBody(protected_instance=params)
    try:
        job_id = client.create_protected_instance(
            sdrs.CreateProtectedInstanceRequest(body=body)
        ).job_id
    except SdkException as error:
        return str(error)
    while True:
        time.sleep(given["pollSeconds"])
        try:
            job = client.show_job_status(sdrs.ShowJobStatusRequest(job_id=job_id))
        except SdkException:
            continue
        if job.status == "SUCCESS":
            return None
        if job.status == "FAIL":
            return f"{job.error_code} {job.fail_reason}"


with ThreadPoolExecutor(given["workers"]) as workers:
    ends = list(workers.map(protect, given["servers"]))
failed = {
    server["id"]: why for server, why in zip(given["servers"], ends, strict=True) if why is not None
}
print(json.dumps(failed))
