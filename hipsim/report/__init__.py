"""Results as something a person opens: one offline page on which hip and number move together.

To read: :mod:`hipsim.report.subject` (what is told), :mod:`hipsim.report.scene` (bones and poses
for the browser), :mod:`hipsim.report.told` (the words), :mod:`hipsim.report.page` (one HTML file).
``static/`` holds the page's own sources and the bundle of three.js; Node is needed only to rebuild
that (``static/build``).
"""
