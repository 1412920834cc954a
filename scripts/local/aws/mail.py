"""E-mail subscriptions wait for their owner, who never answers here.

"If the endpoint type is HTTP/S or email, … the endpoint owner must run the ConfirmSubscription action to confirm the
subscription" (Amazon SNS API Reference, Subscribe). ministack takes e-mail as confirmed at once.
"""

from ministack.services import sns
from ministack.services.cloudformation import provisioners


def _leave_waiting():
    for topic in sns._topics.values():
        for subscription in topic["subscriptions"]:
            if subscription["protocol"].startswith("email") and "asked" not in subscription:
                subscription.update(asked=True, confirmed=False)
                subscription["attributes"]["PendingConfirmation"] = "true"
        sns._refresh_subscription_counts(topic)


def _then_wait(subscribe):
    def waiting(*args):
        answer = subscribe(*args)
        _leave_waiting()
        return answer

    return waiting


def install():
    sns._subscribe = _then_wait(sns._subscribe)
    made = provisioners._RESOURCE_HANDLERS["AWS::SNS::Subscription"]
    made["create"] = _then_wait(made["create"])
