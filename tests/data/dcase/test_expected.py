"""What an archive must be: by its record, or by the sum that is built in."""

from __future__ import annotations

import pytest
from zenodo import Server

from asdbench.data.dcase.expected import Expected, ask_records, expect
from asdbench.data.dcase.facts import Archive
from asdbench.data.dcase.zenodo import ListedFile, Record

OLD = Archive("dev_data_fan.zip", "200", "fan", "development", "aa")
NEW = Archive("dev_fan.zip", "230", "fan", "development", "")


def says(archive: Archive, checksum: str) -> dict[str, Record | OSError | ValueError]:
    listed = ListedFile(key=archive.name, size=5, checksum=checksum)
    return {archive.record: Record({archive.name: listed}, "")}


@pytest.mark.parametrize("checksum", ["md5:bb", "SHA256:BB"])
def test_the_record_says_it(checksum: str) -> None:
    assert expect(NEW, says(NEW, checksum), verify=True) == Expected(NEW, 5, checksum.lower())


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (OSError("no way there"), "no way there"),
        (Record({}, ""), "the record 230 has no such file"),
        (says(NEW, "crc:1")["230"], "'crc:1', of an unknown kind"),
        (says(NEW, "bb")["230"], "'bb', of an unknown kind"),
    ],
)
def test_a_checksum_that_can_not_be_had(
    answer: Record | OSError | ValueError, problem: str
) -> None:
    with pytest.raises(ValueError, match=f"no checksum for dev_fan.zip: .*{problem}; --no-verify"):
        expect(NEW, {"230": answer}, verify=True)
    assert expect(NEW, {"230": answer}, verify=False).checksum == ""


def test_2020_has_its_sums_whatever_the_record_can_not_say() -> None:
    for answers in ({"200": OSError("gone")}, {"200": Record({}, "")}):
        assert expect(OLD, answers, verify=True) == Expected(OLD, None, "md5:aa")
    assert expect(OLD, says(OLD, "crc:1"), verify=True) == Expected(OLD, 5, "md5:aa")


def test_2020_is_not_what_a_record_says_otherwise() -> None:
    for verify in (True, False):
        with pytest.raises(ValueError, match=r"dev_data_fan\.zip: the record 200 says .* bb, but"):
            expect(OLD, says(OLD, "md5:bb"), verify=verify)


def test_each_record_is_asked_once(server: Server) -> None:
    archives = [OLD, OLD, NEW]
    answers = ask_records(server.url, archives, pause=lambda _: None)
    assert server.described == ["200", "230"]
    assert isinstance(answers["200"], Record)
    assert "404" in str(answers["230"])
