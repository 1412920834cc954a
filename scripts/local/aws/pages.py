"""Answers in pages."""


def page(items, data, most, least=1):
    """The items of this page, and the token of the next one as AWS names it."""
    start = int(data.get("NextToken") or 0)
    size = min(most, max(least, int(data.get("MaxResults") or most)))
    following = {"NextToken": str(start + size)} if start + size < len(items) else {}
    return items[start : start + size], following
