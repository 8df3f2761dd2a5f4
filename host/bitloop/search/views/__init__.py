"""Ways of looking at a signal, one module each. A new one is a module here and a line below."""

from __future__ import annotations

from collections.abc import Mapping

from bitloop.search.views import cepstrum, mel, mfcc, minirocket, raw, spectrum, statistics
from bitloop.search.views.view import View

VIEWS: Mapping[str, View] = {
    view.name: view
    for view in (
        raw.VIEW,
        statistics.VIEW,
        spectrum.VIEW,
        mel.VIEW,
        cepstrum.VIEW,
        mfcc.VIEW,
        minirocket.VIEW,
    )
}
