"""python-otcextensions on openstacksdk: every call that its SDRS proxy has, signed in with a password."""

import inspect
import itertools
import json

import openstack
import openstack.fields
from openstack import exceptions
from otcextensions import sdk
from otcextensions.sdk.sdrs.v1 import _proxy

from harness import Contract, equal, Expectation, filled, refused, until_ended

contract = Contract("otcextensions")
case, given = contract.case, contract.given
seen = {}


def connect(**auth):
    """Nothing of the machine's own configuration gets in."""
    connection = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth_url=f"{given['endpoint']}/v3",
        region_name=given["region"],
        **auth,
    )
    sdk.register_otc_extensions(connection)
    return connection


USER = {
    "username": given["user"],
    "password": given["password"],
    "user_domain_name": given["domain"],
}

# ---- reading an answer

PLURALS = {"list": list, "dict": dict, "str": str, "int": int, "bool": bool}


def documented(resource, raw, where):
    """Each property of the client's resource must stand in the answer, but for those that are only sent, and no other."""
    if not isinstance(raw, dict):
        contract.doubt(f"{where} is not an object: {raw!r}")
        return
    components = {}
    for each in reversed(resource.__mro__):
        components.update(
            {body.name: body for body in vars(each).values() if isinstance(body, BODY)}
        )
    mine = {name for name in components if name not in ("id", "name", "location")}
    mine |= {name for name in ("id", "name") if name in OWN.get(resource.__name__, set())}
    lacking = mine - set(raw) - MAY_LACK.get(resource.__name__, set())
    if lacking:
        contract.doubt(f"{where} lacks {', '.join(sorted(lacking))}")
    unknown = set(raw) - set(components) - MORE.get(resource.__name__, set())
    if unknown:
        contract.doubt(f"{where} has fields that nobody knows: {', '.join(sorted(unknown))}")
    for name, body in components.items():
        value = raw.get(name)
        if value is None:
            continue
        kind = body.data_type
        if kind is list:
            if not isinstance(value, list):
                contract.doubt(f"{where}.{name} is not a list: {value!r}")
                continue
            if body.list_type is not None:
                for at, each in enumerate(value):
                    documented(body.list_type, each, f"{where}.{name}[{at}]")
        elif inspect.isclass(kind) and issubclass(kind, openstack.resource.Resource):
            documented(kind, value, f"{where}.{name}")
        elif kind is int and (isinstance(value, bool) or not isinstance(value, int)):
            contract.doubt(f"{where}.{name} is not a number: {value!r}")


BODY = openstack.fields.Body
OWN = {
    "ProtectionGroup": {"id", "name"},
    "ProtectedInstance": {"id", "name"},
    "ReplicationPair": {"id", "name"},
    "DRDrill": {"id", "name"},
    "Domains": {"id", "name"},
}
# Only sent, or only in some answers.
MAY_LACK = {
    "ProtectionGroup": {"job_id"},
    "ProtectedInstance": {
        "job_id", "delete_target_eip", "delete_target_server", "flavorRef", "primary_subnet_id",
        "primary_ip_address", "server_id",
    },
    "Metadata": {"__system__frozen"},
    "ReplicationPair": {"job_id", "delete_target_volume", "volume_id", "failure_detail", "description"},
    "DRDrill": {"job_id"},
    "Job": {"code", "message"},
    "SubJob": {"code", "message"},
    "EntitySpec": {"server_group_id", "sub_jobs"},
    "EntitySpecSub": {"server_group_id"},
}  # fmt: skip
# Documented, and unknown to this client.
ENTITIES = {
    "protected_instance_id", "native_server_id", "replication_pair_id", "volume_ids", "nic_id",
    "disaster_recovery_drill_id", "server_group_id", "sub_jobs",
}  # fmt: skip
MORE = {"EntitySpec": ENTITIES, "EntitySpecSub": ENTITIES}


def item(resource):
    """What the client made of one thing; the answer held all of it."""
    raw = contract.raw
    body = raw[resource.resource_key] if resource.resource_key else raw
    documented(type(resource), body, type(resource).__name__)
    return resource


def items(generator, most=1000):
    """What the client made of a list, all pages of it. A client that never ends is stopped."""
    found = list(itertools.islice(generator, most + 1))
    if len(found) > most:
        raise Expectation("the list does not end")
    for answer in contract.answered:
        raw = answer.json()
        for resource in found[:1]:
            key = type(resource).resources_key
            listed = raw if key is None else raw[key]
            for each in listed if isinstance(listed, list) else [listed]:
                documented(type(resource), each, type(resource).__name__)
    return found


def job_of(accepted):
    """A call that gives a job, to its end. The call gives a resource with its ID, or the answer itself."""
    job_id = accepted.job_id if hasattr(accepted, "job_id") else accepted.json()["job_id"]
    first = contract.sent[0]
    job = until_ended(lambda: get_job(filled(job_id, "job_id")))
    contract.sent[:] = [first]
    return job


def get_job(job_id):
    job = item(sdrs.get_job(job_id))
    equal(job.job_id, job_id, "job_id")
    return job


def done(accepted, job_type):
    if hasattr(accepted, "status_code"):
        equal(accepted.status_code, 200, "status")
    job = job_of(accepted)
    equal((job.status, job.error_code, job.fail_reason), ("SUCCESS", None, None), "the job's end")
    equal(job.job_type, job_type, "job_type")
    return contract.raw["entities"]


def get_job_of_last(job_type):
    """This client reads nothing of the answer to a delete: the job's ID stands in it all the same."""
    first = contract.sent[0]
    job_id = filled(contract.raw["job_id"], "job_id")
    job = until_ended(lambda: get_job(job_id))
    contract.sent[:] = [first]
    equal((job.status, job.job_type), ("SUCCESS", job_type), "the job")


def code_of(error):
    """This client keeps the message, and the answer with the code in it."""
    if not isinstance(error, exceptions.HttpException):
        return None, repr(error)
    [said] = error.response.json().values()
    filled(error.details, "details")
    return error.status_code, said["code"]


def first_only():
    contract.sent[:] = contract.sent[:1]


def group():
    return item(sdrs.get_protection_group(seen["group"]))


def instance():
    return item(sdrs.get_protected_instance(seen["instance"]))


# ---- signing in


@case("sign in, password, project by name")
def _():
    found = connect(**USER, project_name=given["projectName"])
    equal(found.current_project_id, given["projectId"], "project")
    filled(list(found.sdrs.quotas())[0].resources, "quotas")


@case("sign in, password, project by ID")
def _():
    found = connect(**USER, project_id=given["projectId"])
    filled(list(found.sdrs.quotas())[0].resources, "quotas")


@case("sign in, password, then the token for another scope")
def _():
    unscoped = connect(**USER, project_id=given["projectId"])
    token = filled(unscoped.auth_token, "token")
    found = connect(auth_type="token", token=token, project_name=given["projectName"])
    equal(found.current_project_id, given["projectId"], "project")
    filled(list(found.sdrs.quotas())[0].resources, "quotas")


@case("sign in, the projects that the token may go to")
def _():
    found = connect(**USER, project_id=given["projectId"])
    projects = found.session.get(
        f"{given['endpoint']}/v3/auth/projects", headers={"X-Auth-Token": found.auth_token}
    ).json()["projects"]
    equal([each["id"] for each in projects], [given["projectId"]], "projects")
    token = found.session.get(
        f"{given['endpoint']}/v3/auth/tokens",
        headers={"X-Auth-Token": found.auth_token, "X-Subject-Token": found.auth_token},
    ).json()["token"]
    equal(token["project"]["id"], given["projectId"], "the token's project")


@case("sign in, password, refused where it is wrong")
def _():
    try:
        connect(**{**USER, "password": "wrong"}, project_name=given["projectName"])
    except exceptions.SDKException as error:
        equal("(HTTP 401)" in str(error), True, f"401 in {error}")
        return "401"
    raise Expectation("was let in")


connection = connect(**USER, project_name=given["projectName"])
sdrs = connection.sdrs

# ---- what there is


@case("get_domains")
def _():
    [found] = items(sdrs.get_domains())
    [domain] = found.domains
    equal(domain["sold_out"], False, "sold_out")
    equal(domain["local_replication_cluster"]["availability_zone"], "eu-de-01", "local zone")
    seen["domain"] = filled(domain["id"], "id")


@case("quotas")
def _():
    [found] = items(sdrs.quotas())
    quotas = {each["type"]: each for each in found.resources}
    equal(sorted(quotas), ["replications", "server_groups"], "the types")
    equal((quotas["server_groups"]["used"], quotas["server_groups"]["quota"]), (1, -1), "groups")


# ---- groups


@case("create_protection_group")
def _():
    accepted = sdrs.create_protection_group(
        name="otc-group",
        description="made by otcextensions",
        source_availability_zone="eu-de-01",
        target_availability_zone="eu-de-02",
        domain_id=seen["domain"],
        source_vpc_id=given["vpcId"],
        dr_type="migration",
    )
    seen["group_job"] = accepted.job_id
    entities = done(accepted, "createProtectionGroupNoCG")
    seen["group"] = filled(entities["server_group_id"], "server_group_id")


@case("get_job")
def _():
    job = get_job(seen["group_job"])
    equal((job.status, job.job_type), ("SUCCESS", "createProtectionGroupNoCG"), "the job")
    equal(job.entities.server_group_id, seen["group"], "server_group_id")


@case("get_protection_group")
def _():
    found = group()
    equal((found.id, found.name), (seen["group"], "otc-group"), "the group")
    equal((found.status, found.priority_station), ("available", "source"), "status, station")
    equal((found.source_vpc_id, found.domain_id), (given["vpcId"], seen["domain"]), "VPC, domain")
    equal((found.protected_instance_num, found.replication_num), (0, 0), "what is in it")


@case("get_protection_group", "refused: not there")
def _():
    return refused(lambda: sdrs.get_protection_group("nobody"), "SDRS.1013", code_of)


@case("protection_groups")
def _():
    equal(sorted(each.name for each in items(sdrs.protection_groups())), ["otc-group", "web"], "all")


@case("protection_groups", "filters")
def _():
    def names(**query):
        contract.answered.clear()
        return [each.name for each in items(sdrs.protection_groups(**query))]

    equal(names(name="tc-gr"), ["otc-group"], "by a part of the name")
    equal(names(status="protected"), [], "by status")
    equal(names(availability_zone="eu-de-02"), [], "by the zone that is not production's")
    equal(names(query_type="status_abnormal"), [], "the abnormal ones")


@case("find_protection_group")
def _():
    # By name: asks for one of this ID first, and takes the refusal for "not by ID".
    equal(sdrs.find_protection_group("otc-group").id, seen["group"], "by name")
    equal(sdrs.find_protection_group(seen["group"]).name, "otc-group", "by ID")
    equal(sdrs.find_protection_group("nobody"), None, "one that is not there")


@case("update_protection_group")
def _():
    found = item(sdrs.update_protection_group(seen["group"], name="renamed"))
    equal((found.id, found.name), (seen["group"], "renamed"), "the group")


# ---- instances


def create(server, **more):
    return sdrs.create_protected_instance(
        server_group_id=seen["group"], server_id=given["servers"][server], name=server, **more
    )


@case("create_protected_instance")
def _():
    accepted = create("one", description="first", tags=[{"key": "app", "value": "web"}])
    entities = done(accepted, "createProtectedInstanceNoCG")
    seen["instance"] = filled(entities["protected_instance_id"], "protected_instance_id")
    seen["target"] = filled(entities["native_server_id"], "native_server_id")


@case("create_protected_instance", "refused: the server is protected already")
def _():
    return refused(lambda: create("one"), "SDRS.1305", code_of)


@case("create_protected_instance", "its job fails")
def _():
    job = job_of(create("fails"))
    equal((job.status, job.error_code), ("FAIL", "EVS.2024"), "the job's end")
    seen["failed_job"] = job.job_id


@case("get_protected_instance")
def _():
    found = instance()
    equal((found.id, found.name, found.description), (seen["instance"], "one", "first"), "instance")
    equal((found.source_server, found.target_server), (given["servers"]["one"], seen["target"]), "servers")
    equal((found.status, found.priority_station), ("available", "source"), "status, station")
    equal([(each["key"], each["value"]) for each in found.tags], [("app", "web")], "tags")
    equal([each["device"] for each in found.attachment], ["/dev/vda", "/dev/vdb"], "devices")
    seen["pairs"] = [each["replication"] for each in found.attachment]


@case("get_protected_instance", "refused: not there")
def _():
    return refused(lambda: sdrs.get_protected_instance("nobody"), "SDRS.1320", code_of)


@case("protected_instances")
def _():
    equal(sorted(each.name for each in items(sdrs.protected_instances())), ["fails", "one"], "all")


@case("protected_instances", "filters")
def _():
    def names(**query):
        contract.answered.clear()
        return sorted(each.name for each in items(sdrs.protected_instances(**query)))

    ours, other = seen["group"], given["groupId"]
    equal(names(server_group_id=ours), ["fails", "one"], "by group")
    equal(names(server_group_ids=json.dumps([ours, other])), ["fails", "one"], "by groups")
    equal(names(server_group_ids=str([ours])), ["fails", "one"], "as Python writes a list")
    equal(names(protected_instance_ids=json.dumps([seen["instance"]])), ["one"], "by ID")
    equal(names(status="error"), ["fails"], "by status")
    equal(names(query_type="status_abnormal"), ["fails"], "the abnormal ones")
    equal(names(availability_zone="eu-de-01"), ["fails", "one"], "by zone")


@case("protected_instances", "refused: more than thirty IDs")
def _():
    ids = json.dumps([seen["instance"]] * 31)
    return refused(lambda: list(sdrs.protected_instances(protected_instance_ids=ids)), "SDRS.0226", code_of)


@case("find_protected_instance")
def _():
    equal(sdrs.find_protected_instance("one").id, seen["instance"], "by name")
    equal(sdrs.find_protected_instance("nobody"), None, "one that is not there")


@case("update_protected_instance")
def _():
    found = item(sdrs.update_protected_instance(seen["instance"], name="first-one"))
    equal((found.id, found.name), (seen["instance"], "first-one"), "the instance")


# ---- pairs


@case("replication_pairs")
def _():
    found = items(sdrs.replication_pairs(protected_instance_ids=json.dumps([seen["instance"]])))
    equal(sorted(each.id for each in found), sorted(seen["pairs"]), "pairs")
    equal({each.attachment[0]["protected_instance"] for each in found}, {seen["instance"]}, "instance")


@case("replication_pairs", "filters")
def _():
    def count(**query):
        contract.answered.clear()
        return len(items(sdrs.replication_pairs(**query)))

    equal(count(server_group_id=given["groupId"]), 0, "by another group")
    equal(count(server_group_id=seen["group"], protected_instance_id=seen["instance"]), 2, "by instance")
    equal(count(server_group_ids=json.dumps([given["groupId"]])), 0, "by other groups")
    equal(count(status="protected"), 0, "by status")


@case("get_replication_pair")
def _():
    pair = item(sdrs.get_replication_pair(seen["pairs"][0]))
    equal((pair.id, pair.status, pair.server_group_id), (seen["pairs"][0], "available", seen["group"]), "pair")
    equal((pair.attachment[0]["device"], pair.fault_level), ("/dev/vda", "0"), "device, fault level")
    equal(len(pair.volume_ids.split(",")), 2, "volumes")
    metadata = pair.record_metadata
    equal((metadata.bootable, metadata.multiattach, metadata.volume_size), (True, False, 40), "metadata")
    seen["pair_name"] = filled(pair.name, "name")


@case("get_replication_pair", "refused: not there")
def _():
    return refused(lambda: sdrs.get_replication_pair("nobody"), "SDRS.1608", code_of)


@case("update_replication_pair")
def _():
    pair = item(sdrs.update_replication_pair(seen["pairs"][0], name="first-pair"))
    equal((pair.id, pair.name), (seen["pairs"][0], "first-pair"), "the pair")


@case("find_replication_pair")
def _():
    equal(sdrs.find_replication_pair("first-pair").id, seen["pairs"][0], "by name")
    equal(sdrs.find_replication_pair("nobody"), None, "one that is not there")


@case("create_replication_pair")
def _():
    accepted = sdrs.create_replication_pair(
        server_group_id=seen["group"], volume_id=given["volumes"]["free"], name="loose-pair"
    )
    entities = done(accepted, "createReplicationPairNoCG")
    seen["loose"] = filled(entities["replication_pair_id"], "replication_pair_id")


@case("attach_replication_pair")
def _():
    accepted = sdrs.attach_replication_pair(seen["instance"], seen["loose"], device="/dev/vdc")
    done(accepted, "attachReplicationPairNew")
    devices = {each["replication"]: each["device"] for each in instance().attachment}
    first_only()
    equal(devices.get(seen["loose"]), "/dev/vdc", "device")


@case("detach_replication_pair")
def _():
    accepted = sdrs.detach_replication_pair(seen["instance"], seen["loose"])
    done(accepted, "detachReplicationPairNew")
    pairs = [each["replication"] for each in instance().attachment]
    first_only()
    equal(seen["loose"] in pairs, False, "attached still")


@case("expand_replication_pair")
def _():
    done(sdrs.expand_replication_pair(seen["loose"], new_size=80), "expandReplicationPairNew")
    pair = sdrs.get_replication_pair(seen["loose"])
    first_only()
    equal(pair.record_metadata.volume_size, 80, "volume_size")


@case("delete_replication_pair")
def _():
    sdrs.delete_replication_pair(
        seen["loose"], server_group_id=seen["group"], delete_target_volume=True, ignore_missing=False
    )
    get_job_of_last("deleteReplicationPairNoCG")


# ---- the instance's servers


@case("modify_protected_instance")
def _():
    accepted = sdrs.modify_protected_instance(seen["instance"], dr_flavor="s3.xlarge.2")
    done(accepted, "resizeProtectedInstanceNew")


@case("add_nic")
def _():
    accepted = sdrs.add_nic(seen["instance"], given["subnetId"], ip_address="192.168.0.78")
    seen["nic"] = filled(done(accepted, "addNicNew")["nic_id"], "nic_id")


@case("delete_nic")
def _():
    done(sdrs.delete_nic(seen["instance"], seen["nic"]), "deleteNicNew")


# ---- failed tasks


@case("failed_tasks")
def _():
    [task] = items(sdrs.failed_tasks(server_group_id=seen["group"]))
    equal((task.job_id, task.job_status), (seen["failed_job"], "FAIL"), "the task")
    equal((task.resource_type, task.resource_name), ("protected_instances", "fails"), "resource")
    equal((task.failure_status, task.error_code), ("createFail", "EVS.2024"), "the failure")
    filled(task.fail_reason, "fail_reason")


@case("failed_tasks", "filters")
def _():
    def count(**query):
        return len(list(sdrs.failed_tasks(server_group_id=seen["group"], **query)))

    equal(count(failure_status="deleteFail"), 0, "by what else failed")
    # Not by type: this client's own method takes another argument of that name.
    equal(count(resource_name="fails"), 1, "by name")


@case("delete_failed_task")
def _():
    sdrs.delete_failed_task(seen["failed_job"], ignore_missing=False)
    left = list(sdrs.failed_tasks(server_group_id=seen["group"]))
    first_only()
    equal(len(left), 0, "left")


@case("delete_protection_group_tasks")
def _():
    equal(sdrs.delete_protection_group_tasks(seen["group"]).status_code, 204, "status")


@case("delete_all_failed_tasks")
def _():
    equal(sdrs.delete_all_failed_tasks().status_code, 204, "status")


# ---- drills, and what is done to a group


@case("enable_protection")
def _():
    done(sdrs.enable_protection(seen["group"]), "startProtectionGroupNoCG")
    equal(group().status, "protected", "status")
    first_only()


@case("create_dr_drill")
def _():
    accepted = sdrs.create_dr_drill(
        server_group_id=seen["group"], drill_vpc_id=given["drillVpcId"], name="first-drill"
    )
    entities = done(accepted, "createDisasterRecoveryDrill")
    seen["drill"] = filled(entities["disaster_recovery_drill_id"], "disaster_recovery_drill_id")


@case("dr_drills")
def _():
    [drill] = items(sdrs.dr_drills(server_group_id=seen["group"]))
    equal((drill.name, drill.status), ("first-drill", "available"), "the drill")
    seen.setdefault("drill", drill.id)
    equal(len(list(sdrs.dr_drills(name="nobody"))), 0, "by another name")
    first_only()


@case("get_dr_drill")
def _():
    drill = item(sdrs.get_dr_drill(seen["drill"]))
    equal((drill.id, drill.server_group_id), (seen["drill"], seen["group"]), "the drill")
    equal(drill.drill_vpc_id, given["drillVpcId"], "drill_vpc_id")
    equal(seen["instance"] in {each["protected_instance"] for each in drill.drill_servers}, True, "drilled")


@case("find_dr_drill")
def _():
    equal(sdrs.find_dr_drill("first-drill").id, seen["drill"], "by name")


@case("update_dr_drill")
def _():
    drill = item(sdrs.update_dr_drill(seen["drill"], name="second-drill"))
    equal((drill.id, drill.name), (seen["drill"], "second-drill"), "the drill")


@case("delete_dr_drill")
def _():
    sdrs.delete_dr_drill(seen["drill"], ignore_missing=False)
    get_job_of_last("deleteDisasterRecoveryDrill")


@case("perform_failover")
def _():
    done(sdrs.perform_failover(seen["group"]), "failoverProtectionGroupNoCG")
    found = group()
    first_only()
    equal(found.status, "failed-over", "status")


@case("enable_protection", "again, after a failover")
def _():
    done(sdrs.enable_protection(seen["group"]), "reprotectProtectionGroupNoCG")
    found = group()
    first_only()
    equal((found.status, found.priority_station), ("protected", "target"), "status, station")


@case("perform_planned_failover")
def _():
    accepted = sdrs.perform_planned_failover(seen["group"], priority_station="source")
    done(accepted, "reverseProtectionGroupNoCG")
    found = group()
    first_only()
    equal(found.priority_station, "source", "station")


@case("disable_protection")
def _():
    if group().status != "protected":
        done(sdrs.enable_protection(seen["group"]), "startProtectionGroupNoCG")
    contract.sent.clear()
    done(sdrs.disable_protection(seen["group"]), "stopProtectionGroupNoCG")
    found = group()
    first_only()
    equal(found.status, "available", "status")


# ---- the end


@case("delete_protection_group", "refused: instances are in it")
def _():
    return refused(lambda: sdrs.delete_protection_group(seen["group"]), "SDRS.1001", code_of)


@case("delete_protected_instance")
def _():
    for each in list(sdrs.protected_instances(server_group_id=seen["group"])):
        contract.sent.clear()
        sdrs.delete_protected_instance(each.id, delete_target_server=True, ignore_missing=False)
        get_job_of_last("deleteProtectedInstanceNoCG")


@case("delete_protection_group")
def _():
    sdrs.delete_protection_group(seen["group"], ignore_missing=False)
    get_job_of_last("deleteProtectionGroupNoCG")
    left = [each.id for each in sdrs.protection_groups()]
    first_only()
    equal(seen["group"] in left, False, "there still")


contract.guard(
    {
        name
        for name, value in vars(_proxy.Proxy).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }
)
