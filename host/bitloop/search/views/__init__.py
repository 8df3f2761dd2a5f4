"""Ways of looking at a signal, one module each. A new one is a module here and a line below."""

from __future__ import annotations

from collections.abc import Mapping

from bitloop.search.views import (
    autocorrelation,
    autoregression,
    band,
    cepstrum,
    correlation,
    envelope,
    histogram,
    mel,
    mfcc,
    minirocket,
    quantiles,
    raw,
    segments,
    spectrum,
    statistics,
    wavelet,
)
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
        segments.VIEW,
        quantiles.VIEW,
        correlation.VIEW,
        wavelet.VIEW,
        band.VIEW,
        envelope.VIEW,
        autoregression.VIEW,
        autocorrelation.VIEW,
        histogram.VIEW,
    )
}
