"""Colours as people with a colour-vision deficiency see them, for tests of the palettes."""

import itertools

import numpy as np

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    ratio = _TO_XYZ @ rgb / _WHITE
    f = np.where(ratio > 0.008856, np.cbrt(np.clip(ratio, 1e-9, None)), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: str, vision: str) -> np.ndarray:
    """Return the CIELAB value of a colour as seen."""
    return lab(np.clip(VISION[vision] @ linear(colour), 0, 1))


def difference(a: str, b: str, vision: str) -> float:
    """Return the CIE 1976 colour difference of two colours as seen."""
    return float(np.linalg.norm(seen(a, vision) - seen(b, vision)))


def smallest_difference(colours: list[str]) -> float:
    return min(difference(a, b, vision) for vision in VISION for a, b in itertools.combinations(colours, 2))


def contrast(a: str, b: str) -> float:
    """Return the WCAG contrast ratio."""
    high, low = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b)), reverse=True)
    return (high + 0.05) / (low + 0.05)
