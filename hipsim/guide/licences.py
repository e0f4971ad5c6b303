"""What hipsim is built on, and under which licences.

hipsim itself: MIT. Nothing it needs is under GPL, AGPL or a non-commercial licence; the tests look
through the metadata of everything that is installed. Nothing of the below is copied into hipsim
but three.js, whose licence lies beside it.

Always
    numpy               BSD-3-Clause (parts 0BSD, MIT, Zlib, CC0-1.0)
    scipy               BSD-3-Clause
    trimesh             MIT
    pyvista             MIT (on VTK, BSD-3-Clause)
    numba               BSD-2-Clause (on llvmlite, BSD-2-Clause and Apache-2.0 with LLVM exception)
    manifold3d          Apache-2.0
    matplotlib          PSF-like
    pydantic            MIT
    PyYAML              MIT
    cyclopts            Apache-2.0
    rich                MIT
    xarray              Apache-2.0 (on pandas, BSD-3-Clause)
    h5netcdf            BSD-3-Clause
    h5py                BSD-3-Clause
    pillow              MIT-CMU
    pooch               BSD-3-Clause (on requests, Apache-2.0, and certifi, MPL-2.0)

Extra images
    SimpleITK           Apache-2.0
    highdicom           MIT
    pydicom             MIT

Extra web
    starlette           BSD-3-Clause
    uvicorn             BSD-3-Clause

Extra cluster
    dask                BSD-3-Clause
    distributed         BSD-3-Clause
    dask-jobqueue       BSD-3-Clause

Extra pdf
    typst               Apache-2.0

Extra video
    av                  BSD-3-Clause; its wheels bring FFmpeg (LGPL) with the encoders x264 and x265
                        (GPL) as files of their own, which hipsim neither ships nor links to

Extra validate
    coal                BSD-3-Clause
    python-fcl          BSD-3-Clause

Extras test and dev
    pytest              MIT
    pytest-xdist        MIT
    hypothesis          MPL-2.0
    httpx               BSD-3-Clause
    playwright          Apache-2.0
    coverage            Apache-2.0
    ruff                MIT
    mypy                MIT
    types-PyYAML        Apache-2.0

In the browser
    three.js            MIT (hipsim/report/static, licence beside it)

Data
----
The nodes of the virtual bones were fitted to the Visible Human bones of the HuBMAP CCF reference
organs, CC BY 4.0: the credit is in meshes/README.md. Published numbers carry their paper where they
stand. ``hipsim fetch`` shows the licence of each open hip before it downloads it.
"""
