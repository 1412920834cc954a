"""Security groups: the filters on prefix lists.

Their rules: a missing rule id, several permissions in one call, changing a rule's source or description, how many a group
may have.
"""

from moto.ec2.exceptions import (
    InvalidPermissionNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
    RulesPerSecurityGroupLimitExceededError,
)
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups
from moto.core.responses import ActionResult
from moto.core.utils import aws_api_matches


def _with_rule_ids(revoke, rules_of):
    def checked(self, *args, security_rule_ids=None, **kwargs):
        # "InvalidSecurityGroupRuleId.NotFound: The specified security group rule ID does not exist" (EC2 API
        # Reference, "Error codes for the Amazon EC2 API"); moto says InvalidPermission.NotFound.
        group = self.get_security_group_by_name_or_id(kwargs.get("group_name_or_id") or args[0])
        known = {rule.id for rule in rules_of(group)} if group else set()
        for rule_id in security_rule_ids or []:
            if group and rule_id not in known:
                raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
        return revoke(self, *args, security_rule_ids=security_rule_ids, **kwargs)

    return checked


def _all_or_nothing(action, rules_of):
    """One call is one act, although moto takes its permissions one by one.

    "For a non-default VPC, if the values you specify do not match the existing rule's values, an
    InvalidPermission.NotFound client error is returned, and no rules are revoked" (EC2 API Reference,
    RevokeSecurityGroupIngress).
    """

    def whole(self):
        self.error_on_dryrun()
        name = self._get_param("GroupName") or self._get_param("GroupId")
        group = self.ec2_backend.get_security_group_by_name_or_id(name)
        before = list(rules_of(group)) if group else []
        try:
            answer = action(self)
        except Exception:
            if group:
                rules_of(group)[:] = before
            raise
        if action.__name__.startswith("authorize") and group:
            # "Information about the inbound (ingress) security group rules that were added" (EC2 API Reference,
            # AuthorizeSecurityGroupIngress): those of every permission, where moto answers with the last one's.
            added = [rule for rule in rules_of(group) if all(rule is not old for old in before)]
            return ActionResult({"Return": True, "SecurityGroupRules": added})
        return answer

    return whole


def _modify(modify):
    def with_source(self, group_id, rules):
        group = self.get_security_group_from_id(group_id)
        modify(self, group_id, rules)
        for rule_id, wanted in rules.items():
            rule = group.get_rule(rule_id)
            # "When you modify a rule, you cannot change the rule type" (EC2 API Reference, SecurityGroupRuleRequest),
            # but its value you can: moto ignores the new value of every source that is not an IPv4 range.
            if "CidrIpv6" in wanted:
                rule.ip_range["CidrIpv6"] = wanted["CidrIpv6"]
            if "PrefixListId" in wanted:
                rule.prefix_list_id = wanted["PrefixListId"]
            if "ReferencedGroupId" in wanted:
                rule.source_group = {**rule.source_group, "GroupId": wanted["ReferencedGroupId"]}
            if str(wanted["IpProtocol"]) == "-1":
                rule.from_port = rule.to_port = None

    return with_source


def _described(begin):
    """Every kind of source has a description (EC2 API Reference, UserIdGroupPair and PrefixListId: "Description"); moto
    keeps only that of a range, and all of them there."""

    def init(self, *args, **kwargs):
        begin(self, *args, **kwargs)
        source_group = args[6] if len(args) > 6 else kwargs.get("source_group")
        prefix_list = args[7] if len(args) > 7 else kwargs.get("prefix_list_id")
        description = (source_group or prefix_list or {}).get("Description")
        if description:
            self.ip_range = {**self.ip_range, "Description": description}

    return init


def _describe(plain):
    def by_rule_id(self):
        # "You must specify either IP permissions or a description" (EC2 API Reference,
        # UpdateSecurityGroupRuleDescriptionsIngress): a description names its rule by id; moto knows permissions only.
        wanted = self._get_param("SecurityGroupRuleDescriptions", [])
        if not wanted:
            return plain(self)
        name = self._get_param("GroupName") or self._get_param("GroupId")
        group = self.ec2_backend.get_security_group_by_name_or_id(name)
        for each in wanted:
            rule = group.get_rule(each["SecurityGroupRuleId"]) if group else None
            if rule is None:
                raise InvalidSecurityGroupRuleIdNotFoundError(each["SecurityGroupRuleId"])
            rule.ip_range = {**rule.ip_range, "Description": each.get("Description")}
        return ActionResult({"Return": True})

    return by_rule_id


def _names_list(rules_of):
    def matches(self, values):
        # "ip-permission.prefix-list-id - The ID of a prefix list from which a security group rule allows inbound access",
        # "egress.ip-permission.prefix-list-id - The ID of a prefix list to which a security group rule allows outbound
        # access" (EC2 API Reference, DescribeSecurityGroups): moto knows both, and raises NotImplementedError.
        named = [rule.prefix_list_id for rule in rules_of(self) if rule.prefix_list_id]
        return any(aws_api_matches(value, prefix_list) for value in values for prefix_list in named)

    return matches


MOST_RULES = 60


def _limit(self, group, current_rule_nb, ip_ranges, source_groups=None, egress=False):
    # "This quota is enforced separately for IPv4 rules and IPv6 rules", and a rule that references a security group
    # counts for both (VPC User Guide, "Amazon VPC quotas", Inbound or outbound rules per security group): moto counts
    # them together.
    rules = group.egress_rules if egress else group.ingress_rules
    sources = [rule.ip_range for rule in rules]
    sources += [each if isinstance(each, dict) else {"CidrIp": each} for each in ip_ranges or []]
    sources += source_groups or []
    four = sum("CidrIpv6" not in each for each in sources)
    six = sum("CidrIp" not in each for each in sources)
    if max(four, six) > MOST_RULES:
        raise RulesPerSecurityGroupLimitExceededError


def install():
    SecurityGroupBackend._verify_group_will_respect_rule_count_limit = _limit
    SecurityGroup.filter_ip_permission__prefix_list_id = _names_list(lambda group: group.ingress_rules)
    SecurityGroup.filter_egress__ip_permission__prefix_list_id = _names_list(lambda group: group.egress_rules)
    SecurityGroupRule.__init__ = _described(SecurityGroupRule.__init__)
    for direction, rules_of in (
        ("ingress", lambda group: group.ingress_rules),
        ("egress", lambda group: group.egress_rules),
    ):
        name = f"revoke_security_group_{direction}"
        setattr(SecurityGroupBackend, name, _with_rule_ids(getattr(SecurityGroupBackend, name), rules_of))
        name = f"update_security_group_rule_descriptions_{direction}"
        setattr(SecurityGroups, name, _describe(getattr(SecurityGroups, name)))
        for verb in ("authorize", "revoke"):
            name = f"{verb}_security_group_{direction}"
            setattr(SecurityGroups, name, _all_or_nothing(getattr(SecurityGroups, name), rules_of))
    SecurityGroupBackend.modify_security_group_rules = _modify(SecurityGroupBackend.modify_security_group_rules)
