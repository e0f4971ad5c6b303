"""All readers under test, by name."""

from tests.fuzz import broken_readers, mesh_readers, scan_readers, study_readers, text_readers
from tests.fuzz.reader import Reader

READERS: dict[str, Reader] = {
    reader.name: reader
    for room in (mesh_readers, scan_readers, text_readers, study_readers)
    for reader in room.READERS
}
BROKEN: dict[str, Reader] = {reader.name: reader for reader in broken_readers.READERS}
