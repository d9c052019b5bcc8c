"""The card of a bundle: what it is, what it was trained on, how well it did, what it cannot do."""

from models.manifest import Manifest, Review, SplitRecord, Thresholds, Training

_SIMULATED = (
    "**Trained on simulated listings only.** No real listing, seller or takedown was used. Its probabilities and\n"
    "false-positive rates hold on the simulated market; on yours they are a starting point. Retrain with your own\n"
    "takedowns: `zhenwei train takedowns.csv`."
)
FLATTERS = (
    "Split at random: sellers and copied titles stand on both sides, so every figure flatters. On real listings a"
    " published study saw PR-AUC 0.64 by sellers and time become 0.88 at random"
)
"""What is said of a bundle that was not measured on other sellers."""
_SEEN = 5  # honest listings above a threshold that make a rate more than a guess
_REAL = "Trained on labelled takedowns. Its rates hold for listings and sellers like those; retrain as they change."


def _how(told: Training) -> list[str]:
    """How it was taught, where that is not the plain way."""
    lines = []
    if told.in_turn:
        lines.append("- all takedowns taught; calibrated on sellers held out in turn, measured without the newest ones")
    for head, count in told.disguised.items():
        lines.append(f"- {head}: {count} guilty titles were taught a second time in a disguise; none calibrates")
    if told.start:
        trusted = ", ".join(f"{head} by {trust:.2f}" for head, trust in told.trust.items()) or "nothing: it was no help"
        lines.append(f"- begun from bundle {told.start}, whose margins count {trusted}")
    return lines


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
        *_split(told.split),
        *_how(told),
        f"- columns: {len(manifest.features)} features, {len(manifest.signals)} signals, the title's text",
    ]
    for head in manifest.heads:
        at = manifest.thresholds[head]
        lines += [
            "",
            f"## {head}",
            "",
            f"{told.guilty[head]} guilty and {told.honest[head]} honest takedowns.",
            *_promise(at, manifest.review),
            "",
            "| on the newest sellers, never trained on | |",
            "|---|---|",
            *(f"| {name} | {value:.4f} |" for name, value in manifest.metrics.get(head, {}).items()),
        ]
    if manifest.review:
        lines += ["", *_budget(manifest.review)]
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


def _split(told: SplitRecord | None) -> list[str]:
    if told is None:
        return []
    parts = f"{told.train} taught, {told.calibration} calibrated, {told.test} measured"
    if told.kind == "random":
        return [f"- split: {parts}, at random", f"- **{FLATTERS}**"]
    left = "".join(f"; {count} left out: {why}" for why, count in told.left_out.items())
    gap = f"{told.gap_days:.3g} days between"
    return [f"- split: {parts}, oldest to newest, {gap}, sellers and titles alike on one side only{left}"]


def _promise(at: Thresholds, review: Review | None) -> list[str]:
    """The false-positive rates that were seen, not those that were wished for."""
    asked = "" if at.high_asked is None else f", at most {at.high_asked:.2%} asked"
    also = "where the review budget ends" if review else _or_less(at)
    seen = f"the {at.honest} honest listings of the calibration slice" if at.honest else "honest listings"
    lines = [
        f"Of {seen}, {at.high_fpr:.2%} reach level high (p >= {at.high:.4f}{asked})",
        f"and {at.medium_fpr:.2%} level medium or high (p >= {at.medium:.4f}{also and ', ' + also}).",
    ]
    if at.honest and at.high_asked and at.honest * at.high_asked < _SEEN:
        lines.append(f"So few honest listings cannot show a rate of {at.high_asked:.2%}: level high is a guess.")
    return lines


def _or_less(at: Thresholds) -> str:
    if at.medium_asked is None:
        return ""
    lifted = f", and {at.medium_lift:g} times the usual probability" if at.medium_lift else ""
    return f"at most {at.medium_asked:.2%} asked{lifted}"


def _budget(review: Review) -> list[str]:
    daily = "" if review.listings_per_day is None else f" at {review.listings_per_day:.0f} listings a day"
    return [
        f"Review budget {review.asked}{daily}: {review.share:.2%} of the listings of the calibration slice reach level",
        "medium or high in some head. Takedowns hold more guilty listings than a platform does: expect fewer.",
    ]
