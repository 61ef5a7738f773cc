"""The vendor's SDK, huaweicloudsdksdrs: every call it has, signed with an access key."""

import inspect
import json
import re

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdksdrs import v1 as sdrs
from huaweicloudsdksdrs.v1.sdrs_async_client import SdrsAsyncClient

from harness import Contract, equal, Expectation, filled, refused, until_ended

contract = Contract("huaweicloudsdksdrs")
case, given = contract.case, contract.given
seen = {}


def connect(credentials, client=sdrs.SdrsClient):
    return client.new_builder().with_credentials(credentials).with_endpoint(given["endpoint"]).build()


def key():
    return BasicCredentials(given["accessKey"], given["secretKey"], given["projectId"])


client = connect(key())

# ---- reading an answer

KINDS = {"str": str, "int": int, "bool": bool, "float": float, "object": object}


def documented(kind, value, where):
    """Each field that the SDK's model has must stand in the answer, of the model's type or null, and no other."""
    if value is None:
        return
    if kind.startswith("list["):
        if not isinstance(value, list):
            contract.doubt(f"{where} is not a list: {value!r}")
            return
        for at, each in enumerate(value):
            documented(kind[5:-1], each, f"{where}[{at}]")
        return
    if kind in KINDS:
        # In Python a boolean is a number too.
        if not isinstance(value, KINDS[kind]) or (kind == "int" and isinstance(value, bool)):
            contract.doubt(f"{where} is not of type {kind}: {value!r}")
        return
    model = getattr(sdrs, kind, None)
    if not isinstance(value, dict):
        contract.doubt(f"{where} is not an object: {value!r}")
        return
    wire_names = {model.attribute_map[name]: type_ for name, type_ in model.openapi_types.items()}
    unknown = sorted(set(value) - set(wire_names) - MORE.get(kind, set()))
    if unknown:
        contract.doubt(f"{where} has fields that no reference knows: {', '.join(unknown)}")
    missing = sorted(set(wire_names) - set(value) - MAY_LACK.get(kind, set()))
    if missing:
        contract.doubt(f"{where} lacks {', '.join(missing)}")
    for name, type_ in wire_names.items():
        if name in value:
            documented(type_, value[name], f"{where}.{name}")


# What the references say may be left out: a job's entities are those of its type.
ENTITIES = {
    "replication_pair_id", "volume_ids", "server_group_id", "protected_instance_id",
    "native_server_id", "nic_id", "sub_jobs",
}  # fmt: skip
MAY_LACK = {
    "JobEntities": ENTITIES,
    "SubJobEntities": ENTITIES,
    "MetadataParams": {"__system__frozen"},
    "ShowReplicationParams": {"failure_detail", "description"},
    "ListProtectedInstancesByTagsResponse": {"resources"},
}
# Unknown to this SDK, and what the Terraform provider reads.
MORE = {"JobEntities": {"disaster_recovery_drill_id"}, "SubJobEntities": {"disaster_recovery_drill_id"}}


def read(response):
    """The SDK's object, whose fields were all in the answer."""
    raw = contract.raw if contract.answered[-1].content else {}
    documented(type(response).__name__, raw, type(response).__name__)
    return response


def call(name, /, **fields):
    """A call by its name; its request's class has the same in capitals."""
    request = getattr(sdrs, "".join(word.capitalize() for word in name.split("_")) + "Request")
    return read(getattr(client, name)(request(**fields)))


def without_content(name, /, **fields):
    """A call that ends well with 204 and nothing more: the client reads any answer to it."""
    call(name, **fields)
    answer = contract.answered[-1]
    equal((answer.status_code, answer.content), (204, b""), "the answer")


def job_of(name, /, **fields):
    """A call that gives a job, to its end."""
    job_id = filled(call(name, **fields).job_id, "job_id")
    first = contract.sent[0]
    job = until_ended(lambda: show_job(job_id))
    contract.sent[:] = [first]
    return job


def show_job(job_id):
    job = read(client.show_job_status(sdrs.ShowJobStatusRequest(job_id=job_id)))
    equal(job.job_id, job_id, "job_id")
    for sub_job in job.entities.sub_jobs or []:
        equal(verb_of(sub_job.job_type), verb_of(job.job_type), "what a sub-job does")
    return job


def verb_of(job_type):
    """`start` of `startProtectionGroupNoCG` and of its sub-jobs, `startProtectionGroupRepNoCG`."""
    return re.match("[a-z]*", job_type).group()


def done(name, job_type, /, **fields):
    """A job that ends well, and how it begins and ends is told."""
    job = job_of(name, **fields)
    equal((job.status, job.error_code, job.fail_reason), ("SUCCESS", None, None), "the job's end")
    if job_type is not None:
        equal(job.job_type, job_type, "job_type")
    filled(job.begin_time, "begin_time")
    filled(job.end_time, "end_time")
    return job


def code_of(error):
    if not isinstance(error, ServiceResponseException):
        return None, repr(error)
    filled(error.request_id, "request_id")
    filled(error.error_msg, "error_msg")
    return error.status_code, error.error_code


def refusal(name, code, /, **fields):
    request = getattr(sdrs, "".join(word.capitalize() for word in name.split("_")) + "Request")
    return refused(lambda: getattr(client, name)(request(**fields)), code, code_of)


def show_group():
    return call("show_protection_group", server_group_id=seen["group"]).server_group


def show_instance(which="instance"):
    return call("show_protected_instance", protected_instance_id=seen[which]).protected_instance


# ---- signing in


@case("sign in, access key and project")
def _():
    connect(key()).show_quota(sdrs.ShowQuotaRequest())


@case("sign in, access key, project found by its region")
def _():
    credentials = BasicCredentials(given["accessKey"], given["secretKey"])
    credentials.with_iam_endpoint(given["endpoint"])
    builder = sdrs.SdrsClient.new_builder().with_credentials(credentials)
    found = builder.with_region(Region(given["region"], given["endpoint"])).build()
    found.show_quota(sdrs.ShowQuotaRequest())
    equal(credentials.project_id, given["projectId"], "project_id")


@case("sign in, access key, refused where the secret is wrong")
def _():
    wrong = connect(BasicCredentials(given["accessKey"], "wrong", given["projectId"]))
    try:
        wrong.show_quota(sdrs.ShowQuotaRequest())
    except ServiceResponseException as error:
        equal((error.status_code, error.error_code), (401, "APIGW.0301"), "the refusal")
        return "401 APIGW.0301"
    raise Expectation("was let in")


@case("sign in, the SDK's asynchronous client")
def _():
    answer = connect(key(), SdrsAsyncClient).show_quota_async(sdrs.ShowQuotaRequest())
    filled(answer.result().quotas, "quotas")


# ---- what there is


@case("list_api_versions")
def _():
    versions = call("list_api_versions").versions
    equal([version.id for version in versions], ["v1"], "the versions")


@case("show_specified_api_version")
def _():
    version = call("show_specified_api_version", api_version="v1").version
    equal(version.id, "v1", "id")
    equal(version.status, "CURRENT", "status")


@case("list_active_active_domains")
def _():
    [domain] = call("list_active_active_domains").domains
    equal(domain.sold_out, False, "sold_out")
    equal(domain.local_replication_cluster.availability_zone, "eu-de-01", "local zone")
    equal(domain.remote_replication_cluster.availability_zone, "eu-de-02", "remote zone")
    seen["domain"] = filled(domain.id, "id")


@case("show_quota")
def _():
    resources = {each.type: each for each in call("show_quota").quotas.resources}
    equal(sorted(resources), ["replications", "server_groups"], "the types")
    equal(resources["server_groups"].used, 1, "used")
    equal(resources["server_groups"].quota, -1, "quota")


# ---- groups


@case("create_protection_group")
def _():
    params = sdrs.CreateProtectionGroupRequestParams(
        name="sdk-group",
        description="made by the SDK",
        source_availability_zone="eu-de-01",
        target_availability_zone="eu-de-02",
        domain_id=seen["domain"],
        source_vpc_id=given["vpcId"],
        dr_type="migration",
    )
    body = sdrs.CreateProtectionGroupRequestBody(server_group=params)
    job = done("create_protection_group", "createProtectionGroupNoCG", body=body)
    seen["group"] = filled(job.entities.server_group_id, "server_group_id")
    seen["group_job"] = job.job_id


@case("show_job_status")
def _():
    job = show_job(seen["group_job"])
    equal((job.status, job.job_type), ("SUCCESS", "createProtectionGroupNoCG"), "the job")
    equal(job.entities.server_group_id, seen["group"], "server_group_id")


@case("show_protection_group")
def _():
    group = show_group()
    equal(group.id, seen["group"], "id")
    equal((group.name, group.description), ("sdk-group", "made by the SDK"), "name, description")
    equal((group.status, group.priority_station), ("available", "source"), "status, station")
    equal(group.source_availability_zone, "eu-de-01", "source zone")
    equal(group.target_availability_zone, "eu-de-02", "target zone")
    equal(group.domain_id, seen["domain"], "domain_id")
    equal((group.source_vpc_id, group.target_vpc_id), (given["vpcId"], given["vpcId"]), "VPCs")
    equal((group.protected_instance_num, group.replication_num), (0, 0), "what is in it")
    equal((group.protection_type, group.dr_type), ("replication-pair", "migration"), "types")


@case("list_protection_groups")
def _():
    answer = call("list_protection_groups", limit=50, offset=0)
    equal((answer.count, len(answer.server_groups)), (2, 2), "count")


@case("list_protection_groups", "filters")
def _():
    def names(**filters):
        return [each.name for each in call("list_protection_groups", **filters).server_groups]

    equal(names(name="dk-gr"), ["sdk-group"], "by a part of the name")
    equal(names(status="protected"), [], "by status")
    equal(sorted(names(availability_zone="eu-de-01")), ["sdk-group", "web"], "by zone")
    equal(names(availability_zone="eu-de-02"), [], "by the other zone")
    equal(names(query_type="status_abnormal"), [], "the abnormal ones")
    equal(len(names(limit=1, offset=1)), 1, "a page")


@case("update_protection_group_name")
def _():
    params = sdrs.UpdateProtectionGroupNameRequestParams(name="renamed-group")
    body = sdrs.UpdateProtectionGroupNameRequestBody(server_group=params)
    answer = call("update_protection_group_name", server_group_id=seen["group"], body=body)
    equal((answer.server_group.id, answer.server_group.name), (seen["group"], "renamed-group"), "the group")


# ---- instances


def create_body(server, **more):
    params = sdrs.CreateProtectedInstanceRequestParams(
        server_group_id=seen["group"], server_id=given["servers"][server], name=server, **more
    )
    return sdrs.CreateProtectedInstanceRequestBody(protected_instance=params)


@case("create_protected_instance")
def _():
    tags = [sdrs.ResourceTag("app", "web"), sdrs.ResourceTag("stage", "prod")]
    body = create_body("one", description="first", tags=tags)
    job = done("create_protected_instance", "createProtectedInstanceNoCG", body=body)
    seen["instance"] = filled(job.entities.protected_instance_id, "protected_instance_id")
    seen["target"] = filled(job.entities.native_server_id, "native_server_id")
    subs = filled(job.entities.sub_jobs, "sub_jobs")
    equal({sub.status for sub in subs}, {"SUCCESS"}, "the sub-jobs")


@case("create_protected_instance", "refused: the server is protected already")
def _():
    return refusal("create_protected_instance", "SDRS.1305", body=create_body("one"))


@case("create_protected_instance", "refused: no such server")
def _():
    given["servers"]["nobody"] = "99999999-0000-4000-8000-000000000000"
    return refusal("create_protected_instance", "SDRS.1326", body=create_body("nobody"))


@case("create_protected_instance", "its job fails")
def _():
    job = job_of("create_protected_instance", body=create_body("fails"))
    equal((job.status, job.error_code), ("FAIL", "EVS.2024"), "the job's end")
    filled(job.fail_reason, "fail_reason")
    seen["failed_job"] = job.job_id


@case("show_protected_instance")
def _():
    instance = show_instance()
    equal(instance.id, seen["instance"], "id")
    equal((instance.name, instance.description), ("one", "first"), "name, description")
    equal(instance.server_group_id, seen["group"], "server_group_id")
    equal(instance.source_server, given["servers"]["one"], "source_server")
    equal(instance.target_server, seen["target"], "target_server")
    equal((instance.status, instance.priority_station), ("available", "source"), "status, station")
    equal({tag.key: tag.value for tag in instance.tags}, {"app": "web", "stage": "prod"}, "tags")
    equal(len(instance.attachment), 2, "pairs")
    equal(instance.attachment[0].device, "/dev/vda", "device")
    filled(instance.created_at, "created_at")
    seen["pairs"] = [each.replication for each in instance.attachment]


@case("show_protected_instance", "refused: not there")
def _():
    return refusal("show_protected_instance", "SDRS.1320", protected_instance_id="nobody")


@case("batch_create_protected_instances")
def _():
    params = sdrs.BatchCreateProtectedInstancesRequestParams(
        name_prefix="many",
        server_group_id=seen["group"],
        servers=[sdrs.ServerInfo(given["servers"][name]) for name in ("two", "three")],
    )
    body = sdrs.BatchCreateProtectedInstancesRequestBody(protected_instances=params)
    done("batch_create_protected_instances", None, body=body)
    found = call("list_protected_instances", server_group_id=seen["group"], name="many")
    contract.sent[:] = contract.sent[:1]
    equal(found.count, 2, "count")
    seen["many"] = [each.id for each in found.protected_instances]


@case("batch_create_protected_instances", "refused: more than five")
def _():
    params = sdrs.BatchCreateProtectedInstancesRequestParams(
        name_prefix="many",
        server_group_id=seen["group"],
        servers=[sdrs.ServerInfo(given["servers"]["spare"])] * 6,
    )
    body = sdrs.BatchCreateProtectedInstancesRequestBody(protected_instances=params)
    request = sdrs.BatchCreateProtectedInstancesRequest(body=body)
    try:
        client.batch_create_protected_instances(request)
    except ServiceResponseException as error:
        equal(error.status_code, 400, "status")
        return f"400 {error.error_code}"
    raise Expectation("was not refused")


@case("list_protected_instances")
def _():
    answer = call("list_protected_instances")
    # The failed one stays, in error.
    equal((answer.count, len(answer.protected_instances)), (4, 4), "count")


@case("list_protected_instances", "filters")
def _():
    def names(**filters):
        answer = call("list_protected_instances", **filters)
        return sorted(each.name for each in answer.protected_instances)

    group, instance = seen["group"], seen["instance"]
    equal(len(names(server_group_id=group)), 4, "by group")
    equal(len(names(server_group_ids=json.dumps([group]))), 4, "by groups")
    equal(names(server_group_ids=json.dumps([given["groupId"]])), [], "by another group")
    equal(len(names(server_group_ids=f"['{group}','{given['groupId']}']")), 4, "in single quotes")
    equal(names(protected_instance_ids=json.dumps([instance])), ["one"], "by ID")
    equal(names(protected_instance_ids=json.dumps([instance]), server_group_id=given["groupId"]), [], "both")
    equal(names(name="on"), ["one"], "by a part of the name")
    equal(names(status="error"), ["fails"], "by status")
    equal(names(query_type="status_abnormal"), ["fails"], "the abnormal ones")
    equal(len(names(availability_zone="eu-de-01")), 4, "by zone")
    equal(len(names(limit=2, offset=3)), 1, "the last page")


@case("list_protected_instances", "refused: more than thirty IDs")
def _():
    ids = json.dumps([seen["instance"]] * 31)
    return refusal("list_protected_instances", "SDRS.0226", protected_instance_ids=ids)


@case("update_protected_instance_name")
def _():
    params = sdrs.UpdateProtectedInstanceNameRequestParams(name="first-one")
    body = sdrs.UpdateProtectedInstanceNameRequestBody(protected_instance=params)
    answer = call(
        "update_protected_instance_name", protected_instance_id=seen["instance"], body=body
    )
    instance = answer.protected_instance
    equal((instance.id, instance.name), (seen["instance"], "first-one"), "the instance")


# ---- tags


def tags_now():
    answer = call("list_protected_instance_tags", protected_instance_id=seen["instance"])
    return {tag.key: tag.value for tag in answer.tags}


def then_tags(wanted):
    first = contract.sent[0]
    equal(tags_now(), wanted, "tags")
    contract.sent[:] = [first]


def batch_body(*tags, action="create"):
    return sdrs.BatchAddTagsRequestBody(tags=[sdrs.ResourceTag(*tag) for tag in tags], action=action)


@case("list_protected_instance_tags")
def _():
    equal(tags_now(), {"app": "web", "stage": "prod"}, "tags")


@case("batch_add_tags")
def _():
    body = batch_body(("app", "db"), ("tier", "1"))
    call("batch_add_tags", protected_instance_id=seen["instance"], body=body)
    equal(contract.answered[-1].status_code, 204, "status")
    then_tags({"app": "db", "stage": "prod", "tier": "1"})


for why, code, body in [
    ("a key twice", "SDRS.2209", batch_body(("a", "1"), ("a", "2"))),
    ("a bad value", "SDRS.2207", batch_body(("a", "x" * 44))),
    ("no such action", "SDRS.2201", batch_body(("a", "1"), action="invent")),
    ("none given", "SDRS.2202", batch_body()),
]:
    @case("batch_add_tags", f"refused: {why}")
    def _(code=code, body=body):
        return refusal("batch_add_tags", code, protected_instance_id=seen["instance"], body=body)


@case("add_protected_instance_tags")
def _():
    body = sdrs.ProtectedInstanceAddTagsRequestBody(tag=sdrs.ResourceTag("owner", "ops"))
    call("add_protected_instance_tags", protected_instance_id=seen["instance"], body=body)
    then_tags({"app": "db", "stage": "prod", "tier": "1", "owner": "ops"})


@case("list_protected_instances_project_tags")
def _():
    tags = {tag.key: sorted(tag.values) for tag in call("list_protected_instances_project_tags").tags}
    equal(tags, {"app": ["db"], "stage": ["prod"], "tier": ["1"], "owner": ["ops"]}, "tags")


@case("list_protected_instances_by_tags")
def _():
    tags = [sdrs.TagParams(key="app", values=["db", "web"])]
    body = sdrs.ListProtectedInstancesByTagsRequestBody(
        tags=tags, action="filter", limit="10", offset="0"
    )
    answer = call("list_protected_instances_by_tags", body=body)
    equal((answer.total_count, len(answer.resources)), (1, 1), "count")
    [found] = answer.resources
    equal((found.resource_id, found.resource_name), (seen["instance"], "first-one"), "the resource")
    equal(found.resource_detail.source_server, given["servers"]["one"], "source_server")
    equal(len(found.tags), 4, "tags")


@case("list_protected_instances_by_tags", "counted, and none")
def _():
    def total(**filters):
        body = sdrs.ListProtectedInstancesByTagsRequestBody(action="count", **filters)
        return call("list_protected_instances_by_tags", body=body).total_count

    app = [sdrs.TagParams(key="app", values=["db"])]
    other = [sdrs.TagParams(key="app", values=["other"])]
    equal(total(tags=app), 1, "with the tag")
    equal(total(tags=other), 0, "with another value")
    equal(total(not_tags=app), 3, "without the tag")
    equal(total(matches=[sdrs.MatchParams(key="resource_name", value="first")]), 1, "by name")


@case("delete_protected_instance_tag")
def _():
    call("delete_protected_instance_tag", protected_instance_id=seen["instance"], key="owner")
    then_tags({"app": "db", "stage": "prod", "tier": "1"})


@case("batch_delete_tags")
def _():
    tags = [sdrs.DeleteResourceTag(key="tier"), sdrs.DeleteResourceTag(key="app", value="db")]
    body = sdrs.BatchDeleteTagsRequestBody(tags=tags, action="delete")
    call("batch_delete_tags", protected_instance_id=seen["instance"], body=body)
    then_tags({"stage": "prod"})


# ---- pairs


@case("list_replications")
def _():
    answer = call("list_replications", server_group_ids=json.dumps([seen["group"]]), limit=50)
    equal(answer.count, len(answer.replications), "count")
    ours = [each for each in answer.replications if each.id in seen["pairs"]]
    equal(len(ours), 2, "pairs of the first instance")
    equal({each.attachment[0].protected_instance for each in ours}, {seen["instance"]}, "instance")


@case("list_replications", "filters")
def _():
    def count(**filters):
        return call("list_replications", **filters).count

    instance = seen["instance"]
    equal(count(protected_instance_ids=json.dumps([instance])), 2, "by instances")
    equal(count(protected_instance_id=instance), 2, "by instance")
    equal(count(server_group_id=given["groupId"]), 0, "by another group")
    equal(count(server_group_id=seen["group"], status="protected"), 0, "by status")
    equal(count(query_type="status_abnormal", server_group_id=given["groupId"]), 0, "abnormal")


@case("show_replication")
def _():
    pair = call("show_replication", replication_id=seen["pairs"][0]).replication
    equal(pair.id, seen["pairs"][0], "id")
    equal((pair.status, pair.server_group_id), ("available", seen["group"]), "status, group")
    equal(pair.attachment[0].device, "/dev/vda", "device")
    equal(len(pair.volume_ids.split(",")), 2, "volumes")
    equal((pair.fault_level, pair.priority_station), ("0", "source"), "fault level, station")
    equal(pair.record_metadata.bootable, True, "bootable")
    equal(pair.record_metadata.volume_size, 40, "volume_size")


@case("show_replication", "refused: not there")
def _():
    return refusal("show_replication", "SDRS.1608", replication_id="nobody")


@case("update_replication_name")
def _():
    params = sdrs.UpdateReplicationNameRequestParams(name="first-pair")
    body = sdrs.UpdateReplicationNameRequestBody(replication=params)
    pair = call("update_replication_name", replication_id=seen["pairs"][0], body=body).replication
    equal((pair.id, pair.name), (seen["pairs"][0], "first-pair"), "the pair")


@case("create_replication")
def _():
    params = sdrs.CreateReplicationRequestParams(
        server_group_id=seen["group"],
        volume_id=given["volumes"]["free"],
        name="loose-pair",
        description="of a disk that was added",
    )
    body = sdrs.CreateReplicationRequestBody(replication=params)
    job = done("create_replication", "createReplicationPairNoCG", body=body)
    seen["loose"] = filled(job.entities.replication_pair_id, "replication_pair_id")


@case("attach_protected_instance_replication")
def _():
    params = sdrs.ProtectedInstanceAttachReplicationRequestParams(
        replication_id=seen["loose"], device="/dev/vdc"
    )
    body = sdrs.ProtectedInstanceAttachReplicationRequestBody(replication_attachment=params)
    done(
        "attach_protected_instance_replication",
        "attachReplicationPairNew",
        protected_instance_id=seen["instance"],
        body=body,
    )
    first = contract.sent[0]
    attached = {each.replication: each.device for each in show_instance().attachment}
    contract.sent[:] = [first]
    equal(attached.get(seen["loose"]), "/dev/vdc", "device")


@case("detach_protected_instance_replication")
def _():
    done(
        "detach_protected_instance_replication",
        "detachReplicationPairNew",
        protected_instance_id=seen["instance"],
        replication_id=seen["loose"],
    )
    first = contract.sent[0]
    attached = [each.replication for each in show_instance().attachment]
    contract.sent[:] = [first]
    equal(seen["loose"] in attached, False, "attached still")


@case("expand_replication")
def _():
    params = sdrs.ExtendReplicationRequestParams(new_size=80)
    body = sdrs.ExtendReplicationRequestBody(extend_replication=params)
    done("expand_replication", "expandReplicationPairNew", replication_id=seen["loose"], body=body)
    first = contract.sent[0]
    pair = call("show_replication", replication_id=seen["loose"]).replication
    contract.sent[:] = [first]
    equal(pair.record_metadata.volume_size, 80, "volume_size")


@case("delete_replication")
def _():
    params = sdrs.DeleteReplicationRequestParams(
        server_group_id=seen["group"], delete_target_volume=True
    )
    body = sdrs.DeleteReplicationRequestBody(replication=params)
    done("delete_replication", "deleteReplicationPairNoCG", replication_id=seen["loose"], body=body)


# ---- the instance's DR server


@case("resize_protected_instance")
def _():
    params = sdrs.ResizeProtectedInstanceRequestParams(flavor_ref="s3.xlarge.2")
    body = sdrs.ResizeProtectedInstanceRequestBody(resize=params)
    done(
        "resize_protected_instance",
        "resizeProtectedInstanceNew",
        protected_instance_id=seen["instance"],
        body=body,
    )


@case("resize_protected_instance", "refused: its server runs")
def _():
    params = sdrs.ResizeProtectedInstanceRequestParams(flavor_ref="s3.xlarge.2")
    body = sdrs.ResizeProtectedInstanceRequestBody(resize=params)
    running = seen["many"][0]
    return refusal("resize_protected_instance", "SDRS.1319", protected_instance_id=running, body=body)


@case("add_protected_instance_nic")
def _():
    body = sdrs.ProtectedInstanceAddNicRequestBody(
        subnet_id=given["subnetId"], ip_address="192.168.0.77"
    )
    job = done(
        "add_protected_instance_nic",
        "addNicNew",
        protected_instance_id=seen["instance"],
        body=body,
    )
    seen["nic"] = filled(job.entities.nic_id, "nic_id")


@case("delete_protected_instance_nic")
def _():
    body = sdrs.ProtectedInstanceDeleteNicRequestBody(nic_id=seen["nic"])
    done(
        "delete_protected_instance_nic",
        "deleteNicNew",
        protected_instance_id=seen["instance"],
        body=body,
    )


# ---- failed tasks


@case("list_failure_jobs")
def _():
    answer = call("list_failure_jobs", server_group_id=seen["group"], limit=50, offset=0)
    equal((answer.count, len(answer.failure_jobs)), (1, 1), "count")
    [task] = answer.failure_jobs
    equal((task.job_id, task.job_status), (seen["failed_job"], "FAIL"), "the task")
    equal((task.resource_type, task.resource_name), ("protected_instances", "fails"), "resource")
    equal((task.failure_status, task.error_code), ("createFail", "EVS.2024"), "the failure")
    filled(task.resource_id, "resource_id")
    filled(task.begin_time, "begin_time")


@case("list_failure_jobs", "filters")
def _():
    def count(**filters):
        return call("list_failure_jobs", server_group_id=seen["group"], **filters).count

    equal(count(failure_status="createFail"), 1, "by what failed")
    equal(count(failure_status="deleteFail"), 0, "by what else failed")
    equal(count(resource_type="protected_instances"), 1, "by type")
    equal(count(resource_type="replications"), 0, "by another type")
    equal(count(resource_name="fails"), 1, "by name")
    equal(count(resource_name="nobody"), 0, "by another name")


@case("delete_failure_job")
def _():
    without_content("delete_failure_job", failure_job_id=seen["failed_job"])
    first = contract.sent[0]
    equal(call("list_failure_jobs", server_group_id=seen["group"]).count, 0, "left")
    contract.sent[:] = [first]


@case("delete_server_group_failure_jobs")
def _():
    without_content("delete_server_group_failure_jobs", server_group_id=seen["group"])


@case("delete_all_server_group_failure_jobs")
def _():
    without_content("delete_all_server_group_failure_jobs")


@case("list_rpo_statistics")
def _():
    answer = call("list_rpo_statistics", limit=10, offset=0)
    equal((answer.count, answer.resource_rpo_statistics), (0, []), "statistics")


# ---- drills, and what is done to a group


@case("create_disaster_recovery_drill")
def _():
    start = sdrs.StartProtectionGroupRequestBody(start_server_group={})
    done("start_protection_group", None, server_group_id=seen["group"], body=start)
    contract.sent.clear()
    params = sdrs.CreateDisasterRecoveryDrillRequestParams(
        server_group_id=seen["group"], drill_vpc_id=given["drillVpcId"], name="first-drill"
    )
    body = sdrs.CreateDisasterRecoveryDrillRequestBody(disaster_recovery_drill=params)
    job = done("create_disaster_recovery_drill", "createDisasterRecoveryDrill", body=body)
    drill_id = contract.raw["entities"].get("disaster_recovery_drill_id")
    seen["drill"] = filled(drill_id, "disaster_recovery_drill_id")
    equal(job.status, "SUCCESS", "status")


@case("list_disaster_recovery_drills")
def _():
    answer = call("list_disaster_recovery_drills", server_group_id=seen["group"])
    equal((answer.count, len(answer.disaster_recovery_drills)), (1, 1), "count")
    seen.setdefault("drill", answer.disaster_recovery_drills[0].id)
    none = call("list_disaster_recovery_drills", name="nobody")
    equal(none.count, 0, "by another name")
    of_vpc = call("list_disaster_recovery_drills", drill_vpc_id=given["drillVpcId"])
    equal(of_vpc.count, 1, "by VPC")


@case("show_disaster_recovery_drill")
def _():
    answer = call("show_disaster_recovery_drill", disaster_recovery_drill_id=seen["drill"])
    drill = answer.disaster_recovery_drill
    equal((drill.id, drill.name), (seen["drill"], "first-drill"), "the drill")
    equal((drill.server_group_id, drill.status), (seen["group"], "available"), "group, status")
    equal(drill.drill_vpc_id, given["drillVpcId"], "drill_vpc_id")
    drilled = {each.protected_instance for each in drill.drill_servers}
    equal(seen["instance"] in drilled, True, "the instance is drilled")
    filled(drill.drill_servers[0].drill_server_id, "drill_server_id")


@case("update_disaster_recovery_drill_name")
def _():
    params = sdrs.UpdateDisasterRecoveryDrillNameRequestParams(name="second-drill")
    body = sdrs.UpdateDisasterRecoveryDrillNameRequestBody(disaster_recovery_drill=params)
    answer = call(
        "update_disaster_recovery_drill_name", disaster_recovery_drill_id=seen["drill"], body=body
    )
    equal(answer.disaster_recovery_drill.name, "second-drill", "name")


@case("delete_disaster_recovery_drill")
def _():
    done(
        "delete_disaster_recovery_drill",
        "deleteDisasterRecoveryDrill",
        disaster_recovery_drill_id=seen["drill"],
    )
    first = contract.sent[0]
    equal(call("list_disaster_recovery_drills", server_group_id=seen["group"]).count, 0, "left")
    contract.sent[:] = [first]


def act(name, job_type, after, body):
    done(name, job_type, server_group_id=seen["group"], body=body)
    first = contract.sent[0]
    equal(show_group().status, after, "status")
    contract.sent[:] = [first]


STOP = sdrs.StopProtectionGroupRequestBody(stop_server_group={})
START = sdrs.StartProtectionGroupRequestBody(start_server_group={})
FAIL_OVER = sdrs.FailoverProtectionGroupRequestBody(failover_server_group={})


def reverse_body(station):
    params = sdrs.ReverseProtectionGroupRequestParams(priority_station=station)
    return sdrs.ReverseProtectionGroupRequestBody(reverse_server_group=params)


@case("stop_protection_group")
def _():
    act("stop_protection_group", "stopProtectionGroupNoCG", "available", STOP)


@case("stop_protection_group", "refused: it is off")
def _():
    return refusal("stop_protection_group", "SDRS.1019", server_group_id=seen["group"], body=STOP)


@case("start_protection_group")
def _():
    act("start_protection_group", "startProtectionGroupNoCG", "protected", START)


@case("start_failover_protection_group")
def _():
    act("start_failover_protection_group", "failoverProtectionGroupNoCG", "failed-over", FAIL_OVER)


@case("start_protection_group", "again, after a failover")
def _():
    job = done("start_protection_group", None, server_group_id=seen["group"], body=START)
    equal(job.job_type, "reprotectProtectionGroupNoCG", "job_type")
    first = contract.sent[0]
    group = show_group()
    contract.sent[:] = [first]
    equal((group.status, group.priority_station), ("protected", "target"), "status, station")


@case("start_reverse_protection_group")
def _():
    body = reverse_body("source")
    done("start_reverse_protection_group", "reverseProtectionGroupNoCG", server_group_id=seen["group"], body=body)
    first = contract.sent[0]
    equal(show_group().priority_station, "source", "station")
    contract.sent[:] = [first]


# ---- the end


@case("delete_protection_group", "refused: instances are in it")
def _():
    return refusal("delete_protection_group", "SDRS.1001", server_group_id=seen["group"])


@case("delete_protected_instance")
def _():
    if show_group().status == "protected":
        done("stop_protection_group", None, server_group_id=seen["group"], body=STOP)
    contract.sent.clear()
    body = sdrs.DeleteProtectedInstanceRequestBody(delete_target_server=True, delete_target_eip=False)
    done(
        "delete_protected_instance",
        "deleteProtectedInstanceNoCG",
        protected_instance_id=seen["instance"],
        body=body,
    )


@case("delete_protected_instance", "refused: gone")
def _():
    body = sdrs.DeleteProtectedInstanceRequestBody()
    return refusal(
        "delete_protected_instance", "SDRS.1320", protected_instance_id=seen["instance"], body=body
    )


@case("batch_delete_protected_instances")
def _():
    left = call("list_protected_instances", server_group_id=seen["group"]).protected_instances
    contract.sent.clear()
    body = sdrs.BatchDeleteProtectedInstancesRequestBody(
        protected_instances=[sdrs.ResourceId(each.id) for each in left],
        delete_target_server=True,
    )
    done("batch_delete_protected_instances", None, body=body)
    first = contract.sent[0]
    equal(call("list_protected_instances", server_group_id=seen["group"]).count, 0, "left")
    contract.sent[:] = [first]


@case("delete_protection_group")
def _():
    done("delete_protection_group", "deleteProtectionGroupNoCG", server_group_id=seen["group"])


@case("show_protection_group", "refused: not there")
def _():
    return refusal("show_protection_group", "SDRS.1013", server_group_id=seen["group"])


def methods_of(client_class):
    return {
        name.removesuffix("_async")
        for name, _ in inspect.getmembers(client_class, inspect.isfunction)
        if name in vars(client_class) and not name.startswith("_") and not name.endswith("_invoker")
    } - {"call_api"}


contract.guard(methods_of(sdrs.SdrsClient) | methods_of(SdrsAsyncClient))
