"""Instance profiles. IAM is the other emulator's, so a profile's name or ARN is taken as it comes, and not looked up."""

import hashlib

from moto.ec2.models import iam_instance_profile
from moto.ec2.responses import instances

PLAIN_ARN = "arn:aws:iam::{account}:instance-profile/{name}"


class Profile:
    def __init__(self, arn):
        self.arn = arn
        self.name = arn.rsplit("/", 1)[-1]
        self.id = self.instance_profile_id = "AIPA" + hashlib.sha256(arn.encode()).hexdigest()[:17].upper()


def profile_of(account_id, partition=None, iam_instance_profile_arn=None, iam_instance_profile_name=None):
    return Profile(iam_instance_profile_arn or PLAIN_ARN.format(account=account_id, name=iam_instance_profile_name))


def install():
    iam_instance_profile.filter_iam_instance_profiles = profile_of
    instances.filter_iam_instance_profiles = profile_of
    backend = iam_instance_profile.IamInstanceProfileAssociationBackend
    replace = backend.replace_iam_instance_profile_association

    def replace_and_show(self, *args, **kwargs):
        # "Replaces an IAM instance profile for the specified running instance" (EC2 API Reference,
        # ReplaceIamInstanceProfileAssociation); moto leaves the old one in DescribeInstances.
        association = replace(self, *args, **kwargs)
        association.instance.iam_instance_profile = {
            "Arn": association.iam_instance_profile.arn,
            "Id": association.iam_instance_profile.id,
        }
        return association

    backend.replace_iam_instance_profile_association = replace_and_show
