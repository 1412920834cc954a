"""Network interfaces: those of a service, which nobody else may change, and groups that must exist.

POST /_undrift/managed?interface=eni-…&requester=amazon-elb makes an interface one of that service.
"""

from moto.ec2.exceptions import EC2ClientError, InvalidSecurityGroupNotFoundError
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend


class AuthFailure(EC2ClientError):
    def __init__(self):
        super().__init__("AuthFailure", "You do not have permission to access the specified resource.")


def _modify(modify):
    def checked(self, eni_id, group_ids, source_dest_check=None, description=None):
        # "You can add or remove tags, but you can't change other properties of a requester-managed network interface"
        # (EC2 User Guide, "Requester-managed network interfaces").
        if self.get_network_interface(eni_id).requester_managed:
            raise AuthFailure()
        # moto attaches nothing for a group that does not exist, and then fails in every Describe.
        for group_id in group_ids:
            if self.get_security_group_from_id(group_id) is None:
                raise InvalidSecurityGroupNotFoundError(group_id)
        return modify(self, eni_id, group_ids, source_dest_check, description)

    return checked


def manage(interface_id, requester):
    for regions in ec2_backends.values():
        for backend in regions.values():
            if interface_id in backend.enis:
                backend.enis[interface_id].requester_managed = True
                backend.enis[interface_id].requester_id = requester


def install():
    modify = NetworkInterfaceBackend.modify_network_interface_attribute
    NetworkInterfaceBackend.modify_network_interface_attribute = _modify(modify)
