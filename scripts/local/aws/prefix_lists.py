"""Managed prefix lists: their versions count, a name stays, and an earlier version can be restored."""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.managed_prefixes import ManagedPrefixListBackend
from moto.ec2.responses.vpcs import VPCs


class PrefixListVersionMismatch(EC2ClientError):
    def __init__(self):
        super().__init__("PrefixListVersionMismatch", "The prefix list has the incorrect version number.")


class PrefixListNotFound(EC2ClientError):
    def __init__(self, prefix_list_id):
        super().__init__("InvalidPrefixListID.NotFound", f"The prefix list ID '{prefix_list_id}' does not exist")


def _checked(backend, prefix_list_id, current_version):
    found = backend.managed_prefix_lists.get(prefix_list_id)
    if found is None:
        raise PrefixListNotFound(prefix_list_id)
    # "If you specify a current version number that does not match the true current version number, the request fails"
    # (EC2 API Reference, ModifyManagedPrefixList).
    if current_version is not None and int(current_version) != found.version:
        raise PrefixListVersionMismatch()
    return found


def _modify(modify):
    def checked(self, add_entry, remove_entry, prefix_list_id=None, current_version=None, prefix_list_name=None):
        found = _checked(self, prefix_list_id, current_version)
        # The name is "Required: No" (same page); moto takes it away when none is given.
        name = prefix_list_name or found.prefix_list_name
        return modify(self, add_entry, remove_entry, prefix_list_id, current_version, name)

    return checked


def _restore(self):
    self.error_on_dryrun()
    wanted = self._get_param
    found = _checked(self.ec2_backend, wanted("PrefixListId"), wanted("CurrentVersion"))
    # "Restores the entries from a previous version of a managed prefix list to a new version of the prefix list" (EC2 API
    # Reference, RestoreManagedPrefixListVersion). A list that was created empty has no entry for version 1.
    entries = list(found.entries.get(int(wanted("PreviousVersion")), []))
    found.version += 1
    found.entries[found.version] = entries
    found.state = "restore-complete"
    return ActionResult({"PrefixList": found})


def install():
    modify = ManagedPrefixListBackend.modify_managed_prefix_list
    ManagedPrefixListBackend.modify_managed_prefix_list = _modify(modify)
    VPCs.restore_managed_prefix_list_version = _restore
