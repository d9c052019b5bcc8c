"""The card of a bundle: what it is, what it was trained on, how well it did, what it cannot do."""

from models.manifest import Manifest

_SIMULATED = (
    "**Trained on simulated listings only.** No real listing, seller or takedown was used. Its probabilities and\n"
    "false-positive rates hold on the simulated market; on yours they are a starting point. Retrain with your own\n"
    "takedowns: `zhenwei train takedowns.csv`."
)
_REAL = "Trained on labelled takedowns. Its rates hold for listings and sellers like those; retrain as they change."


def card(manifest: Manifest) -> str:
    """Write the card as Markdown."""
    told = manifest.training
    lines = [
        "# Bundle card",
        "",
        _SIMULATED if told.simulated else _REAL,
        "",
        f"- made: {manifest.created or 'not told'}, by zhenwei {manifest.code}, seed {told.seed}",
        f"- takedowns: {told.takedowns}, fingerprint `{told.fingerprint[:16]}`",
        f"- columns: {len(manifest.features)} features, {len(manifest.signals)} signals, the title's text",
    ]
    for head in manifest.heads:
        at = manifest.thresholds[head]
        lines += [
            "",
            f"## {head}",
            "",
            f"{told.guilty[head]} guilty and {told.honest[head]} honest takedowns.",
            f"By design {at.high_fpr:.1%} of honest listings reach level high (p >= {at.high:.4f})",
            f"and at most {at.medium_fpr:.0%} level medium (p >= {at.medium:.4f}).",
            "",
            "| on the newest sellers, never trained on | |",
            "|---|---|",
            *(f"| {name} | {value:.4f} |" for name, value in manifest.metrics.get(head, {}).items()),
        ]
    lines += [
        "",
        "## What it cannot do",
        "",
        "It reads text and numbers, not pictures. It cannot tell a perfect forgery sold at an honest price",
        "by a seller with a clean record. A high level is a reason to look, never proof: only confirmed",
        "hard rules may reject.",
        "",
    ]
    return "\n".join(lines)
