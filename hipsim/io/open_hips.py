"""Open hips that ``hipsim fetch`` brings: where they are, whose they are, and their fingerprints.

Addresses carry the commit and every file its SHA-256, so what is fetched today is what was tested.
A file that does not match is refused and not kept. Without a network, or behind a wall, the files
can be put into the folder by hand, or read from a folder that holds them (``--from``); the
fingerprint is checked all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hipsim.errors import CaseError, InputError
from hipsim.io.cases import Case, find_case
from hipsim.io.catalogue import cases_folder, user_data_folder
from hipsim.io.importing import Statements, import_case, sha256_of
from hipsim.io.sources import merged, read_source
from hipsim.io.spelling import did_you_mean

TIMEOUT_S = 30.0
_CCF = (
    "https://raw.githubusercontent.com/hubmapconsortium/ccf-releases/"
    "cb9bfd933bbdcb8de645c74126808ae52da0e65a/v1.2/models/"
)
_VSD = (
    "https://raw.githubusercontent.com/RWTHmediTEC/VSDFullBodyBoneModels/"
    "cc0c0427c2e465ba30e08e4b176c0cbf2a7548b9/Bones/"
)


@dataclass(frozen=True)
class RemoteFile:
    """A file at a fixed address.

    Attributes
    ----------
    url
        Where it is.
    sha256
        Its fingerprint.
    """

    url: str
    sha256: str

    @property
    def name(self) -> str:
        """File name, the last part of the address."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True)
class OpenHip:
    """A subject whose bones are free to use.

    Attributes
    ----------
    name
        What to type.
    about
        Who it is, in a few words.
    files
        What makes up the case.
    sex, age_years
        Of the subject; None where it is not published with the data.
    licence, citation, source
        To be named by whoever uses it.
    """

    name: str
    about: str
    files: tuple[RemoteFile, ...]
    licence: str
    citation: str
    source: str
    sex: str
    age_years: int | None = None


def _visible_human(letter: str, sex: str, sha256: tuple[str, str, str]) -> OpenHip:
    """Describe a Visible Human subject: pelvis, right and left knee file (with whole femora)."""
    names = (f"VH_{letter}_Pelvis.glb", f"VH_{letter}_Knee_R.glb", f"VH_{letter}_Knee_L.glb")
    return OpenHip(
        f"vh_{letter.lower()}",
        f"Visible Human {sex.capitalize()}, atlas surfaces, both hips (left femur mirrors right)",
        tuple(RemoteFile(_CCF + n, hash_) for n, hash_ in zip(names, sha256, strict=True)),
        "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
        "Browne K, Schlehlein H, et al., HuBMAP CCF 3D Reference Object Library v1.2; modified: "
        "shells merged, closed, scaled to mm",
        "https://github.com/hubmapconsortium/ccf-releases",
        sex,
    )


def _vsd(name: str, sex: str, age_years: int, sha256: str) -> OpenHip:
    """Describe a subject of the VSD full-body bone models."""
    return OpenHip(
        name,
        f"CT, {sex}, {age_years} years, both hips",
        (RemoteFile(f"{_VSD}{name}.mat", sha256),),
        "CC BY-NC-SA 4.0, https://creativecommons.org/licenses/by-nc-sa/4.0/ (not for commerce)",
        "Fischer MCM, Database of segmentations and surface models of bones of the entire lower "
        "body created from cadaver CT scans, Sci Data 2023, 10:763, "
        "doi 10.1038/s41597-023-02669-z",
        "https://github.com/RWTHmediTEC/VSDFullBodyBoneModels",
        sex,
        age_years,
    )


_ALL = (
    _visible_human(
        "F",
        "female",
        (
            "155603d0c44a8ed1e0ca307f1ec3037941304f29f4187631135a9a150fab048d",
            "f8b20c89a0bfa064d5ba0601f39e933d968fe6b34cb2dd9870b35017113118e6",
            "7cf9a73e1332ba674d92577b50ace274a774c3044d990463dc37338bc119125f",
        ),
    ),
    _visible_human(
        "M",
        "male",
        (
            "06349b8c70a019b3fd36d4e059e02efed915bf305cf15f8e32547732c6865b09",
            "fa894303d88ecc2337ed48cabd047604fa967d8be060aa57354a3dfe1274e1e5",
            "5280a184ece7c68bbde26d5d72468e94b478511b9e370f81f0d8ffbca7c4957d",
        ),
    ),
    _vsd("z001", "male", 76, "ce2ba07bfea33d858bbc84a8522a420c418985591a1c56c47404003a428f7772"),
    _vsd("z027", "female", 37, "dd1eec76c339411eaaae58d577313de77ed01972ca3ca7f2a9e443cbbd968ea3"),
    _vsd("z036", "male", 62, "27cf8711c6c24c12a9b1f0f46a93fd73ebe13566889c7279a17b2080824ed63d"),
    _vsd("z042", "female", 61, "470f1f0b11283539770b529dc1f286e2708ded93a04729f69901cb65b87bac1e"),
)
OPEN_HIPS = {hip.name: hip for hip in _ALL}


def open_hip(name: str) -> OpenHip:
    """Return an open hip by name.

    Raises
    ------
    CaseError
        If there is none of that name.

    Examples
    --------
    >>> open_hip("vh_f").licence
    'CC BY 4.0, https://creativecommons.org/licenses/by/4.0/'
    """
    if name not in OPEN_HIPS:
        hint = did_you_mean(name, OPEN_HIPS)
        raise CaseError(f"no open hip is called {name!r}{hint}; known: {', '.join(OPEN_HIPS)}")
    return OPEN_HIPS[name]


def fetch_hip(
    hip: OpenHip,
    *,
    out: Path | None = None,
    mirror: Path | None = None,
    progress: Any = None,
) -> Case:
    """Bring an open hip and make a case folder of it; one that is there already is left alone.

    Parameters
    ----------
    hip
        One of :data:`OPEN_HIPS`.
    out
        Folder in which the case folder (called as the hip) is made. By default the folder of
        fetched hips, where every command finds it by its name.
    mirror
        A folder that holds the files already: nothing is downloaded.
    progress
        An object with ``total``, ``update(n)``, ``reset()`` and ``close()`` that is told of the
        bytes of a download.

    Returns
    -------
    case
        The case folder, with licence and citation in its ``case.yaml``.

    Raises
    ------
    CaseError
        If a file cannot be downloaded, is missing from the mirror or differs from its
        fingerprint.
    MeshError
        If a surface cannot stand for its bone.
    """
    folder = (cases_folder() if out is None else out) / hip.name
    if folder.is_dir() and any(folder.iterdir()):
        return find_case(folder)
    files = [_obtained(remote, mirror, progress) for remote in hip.files]
    said = Statements(
        urls={remote.name: remote.url for remote in hip.files},
        description=_description(hip),
    )
    return import_case(merged([read_source(file) for file in files]), folder, said).case


def _description(hip: OpenHip) -> dict[str, Any]:
    """Return what ``case.yaml`` shall say about a subject."""
    age = {} if hip.age_years is None else {"age_years": hip.age_years}
    return {
        "description": hip.about,
        "sex": hip.sex,
        **age,
        "source": hip.source,
        "licence": hip.licence,
        "citation": hip.citation,
    }


def _obtained(remote: RemoteFile, mirror: Path | None, progress: Any) -> Path:
    """Return a file whose fingerprint is right: from the mirror, from before, or downloaded."""
    if mirror is not None:
        return _checked(remote, mirror / remote.name)
    folder = user_data_folder() / "downloads"
    file = folder / remote.name
    return _checked(remote, file) if file.is_file() else _downloaded(remote, folder, progress)


def _checked(remote: RemoteFile, file: Path) -> Path:
    """Return a local file, or refuse it."""
    if not file.is_file():
        raise CaseError(
            f"{file}: no such file; it can be had from {remote.url} (sha256 {remote.sha256})"
        )
    found = sha256_of(file)
    if found != remote.sha256:
        raise CaseError(
            f"{file} is not the file that was published: its sha256 is {found}, wanted "
            f"{remote.sha256}; remove it and get it anew from {remote.url}"
        )
    return file


def _downloaded(remote: RemoteFile, folder: Path, progress: Any) -> Path:
    """Download a file; pooch keeps it only if its fingerprint is right."""
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    load: Callable[..., Any] = pooch.HTTPDownloader(
        progressbar=progress or False, timeout=TIMEOUT_S, chunk_size=1 << 16
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pooch.retrieve(remote.url, f"sha256:{remote.sha256}", remote.name, folder, downloader=load)
    except ValueError as error:
        raise CaseError(
            f"what came from {remote.url} is damaged or not what was published (wanted sha256 "
            f"{remote.sha256}); it was not kept"
        ) from error
    except requests.RequestException as error:
        raise CaseError(
            f"{remote.name} cannot be downloaded: {_in_words(error)}\n"
            f"get it by hand: {remote.url}\n"
            f"        sha256: {remote.sha256}\n"
            f"   put it as is: {folder / remote.name}\n"
            "or, if you have the files in a folder: --from FOLDER"
        ) from None
    except OSError as error:
        raise InputError(f"cannot write {folder / remote.name}: {error}") from error
    return folder / remote.name


def _in_words(error: Exception) -> str:
    """Say what went wrong with a download, without the library's inner life."""
    import requests

    if isinstance(error, requests.HTTPError):
        return str(error).splitlines()[0]
    if isinstance(error, requests.Timeout):
        return f"no answer within {TIMEOUT_S:g} s"
    return f"no connection ({type(error).__name__})"
