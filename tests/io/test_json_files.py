"""JSON: a key once, numbers and depths that end."""

import pytest

from hipsim.errors import CaseError
from hipsim.io.json_files import parsed_json

REFUSED = {
    "[1": "is not valid JSON: Expecting",
    '{"LT": [1, 2, 3], "LT": [3, 2, 1]}': "key 'LT' appears twice",
    "[" * 100_000: "nests too deep",
    "9" * 5000: "is not valid JSON",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_parsed_json__refuses(text):
    with pytest.raises(CaseError, match=rf"a\.json.*{REFUSED[text]}"):
        parsed_json("a.json", text, error=CaseError)


def test_parsed_json__reads():
    assert parsed_json("a.json", b'{"a": {"b": 1}, "c": {"b": 2}}')["c"] == {"b": 2}
