"""A fan with an accelerometer on its housing, simulated: the recordings of the demonstration.

What the housing feels, in g, at rotation phase phi(t) = integral of 2 pi f dt with a slowly wandering f:

* Unbalance. A mass m at radius r turns with the rotor and pulls with the force m r omega^2, cos(phi) along x and
  sin(phi) along y; divided by the moving mass it is an acceleration. The rotor is balanced to grade G 6.3 of
  ISO 21940-11: its centre of mass is e = 6.3 mm/s / omega off the axis. A second harmonic stands for misalignment.
* Blade passing. Every blade meets the struts, so pressure pulsates at blades * f and its harmonics, mostly along the
  axis. The pressure follows the law of affinity, ~ f^2, and unequal blades modulate it once per turn.
* Flow noise. Turbulence of the inflow is broad-band with a corner: first-order low-pass noise.
* Bearing. Balls pass the outer race at BPFO = n/2 * (1 - d/D * cos(alpha)) * f (n balls of diameter d on the pitch
  diameter D, contact angle alpha). Each passage is a small impact that lets the housing ring at its resonance,
  exp(-zeta omega_n t) sin(omega_d t), with a slip of the cage of one per cent of the period.
  (Randall and Antoni, Rolling element bearing diagnostics, MSSP 25, 2011.)
* Gravity on the tilted sensor, its noise (70 ug/sqrt(Hz)), and its steps of 0.122 mg in a range of +-4 g: an LSM6DSO
  at 1666 Hz.

Faults: *clogged* chokes the flow, so the blades stall: stronger and less regular blade passing, much low-frequency
turbulence, and a speed some per cent lower under the higher load. *unbalanced* carries a clip of 0.1 g on a blade.
Every random number comes from one seeded generator, so a recording is a function of its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from bitloop.files import write_text

RATE = 1666.0
"""Samples per second."""
SAMPLES = 256
"""Samples per axis of a signal."""
AXES = 3
CONDITIONS = ("healthy", "clogged", "unbalanced")

_G = 9.80665
_RANGE, _STEP, _NOISE_DENSITY = 4.0, 0.122e-3, 70e-6
_BALANCE_GRADE = 6.3e-3  # m/s
_BALLS, _BALL_RATIO, _CONTACT = 7, 0.23, np.radians(12.0)

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fan:
    """One specimen: `speed` is its rotation in Hz, masses are kg, `clip_radius` m, `strut`, `flow`, `impact` g."""

    speed: float = 41.0
    blades: int = 7
    rotor_mass: float = 0.12
    moving_mass: float = 0.55
    balance: float = 1.0
    clip_mass: float = 0.10e-3
    clip_radius: float = 0.055
    strut: float = 0.035
    flow: float = 0.012
    impact: float = 0.030
    resonance: float = 540.0
    damping: float = 0.04
    tilt: tuple[float, float] = (0.0, 0.0)

    @staticmethod
    def specimen(seed: int) -> Fan:
        """A fan off the line: no two have the same balance, speed, resonance and mounting."""
        rng = np.random.default_rng([seed, 0])
        usual = Fan()
        return replace(
            usual,
            speed=usual.speed * float(rng.normal(1.0, 0.008)),
            moving_mass=usual.moving_mass * float(rng.uniform(0.93, 1.07)),
            balance=float(rng.uniform(0.5, 1.0)),
            strut=usual.strut * float(rng.uniform(0.88, 1.12)),
            flow=usual.flow * float(rng.uniform(0.88, 1.12)),
            impact=usual.impact * float(rng.uniform(0.85, 1.15)),
            resonance=usual.resonance * float(rng.uniform(0.97, 1.03)),
            tilt=(float(rng.normal(0.0, 0.03)), float(rng.normal(0.0, 0.03))),
        )

    def at(self, hertz: float) -> Fan:
        """The fan at another speed: flow and struts follow the law of affinity."""
        affinity = (hertz / self.speed) ** 2
        return replace(self, speed=hertz, flow=self.flow * affinity, strut=self.strut * affinity)


def record(fan: Fan, condition: str, signals: int, seed: int) -> NDArray[np.float32]:
    """Signals of a fan in a condition: float32 (signals, SAMPLES * AXES), interleaved, in g, as the sensor steps."""
    if condition not in CONDITIONS:
        raise ValueError(f"a fan is one of {', '.join(CONDITIONS)}, not {condition}")
    rng = np.random.default_rng([seed, 1, CONDITIONS.index(condition)])
    felt = _felt(fan, condition, _speed(_mean_speed(fan, condition), signals, rng), RATE, rng)
    felt += rng.normal(0.0, noise(RATE), felt.shape)
    steps = np.clip(np.rint(felt / _STEP), -_RANGE / _STEP, _RANGE / _STEP - 1)
    return (steps * _STEP).reshape(signals, -1).astype(np.float32)


def motion(fan: Fan, condition: str, samples: int, rate: float, seed: int) -> Array:
    """What a fan's housing does without a break: float64 (samples, AXES) in g, `rate` a second.

    What is faster than half of that is filtered out, as sensors do; noise, range and steps are left to them.
    """
    rng = np.random.default_rng([seed, 2, CONDITIONS.index(condition)])
    speed = _long_speed(_mean_speed(fan, condition), 2 * samples, 2 * rate, rng)
    felt: Array = resample_poly(_felt(fan, condition, speed, 2 * rate, rng)[0], 1, 2)
    return felt


def noise(rate: float) -> float:
    """Standard deviation in g of what the sensor adds to each of `rate` samples a second."""
    return float(_NOISE_DENSITY * np.sqrt(rate / 2))


def rotation(fan: Fan, hertz: float, signals: int, seed: int) -> NDArray[np.float32]:
    """Signals of the healthy fan at another speed."""
    return record(fan.at(hertz), "healthy", signals, seed)


def write_csv(path: Path, x: NDArray[np.float32], target: float | None = None) -> None:
    """One signal per line, in front of it the target if there is one; values read back as they were."""
    front = "" if target is None else f"{target:g},"
    write_text(path, "".join(front + ",".join(map(str, row)) + "\n" for row in x))


def _felt(fan: Fan, condition: str, speed: Array, rate: float, rng: np.random.Generator) -> Array:
    """What the housing does, (signals, samples, AXES), at a speed in Hz (signals, samples), `rate` a second."""
    clogged, signals = condition == "clogged", len(speed)
    phase = rng.uniform(0, 2 * np.pi, (signals, 1)) + 2 * np.pi * np.cumsum(speed, axis=1) / rate
    felt = np.zeros((*speed.shape, AXES))
    felt += _unbalance(fan, speed, phase, fan.clip_mass if condition == "unbalanced" else 0.0)
    felt += _blade_passing(fan, speed, phase, clogged, rng)
    felt += _flow_noise(fan.flow * (2.2 if clogged else 1.0), speed.shape, rate, rng)
    felt += _bearing(fan, speed, rate, rng)[:, :, None] * (0.7, 1.0, 0.5)
    felt += _gravity(fan)
    return felt


def _mean_speed(fan: Fan, condition: str) -> float:
    return fan.speed * (0.98 if condition == "clogged" else 1.0)


def _walk(steps: int, rng: np.random.Generator) -> Array:
    """Mains and temperature let the speed wander: an Ornstein-Uhlenbeck walk, relative to the mean."""
    walk, keep = np.empty(steps), 0.9
    walk[0] = rng.normal(0.0, 0.006)
    for i in range(1, steps):
        walk[i] = keep * walk[i - 1] + rng.normal(0.0, 0.006 * np.sqrt(1 - keep**2))
    return walk


def _long_speed(mean: float, samples: int, rate: float, rng: np.random.Generator) -> Array:
    """(1, samples): a step of the walk for what would be a signal, and straight lines between them."""
    step = SAMPLES / RATE * rate
    walk = _walk(int(samples / step) + 2, rng)
    return mean * (1.0 + np.interp(np.arange(samples) / step, np.arange(len(walk)), walk))[np.newaxis]


def _speed(mean: float, signals: int, rng: np.random.Generator) -> Array:
    """(signals, SAMPLES): the walk goes over the signals, and in each there is a drift."""
    walk = _walk(signals, rng)
    drift = rng.normal(0.0, 0.001, (signals, 1)) * np.linspace(-1, 1, SAMPLES)
    return mean * (1.0 + walk[:, None] + drift)


def _unbalance(fan: Fan, speed: Array, phase: Array, clip: float) -> Array:
    omega = 2 * np.pi * speed
    own = fan.balance * fan.rotor_mass * _BALANCE_GRADE * omega
    added = clip * fan.clip_radius * omega**2
    amplitude = (own + added) / fan.moving_mass / _G
    x = amplitude * (np.cos(phase) + 0.15 * np.cos(2 * phase + 0.4))
    y = 0.8 * amplitude * (np.sin(phase) + 0.15 * np.sin(2 * phase + 0.4))  # the foot is stiffer along y
    return np.stack([x, y, 0.1 * x], axis=2)


def _blade_passing(fan: Fan, speed: Array, phase: Array, clogged: bool, rng: np.random.Generator) -> Array:
    strength, unequal = (1.35, 0.35) if clogged else (1.0, 0.12)
    amplitude = fan.strut * strength * (1.0 + rng.normal(0.0, 0.18 if clogged else 0.06, (len(speed), 1)))
    amplitude = amplitude * (1.0 + unequal * np.cos(phase))
    tone = sum(amplitude / k**1.5 * np.cos(k * fan.blades * phase + k) for k in (1, 2))
    return np.asarray(tone)[:, :, None] * (0.35, 0.25, 1.0)


def _flow_noise(level: float, shape: tuple[int, ...], rate: float, rng: np.random.Generator) -> Array:
    """First-order low-pass noise of the given RMS along the axis of the fan, corner 60 Hz; half of it across."""
    signals, samples = shape
    keep = np.exp(-2 * np.pi * 60.0 / rate)
    white = rng.normal(0.0, level * np.sqrt(1 - keep**2), (signals, samples, AXES))
    flow = np.empty_like(white)
    flow[:, 0] = rng.normal(0.0, level, (signals, AXES))
    for i in range(1, samples):
        flow[:, i] = keep * flow[:, i - 1] + white[:, i]
    return flow * (0.5, 0.5, 1.0)


def _bearing(fan: Fan, speed: Array, rate: float, rng: np.random.Generator) -> Array:
    """Ringing after every passage of a ball, the passages before the signal's first sample included."""
    passing = _BALLS / 2 * (1 - _BALL_RATIO * np.cos(_CONTACT)) * speed.mean(axis=1, keepdims=True)
    count = int(np.ceil(speed.shape[1] / rate * passing.max())) + 8
    slip = rng.normal(0.0, 0.01, (len(speed), count))
    start = rng.uniform(0, 1, (len(speed), 1))
    at = (np.arange(count) - 6 + start + slip) / passing
    strength = fan.impact * rng.lognormal(0.0, 0.35, at.shape)
    omega = 2 * np.pi * fan.resonance
    ringing = np.zeros_like(speed)
    time = np.arange(speed.shape[1]) / rate
    for k in range(count):
        since = np.maximum(time - at[:, k : k + 1], 0.0)
        decay = np.exp(-fan.damping * omega * since)
        ringing += strength[:, k : k + 1] * decay * np.sin(omega * np.sqrt(1 - fan.damping**2) * since)
    return ringing


def _gravity(fan: Fan) -> Array:
    roll, pitch = fan.tilt
    return np.array([np.sin(pitch), np.sin(roll) * np.cos(pitch), np.cos(roll) * np.cos(pitch)])
