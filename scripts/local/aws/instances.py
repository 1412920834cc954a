"""Changing an instance: what a call changes is what the next description shows."""

from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance, InstanceBackend, MetadataOptions
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.utils import parse_user_data


# The groups of an instance are those of its primary network interface, and there is one list of them for both
# ModifyInstanceAttribute and ModifyNetworkInterfaceAttribute. moto keeps two, and each call changes but one.
def _groups(instance):
    primary = getattr(instance, "nics", {}).get(0)
    return primary._group_set if primary else instance._launch_groups


def _set_groups(instance, groups):
    instance._launch_groups = groups
    primary = getattr(instance, "nics", {}).get(0)
    if primary:
        primary._group_set = groups


def _modify_groups(self, instance_id, group_ids):
    groups = [self.get_security_group_from_id(group_id) for group_id in group_ids]
    for group_id, group in zip(group_ids, groups):
        if group is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
    instance = self.get_instance(instance_id)
    instance.security_groups = groups
    return instance


def _modify_metadata_options(
    self,
    instance_id,
    http_tokens=None,
    hop_limit=None,
    http_endpoint=None,
    dry_run=False,
    http_protocol=None,
    metadata_tags=None,
):
    # "If this parameter is not specified, the existing state is maintained" (EC2 API Reference,
    # ModifyInstanceMetadataOptions); moto resets what is not named.
    instance = self.get_instance(instance_id)
    old = instance.metadata_options
    instance.metadata_options = MetadataOptions(
        {
            "HttpTokens": http_tokens or old.http_tokens,
            "HttpPutResponseHopLimit": hop_limit or old.http_put_response_hop_limit,
            "HttpEndpoint": http_endpoint or old.http_endpoint,
            "HttpProtocolIpv6": http_protocol or old.http_protocol_ipv6,
            "InstanceMetadataTags": metadata_tags or old.instance_metadata_tags,
        }
    )
    return instance.metadata_options


def install():
    NetworkInterface.group_set = property(lambda nic: nic._group_set)
    Instance.security_groups = property(_groups, _set_groups)
    InstanceBackend.modify_instance_security_groups = _modify_groups
    InstanceBackend.modify_instance_metadata_options = _modify_metadata_options
    plain = InstanceResponse._attribute_value_handler

    def attribute_and_value(self):
        # The form `Attribute=userData&Value=…` carries base64 as well.
        if self._get_param("Attribute") != "userData":
            return plain(self)
        return _modify_user_data(self, parse_user_data(self._get_param("Value")))

    plain_dotted = InstanceResponse._dot_value_instance_attribute_handler

    def dotted_value(self):
        # "User data must be base64-encoded. Depending on the tool or SDK that you're using, the base64-encoding might
        # be performed for you" (EC2 API Reference, ModifyInstanceAttributeRequest): the server decodes it with the
        # request, and moto takes the decoded bytes for base64 once more.
        value = self._get_param("UserData.Value")
        if not isinstance(value, bytes):
            return plain_dotted(self)
        return _modify_user_data(self, Base64EncodedString.from_raw_bytes(value))

    InstanceResponse._attribute_value_handler = attribute_and_value
    InstanceResponse._dot_value_instance_attribute_handler = dotted_value


def _modify_user_data(response, user_data):
    response.error_on_dryrun()
    response.ec2_backend.modify_instance_attribute(response._get_param("InstanceId"), "user_data", user_data)
    return True
