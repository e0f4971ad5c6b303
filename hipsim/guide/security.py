"""For whoever answers for the machine: what is read, run, written and served.

hipsim is a program for one person's own computer or cluster. It reads files that may come from
strangers (scans, cases, scenarios, result folders); none of them is ever executed.

What is read
------------
Surfaces    STL, PLY, OBJ, OFF, GLB, glTF, 3MF, VTP, VTK and MATLAB are parsed here, strictly:
            libraries in use read a damaged text as far as it goes, or end the process. Sizes a
            header claims are compared with the file before room is made; archives may unfold to
            a bounded size and never to the disk; a glTF reads its own folder at most.
Label maps  NIfTI, NRRD, MHA through SimpleITK, DICOM SEG through highdicom and pydicom (extra
            ``images``); up to 2^30 voxels, so that a small packed file may take 1 GB.
Text        YAML only with the safe loader (aliases may not multiply without end, keys may not come
            twice), JSON, TOML, CSV, Markups; UTF-8 only; sizes bounded.
Results     netCDF through h5netcdf (no code in it), CSV, JSON; blocks of a running study are numpy
            archives read with ``allow_pickle=False`` and checked against their SHA-256.
``python -m tests.fuzz.run`` gives every reader damaged files by the ten thousand, in a process of
bounded memory and time, and compares what is read with a second parser; its table is
``benchmarks/results/fuzz.md``, a small part of it runs with the tests.

What is parsed or run
---------------------
No ``eval``, no ``exec``, no ``yaml.load``, no shell, no pickle from a file or from the network.
``subprocess`` runs this same Python only: the OpenGL probe, the compiler's check of ``hipsim
doctor``, and the worker processes of a study. Pickles go through the pipes between a study and the
workers it started itself, nowhere else; a Dask cluster (extra ``cluster``) uses Dask's own wire,
which trusts its network: put the scheduler on loopback, behind a firewall, or under Dask's TLS.
``tests/test_security.py`` reads the source for all of this on every run.

What is written
---------------
Only below the folder or file given with ``--out`` (and fetched hips below ``HIPSIM_DATA_DIR`` or
the user's cache, compiled kernels beside the package or where ``NUMBA_CACHE_DIR`` says). Files come
under a temporary name first and are renamed when complete; nothing that is not hipsim's own is
replaced. Case folders of scans are never changed.

What goes over a network
------------------------
Nothing, but for two commands that say so: ``hipsim fetch`` (HTTPS, named hosts, sizes and SHA-256
checked) and ``hipsim run --scheduler``. No telemetry, no update check. Reports are one file that
asks for nothing: a content policy forbids it.

What is served
--------------
``hipsim planner`` listens on 127.0.0.1. Another address is refused unless a token is asked for,
which every request must then carry. Host and Origin must be the server's own (against pages that
rebind names), bodies are bounded at 64 kB, no upload exists, and no path of a request reaches the
disk: the page, numbers, pictures and files are made in memory. Whoever may reach the port without a
token is everybody on this machine.

Patients
--------
Cases, results and reports carry the name of the folder they came from and no other data of a
person; DICOM headers beyond geometry are not kept. Take names out of folder names before you share.

Not covered
-----------
A hostile file against a flaw in SimpleITK, pydicom or HDF5 themselves; another user of the same
account. For files you do not trust at all use a container without network.
"""
