"""How a group launches: everything that its launch template says reaches the instance.

A launch template "includes the ID of the Amazon Machine Image (AMI), the instance type, a key pair, security groups,
and other parameters used to launch EC2 instances" (Amazon EC2 Auto Scaling User Guide, "Auto Scaling launch
templates"). moto launches from the template's default version whichever version the group names, and leaves out the
instance profile, the metadata options and the groups of the template's network interfaces.
"""

import itertools

from moto.autoscaling.models import ASG_NAME_TAG, InstanceState
from moto.core.utils import utcnow
from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.utils import parse_user_data

from . import profiles

_turns = itertools.count()


def launch(group, count):
    """Starts `count` instances and returns their entries in the group, as yet without a lifecycle."""
    template, version = group.ec2_launch_template, None
    wanted = {"tags": {"instance": _tags(group)}, "subnet_id": _next_subnet(group)}
    if template is not None:
        version = template.get_version(group.launch_template_version)
        wanted |= _from_template(group, version.data)
        wanted["launch_template"] = {"LaunchTemplateId": template.id, "Version": str(version.number)}
    else:
        wanted |= {
            "launch_config": group.launch_config,
            "associate_public_ip": group.launch_config.associate_public_ip_address,
        }
    names = [] if version and wanted.get("nics") else group.security_groups
    reservation = group.ec2_backend.run_instances(
        group.image_id,
        count,
        group.user_data,
        names,
        instance_type=group.instance_type,
        is_instance_type_default=False,
        placement=group.availability_zones[0],
        **wanted,
    )
    return [_entry(group, instance, template, version) for instance in reservation.instances]


def _entry(group, instance, template, version):
    instance.autoscaling_group = group
    entry = InstanceState(instance, protected_from_scale_in=group.new_instances_protected_from_scale_in)
    entry.in_service_since = utcnow()
    if version is None:
        return entry
    # "LaunchTemplate: The launch template for the instance" (API Reference, AutoScalingInstanceDetails): the version
    # that it was launched from, whatever the template's default has become since.
    entry.launched_from = {
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "Version": str(version.number),
    }
    profile = version.data.get("IamInstanceProfile")
    if profile:
        group.ec2_backend.associate_iam_instance_profile(
            instance.id,
            iam_instance_profile_name=profile.get("Name"),
            iam_instance_profile_arn=profile.get("Arn"),
        )
    return entry


def _from_template(group, data):
    wanted = {"metadata_options": data.get("MetadataOptions", {}), "ebs_optimized": data.get("EbsOptimized", False)}
    if data.get("Monitoring", {}).get("Enabled"):
        wanted["monitoring_state"] = "enabled"
    mappings = _volumes(group, data)
    if mappings:
        wanted["block_device_mappings"] = mappings
    interfaces = data.get("NetworkInterfaces") or []
    if interfaces:
        wanted["nics"] = [{"DeleteOnTermination": True} | interface for interface in interfaces]
    groups = [*data.get("SecurityGroupIds", []), *itertools.chain(*(nic.get("Groups") or [] for nic in interfaces))]
    if groups:
        wanted["security_group_ids"] = list(dict.fromkeys(groups))
        for nic in wanted.get("nics", []):
            nic.pop("Groups", None)
    return wanted


def _volumes(group, data):
    """The template's volumes and, unless it names the root device itself, the image's root volume."""
    mappings = [mapping for mapping in data.get("BlockDeviceMappings", []) if "Ebs" in mapping]
    images = group.ec2_backend.describe_images(filters={"image-id": group.image_id})
    root = images[0].root_device_name if images else "/dev/sda1"
    if any(mapping["DeviceName"] == root for mapping in mappings):
        return mappings
    return [{"DeviceName": root, "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}}, *mappings]


def _next_subnet(group):
    subnets = group.vpc_zone_identifier.split(",") if group.vpc_zone_identifier else [None]
    return subnets[next(_turns) % len(subnets)]


def _tags(group):
    return group.get_propagated_tags() | {ASG_NAME_TAG: group.name} | group.instance_tags


def _launch_template(entry):
    return getattr(entry, "launched_from", None)


def _decode_user_data(begin):
    def init(self, template, number, data, description):
        # "You must provide base64-encoded text" (EC2 API Reference, RequestLaunchTemplateData, UserData); moto takes
        # it so in a template's first version only, and fails to launch from others.
        if isinstance(data.get("UserData"), str):
            data = data | {"UserData": parse_user_data(data["UserData"])}
        begin(self, template, number, data, description)

    return init


def install():
    LaunchTemplateVersion.__init__ = _decode_user_data(LaunchTemplateVersion.__init__)
    InstanceState.launch_template = property(_launch_template)
    profiles.install()
